"""Force at the insoles' rate and the plate's scale: each foot by the best that its own sensors allow.

A load-cell plate on HX711 converters is right and slow, an FSR insole fast and wrong by a gain that drifts with
posture; `gain_model` holds the one to the other. A foot without a usable insole has the plate alone, and says so.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.fuse.agreement import disagreement, landing_doubts
from landing_lab.fuse.both_feet import relative_sd, total_sd_n
from landing_lab.fuse.cross_checks import exchange_doubt, feet_apart_sd_s, scale_doubts, timing_doubt
from landing_lab.fuse.foot_pressure import pressures_of
from landing_lab.fuse.fused_foot import FusedFoot, PreparedFoot, fused, prepared
from landing_lab.fuse.gain_model import is_stiff
from landing_lab.fuse.insole_shape import InsoleShape, insole_shape
from landing_lab.fuse.plate_alone import (
    PLATE_EDGE_SD_S,
    PLATE_NOTE,
    TIMING_REFUSAL,
    common_sd_n,
    deconvolved,
    weight_note,
)
from landing_lab.fuse.plate_cells import PlateCell, plate_cells, tared
from landing_lab.fuse.plate_delay import PlateTiming, plate_timing
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.reasons import joined_reasons
from landing_lab.model.recording import Sensor, Stream
from landing_lab.model.result import ForceDoubt, ForceSignals, SideSource

EDGE_SD_S: Final = (0.0010, 0.0012)
"""SD of a touchdown or take-off by the cells of a calibrated and of a nominal insole (docs/fusion.md)."""

MIN_SCANS: Final = 200
MAX_ABSENT: Final = 0.2
"""Scans of the longest insole, and share of the recording without a foot's insole, where the plate is taken alone."""

SIMULATED: Final = "accuracy known from simulated sensors on real landings, not yet from people on insoles"
UNCALIBRATED_NOTE: Final = (
    "the {side} insole is not calibrated on a plate, and its gain is guessed along with the force"
)
ORDER_NOTE: Final = (
    "no calibration of the plate settled its converters' filter, and the likeliest was taken; calibrate the plate with "
    "the unloading step"
)


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """What is known of one side: force, SD, the part of it common to the feet, (n,) newton; origin; doubts."""

    force_n: FloatArray
    sd_n: FloatArray
    common_n: FloatArray
    source: SideSource
    doubts: tuple[ForceDoubt, ...] = ()


def signals_from_insoles_and_plate(plate: Stream, insoles: Mapping[Side, Stream]) -> ForceSignals | str:
    """Force of both feet from a load-cell plate and one or two insoles, or why no insole helps.

    insoles: by foot, one at least; all times are those of the one that sent longest.
    """
    times = max(insoles.values(), key=lambda stream: len(stream.times_s)).times_s
    if len(times) < MIN_SCANS:
        return "the insoles sent next to nothing; check their plugs and repeat the trial"
    cells = {side: tared(plate_cells(plate, side)) for side in plate.layout.sides}
    shapes = {side: insole_shape(insole, times) for side, insole in insoles.items()}
    ready, unusable = _prepared(times, plate, insoles, cells, shapes)
    if not ready:
        return "; ".join(unusable.values())
    clock_sd_s = max(math.hypot(plate.clock.offset_sd_s, insoles[side].clock.offset_sd_s) for side in ready)
    timing = plate_timing(
        {side: one.foot for side, one in ready.items()},
        {side: one.timing_parts for side, one in ready.items()},
        plate.sensor.filter_order,
        clock_sd_s,
    )
    off_scale = scale_doubts(ready, {side: shape for side, shape in shapes.items() if shape}, insoles)
    sides: dict[Side, _Side] = {}
    for side, under in cells.items():
        one = ready.get(side)
        sides[side] = (
            _from_plate(times, under, timing, plate.sensor, unusable.get(side))
            if one is None
            else _from_both(one, side, timing, plate.sensor, insoles[side].sensor, off_scale.get(side))
        )
    signals = _signals(times, sides, plate, insoles, timing)
    return dataclasses.replace(
        signals,
        weight_note="; ".join(filter(None, (signals.weight_note, *off_scale.values()))) or None,
        doubts=tuple(filter(None, (exchange_doubt(ready), timing_doubt(timing)))),
    )


def _prepared(
    times: FloatArray,
    plate: Stream,
    insoles: Mapping[Side, Stream],
    cells: Mapping[Side, list[PlateCell]],
    shapes: Mapping[Side, InsoleShape | None],
) -> tuple[dict[Side, PreparedFoot], dict[Side, str]]:
    """Feet whose insole and plate belong together, and for the others why not."""
    ready: dict[Side, PreparedFoot] = {}
    unusable: dict[Side, str] = {}
    for side, insole in insoles.items():
        shape = shapes[side]
        if not cells.get(side):
            continue
        absent = 1.0 if shape is None else float(np.mean(shape.missing))
        if shape is None or absent > MAX_ABSENT:
            unusable[side] = (
                f"the {side} insole said nothing for {100.0 * absent:.0f} % of the recording; check its plug and "
                "repeat the trial"
            )
            continue
        apart = disagreement(shape.shape_n, cells[side], times, side)
        if apart is not None:
            unusable[side] = apart
            continue
        ready[side] = prepared(times, shape, cells[side], plate.sensor, calibrated=insole.sensor.whole_foot)
    return ready, unusable


def _from_both(
    one: PreparedFoot, side: Side, timing: PlateTiming, plate: Sensor, insole: Sensor, off_scale: str | None
) -> _Side:
    found: FusedFoot = fused(one, side, timing, plate)
    if one.calibrated:
        method = "calibrated insole with a slow and a fast gain" if len(one.parts) > 1 else "calibrated insole"
    else:
        method = "nominal insole"
    told = f"{method}, held to the load-cell plate ({SIMULATED})"
    notes = (
        None if one.calibrated else UNCALIBRATED_NOTE.format(side=side),
        None if timing.known else ORDER_NOTE,
        plate.doubt,
        insole.doubt,
        off_scale,
    )
    source = SideSource(
        source=told,
        edge_sd_s=EDGE_SD_S[0 if one.calibrated else 1],
        note="; ".join(filter(None, notes)) or None,
    )
    return _Side(found.force_n, found.sd_n, found.common_n, source, landing_doubts(one, found, side))


def _from_plate(
    times: FloatArray, cells: list[PlateCell], timing: PlateTiming, plate: Sensor, why: str | None
) -> _Side:
    """A foot without a usable insole: the plate's own force, sharpened, with what that leaves unknown."""
    force, sd = deconvolved(cells, times, plate, timing.order, known=timing.known)
    source = SideSource(
        source="load-cell plate alone, its filter taken out",
        timing_refusal=why or TIMING_REFUSAL,
        edge_sd_s=PLATE_EDGE_SD_S,
        note=PLATE_NOTE,
    )
    return _Side(force, sd, common_sd_n(force, known=timing.known), source)


def _signals(
    times: FloatArray,
    sides: Mapping[Side, _Side],
    plate: Stream,
    insoles: Mapping[Side, Stream],
    timing: PlateTiming,
) -> ForceSignals:
    alike = len({one.source for one in sides.values()}) == 1
    total = _total(sides, alike=alike)
    named: dict[Side, _Side] = {"total": total, **sides}
    doubts = tuple(doubt for one in sides.values() for doubt in one.doubts)
    order = f"sinc{timing.order} filter {'as calibrated' if timing.known else 'as likeliest'}"
    stiff = "stiff plate" if is_stiff(plate.sensor) else "plate of unknown stiffness"
    if plate.sensor.mode_hz and not is_stiff(plate.sensor):
        stiff = f"plate that rings at {plate.sensor.mode_hz:.0f} Hz"
    return ForceSignals(
        times_s=times,
        force_n={side: one.force_n for side, one in named.items()},
        sd_n={side: one.sd_n for side, one in named.items()},
        sample_rate_hz=(len(times) - 1) / float(times[-1] - times[0]),
        offset_n=dict.fromkeys(named, 0.0),
        noise_n={side: 3.0 if side == "total" else 2.0 for side in named},
        resolution_n=2.0,
        sensor_kind="insole_plate",
        source=f"{total.source.source}; {order}, {stiff}",
        amplitude_sd_fraction=relative_sd(total.force_n, total.sd_n),
        amplitude_note=total.source.note,
        scale_sd_fraction=plate.sensor.scale_sd_fraction,
        weight_note=weight_note(plate.sensor),
        edge_sd_s=total.source.edge_sd_s,
        side_offset_sd_s=feet_apart_sd_s(list(insoles.values()), on_plate=True),
        pressure=pressures_of(insoles, times),
        by_side={} if alike else {side: one.source for side, one in named.items()},
        force_doubts=doubts + tuple(_of_total(doubt) for doubt in doubts),
    )


def _total(sides: Mapping[Side, _Side], *, alike: bool) -> _Side:
    """Both feet together: nothing about it is known that is not known of each."""
    force: FloatArray = np.sum([one.force_n for one in sides.values()], axis=0)
    common = [one.common_n for one in sides.values()]
    sources = [one.source for one in sides.values()]
    return _Side(
        force,
        total_sd_n([one.sd_n for one in sides.values()], common),
        np.sum(common, axis=0),
        SideSource(
            source=sources[0].source
            if alike
            else "; ".join(f"{side}: {one.source.source}" for side, one in sides.items()),
            timing_refusal=next((one.timing_refusal for one in sources if one.timing_refusal), None),
            edge_sd_s=max(one.edge_sd_s for one in sources),
            note=joined_reasons(source.note for source in sources),
        ),
    )


def _of_total(doubt: ForceDoubt) -> ForceDoubt:
    return ForceDoubt(side="total", start_s=doubt.start_s, stop_s=doubt.stop_s, sentence=doubt.sentence)
