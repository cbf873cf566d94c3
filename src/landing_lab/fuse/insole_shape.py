"""What an insole says of the force of its foot, sample by sample: shape for the fusion, before any plate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.calibrate.tare import tare_from_lowest
from landing_lab.fuse.foot_pressure import resampled
from landing_lab.model.blocks import FloatArray
from landing_lab.model.pressure import at_limit
from landing_lab.model.recording import Stream
from landing_lab.model.runs import bridged, runs

CALM: Final = 0.01
"""SD of the unloaded sum, as a share of its 99th percentile, from which somebody stands on the insole."""

UNLOADED: Final = 0.02
"""Share of the same within which the sum is as low as the lowest: the foot is in the air."""

LOWEST_S, UNLOADED_S = 0.05, 0.08
"""Stretches without load that count: a flight of a small hop lasts 150 ms."""

MAX_BRIDGED_SCANS_S: Final = 0.005
"""Missing scans up to this are bridged; longer holes stay holes, and readings that saw them tell no gain."""


@dataclass(frozen=True, slots=True, eq=False)
class InsoleShape:
    """Sum of an insole's cells above their unloaded level on the times of the signals, (n,) newton.

    shape_n: NaN in holes longer than MAX_BRIDGED_SCANS_S, bridged in shorter ones; missing: (n,) both of them.
    at_limit_n: (n,) how much of shape_n lies on cells beyond what they can tell.
    """

    shape_n: FloatArray
    missing: NDArray[np.bool_]
    at_limit_n: FloatArray


def insole_shape(stream: Stream, times_s: FloatArray) -> InsoleShape | None:
    """The shape an insole gives at times_s; None where it sent next to nothing."""
    columns = stream.layout.pick(quantity="force")
    raw = resampled(stream.times_s, stream.samples[:, columns], times_s, stream.sample_rate_hz)
    missing = np.asarray(np.isnan(raw).any(axis=1))
    if (~missing).sum() < 2:
        return None
    cells = np.maximum(raw - _unloaded_level(raw, stream.sample_rate_hz), 0.0)
    at_limit_n = np.where(at_limit(raw, stream.sensor.cell_limit_n or (None,) * len(columns)), cells, 0.0).sum(axis=1)
    shape = bridged(cells.sum(axis=1), round(MAX_BRIDGED_SCANS_S * stream.sample_rate_hz))
    return InsoleShape(shape, missing, at_limit_n)


def _unloaded_level(cells: FloatArray, rate_hz: float) -> FloatArray:
    """Level of every cell without load, (n, c): medians of the flights, in straight lines from one to the next."""
    total = cells.sum(axis=1)
    highest = float(np.nanpercentile(total, 99.0)) - float(np.nanmin(total))
    lowest = tare_from_lowest(total, sample_rate_hz=rate_hz, calm_n=CALM * highest, window_ms=1000.0 * LOWEST_S)
    if lowest is None:
        return np.zeros_like(cells)
    unloaded = total < float(np.mean(total[lowest])) + UNLOADED * highest
    stretches = [(start, stop) for start, stop in runs(unloaded).tolist() if stop - start >= UNLOADED_S * rate_hz] or [
        (lowest.start, lowest.stop)
    ]
    middle = [0.5 * (start + stop) for start, stop in stretches]
    levels = np.array([np.median(cells[start:stop], axis=0) for start, stop in stretches])
    at = np.arange(len(cells), dtype=np.float64)
    return np.column_stack([np.interp(at, middle, column) for column in levels.T])


def contacts(shape_n: FloatArray, level_n: float, least_samples: int) -> list[tuple[int, int]]:
    """Stretches [start, stop) of at least so many samples in which a force is above a level."""
    return [(start, stop) for start, stop in runs(shape_n > level_n).tolist() if stop - start >= least_samples]
