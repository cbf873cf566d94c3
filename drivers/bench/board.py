"""One simulated board: firmware on an ATmega, voltages and HX711 chips on its pins, a host at its UART.

Times are true seconds since the board was switched on; a crystal that runs too fast makes its own seconds shorter.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import numpy as np
from drivers.bench.shim import BenchError, ChipCounters, Counters, library
from numpy.typing import ArrayLike

F_CPU_HZ = 16_000_000
MCU = {"uno": "atmega328p", "nano": "atmega328p", "mega": "atmega2560"}
MEND_UART, MEND_ADC, MEND_INTERRUPTS = 1, 2, 4
MEND_ALL = MEND_UART | MEND_ADC | MEND_INTERRUPTS
_ENDED = (5, 6)  # simavr's cpu_Done and cpu_Crashed
_SLICE_S = 0.001
_READ_BYTES = 1 << 16
_FLOATING = {None: 0, "weak": 1, "strong": 2}

Over = float | tuple[ArrayLike, ArrayLike]
"""A constant, or (times in s since the waveforms began, values)."""


class Board:
    """A board that runs only while `run` or a server runs it, and always in the same way."""

    def __init__(
        self, elf: Path, board: str = "uno", *, clock_ppm: float = 0.0, mend: int = MEND_ALL, seed: int = 1
    ) -> None:
        self._shim = library()
        self.true_hz = F_CPU_HZ * (1.0 + clock_ppm * 1e-6)
        self._bench = self._shim.bench_new(str(elf).encode(), MCU[board].encode(), F_CPU_HZ, clock_ppm, mend, seed)
        if not self._bench:
            raise BenchError(f"{elf} does not run on a simulated {MCU[board]}; was it compiled for {board}?")
        self._stop_serving: Callable[[], None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # What hangs on the pins.

    def voltage(self, channel: int, mv: Over) -> None:
        """Put millivolts on an analogue input (A0 is 0)."""
        self._shim.bench_analog(self._bench, channel, *_points(mv))

    def voltage_noise(self, lsb: float) -> None:
        """Noise of the converter, rms in its steps."""
        self._shim.bench_analog_noise(self._bench, lsb)

    def mux(self, selects: Sequence[str], *, channel: int = 0, tau_s: float = 0.0) -> None:
        """A CD74HC4067 on an analogue input; its select pins S0-S3 as "PB0". tau_s: how slowly its output settles."""
        self._shim.bench_mux(self._bench, channel, "".join(selects).encode(), tau_s)

    def mux_voltage(self, channel: int, mv: Over) -> None:
        """Put millivolts on an input of the 4067."""
        self._shim.bench_muxed(self._bench, channel, *_points(mv))

    def hx711(
        self,
        dout: str,
        sck: str,
        counts: Over = 0.0,
        *,
        rate_hz: float = 80.0,
        phase: float = 0.0,
        noise_counts: float = 0.0,
        floating: Literal["weak", "strong"] | None = None,
    ) -> int:
        """A chip between two pins such as "PD4" and "PB0"; its number.

        counts: what it measures at gain 128. rate_hz: 80, or 10 with its RATE pin low; real chips stray by tens of
        percent. phase: part of a period by which its first reading is late. floating: no chip, but a DOUT wire that
        picks up noise; weak noise gives way to the pull-up inside the ATmega.
        """
        chip: int = self._shim.bench_hx711(
            self._bench, dout.encode(), sck.encode(), rate_hz, phase, noise_counts, _FLOATING[floating]
        )
        if chip < 0:
            raise BenchError("the bench has room for 16 HX711 on a board")
        self._shim.bench_hx711_counts(self._bench, chip, *_points(counts))
        return chip

    def drive(self, pin: str, *, high: bool) -> None:
        """Hold a pin such as "PD2" at a level from outside."""
        self._shim.bench_drive(self._bench, pin.encode(), int(high))

    def begin(self) -> None:
        """Begin all waveforms now."""
        self._shim.bench_begin(self._bench, self.time_s)

    # The line to the host.

    def line(self, *, host_baud: float = 0.0, flip_rate: float = 0.0) -> None:
        """host_baud: 0 is the board's own. flip_rate: bytes to the host of which one bit is turned over."""
        self._shim.bench_set_line(self._bench, host_baud, flip_rate)

    def read(self) -> bytes:
        """What the board sent since the last call."""
        got = bytearray()
        room = (ctypes.c_uint8 * _READ_BYTES)()
        while count := self._shim.bench_read(self._bench, room, _READ_BYTES):
            got += memoryview(room)[:count]
        return bytes(got)

    def write(self, data: bytes) -> None:
        """Send bytes to the board, at the speed of the wire, while it runs."""
        self._shim.bench_write(self._bench, data, len(data))

    # Time.

    @property
    def time_s(self) -> float:
        """True time."""
        return float(self._shim.bench_cycle(self._bench)) / self.true_hz

    def run(self, seconds: float) -> None:
        """Run the firmware for so much true time. Raises BenchError where it crashed."""
        until = self._shim.bench_cycle(self._bench) + round(seconds * self.true_hz)
        if self._shim.bench_run_until(self._bench, until) in _ENDED:
            raise BenchError(f"the firmware ended or crashed at {self.time_s:.4f} s")

    def reset(self) -> None:
        """Press the reset button; the chips on the pins keep their supply."""
        self._shim.bench_reset(self._bench)

    def open_terminal(self, *, reset_on_open: bool = True) -> str:
        """Path of a pseudo terminal with the board behind it; reset_on_open: as DTR does on most Arduinos."""
        path = self._shim.bench_terminal(self._bench, reset_on_open)
        if path is None:
            raise BenchError("this machine gave no pseudo terminal")
        return str(path.decode())

    def serve(self, *, speed: float = 1.0) -> None:
        """Run in a thread at the pace of real time until `close`, the terminal's bytes going in and out."""
        serve_together([self], speed=speed)

    def begin_at(self, monotonic_s: float) -> None:
        """Begin all waveforms at an instant of time.monotonic(), while the board is being served."""
        self._shim.bench_begin_at(self._bench, monotonic_s)

    def close(self) -> None:
        """End the server's thread and free the board; safe to call twice."""
        if not self._bench:
            return
        if self._stop_serving is not None:
            self._stop_serving()
        self._shim.bench_free(self._bench)
        self._bench = None

    # What happened.

    def counters(self) -> Counters:
        """What the board and its line counted."""
        counters = Counters()
        self._shim.bench_counters(self._bench, counters)
        return counters

    def chip(self, number: int) -> ChipCounters:
        """What an HX711 saw."""
        counters = ChipCounters()
        self._shim.bench_chip_counters(self._bench, number, counters)
        return counters

    def interrupts(self) -> dict[int, int]:
        """How often each interrupt vector was entered, without those that never were."""
        counts = (ctypes.c_uint64 * 64)()
        self._shim.bench_interrupts(self._bench, counts)
        return {vector: count for vector, count in enumerate(counts) if count}

    def samples(self, count: int = 1024) -> tuple[np.ndarray, np.ndarray]:
        """(cycle, channel) of the converter's last samples, oldest first, at most 1024."""
        cycle, channel = (ctypes.c_uint64 * count)(), (ctypes.c_int32 * count)()
        taken = self._shim.bench_samples(self._bench, cycle, channel, count)
        return np.array(cycle[:taken], np.int64), np.array(channel[:taken], np.int64)

    @property
    def cycles_per_byte(self) -> int:
        """How long the UART takes for one byte."""
        return int(self._shim.bench_byte_cycles(self._bench))


def serve_together(boards: Sequence[Board], *, speed: float = 1.0) -> None:
    """Run boards in one thread at the pace of real time, until one of them is closed.

    On a busy machine all are late by the same time, so that what they saw still fits together.
    """
    shim = library()
    benches = (ctypes.c_void_p * len(boards))(*(board._bench for board in boards))  # noqa: SLF001 -- one module
    thread = threading.Thread(target=shim.bench_serve, args=(benches, len(boards), speed, _SLICE_S), daemon=True)

    def stop() -> None:
        shim.bench_stop(benches[0])
        thread.join()
        for board in boards:
            board._stop_serving = None  # noqa: SLF001

    for board in boards:
        board._stop_serving = stop  # noqa: SLF001
    thread.start()


def _points(over: Over) -> tuple[ctypes.Array[ctypes.c_double], ctypes.Array[ctypes.c_double], int]:
    time_s, values = over if isinstance(over, tuple) else ([0.0], [over])
    at, value = np.asarray(time_s, np.float64), np.asarray(values, np.float64)
    if at.shape != value.shape or at.ndim != 1 or not len(at) or np.any(np.diff(at) <= 0):
        raise BenchError(f"a waveform needs as many rising times as values; got {at.shape} and {value.shape}")
    doubles = ctypes.c_double * len(at)
    return doubles(*at), doubles(*value), len(at)
