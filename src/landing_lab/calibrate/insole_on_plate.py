"""Weights of an insole's cells from a wearer who stands, leans, rises on the toes and hops on a calibrated plate."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal

import numpy as np

from landing_lab.calibrate.foot_equations import FootEquations, foot_equations
from landing_lab.calibrate.foot_series import FootSeries, foot_series
from landing_lab.calibrate.plate_scale import CELL_SPREAD
from landing_lab.errors import CalibrationError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.calibration import InsoleCalibration, PlateCalibration, PostureError, as_document
from landing_lab.model.raw import RawRecording
from landing_lab.model.software import software

EMPTY: Final = "feet_up"
"""Name of the posture in which nobody stands on the plates."""

EXPONENTS = tuple(np.round(np.arange(0.8, 1.4001, 0.1), 2).tolist())
"""Exponents of F = w G^b tried (fusion.md section 6: 0.8-1.35; the data sheet's is 1.28)."""

ORDERS = (3, 4)
"""Filter orders tried where no calibration of the plate tells it."""

DELAYS_S = np.arange(-0.004, 0.0081, 0.001)
"""Delay between plate and insole beyond the filter's own, tried one by one."""

MIN_LOADED_N = 50.0
"""A posture in which the foot carries less does not count for it."""

MIN_POSTURES = 3
MIN_COP_SPAN_MM = 40.0
"""Travel of the centre of pressure from heel to toe (5th to 95th percentile) without which weights do not transfer."""

RIDGE = 1e-4
"""Share of the mean square of the equations added per weight; more shrinks the force (fusion.md section 6)."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Weights (c,) at one exponent and how well each posture is predicted without itself."""

    exponent: float
    weight_n: FloatArray
    errors: tuple[PostureError, ...]

    @property
    def rms_pct(self) -> float:
        """Root mean square over the postures."""
        return float(np.sqrt(np.mean([error.rms_pct**2 for error in self.errors])))


def fit_insole_on_plate(
    raw: RawRecording,
    side: Literal["left", "right"],
    *,
    postures_s: Mapping[str, tuple[float, float]],
    plate: PlateCalibration | None = None,
    made_at: str | None = None,
) -> InsoleCalibration:
    """Calibration of one foot's insole from a session on the plate.

    postures_s: name -> from, to in seconds of the recording; "feet_up" is the one without load. plate: calibration of
    the plate board, None where its newton are nominal. Weights are not negative and make the cells sum to the plate's
    force and moments, as seen through the plate's filter; force_sd_fraction holds the plate's own error. Raises
    CalibrationError for a session that cannot tell them.
    """
    _check_postures(postures_s)
    series = foot_series(_with_plate_only(raw, plate), side, empty_s=postures_s[EMPTY])
    order, delay_s = _order_and_delay(series, postures_s, None if plate is None else plate.filter_order)
    fits = [_fit(foot_equations(series, postures_s, exponent, order, delay_s), exponent) for exponent in EXPONENTS]
    best = min(fits, key=lambda fit: fit.rms_pct)
    n_cells = len(best.weight_n)
    return InsoleCalibration(
        device_id=series.info.device_id,
        made_at=made_at or datetime.now(UTC).isoformat(timespec="seconds"),
        method="on plate",
        software=software(),
        n_cells=n_cells,
        zero_s=tuple(series.zero_s.tolist()),
        exponent=(best.exponent,) * n_cells,
        weight_n=tuple(best.weight_n.tolist()),
        saturation_n=(None,) * n_cells,
        force_sd_fraction=math.hypot(best.rms_pct / 100.0, CELL_SPREAD if plate is None else plate.relative_sd),
        side=side,
        plate_calibration="nominal" if plate is None else plate.file or plate.made_at,
        filter_order=order,
        posture_errors=best.errors,
        findings=_findings(best, series),
    )


def _check_postures(postures_s: Mapping[str, tuple[float, float]]) -> None:
    if EMPTY not in postures_s:
        raise CalibrationError(f"the session has no posture {EMPTY!r}; begin it with three seconds beside the plates")
    for name, (start, stop) in postures_s.items():
        if not 0.0 <= start < stop:
            raise CalibrationError(f"posture {name!r} lasts from {start} to {stop} s; state when it began and ended")


def _with_plate_only(raw: RawRecording, plate: PlateCalibration | None) -> RawRecording:
    """The recording with the plate's calibration and no other: cells must be seen as they are."""
    documents = {} if plate is None else {plate.device_id: as_document(plate)}
    return dataclasses.replace(raw, metadata={**raw.metadata, "calibrations": documents})


def _order_and_delay(
    series: FootSeries, postures_s: Mapping[str, tuple[float, float]], known_order: int | None
) -> tuple[int, float]:
    """Filter order and delay under which the cells explain the most lively posture best, by least squares."""
    name = max(postures_s, key=lambda posture: series.liveliness(postures_s[posture]))
    lively = {name: postures_s[name]}
    best = (float("inf"), ORDERS[0], 0.0)
    for order in (known_order,) if known_order else ORDERS:
        for delay_s in DELAYS_S.tolist():
            equations = foot_equations(series, lively, 1.0, order, delay_s)
            gram, right, energy = equations.normal([name])
            weight = _solve(gram, right)
            misfit = energy - 2.0 * float(right @ weight) + float(weight @ gram @ weight)
            best = min(best, (misfit, order, delay_s))
    return best[1], best[2]


def _fit(equations: FootEquations, exponent: float) -> _Fit:
    """Weights from all postures, and each loaded posture's error from the others' weights."""
    loaded = [name for name in equations.names if equations.mean_force_n(name) > MIN_LOADED_N]
    if len(loaded) < MIN_POSTURES or equations.cop_span_mm(loaded) < MIN_COP_SPAN_MM:
        raise CalibrationError(
            "the session holds too few postures: weights from flat standing alone do not transfer (real insoles read "
            "546 N flat and 955 N on tiptoe for the same weight); add leans, heel raises, one leg, hops"
        )
    errors = []
    for name in loaded:
        weight = _solve(*equations.normal([other for other in equations.names if other != name])[:2])
        error_n, mean_n = equations.force_error_n(name, weight), equations.mean_force_n(name)
        errors.append(
            PostureError(
                label=name,
                force_n=mean_n,
                rms_pct=100.0 * float(np.sqrt(np.mean(np.square(error_n)))) / mean_n,
                bias_pct=100.0 * float(np.mean(error_n)) / mean_n,
            )
        )
    weight = _solve(*equations.normal(equations.names)[:2])
    return _Fit(exponent, weight[: equations.n_cells], tuple(errors))


def _solve(gram: FloatArray, right: FloatArray) -> FloatArray:
    """Non-negative least squares from the normal equations; columns may stand for the place of the foot."""
    from scipy.linalg import cholesky, solve_triangular
    from scipy.optimize import nnls

    size = np.sqrt(np.maximum(np.diag(gram), 1e-12))
    scaled = gram / np.outer(size, size) + RIDGE * np.eye(len(gram))
    factor = cholesky(scaled, lower=False)
    solved, _ = nnls(factor, solve_triangular(factor, right / size, trans="T"))
    return np.asarray(solved / size)


def _findings(fit: _Fit, series: FootSeries) -> tuple[str, ...]:
    silent = [name for name, weight in zip(series.names, fit.weight_n, strict=True) if weight == 0.0]
    found = []
    if silent:
        found.append(f"{', '.join(silent)} add nothing to the force and have weight 0")
    worst = max(fit.errors, key=lambda error: error.rms_pct)
    found.append(f"worst posture when left out: {worst.label}, off by {worst.rms_pct:.0f} % (rms)")
    return tuple(found)
