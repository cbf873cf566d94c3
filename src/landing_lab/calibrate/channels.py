"""Channels that do not measure: saturated, stuck, open or drifting, told from some seconds of counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from landing_lab.calibrate.channel_parts import HELD_READINGS, flat_tops, frozen_scans, held_cell, longest_repeat
from landing_lab.calibrate.layouts import insole_layout, plate_layout
from landing_lab.model import nominal
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SATURATED, FLAG_SUSPECT, FloatArray, FrameBlock
from landing_lab.model.device import DeviceInfo
from landing_lab.model.insole_layout import InsoleLayout

FaultKind: TypeAlias = Literal["saturated", "stuck", "open", "drifting"]

MIN_READINGS = 8
"""Readings of a channel below which nothing is said of it."""

MIN_SCANS = 200
"""Scans of an insole (0.2 s) below which nothing is said."""

SATURATED_SCANS = 5
"""An insole cell may touch its limit for less than this many scans."""

INSOLE_LOADED_COUNTS = 100
"""Range of the other cells (median) from which a cell that shows nothing is suspicious."""

INSOLE_SILENT_COUNTS = 3
"""Range of a cell without signal: noise of the converter."""

INSOLE_DRIFT_COUNTS = 60.0
"""About 0.5 N: a cell laced tightly flickers across its dead band, 40 counts, and does not drift."""

PLATE_LOADED_N = 50.0
PLATE_SILENT_SHARE = 0.03
"""An open load cell shows less than this share of what the others of its plate show (median range)."""

PLATE_DRIFT_N = 10.0
MIDDLE = 50.0
"""Percentile of a part of a plate's readings that is its level there."""

OTHERS_CALM = 0.3
"""Drift is told where every other cell is within this share of the limit of its lowest level at both times."""

STEADY_SHARE = 0.5
"""A level that drifted changes by less than this share of its drift within a part; a foot that arrives does not."""

EMPTY_BLOCKS = 20
"""Parts into which a stretch is cut to find when it carried least."""


class ChannelFault(NamedTuple):
    """One channel that does not measure, and the sentence that says so."""

    channel: int
    name: str
    kind: FaultKind
    sentence: str


def channel_faults(info: DeviceInfo, frames: FrameBlock, cells: InsoleLayout | None = None) -> tuple[ChannelFault, ...]:
    """Faults of a board's channels in these frames, in order of the channels, at most one each.

    cells: layout of an insole, whose names are told. Works on a few seconds while recording and on a whole recording;
    a short or idle stretch shows fewer faults.
    """
    if info.sensor_kind == "hx711_plate":
        return _plate_faults(info, frames)
    if info.sensor_kind == "fsr_insole" and len(frames) >= MIN_SCANS:
        return _insole_faults(info, frames, cells)
    return ()


def _insole_faults(info: DeviceInfo, frames: FrameBlock, cells: InsoleLayout | None) -> tuple[ChannelFault, ...]:
    lively = ~frozen_scans(frames.counts, info.sample_rate_hz)
    counts = np.asarray(frames.counts[lively], dtype=np.float64)
    if len(counts) < MIN_SCANS:
        return ()
    seconds = 1e-6 * (frames.ticks_us - frames.ticks_us[0])[lively]
    flat = flat_tops(counts)
    names = [channel.name for channel in insole_layout(info, cells).channels]
    full = (1 << nominal.ADC_BITS) - 1
    span = np.ptp(counts, axis=0)
    # A foot must have been on it and in the air; a jump is short, so the lowest counts of each part are asked.
    was_loaded = float(np.median(span)) >= INSOLE_LOADED_COUNTS
    columns = [counts[:, cell] for cell in range(len(names))] if was_loaded else []
    drift = _drift(columns, limit=INSOLE_DRIFT_COUNTS, percentile=2.0) or [None] * len(names)
    faults = []
    for cell, name in enumerate(names):
        others_loaded = len(names) > 1 and float(np.median(np.delete(span, cell))) >= INSOLE_LOADED_COUNTS
        at_limit = int((counts[:, cell] >= full).sum())
        where = f"{name} of {info.device_id}"
        if at_limit >= SATURATED_SCANS:
            told = f"{where} is at the end of its range for {100 * at_limit / len(counts):.1f} % of the time"
            faults.append(ChannelFault(cell, name, "saturated", f"{told}; its force is larger than it says"))
        elif cell in flat:
            told = f"{where} is cut off at {flat[cell]} counts, as other cells are; look at the supply of its divider"
            faults.append(ChannelFault(cell, name, "saturated", f"{told}; its force is larger than it says"))
        elif others_loaded and span[cell] == 0.0 and counts[0, cell] > INSOLE_SILENT_COUNTS:
            told = f"{where} stays at exactly {counts[0, cell]:.0f} counts while others move; check its wires"
            faults.append(ChannelFault(cell, name, "stuck", told))
        elif others_loaded and span[cell] <= INSOLE_SILENT_COUNTS:
            told = f"{where} never responds while others do; check its wires and that this part of the foot touches it"
            faults.append(ChannelFault(cell, name, "open", told))
        elif held := held_cell(counts[:, cell], np.delete(counts, cell, axis=1), info.sample_rate_hz):
            told = f"{where} {held[1]} from {seconds[held[0]]:.1f} s on while others move; check its wires"
            faults.append(ChannelFault(cell, name, "stuck", told))
        elif (moved := drift[cell]) is not None:
            told = f"the unloaded level of {where} moved by {moved:.0f} counts; look for a fold or a wet cell"
            faults.append(ChannelFault(cell, name, "drifting", told))
    return tuple(faults)


def _plate_faults(info: DeviceInfo, frames: FrameBlock) -> tuple[ChannelFault, ...]:
    layout = plate_layout(info)
    good = (frames.flags & (FLAG_SUSPECT | FLAG_NOT_READY)) == 0
    faults = []
    for side in layout.sides:
        columns = [column for column in layout.pick(side=side).tolist() if column < frames.counts.shape[1]]
        rows = [good if frames.channel is None else good & (frames.channel == column) for column in columns]
        counts = [frames.counts[mine, column].astype(np.float64) for mine, column in zip(rows, columns, strict=True)]
        heard = [cell for cell in range(len(columns)) if len(counts[cell]) >= MIN_READINGS]
        named = [layout.channels[columns[cell]].name for cell in heard]
        saturated = [bool((frames.flags[rows[cell]] & FLAG_SATURATED).any()) for cell in heard]
        told = _one_plate(
            [counts[cell] for cell in heard], saturated, [f"{name} of {info.device_id}" for name in named]
        )
        faults += [
            ChannelFault(columns[heard[cell]], named[cell], kind, sentence) for cell, (kind, sentence) in told.items()
        ]
    return tuple(faults)


def _one_plate(
    counts: Sequence[FloatArray], saturated: Sequence[bool], names: Sequence[str]
) -> dict[int, tuple[FaultKind, str]]:
    """Kind and sentence by number of the cell, for the cells of one plate that sent anything."""
    # The 1st and 99th percentile: lone corrupted readings are no response.
    span_n = [float(np.ptp(np.percentile(one, (1, 99)))) / nominal.HX711_COUNTS_PER_N for one in counts]
    drift = _drift(counts, limit=PLATE_DRIFT_N * nominal.HX711_COUNTS_PER_N, percentile=MIDDLE)
    found: dict[int, tuple[FaultKind, str]] = {}
    for cell, name in enumerate(names):
        others_n = float(np.median(np.delete(span_n, cell))) if len(names) > 1 else 0.0
        ends = (nominal.HX711_LOWEST_COUNT, nominal.HX711_HIGHEST_COUNT)
        if saturated[cell] or np.isin(counts[cell], ends).any():
            found[cell] = ("saturated", f"{name} reached the end of its range; its force is larger than it says")
        elif longest := _dead(counts[cell]):
            told = f"{name} repeats one value{longest}; its converter or wire is dead: check it and repeat the trial"
            found[cell] = ("stuck", told)
        elif others_n >= PLATE_LOADED_N and span_n[cell] < PLATE_SILENT_SHARE * others_n:
            told = f"{name} does not respond to load while the others do; check its wires and repeat the trial"
            found[cell] = ("open", told)
        elif (moved := drift[cell]) is not None:
            moved_n = moved / nominal.HX711_COUNTS_PER_N
            told = f"the empty level of {name} moved by about {moved_n:.0f} N; let it warm up, look for what touches it"
            found[cell] = ("drifting", told)
    return found


def _dead(counts: FloatArray) -> str | None:
    """How long a load cell repeats one value where that is no chance, in words; None where it measures."""
    start, stop = longest_repeat(counts)
    if stop - start == len(counts):
        return " throughout"
    return f" in {stop - start} of its {len(counts)} readings" if stop - start >= HELD_READINGS else None


def _drift(counts: Sequence[FloatArray], *, limit: float, percentile: float) -> list[float | None]:
    """How far each channel's level moved between the least loaded moments of both halves; None where within limits.

    Somebody who stands on it moves several cells; a drift moves one. percentile: level of a part of the stretch.
    """
    blocks = [_block_levels(one, percentile) for one in counts]
    if len(counts) < 2 or any(levels is None for levels in blocks):
        return [None] * len(counts)
    levels = np.array([level for level in blocks if level is not None])
    above = levels - levels.min(axis=1, keepdims=True)
    half = levels.shape[1] // 2
    found: list[float | None] = []
    for cell in range(len(counts)):
        others = np.delete(above, cell, axis=0).max(axis=0)
        first, second = int(np.argmin(others[:half])), half + int(np.argmin(others[half:]))
        moved = float(abs(levels[cell, second] - levels[cell, first]))
        idle = max(others[first], others[second]) < OTHERS_CALM * limit
        told = idle and moved > limit and (percentile != MIDDLE or _steady(counts[cell], (first, second), moved))
        found.append(moved if told else None)
    return found


def _steady(counts: FloatArray, parts: tuple[int, int], moved: float) -> bool:
    """Whether a channel keeps its level within these parts of a stretch, so that their middles are levels at all.

    Where somebody arrives in the middle of a part, chance says whether a cell's middle is the empty or the loaded one.
    """
    cut = np.array_split(counts, EMPTY_BLOCKS)
    return all(float(np.ptp(np.percentile(cut[part], (10, 90)))) < STEADY_SHARE * moved for part in parts)


def _block_levels(counts: FloatArray, percentile: float) -> FloatArray | None:
    """Level of each of EMPTY_BLOCKS parts, (EMPTY_BLOCKS,); None where there are too few readings."""
    if len(counts) < 4 * EMPTY_BLOCKS:
        return None
    longer = len(counts) % EMPTY_BLOCKS  # as np.array_split cuts: the first parts have one reading more
    cut = longer * (len(counts) // EMPTY_BLOCKS + 1)
    parts = (counts[:cut].reshape(longer, -1) if longer else None, counts[cut:].reshape(EMPTY_BLOCKS - longer, -1))
    return np.concatenate([np.percentile(part, percentile, axis=1) for part in parts if part is not None])
