"""Force of one foot 60 ms after it happened: the model of `gain_model`, eliminated column by column as data come.

Each step gives a few knots' samples out of every scan and reading up to a fixed lag after them, so that nothing depends
on how the data were cut into blocks. Unknowns that no later reading can see are marginalised and forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from landing_lab.calibrate.foot_equations import SHARE_FLOOR_N
from landing_lab.fuse.fused_foot import EMPTY_N, ERROR, POSTERIOR, SEEN_S, force_sd
from landing_lab.fuse.gain_model import AROUND, KNOT_S, ReadingError, Wander, prior_band
from landing_lab.fuse.hx711_response import PER_PERIOD, tabulated
from landing_lab.fuse.live_window import LiveReadings, LiveShape, Readings
from landing_lab.fuse.plate_delay import USUAL_DELAY_S
from landing_lab.kernels.fusion import add_readings, back_substitute, eliminate, scaled_shape, selected_inverse
from landing_lab.model.blocks import FloatArray

LAG_S: Final = 0.060
"""A force is given this long after it: the plate's news of it is complete after 38-50 ms (fusion.md section 3)."""

KNOTS_A_STEP: Final = 4
"""Knots whose samples are given together: 20 ms, for a quarter of the work."""

LONGEST_PERIOD_S: Final = 1.0 / 75.0
"""Users measure 78 to 94 readings a second (hardware.md); a slower converter would still write on forgotten knots."""

PERIODS_MORE: Final = 1.0
"""Conversion periods beyond half the filter until readings of the other cells tell how the feet's load was shared."""

KEPT: Final = 16
"""Samples of what was given before, from which slope and bend of the next begin."""


class LiveForce(NamedTuple):
    """Force of a foot and its SD (n,) newton at times_s (n,); NaN where the insole said nothing."""

    times_s: FloatArray
    force_n: FloatArray
    sd_n: FloatArray


class LiveFoot:
    """One foot followed live: feed scans and readings as they come, take what has become certain.

    step_s: of the scans. n_cells: of the plate under the foot. Forces come re-zeroed, the insole's in newton of the
    whole foot. order, delay_s: of the plate's converters. Times are seconds of one clock.
    """

    def __init__(
        self,
        *,
        step_s: float,
        n_cells: int,
        order: int,
        parts: Sequence[Wander],
        delay_s: float = USUAL_DELAY_S,
        error: ReadingError = ERROR,
        lag_s: float = LAG_S,
    ) -> None:
        self._parts, self._error, self._order, self._delay_s, self._lag_s = parts, error, order, delay_s, lag_s
        self._per_knot = max(1, round(KNOT_S / step_s))
        self._spacing_s = self._per_knot * step_s
        self._n_given = KNOTS_A_STEP * self._per_knot
        self._shape = LiveShape(step_s)
        self._readings = LiveReadings(n_cells)
        width = int(np.ceil(order * LONGEST_PERIOD_S / self._spacing_s)) + 3
        self._settled_s = delay_s + (0.5 * order + PERIODS_MORE) * LONGEST_PERIOD_S
        longest = width + int(np.ceil((lag_s + self._settled_s) / self._spacing_s)) + 8 + KNOTS_A_STEP
        self._band = np.zeros((longest * len(parts), width * len(parts)))
        self._right = np.zeros(len(self._band))
        # The prior of a long chain: its first knot and one from the middle, with what ties each to the next.
        self._chain, _ = prior_band(4, width, parts, self._spacing_s)
        self._base = 0  # knot of the first row
        self._known = 0  # knots that have their prior
        self._next = 0  # knot whose samples are given next
        self._given = np.empty((2, 0))

    def feed_scans(self, times_s: FloatArray, shape_n: FloatArray) -> None:
        """Sum of the insole's cells (k,) newton at times_s (k,); lost scans are simply absent."""
        self._shape.feed(times_s, shape_n)

    def feed_readings(self, times_s: FloatArray, force_n: FloatArray, cell: FloatArray) -> None:
        """Readings (k,) newton of load cells 0..n_cells-1."""
        self._readings.feed(times_s, force_n, cell)

    def take(self) -> LiveForce:
        """Every sample that became certain since the last call."""
        times, force, sd = [], [], []
        while self._shape.first_s is not None:
            start_s = self._shape.first_s + self._next * self._spacing_s
            horizon_s = start_s + KNOTS_A_STEP * self._spacing_s + self._lag_s
            if min(self._shape.newest_s, self._readings.newest_s) < horizon_s:
                break
            found = self._step(horizon_s)
            times.append(start_s + np.arange(self._n_given) * self._spacing_s / self._per_knot)
            force.append(found[0])
            sd.append(found[1])
        nothing = [np.empty(0)]
        return LiveForce(*(np.concatenate(parts or nothing) for parts in (times, force, sd)))

    def _step(self, horizon_s: float) -> FloatArray:
        """Force and SD of the next knots' samples, (2, k), by everything up to the horizon."""
        count = int((horizon_s - (self._shape.first_s or 0.0)) / self._spacing_s) + 2 - self._base
        self._extend(self._base + count)
        n_rows = count * len(self._parts)
        first_s, shape = self._window(count, horizon_s)
        shares = self._shares(first_s, count, horizon_s)
        settled = self._readings.take_until(horizon_s - self._settled_s)
        self._see(settled, first_s, shape, shares, self._band[:n_rows], self._right[:n_rows], horizon_s)
        factor, solution = self._band[:n_rows].copy(), self._right[:n_rows].copy()
        # What the newest readings say is added for now only: how their force was shared is not known to the end.
        self._see(self._readings.newest(horizon_s), first_s, shape, shares, factor, solution, horizon_s)
        eliminate(factor, solution, 0, n_rows)
        gain, inverse, out = np.empty(n_rows), np.zeros_like(factor), np.empty((2, len(shape)))
        back_substitute(factor, solution, 0, n_rows, gain)
        selected_inverse(factor, 0, n_rows, inverse)
        scaled_shape(shape, self._per_knot, 1.0, len(self._parts), gain, inverse, out)
        first = (self._next - self._base) * self._per_knot
        whole = np.concatenate([self._given, out[:, first:]], axis=1)
        sd = force_sd(whole[0], POSTERIOR[0] * whole[1], self._spacing_s / self._per_knot)
        before = self._given.shape[1]
        told = slice(before, before + self._n_given)
        self._given = whole[:, max(0, told.stop - KEPT) : told.stop]
        self._next += KNOTS_A_STEP
        self._forget(horizon_s)
        return np.stack([whole[0, told], sd[told]])

    def _extend(self, stop: int) -> None:
        """Give knots up to stop their prior."""
        parts = len(self._parts)
        for knot in range(self._known, stop):
            row = (knot - self._base) * parts
            first = self._chain[:parts, 0] - (self._chain[parts : 2 * parts, 0] - self._chain[-parts:, 0])
            if knot == 0:
                self._band[row : row + parts, 0] += first
                continue
            innovation = self._chain[-parts:, 0]  # of the last knot of a chain: 1 / q
            tie = self._chain[:parts, parts]  # -keep / q
            self._band[row - parts : row, 0] += tie**2 / innovation
            self._band[row - parts : row, parts] += tie
            self._band[row : row + parts, 0] += innovation
        self._known = max(self._known, stop)

    def _window(self, count: int, horizon_s: float) -> tuple[float, FloatArray]:
        """Time of the first knot, and the shape from there on, 0 where the plate was empty."""
        first_s = (self._shape.first_s or 0.0) + self._base * self._spacing_s
        shape = self._shape.window(self._base * self._per_knot, (count - 1) * self._per_knot, horizon_s)
        at_s = first_s + np.arange(len(shape)) * self._spacing_s / self._per_knot
        shape[self._readings.are_empty(at_s, SEEN_S, horizon_s, EMPTY_N) & np.isfinite(shape)] = 0.0
        return first_s, shape

    def _shares(self, first_s: float, count: int, horizon_s: float) -> FloatArray:
        """Share of the force on each load cell at the knots, (count, cells)."""
        knots_s = first_s + np.arange(count, dtype=np.float64) * self._spacing_s
        lifted = np.maximum(self._readings.centred(knots_s, self._order, self._delay_s, horizon_s), 0.0) + SHARE_FLOOR_N
        return np.asarray(lifted / lifted.sum(axis=1, keepdims=True))

    def _see(
        self,
        rows: Readings,
        first_s: float,
        shape: FloatArray,
        shares: FloatArray,
        band: FloatArray,
        right: FloatArray,
        horizon_s: float,
    ) -> None:
        """Add readings to equations."""
        if not len(rows.times_s):
            return
        changed = self._readings.changes(rows, AROUND, horizon_s)
        error = self._error
        sd = np.sqrt(error.floor_n**2 + (error.share * rows.force_n) ** 2 + (error.changed * changed) ** 2)
        add_readings(
            rows.times_s,
            rows.force_n,
            sd,
            rows.cell,
            np.minimum(self._readings.period_s, LONGEST_PERIOD_S),
            tabulated(self._order),
            PER_PERIOD,
            self._delay_s,
            shape,
            first_s,
            self._spacing_s / self._per_knot,
            shares,
            self._per_knot,
            1.0,
            band,
            right,
            np.empty(len(rows.times_s)),
            np.zeros(2),
        )

    def _forget(self, horizon_s: float) -> None:
        """Marginalise the knots that neither a later reading nor a later sample can see."""
        memory_s = self._settled_s + self._delay_s + self._order * LONGEST_PERIOD_S
        oldest_s = horizon_s - memory_s - (self._shape.first_s or 0.0)
        stop = min(self._next, int(oldest_s / self._spacing_s) - 1)
        gone = stop - self._base
        if gone <= 0:
            return
        rows, used = gone * len(self._parts), (self._known - self._base) * len(self._parts)
        eliminate(self._band[:used], self._right[:used], 0, rows)
        for array in (self._band, self._right):
            array[: used - rows] = array[rows:used].copy()
            array[used - rows : used] = 0.0
        self._base = stop
        self._shape.forget(stop * self._per_knot)
        self._readings.forget((self._shape.first_s or 0.0) + stop * self._spacing_s - 2.0 * SEEN_S)
