"""The plates of a trial as they are read: what stands on each side and on all, above nothing but their calibration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from landing_lab.app.live.load import FIRST_READINGS_S, side_of_cell
from landing_lab.calibrate.convert import ToNewton, counts_to_newton
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SUSPECT, FloatArray, FrameBlock
from landing_lab.model.calibration import Calibration
from landing_lab.model.channels import Side
from landing_lab.model.device import DeviceInfo


class PlateForce(NamedTuple):
    """Newton of some sides after each new reading: ticks_s (n,) of the board's clock, force_n (n, sides)."""

    sides: tuple[Side, ...]
    ticks_s: FloatArray
    force_n: FloatArray


@dataclass(slots=True, eq=False)
class _Board:
    to_newton: ToNewton
    sides: tuple[Side, ...]
    newest_n: FloatArray
    first_s: float | None = None
    whole: bool = False
    of_side: dict[Side, FloatArray] = field(init=False)

    def __post_init__(self) -> None:
        mine = {side: np.array([one == side for one in self.sides], dtype=np.float64) for side in self.sides}
        self.of_side = {side: cells for side, cells in mine.items() if side != "total"}

    def rows(self, frames: FrameBlock) -> tuple[FloatArray, FloatArray]:
        """Times (n,) and all cells after each new reading, (n, cells); NaN for a cell that has not been read."""
        good = np.flatnonzero((frames.flags & (FLAG_SUSPECT | FLAG_NOT_READY)) == 0)
        force, ticks_s = self.to_newton(frames.counts[good]), np.asarray(frames.ticks_us[good] * 1e-6)
        if frames.channel is None:  # a board that reads all its channels at once
            self.newest_n = force[-1] if len(force) else self.newest_n
            return ticks_s, force
        rows = np.empty((len(good), len(self.newest_n)))
        for row, channel in enumerate(frames.channel[good].tolist()):
            reading = force[row, channel]
            if reading == reading:  # a cell that the calibration left out is NaN  # noqa: PLR0124
                self.newest_n[channel] = reading
            rows[row] = self.newest_n
        return ticks_s, rows


class Plates:
    """All plates of a trial. Cells are read one after the other: a force is the sum of the newest reading of each."""

    def __init__(self) -> None:
        self._boards: dict[str, _Board] = {}

    def follow(self, name: str, info: DeviceInfo, calibration: Calibration | None) -> None:
        """Prepare for one board. Raises CalibrationError where nobody knows what its counts are in newton."""
        sides = tuple(side_of_cell(info, calibration, cell) for cell in range(info.n_channels))
        newest = np.full(info.n_channels, np.nan)
        self._boards[name] = _Board(counts_to_newton(info, calibration), sides, newest)

    @property
    def sides(self) -> set[Side]:
        """The feet that have plates of their own."""
        return {side for board in self._boards.values() for side in board.sides if side in ("left", "right")}

    def __contains__(self, name: str) -> bool:
        return name in self._boards

    def feed(self, name: str, frames: FrameBlock) -> PlateForce | None:
        """The force of each side of this board, and of all boards ("total"), after each of its readings.

        Nothing is told before every cell was read once, or is known not to be connected.
        """
        board = self._boards[name]
        ticks_s, rows = board.rows(frames)
        if not len(rows):
            return None
        board.first_s = float(ticks_s[0]) if board.first_s is None else board.first_s
        if not board.whole:
            ready = np.isfinite(rows).all(axis=1) | (ticks_s - board.first_s > FIRST_READINGS_S)
            board.whole = bool(np.isfinite(rows[-1]).all())
            ticks_s, rows = ticks_s[ready], np.nan_to_num(rows[ready])
        others = [one.newest_n for one in self._boards.values() if one is not board]
        if all(np.isfinite(one).any() for one in others):
            total = rows.sum(axis=1) + sum(float(np.nansum(one)) for one in others)
        else:
            total = np.full(len(rows), np.nan)
        own = [rows @ mine for mine in board.of_side.values()]
        return PlateForce((*board.of_side, "total"), ticks_s, np.column_stack([*own, total]))
