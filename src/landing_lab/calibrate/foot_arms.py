"""Where the force of each cell acts, so that the cells' centre of pressure is the plate's: arms across and along."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.calibrate.foot_equations import FootEquations
from landing_lab.errors import CalibrationError, ParameterError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.calibration import Stand
from landing_lab.model.given import number_given, numbers_of, shown
from landing_lab.model.insole_layout import AXIS_X, InsoleLayout

ARM_SPREAD_MM: Final = 15.0
"""How far from its drawn place the force of an average cell acts: a cell stands for the sole around it, and insoles
are drawn too straight (choice; on the pedar walk 5 to 15 mm gave the same but for one foot, which wants 15)."""

FARTHEST_MM: Final = 500.0
"""An arm may leave the sole, since weight and arm of a cell are fitted to force and moment apart; farther it is noise
(choice: nearer costs the 8 cells of a peer 0.1 to 0.4 mm on the pedar walk)."""

LEAST_SHARE: Final = 0.5
"""A cell with less than this share of the mean weight may be moved by as much moment as one with it (choice)."""

ROW_COP_SD: Final = (200.0, 5.0)
"""Misfit expected of one row: N mm, and mm of centre of pressure."""

MOST_TURNED_DEG: Final = 40.0
"""A foot that seems turned further did not stand with its toes forward."""

FARTHEST_HEEL_MM: Final = 500.0
"""Marks further from the middle of a plate are a slip of the pen."""

MOST_MARKED_DEG: Final = 45.0
"""As are marks by which the toes point further outwards, or inwards."""

TURN_SD_DEG: Final = 4.0
"""How well the course of the centre of pressure tells the direction of a foot: on the pedar walk it runs 4.0 and
4.3 degrees off the axis from heel to second toe that the layouts draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FootStand:
    """How a foot stood on its plate while it was calibrated.

    heel_mm: middle of the heel edge, (medial, anterior) from the middle of the plate; toe_out_deg: how far the toes
    pointed outwards, on either foot. stand: "marked" where somebody measured it.
    """

    heel_mm: tuple[float, float]
    toe_out_deg: float = 0.0
    stand: Stand = "marked"

    def in_foot(self, plate_mm: FloatArray) -> FloatArray:
        """Places (m, 2) on the plate as places under the foot."""
        return np.asarray((plate_mm - np.array(self.heel_mm)) @ _turn(self.toe_out_deg))


def marked_stand(heel_mm: object, toe_out_deg: object) -> FootStand | None:
    """Where marks say that a foot stood; None without heel_mm. Raises ParameterError for what no foot can do."""
    turned_deg = number_given("toe_out_deg", toe_out_deg, -MOST_MARKED_DEG, MOST_MARKED_DEG)
    if heel_mm is None:
        return None
    place = numbers_of(heel_mm)
    if place is None or len(place) != 2 or max(map(abs, place)) > FARTHEST_HEEL_MM:
        raise ParameterError(
            f"heel_mm is two numbers, medial and anterior from the middle of the plate, at most "
            f"{FARTHEST_HEEL_MM:g} mm off; got {shown(heel_mm)}; write heel_mm=(0.0, -130.0)"
        )
    return FootStand(heel_mm=(place[0], place[1]), toe_out_deg=turned_deg)


def _turn(toe_out_deg: float) -> FloatArray:
    """Matrix from foot axes (medial, anterior) to plate axes; medial is positive on both feet, so one serves both."""
    angle = math.radians(toe_out_deg)
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


def estimated_stand(
    equations: FootEquations, names: Sequence[str], weight: FloatArray, layout: InsoleLayout
) -> FootStand:
    """How the foot stood, from the session itself.

    Moments alone cannot tell a foot that stands elsewhere, or turned, from cells that act elsewhere. Assumed are that
    the centre of pressure runs along the foot's axis from the middle of the heel to the second toe while the wearer
    leans from heel to toe, which gives the direction; and that over the session the cells' drawn places are right on
    average, which gives the place. Raises CalibrationError where it ran across the plate.
    """
    rows = [equations.loaded[name] for name in names]
    cells, cop = np.concatenate([one for one, _ in rows]), np.concatenate([one for _, one in rows])
    off = cop - cop.mean(axis=0)
    runs_deg = math.degrees(math.atan(float(off[:, 0] @ off[:, 1]) / float(off[:, 1] @ off[:, 1])))
    axis_deg = math.degrees(math.atan((AXIS_X[0] - AXIS_X[1]) * layout.width_mm / layout.length_mm))
    toe_out_deg = axis_deg - runs_deg
    if abs(toe_out_deg) > MOST_TURNED_DEG:
        raise CalibrationError(
            f"the foot seems to stand turned by {toe_out_deg:.0f} degrees on its plate; stand with the toes forward "
            "and repeat the session"
        )
    turn = _turn(toe_out_deg)
    drawn = _cop(cells, weight, layout.place_mm)
    heel_foot = (cop @ turn - drawn).mean(axis=0)
    medial, anterior = (turn @ heel_foot).tolist()
    return FootStand(heel_mm=(medial, anterior), toe_out_deg=toe_out_deg, stand="estimated")


def fit_arms(
    equations: FootEquations, names: Sequence[str], weight: FloatArray, place_mm: FloatArray, stand: FootStand
) -> FloatArray:
    """Arms (c, 2) in mm by which the weighted cells have the plate's centre of pressure in these postures.

    Ridge least squares of moment minus own force times the plate's centre of pressure: what the weights get wrong in
    force cancels. Moments are held to the drawn places, so that a cell that was hardly loaded stays there.
    """
    rows = [equations.loaded[name] for name in names]
    force = np.concatenate([cells for cells, _ in rows]) * weight
    cop = stand.in_foot(np.concatenate([one for _, one in rows]))
    total = force.sum(axis=1)
    sd = np.hypot(ROW_COP_SD[0], ROW_COP_SD[1] * total)[:, None]
    mean_weight = float(weight.mean())
    free = ARM_SPREAD_MM * np.hypot(weight, LEAST_SHARE * mean_weight) / weight
    matrix = force / sd
    wanted = (total[:, None] * cop - force @ place_mm) / sd
    gram, right = matrix.T @ matrix + np.diag(free**-2), matrix.T @ wanted
    return np.asarray(place_mm + np.column_stack([_bounded(gram, axis) for axis in right.T]))


def _bounded(gram: FloatArray, right: FloatArray) -> FloatArray:
    """Least squares (c,) from the normal equations, none farther from 0 than FARTHEST_MM."""
    from scipy.linalg import cholesky, solve_triangular
    from scipy.optimize import lsq_linear

    free = np.linalg.solve(gram, right)
    if np.abs(free).max() <= FARTHEST_MM:
        return np.asarray(free)
    factor = cholesky(gram, lower=False)
    found = lsq_linear(factor, solve_triangular(factor, right, trans="T"), (-FARTHEST_MM, FARTHEST_MM))
    return np.asarray(found.x)


def cop_error_mm(
    equations: FootEquations, name: str, weight: FloatArray, arms_mm: FloatArray, stand: FootStand
) -> FloatArray:
    """Centre of pressure of the cells minus the plate's under the foot, (m, 2), while it carries enough."""
    cells, cop = equations.loaded[name]
    return np.asarray(_cop(cells, weight, arms_mm) - stand.in_foot(cop))


def _cop(cells: FloatArray, weight: FloatArray, arms_mm: FloatArray) -> FloatArray:
    force = cells * weight
    return np.asarray(force @ arms_mm / np.maximum(force.sum(axis=1, keepdims=True), 1e-9))
