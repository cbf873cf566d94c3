"""Cells of the insoles on the time base of the force signals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.calibrate.tare import tare_from_lowest
from landing_lab.model import nominal
from landing_lab.model.blocks import FloatArray, IntArray
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.model.pressure import FootPressure, at_limit
from landing_lab.model.recording import Sensor, Stream

RELATIVE: Final = "the {side} insole is not calibrated on a plate: its numbers are relative to each other only"

FORCE_SD: Final = 0.23
"""Relative SD of the sum of cells that nobody calibrated on a plate: root mean square of biases spread evenly over the
published -4 to -37 % (pressure.md, decision 4)."""

VENDOR_COP_SD_MM: Final = (8.0, 15.0)
"""SD of a vendor's centre of pressure across and along the foot: published insoles are 7-8.5 mm off across in cutting,
after calibration (pressure.md); along the foot: choice, in proportion to its length."""

RAW_COP_SD_MM: Final = {8: (12.0, 24.0), 16: (6.0, 11.0)}
"""The same of so many or more cells that nobody calibrated, each standing for a part of the sole: root mean squares of
8- and 16-cell layouts read from a real walk of 99 cells were 7-13 and 5-6 mm across, 15-28 and 5-11 mm along
(insole_layout_simulation.txt); of fewer cells as of 8."""

CALM_N: Final = 24.0
"""Scatter of the force of a foot, as its cells say it, up to which an FSR insole is calm (choice)."""

BRIDGED_PERIODS: Final = 2.5
"""Neighbours further apart than this many sample periods are a gap: one lost frame is bridged, two are not."""


def pressures_of(insoles: Mapping[Side, Stream], times_s: FloatArray) -> dict[Side, FootPressure]:
    """What each foot's cells say at times_s (n,); insoles whose cells have no known place are left out.

    Each insole keeps its own rate: it is read between its neighbouring frames, and is missing where those are.
    """
    feet = {side: _foot(stream, side, times_s) for side, stream in insoles.items()}
    return {side: foot for side, foot in feet.items() if foot is not None}


def _foot(stream: Stream, side: Side, times_s: FloatArray) -> FootPressure | None:
    sensor, layout = stream.sensor, stream.sensor.insole
    columns, is_pressure = _columns(stream, side)
    if layout is None or len(columns) != len(layout):
        return None
    own = stream.samples[:, columns]
    held = _at_limit(stream, own, times_s)
    if sensor.kind == "fsr_insole":
        own = _zeroed(own, stream.sample_rate_hz, CALM_N if sensor.whole_foot else CALM_N * nominal.INSOLE_SEEN_SHARE)
    cells = resampled(stream.times_s, own, times_s, stream.sample_rate_hz)
    places = [stream.layout.channels[column].position_mm for column in columns.tolist()]
    arms = np.array([place or own for place, own in zip(places, layout.place_mm.tolist(), strict=True)])
    # A vendor's places are part of its calibration; ours came from a plate where it also says how well it knows them.
    told = sensor.kind != "fsr_insole" or sensor.cop_sd_mm is not None
    calibrated = sensor.calibrated and sensor.whole_foot and told
    notes = [None if calibrated else RELATIVE.format(side=side), sensor.doubt]
    return FootPressure(
        layout=layout,
        cells_n=np.maximum(cells * newton_per_unit(layout, whole_foot=sensor.whole_foot, pressure=is_pressure), 0.0),
        arms_mm=arms,
        calibrated=calibrated,
        force_sd_fraction=sensor.scale_sd_fraction if calibrated and sensor.scale_sd_fraction else FORCE_SD,
        cop_sd_mm=_cop_sd_mm(sensor, layout, calibrated=calibrated),
        turn_sd_deg=sensor.turn_sd_deg if calibrated else 0.0,
        place_doubt=sensor.place_doubt if calibrated else None,
        source=sensor.description,
        sample_rate_hz=stream.sample_rate_hz,
        sole=shared_by_weight(sensor.cell_weight, layout),
        at_limit=held,
        note="; ".join(filter(None, notes)) or None,
    )


def _columns(stream: Stream, side: Side) -> tuple[NDArray[np.intp], bool]:
    """The columns of one foot's cells, and whether they are pressures; other columns (sums, COP) are no cells."""
    pressures = stream.layout.pick(quantity="pressure", side=side)
    return (pressures, True) if len(pressures) else (stream.layout.pick(quantity="force", side=side), False)


def _at_limit(stream: Stream, own: FloatArray, times_s: FloatArray) -> NDArray[np.bool_] | None:
    """Where a cell, or a frame beside it, reads as much as it can tell, (m, c); None where none does."""
    limit = stream.sensor.cell_limit_n
    if len(limit) != own.shape[1]:
        return None
    beyond = at_limit(own, limit)
    if not beyond.any():
        return None
    return np.asarray(resampled(stream.times_s, beyond.astype(np.float64), times_s, stream.sample_rate_hz) > 0.0)


def newton_per_unit(layout: InsoleLayout, *, whole_foot: bool, pressure: bool) -> FloatArray:
    """What turns a reading of each cell into newton of the part of the sole that it stands for, (c,).

    A cell that nobody calibrated on a plate reads the force on its own small area: pressure there is taken for that
    of its whole part of the sole. Weights of a calibration on a plate have that in them.
    """
    if pressure:
        return np.asarray(layout.area_mm2 / 1000.0)
    if whole_foot or layout.sensing_area_mm2 is None:
        return np.ones(len(layout))
    return np.asarray(layout.area_mm2 / layout.sensing_area_mm2)


def shared_by_weight(cell_weight: Sequence[float], layout: InsoleLayout) -> FloatArray | None:
    """What makes of cells weighted on a plate their own pressure times area, (c,); None without weights.

    On a real walk, the medial-lateral index by the weights was 0.22 to 0.42 off, by each cell's own pressure 0.11 to
    0.21 (root mean square, three layouts).
    """
    weight = np.array(cell_weight)
    if len(weight) != len(layout) or layout.sensing_area_mm2 is None:
        return None
    return np.where(weight > 0.0, layout.area_mm2 / layout.sensing_area_mm2 / np.where(weight > 0.0, weight, 1.0), 0.0)


def _cop_sd_mm(sensor: Sensor, layout: InsoleLayout, *, calibrated: bool) -> tuple[float, float]:
    if calibrated:
        return sensor.cop_sd_mm or VENDOR_COP_SD_MM
    return RAW_COP_SD_MM[16 if len(layout) >= 16 else 8]


def _zeroed(cells: FloatArray, rate_hz: float, calm_n: float) -> FloatArray:
    """Cells above their median in the lowest calm stretch of their sum; as they are where there is none."""
    live = np.isfinite(cells).any(axis=0)
    zero = tare_from_lowest(cells[:, live].sum(axis=1), sample_rate_hz=rate_hz, calm_n=calm_n, window_ms=50.0)
    return cells if zero is None else np.asarray(cells - np.median(cells[zero], axis=0))


def resampled(from_s: FloatArray, samples: FloatArray, to_s: FloatArray, rate_hz: float) -> FloatArray:
    """Samples (n, c) at other times, (m, c): linear between neighbours, NaN where neighbours are missing.

    A channel that never read anything is missing throughout and hides no other; otherwise a frame is whole or missing.
    """
    out = np.full((len(to_s), samples.shape[1]), np.nan)
    there = np.isfinite(samples)
    live = np.flatnonzero(there.any(axis=0))
    known: IntArray = np.flatnonzero(there[:, live].all(axis=1)) if len(live) else np.zeros(0, dtype=np.int64)
    if len(known) < 2 or not len(to_s):
        return out
    if len(known) == len(from_s) == len(to_s) and from_s[0] == to_s[0] and from_s[-1] == to_s[-1]:
        return samples
    after = np.clip(np.searchsorted(from_s[known], to_s), 1, len(known) - 1)
    first, second = known[after - 1], known[after]
    width = from_s[second] - from_s[first]
    share = ((to_s - from_s[first]) / width)[:, None]
    between = samples[first][:, live] * (1.0 - share) + samples[second][:, live] * share
    on_frame = (share[:, 0] == 0.0) | (share[:, 0] == 1.0)  # a frame beside a gap is there all the same
    near = (width <= BRIDGED_PERIODS / rate_hz) & (share[:, 0] >= 0.0) & (share[:, 0] <= 1.0)
    inside = near | on_frame
    out[np.ix_(inside, live)] = between[inside]
    return out
