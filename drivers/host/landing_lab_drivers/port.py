"""Serial ports: the only file that knows pyserial."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import queue
import select
import threading
import time
from collections.abc import Callable

import serial
from serial.tools import list_ports

from landing_lab.errors import DeviceError, DeviceLostError, DeviceNotFoundError, DeviceTimeoutError
from landing_lab.model.device import READ_EVERY_S, DeviceInfo, DeviceLink, LinkStats
from landing_lab_drivers.conversation import Chunk, Conversation, identify
from landing_lab_drivers.devices import Device, known_devices
from landing_lab_drivers.link import FrameLink
from landing_lab_drivers.reconnect import ReconnectingLink

BAUDRATE = 500_000
# A pseudo terminal has no baud rate, and macOS refuses unusual ones on it.
_PTY_BAUDRATE = 115_200
_PTY_PREFIXES = ("/dev/pts/", "/dev/ttys", "/dev/ttyp")
_WRITE_TIMEOUT_S = 1.0
# How often the reader looks whether it shall end.
_READ_WAIT_S = 0.05
# Each wake-up of a reader costs more than the bytes it brings: between two reads it rests until the next multiple of
# READ_EVERY_S, as all readers do, except while an answer is awaited, whose arrival time matters. Boards slower than
# this need no more than every fourth.
_FAST_HZ = 200.0
_SLOW_TURNS = 4
_ALERT_S = 0.02
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
        self._lock = threading.Lock()
        self._held: set[str] = set()
        self._ours: set[str] = set()

    def list_urls(self) -> list[str]:
        """Ports that could hold a board: all but Bluetooth ones and placeholders without hardware behind them."""
        return sorted(
            port.device
            for port in list_ports.comports()
            if port.vid is not None or (port.hwid not in ("", "n/a") and "bluetooth" not in port.device.lower())
        )

    def open(self, url: str, *, timeout_s: float, reconnect_s: float = 0.0) -> DeviceLink:
        """Open a port and identify the board behind it; one that goes is looked for during reconnect_s.

        Raises DeviceNotFoundError where there is no such port or it is not ours to open, DeviceTimeoutError where
        nothing answers within timeout_s, DeviceError where another program has it or the board is not known.
        """
        conversation, info, device = self._reach(url, timeout_s)
        link = FrameLink(conversation, info, device, clock=self._clock, silence_s=self._silence_s)
        if not reconnect_s:
            return link
        return ReconnectingLink(
            link,
            lambda port, within_s: self._reach(port, within_s)[:2],
            self._where_it_may_return,
            give_up_s=reconnect_s,
            attempt_s=timeout_s,
            clock=self._clock,
        )

    def _reach(self, url: str, timeout_s: float) -> tuple[Conversation, DeviceInfo, Device]:
        """An open port, and who is behind it."""
        port = os.path.realpath(url)
        with self._lock:
            if port in self._held:
                raise DeviceError(f"this program has {url} open already; name each port once", url=url)
            self._held.add(port)
        try:
            pipe = SerialPipe(_open_port(url, self._baudrate), url, self._clock, on_close=lambda: self._release(port))
        except BaseException:
            self._release(port)
            raise
        conversation = Conversation(pipe, url, stats=LinkStats(), clock=self._clock)
        try:
            info, device = identify(conversation, known_devices(), timeout_s=timeout_s)
        except BaseException:
            pipe.close()
            raise
        with self._lock:
            self._ours.add(url)
        if info.sample_rate_hz < _FAST_HZ:
            pipe.rest_s = _SLOW_TURNS * READ_EVERY_S
        return conversation, info, device

    def _release(self, port: str) -> None:
        with self._lock:
            self._held.discard(port)

    def _where_it_may_return(self, url: str) -> Callable[[], list[str]]:
        """Ports for a board that was lost on url: that one first, then those that appeared since or once were ours.

        Ports that were there all the time and never ours belong to other instruments: nothing is written to them.
        """
        others = set(self.list_urls())

        def candidates() -> list[str]:
            there = self.list_urls()
            others.intersection_update(there)
            with self._lock:
                free = [port for port in there if os.path.realpath(port) not in self._held]
                return [url, *(port for port in free if port != url and (port not in others or port in self._ours))]

        return candidates


def _open_port(url: str, baudrate: int) -> serial.SerialBase:
    """The port, ready to read and write."""
    try:
        return serial.serial_for_url(
            url,
            baudrate=_PTY_BAUDRATE if os.path.realpath(url).startswith(_PTY_PREFIXES) else baudrate,
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
    """An open port with one thread that only reads: bytes go to a bounded queue with the time they came.

    rest_s: it reads at multiples of this on the monotonic clock.
    """

    def __init__(
        self, port: serial.SerialBase, url: str, clock: Callable[[], float], *, on_close: Callable[[], None]
    ) -> None:
        self._port = port
        self._on_close = on_close
        self._url = url
        self._clock = clock
        # None, put after a failure, wakes whoever waits.
        self._chunks: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
        self._failure: str | None = None
        self._alert_until_s = 0.0
        self._closed = False
        self._ending = threading.Event()
        self.rest_s = READ_EVERY_S
        self._read = self._reader()
        self._thread = threading.Thread(target=self._run, name=f"landing-lab reader {url}", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Send. Raises DeviceLostError where the port is gone, DeviceTimeoutError where it takes nothing."""
        self._alert_until_s = time.monotonic() + _ALERT_S
        try:
            self._port.write(data)
        except serial.SerialTimeoutException as error:
            raise DeviceTimeoutError(
                f"{self._url} took no data for {_WRITE_TIMEOUT_S:g} s; the board does not read; reset it", url=self._url
            ) from error
        except _PORT_ERRORS as error:
            # The reader meets the same end; whoever waits for what it still holds gets that first.
            if not self._chunks.empty():
                return
            raise DeviceLostError(
                f"{self._url} is gone ({error}); was the cable pulled? plug it in and open the port again",
                url=self._url,
            ) from error

    def take(self, timeout_s: float) -> Chunk | None:
        """The oldest chunk not taken yet; None where there is none within timeout_s."""
        if timeout_s <= 0 and self._chunks.empty():
            return None
        try:
            return self._chunks.get(timeout_s > 0, timeout_s)
        except queue.Empty:
            return None

    @property
    def lost(self) -> str | None:
        """Why the port failed, once every chunk was taken."""
        # The failure first: the reader adds no chunk after it.
        failure = self._failure
        return failure if self._chunks.empty() else None

    def close(self) -> None:
        """End the reader and free the port."""
        if self._closed:
            return
        self._closed = True
        self._ending.set()
        self._thread.join(_JOIN_WITHIN_S)
        # pyserial leaves a socket open where the other side went first.
        inner = getattr(self._port, "_socket", None)
        with contextlib.suppress(*_PORT_ERRORS):
            self._port.close()
        if inner is not None:
            inner.close()
        self._on_close()

    def _run(self) -> None:
        try:
            while not self._ending.is_set():
                if data := self._read():
                    self._received(data)
        except Exception as error:  # noqa: BLE001 - a reader that dies of anything must not look like silence
            ours = isinstance(error, _PORT_ERRORS)
            self._failure = str(error) if ours else f"its reader failed with {type(error).__name__}: {error}"
            self._chunks.put(None)

    def _received(self, data: bytes) -> None:
        """Queue what was read, then rest."""
        if self._chunks.qsize() < _MAX_CHUNKS:
            self._chunks.put(Chunk(self._clock(), data))
        # Read once: opening changes it from another thread.
        rest_s = self.rest_s
        now_s = time.monotonic()
        if now_s > self._alert_until_s:
            time.sleep(rest_s - now_s % rest_s)

    def _reader(self) -> Callable[[], bytes]:
        """How to wait for bytes and read all there are, without losing any when the port fails in between."""
        port = self._port
        try:
            number = port.fileno()
        except (io.UnsupportedOperation, AttributeError):
            return lambda: bytes(port.read(max(1, getattr(port, "in_waiting", 0))))
        # With no time-out of its own, one read is one system call that takes everything there is.
        port.timeout = 0
        on_posix = os.name == "posix"

        def read_now() -> bytes:
            try:
                return os.read(number, _READ_BYTES) if on_posix else bytes(port.read(_READ_BYTES))
            except BlockingIOError:
                return b""

        def read_ready() -> bytes:
            # After a rest there is something: asking first would cost as much as reading.
            if data := read_now():
                return data
            ready, _, _ = select.select([number], [], [], _READ_WAIT_S)
            if ready and not (data := read_now()):
                raise OSError("the other side hung up")
            return data

        return read_ready
