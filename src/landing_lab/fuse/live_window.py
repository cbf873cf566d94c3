"""The last tenths of a second of an insole and of the load cells under it, whatever blocks they came in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from landing_lab.fuse.fused_foot import EMPTY_GRID_S, shown_empty
from landing_lab.fuse.gain_model import changes_n
from landing_lab.fuse.insole_shape import MAX_BRIDGED_SCANS_S
from landing_lab.model import nominal
from landing_lab.model.blocks import FloatArray, IntArray
from landing_lab.model.runs import runs


class Readings(NamedTuple):
    """Readings in order of time: times_s (k,), force_n (k,), cell (k,)."""

    times_s: FloatArray
    force_n: FloatArray
    cell: IntArray


class LiveShape:
    """Scans of an insole on the grid that the first one begins; what was lost is NaN until it is bridged."""

    def __init__(self, step_s: float) -> None:
        self.first_s: float | None = None
        self.newest_s = -np.inf
        self._step_s = step_s
        self._first = 0
        self._values = np.empty(0)

    def feed(self, times_s: FloatArray, shape_n: FloatArray) -> None:
        """Append scans (k,) in newton at times_s (k,)."""
        if not len(times_s):
            return
        if self.first_s is None:
            self.first_s = float(times_s[0])
        at = np.round((times_s - self.first_s) / self._step_s).astype(np.int64) - self._first
        longer = int(at.max()) + 1 - len(self._values)
        if longer > 0:
            self._values = np.concatenate([self._values, np.full(longer, np.nan)])
        inside = at >= 0
        self._values[at[inside]] = shape_n[inside]
        self.newest_s = max(self.newest_s, float(times_s[-1]))

    def window(self, first: int, length: int, until_s: float) -> FloatArray:
        """Samples from `first` on, (length,); short holes bridged, NaN in longer ones and after until_s."""
        stop = min(length, int((until_s - (self.first_s or 0.0)) / self._step_s) + 1 - first)
        out = np.full(length, np.nan)
        begin = first - self._first
        known = self._values[begin : begin + stop]
        out[: len(known)] = known
        for start, end in runs(np.isnan(out[: len(known)])).tolist():
            if start > 0 and end < len(known) and end - start <= round(MAX_BRIDGED_SCANS_S / self._step_s):
                out[start:end] = np.linspace(out[start - 1], out[end], end - start + 2)[1:-1]
        return out

    def forget(self, before: int) -> None:
        """Drop samples before one."""
        self._values = self._values[before - self._first :]
        self._first = before


class LiveReadings:
    """Readings of the load cells of one foot, in order of time, and their fitted periods."""

    def __init__(self, n_cells: int) -> None:
        self.newest_s = -np.inf
        self.period_s = np.full(n_cells, 1.0 / nominal.HX711_RATE_HZ)
        self._first_s, self._last_s, self._number = (np.full(n_cells, value) for value in (np.nan, np.nan, 0.0))
        self._all = Readings(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))
        self._taken_s = -np.inf

    def feed(self, times_s: FloatArray, force_n: FloatArray, cell: FloatArray) -> None:
        """Append readings (k,), in any order."""
        if not len(times_s):
            return
        joined = [np.concatenate(pair) for pair in zip(self._all, (times_s, force_n, cell), strict=True)]
        order = np.lexsort((joined[2], joined[0]))
        self._all = Readings(joined[0][order], joined[1][order], joined[2][order].astype(np.int64))
        self.newest_s = max(self.newest_s, float(np.max(times_s)))

    def _until(self, until_s: float, cell: int) -> tuple[FloatArray, FloatArray]:
        mine = (self._all.cell == cell) & (self._all.times_s <= until_s)
        return self._all.times_s[mine], self._all.force_n[mine]

    def centred(self, at_s: FloatArray, order: int, delay_s: float, until_s: float) -> FloatArray:
        """Readings up to until_s at other times (m,), the delay of their filter taken out: (m, cells); 0 unheard."""
        out = np.zeros((len(at_s), len(self.period_s)))
        for cell, period_s in enumerate(self.period_s.tolist()):
            times, force = self._until(until_s, cell)
            if len(times):
                out[:, cell] = np.interp(at_s, times - delay_s - 0.5 * order * period_s, force)
        return out

    def are_empty(self, at_s: FloatArray, until_s: float) -> NDArray[np.bool_]:
        """Where every reading up to until_s that could have seen a foot shows none: (m,)."""
        grid = np.arange(at_s[0], until_s, EMPTY_GRID_S)
        total = np.zeros(len(grid))
        for cell in range(len(self.period_s)):
            times, force = self._until(until_s, cell)
            total += np.interp(grid, times, force) if len(times) else 0.0
        return shown_empty(at_s, grid, total)

    def take_until(self, until_s: float) -> Readings:
        """Readings not taken before, up to until_s; the periods learn from them."""
        new = (self._all.times_s > self._taken_s) & (self._all.times_s <= until_s)
        self._taken_s = until_s
        taken = self._chosen(new)
        for time_s, cell in zip(taken.times_s.tolist(), taken.cell.tolist(), strict=True):
            if np.isnan(self._first_s[cell]):
                self._first_s[cell] = time_s
            else:
                self._number[cell] += max(1.0, round((time_s - self._last_s[cell]) / self.period_s[cell]))
                if self._number[cell] >= 16.0:
                    self.period_s[cell] = (time_s - self._first_s[cell]) / self._number[cell]
            self._last_s[cell] = time_s
        return taken

    def between(self, from_s: float, until_s: float) -> Readings:
        """Readings after from_s, up to until_s, that are not forgotten."""
        return self._chosen((self._all.times_s > from_s) & (self._all.times_s <= until_s))

    def newest(self, until_s: float) -> Readings:
        """Readings up to until_s that were not taken yet."""
        return self.between(self._taken_s, until_s)

    def changes(self, rows: Readings, until_s: float) -> FloatArray:
        """What each row's cell went through around it, as far as known at until_s: (k,) newton."""
        out = np.zeros(len(rows.times_s))
        for cell in set(rows.cell.tolist()):
            times, force = self._until(until_s, cell)
            mine = rows.cell == cell
            out[mine] = changes_n(force)[np.searchsorted(times, rows.times_s[mine])]
        return out

    def forget(self, before_s: float) -> None:
        """Drop readings before a time."""
        kept = self._all.times_s >= before_s
        if not kept.all():
            self._all = self._chosen(kept)

    def _chosen(self, rows: NDArray[np.bool_]) -> Readings:
        return Readings(self._all.times_s[rows], self._all.force_n[rows], self._all.cell[rows])
