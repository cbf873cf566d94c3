"""What the steps of a plate's calibration say of its errors: straightness, corners, loading against unloading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from landing_lab.calibrate.known_load import KnownLoad
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

CENTRE_MM = 20.0
"""A load closer to the middle than this counts as in the middle."""

MIN_MASSES = 3
"""Different masses in the middle without which nobody sees a bend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepErrors:
    """Errors in percent of the largest load, None where the steps do not tell; as in PlateCalibration."""

    linearity_pct: float | None
    corner_pct: float | None
    hysteresis_pct: float | None
    repeatability_pct: float | None


def step_errors(loads: Sequence[KnownLoad], measured_n: Mapping[int, float]) -> StepErrors:
    """Errors of one plate from its steps in their order, and the measured force of each load by its id()."""
    largest_n = max(load.mass_kg for load in loads) * GRAVITY
    residual = {id(load): measured_n[id(load)] - load.mass_kg * GRAVITY for load in loads if load.mass_kg > 0.0}
    middle = [load for load in loads if load.mass_kg > 0.0 and _in_middle(load)]
    aside = [load for load in loads if load.mass_kg > 0.0 and not _in_middle(load)]
    bent = len({round(load.mass_kg, 3) for load in middle}) >= MIN_MASSES
    percent = 100.0 / largest_n
    return StepErrors(
        linearity_pct=percent * max(abs(residual[id(load)]) for load in middle) if bent else None,
        corner_pct=percent * max(abs(residual[id(load)]) for load in aside) if aside else None,
        hysteresis_pct=_hysteresis(loads, measured_n, percent),
        repeatability_pct=_repeatability(loads, measured_n, percent),
    )


def _in_middle(load: KnownLoad) -> bool:
    return load.position_mm is None or float(np.hypot(*load.position_mm)) < CENTRE_MM


def _by_direction(loads: Sequence[KnownLoad], measured_n: Mapping[int, float]) -> dict[tuple[object, ...], list[float]]:
    """Measured force of equal loads by (mass, place, whether the load before was smaller)."""
    found: dict[tuple[object, ...], list[float]] = defaultdict(list)
    before_kg = 0.0
    for load in loads:
        if load.mass_kg > 0.0 and load.mass_kg != before_kg:
            found[round(load.mass_kg, 3), load.position_mm, load.mass_kg > before_kg].append(measured_n[id(load)])
        before_kg = load.mass_kg
    return found


def _hysteresis(loads: Sequence[KnownLoad], measured_n: Mapping[int, float], percent: float) -> float | None:
    found = _by_direction(loads, measured_n)
    apart = [
        abs(float(np.mean(values)) - float(np.mean(found[mass, place, False])))
        for (mass, place, loading), values in found.items()
        if loading and (mass, place, False) in found
    ]
    return percent * max(apart) if apart else None


def _repeatability(loads: Sequence[KnownLoad], measured_n: Mapping[int, float], percent: float) -> float | None:
    """Pooled SD of loads repeated from the same side."""
    groups = [values for values in _by_direction(loads, measured_n).values() if len(values) > 1]
    free = sum(len(values) - 1 for values in groups)
    if not free:
        return None
    return percent * float(np.sqrt(sum(np.var(values) * len(values) for values in groups) / free))
