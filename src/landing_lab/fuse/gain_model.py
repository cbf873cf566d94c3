"""Force as the insole's shape times a gain that wanders slowly, held to the plate: one linear model per foot.

f = s (1 + u): s is what the insole says, u an Ornstein-Uhlenbeck process on knots 5 ms apart. Each reading of each load
cell is one equation: its share of f, seen through the converter's filter, which ends when the reading was ready less
a delay (fusion.md section 6, estimator D; with a second, fast process estimator E).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from landing_lab.calibrate.foot_equations import SHARE_FLOOR_N
from landing_lab.fuse.hx711_response import PER_PERIOD, tabulated
from landing_lab.fuse.plate_cells import PlateCell
from landing_lab.kernels.fusion import add_readings, back_substitute, eliminate, scaled_shape, selected_inverse
from landing_lab.model.blocks import FloatArray, IntArray

KNOT_S: Final = 0.005
"""Distance of the knots of the gain (fusion.md section 6)."""


@dataclass(frozen=True, slots=True)
class Wander:
    """One part of what the insole's gain does: relative SD, and the time over which it forgets, seconds."""

    sd: float
    memory_s: float


@dataclass(frozen=True, slots=True)
class ReadingError:
    """SD of a reading beside the model: newton, a share of the reading, and a share of what it just went through.

    changed: share of the range of the cell's readings within AROUND of them: what a plate's own modes, its converters'
    true filter and a wrong instant add goes with how much force changes, and nothing of it is left in standing.
    """

    floor_n: float
    share: float
    changed: float


ERROR_UNKNOWN: Final = ReadingError(1.5, 0.004, 0.04)
ERROR_CALM: Final = ReadingError(1.5, 0.004, 0.02)
ERROR_STIFF: Final = ReadingError(1.5, 0.004, 0.01)
ERROR_RINGING: Final = ReadingError(1.5, 0.004, 0.10)
"""Error of a reading on a plate of which no tap test is known, that showed no mode, that proved stiff, and that rings
(fusion.md: 1.5-3 % of the reading until the mode is known; docs/fusion.md: on a plate at 45 Hz 10 % are best)."""

STIFF_HZ: Final = 100.0
"""First mode of a plate from which its readings follow the force of a landing (fusion.md)."""

UNSEEN_HZ: Final = 50.0
"""A tap test that saw no mode below this excludes the soft home-made plate of fusion.md section 5 (45 Hz)."""

AROUND: Final = 4
"""Readings on either side that a reading's error depends on: as many as the filter spans."""


class KnownPlate(Protocol):
    """What a calibration knows of a plate, whether in a recording's sensor or in the calibration itself."""

    @property
    def filter_order(self) -> int | None:
        """Of its converters, None where nobody settled it."""

    @property
    def mode_hz(self) -> float | None:
        """Its first mode, None where it was not seen."""

    @property
    def mode_at_least_hz(self) -> float | None:
        """Lower bound of an unseen mode."""


def is_stiff(plate: KnownPlate) -> bool:
    """Whether a calibration showed that the plate's first mode lies beyond what a landing excites."""
    return (plate.mode_hz or plate.mode_at_least_hz or 0.0) > STIFF_HZ


def error_on(plate: KnownPlate) -> ReadingError:
    """Error of a plate's readings by what is known of its first mode."""
    if is_stiff(plate):
        return ERROR_STIFF
    if plate.mode_hz:
        return ERROR_RINGING
    return ERROR_CALM if (plate.mode_at_least_hz or 0.0) > UNSEEN_HZ else ERROR_UNKNOWN


def reading_sd_n(read_n: FloatArray, changed_n: FloatArray, error: ReadingError) -> FloatArray:
    """SD of readings (k,) beside the model, newton; changed_n: what their cell went through around each, newton."""
    share_n = np.hypot(error.floor_n, error.share * read_n)
    return np.asarray(np.hypot(share_n, error.changed * changed_n), dtype=np.float64)


def changes_n(read_n: FloatArray) -> FloatArray:
    """Range of a cell's readings (k,) within AROUND of each."""
    padded = np.pad(read_n, AROUND, mode="edge")
    near = np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1)
    return np.asarray(near.max(axis=1) - near.min(axis=1))


def shares_of(cells_n: FloatArray) -> FloatArray:
    """Share of the force on each cell, (m, cells), of their forces at the same times."""
    lifted = np.maximum(cells_n, 0.0) + SHARE_FLOOR_N
    return np.asarray(lifted / lifted.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True, eq=False)
class Foot:
    """Shape and readings of one foot on one clock.

    times_s (n,) even; shape_n (n,) newton, NaN where the insole said nothing, 0 where the plate was empty; cells: load
    cells under it. read_s, read_n, cell (k,): all readings, one cell after the other.
    """

    times_s: FloatArray
    shape_n: FloatArray
    cells: tuple[PlateCell, ...]
    read_s: FloatArray
    read_n: FloatArray
    cell: IntArray
    period_s: FloatArray

    @classmethod
    def of(cls, times_s: FloatArray, shape_n: FloatArray, cells: Sequence[PlateCell]) -> Foot:
        """From the cells of a plate."""
        return cls(
            times_s=times_s,
            shape_n=np.ascontiguousarray(shape_n),
            cells=tuple(cells),
            read_s=np.concatenate([cell.times_s for cell in cells]),
            read_n=np.concatenate([cell.force_n for cell in cells]),
            cell=np.repeat(np.arange(len(cells)), [len(cell.times_s) for cell in cells]),
            period_s=np.array([cell.period_s for cell in cells]),
        )

    @property
    def step_s(self) -> float:
        """Distance of the samples."""
        return float(self.times_s[-1] - self.times_s[0]) / (len(self.times_s) - 1)

    @property
    def per_knot(self) -> int:
        """Samples from one knot to the next."""
        return max(1, round(KNOT_S / self.step_s))

    @property
    def n_knots(self) -> int:
        """Knots that hold all samples, with one beyond the last."""
        return (len(self.times_s) - 1) // self.per_knot + 2

    def knots_s(self) -> FloatArray:
        """Times of the knots."""
        return float(self.times_s[0]) + np.arange(self.n_knots, dtype=np.float64) * self.per_knot * self.step_s

    def read_sd_n(self, error: ReadingError) -> FloatArray:
        """SD of every reading beside the model, (k,) newton."""
        changed_n = np.concatenate([changes_n(cell.force_n) for cell in self.cells])
        return reading_sd_n(self.read_n, changed_n, error)

    def plate_n(self, at_s: FloatArray, order: int, delay_s: float) -> FloatArray:
        """Readings of each cell at other times (m,), the delay of its filter taken out: (m, cells)."""
        return np.column_stack(
            [np.interp(at_s, cell.times_s - delay_s - 0.5 * order * cell.period_s, cell.force_n) for cell in self.cells]
        )

    def shares(self, order: int, delay_s: float) -> FloatArray:
        """Share of the force on each cell at the knots, (knots, cells)."""
        return shares_of(self.plate_n(self.knots_s(), order, delay_s))


@dataclass(frozen=True, slots=True, eq=False)
class Equations:
    """Normal equations of the gain: band (u, w), right (u,), its prior's log determinant; what each reading had seen.

    cost: sums of squared standardised residuals and of log variances, (2,).
    """

    band: FloatArray
    right: FloatArray
    prior_log_det: float
    seen_n: FloatArray
    cost: FloatArray


def prior_band(n_knots: int, width_knots: int, parts: Sequence[Wander], spacing_s: float) -> tuple[FloatArray, float]:
    """Precision of the Ornstein-Uhlenbeck parts, interleaved, as a band (knots x parts, width), and its -log det."""
    count = len(parts)
    band = np.zeros((n_knots * count, width_knots * count))
    log_det = 0.0
    for number, part in enumerate(parts):
        keep = math.exp(-spacing_s / part.memory_s)
        innovation = part.sd**2 * (1.0 - keep**2)
        own = band[number::count]
        own[:, 0] = (1.0 + keep**2) / innovation
        own[[0, -1], 0] = 1.0 / innovation
        own[:-1, count] = -keep / innovation
        log_det += math.log(part.sd**2) + (n_knots - 1) * math.log(innovation)
    return band, log_det


def equations(
    foot: Foot,
    order: int,
    delay_s: float,
    parts: Sequence[Wander],
    error: ReadingError,
    *,
    chosen: IntArray | None = None,
) -> Equations:
    """What the readings (all, or the chosen ones) say of the gain, with its prior."""
    spacing_s = foot.per_knot * foot.step_s
    width = math.ceil(order * float(foot.period_s.max()) / spacing_s) + 3
    band, log_det = prior_band(foot.n_knots, width, parts, spacing_s)
    right = np.zeros(len(band))
    seen, cost = add_foot(foot, order, delay_s, error, band, right, chosen=chosen)
    return Equations(band, right, log_det, seen, cost)


def add_foot(
    foot: Foot,
    order: int,
    delay_s: float,
    error: ReadingError,
    band: FloatArray,
    right: FloatArray,
    *,
    prior_mean: float = 1.0,
    chosen: IntArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Add the readings of a foot (all, or the chosen ones) to equations; what each had seen, and their cost (2,)."""
    rows = slice(None) if chosen is None else chosen
    seen, cost = np.empty(len(foot.read_s[rows])), np.zeros(2)
    add_readings(
        foot.read_s[rows],
        foot.read_n[rows],
        foot.read_sd_n(error)[rows],
        foot.cell[rows],
        foot.period_s,
        tabulated(order),
        PER_PERIOD,
        delay_s,
        foot.shape_n,
        float(foot.times_s[0]),
        foot.step_s,
        foot.shares(order, delay_s),
        foot.per_knot,
        prior_mean,
        band,
        right,
        seen,
        cost,
    )
    return seen, cost


def misfit(found: Equations) -> float:
    """Minus the log marginal likelihood of the readings, up to a constant; overwrites the equations."""
    log_root = float(eliminate(found.band, found.right, 0, len(found.band)))
    explained = float(found.right @ found.right)
    return 0.5 * (float(found.cost.sum()) - explained + found.prior_log_det) + log_root


def solved(foot: Foot, found: Equations, n_parts: int) -> tuple[FloatArray, FloatArray]:
    """Force and its SD by the gain, (n,) newton each, NaN where the shape is missing; overwrites the equations."""
    size = len(found.band)
    eliminate(found.band, found.right, 0, size)
    gain, inverse, out = np.empty(size), np.zeros_like(found.band), np.empty((2, len(foot.times_s)))
    back_substitute(found.band, found.right, 0, size, gain)
    selected_inverse(found.band, 0, size, inverse)
    scaled_shape(foot.shape_n, foot.per_knot, 1.0, n_parts, gain, inverse, out)
    return out[0], out[1]
