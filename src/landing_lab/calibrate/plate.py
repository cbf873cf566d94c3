"""Scale of a plate's load cells from known masses at known places, with every error that the steps can show."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from landing_lab.calibrate.known_load import KnownLoad, LoadReading, read_load
from landing_lab.calibrate.layouts import plate_layout
from landing_lab.calibrate.plate_errors import StepErrors, step_errors
from landing_lab.calibrate.plate_scale import PlateScale, fit_scale
from landing_lab.calibrate.plate_wiring import check_wiring
from landing_lab.errors import CalibrationError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.calibration import CalibrationStep, PlateCalibration, PlateMethod
from landing_lab.model.channels import ChannelLayout, Side
from landing_lab.model.device import DeviceInfo
from landing_lab.model.software import software
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

MASS_SD_FRACTION = 0.001
"""Relative SD of a known mass: weighed on a good scale. Weights of a gym are marked to 1-3 %; state it then."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Plate:
    """One fitted plate of a board: columns (c,) of its cells, their zeros (c,) and all that was found."""

    side: Side
    columns: list[int]
    zero: FloatArray
    scale: PlateScale
    places: list[tuple[float, float]]
    errors: StepErrors
    noise_n: float
    steps: list[CalibrationStep]
    findings: list[str]


def fit_plate(
    info: DeviceInfo,
    loads: Sequence[KnownLoad],
    *,
    method: PlateMethod = "known masses",
    mass_sd_fraction: float = MASS_SD_FRACTION,
    made_at: str | None = None,
) -> PlateCalibration:
    """Calibration of every plate of a board from its loads, in the order in which they were put on.

    Each plate needs a step without load, two masses or more, and several places: then each cell has its own scale.
    With method "common scale" one place is enough, and all cells of a plate share one scale of larger error.
    Raises CalibrationError where the steps cannot tell a scale, naming what to add.
    """
    layout = plate_layout(info)
    readings = [read_load(load) for load in loads]
    for reading in readings:
        if len(reading.mean) != info.n_channels:
            raise CalibrationError(
                f"step {reading.load.label!r} has {len(reading.mean)} channels, and {info.device_id} has "
                f"{info.n_channels}; record the steps with one board"
            )
        if reading.load.side not in (*layout.sides, "total"):
            raise CalibrationError(f"{info.device_id} has no {reading.load.side} plate; name one of its own")
    plates = [plate for side in layout.sides if (plate := _plate(side, layout, readings, method, mass_sd_fraction))]
    if not plates:
        raise CalibrationError(f"no cell of {info.device_id} sent anything; check its wiring and repeat")
    return _assembled(info, layout, plates, method, made_at)


def _plate(
    side: Side, layout: ChannelLayout, readings: Sequence[LoadReading], method: PlateMethod, mass_sd_fraction: float
) -> _Plate | None:
    """The fit of one plate; None where nothing is connected to its channels."""
    columns = layout.pick(quantity="force", side=side).tolist()
    heard = np.array([[np.isfinite(reading.mean[column]) for column in columns] for reading in readings])
    if not heard.any():
        return None
    mine = [reading for reading in readings if reading.load.side == side or _is_empty(reading, side)]
    empty = [reading for reading in mine if reading.load.mass_kg == 0.0]
    loaded = [reading for reading in mine if reading.load.mass_kg > 0.0]
    _check_steps(side, empty, loaded)
    _check_heard(side, mine, layout, columns)
    response = np.array([reading.mean[columns] - _zero_at(reading.time_s, empty, columns) for reading in loaded])
    force_n = np.array([reading.load.mass_kg * GRAVITY for reading in loaded])
    places, findings = check_wiring(response, [one.load for one in loaded], layout, columns)
    at_mm = np.array([one.load.position_mm or (np.nan, np.nan) for one in loaded], dtype=np.float64)
    scale = fit_scale(
        response,
        force_n,
        at_mm,
        np.array(places),
        method=method,
        mass_sd_fraction=mass_sd_fraction,
        plate=_plate_name(side),
    )
    measured = (response / scale.counts_per_n).sum(axis=1)
    seen_n = list(zip(loaded, measured.tolist(), strict=True))
    rest = np.array([np.sqrt(np.sum(np.square(one.sd[columns] / scale.counts_per_n))) for one in empty])
    return _Plate(
        side=side,
        columns=columns,
        zero=empty[-1].mean[columns],
        scale=scale,
        places=places,
        errors=step_errors([one.load for one in mine], {id(one.load): seen for one, seen in seen_n}),
        noise_n=float(np.median(rest)),
        steps=_steps(side, [one.load for one in loaded], measured),
        findings=[*findings, *scale.findings],
    )


def _steps(side: Side, loads: Sequence[KnownLoad], measured_n: FloatArray) -> list[CalibrationStep]:
    """The loads of one plate beside what the calibrated plate says of them."""
    return [
        CalibrationStep(
            label=load.label,
            side=side,
            force_n=load.mass_kg * GRAVITY,
            position_mm=load.position_mm,
            measured_n=seen,
            residual_n=seen - load.mass_kg * GRAVITY,
        )
        for load, seen in zip(loads, measured_n.tolist(), strict=True)
    ]


def _is_empty(reading: LoadReading, side: Side) -> bool:
    return reading.load.mass_kg == 0.0 and reading.load.side in (side, "total")


def _plate_name(side: Side) -> str:
    return "the plate" if side == "total" else f"the {side} plate"


def _check_steps(side: Side, empty: Sequence[LoadReading], loaded: Sequence[LoadReading]) -> None:
    """Refuse steps from which nobody can tell a scale, with what to add."""
    name = _plate_name(side)
    if not empty:
        raise CalibrationError(f"{name} was never empty; add a step without load before the first mass")
    if not loaded:
        raise CalibrationError(f"nothing was put on {name}; add steps with two masses or more on it")
    masses = {round(reading.load.mass_kg, 3) for reading in loaded}
    if len(masses) < 2:
        raise CalibrationError(
            f"{name} was loaded with one mass only ({masses.pop():g} kg), which cannot tell a wrong scale from a "
            "plate that is not straight; add a second mass, half or twice as large"
        )


def _check_heard(side: Side, readings: Sequence[LoadReading], layout: ChannelLayout, columns: list[int]) -> None:
    """Refuse a plate of which a cell did not send in a step, by name."""
    there = np.isfinite(np.array([reading.mean[columns] for reading in readings])).all(axis=0).tolist()
    silent = [layout.channels[column].name for column, heard in zip(columns, there, strict=True) if not heard]
    if silent:
        raise CalibrationError(
            f"{', '.join(silent)} of {_plate_name(side)} did not send in every step; check its wires"
        )


def _zero_at(time_s: float, empty: Sequence[LoadReading], columns: list[int]) -> FloatArray:
    """Counts without load at a time, (c,): cells drift, so the empty steps before and after are weighed by time."""
    ordered = sorted(empty, key=lambda reading: reading.time_s)
    times = [reading.time_s for reading in ordered]
    means = np.array([reading.mean[columns] for reading in ordered])
    return np.array([np.interp(time_s, times, means[:, cell]) for cell in range(len(columns))])


def _assembled(
    info: DeviceInfo, layout: ChannelLayout, plates: Sequence[_Plate], method: PlateMethod, made_at: str | None
) -> PlateCalibration:
    """One calibration of a board from its plates."""
    zero: list[float | None] = [None] * info.n_channels
    scale: list[float | None] = [None] * info.n_channels
    sd: list[float | None] = [None] * info.n_channels
    place: list[tuple[float, float] | None] = [None] * info.n_channels
    for plate in plates:
        for cell, column in enumerate(plate.columns):
            zero[column], scale[column] = float(plate.zero[cell]), float(plate.scale.counts_per_n[cell])
            sd[column], place[column] = float(plate.scale.cell_sd_fraction[cell]), plate.places[cell]
    errors = [plate.errors for plate in plates]
    return PlateCalibration(
        device_id=info.device_id,
        made_at=made_at or datetime.now(UTC).isoformat(timespec="seconds"),
        method=method,
        software=software(),
        gain=info.gain,
        n_cells=info.n_channels,
        zero_counts=tuple(zero),
        counts_per_n=tuple(scale),
        cell_scale_sd_fraction=tuple(sd),
        position_mm=tuple(place),
        side=tuple(channel.side for channel in layout.channels),
        scale_sd_fraction=max(plate.scale.sd_fraction for plate in plates),
        linearity_pct=_worst([error.linearity_pct for error in errors]),
        corner_error_pct=_worst([error.corner_pct for error in errors]),
        hysteresis_pct=_worst([error.hysteresis_pct for error in errors]),
        repeatability_pct=_worst([error.repeatability_pct for error in errors]),
        noise_n=max(plate.noise_n for plate in plates),
        steps=tuple(step for plate in plates for step in plate.steps),
        findings=tuple(finding for plate in plates for finding in plate.findings),
    )


def _worst(values: Sequence[float | None]) -> float | None:
    """The largest of the plates; None where a plate does not tell, since then the worst is not known."""
    known = [value for value in values if value is not None]
    return max(known) if known and len(known) == len(values) else None
