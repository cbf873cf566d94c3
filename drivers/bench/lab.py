"""A whole lab on the bench: two insoles and a plate with eight cells, under a simulated athlete, behind ports.

The firmware is the real one; what it measures is the simulated body of landing_lab.sim: voltages of FSR dividers on the
insoles' pins, counts of load cells before the converter's filter in the plate's HX711.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np
from drivers.bench.board import Board, serve_together
from drivers.bench.build import build
from drivers.bench.wiring import cell_pins

from landing_lab.model import nominal
from landing_lab.sim import hx711
from landing_lab.sim.devices import SimulatedScene, demo_bodies, sense
from landing_lab.sim.roll import COP_STRIDE
from landing_lab.sim.scene import Scene, jump_scene

_PLACES = {"left": "LL_LEFT", "right": "LL_RIGHT", "total": "LL_TOTAL"}
_MV_PER_COUNT = nominal.SUPPLY_V * 1000.0 / (1 << nominal.ADC_BITS)
_INSOLE_BOARD = "nano"  # eight analogue pins of its own
_LOOK_EVERY_S = 0.02
_WATCH_S = 0.1
# A board that streams sends more than this, one that only answers less.
_STREAMING_BYTES_PER_S = 2000
_PAUSE_S = 2.0


class _Told(NamedTuple):
    """How much a board has sent until some time of its own."""

    time_s: float
    sent_bytes: int


class BenchLab:
    """Three boards behind pseudo terminals at real time; the scene begins when all three stream, and then repeats.

    reset_on_open: a board starts anew when its port is opened, as most Arduinos do. speed 1 is real time; with less,
    boards seem to have slow clocks.
    """

    def __init__(
        self,
        *,
        n_trials: int = 1,
        seed: int = 1,
        plate_board: str = "uno",
        reset_on_open: bool = True,
        speed: float = 1.0,
    ) -> None:
        scene = jump_scene(demo_bodies(n_trials, seed=seed), seed=seed, stand_s=2.0)
        self.sensed = sense(scene, seed=seed)
        self.boards = [_insole(self.sensed, foot) for foot in (0, 1)]
        self.boards.append(_plate(self.sensed, scene, plate_board, seed=seed))
        self.urls = [board.open_terminal(reset_on_open=reset_on_open) for board in self.boards]
        self._ending = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        serve_together(self.boards, speed=speed)
        self._watcher.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all boards; safe to call twice."""
        self._ending.set()
        self._watcher.join()
        for board in self.boards:
            board.close()

    def behind_s(self) -> float:
        """By how much the boards lagged behind real time at worst."""
        return float(self.boards[0].counters().behind_s)

    def _watch(self) -> None:
        """Begin the scene when all boards stream, and again after its end."""
        told, streaming, ends_s = self._told(), False, 0.0
        while not self._ending.wait(_LOOK_EVERY_S):
            now = self._told()
            # On a busy machine boards stand still for a while; what they say per second of their own time counts.
            if min(new.time_s - old.time_s for old, new in zip(told, now, strict=True)) < _WATCH_S:
                continue
            was, streaming = (
                streaming,
                all(
                    new.sent_bytes - old.sent_bytes > _STREAMING_BYTES_PER_S * (new.time_s - old.time_s)
                    for old, new in zip(told, now, strict=True)
                ),
            )
            told = now
            if streaming and (not was or now[0].time_s > ends_s):
                begin_s = time.monotonic()
                for board in self.boards:
                    board.begin_at(begin_s)
                ends_s = now[0].time_s + self.sensed.duration_s + _PAUSE_S

    def _told(self) -> list[_Told]:
        return [_Told(board.time_s, int(board.counters().sent_bytes)) for board in self.boards]


def _insole(sensed: SimulatedScene, foot: int) -> Board:
    """The insole of one foot; a count becomes the middle of the voltages that give it."""
    device = sensed.devices[foot]
    defines = (f'LL_DEVICE_ID="{device.info.device_id}"', f"LL_PLACEMENT={_PLACES[device.info.placement]}")
    board = Board(build("insole", _INSOLE_BOARD, defines), _INSOLE_BOARD, clock_ppm=device.clock_ppm, seed=foot + 1)
    scan_s = device.frames.ticks_us * 1e-6 / (1.0 + device.clock_ppm * 1e-6)
    for channel in range(device.info.n_channels):
        at_s = scan_s + channel * nominal.INSOLE_CHANNEL_SKEW_US * 1e-6
        board.voltage(channel, (at_s, (device.frames.counts[:, channel] + 0.5) * _MV_PER_COUNT))
    return board


def _plate(sensed: SimulatedScene, scene: Scene, board_name: str, *, seed: int) -> Board:
    """The plate's board with the cells of the left foot, then of the right."""
    device = sensed.devices[2]
    defines = (f'LL_DEVICE_ID="{device.info.device_id}"', "LL_PLACEMENT=LL_TOTAL", "LL_CELLS=8")
    board = Board(build("plate", board_name, defines), board_name, clock_ppm=device.clock_ppm, seed=3)
    cop_mm = scene.plate_cop_mm()
    time_s = np.arange(len(cop_mm)) * 1e-3
    pins = cell_pins(board_name)
    phases = np.random.default_rng([seed, 3]).random(len(pins))
    for foot in (0, 1):
        parts = hx711.draw_plate(2 * seed + foot + 900_000)
        force_n = scene.part.plate_n[::COP_STRIDE, foot, None] * hx711.cell_shares(cop_mm[:, foot])
        counts = force_n * parts.gain * nominal.HX711_COUNTS_PER_N + parts.offset_counts
        for cell in range(counts.shape[1]):
            number = 4 * foot + cell
            board.hx711(
                *pins[number],
                (time_s, counts[:, cell]),
                rate_hz=1.0 / float(parts.period_s[cell]),
                phase=float(phases[number]),
                noise_counts=parts.noise_n * nominal.HX711_COUNTS_PER_N,
            )
    return board


def labelled(lab: BenchLab) -> Sequence[tuple[str, str]]:
    """(port, what is behind it) of every board."""
    return [
        (url, f"{device.info.kind} {device.info.device_id}")
        for url, device in zip(lab.urls, lab.sensed.devices, strict=True)
    ]
