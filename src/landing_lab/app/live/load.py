"""How much stands on the plates while it happens, and what they read when nobody does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from landing_lab.calibrate.convert import ToNewton, counts_to_newton, foreign
from landing_lab.model import nominal
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SUSPECT, FrameBlock
from landing_lab.model.calibration import Calibration, PlateCalibration
from landing_lab.model.channels import Side
from landing_lab.model.device import DeviceInfo

PERSON_N: Final = 150.0
"""A change of this size is a person coming or going; the empty level before it is then known."""

FIRST_READINGS_S: Final = 0.5
"""Cells that gave no reading for so long are not connected."""

JUDGED_EVERY_S: Final = 0.02
"""Device time between two judged states of the plates, whose cells are read 80 times a second at most."""


def side_of_cell(info: DeviceInfo, calibration: Calibration | None, cell: int) -> Side:
    """Which plate a cell carries: by its calibration, else with eight cells the first four the left one."""
    if isinstance(calibration, PlateCalibration) and foreign(info, calibration) is None:
        return calibration.side[cell]
    if info.placement == "total" and info.n_channels == 2 * len(nominal.PLATE_CELLS_MM):
        return "left" if cell < len(nominal.PLATE_CELLS_MM) else "right"
    return info.placement


@dataclass(slots=True)
class _Plate:
    to_newton: ToNewton
    sides: tuple[Side, ...]
    zeroed: bool
    first_s: float | None = None
    newest: dict[int, float] = field(default_factory=dict)
    ready: bool = False


@dataclass(slots=True)
class LiveLoad:
    """The newest reading of every cell of every plate, summed; the emptiest so far is the zero.

    Until the load has changed once, or a calibration or an earlier trial tells, nobody knows what empty is.
    """

    total_n: float = 0.0
    sides_total_n: dict[Side, float] = field(default_factory=dict)
    empty_total_n: float = float("inf")
    empty_sides_n: dict[Side, float] = field(default_factory=dict)
    highest_n: float = float("-inf")
    _plates: dict[str, _Plate] = field(default_factory=dict)
    _judged_s: float = float("-inf")

    def follow(self, name: str, info: DeviceInfo, calibration: Calibration | None) -> None:
        """Prepare for one plate."""
        zeroed = isinstance(calibration, PlateCalibration) and foreign(info, calibration) is None
        sides = tuple(side_of_cell(info, calibration, cell) for cell in range(info.n_channels))
        self._plates[name] = _Plate(counts_to_newton(info, calibration), sides, zeroed)
        if all(plate.zeroed for plate in self._plates.values()):
            self.empty_total_n = 0.0
            self.empty_sides_n.update(dict.fromkeys(sides, 0.0))
        elif not self.knows_empty:
            self.empty_total_n, self.empty_sides_n = float("inf"), {}

    def next(self) -> LiveLoad:
        """A fresh one for the next trial on the same plates, which knows what this one knew of empty."""
        if not self.knows_empty:
            return LiveLoad()
        return LiveLoad(
            empty_total_n=self.empty_total_n, empty_sides_n=dict(self.empty_sides_n), highest_n=self.highest_n
        )

    @property
    def knows_empty(self) -> bool:
        """Whether it is known what the plates read without a person."""
        zeroed = bool(self._plates) and all(plate.zeroed for plate in self._plates.values())
        return zeroed or self.highest_n - self.empty_total_n > PERSON_N

    @property
    def above_empty_n(self) -> float:
        """Load above the emptiest seen, 0 before the first reading."""
        return max(0.0, self.total_n - self.empty_total_n) if any(one.ready for one in self._plates.values()) else 0.0

    @property
    def sides_n(self) -> dict[Side, float]:
        """Load above the emptiest per side."""
        return {side: total - self.empty_sides_n[side] for side, total in self.sides_total_n.items()}

    def feed(self, name: str, frames: FrameBlock) -> Iterator[float]:
        """Take readings in one by one; yields device times (seconds) of the first plate at which to judge the total.

        That is every JUDGED_EVERY_S once each cell has been read.
        """
        plate, channel = self._plates.get(name), frames.channel
        if plate is None or channel is None:
            return
        good = (frames.flags & (FLAG_SUSPECT | FLAG_NOT_READY)) == 0
        rows = np.flatnonzero(good)
        force = plate.to_newton(frames.counts)[rows, channel[rows]].tolist()
        cells, times_s = channel[rows].tolist(), (frames.ticks_us[rows] * 1e-6).tolist()
        is_first = name == next(iter(self._plates))
        for cell, force_n, time_s in zip(cells, force, times_s, strict=True):
            if force_n != force_n:  # a cell that the calibration left out  # noqa: PLR0124
                continue
            self._take(plate, cell, force_n, time_s)
            due = is_first and time_s - self._judged_s >= JUDGED_EVERY_S
            if due and all(one.ready for one in self._plates.values()):
                self._judged_s = time_s
                self._levels()
                yield time_s

    def _take(self, plate: _Plate, cell: int, force_n: float, time_s: float) -> None:
        side = plate.sides[cell]
        before = plate.newest.get(cell, 0.0)
        plate.newest[cell] = force_n
        self.total_n += force_n - before
        self.sides_total_n[side] = self.sides_total_n.get(side, 0.0) + force_n - before
        plate.first_s = time_s if plate.first_s is None else plate.first_s
        if not plate.ready:
            plate.ready = len(plate.newest) == len(plate.sides) or time_s - plate.first_s > FIRST_READINGS_S

    def _levels(self) -> None:
        self.empty_total_n = min(self.empty_total_n, self.total_n)
        for side, total in self.sides_total_n.items():
            self.empty_sides_n[side] = min(total, self.empty_sides_n.get(side, total))
        self.highest_n = max(self.highest_n, self.total_n)
