"""Load cells of a free-running plate: each with its own readings, instants and conversion period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landing_lab.calibrate.rhythm import MIN_READINGS, in_rhythm
from landing_lab.calibrate.tare import tare_from_lowest
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Stream
from landing_lab.model.runs import runs

MAX_SILENCE = 4.0
"""Periods without a reading after which a cell's force is missing: as long as its filter remembers."""

GRID_S = 0.01
CALM_N = 5.0
EMPTY_N = 10.0
"""The empty plate: a calm stretch of the lowest sum, and everything within this of it."""

EMPTY_S, SETTLED_S = 0.15, 0.06
"""An empty stretch lasts at least so long; its beginning still holds the filter's memory, 4 periods (hardware.md)."""


@dataclass(frozen=True, slots=True, eq=False)
class PlateCell:
    """Readings of one load cell: times_s (k,) s, force_n (k,) N, and its fitted conversion period."""

    times_s: FloatArray
    force_n: FloatArray
    period_s: float


def plate_cells(stream: Stream, side: Side) -> list[PlateCell]:
    """The cells under one foot of a free-running plate stream; cells with too few readings are left out."""
    cells = []
    for column in stream.layout.pick(quantity="force", side=side):
        there = np.flatnonzero(np.isfinite(stream.samples[:, column]))
        if len(there) < MIN_READINGS:
            continue
        times, period_s = in_rhythm(stream.times_s[there])
        cells.append(PlateCell(times, stream.samples[there, column], period_s))
    return cells


def silent_cells(stream: Stream) -> str | None:
    """The sentence that force without the silent cells would be too small; None where all cells or none are heard."""
    readings = np.isfinite(stream.samples).sum(axis=0)
    silent = np.flatnonzero(readings < MIN_READINGS)
    if len(silent) in (0, len(readings)):
        return None
    names = ", ".join(stream.layout.channels[column].name for column in silent)
    return (
        f"the plate's {names} sent fewer than {MIN_READINGS} readings, and force without it would be too small; "
        "check its wiring and repeat the trial"
    )


def unheard(cells: Sequence[PlateCell], times_s: FloatArray) -> NDArray[np.bool_]:
    """Where a cell has no reading within MAX_SILENCE periods, (n,): what the others say is not the foot's force."""
    silent = np.zeros(len(times_s), dtype=bool)
    for cell in cells:
        known = np.concatenate([[-np.inf], cell.times_s, [np.inf]])
        after = np.searchsorted(known, times_s)
        nearest = np.minimum(times_s - known[after - 1], known[after] - times_s)
        silent |= nearest > 0.5 * MAX_SILENCE * cell.period_s
    return silent


def slow_force(cells: list[PlateCell], times_s: FloatArray, *, delay_s: float = 0.0) -> FloatArray:
    """Sum of the cells on other times, (n,) newton, each moved by delay_s."""
    total = np.zeros(len(times_s))
    for cell in cells:
        total += np.interp(times_s, cell.times_s - delay_s, cell.force_n)
    return total


def tared(cells: list[PlateCell]) -> list[PlateCell]:
    """Cells re-zeroed on every unloaded stretch, in a straight line from one to the next: load cells drift."""
    if not cells:
        return cells
    grid = np.arange(max(cell.times_s[0] for cell in cells), min(cell.times_s[-1] for cell in cells), GRID_S)
    total = slow_force(cells, grid)
    lowest = tare_from_lowest(total, sample_rate_hz=1.0 / GRID_S, calm_n=CALM_N, window_ms=1000.0 * EMPTY_S)
    if lowest is None:
        return cells
    empty = np.abs(total - float(total[lowest].mean())) < EMPTY_N
    stretches = [
        (float(grid[start]) + SETTLED_S, float(grid[stop - 1]))
        for start, stop in runs(empty).tolist()
        if (stop - start) * GRID_S >= EMPTY_S
    ] or [(float(grid[lowest.start]), float(grid[lowest.stop - 1]))]
    middle = [0.5 * (start + stop) for start, stop in stretches]
    return [
        PlateCell(
            cell.times_s,
            cell.force_n - np.interp(cell.times_s, middle, [_level(cell, *between) for between in stretches]),
            cell.period_s,
        )
        for cell in cells
    ]


def _level(cell: PlateCell, start_s: float, stop_s: float) -> float:
    return float(np.mean(np.interp(np.linspace(start_s, stop_s, 8), cell.times_s, cell.force_n)))
