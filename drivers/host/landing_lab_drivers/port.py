"""Serial ports: the only file that knows pyserial."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable

import serial
from serial.tools import list_ports

from landing_lab.errors import DeviceError, DeviceLostError, DeviceNotFoundError, DeviceTimeoutError
from landing_lab.model.device import DeviceLink, LinkStats
from landing_lab_drivers.conversation import Chunk, Conversation, identify
from landing_lab_drivers.devices import all_devices
from landing_lab_drivers.link import FrameLink

BAUDRATE = 500_000
# A pseudo terminal has no baud rate, and macOS refuses unusual ones on it.
_PTY_BAUDRATE = 115_200
_PTY_PREFIXES = ("/dev/pts/", "/dev/ttys", "/dev/ttyp")
_WRITE_TIMEOUT_S = 1.0
# How often the reader looks whether it shall end.
_READ_WAIT_S = 0.05
_JOIN_WITHIN_S = 1.0
_READ_BYTES = 1 << 16
# About a minute of chunks at one a millisecond; what does not fit is dropped and shows as lost frames.
_MAX_CHUNKS = 1 << 16
_PORT_ERRORS: tuple[type[Exception], ...] = (OSError, ValueError, TypeError)
if os.name == "posix":
    import termios

    # pyserial lets it through where a terminal goes away while it is being set up.
    _PORT_ERRORS += (termios.error,)


class SerialTransport:
    """The model's Transport over serial ports, pseudo terminals and socket://host:port.

    clock gives arrival times in seconds; a streaming board that is silent for silence_s counts as lost.
    """

    def __init__(
        self,
        *,
        baudrate: int = BAUDRATE,
        clock: Callable[[], float] = time.monotonic,
        silence_s: float = 2.0,
    ) -> None:
        self._baudrate = baudrate
        self._clock = clock
        self._silence_s = silence_s

    def list_urls(self) -> list[str]:
        """Ports that could hold a board: all but Bluetooth ones and placeholders without hardware behind them."""
        return sorted(
            port.device
            for port in list_ports.comports()
            if port.vid is not None or (port.hwid not in ("", "n/a") and "bluetooth" not in port.device.lower())
        )

    def open(self, url: str, *, timeout_s: float) -> DeviceLink:
        """Open a port and identify the board behind it.

        Raises DeviceNotFoundError where there is no such port or it is not ours to open, DeviceTimeoutError where
        nothing answers within timeout_s, DeviceError where another program has it or the board is not known.
        """
        pipe = SerialPipe(_open_port(url, self._baudrate), url, self._clock)
        conversation = Conversation(pipe, url, stats=LinkStats(), clock=self._clock)
        try:
            info, device = identify(conversation, all_devices(), timeout_s=timeout_s)
        except BaseException:
            pipe.close()
            raise
        return FrameLink(conversation, info, device, clock=self._clock, silence_s=self._silence_s)


def _open_port(url: str, baudrate: int) -> serial.SerialBase:
    """The port, ready to read and write."""
    try:
        return serial.serial_for_url(
            url,
            baudrate=_PTY_BAUDRATE if url.startswith(_PTY_PREFIXES) else baudrate,
            timeout=_READ_WAIT_S,
            write_timeout=_WRITE_TIMEOUT_S,
            exclusive=True,
        )
    except _PORT_ERRORS as error:
        raise _open_error(url, error) from error


def _open_error(url: str, error: Exception) -> DeviceError:
    """What a failure to open means; pyserial tells it by errno on POSIX and in its text on Windows."""
    number = getattr(error, "errno", None)
    text = str(error)
    if number in (errno.EAGAIN, errno.EWOULDBLOCK, errno.EBUSY) or "PermissionError" in text:
        return DeviceError(
            f"another program has {url} open; only one can; close it (a serial monitor?) and try again", url=url
        )
    if number in (errno.EACCES, errno.EPERM):
        return DeviceNotFoundError(
            f"you may not open {url} ({text}); on Linux add yourself to the group that owns serial ports: "
            "sudo usermod -a -G dialout $USER (uucp on Arch), then log in again",
            url=url,
        )
    if number in (errno.ENOENT, errno.ENXIO, errno.ENODEV) or "FileNotFoundError" in text or "refused" in text:
        return DeviceNotFoundError(
            f"there is no port {url}; is the cable in? `landing-lab devices` lists the ports there are",
            url=url,
        )
    return DeviceNotFoundError(
        f"{url} cannot be opened as a port ({text}); give a serial port or socket://host:port", url=url
    )


class SerialPipe:
    """An open port with one thread that only reads: bytes go to a bounded queue with the time they came."""

    def __init__(self, port: serial.SerialBase, url: str, clock: Callable[[], float]) -> None:
        self._port = port
        self._url = url
        self._clock = clock
        self._chunks: deque[Chunk] = deque()
        self._changed = threading.Condition()
        self._failure: str | None = None
        self._ending = threading.Event()
        self._read = self._reader()
        self._thread = threading.Thread(target=self._run, name=f"landing-lab reader {url}", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Send. Raises DeviceLostError where the port is gone, DeviceTimeoutError where it takes nothing."""
        try:
            self._port.write(data)
        except serial.SerialTimeoutException as error:
            raise DeviceTimeoutError(
                f"{self._url} took no data for {_WRITE_TIMEOUT_S:g} s; the board does not read; reset it", url=self._url
            ) from error
        except _PORT_ERRORS as error:
            # The reader meets the same end; whoever waits for what it still holds gets that first.
            if self._chunks:
                return
            raise DeviceLostError(
                f"{self._url} is gone ({error}); was the cable pulled? plug it in and open the port again",
                url=self._url,
            ) from error

    def take(self, timeout_s: float) -> Chunk | None:
        """The oldest chunk not taken yet; None where there is none within timeout_s."""
        with self._changed:
            if not self._chunks and timeout_s > 0:
                self._changed.wait_for(lambda: self._chunks or self._failure is not None, timeout_s)
            return self._chunks.popleft() if self._chunks else None

    @property
    def lost(self) -> str | None:
        """Why the port failed, once every chunk was taken."""
        with self._changed:
            return None if self._chunks else self._failure

    def close(self) -> None:
        """End the reader and free the port."""
        self._ending.set()
        self._thread.join(_JOIN_WITHIN_S)
        # pyserial leaves a socket open where the other side went first.
        inner = getattr(self._port, "_socket", None)
        with contextlib.suppress(*_PORT_ERRORS):
            self._port.close()
        if inner is not None:
            inner.close()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                data = self._read()
            except _PORT_ERRORS as error:
                with self._changed:
                    self._failure = str(error)
                    self._changed.notify_all()
                return
            if data:
                with self._changed:
                    if len(self._chunks) < _MAX_CHUNKS:
                        self._chunks.append(Chunk(self._clock(), data))
                    self._changed.notify_all()

    def _reader(self) -> Callable[[], bytes]:
        """How to wait for bytes and read all there are, without losing any when the port fails in between."""
        port = self._port
        try:
            number = port.fileno()
        except (io.UnsupportedOperation, AttributeError):
            return lambda: bytes(port.read(max(1, getattr(port, "in_waiting", 0))))
        # With no time-out of its own, one read is one system call that takes everything there is.
        port.timeout = 0

        def read_ready() -> bytes:
            ready, _, _ = select.select([number], [], [], _READ_WAIT_S)
            return bytes(port.read(_READ_BYTES)) if ready else b""

        return read_ready
