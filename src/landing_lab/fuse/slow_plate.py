"""Force of a load-cell plate without insoles: enough to weigh, too slow to time or to see an impact."""

from __future__ import annotations

import numpy as np

from landing_lab.fuse.insole_plate import plate_cells, slow_force, tared, weight_note
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Stream
from landing_lab.model.result import ForceSignals

TIMING_REFUSAL = (
    "an HX711 plate cannot time a contact: its filter spreads every touchdown over 40-50 ms at 80 readings a second; "
    "wear the insoles, they can"
)

EDGE_SD_S = 0.02
"""SD of a landing seen through the filter of the converter: enough for the second a body takes to come to rest."""


def signals_from_slow_plate(plate: Stream) -> ForceSignals | str:
    """Force per side and in total on a regular grid at the plate's own rate."""
    by_side = {side: tared(plate_cells(plate, side)) for side in plate.layout.sides}
    by_side = {side: cells for side, cells in by_side.items() if cells}
    if not by_side:
        return "the plate sent too few readings to make a force of; check its wiring and that the RATE pins are high"
    every = [cell for cells in by_side.values() for cell in cells]
    start = max(float(cell.times_s[0]) for cell in every)
    stop = min(float(cell.times_s[-1]) for cell in every)
    rate = plate.sample_rate_hz
    times = np.arange(start, stop, 1.0 / rate)
    if len(times) < 2:
        return "the plate's cells never sent at the same time; check its wiring and repeat the trial"
    force: dict[Side, FloatArray] = {side: slow_force(cells, times) for side, cells in by_side.items()}
    total: FloatArray = np.sum(list(force.values()), axis=0)
    named: dict[Side, FloatArray] = {"total": total}
    if "total" not in force:
        named.update(force)
    return ForceSignals(
        times_s=times,
        force_n=named,
        sample_rate_hz=rate,
        offset_n=dict.fromkeys(named, 0.0),
        noise_n=dict.fromkeys(named, 0.5),
        resolution_n=0.02,
        sensor_kind="hx711_plate",
        source=f"{plate.sensor.description}, re-zeroed on its lowest calm stretch",
        bandwidth_hz=plate.sensor.bandwidth_hz,
        scale_sd_fraction=plate.sensor.scale_sd_fraction,
        weight_note=weight_note(plate.sensor),
        edge_sd_s=EDGE_SD_S,
        timing_refusal=TIMING_REFUSAL,
    )
