"""What the emulator hides a board behind: a pseudo terminal or a TCP port on this machine."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from pathlib import Path
from typing import Protocol

from landing_lab.errors import ParameterError

_READ_BYTES = 4096
# A hung-up pseudo terminal is always "ready": look again so often whether somebody opened it.
_LOOK_AGAIN_S = 0.01
# How long an unplugged endpoint lets its last bytes be read: a cable, unlike a kernel, loses none that arrived.
_DRAIN_WITHIN_S = 0.5
# Terminals that other programs may free between the hang-up of one and its return.
_MOST_OTHERS = 32


class Endpoint(Protocol):
    """One end of a link that a host may open at `url`; nothing here blocks for longer than asked."""

    url: str

    def read(self, wait_s: float) -> bytes | None:
        """What the host wrote, at once if there is something; None while no host is there."""

    def write(self, data: bytes | bytearray) -> int:
        """How many of these bytes the host's side took now."""

    def vanish(self) -> None:
        """Close as a pulled cable does: what was written is still readable, then the port is gone."""

    def appear(self, *, elsewhere: bool) -> None:
        """Be there again after vanish, under the same url if that can be or under another one."""

    def close(self) -> None:
        """Free everything; safe to call twice."""


class PtyEndpoint:
    """A pseudo terminal (POSIX); url is the path of its other end, or of `link`, a symbolic link to that.

    Raises ParameterError where something else than such a link is in the way.
    """

    def __init__(self, link: Path | None = None) -> None:
        self._link = link
        self._kept: list[int] = []
        self.url = self._create()

    def _create(self, name: str | None = None) -> str:
        """A new terminal, of this name where it is free."""
        import tty

        self._master, slave = _terminal(name)
        self._open = True
        try:
            self._name = os.ttyname(slave)
            # Without this the terminal would echo our frames back to us and rewrite line ends.
            tty.setraw(slave)
            os.set_blocking(self._master, False)
            if self._link is None:
                return self._name
            _point(self._link, self._name)
            return str(self._link)
        except BaseException:
            self.close()
            raise
        finally:
            os.close(slave)

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
        """Wait until the host read what was written (the kernel throws away the rest), then hang up.

        Its name stays taken: whoever looks there for this board must not meet one of another program.
        """
        import fcntl
        import termios

        with contextlib.suppress(OSError):
            slave = os.open(self._name, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
            self._kept.append(slave)
            empty, deadline = 0, time.monotonic() + _DRAIN_WITHIN_S
            # Bytes pass from one kernel buffer to the next; empty several times in a row means all are out.
            while empty < 3 and time.monotonic() < deadline:
                waiting = int.from_bytes(fcntl.ioctl(slave, termios.FIONREAD, bytes(4)), "little")
                empty = 0 if waiting else empty + 1
                time.sleep(0.005)
        self._hang_up()

    def appear(self, *, elsewhere: bool) -> None:
        """Make another pseudo terminal, of the same name where it comes back in its place."""
        if elsewhere:
            self._link = None
            self.url = self._create()
        else:
            self._let_go()
            self.url = self._create(self._name)

    def close(self) -> None:
        """Hang up, and let names go."""
        self._hang_up()
        self._let_go()

    def _let_go(self) -> None:
        while self._kept:
            os.close(self._kept.pop())

    def _hang_up(self) -> None:
        if self._open:
            self._open = False
            with contextlib.suppress(OSError):
                # Another program may have put its own link here meanwhile.
                if self._link is not None and str(self._link.readlink()) == self._name:
                    self._link.unlink()
            os.close(self._master)


def _terminal(name: str | None) -> tuple[int, int]:
    """Both ends of a new pseudo terminal. The kernel numbers them; one of this name is asked for again and again."""
    import pty

    others: list[tuple[int, int]] = []
    try:
        found = pty.openpty()
        while name is not None and os.ttyname(found[1]) != name and len(others) < _MOST_OTHERS:
            others.append(found)
            found = pty.openpty()
        return found
    finally:
        for one in others:
            for end in one:
                os.close(end)


def _point(link: Path, target: str) -> None:
    """Make a symbolic link to a terminal, in place of an older one only."""
    if link.is_symlink() and str(link.readlink()).startswith("/dev/"):
        link.unlink()
    try:
        link.symlink_to(target)
    except OSError as error:
        raise ParameterError(
            f"{link} cannot be made a link to a simulated board ({error.strerror}); name another folder"
        ) from error


class TcpEndpoint:
    """A TCP port on the loopback interface for one host at a time; a second one is turned away."""

    def __init__(self) -> None:
        self._client: socket.socket | None = None
        self._listen(0)

    def _listen(self, port: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.setblocking(False)
        self._port = int(self._listener.getsockname()[1])
        self.url = f"socket://127.0.0.1:{self._port}"

    def appear(self, *, elsewhere: bool) -> None:
        """Listen again, on the same port or on another one."""
        self._listen(0 if elsewhere else self._port)

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
