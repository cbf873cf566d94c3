"""How alike two insoles are loaded: symmetry by the insoles alone, beside that of the plates."""

from __future__ import annotations

import math
from typing import Final, Literal

import numpy as np

from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._pressure import OURS, impulse, insole_metric, window_of
from landing_lab.metrics._registry import Estimate, RefusedError
from landing_lab.metrics.pressure_course import Where
from landing_lab.metrics.symmetry_metrics import smaller_to_larger
from landing_lab.model.channels import Side

LEAST_SD_FRACTION: Final = 0.01
"""Least relative SD of a peak or an impulse of one insole: reading and edges of the contact, a percent (choice)."""


@insole_metric(
    unit="%", sides="between feet", min_rate_hz=100.0, source=OURS, typical="healthy 85-100 (not checked)",
    formula="100 min / max of max sum F_i of the left and of the right insole",
)  # fmt: skip
def limb_symmetry_insole_peak_pct(trial: LandingTrial, _side: Side, where: Where) -> Estimate:
    """100 x smaller / larger of the two insoles' peak force, each foot from its own touchdown."""
    return _between(trial, where, "peak")


@insole_metric(
    unit="%", sides="between feet", min_rate_hz=100.0, source=OURS, typical="healthy 85-100 (not checked)",
    formula="100 min / max of the integrals of sum F_i of the left and of the right insole",
)  # fmt: skip
def limb_symmetry_insole_impulse_pct(trial: LandingTrial, _side: Side, where: Where) -> Estimate:
    """100 x smaller / larger of the two insoles' impulse, each foot from its own touchdown."""
    return _between(trial, where, "impulse")


def _between(trial: LandingTrial, where: Where, variable: Literal["peak", "impulse"]) -> Estimate:
    values: dict[Side, tuple[float, float]] = {}
    feet: tuple[Side, ...] = ("left", "right")
    for side in feet:
        course, frames = window_of(trial, side, where)
        force = course.cells_n[frames].sum(axis=1)
        if not np.isfinite(force).any():
            raise RefusedError(f"the {side} insole's readings are missing here; check its cable or its link")
        value = float(np.nanmax(force)) if variable == "peak" else impulse(trial, force)
        values[side] = value, math.hypot(course.force_sd_fraction, LEAST_SD_FRACTION) * value
    return smaller_to_larger(values)
