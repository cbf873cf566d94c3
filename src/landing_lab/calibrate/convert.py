"""Counts of a board to newton, by its calibration where it has one: the same function live and afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np

from landing_lab.calibrate.counts import (
    HIGHEST_SHARE,
    conductance_s,
    fsr_force_n,
    load_cell_force_n,
    unflattened_n,
)
from landing_lab.calibrate.layouts import insole_layout
from landing_lab.errors import CalibrationError
from landing_lab.model import nominal
from landing_lab.model.blocks import CountArray, FloatArray
from landing_lab.model.calibration import Calibration, InsoleCalibration, PlateCalibration
from landing_lab.model.device import DeviceInfo
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.model.recording import SensorKind

ToNewton: TypeAlias = Callable[[CountArray], FloatArray]

PLATES: Final[tuple[SensorKind, ...]] = ("hx711_plate", "force_plate")
"""Kinds of boards that a plate's calibration can belong to; the second is a device of somebody's own."""

UNKNOWN_COUNTS: Final = (
    "nobody knows what a count of {device} is in newton: a {kind} has no nominal values; calibrate it with known "
    "masses and give its calibration with the recording"
)

LAST_COUNTS = 4
"""Counts from the end of the converter's range within which noise already touches it."""


def counts_to_newton(info: DeviceInfo, calibration: Calibration | None) -> ToNewton:
    """Function from counts (n, n_channels) to force of each cell (n, n_channels) in N.

    Without a calibration, and with one of another device, the nominal values of the sensor hold; whether a
    calibration fits is said by `foreign`. A plate of somebody's own has none: CalibrationError. Cells that a
    calibration left out are NaN; a saturating cell is held near its limit, which `saturated` says.
    """
    if calibration is None or foreign(info, calibration) is not None:
        if info.sensor_kind == "force_plate":
            raise CalibrationError(UNKNOWN_COUNTS.format(device=info.device_id, kind=info.kind))
        return load_cell_force_n if info.sensor_kind == "hx711_plate" else fsr_force_n
    if isinstance(calibration, PlateCalibration):
        return _of_plate(calibration)
    return _of_insole(calibration)


def foreign(info: DeviceInfo, calibration: Calibration) -> str | None:
    """The sentence that a calibration does not belong to this board; None where it does."""
    is_plate = isinstance(calibration, PlateCalibration)
    if is_plate != (info.sensor_kind in PLATES):
        return f"the calibration named for {info.device_id} is of {'a plate' if is_plate else 'an insole'}"
    if calibration.device_id != info.device_id:
        return f"the calibration named for {info.device_id} belongs to {calibration.device_id}"
    if isinstance(calibration, PlateCalibration) and calibration.gain != info.gain:
        return (
            f"the calibration of {info.device_id} was made with a gain of {calibration.gain}, and its converters now "
            f"run at {info.gain}"
        )
    if calibration.n_cells != info.n_channels:
        return (
            f"the calibration of {info.device_id} is of {calibration.n_cells} cells, and the board has "
            f"{info.n_channels} channels"
        )
    return None


def _of_plate(calibration: PlateCalibration) -> ToNewton:
    zero = np.array([np.nan if value is None else value for value in calibration.zero_counts])
    scale = np.array([np.nan if value is None else value for value in calibration.counts_per_n])

    def convert(counts: CountArray) -> FloatArray:
        return np.asarray((counts - zero) / scale, dtype=np.float64)

    return convert


def _of_insole(calibration: InsoleCalibration) -> ToNewton:
    limit = _limits_n(calibration)

    def convert(counts: CountArray) -> FloatArray:
        return unflattened_n(_shown_n(calibration, counts), limit)

    return convert


def saturated(
    info: DeviceInfo, calibration: Calibration | None, counts: CountArray, cells: InsoleLayout | None = None
) -> str | None:
    """The sentence that cells of an insole carried more than their calibration can tell; None where none did.

    cells: layout of the insole, whose names are told.
    """
    if not isinstance(calibration, InsoleCalibration) or not any(calibration.saturation_n):
        return None
    limit = _limits_n(calibration)
    beyond = (_shown_n(calibration, counts) > HIGHEST_SHARE * limit).any(axis=0)
    if not beyond.any():
        return None
    most_n = unflattened_n(limit[beyond], limit[beyond])
    names = [insole_layout(info, cells).channels[cell].name for cell in np.flatnonzero(beyond).tolist()]
    told = [f"{name} ({most:.0f} N)" for name, most in zip(names, most_n.tolist(), strict=True)]
    return f"{info.device_id} was saturated: more than it can tell lay on {', '.join(told)}, which is read as that"


def cell_limits_n(info: DeviceInfo, calibration: Calibration | None) -> tuple[float | None, ...]:
    """Reading from which on each cell of an insole cannot tell more, N, None for a cell that a calibration ignores.

    HIGHEST_SHARE of the saturation that its calibration found, else of the nominal one as its law reads it; the
    converter's last counts where they come first.
    """
    full = np.full((1, info.n_channels), (1 << nominal.ADC_BITS) - LAST_COUNTS, dtype=np.int32)
    highest = counts_to_newton(info, calibration)(full)[0]
    shown_n = HIGHEST_SHARE * nominal.FSR_SATURATION_N
    if not isinstance(calibration, InsoleCalibration) or foreign(info, calibration) is not None:
        return tuple(np.minimum(highest, shown_n).tolist())
    ratio = nominal_conductance_s(shown_n) - np.array(calibration.zero_s)
    above = np.maximum(ratio, 0.0) / nominal.FSR_CONDUCTANCE_AT_1_N_S
    usual = np.array(calibration.weight_n) * above ** np.array(calibration.exponent)
    limit = _limits_n(calibration)
    known = np.isfinite(limit)
    usual[known] = unflattened_n(HIGHEST_SHARE * limit[known], limit[known])
    return tuple(one if one > 0.0 else None for one in np.minimum(highest, usual).tolist())


def nominal_conductance_s(force_n: float) -> float:
    """Conductance of a nominal cell under a force, siemens."""
    return float(nominal.FSR_CONDUCTANCE_AT_1_N_S * force_n**nominal.FSR_CONDUCTANCE_EXPONENT)


def _shown_n(calibration: InsoleCalibration, counts: CountArray) -> FloatArray:
    """What the power law of each cell says, (n, n_cells), before its saturation is taken out."""
    above = np.maximum(conductance_s(counts) - np.array(calibration.zero_s), 0.0) / nominal.FSR_CONDUCTANCE_AT_1_N_S
    return np.asarray(np.array(calibration.weight_n) * above ** np.array(calibration.exponent), dtype=np.float64)


def _limits_n(calibration: InsoleCalibration) -> FloatArray:
    return np.array([np.inf if limit is None else limit for limit in calibration.saturation_n])
