"""Force of a load-cell plate without insoles: enough to weigh and to tell a peak with its error, too slow to time."""

from __future__ import annotations

from typing import Final

import numpy as np

from landing_lab.calibrate.filter_response import ORDERS
from landing_lab.fuse.both_feet import relative_sd, total_sd_n
from landing_lab.fuse.plate_alone import (
    PLATE_EDGE_SD_S,
    PLATE_NOTE,
    TIMING_REFUSAL,
    common_sd_n,
    deconvolved,
    weight_note,
)
from landing_lab.fuse.plate_cells import plate_cells, tared
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Stream
from landing_lab.model.result import ForceSignals

STEP_S: Final = 0.005
"""Force is given on the knots of its model: 200 Hz hold everything that a converter at 80 SPS lets through."""


def signals_from_slow_plate(plate: Stream) -> ForceSignals | str:
    """Force per side and in total at 200 Hz, the converters' filter taken out, or why there is none."""
    by_side = {side: tared(plate_cells(plate, side)) for side in plate.layout.sides}
    by_side = {side: cells for side, cells in by_side.items() if cells}
    if not by_side:
        return "the plate sent too few readings to make a force of; check its wiring and that the RATE pins are high"
    every = [cell for cells in by_side.values() for cell in cells]
    start = max(float(cell.times_s[0]) for cell in every)
    stop = min(float(cell.times_s[-1]) for cell in every)
    times = np.arange(start, stop, STEP_S)
    if len(times) < 2:
        return "the plate's cells never sent at the same time; check its wiring and repeat the trial"
    order = plate.sensor.filter_order
    made = {
        side: deconvolved(cells, times, plate.sensor, order or ORDERS[-1], known=order is not None)
        for side, cells in by_side.items()
    }
    total_n: FloatArray = np.sum([force for force, _ in made.values()], axis=0)
    common = [common_sd_n(force, known=order is not None) for force, _ in made.values()]
    sd_n = total_sd_n([sd for _, sd in made.values()], common)
    named: dict[Side, tuple[FloatArray, FloatArray]] = {"total": (total_n, sd_n)}
    if "total" not in made:
        named.update(made)
    return ForceSignals(
        times_s=times,
        force_n={side: force for side, (force, _) in named.items()},
        sd_n={side: sd for side, (_, sd) in named.items()},
        sample_rate_hz=1.0 / STEP_S,
        offset_n=dict.fromkeys(named, 0.0),
        noise_n=dict.fromkeys(named, 2.0),
        resolution_n=0.02,
        sensor_kind="hx711_plate",
        source=f"{plate.sensor.description}, re-zeroed on its unloaded stretches, its converters' filter taken out",
        bandwidth_hz=plate.sensor.bandwidth_hz,
        amplitude_sd_fraction=relative_sd(total_n, sd_n),
        amplitude_note=PLATE_NOTE,
        scale_sd_fraction=plate.sensor.scale_sd_fraction,
        weight_note=weight_note(plate.sensor),
        edge_sd_s=PLATE_EDGE_SD_S,
        timing_refusal=TIMING_REFUSAL,
    )
