"""From the raw file of a calibration and its steps to the calibration itself: the same when it is made and later."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from landing_lab.app.calibration.files import SavedStep, SavedSteps
from landing_lab.app.calibration.steps import plate_words
from landing_lab.calibrate.alignment import align
from landing_lab.calibrate.foot_arms import FootStand
from landing_lab.calibrate.insole import CellLoad, fit_insole_bench
from landing_lab.calibrate.insole_on_plate import fit_insole_on_plate
from landing_lab.calibrate.known_load import KnownLoad
from landing_lab.calibrate.layouts import cells_of
from landing_lab.calibrate.plate import fit_plate
from landing_lab.calibrate.plate_readings import CellReadings, cell_readings
from landing_lab.calibrate.tap import PlateMode, plate_mode
from landing_lab.calibrate.unloading import filter_order
from landing_lab.errors import CalibrationError
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.calibration import Calibration, InsoleCalibration, PlateCalibration, from_document
from landing_lab.model.channels import Side
from landing_lab.model.raw import RawRecording, RawStream

DEFAULT_ORDER = 4
"""Taken for how much of a mode the filter hides: the higher of the two that the converter may have."""

LEAST_BOUND_HZ = 10.0
"""A bound below says nothing: every plate is stiffer."""


def fit_steps(raw: RawRecording, saved: SavedSteps, plate: PlateCalibration | None = None) -> list[Calibration]:
    """Every calibration that these steps give; plate: that of the plate under an insole.

    Raises CalibrationError where the steps cannot tell one, with what to add.
    """
    if saved.kind == "plate":
        return [plate_of(raw, saved)]
    if saved.kind == "bench":
        return [_with_entries(bench_of(raw, saved), saved)]
    if saved.kind == "on plate":
        return [_with_entries(made, saved) for made in insoles_of(raw, saved, plate)]
    raise CalibrationError("a check is no calibration; give the raw file of a calibration")


def plate_of(raw: RawRecording, saved: SavedSteps) -> PlateCalibration:
    """Scale, errors, filter order and first mode of a plate board."""
    stream = _stream(raw, "hx711_plate")
    loads = [
        KnownLoad(
            label=one.step.key,
            side=one.step.side,
            mass_kg=one.step.mass_kg,
            frames=between(stream.frames, one.windows_us[0]),
            position_mm=one.step.position_mm,
        )
        for one in saved.steps
        if one.step.kind in ("empty", "load") and one.windows_us
    ]
    made = fit_plate(
        stream.info,
        loads,
        method="common scale" if saved.common_scale else "known masses",
        mass_sd_fraction=saved.mass_sd_pct / 100.0,
        made_at=saved.made_at,
    )
    connected = {side for side, scale in zip(made.side, made.counts_per_n, strict=True) if scale is not None}
    sides: list[Side] = sorted(connected)
    modes = {side: plate_mode(_pieces(stream, saved, "tap", side), order=DEFAULT_ORDER) for side in sides}
    order, probability, told = _one_order({side: _pieces(stream, saved, "unload", side) for side in sides}, modes)
    softest, more = _entered(saved.mode_hz, *_softest(modes))
    made = dataclasses.replace(
        made,
        filter_order=order,
        filter_order_probability=probability,
        mode_hz=softest.mode_hz,
        mode_damping=softest.damping,
        mode_at_least_hz=softest.at_least_hz,
        findings=(*made.findings, *told, *more, *_left_out(saved)),
    )
    return dataclasses.replace(made, temperature_c=saved.temperature_c, operator=saved.operator, notes=saved.note)


def _one_order(
    unloadings: dict[Side, list[list[CellReadings]]], modes: dict[Side, PlateMode]
) -> tuple[int | None, float | None, list[str]]:
    """The order of the converters of a board: they are of one type, so that all plates speak together.

    A plate that rings where the converter hears it says nothing of the order: ringing looks like another one. Plates
    that are sure of different orders give none (fusion.md: pooled it was right in 22 of 24, alone in 79 %).
    """
    told = [
        f"the filter order cannot be told on {plate_words(side)}: it rings after the unloading as after a knock"
        for side, mode in modes.items()
        if _rings(mode) and unloadings[side]
    ]
    calm = {side: pieces for side, pieces in unloadings.items() if not _rings(modes[side])}
    if told and not any(calm.values()):
        return None, None, told
    alone = {side: filter_order(pieces).order for side, pieces in calm.items()}
    known = {side: order for side, order in alone.items() if order is not None}
    if len(set(known.values())) > 1:
        said = " and ".join(f"{order} on {plate_words(side)}" for side, order in known.items())
        return None, None, [*told, f"filter order: {said}, so none is taken; repeat the unloadings more quickly"]
    pooled = filter_order([piece for pieces in calm.values() for piece in pieces])
    if pooled.order is not None and set(known.values()) <= {pooled.order}:
        return pooled.order, pooled.sure, told
    return None, None, [*told, f"filter order not known: {pooled.reason or 'the plates do not agree'}"]


def _rings(mode: PlateMode) -> bool:
    """Whether a knock made the plate ring as far as the converters can see."""
    return mode.mode_hz is not None or "rings" in (mode.reason or "")


def _softest(modes: dict[Side, PlateMode]) -> tuple[PlateMode, list[str]]:
    """The mode that limits the board: the lowest that is seen, else the lowest bound; with what each plate says."""
    told = [f"first mode of {plate_words(side)}: {mode.reason}" for side, mode in modes.items() if mode.reason]
    seen = [mode for mode in modes.values() if mode.mode_hz is not None]
    if seen:
        if len(modes) > 1:
            told += [
                f"first mode of {plate_words(side)}: {mode.mode_hz:.1f} Hz"
                for side, mode in modes.items()
                if mode.mode_hz
            ]
        return min(seen, key=lambda mode: mode.mode_hz or 0.0), told
    bounds = [mode.at_least_hz for mode in modes.values()]
    known = [bound for bound in bounds if bound is not None and bound >= LEAST_BOUND_HZ]
    return PlateMode(at_least_hz=min(known) if known and len(known) == len(bounds) else None), told


def _entered(mode_hz: float | None, knocked: PlateMode, told: list[str]) -> tuple[PlateMode, list[str]]:
    """A first mode that was measured by other means, unless the knocks saw a lower one; with what to know of it."""
    if mode_hz is None:
        return knocked, told
    if knocked.mode_hz is not None and knocked.mode_hz < mode_hz:
        refused = (
            f"the first mode of {mode_hz:g} Hz that was entered by hand was left out: the knocks showed one at "
            f"{knocked.mode_hz:.1f} Hz"
        )
        return knocked, [*told, refused]
    return PlateMode(mode_hz=mode_hz), [*told, f"the first mode of {mode_hz:g} Hz was entered by hand (--mode-hz)"]


def _pieces(stream: RawStream, saved: SavedSteps, kind: str, side: Side) -> list[list[CellReadings]]:
    return [
        cell_readings(stream.info, between(stream.frames, window), side)
        for one in saved.steps
        if one.step.kind == kind and one.step.side == side
        for window in one.windows_us
    ]


def _left_out(saved: SavedSteps) -> list[str]:
    skipped = [one.step.key for one in saved.steps if one.status == "skipped" and one.step.kind == "load"]
    kept = [one.step.key for one in saved.steps if one.status == "kept" and one.step.kind != "unload"]
    told = [f"left out: {', '.join(skipped)}"] if skipped else []
    return told + ([f"kept by the operator although they contradict: {', '.join(kept)}"] if kept else [])


def insoles_of(raw: RawRecording, saved: SavedSteps, plate: PlateCalibration | None) -> list[InsoleCalibration]:
    """Insoles of the feet that were asked for, from the postures on the plate."""
    postures_s = posture_times_s(raw, saved.steps)
    skipped = [one.step.key for one in saved.steps if one.status == "skipped"]
    stand = None if saved.heel_mm is None else FootStand(heel_mm=saved.heel_mm, toe_out_deg=saved.toe_out_deg)
    made = []
    feet: tuple[Literal["left", "right"], ...] = ("left", "right")
    for side in feet:
        if side in saved.sides:
            one = fit_insole_on_plate(
                raw,
                side,
                postures_s=postures_s,
                plate=plate,
                bench=_bench_in(raw, side),
                stand=stand,
                made_at=saved.made_at,
            )
            told = (f"left out, so the error is known for less: {', '.join(skipped)}",) if skipped else ()
            made.append(dataclasses.replace(one, findings=(*one.findings, *told)))
    return made


def _bench_in(raw: RawRecording, side: Side) -> InsoleCalibration | None:
    """The bench calibration of a foot's insole that a raw file carries, which holds the laws of its cells."""
    documents = raw.metadata.get("calibrations")
    if not isinstance(documents, Mapping):
        return None
    for device_id in [one.info.device_id for one in raw.streams.values() if one.info.placement == side]:
        made = from_document(documents[device_id]) if device_id in documents else None
        if isinstance(made, InsoleCalibration) and made.method == "bench":
            return made
    return None


def posture_times_s(raw: RawRecording, steps: Sequence[SavedStep]) -> dict[str, tuple[float, float]]:
    """Posture -> from, to in seconds of the recording, whose zero is the first sample of any board."""
    filled = {name: stream for name, stream in raw.streams.items() if len(stream.frames) > 1}
    plates = [name for name, stream in filled.items() if stream.info.sensor_kind == "hx711_plate"]
    if not plates:
        raise CalibrationError("the raw file holds nothing of a plate; connect it and repeat the session")
    clocks = align(filled)
    zero_s = min(float(clocks[name].to_host(stream.frames.ticks_us[:1])[0]) for name, stream in filled.items())
    times: dict[str, tuple[float, float]] = {}
    for one in steps:
        if one.step.posture and one.windows_us:
            ticks = np.array([one.windows_us[0][0], one.windows_us[-1][1]], dtype=np.int64)
            start_s, stop_s = (clocks[plates[0]].to_host(ticks) - zero_s).tolist()
            times[one.step.posture] = (max(0.0, start_s), stop_s)
    return times


def bench_of(raw: RawRecording, saved: SavedSteps) -> InsoleCalibration:
    """An insole whose cells were loaded one by one."""
    stream = _stream(raw, "fsr_insole")
    loads = [
        CellLoad(
            label=one.step.key,
            cell=-1 if one.step.cell is None else one.step.cell,
            mass_kg=one.step.mass_kg,
            counts=between(stream.frames, one.windows_us[0]).counts,
        )
        for one in saved.steps
        if one.windows_us
    ]
    cells, _ = cells_of(stream.info, raw.metadata.get("insole_layouts"))
    return fit_insole_bench(stream.info, loads, cells=cells, made_at=saved.made_at)


def _with_entries(made: InsoleCalibration, saved: SavedSteps) -> InsoleCalibration:
    return dataclasses.replace(made, temperature_c=saved.temperature_c, operator=saved.operator, notes=saved.note)


def _stream(raw: RawRecording, sensor_kind: str) -> RawStream:
    for stream in raw.streams.values():
        if stream.info.sensor_kind == sensor_kind and len(stream.frames):
            return stream
    kind = "plate" if sensor_kind == "hx711_plate" else "insole"
    raise CalibrationError(f"the raw file holds nothing of a {kind}; choose the raw file of its calibration")


def between(frames: FrameBlock, window_us: tuple[int, int]) -> FrameBlock:
    """Frames of a time on the board's clock."""
    inside = (frames.ticks_us >= window_us[0]) & (frames.ticks_us < window_us[1])
    return frames.rows(inside)
