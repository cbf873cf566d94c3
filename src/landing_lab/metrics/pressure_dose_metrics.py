"""Pressure as a dose: peaks and integrals of the whole sole and of its parts, of calibrated insoles.

Taken over the whole contact, and over the first 0.3 s of a landing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._pressure import (
    OURS,
    PEAK_SD,
    SHARE_SD,
    FootCompute,
    impulse,
    insole_metric,
    unseen,
    window_of,
)
from landing_lab.metrics._registry import Estimate, RefusedError
from landing_lab.metrics.pressure_course import FootCourse, Where
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import PARTS, Part

MELAI: Final = "both definitions in use: Melai et al. 2011 (citation not checked)"

READ_SHARE: Final = 0.01
READ_KPA: Final = 0.1
"""Least SD of a peak: a percent, and about the step of a coarse converter under one cell (choice)."""

LOST_SHARE: Final = 0.5
"""Of the fall from a peak to the readings beside it, what may lie between readings, as an SD (choice)."""

EDGE_SHARE: Final = 0.01
LEAST_DOSE: Final = 0.001
"""SD of a dose by where the contact begins and ends: a percent, and so that none has an SD of 0 (choice)."""


def _columns(course: FootCourse, part: Part | None) -> list[int]:
    cells = [index for index, cell in enumerate(course.layout.cells) if part in (None, cell.part)]
    if not cells:
        raise RefusedError(f"{course.layout.name} has no cell under the {part}")
    return cells


def _highest(values: FloatArray) -> FloatArray:
    """Largest of each frame (n, c), NaN where a cell is missing: (n,)."""
    return np.asarray(values.max(axis=1))


def _peak(trial: LandingTrial, side: Side, where: Where, part: Part | None) -> Estimate:
    course, frames = window_of(trial, side, where)
    cells = _columns(course, part)
    kpa = course.cells_kpa[frames][:, cells]
    if not np.isfinite(kpa).any():
        raise RefusedError("readings of these cells are missing in the whole contact; check the insole's wires")
    row, column = divmod(int(np.nanargmax(kpa)), kpa.shape[1])
    value = float(kpa[row, column])
    step = max(1, round(trial.sample_rate_hz / course.sample_rate_hz))
    beside = kpa[[max(row - step, 0), min(row + step, len(kpa) - 1)], column]
    beside = beside[np.isfinite(beside)]
    lost = LOST_SHARE * (value - float(beside.mean()) if len(beside) else value)
    floor = READ_SHARE * value + READ_KPA
    return Estimate(
        value=value,
        sd=math.hypot(course.force_sd_fraction * value, unseen(course, PEAK_SD) * value, lost, floor),
        detail=f"cell {course.layout.cells[cells[column]].name}, mean of the part of the sole that it stands for",
    )


def _time_integral(trial: LandingTrial, side: Side, where: Where, part: Part | None) -> Estimate:
    course, frames = window_of(trial, side, where)
    value = impulse(trial, _highest(course.cells_kpa[frames][:, _columns(course, part)]))
    return _dose(course, value, unseen(course, PEAK_SD))


def _mean_integral(trial: LandingTrial, side: Side, where: Where, part: Part | None) -> Estimate:
    course, frames = window_of(trial, side, where)
    cells = _columns(course, part)
    area_mm2 = float(course.layout.area_mm2[cells].sum())
    value = impulse(trial, course.cells_n[frames][:, cells].sum(axis=1)) / area_mm2 * 1000.0
    return _dose(course, value)


def _force_integral(trial: LandingTrial, side: Side, where: Where, part: Part | None) -> Estimate:
    course, frames = window_of(trial, side, where)
    value = impulse(trial, course.cells_n[frames][:, _columns(course, part)].sum(axis=1))
    whole = value if part is None else impulse(trial, course.cells_n[frames].sum(axis=1))
    by_cells = 0.0 if part is None else unseen(course, SHARE_SD) * whole / max(value, 1e-9)
    return _dose(course, value, by_cells)


def _dose(course: FootCourse, value: float, by_cells: float = 0.0) -> Estimate:
    by_edges = EDGE_SHARE * value + LEAST_DOSE
    return Estimate(value=value, sd=math.hypot(course.force_sd_fraction * value, by_cells * value, by_edges))


@insole_metric(
    unit="kPa", min_rate_hz=100.0, calibrated=True, source=OURS, formula="max over frames and cells of F_i / A_i",
    typical="walking 140-240 (one walk); landings not known",
)  # fmt: skip
def peak_pressure_kpa(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Peak pressure: the highest mean pressure under any cell's part of the sole, in any reading.

    Coarser cells read lower peaks: compare equal layouts only.
    """
    return _peak(trial, side, where, None)


@insole_metric(
    unit="kPa s", min_rate_hz=50.0, calibrated=True, source=MELAI, formula="integral of max over cells of F_i / A_i",
    typical="walking 95-150 (one walk); landings not known",
)  # fmt: skip
def pressure_time_integral_kpa_s(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Pressure-time integral, sum of maxima: the highest pressure of each reading, summed over time."""
    return _time_integral(trial, side, where, None)


@insole_metric(
    unit="kPa s", min_rate_hz=50.0, calibrated=True, source=MELAI, formula="integral of F / area of the sole",
    typical="not known for landings",
)  # fmt: skip
def pressure_time_integral_mean_kpa_s(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Pressure-time integral, impulse over area: the force-time integral divided by the area of the sole."""
    return _mean_integral(trial, side, where, None)


@insole_metric(
    unit="N s", min_rate_hz=50.0, calibrated=True, source=OURS, formula="integral of sum F_i over time",
    typical="that of the foot's vertical force",
)  # fmt: skip
def force_time_integral_ns(trial: LandingTrial, side: Side, where: Where) -> Estimate:
    """Force-time integral: impulse of all cells of the insole, body weight included."""
    return _force_integral(trial, side, where, None)


def _per_part(part: Part) -> None:
    """Register the doses of one part of the foot."""
    kinds: tuple[tuple[str, str, str, str, Callable[..., Estimate]], ...] = (
        ("peak_pressure_kpa", "kPa", f"max over frames and cells of the {part} of F_i / A_i",
         f"Peak pressure of the {part}: the highest mean pressure under any of its cells' parts of the sole.", _peak),
        ("pressure_time_integral_kpa_s", "kPa s", f"integral of max over cells of the {part} of F_i / A_i",
         f"Pressure-time integral of the {part}, sum of maxima: its highest pressure of each reading, over time.",
         _time_integral),
        ("force_time_integral_ns", "N s", f"integral of the sum of F_i of the {part}",
         f"Force-time integral of the {part}: impulse of its cells.", _force_integral),
    )  # fmt: skip
    for name, unit, formula, told, measure in kinds:
        compute = _of_part(measure, part)
        compute.__name__, compute.__doc__ = f"{part}_{name}", told
        insole_metric(
            unit=unit, min_rate_hz=100.0 if unit == "kPa" else 50.0, calibrated=True, source=OURS, formula=formula,
            typical="not known for landings",
        )(compute)  # fmt: skip


def _of_part(measure: Callable[..., Estimate], part: Part) -> FootCompute:
    def compute(trial: LandingTrial, side: Side, where: Where) -> Estimate:
        return measure(trial, side, where, part)

    return compute


for _one in PARTS:
    _per_part(_one)
