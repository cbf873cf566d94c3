"""How far an insole has drifted since its calibration: its force and its course of pressure against the plate's."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.calibrate.filter_response import ORDERS
from landing_lab.calibrate.foot_equations import FootEquations, foot_equations
from landing_lab.calibrate.foot_series import CellLaw, FootSeries
from landing_lab.errors import CalibrationError
from landing_lab.model.calibration import InsoleCalibration

LEAST_N: Final = 100.0
"""A foot that carries less in flat standing tells nothing."""

GAIN_PCT: Final = 8.0
"""Force may be off by so much since the calibration: simulated insoles that slip 4 mm and change their gain by 2 %
are off by 1.6 % (SD, 16 feet), real ones repeat within 5 % (pressure.md, decision 4)."""

SHIFT_MM: Final = 3.0
"""A medial shift may be off by so much (issue 5: what cells that drifted by 15 % may cost;
feet without drift: 1.0-1.6 in simulation)."""

HOLDS_SD: Final = 2.0
"""Older calibrations do not say how they read flat standing: two of their own standard deviations hold."""

LEAST_TRAVEL_MM: Final = 20.0
"""Travel of the centre of pressure from heel to toe, 5th to 95th percentile, without which nobody leaned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InsoleDrift:
    """What a check tells of one insole: mean forces in flat standing in N, and what has moved since the calibration.

    gain_pct: of the force; shift_mm: error of a medial shift, an SD; None where nobody leaned or there are no arms.
    allowed_gain_pct: beyond which it has drifted; for the shift that is SHIFT_MM.
    """

    insole_n: float
    plate_n: float
    gain_pct: float
    allowed_gain_pct: float
    shift_mm: float | None

    @property
    def force_holds(self) -> bool:
        """Whether force is what it was."""
        return abs(self.gain_pct) <= self.allowed_gain_pct

    @property
    def shift_holds(self) -> bool:
        """Whether the medial shift is, as far as anybody looked."""
        return self.shift_mm is None or self.shift_mm <= SHIFT_MM


def insole_drift(
    series: FootSeries, postures_s: Mapping[str, tuple[float, float]], made: InsoleCalibration
) -> InsoleDrift:
    """Hold what the calibrated cells say now against the plate.

    postures_s: "flat" and, for the medial shift, leans. Raises CalibrationError where the foot hardly stood on it.
    """
    order = made.filter_order or ORDERS[-1]
    equations = foot_equations(series, postures_s, CellLaw.of_bench(made), order, 0.0)
    ones = np.ones(equations.n_cells)
    plate_n = equations.mean_force_n("flat")
    if plate_n < LEAST_N:
        raise CalibrationError(
            f"the {made.side} foot carried only {plate_n:.0f} N; stand with one foot on each plate and repeat the check"
        )
    insole_n = plate_n + float(np.mean(equations.force_error_n("flat", ones)))
    then = next((one.read_pct for one in made.posture_errors if one.label == "flat"), None)
    gain = insole_n / plate_n / (1.0 + (then or 0.0) / 100.0)
    return InsoleDrift(
        insole_n=insole_n,
        plate_n=plate_n,
        gain_pct=100.0 * (gain - 1.0),
        allowed_gain_pct=100.0 * HOLDS_SD * made.relative_sd if then is None else GAIN_PCT,
        shift_mm=_shift_error_mm(equations, made),
    )


def _shift_error_mm(equations: FootEquations, made: InsoleCalibration) -> float | None:
    """SD of the difference of two centres of pressure across the foot, by the cells against by the plate.

    The foot was put down anew since the calibration: a constant and what a turned foot does are taken out.
    """
    if made.arms_mm is None:
        return None
    rows = list(equations.loaded.values())
    cells, plate = np.concatenate([one for one, _ in rows]), np.concatenate([one for _, one in rows])
    if len(plate) < equations.n_cells or float(np.ptp(np.percentile(plate[:, 1], (5, 95)))) < LEAST_TRAVEL_MM:
        return None
    across = cells @ np.array(made.arms_mm)[:, 0] / np.maximum(cells.sum(axis=1), 1e-9)
    turned = np.column_stack([np.ones(len(plate)), plate[:, 1] - plate[:, 1].mean()])
    off = across - plate[:, 0]
    left = off - turned @ np.linalg.lstsq(turned, off, rcond=None)[0]
    return math.sqrt(2.0) * float(left.std())
