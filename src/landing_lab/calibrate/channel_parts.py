"""What stops measuring in the middle of a recording: readings that repeat, tops that are cut off, signs that turned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.model.blocks import CountArray, FloatArray, IntArray
from landing_lab.model.channels import ChannelLayout
from landing_lab.model.runs import runs

HELD_S: Final = 0.3
"""A channel with noise never repeats one value for so long; sound ones in simulation did for 35 ms at most (choice)."""

HELD_READINGS: Final = 24
"""The same of a load cell: 0.3 s at 80 readings a second; a 24-bit converter repeats one reading by chance in 24."""

IDLE_HELD_S: Final = 1.0
IDLE_COUNTS: Final = 10
"""An unloaded cell may read 0 for long; all of them at levels above this, unmoved for a second, are no converter."""

LOADED_COUNTS: Final = 100
"""A cell so far above its lowest carries a foot."""

SILENT_COUNTS: Final = 3
"""Range of a cell without signal: noise of the converter."""

AIR_SHARE: Final = 0.1
AGAIN_SHARE: Final = 0.3
"""Share of the load of all cells below which the foot is in the air, and of a cell's own range that a landing brings
again (choice)."""

FLAT_SCANS: Final = 10
"""Scans in a row at one highest count that several cells share: a natural peak has one or two, and its own height."""

REVERSED_SHARE: Final = 0.25
REVERSED_N: Final = 20.0
"""A cell that falls by more than both (share of what the others of its plate rise by) where they carry a foot is wired
the other way round: at the edge of a plate the far cell is relieved by a tenth (choice)."""


def longest_repeat(counts: FloatArray) -> tuple[int, int]:
    """First and one past the last reading of the longest stretch in which a channel, (k,), repeats one value."""
    same = runs(np.diff(counts) == 0.0)
    if not len(same):
        return 0, min(1, len(counts))
    start, stop = same[int(np.argmax(same[:, 1] - same[:, 0]))].tolist()
    return start, stop + 1


def frozen_scans(counts: CountArray, rate_hz: float) -> NDArray[np.bool_]:
    """Scans, (n,), of stretches in which every cell of an insole, counts (n, c), repeats one value.

    Under a foot HELD_S are enough; unloaded cells that read nothing at all are left alone.
    """
    frozen = np.zeros(len(counts), dtype=bool)
    if not counts.size:
        return frozen
    lowest = counts.min(axis=0)
    for start, last in runs((np.diff(counts, axis=0) == 0).all(axis=1)).tolist():
        stop, row = last + 1, counts[start]
        loaded = int((row - lowest).max()) >= LOADED_COUNTS and stop - start >= HELD_S * rate_hz
        if loaded or (int(row.max()) > IDLE_COUNTS and stop - start >= IDLE_HELD_S * rate_hz):
            frozen[start:stop] = True
    return frozen


def held_cell(counts: FloatArray, others: FloatArray, rate_hz: float) -> tuple[int, str] | None:
    """From which scan on a cell, (n,), no longer follows the others, (n, c), and how; None where it does.

    Held above zero while the others move; or silent from there to the end, though the foot landed again on all others.
    """
    if others.shape[1] == 0:
        return None
    start, stop = longest_repeat(counts)
    if stop - start >= HELD_S * rate_hz and counts[start] > SILENT_COUNTS and _moved(others[start:stop]):
        return start, f"stays at exactly {counts[start]:.0f} counts"
    lively = np.flatnonzero(np.abs(counts - counts[-1]) > SILENT_COUNTS)
    if not len(lively):
        return None
    start = int(lively[-1]) + 1
    if len(counts) - start >= HELD_S * rate_hz and np.ptp(counts[:start]) >= LOADED_COUNTS:
        return (start, "no longer responds") if _landed_again(others, start) else None
    return None


def _landed_again(others: FloatArray, start: int) -> bool:
    """Whether a foot left and came back after scan `start` and loaded all of the other cells, (n, c), as before.

    On tiptoe and in hops several cells are silent, and in a push-off the heel is.
    """
    load, later = others.sum(axis=1), others[start:].sum(axis=1)
    in_air = float(load.min()) + AIR_SHARE * float(np.ptp(load))
    comes_back = float(later[int(np.argmin(later)) :].max()) >= float(load.min()) + 0.5 * float(np.ptp(load))
    landed = float(later.min()) <= in_air and comes_back
    return landed and bool((np.ptp(others[start:], axis=0) >= AGAIN_SHARE * np.ptp(others[:start], axis=0)).all())


def _moved(others: FloatArray) -> bool:
    return float(np.median(np.ptp(others, axis=0))) >= LOADED_COUNTS


def flat_tops(counts: FloatArray) -> dict[int, int]:
    """Cells of an insole, counts (n, c), that share one highest count for FLAT_SCANS in a row, and that count."""
    top = counts.max(axis=0)
    long = np.zeros(len(top), dtype=bool)
    for cell, highest in enumerate(top.tolist()):
        at_top = runs(counts[:, cell] == highest)
        long[cell] = highest >= LOADED_COUNTS and int((at_top[:, 1] - at_top[:, 0]).max()) >= FLAT_SCANS
    return {cell: int(top[cell]) for cell in np.flatnonzero(long).tolist() if (top[long] == top[cell]).sum() > 1}


def reversed_cells(layout: ChannelLayout, samples_n: FloatArray, channel: IntArray, device_id: str) -> list[str]:
    """A sentence for every load cell that reads less where the others of its plate read more.

    samples_n: (n, c) newton, of which row i counts in column channel[i].
    """
    told = []
    for side in layout.sides:
        columns = layout.pick(quantity="force", side=side).tolist()
        rows = {column: np.flatnonzero(channel == column) for column in columns if (channel == column).sum() > 1}
        grid = np.arange(0, len(channel), max(1, len(columns)))
        cells = [np.interp(grid, rows[column], samples_n[rows[column], column]) for column in rows]
        told += [
            f"{layout.channels[list(rows)[cell]].name} of {device_id} falls where the others of its plate rise; its "
            "signal wires are exchanged: swap A+ and A-, calibrate the plate and repeat the trial"
            for cell in _against(cells)
        ]
    return told


def _against(cells: Sequence[FloatArray]) -> list[int]:
    """Cells, (n,) newton each at the same instants, that fall where the median of the others carries a foot."""
    found = []
    for cell, own in enumerate(cells):
        rest = [other for index, other in enumerate(cells) if index != cell]
        if len(rest) < 2:
            return []
        middle = np.median(rest, axis=0)
        low, high = np.nanpercentile(middle, 5.0), np.nanpercentile(middle, 99.0)
        loaded, empty = middle > low + 0.4 * (high - low), middle < low + 0.05 * (high - low)
        if not (loaded.any() and empty.any()):
            continue
        rise = float(np.mean(own[loaded]) - np.mean(own[empty]))
        usual = float(np.mean(middle[loaded]) - np.mean(middle[empty]))
        if -rise > max(REVERSED_N, REVERSED_SHARE * usual):
            found.append(cell)
    return found
