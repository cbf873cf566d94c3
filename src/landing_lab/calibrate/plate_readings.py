"""Readings of single load cells of a free-running board, on the board's own clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from landing_lab.calibrate.layouts import plate_layout
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SUSPECT, FloatArray, FrameBlock
from landing_lab.model.channels import Side
from landing_lab.model.device import DeviceInfo


@dataclass(frozen=True, slots=True, eq=False)
class CellReadings:
    """Good readings of one cell: times_s (k,), counts (k,) and the true conversion period."""

    times_s: FloatArray
    counts: FloatArray
    period_s: float

    def between(self, start_s: float, stop_s: float) -> CellReadings:
        """The readings of this time, with the period of all."""
        inside = (self.times_s >= start_s) & (self.times_s < stop_s)
        return CellReadings(self.times_s[inside], self.counts[inside], self.period_s)

    def level(self, share: float) -> float:
        """Median of the first (share > 0) or last (share < 0) part of the readings, of three at least."""
        n = max(3, round(abs(share) * len(self.counts)))
        return float(np.median(self.counts[:n] if share > 0 else self.counts[-n:]))

    def noise(self) -> float:
        """SD of a reading at rest, from the differences of neighbours, 0.5 counts at least."""
        return max(0.5, 1.4826 * float(np.median(np.abs(np.diff(self.counts)))) / math.sqrt(2.0))


def cell_readings(info: DeviceInfo, frames: FrameBlock, side: Side) -> list[CellReadings]:
    """Readings of the cells of one plate; cells that sent fewer than three are left out.

    The period is the slope of time against the number of conversions, lost ones counted (never 1/80).
    """
    good = (frames.flags & (FLAG_SUSPECT | FLAG_NOT_READY)) == 0
    cells = []
    for column in plate_layout(info).pick(side=side).tolist():
        mine = np.flatnonzero(good if frames.channel is None else good & (frames.channel == column))
        if len(mine) < 3:
            continue
        times = frames.ticks_us[mine].astype(np.float64) * 1e-6
        apart = np.diff(times)
        number = np.concatenate([[0.0], np.cumsum(np.maximum(1.0, np.round(apart / np.median(apart))))])
        period = float(np.polyfit(number, times - times[0], 1)[0])
        cells.append(CellReadings(times, frames.counts[mine, column].astype(np.float64), period))
    return cells
