"""What a step of a calibration says as soon as it is read: whether it will do, and how far the steps disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.app.calibration.steps import GuidedStep
from landing_lab.calibrate.counts import fsr_force_n
from landing_lab.calibrate.insole import MIN_SCANS
from landing_lab.calibrate.known_load import KnownLoad, LoadReading, read_load
from landing_lab.calibrate.layouts import insole_layout, plate_layout
from landing_lab.calibrate.plate import MASS_SD_FRACTION
from landing_lab.calibrate.plate_readings import cell_readings
from landing_lab.calibrate.plate_scale import fit_scale
from landing_lab.calibrate.plate_wiring import DEAD_SHARE
from landing_lab.calibrate.unloading import filter_order
from landing_lab.errors import CalibrationError
from landing_lab.model.blocks import CountArray, FloatArray, FrameBlock
from landing_lab.model.channels import Side
from landing_lab.model.device import DeviceInfo
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

NEAR_MIDDLE_MM: Final = 20.0
APART_MM: Final = 70.0
"""A load whose place contradicts its step by more stands in another corner."""

OFF_SHARE: Final = {"cells": 0.03, "sum": 0.15}
"""Share of a load by which the other steps may contradict it: by a scale of each cell, by one common scale."""

OFF_N: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """problem: why the step will not do, None where it does; told: what it says; warnings: what to know."""

    problem: str | None = None
    told: str = ""
    warnings: tuple[str, ...] = ()


def kept_words(step: GuidedStep, problem: str) -> str:
    """What is told of a step that is kept although something speaks against it."""
    if step.kind == "unload":
        return f"kept, need not be repeated; the filter order stays unknown unless you do ({problem})"
    return f"kept although {problem}"


@dataclass(frozen=True, slots=True, eq=False)
class _Scale:
    counts_per_n: FloatArray
    by: str


def judge_load(info: DeviceInfo, load: KnownLoad, others: Sequence[KnownLoad], *, rough: bool = False) -> Verdict:
    """A load on a plate or an empty plate, against the steps before it (others).

    rough: the operator keeps it although it contradicts; only what cannot be used at all is then a problem.
    """
    try:
        reading = read_load(load)
        before = [read_load(other) for other in others]
    except CalibrationError as error:
        return Verdict(problem=_sentence(error, load.label))
    layout = plate_layout(info)
    if load.mass_kg == 0.0:
        heard = np.isfinite(reading.mean)
        if not heard.any():
            return Verdict(problem="no cell sends anything: check the wires of the board")
        return Verdict(told=f"{int(heard.sum())} of {info.n_channels} cells send")
    columns = layout.pick(quantity="force", side=load.side).tolist()
    names = [layout.channels[column].name for column in columns]
    zero = [one.mean[columns] for one in before if one.load.mass_kg == 0.0]
    response = reading.mean[columns] - zero[-1]
    silent = [name for name, value in zip(names, response, strict=True) if not np.isfinite(value)]
    if silent:
        return Verdict(problem=f"{', '.join(silent)} sent nothing in this step: check its wires, then do it again")
    places = np.array([layout.channels[column].position_mm or (0.0, 0.0) for column in columns])
    problem = _dead(names, response, load) or (None if rough else _misplaced(response, places, load))
    loaded = [one for one in before if one.load.mass_kg > 0.0 and one.load.side == load.side]
    told = "read"
    if problem is None and loaded:
        scale = _scale(loaded, zero, columns, places)
        measured_n, force_n = float((response / scale.counts_per_n).sum()), load.mass_kg * GRAVITY
        told = f"{measured_n:.1f} N by the other steps, {force_n:.1f} N expected ({measured_n - force_n:+.1f} N)"
        if not rough and abs(measured_n - force_n) > OFF_N + OFF_SHARE[scale.by] * force_n:
            problem = f"the plate shows {measured_n / GRAVITY:.1f} kg by the steps before, and this one is said to be "
            problem += f"{load.mass_kg:g} kg: put the right mass on, or go back if the step before was wrong"
    return Verdict(problem=problem, told=told, warnings=_backwards(names, response))


def residuals_n(info: DeviceInfo, loads: Sequence[KnownLoad]) -> Mapping[str, float]:
    """Label -> measured minus true force in N, by the best scale that all steps so far give; from two loads on.

    Steps that cannot be read are left out.
    """
    layout = plate_layout(info)
    readings = []
    for load in loads:
        try:
            readings.append(read_load(load))
        except CalibrationError:
            continue
    out: dict[str, float] = {}
    for side in layout.sides:
        columns = layout.pick(quantity="force", side=side).tolist()
        places = np.array([layout.channels[column].position_mm or (0.0, 0.0) for column in columns])
        zero = [one.mean[columns] for one in readings if one.load.mass_kg == 0.0]
        loaded = [one for one in readings if one.load.mass_kg > 0.0 and one.load.side == side]
        if zero and len(loaded) > 1:
            scale = _scale(loaded, zero, columns, places)
            for one in loaded:
                seen = float(((one.mean[columns] - zero[-1]) / scale.counts_per_n).sum())
                out[one.load.label] = seen - one.load.mass_kg * GRAVITY
    return out


def judge_unloading(info: DeviceInfo, side: Side, repetitions: Sequence[FrameBlock]) -> Verdict:
    """Whether quick unloadings were quick enough to tell the order of the converter's filter."""
    found = filter_order([cell_readings(info, frames, side) for frames in repetitions])
    if found.order is None or found.sure is None:
        return Verdict(told=found.reason or "the order of the filter is not known", problem=found.reason)
    return Verdict(told=f"filter of order {found.order}, probability {found.sure:.2f}")


def judge_cell(
    info: DeviceInfo,
    cell: int,
    before: CountArray,
    counts: CountArray,
    mass_kg: float,
    cells: InsoleLayout | None = None,
) -> Verdict:
    """A mass on one cell of an insole, against the cells before it lay there; cells: its layout."""
    if len(counts) < MIN_SCANS:
        return Verdict(problem=f"only {len(counts)} scans arrived: look at the cable, then do it again")
    change = np.median(fsr_force_n(counts), axis=0) - np.median(fsr_force_n(before), axis=0)
    names = [channel.name for channel in insole_layout(info, cells).channels]
    most = int(np.argmax(change))
    if most != cell and change[most] > 2.0 * max(float(change[cell]), 0.1):
        return Verdict(problem=f"the mass seems to lie on {names[most]}, not on {names[cell]}: move it")
    if change[cell] <= 0.02 * mass_kg * GRAVITY:
        return Verdict(problem=f"{names[cell]} does not respond: is the mass on its sensing area? check its wires")
    return Verdict(told=f"{float(change[cell]):.1f} N nominal for {mass_kg * GRAVITY:.1f} N")


def _sentence(error: CalibrationError, label: str) -> str:
    return str(error).removeprefix(f"step {label!r}: ")


def _dead(names: Sequence[str], response: FloatArray, load: KnownLoad) -> str | None:
    at_mm = load.position_mm or (0.0, 0.0)
    size = np.abs(response)
    if float(np.hypot(*at_mm)) > NEAR_MIDDLE_MM or len(names) < 2:
        return None
    dead = [name for name, seen in zip(names, size, strict=True) if seen <= DEAD_SHARE * np.median(size)]
    if not dead:
        return None
    return f"{', '.join(dead)} does not respond to the load: check its wires, and that the plate rests on it"


def _backwards(names: Sequence[str], response: FloatArray) -> tuple[str, ...]:
    wrong = [
        name for name, seen in zip(names, response, strict=True) if seen < 0.0 and -seen > 0.05 * np.abs(response).max()
    ]
    return tuple(
        f"{name} reads less under load: it is wired backwards; force will be right all the same" for name in wrong
    )


def _misplaced(response: FloatArray, places: FloatArray, load: KnownLoad) -> str | None:
    """The sentence that the cells speak for another place than the step says."""
    if load.position_mm is None or len(places) < 4:
        return None
    share = np.abs(response) / np.abs(response).sum()
    found = share @ places
    apart_mm = float(np.hypot(*(found - np.array(load.position_mm))))
    if apart_mm <= APART_MM:
        return None
    return (
        f"the load stands at {_place_words(found, load.side)} by the cells, not at "
        f"{_place_words(np.array(load.position_mm), load.side)}: move it; or keep it, if cells may be exchanged"
    )


def _place_words(at_mm: FloatArray, side: Side) -> str:
    if float(np.hypot(*at_mm)) < 40.0:
        return "the middle"
    right = (at_mm[0] > 0.0) != (side == "right")
    return f"the {'front' if at_mm[1] > 0.0 else 'rear'} {'right' if right else 'left'}"


def _scale(loaded: Sequence[LoadReading], zero: Sequence[FloatArray], columns: list[int], places: FloatArray) -> _Scale:
    """Counts per newton of each cell from these loads, common to all cells where they do not tell them apart."""
    response = np.array([one.mean[columns] - zero[-1] for one in loaded])
    force_n = np.array([one.load.mass_kg * GRAVITY for one in loaded])
    at_mm = np.array([one.load.position_mm or (np.nan, np.nan) for one in loaded], dtype=np.float64)
    if len({one.load.position_mm for one in loaded}) > len(columns):
        try:
            made = fit_scale(
                response, force_n, at_mm, places,
                method="known masses", mass_sd_fraction=MASS_SD_FRACTION, plate="the plate",
            )  # fmt: skip
            return _Scale(made.counts_per_n, "cells")
        except CalibrationError:
            pass
    sign = np.where(response.sum(axis=0) < 0.0, -1.0, 1.0)
    total = (response * sign).sum(axis=1)
    return _Scale(sign * float(total @ force_n / (force_n @ force_n)), "sum")
