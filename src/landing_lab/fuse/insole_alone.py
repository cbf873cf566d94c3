"""Force signals of insoles without any plate: when for certain, how much with an honest uncertainty, or not at all.

An insole that its vendor or a plate has calibrated says the force of the foot; beside a force plate published insoles
read 4 to 37 % less, repeatable to 5 % (pressure.md, decision 4), and more or less on the toes than standing flat. Cells
that nobody has calibrated say when the foot is loaded, and nothing of how much.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from landing_lab.calibrate.tare import Tare, tare_from_lowest, tare_of_rows
from landing_lab.fuse.box_standing import box_standing
from landing_lab.fuse.cross_checks import feet_apart_sd_s
from landing_lab.fuse.foot_pressure import FORCE_SD, newton_per_unit, pressures_of, resampled
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Recording, Stream
from landing_lab.model.result import ForceSignals

AMPLITUDE_SD: Final = 0.17
"""Relative SD of fast force beside that: a calibrated insole alone misses the peak by 12 % (median) and 26 % (90th
percentile) in simulation (fusion.md, row C); nobody has published it for landings on vendors' insoles."""

EDGE_SD_S: Final = 0.0011
"""SD of a touchdown or take-off seen by cells at 1 kHz (fusion.md, row C: 0.99 and 1.03 ms)."""

FRAME_SD: Final = 0.29
"""Frames by which a vendor's frame may be older than it says: cells are scanned during the whole frame (uniform)."""

UNLOADED_SHARE: Final = 0.3
"""Part of what a foot often carries below which a calm stretch is taken for unloaded (choice)."""

CALM_N: Final = 10.0
"""Scatter of an unloaded foot; one that stands moves by more (as detect's tare of plates)."""

NOT_COMPARED: Final = (
    "from insoles without a plate: published insoles read 4 to 37 % less than a plate, repeatable to 5 %, and change "
    "from flat to the toes; compare within one session, or record on a plate"
)

TIMING_ONLY: Final = (
    "insoles that nobody calibrated on a plate tell when, not how much: their newton are nominal; calibrate them "
    "(landing-lab calibrate insole), or record with the load-cell plate"
)

ONE_FOOT: Final = (
    "only the {side} foot was measured, so a flight cannot be told from a step onto the other foot; record both feet, "
    "or say with --task what was done"
)

ONE_FOOT_DOUBT: Final = "the total is the {side} foot alone: the other foot was not measured"

ON_BOX: Final = (
    "standing before a step-off (feet leaving one after the other, then a fall) was taken as the box and set to 0"
)

NOTHING: Final = (
    "the recording holds no plate and no insole, so it says nothing of force; record with one of them connected"
)


def signals_from_insoles(recording: Recording) -> ForceSignals | str:
    """Force signals of the insoles of a recording, or the sentence why they give none."""
    insoles = insoles_of(recording)
    if not insoles:
        return NOTHING
    unplaced = [side for side, stream in insoles.items() if _needs_areas(stream)]
    if unplaced:
        return (
            f"nobody knows how large the cells of the {unplaced[0]} insole are, so pressure gives no force; "
            "describe the insole as a layout (docs/layouts.md)"
        )
    base = max(insoles.values(), key=lambda stream: stream.sample_rate_hz)
    if len(base.times_s) < 2:
        return "the insoles sent too few samples to make a force of; check their link and repeat the recording"
    loads = {side: _foot_load(stream, base.times_s) for side, stream in insoles.items()}
    tares = {side: _tare(load, base.sample_rate_hz) for side, load in loads.items()}
    force = {side: load - float(tares[side].offset_n[0]) for side, load in loads.items()}
    on_box = box_standing(force, base.sample_rate_hz)
    for start, stop in on_box:
        for load in force.values():
            load[start:stop] = 0.0
    total: FloatArray = np.sum(list(force.values()), axis=0)
    signals = _signals(insoles, base, {"total": total, **force}, tares)
    return dataclasses.replace(signals, source=f"{signals.source}; {ON_BOX}") if on_box else signals


def insoles_of(recording: Recording) -> dict[Side, Stream]:
    """The insole under each foot, left first; of several under one foot the first."""
    found: dict[Side, Stream] = {}
    for stream in recording.streams.values():
        if stream.sensor.kind in ("fsr_insole", "pressure_insole") and len(stream.layout):
            found.setdefault(stream.layout.sides[0], stream)
    feet: tuple[Side, ...] = ("left", "right")
    return {side: found[side] for side in feet if side in found}


def cells_in_newton(stream: Stream) -> FloatArray:
    """What the cells of an insole say as force of the part of the sole that each stands for, (n, c) newton."""
    layout = stream.sensor.insole
    if layout is None:
        return stream.samples
    pressure = stream.layout.channels[0].quantity == "pressure"
    return stream.samples * newton_per_unit(layout, whole_foot=stream.sensor.whole_foot, pressure=pressure)


def _needs_areas(stream: Stream) -> bool:
    """Whether cells of pressure have no known area."""
    return stream.layout.channels[0].quantity == "pressure" and stream.sensor.insole is None


def _foot_load(stream: Stream, times_s: FloatArray) -> FloatArray:
    """Sum of a foot's cells at these times, (n,) newton, NaN where one of them is missing."""
    return np.asarray(resampled(stream.times_s, cells_in_newton(stream), times_s, stream.sample_rate_hz).sum(axis=1))


def _tare(load: FloatArray, rate_hz: float) -> Tare:
    """The unloaded reading of a foot's cells, (n,) newton.

    Where they press in the shoe by more than a plate drifts it is the lowest calm stretch, if the foot often carries
    several times as much.
    """
    found = tare_of_rows(load[None, :].copy(), sample_rate_hz=rate_hz)
    if found.unloaded_s:
        return found
    lowest = tare_from_lowest(load, sample_rate_hz=rate_hz, calm_n=CALM_N, window_ms=50.0)
    if lowest is None:
        return found
    level = float(load[lowest].mean())
    if level > UNLOADED_SHARE * float(np.nanquantile(load, 0.9)):
        return found
    return dataclasses.replace(
        found,
        offset_n=np.array([level]),
        noise_n=np.array([float(load[lowest].std())]),
        unloaded_s=(lowest.stop - lowest.start) / rate_hz,
    )


def _signals(
    insoles: Mapping[Side, Stream],
    base: Stream,
    force: dict[Side, FloatArray],
    tares: Mapping[Side, Tare],
) -> ForceSignals:
    sensors = [stream.sensor for stream in insoles.values()]
    known = all(sensor.whole_foot for sensor in sensors)
    vendors = any(sensor.kind == "pressure_insole" for sensor in sensors)
    note = (
        "; ".join(dict.fromkeys(filter(None, (NOT_COMPARED, *(sensor.doubt for sensor in sensors))))) if known else None
    )
    single = next(iter(insoles)) if len(insoles) == 1 else None
    offset = {side: float(tare.offset_n[0]) for side, tare in tares.items()}
    noise = {side: float(tare.noise_n[0]) for side, tare in tares.items()}
    return ForceSignals(
        times_s=base.times_s,
        force_n=force,
        sample_rate_hz=base.sample_rate_hz,
        offset_n={"total": sum(offset.values()), **offset},
        noise_n={"total": math.hypot(*noise.values()), **noise},
        resolution_n=max(float(tare.resolution_n[0]) for tare in tares.values()),
        sensor_kind="pressure_insole" if vendors else "fsr_insole",
        source=_source(list(insoles.values()), tares, known=known),
        scale_sd_fraction=_scale_sd([stream.sensor.scale_sd_fraction for stream in insoles.values()], vendors=vendors),
        amplitude_sd_fraction=AMPLITUDE_SD,
        amplitude_note=note,
        weight_note=note,
        edge_sd_s=max(EDGE_SD_S, FRAME_SD / base.sample_rate_hz if vendors else 0.0),
        side_offset_sd_s=feet_apart_sd_s(list(insoles.values()), on_plate=False),
        force_refusal=None if known else TIMING_ONLY,
        trial_refusal=None if single is None else ONE_FOOT.format(side=single),
        doubts=() if single is None else (ONE_FOOT_DOUBT.format(side=single),),
        pressure=pressures_of(insoles, base.times_s),
    )


def _scale_sd(stated: Sequence[float], *, vendors: bool) -> float:
    return max(*stated, FORCE_SD if vendors else 0.0, 0.0)


def _source(insoles: Sequence[Stream], tares: Mapping[Side, Tare], *, known: bool) -> str:
    """One sentence for the report."""
    made = " and ".join(dict.fromkeys(stream.sensor.description for stream in insoles))
    how = "force is the sum of their cells" if known else "timing only: no cell's force is known"
    zeroed = [side for side, tare in tares.items() if tare.unloaded_s]
    zero = f"re-zeroed on the unloaded {' and '.join(zeroed)} foot" if zeroed else "never unloaded, so not re-zeroed"
    return f"{made}, no plate; {how}, {zero}"
