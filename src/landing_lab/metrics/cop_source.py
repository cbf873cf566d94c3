"""Where the centre of pressure of a side comes from: the plates, else the calibrated insole of that foot."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._registry import RefusedError
from landing_lab.metrics.pressure_course import COP_CELLS, NO_INSOLE
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side

NO_TOTAL = (
    "each plate has axes of its own, so the feet have no common centre of pressure; export it in laboratory axes "
    "(OpenSim .mot, or C3D with the corners of the plates)"
)
NO_TOTAL_OF_INSOLES = (
    "how far apart the feet stood is not measured, so the insoles have no common centre of pressure; read that of each "
    "foot, or record on a force plate with all six channels"
)
NO_PATH = (
    "a way of the centre of pressure from few cells follows the cells: in simulation it was off by 65 % (SD); see "
    "cop_range_ml_m and medial_shift_mm, or record on a force plate with all six channels"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Centre of pressure of one side: place_m (n, 2), medio-lateral first where the axes are anatomical.

    extent_sd_m: SD of an extent by the cells; 0 on a plate. turn_sd: SD of the foot's direction in radians, by which
    extent along the foot passes for extent across; 0 on a plate. doubt, detail: of an insole, None on a plate.
    """

    place_m: FloatArray
    extent_sd_m: float = 0.0
    turn_sd: float = 0.0
    doubt: str | None = None
    detail: str | None = None


def of_insoles(trial: LandingTrial, side: Side) -> bool:
    """Whether only insoles can tell the centre of pressure of this side."""
    return side not in trial.signals.cop_m and bool(trial.signals.pressure)


def places_of(trial: LandingTrial, side: Side, *, least_hz: float) -> Places:
    """The centre of pressure of a side; RefusedError where neither plates nor an insole of least_hz tell it."""
    signals = trial.signals
    if of_insoles(trial, side):
        return _by_cells(trial, side, least_hz)
    if side not in signals.cop_m:
        raise RefusedError(
            NO_TOTAL
            if side == "total"
            else f"the file holds no centre of pressure of the {side.replace('_', ' ')} side"
        )
    return Places(place_m=signals.cop_m[side])


def _by_cells(trial: LandingTrial, side: Side, least_hz: float) -> Places:
    if side == "total":
        raise RefusedError(NO_TOTAL_OF_INSOLES)
    foot = trial.signals.pressure.get(side)
    if foot is None:
        raise RefusedError(NO_INSOLE.format(side=side.replace("_", " ")))
    rate_hz = foot.sample_rate_hz or trial.sample_rate_hz
    if rate_hz < 0.99 * least_hz:
        raise RefusedError(f"needs at least {least_hz:g} Hz; this insole has {rate_hz:g} Hz")
    if len(foot.layout) < COP_CELLS:
        raise RefusedError(f"needs an insole of at least {COP_CELLS} cells; {foot.layout.name} has {len(foot.layout)}")
    if not foot.calibrated:
        raise RefusedError(
            f"the {side} insole is not calibrated on a plate: its centre of pressure and its extent are relative; "
            "run landing-lab calibrate insole"
        )
    cells = np.maximum(foot.cells_n, 0.0)  # a cell cannot pull; missing ones stay missing
    whole = cells.sum(axis=1, keepdims=True)
    place_mm = cells @ foot.arms_mm / np.where(whole > 0.0, whole, np.nan)
    return Places(
        place_m=np.ascontiguousarray(place_mm / 1000.0),
        extent_sd_m=math.sqrt(2.0) * foot.cop_sd_mm[0] / 1000.0,  # its two ends err as independent places
        turn_sd=math.radians(foot.turn_sd_deg),
        doubt="; ".join(filter(None, (foot.note, foot.place_doubt))) or None,
        detail=f"by the {len(foot.layout)} cells of {foot.layout.name}",
    )
