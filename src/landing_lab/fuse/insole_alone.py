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

from landing_lab.calibrate.tare import Tare, tare_of_rows
from landing_lab.fuse.box_standing import box_standing
from landing_lab.fuse.foot_pressure import pressures_of, resampled
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Channel, ChannelLayout, Side
from landing_lab.model.recording import Recording, Stream
from landing_lab.model.result import ForceSignals

VENDOR_SCALE_SD: Final = 0.23
"""Relative SD of an insole against a plate: root mean square of biases spread evenly over the published -4 to -37 %."""

AMPLITUDE_SD: Final = 0.17
"""Relative SD of fast force beside that: a calibrated insole alone misses the peak by 12 % (median) and 26 % (90th
percentile) in simulation (fusion.md, row C); nobody has published it for landings on vendors' insoles."""

EDGE_SD_S: Final = 0.0011
"""SD of a touchdown or take-off seen by cells at 1 kHz (fusion.md, row C: 0.99 and 1.03 ms)."""

FRAME_SD: Final = 0.29
"""Frames by which a vendor's frame may be older than it says: cells are scanned during the whole frame (uniform)."""

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
    in_newton = {side: cells_in_newton(stream) for side, stream in insoles.items()}
    loads = {side: _foot_load(stream, base.times_s) for side, stream in in_newton.items()}
    tares = {
        side: tare_of_rows(load[None, :].copy(), sample_rate_hz=base.sample_rate_hz) for side, load in loads.items()
    }
    force = {side: load - float(tares[side].offset_n[0]) for side, load in loads.items()}
    on_box = box_standing(force, base.sample_rate_hz)
    for start, stop in on_box:
        for load in force.values():
            load[start:stop] = 0.0
    total: FloatArray = np.sum(list(force.values()), axis=0)
    signals = _signals(insoles, in_newton, base, {"total": total, **force}, tares)
    return dataclasses.replace(signals, source=f"{signals.source}; {ON_BOX}") if on_box else signals


def insoles_of(recording: Recording) -> dict[Side, Stream]:
    """The insole under each foot, left first; of several under one foot the first."""
    found: dict[Side, Stream] = {}
    for stream in recording.streams.values():
        if stream.sensor.kind in ("fsr_insole", "pressure_insole") and len(stream.layout):
            found.setdefault(stream.layout.sides[0], stream)
    feet: tuple[Side, ...] = ("left", "right")
    return {side: found[side] for side in feet if side in found}


def cells_in_newton(stream: Stream) -> Stream:
    """The same cells as the force of the part of the sole that each stands for.

    Pressure times area; nominal newton on the small area of an uncalibrated FSR as if its pressure held for its part
    of the sole, which is the right order of magnitude and no more. Zones, and cells calibrated on a plate, are it.
    """
    layout, sensor = stream.sensor.insole, stream.sensor
    if layout is None or (stream.layout.channels[0].quantity == "force" and sensor.whole_foot):
        return stream
    if stream.layout.channels[0].quantity == "pressure":
        factor = layout.area_mm2 * 1e-3
    elif layout.sensing_area_mm2 is not None:
        factor = layout.area_mm2 / layout.sensing_area_mm2
    else:
        return stream
    channels = tuple(Channel(one.name, "force", "N", one.side, one.position_mm) for one in stream.layout.channels)
    return dataclasses.replace(stream, samples=stream.samples * factor, layout=ChannelLayout(channels))


def _needs_areas(stream: Stream) -> bool:
    """Whether cells of pressure have no known area."""
    return stream.layout.channels[0].quantity == "pressure" and stream.sensor.insole is None


def _foot_load(stream: Stream, times_s: FloatArray) -> FloatArray:
    """Sum of a foot's cells at these times, (n,) newton, NaN where one of them is missing."""
    return np.asarray(resampled(stream.times_s, stream.samples, times_s, stream.sample_rate_hz).sum(axis=1))


def _signals(
    insoles: Mapping[Side, Stream],
    in_newton: Mapping[Side, Stream],
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
        side_offset_sd_s=math.hypot(*(stream.clock.offset_sd_s for stream in insoles.values())),
        force_refusal=None if known else TIMING_ONLY,
        trial_refusal=None if single is None else ONE_FOOT.format(side=single),
        doubts=() if single is None else (ONE_FOOT_DOUBT.format(side=single),),
        pressure=pressures_of(in_newton, base.times_s),
    )


def _scale_sd(stated: Sequence[float], *, vendors: bool) -> float:
    return max(*stated, VENDOR_SCALE_SD if vendors else 0.0, 0.0)


def _source(insoles: Sequence[Stream], tares: Mapping[Side, Tare], *, known: bool) -> str:
    """One sentence for the report."""
    made = " and ".join(dict.fromkeys(stream.sensor.description for stream in insoles))
    how = "force is the sum of their cells" if known else "timing only: no cell's force is known"
    zeroed = [side for side, tare in tares.items() if tare.unloaded_s]
    zero = f"re-zeroed on the unloaded {' and '.join(zeroed)} foot" if zeroed else "never unloaded, so not re-zeroed"
    return f"{made}, no plate; {how}, {zero}"
