"""Cells of the insoles on the time base of the force signals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from landing_lab.calibrate.tare import tare_from_lowest
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.pressure import FootPressure
from landing_lab.model.recording import Stream

RELATIVE = "the {side} insole is not calibrated on a plate: its numbers are relative to each other only"

COP_SD_MM = (8.0, 15.0)
"""SD of an uncalibrated centre of pressure: published insoles are 7-8.5 mm off across after calibration (pressure.md),
and half a foot's width without; along the foot 8 cells are 20-32 mm off before it."""


def pressures_of(insoles: Mapping[Side, Stream], times_s: FloatArray) -> dict[Side, FootPressure]:
    """What each foot's cells say at times_s (n,); insoles whose cells have no known place are left out."""
    return {side: _foot(stream, side, times_s) for side, stream in insoles.items() if stream.sensor.insole is not None}


def _foot(stream: Stream, side: Side, times_s: FloatArray) -> FootPressure:
    layout = stream.sensor.insole
    assert layout is not None
    columns = stream.layout.pick(side=side)
    cells = resampled(stream.times_s, stream.samples[:, columns], times_s, stream.sample_rate_hz)
    # A vendor has zeroed its own insoles, and in standing alone the lowest stretch is the person.
    own = stream.sensor.kind == "pressure_insole"
    zero = (
        None
        if own
        else tare_from_lowest(cells.sum(axis=1), sample_rate_hz=stream.sample_rate_hz, calm_n=2.0, window_ms=50.0)
    )
    if zero is not None:
        cells = cells - np.median(cells[zero], axis=0)
    places = [stream.layout.channels[column].position_mm for column in columns.tolist()]
    arms = np.array([place or own for place, own in zip(places, layout.place_mm.tolist(), strict=True)])
    calibrated = stream.sensor.whole_foot
    notes = [None if calibrated else RELATIVE.format(side=side), stream.sensor.doubt]
    return FootPressure(
        layout=layout,
        cells_n=np.maximum(cells, 0.0),
        arms_mm=arms,
        calibrated=calibrated,
        force_sd_fraction=stream.sensor.scale_sd_fraction or 0.25,
        cop_sd_mm=stream.sensor.cop_sd_mm or COP_SD_MM,
        source=stream.sensor.description,
        note="; ".join(filter(None, notes)) or None,
    )


def resampled(from_s: FloatArray, samples: FloatArray, to_s: FloatArray, rate_hz: float) -> FloatArray:
    """Samples (n, c) at other times, (m, c): linear between neighbours, NaN where neighbours are missing."""
    if len(from_s) == len(to_s) and from_s[0] == to_s[0] and from_s[-1] == to_s[-1]:
        return samples
    out = np.full((len(to_s), samples.shape[1]), np.nan)
    known = np.flatnonzero(np.isfinite(samples).all(axis=1))
    if len(known) < 2:
        return out
    after = np.clip(np.searchsorted(from_s[known], to_s), 1, len(known) - 1)
    first, second = known[after - 1], known[after]
    width = from_s[second] - from_s[first]
    part = ((to_s - from_s[first]) / width)[:, None]
    between = samples[first] * (1.0 - part) + samples[second] * part
    inside = (width <= 2.5 / rate_hz) & (part[:, 0] >= 0.0) & (part[:, 0] <= 1.0)
    out[inside] = between[inside]
    return out
