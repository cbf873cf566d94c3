"""Force of one foot 60 ms after it happened: the model of `gain_model`, eliminated column by column as data come.

Each step gives a few knots' samples out of every scan and reading up to a fixed lag after them, so that nothing depends
on how the data were cut into blocks. Unknowns that no later reading can see are marginalised and forgotten.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from landing_lab.calibrate.filter_response import ORDERS
from landing_lab.fuse.fused_foot import LIKE_PLATE, POSTERIOR, SEEN_S, force_sd, misfit_around, parts_on
from landing_lab.fuse.gain_model import KNOT_S, KnownPlate, error_on, prior_band, reading_sd_n, shares_of
from landing_lab.fuse.hx711_response import PER_PERIOD, tabulated
from landing_lab.fuse.live_window import LiveReadings, LiveShape, Readings
from landing_lab.fuse.plate_delay import USUAL_DELAY_S, USUAL_DELAY_SD_S
from landing_lab.kernels.fusion import add_readings, back_substitute, eliminate, scaled_shape, selected_inverse
from landing_lab.model import nominal
from landing_lab.model.blocks import FloatArray

LAG_S: Final = 0.060
"""A force is given this long after it: the plate's news of it is complete after 38-50 ms (fusion.md section 3)."""

KNOTS_A_STEP: Final = 4
"""Knots whose samples are given together: 20 ms, for a quarter of the work."""

LONGEST_PERIOD_S: Final = 1.0 / 75.0
"""Users measure 78 to 94 readings a second (hardware.md); a slower converter would still write on forgotten knots."""

PERIODS_MORE: Final = 1.0
"""Conversion periods beyond half the filter until readings of the other cells tell how the feet's load was shared."""

KEPT_KNOTS: Final = 24
"""Knots of what was given before: readings that saw it tell whether it was right (RESIDUAL_S and a filter's memory)."""


class LiveForce(NamedTuple):
    """Force of a foot and its SD (n,) newton at times_s (n,); NaN where the insole said nothing."""

    times_s: FloatArray
    force_n: FloatArray
    sd_n: FloatArray


class _Chain:
    """Equations of the gain under one assumption about the converters: order and delay of their filter."""

    def __init__(self, order: int, delay_s: float, shape: tuple[int, int]) -> None:
        self.order, self.delay_s = order, delay_s
        self.band = np.zeros(shape)
        self.right = np.zeros(len(self.band))


class LiveFoot:
    """One foot followed live: feed scans and readings as they come, take what has become certain.

    step_s: of the scans. n_cells: of the plate under the foot. plate: what its calibration knows. Forces come
    re-zeroed, the insole's in newton of the whole foot. delay_s, delay_sd_s: of the plate against the insole, which
    nobody measures live. Times are seconds of one clock. All kernels are compiled here, before the first sample.
    """

    def __init__(
        self,
        *,
        step_s: float,
        n_cells: int,
        plate: KnownPlate,
        delay_s: float = USUAL_DELAY_S,
        delay_sd_s: float = USUAL_DELAY_SD_S,
        lag_s: float = LAG_S,
    ) -> None:
        order = plate.filter_order or ORDERS[-1]
        guesses = () if plate.filter_order else tuple(one for one in ORDERS if one != order)
        # The first is what is told; what the others find differently is its error.
        self._assumed = ((order, delay_s), (order, delay_s + delay_sd_s), *((one, delay_s) for one in guesses))
        self._parts, self._error = parts_on(plate, calibrated=True), error_on(plate)
        self._delay_s, self._lag_s, self._step_s, self._n_cells = delay_s, lag_s, step_s, n_cells
        self._order = max(one for one, _ in self._assumed)
        self._per_knot = max(1, round(KNOT_S / step_s))
        self._spacing_s = self._per_knot * step_s
        self._n_given = KNOTS_A_STEP * self._per_knot
        self._settled_s = delay_s + (0.5 * self._order + PERIODS_MORE) * LONGEST_PERIOD_S
        self._width = int(np.ceil(self._order * LONGEST_PERIOD_S / self._spacing_s)) + 3
        # The prior of a long chain: its first knot and one from the middle, with what ties each to the next.
        self._chain, _ = prior_band(4, self._width, self._parts, self._spacing_s)
        self.restart()
        self._rehearse()
        self.restart()

    def restart(self) -> None:
        """Forget all that was fed."""
        parts = len(self._parts)
        longest = self._width + int(np.ceil((self._lag_s + self._settled_s) / self._spacing_s)) + 8 + KNOTS_A_STEP
        self._shape, self._readings = LiveShape(self._step_s), LiveReadings(self._n_cells)
        self._chains = [_Chain(*one, (longest * parts, self._width * parts)) for one in self._assumed]
        self._base = 0  # knot of the first row
        self._known = 0  # knots that have their prior
        self._next = 0  # knot whose samples are given next
        self._given = np.empty((2, 0))
        self._products = np.zeros(2)  # of readings and of what they saw of the insole, with what they saw

    @property
    def is_like_plate(self) -> bool:
        """Whether the insole and the plate agree so far as they did when the insole was calibrated."""
        plate, insole = self._products.tolist()
        return insole <= 0.0 or LIKE_PLATE[0] < plate / insole < LIKE_PLATE[1]

    def _rehearse(self) -> None:
        """Run through every kernel once."""
        read_s = np.arange(0.0, 2.0 * self._lag_s + 0.1, 1.0 / nominal.HX711_RATE_HZ)
        scan_s = np.arange(0.0, read_s[-1], self._step_s)
        self.feed_scans(scan_s, np.full(len(scan_s), 100.0))
        self.feed_readings(read_s, np.full(len(read_s), 100.0), np.zeros(len(read_s)))
        self.take()

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
            times.append(start_s + np.arange(self._n_given) * self._step_s)
            force.append(found[0])
            sd.append(found[1])
        nothing = [np.empty(0)]
        return LiveForce(*(np.concatenate(parts or nothing) for parts in (times, force, sd)))

    def _step(self, horizon_s: float) -> FloatArray:
        """Force and SD of the next knots' samples, (2, k), by everything up to the horizon."""
        count = int((horizon_s - (self._shape.first_s or 0.0)) / self._spacing_s) + 2 - self._base
        self._extend(self._base + count)
        first_s, shape = self._window(count, horizon_s)
        settled = self._readings.take_until(horizon_s - self._settled_s)
        newest = self._readings.newest(horizon_s)
        found = [self._solved(chain, settled, newest, first_s, shape, horizon_s) for chain in self._chains]
        first = (self._next - self._base) * self._per_knot
        whole = np.concatenate([self._given, found[0][:, first:]], axis=1)
        before = self._given.shape[1]
        misfit = self._misfit(whole[0], first_s + (first - before) * self._step_s, horizon_s)
        sd = force_sd(whole[0], misfit * POSTERIOR[0] * whole[1], self._step_s)
        told = slice(before, before + self._n_given)
        apart = np.array([other[0, first : first + self._n_given] - whole[0, told] for other in found[1:]])
        kept = KEPT_KNOTS * self._per_knot
        self._given = whole[:, max(0, told.stop - kept) : told.stop]
        self._next += KNOTS_A_STEP
        self._forget(horizon_s)
        return np.stack([whole[0, told], np.sqrt(sd[told] ** 2 + (apart**2).sum(axis=0))])

    def _solved(
        self,
        chain: _Chain,
        settled: Readings,
        newest: Readings,
        first_s: float,
        shape: FloatArray,
        horizon_s: float,
    ) -> FloatArray:
        """Force and SD by the gain from the first knot on, (2, n), under one assumption."""
        parts = len(self._parts)
        count = (len(shape) // self._per_knot) + 1
        n_rows = count * parts
        shares = self._shares(first_s, count, horizon_s)
        seen = self._see(chain, settled, first_s, shape, shares, chain.band[:n_rows], chain.right[:n_rows], horizon_s)
        if chain is self._chains[0]:
            known = np.isfinite(seen)
            self._products += seen[known] @ np.column_stack([settled.force_n, seen])[known]
        factor, solution = chain.band[:n_rows].copy(), chain.right[:n_rows].copy()
        # What the newest readings say is added for now only: how their force was shared is not known to the end.
        self._see(chain, newest, first_s, shape, shares, factor, solution, horizon_s)
        eliminate(factor, solution, 0, n_rows)
        gain, inverse, out = np.empty(n_rows), np.zeros_like(factor), np.empty((2, len(shape)))
        back_substitute(factor, solution, 0, n_rows, gain)
        selected_inverse(factor, 0, n_rows, inverse)
        scaled_shape(shape, self._per_knot, 1.0, parts, gain, inverse, out)
        return out

    def _misfit(self, force_n: FloatArray, first_s: float, horizon_s: float) -> FloatArray:
        """How many times larger than stated the residuals of the readings are around each sample, 1 at least."""
        rows = self._readings.between(first_s, horizon_s)
        count = len(force_n) // self._per_knot + 2
        scratch = _Chain(*self._assumed[0], (count, self._width))
        shares = self._shares(first_s, count, horizon_s)
        seen = self._see(scratch, rows, first_s, force_n, shares, scratch.band, scratch.right, horizon_s)
        rest = (rows.force_n - seen) / reading_sd_n(rows.force_n, self._readings.changes(rows, horizon_s), self._error)
        return misfit_around(rest, rows.times_s - first_s, self._step_s, len(force_n))

    def _extend(self, stop: int) -> None:
        """Give knots up to stop their prior."""
        parts = len(self._parts)
        first = self._chain[:parts, 0] - (self._chain[parts : 2 * parts, 0] - self._chain[-parts:, 0])
        innovation = self._chain[-parts:, 0]  # of the last knot of a chain: 1 / q
        tie = self._chain[:parts, parts]  # -keep / q
        for knot in range(self._known, stop):
            row = (knot - self._base) * parts
            for band in (chain.band for chain in self._chains):
                if knot == 0:
                    band[row : row + parts, 0] += first
                    continue
                band[row - parts : row, 0] += tie**2 / innovation
                band[row - parts : row, parts] += tie
                band[row : row + parts, 0] += innovation
        self._known = max(self._known, stop)

    def _window(self, count: int, horizon_s: float) -> tuple[float, FloatArray]:
        """Time of the first knot, and the shape from there on, 0 where the plate was empty."""
        first_s = (self._shape.first_s or 0.0) + self._base * self._spacing_s
        shape = self._shape.window(self._base * self._per_knot, (count - 1) * self._per_knot, horizon_s)
        at_s = first_s + np.arange(len(shape), dtype=np.float64) * self._step_s
        shape[self._readings.are_empty(at_s, horizon_s) & np.isfinite(shape)] = 0.0
        return first_s, shape

    def _shares(self, first_s: float, count: int, horizon_s: float) -> FloatArray:
        """Share of the force on each load cell at the knots, (count, cells)."""
        knots_s = first_s + np.arange(count, dtype=np.float64) * self._spacing_s
        return shares_of(self._readings.centred(knots_s, self._assumed[0][0], self._delay_s, horizon_s))

    def _see(
        self,
        chain: _Chain,
        rows: Readings,
        first_s: float,
        shape: FloatArray,
        shares: FloatArray,
        band: FloatArray,
        right: FloatArray,
        horizon_s: float,
    ) -> FloatArray:
        """Add readings to equations; what each had seen of the shape, NaN where left out."""
        seen = np.empty(len(rows.times_s))
        add_readings(
            rows.times_s,
            rows.force_n,
            reading_sd_n(rows.force_n, self._readings.changes(rows, horizon_s), self._error),
            rows.cell,
            np.minimum(self._readings.period_s, LONGEST_PERIOD_S),
            tabulated(chain.order),
            PER_PERIOD,
            chain.delay_s,
            shape,
            first_s,
            self._step_s,
            shares,
            self._per_knot,
            1.0,
            band,
            right,
            seen,
            np.zeros(2),
        )
        return seen

    def _forget(self, horizon_s: float) -> None:
        """Marginalise the knots that neither a later reading nor a later sample can see."""
        memory_s = self._settled_s + self._delay_s + self._order * LONGEST_PERIOD_S
        oldest_s = horizon_s - memory_s - (self._shape.first_s or 0.0)
        stop = min(self._next, int(oldest_s / self._spacing_s) - 1)
        gone = stop - self._base
        if gone <= 0:
            return
        rows, used = gone * len(self._parts), (self._known - self._base) * len(self._parts)
        for chain in self._chains:
            eliminate(chain.band[:used], chain.right[:used], 0, rows)
            for array in (chain.band, chain.right):
                array[: used - rows] = array[rows:used].copy()
                array[used - rows : used] = 0.0
        self._base = stop
        self._shape.forget(stop * self._per_knot)
        self._readings.forget((self._shape.first_s or 0.0) + stop * self._spacing_s - 2.0 * SEEN_S)
