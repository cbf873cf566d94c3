"""Weights, arms and errors of the cells of one foot, from its postures on the plate: the solver, whatever sent them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.calibrate.filter_response import ORDERS
from landing_lab.calibrate.foot_arms import TURN_SD_DEG, FootStand, cop_error_mm, estimated_stand, fit_arms
from landing_lab.calibrate.foot_equations import FootEquations, foot_equations
from landing_lab.calibrate.foot_series import CellLaw, FootSeries
from landing_lab.errors import CalibrationError
from landing_lab.model import nominal
from landing_lab.model.blocks import FloatArray
from landing_lab.model.calibration import PostureError

EXPONENTS: Final = tuple(np.round(np.arange(0.8, 1.4001, 0.1), 2).tolist())
"""Exponents of F = w G^b tried (fusion.md section 6: 0.8-1.35; the data sheet's is 1.28)."""

EXPONENT_SD: Final = 0.1
"""How far a common exponent is expected from the data sheet's: parts spread 4 %, saturation bends it (choice)."""

DELAYS_S: Final = np.arange(-0.004, 0.0081, 0.001)
"""Delay between plate and insole beyond the filter's own, tried one by one."""

MIN_LOADED_N: Final = 50.0
"""A posture in which the foot carries less does not count for it."""

MIN_POSTURES: Final = 3
MIN_COP_SPAN_MM: Final = 40.0
"""Travel of the centre of pressure from heel to toe (5th to 95th percentile) without which weights do not transfer."""

RIDGE: Final = 1e-4
"""Share of the mean square of the equations added per weight; more shrinks the force (fusion.md section 6)."""

LEAST_COP_SD_MM: Final = 0.5
"""No insole tells its centre of pressure better (choice)."""

WEIGHT_FLOOR: Final = 0.1
"""Least weight of a cell, as a share of the single gain: a cell of weight 0 would lose its moment (choice)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FootFit:
    """What the postures tell of one foot's cells.

    law: from conductance to force on a cell; weight (c,): from there to the force of the foot; arms_mm (c, 2) and
    stand: None where nobody knows where the cells lie. errors: of each loaded posture, predicted without itself.
    cop_sd_mm: SD of the centre of pressure, (medial, anterior), from them. order, delay_s: what the fit took for the
    plate's filter; no measurement of it (`order_and_delay`).
    """

    law: CellLaw
    weight: FloatArray
    arms_mm: FloatArray | None
    stand: FootStand | None
    errors: tuple[PostureError, ...]
    cop_sd_mm: tuple[float, float] | None
    order: int
    delay_s: float

    @property
    def rms_pct(self) -> float:
        """Relative error of force, root mean square over the postures."""
        return _root_mean_square([error.rms_pct for error in self.errors])


def fit_foot(
    series: FootSeries,
    postures_s: Mapping[str, tuple[float, float]],
    *,
    filter_order: int | None = None,
    stand: FootStand | None = None,
    bench: CellLaw | None = None,
) -> FootFit:
    """The fit of one foot.

    postures_s: name -> from, to in seconds of the series. filter_order: of the plate's converters where known. stand:
    where the foot stood, estimated where nobody marked it. bench: laws of the single cells; without them one exponent
    is chosen for all. Raises CalibrationError for postures that cannot tell weights.
    """
    order, delay_s = order_and_delay(series, postures_s, filter_order)
    laws = [bench] if bench is not None else [CellLaw.common(exponent, series.n_cells) for exponent in EXPONENTS]
    fits = [_fit(series, postures_s, law, stand, (order, delay_s)) for law in laws]
    return min(fits, key=_badness)


def _badness(fit: FootFit) -> float:
    """What is least for the exponent that is taken: error of the postures, and distance from the data sheet's."""
    off = (float(fit.law.exponent[0]) - nominal.FSR_FORCE_EXPONENT) / EXPONENT_SD
    return len(fit.errors) * math.log(fit.rms_pct) + 0.5 * off * off


def order_and_delay(
    series: FootSeries, postures_s: Mapping[str, tuple[float, float]], known_order: int | None
) -> tuple[int, float]:
    """Filter order and delay under which the cells explain the most lively posture best, by least squares.

    They serve the fit alone: the delay comes out about 1.3 ms short (SD 0.45 ms), because hysteresis of the cells is
    taken for a faster plate, and an order that is not known may come out wrong (fusion.md section 4). The order is
    settled by the unloading step of the plate's calibration, the delay of a recording by fuse/plate_delay.py.
    """
    name = max(postures_s, key=lambda posture: series.liveliness(postures_s[posture]))
    lively, law = {name: postures_s[name]}, CellLaw.common(1.0, series.n_cells)
    best = (float("inf"), ORDERS[0], 0.0)
    for order in (known_order,) if known_order else ORDERS:
        for delay_s in DELAYS_S.tolist():
            gram, right, energy = foot_equations(series, lively, law, order, delay_s).normal([name])
            weight = solve_weights(gram, right)
            misfit = energy - 2.0 * float(right @ weight) + float(weight @ gram @ weight)
            best = min(best, (misfit, order, delay_s))
    return best[1], best[2]


def _fit(
    series: FootSeries,
    postures_s: Mapping[str, tuple[float, float]],
    law: CellLaw,
    stand: FootStand | None,
    order_delay: tuple[int, float],
) -> FootFit:
    """Weights and arms from all postures, and each loaded posture's error from the others'."""
    equations = foot_equations(series, postures_s, law, *order_delay)
    loaded = [name for name in equations.names if equations.mean_force_n(name) > MIN_LOADED_N]
    if len(loaded) < MIN_POSTURES or equations.cop_span_mm(loaded) < MIN_COP_SPAN_MM:
        raise CalibrationError(
            "the session holds too few postures: weights from flat standing alone do not transfer (real insoles read "
            "546 N flat and 955 N on tiptoe for the same weight); add leans, heel raises, one leg, hops"
        )
    weight = _weights(equations, equations.names)
    if series.layout is None:
        stand = None
    elif stand is None:
        stand = estimated_stand(equations, loaded, weight, series.layout)
    errors = tuple(_error_without(equations, loaded, name, weight, series.place_mm, stand) for name in loaded)
    return FootFit(
        law=law,
        weight=weight,
        arms_mm=None if stand is None else fit_arms(equations, loaded, weight, series.place_mm, stand),
        stand=stand,
        errors=errors,
        cop_sd_mm=None if stand is None else _cop_sd_mm(equations, loaded, errors, stand),
        order=order_delay[0],
        delay_s=order_delay[1],
    )


def _error_without(
    equations: FootEquations,
    loaded: Sequence[str],
    name: str,
    final: FloatArray,
    place_mm: FloatArray,
    stand: FootStand | None,
) -> PostureError:
    """How a posture is predicted by weights and arms that never saw it; final: weights that did."""
    weight = _weights(equations, [other for other in equations.names if other != name])
    error_n, mean_n = equations.force_error_n(name, weight), equations.mean_force_n(name)
    across = along = None
    if stand is not None:
        arms = fit_arms(equations, [other for other in loaded if other != name], weight, place_mm, stand)
        off = cop_error_mm(equations, name, weight, arms, stand)
        across, along = (float(np.sqrt(np.mean(np.square(axis)))) for axis in off.T) if len(off) else (None, None)
    return PostureError(
        label=name,
        force_n=mean_n,
        rms_pct=100.0 * float(np.sqrt(np.mean(np.square(error_n)))) / mean_n,
        bias_pct=100.0 * float(np.mean(error_n)) / mean_n,
        cop_ml_mm=across,
        cop_ap_mm=along,
        read_pct=100.0 * float(np.mean(equations.force_error_n(name, final))) / mean_n,
    )


def _cop_sd_mm(
    equations: FootEquations, loaded: Sequence[str], errors: Sequence[PostureError], stand: FootStand
) -> tuple[float, float]:
    """SD of the centre of pressure; a direction that was estimated takes travel along the foot for travel across."""
    across = _root_mean_square([error.cop_ml_mm for error in errors if error.cop_ml_mm is not None])
    along = _root_mean_square([error.cop_ap_mm for error in errors if error.cop_ap_mm is not None])
    if stand.stand == "estimated":
        travel = np.concatenate([equations.loaded[name][1][:, 1] for name in loaded])
        across = math.hypot(across, math.radians(TURN_SD_DEG) * float(travel.std()))
    return max(across, LEAST_COP_SD_MM), max(along, LEAST_COP_SD_MM)


def _root_mean_square(values: Sequence[float]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def _weights(equations: FootEquations, names: Sequence[str]) -> FloatArray:
    """Weights (c,) of the cells, none below its floor."""
    gram, right, _ = equations.normal(names)
    force_n, cells_n = equations.sums_n(names)
    floor = np.zeros(len(gram))
    floor[: equations.n_cells] = WEIGHT_FLOOR * max(force_n, 0.0) / max(cells_n, 1e-9)
    above = solve_weights(gram, right - gram @ floor)
    return np.asarray((floor + above)[: equations.n_cells])


def solve_weights(gram: FloatArray, right: FloatArray) -> FloatArray:
    """Non-negative least squares from the normal equations; columns may stand for the place of the foot."""
    from scipy.linalg import cholesky, solve_triangular
    from scipy.optimize import nnls

    size = np.sqrt(np.maximum(np.diag(gram), 1e-12))
    scaled = gram / np.outer(size, size) + RIDGE * np.eye(len(gram))
    factor = cholesky(scaled, lower=False)
    solved, _ = nnls(factor, solve_triangular(factor, right / size, trans="T"))
    return np.asarray(solved / size)
