"""What the emulator hides a board behind: a pseudo terminal or a TCP port on this machine."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from typing import Protocol

_READ_BYTES = 4096
# A hung-up pseudo terminal is always "ready": look again so often whether somebody opened it.
_LOOK_AGAIN_S = 0.01
# How long an unplugged endpoint lets its last bytes be read: a cable, unlike a kernel, loses none that arrived.
_DRAIN_WITHIN_S = 0.5


class Endpoint(Protocol):
    """One end of a link that a host may open at `url`; nothing here blocks for longer than asked."""

    url: str

    def read(self, wait_s: float) -> bytes | None:
        """What the host wrote, at once if there is something; None while no host is there."""

    def write(self, data: bytes | bytearray) -> int:
        """How many of these bytes the host's side took now."""

    def vanish(self) -> None:
        """Close as a pulled cable does: what was written is still readable, then the port is gone."""

    def close(self) -> None:
        """Free everything; safe to call twice."""


class PtyEndpoint:
    """A pseudo terminal (POSIX); url is the path of its other end."""

    def __init__(self) -> None:
        import pty
        import tty

        self._master, slave = pty.openpty()
        try:
            self.url = os.ttyname(slave)
            # Without this the terminal would echo our frames back to us and rewrite line ends.
            tty.setraw(slave)
            os.set_blocking(self._master, False)
        finally:
            os.close(slave)
        self._open = True

    def read(self, wait_s: float) -> bytes | None:
        """What the host wrote; None while nobody has the terminal open."""
        select.select([self._master], [], [], wait_s)
        try:
            # macOS answers a hang-up with no bytes, Linux with an error.
            data: bytes | None = os.read(self._master, _READ_BYTES) or None
        except BlockingIOError:
            return b""
        except OSError:
            data = None
        if data is None:
            time.sleep(_LOOK_AGAIN_S)
        return data

    def write(self, data: bytes | bytearray) -> int:
        """How many bytes the terminal took."""
        try:
            return os.write(self._master, data)
        except OSError:
            return 0

    def vanish(self) -> None:
        """Wait until the host read what was written (the kernel throws away the rest), then hang up."""
        import fcntl
        import termios

        with contextlib.suppress(OSError):
            slave = os.open(self.url, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
            try:
                empty, deadline = 0, time.monotonic() + _DRAIN_WITHIN_S
                # Bytes pass from one kernel buffer to the next; empty several times in a row means all are out.
                while empty < 3 and time.monotonic() < deadline:
                    waiting = int.from_bytes(fcntl.ioctl(slave, termios.FIONREAD, bytes(4)), "little")
                    empty = 0 if waiting else empty + 1
                    time.sleep(0.005)
            finally:
                os.close(slave)
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._open:
            self._open = False
            os.close(self._master)


class TcpEndpoint:
    """A TCP port on the loopback interface for one host at a time; a second one is turned away."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self._client: socket.socket | None = None
        self.url = f"socket://127.0.0.1:{self._listener.getsockname()[1]}"

    def read(self, wait_s: float) -> bytes | None:
        """What the host wrote; None while none is connected."""
        watched = [self._listener] if self._client is None else [self._listener, self._client]
        ready, _, _ = select.select(watched, [], [], wait_s)
        # The host of before first: one that leaves and comes back at once must not meet itself as a second host.
        if self._client is not None and self._client in ready:
            with contextlib.suppress(OSError):
                if data := self._client.recv(_READ_BYTES):
                    return data
            self._hang_up()
            return None
        if self._listener in ready:
            self._accept()
        return None if self._client is None else b""

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            arrived, _ = self._listener.accept()
            if self._client is not None:
                arrived.close()
                return
            arrived.setblocking(False)
            arrived.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._client = arrived

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def write(self, data: bytes | bytearray) -> int:
        """How many bytes the connection took."""
        if self._client is None:
            return 0
        try:
            return self._client.send(data)
        except OSError:
            return 0

    def vanish(self) -> None:
        """End the connection after the bytes on their way, then listen no more."""
        if self._client is not None:
            with contextlib.suppress(OSError):
                # Unread input would turn the orderly end into a reset that overtakes our bytes.
                while self._client.recv(_READ_BYTES):
                    pass
            with contextlib.suppress(OSError):
                self._client.shutdown(socket.SHUT_WR)
        self.close()

    def close(self) -> None:
        """Hang up and listen no more."""
        self._hang_up()
        self._listener.close()
