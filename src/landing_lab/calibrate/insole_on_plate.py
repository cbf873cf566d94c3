"""Weights of an insole's cells from a wearer who stands, leans, rises on the toes and hops on a calibrated plate."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal

from landing_lab.calibrate.foot_arms import FootStand, marked_stand
from landing_lab.calibrate.foot_fit import FootFit, fit_foot
from landing_lab.calibrate.foot_series import CellLaw, FootSeries, foot_series
from landing_lab.calibrate.plate_scale import CELL_SPREAD
from landing_lab.errors import CalibrationError, ParameterError
from landing_lab.model.calibration import InsoleCalibration, PlateCalibration, as_document
from landing_lab.model.given import numbers_of, shown
from landing_lab.model.raw import RawRecording
from landing_lab.model.software import software

EMPTY: Final = "feet_up"
"""Name of the posture in which nobody stands on the plates."""

SPARE_SHARE: Final = 0.2
"""A cell with less than this share of the mean weight tells nothing of its own."""


def calibrate_insole(
    raw: RawRecording,
    side: Literal["left", "right"],
    *,
    postures_s: Mapping[str, tuple[float, float]],
    plate: PlateCalibration | None = None,
    heel_mm: tuple[float, float] | None = None,
    toe_out_deg: float = 0.0,
) -> InsoleCalibration:
    """Calibration of one foot's insole from postures on the plate, as `landing-lab calibrate insole` makes it.

    raw: the readings of both (`read_raw`). postures_s: name -> from, to in seconds of the recording; "feet_up" is the
    one without load, "hops" count for force only. plate: calibration of the plate (`read_calibration`), None for its
    nominal newton. heel_mm, toe_out_deg: where marks say that the foot stood: middle of the heel edge, (medial,
    anterior) from the middle of the plate in mm, and how far the toes point outwards; without heel_mm both are
    estimated. Dated as the recording. Raises ParameterError for arguments that are not these, CalibrationError for a
    session that cannot tell it.
    """
    if not isinstance(raw, RawRecording):
        raise ParameterError(
            f"an insole is calibrated from the readings of its board, a RawRecording; got {type(raw).__name__}; read "
            "them with landing_lab.read_raw"
        )
    if side not in ("left", "right"):
        raise ParameterError(f"an insole is that of the left or the right foot; got {shown(side)}; say left or right")
    started = raw.metadata.get("started_at")
    if plate is not None and not isinstance(plate, PlateCalibration):
        raise ParameterError(
            f"plate is the calibration of a plate, as landing_lab.read_calibration gives it; got {shown(plate)}; "
            "leave it out for nominal newton"
        )
    stand = marked_stand(heel_mm, toe_out_deg)
    return fit_insole_on_plate(
        raw,
        side,
        postures_s=postures_s,
        plate=plate,
        stand=stand,
        made_at=None if started is None else str(started),
    )


def fit_insole_on_plate(
    raw: RawRecording,
    side: Literal["left", "right"],
    *,
    postures_s: Mapping[str, tuple[float, float]],
    plate: PlateCalibration | None = None,
    bench: InsoleCalibration | None = None,
    stand: FootStand | None = None,
    made_at: str | None = None,
) -> InsoleCalibration:
    """Calibration of one foot's insole from a session on the plate.

    postures_s: name -> from, to in seconds of the recording; "feet_up" is the one without load. plate: calibration of
    the plate board, None where its newton are nominal. bench: calibration of the single cells, whose exponents and
    saturations then hold. stand: where the foot stood, estimated where nobody marked it. Weights are positive and
    make the cells sum to the plate's force, as seen through the plate's filter, arms give them its centre of pressure;
    force_sd_fraction holds the plate's own error. Raises CalibrationError for a session that cannot tell them.
    """
    _check_postures(postures_s)
    series = foot_series(with_plate_only(raw, plate), side, empty_s=postures_s[EMPTY])
    if bench is not None and (unfit := _other_insole(series, bench)) is not None:
        raise CalibrationError(unfit)
    fit = fit_foot(
        series,
        postures_s,
        filter_order=None if plate is None else plate.filter_order,
        stand=stand,
        bench=None if bench is None else CellLaw.of_bench(bench),
    )
    return _stored(series, fit, side, (plate, bench), made_at or datetime.now(UTC).isoformat(timespec="seconds"))


def _stored(
    series: FootSeries,
    fit: FootFit,
    side: Literal["left", "right"],
    used: tuple[PlateCalibration | None, InsoleCalibration | None],
    made_at: str,
) -> InsoleCalibration:
    """A fit as it is stored; used: calibrations of the plate and of the single cells."""
    plate, bench = used
    return InsoleCalibration(
        device_id=series.info.device_id,
        made_at=made_at,
        method="on plate",
        software=software(),
        n_cells=series.n_cells,
        zero_s=tuple(series.zero_s.tolist()),
        exponent=tuple(fit.law.exponent.tolist()),
        weight_n=tuple((fit.weight * fit.law.weight_n).tolist()),
        saturation_n=tuple(_limit(limit) for limit in (fit.weight * fit.law.saturation_n).tolist()),
        force_sd_fraction=math.hypot(fit.rms_pct / 100.0, CELL_SPREAD if plate is None else plate.relative_sd),
        hysteresis_pct=None if bench is None else bench.hysteresis_pct,
        side=side,
        plate_calibration="nominal" if plate is None else plate.file or plate.made_at,
        bench_calibration=None if bench is None else bench.file or bench.made_at,
        filter_order=None if plate is None else plate.filter_order,
        layout=None if series.layout is None else series.layout.name,
        arms_mm=None if fit.arms_mm is None else tuple((medial, anterior) for medial, anterior in fit.arms_mm.tolist()),
        cop_sd_mm=fit.cop_sd_mm,
        heel_mm=None if fit.stand is None else fit.stand.heel_mm,
        toe_out_deg=None if fit.stand is None else fit.stand.toe_out_deg,
        stand=None if fit.stand is None else fit.stand.stand,
        posture_errors=fit.errors,
        findings=_findings(fit, series),
    )


def _limit(limit_n: float) -> float | None:
    """A saturation as it is stored."""
    return limit_n if math.isfinite(limit_n) else None


def _other_insole(series: FootSeries, bench: InsoleCalibration) -> str | None:
    """The sentence that laws of the bench are not those of this insole; None where they are."""
    if bench.method != "bench":
        return (
            f"{bench.file or 'the calibration given'} is of an insole on the plate; give one of its cells on the bench"
        )
    if bench.device_id != series.info.device_id:
        return f"the bench calibration is of {bench.device_id}, and the insole here is {series.info.device_id}"
    if bench.n_cells != series.n_cells:
        return f"the bench calibration is of {bench.n_cells} cells, and {bench.device_id} has {series.n_cells}"
    return None


def _check_postures(postures_s: object) -> None:
    """Raises CalibrationError where the postures are no names with two instants each, or none is without load."""
    if not isinstance(postures_s, Mapping) or not all(isinstance(name, str) for name in postures_s):
        raise CalibrationError(
            f"postures_s holds names and from, to in seconds; got {shown(postures_s)}; write "
            f"postures_s={{'{EMPTY}': (0.0, 3.0), 'flat': (4.0, 9.0)}}"
        )
    if EMPTY not in postures_s:
        raise CalibrationError(f"the session has no posture {EMPTY!r}; begin it with three seconds beside the plates")
    for name, lasts in postures_s.items():
        instants = numbers_of(lasts)
        if instants is None or len(instants) != 2 or not 0.0 <= instants[0] < instants[1]:
            raise CalibrationError(
                f"posture {shown(name)} lasts from, to in seconds of the recording; got {shown(lasts)}; state when it "
                "began and ended"
            )


def with_plate_only(raw: RawRecording, plate: PlateCalibration | None) -> RawRecording:
    """The recording with the plate's calibration and no other: cells must be seen as they are."""
    documents = {} if plate is None else {plate.device_id: as_document(plate)}
    return dataclasses.replace(raw, metadata={**raw.metadata, "calibrations": documents})


def _findings(fit: FootFit, series: FootSeries) -> tuple[str, ...]:
    least = float(fit.weight.min())
    spare = [
        name for name, weight in zip(series.names, fit.weight, strict=True) if weight <= least * (1.0 + 1e-6)
    ] if least < SPARE_SHARE * float(fit.weight.mean()) else []  # fmt: skip
    found = []
    if spare:
        found.append(f"of no use for the force beside the others, and so of least weight: {', '.join(spare)}")
    worst = max(fit.errors, key=lambda error: error.rms_pct)
    found.append(f"worst posture when left out: {worst.label.replace('_', ' ')}, off by {worst.rms_pct:.0f} % (rms)")
    if fit.stand is not None and fit.stand.stand == "estimated":
        found.append(
            "nobody marked where the foot stood: the absolute centre of pressure is as right as the drawing of the "
            "layout, and turned by some degrees; its changes are better known"
        )
    return tuple(found)
