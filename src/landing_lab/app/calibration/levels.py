"""What a board reads now, tenth of a second by tenth: levels of its cells and how much they wander."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.calibrate.convert import ToNewton, counts_to_newton
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SUSPECT, FloatArray, FrameBlock
from landing_lab.model.calibration import Calibration
from landing_lab.model.device import DeviceInfo

SLOT_US: Final = 100_000
KEPT_S: Final = 4.0
AWAY_S: Final = 0.5
"""A hole in a board's frames after which what was being read begins anew."""


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A tenth of a second: its end on the board's clock; per cell (c,) median, lowest and highest force in N.

    NaN where a cell sent nothing. away: before it, frames were missing for AWAY_S or more.
    """

    end_us: int
    level: FloatArray
    low: FloatArray
    high: FloatArray
    away: bool

    @property
    def end_s(self) -> float:
        """End on the board's clock, seconds."""
        return self.end_us * 1e-6


class BoardLevels:
    """Cuts a board's frames into slots, whatever pieces they arrive in, and remembers the last KEPT_S."""

    def __init__(self, info: DeviceInfo, calibration: Calibration | None = None) -> None:
        self._to_newton: ToNewton = counts_to_newton(info, calibration)
        self._n_cells = info.n_channels
        self._parts: list[tuple[FloatArray, FloatArray | None]] = []
        self._number: int | None = None
        self.slots: deque[Slot] = deque()

    def feed(self, frames: FrameBlock) -> Iterator[Slot]:
        """Take frames in; gives each slot as soon as it is whole: to be followed to the end, one by one.

        Levels are those of the slot that was given last, whatever else has arrived.
        """
        good = (frames.flags & (FLAG_SUSPECT | FLAG_NOT_READY)) == 0
        number = frames.ticks_us // SLOT_US
        force = self._to_newton(frames.counts)
        edges = np.flatnonzero(np.diff(number)) + 1
        for rows in np.split(np.arange(len(frames)), edges):
            if not len(rows):
                continue
            now = int(number[rows[0]])
            if self._number is not None and now != self._number:
                yield self._close()
            self._number = now
            kept = rows[good[rows]]
            channel = None if frames.channel is None else frames.channel[kept].astype(np.float64)
            self._parts.append((force[kept], channel))

    def _close(self) -> Slot:
        assert self._number is not None
        force = np.concatenate([part for part, _ in self._parts])
        channels = [channel for _, channel in self._parts if channel is not None]
        channel = np.concatenate(channels) if channels else None
        self._parts = []
        level, low, high = (np.full(self._n_cells, np.nan) for _ in range(3))
        for cell in range(self._n_cells):
            mine = force[:, cell] if channel is None else force[channel == cell, cell]
            if len(mine):
                level[cell], low[cell], high[cell] = np.median(mine), mine.min(), mine.max()
        end_us = (self._number + 1) * SLOT_US
        away = bool(self.slots) and end_us - self.slots[-1].end_us > AWAY_S * 1e6
        if away:
            self.slots.clear()
        slot = Slot(end_us, level, low, high, away)
        self.slots.append(slot)
        while self.slots[-1].end_us - self.slots[0].end_us > KEPT_S * 1e6:
            self.slots.popleft()
        return slot

    def level(self, seconds: float) -> FloatArray:
        """Median level (c,) of each cell over the last so many seconds, N; NaN where it sent nothing."""
        return _nan_over(self._newest(seconds), np.nanmedian, self._n_cells)

    def wander_n(self, seconds: float) -> float:
        """Largest range of a cell's level within the last so many seconds; infinite before there are as many."""
        slots = self._newest(seconds)
        if not slots or slots[-1].end_us - slots[0].end_us < (seconds - 0.15) * 1e6:
            return float("inf")
        ranges = _nan_over(slots, np.nanmax, self._n_cells) - _nan_over(slots, np.nanmin, self._n_cells)
        return float(np.nanmax(ranges)) if np.isfinite(ranges).any() else float("inf")

    def _newest(self, seconds: float) -> list[Slot]:
        if not self.slots:
            return []
        from_us = self.slots[-1].end_us - seconds * 1e6
        return [slot for slot in self.slots if slot.end_us > from_us]


def _nan_over(slots: list[Slot], what: object, n_cells: int) -> FloatArray:
    """A NaN-aware function over the levels of slots, (c,), silent and NaN where a cell has none."""
    out = np.full(n_cells, np.nan)
    if slots:
        levels = np.array([slot.level for slot in slots])
        heard = np.isfinite(levels).any(axis=0)
        assert callable(what)
        out[heard] = what(levels[:, heard], axis=0)
    return out
