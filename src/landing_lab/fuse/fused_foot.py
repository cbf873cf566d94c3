"""One foot's force at the insole's rate: which model its sensors allow, solved, with what is in doubt about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.calibrate.filter_response import ORDERS
from landing_lab.fuse.gain_model import (
    ERROR_UNKNOWN,
    Foot,
    KnownPlate,
    ReadingError,
    Wander,
    equations,
    error_on,
    is_stiff,
    solved,
)
from landing_lab.fuse.insole_ratio import ratio_force
from landing_lab.fuse.insole_shape import InsoleShape
from landing_lab.fuse.plate_cells import PlateCell, slow_force, unheard
from landing_lab.fuse.plate_delay import USUAL_DELAY_S, PlateTiming
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Sensor

SLOW: Final = Wander(0.30, 0.300)
"""The gain of an insole calibrated on the plate (fusion.md section 6 found 0.12-0.3 alike; in docs/fusion.md 0.3 halves
the errors of worn insoles)."""

TIMED: Final = Wander(0.20, 0.300)
"""The same while order and delay are looked for: a gain that moves little leaves more to them (fusion.md section 6)."""

FAST: Final = Wander(0.12, 0.020)
"""What estimator E adds: it trusts the plate within a landing (fusion.md section 6)."""

UNCALIBRATED: Final = (Wander(0.40, 0.300), Wander(0.20, 0.040))
"""The gain of a nominal insole: raw cells read a foot's weight 0.7 to 3 times on tiptoe (fusion.md section 1)."""

POSTERIOR: Final = (0.4, 0.7)
"""What is left of the model's own SD for a calibrated and for a nominal insole: errors of readings are stated at their
upper end (measured, docs/fusion.md)."""

SHAPE_SD_N: Final = 1.5
JITTER_S: Final = 0.0004
LAG_S: Final = 0.0012
"""SD of the shape itself, beside its gain: cells' noise, how late they load and unload, and what a sole that gives
takes off a sharp peak, lag^2 x bend (measured: docs/fusion.md)."""

BEND_S: Final = 0.005
"""Steps over which the bend is read: finer ones are noise of 10-bit cells."""

RESIDUAL_S: Final = 0.06
"""Time over which residuals of readings are pooled: where they are larger than stated, so is the SD."""

ORDER_SD: Final = 0.015
"""What a filter order that is only likely adds to the SD, as a share of force (fusion.md section 4)."""

LIKE_PLATE: Final = (0.6, 1.6)
"""Plate over insole within which a calibration on a plate still holds; beyond, the insole is taken as nominal."""

EMPTY_N: Final = 8.0
"""A plate whose readings stay below this carries no foot, whatever the insole says: it stands on the box."""

SEEN_S: Final = 0.06
"""How long readings remember: four conversion periods of 13 ms, and a delay."""

EMPTY_GRID_S: Final = 0.005
"""Steps in which an empty plate is looked for: less than half of any period of conversion (choice)."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedFoot:
    """Sensors of one foot, ready: data of its equations, how its insole's gain may wander, whether it is calibrated."""

    foot: Foot
    shape: InsoleShape
    parts: tuple[Wander, ...]
    calibrated: bool

    @property
    def timing_parts(self) -> tuple[Wander, ...]:
        """How the gain may wander while order and delay are looked for."""
        return (TIMED,) if self.calibrated else self.parts


@dataclass(frozen=True, slots=True, eq=False)
class FusedFoot:
    """Force of one foot with its SD, and by estimator R beside it: (n,) newton each, NaN = missing.

    common_n: (n,) the part of sd_n that errs alike in both feet.
    misfit: (n,) how many times larger than stated the residuals of the plate's readings are, 1 at least.
    """

    force_n: FloatArray
    sd_n: FloatArray
    common_n: FloatArray
    ratio_n: FloatArray
    misfit: FloatArray


def parts_on(plate: KnownPlate, *, calibrated: bool) -> tuple[Wander, ...]:
    """How the gain of an insole may wander: of a calibrated one slowly, and fast too on a plate that proved stiff."""
    if not calibrated:
        return UNCALIBRATED
    return (SLOW, FAST) if is_stiff(plate) and plate.filter_order else (SLOW,)


def prepared(
    times_s: FloatArray, shape: InsoleShape, cells: Sequence[PlateCell], plate: Sensor, *, calibrated: bool
) -> PreparedFoot:
    """The foot's shape, silenced where the plate is empty and scaled to the plate, and the model that it allows."""
    n_shape = np.where(plate_is_empty(times_s, cells), 0.0, shape.shape_n)
    bare = Foot.of(times_s, n_shape, cells)
    order = plate.filter_order or ORDERS[-1]
    seen = equations(bare, order, USUAL_DELAY_S, (SLOW,), ERROR_UNKNOWN).seen_n
    usable = np.isfinite(seen)
    squares = float(seen[usable] @ seen[usable])
    scale = max(float(bare.read_n[usable] @ seen[usable]) / squares, 0.0) if squares > 0.0 else 0.0
    like_plate = calibrated and LIKE_PLATE[0] < scale < LIKE_PLATE[1]
    parts = parts_on(plate, calibrated=like_plate)
    scaled = InsoleShape(scale * shape.shape_n, shape.missing, scale * shape.at_limit_n)
    return PreparedFoot(Foot.of(times_s, scale * n_shape, cells), scaled, parts, like_plate)


def plate_is_empty(times_s: FloatArray, cells: Sequence[PlateCell]) -> NDArray[np.bool_]:
    """Where every reading that could have seen a foot shows none: (n,)."""
    grid = np.arange(times_s[0], times_s[-1] + SEEN_S, EMPTY_GRID_S)
    return shown_empty(times_s, grid, slow_force(list(cells), grid))


def shown_empty(at_s: FloatArray, grid_s: FloatArray, total_n: FloatArray) -> NDArray[np.bool_]:
    """Where the readings of a plate, (k,) newton on a grid of EMPTY_GRID_S, show none for SEEN_S afterwards: (n,)."""
    ahead = round(SEEN_S / EMPTY_GRID_S)
    padded = np.concatenate([total_n, np.full(ahead, -np.inf)])
    highest = np.lib.stride_tricks.sliding_window_view(padded, ahead + 1).max(axis=1)
    return np.asarray(np.interp(at_s, grid_s, (highest >= EMPTY_N).astype(np.float64)) <= 0.0)


def fused(ready: PreparedFoot, side: Side, timing: PlateTiming, plate: Sensor) -> FusedFoot:
    """Estimator D, E on a plate that proved stiff, and R beside it."""
    foot, order, delay_s = ready.foot, timing.order, timing.delay_s[side]
    error = error_on(plate)
    found = equations(foot, order, delay_s, ready.parts, error)
    ratio = ratio_force(foot, found.seen_n, order, delay_s)
    force, posterior = solved(foot, found, len(ready.parts))
    misfit = _misfit(foot, force, order, delay_s, error)
    sd = force_sd(force, misfit * POSTERIOR[0 if ready.calibrated else 1] * posterior, foot.step_s)
    common = np.zeros(len(force)) if timing.known else ORDER_SD * force
    sd = np.hypot(sd, common)
    hidden = ready.shape.missing | unheard(foot.cells, foot.times_s)
    for values in (force, sd, common, ratio):
        values[hidden] = np.nan
    return FusedFoot(force, sd, common, ratio, misfit)


def _misfit(foot: Foot, force_n: FloatArray, order: int, delay_s: float, error: ReadingError) -> FloatArray:
    """How many times larger than stated the residuals of the readings are around each sample, 1 at least: (n,)."""
    seen = equations(Foot.of(foot.times_s, force_n, foot.cells), order, delay_s, (SLOW,), error).seen_n
    rest = (foot.read_n - seen) / foot.read_sd_n(error)
    return misfit_around(rest, foot.read_s - float(foot.times_s[0]), foot.step_s, len(force_n))


def misfit_around(rest: FloatArray, at_s: FloatArray, step_s: float, n: int) -> FloatArray:
    """Root mean square of standardised residuals around each of n samples, 1 at least.

    rest, at_s: (k,) of readings, NaN where left out, and when they were ready, seconds after the first sample.
    """
    known = np.isfinite(rest)
    width = round(RESIDUAL_S / step_s)
    at = np.clip(np.round((at_s[known] - RESIDUAL_S / 2.0) / step_s).astype(np.int64), 0, n - 1)
    squares = np.cumsum(np.bincount(at, rest[known] ** 2, n))
    number = np.cumsum(np.bincount(at, minlength=n))
    first, last = np.arange(n) - width, np.minimum(np.arange(n) + width, n - 1)
    before = np.maximum(first, 0)
    pooled = (squares[last] - squares[before]) / np.maximum(number[last] - number[before], 1)
    return np.asarray(np.sqrt(np.maximum(pooled, 1.0)))


def force_sd(force_n: FloatArray, posterior_n: FloatArray, step_s: float) -> FloatArray:
    """SD of force, (n,) newton: of the gain, of the cells' noise and of their instants."""
    slope = np.gradient(force_n, step_s)
    steps = max(1, round(BEND_S / step_s))
    bend = np.zeros(len(force_n))
    bend[steps:-steps] = (force_n[2 * steps :] - 2.0 * force_n[steps:-steps] + force_n[: -2 * steps]) / BEND_S**2
    terms = (posterior_n, JITTER_S * slope, LAG_S**2 * bend)
    return np.asarray(np.sqrt(SHAPE_SD_N**2 + sum(np.square(np.nan_to_num(term)) for term in terms)))
