"""Where a board's clock began anew: stretches of a raw stream without a restart, and their rows on one grid."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from landing_lab.calibrate.clock import ClockFit, Segment
from landing_lab.model.blocks import FloatArray, Gap, IntArray
from landing_lab.model.device import NoteKind
from landing_lab.model.raw import RawStream

JUMP_S = 0.1
"""Change of lag that no drift explains within LOOK_S (0.6 % of 5 s is 30 ms) and no restart stays below."""

BACK_JUMP_S = 0.02
"""The same at a port that came back: there a restart is likely."""

LOOK_S = 5.0
"""How far the lag is looked at on both sides: longer than a busy computer keeps frames waiting."""

LIVE_SHARE = 0.5
"""Arrivals that span less of the host's time than this share of the board's own were a backlog, not a restart."""


LOST = "lost on the way"
"""Reason of a gap within a stretch."""

AFTER_S = 1e-6
"""Least time between the end of a stretch and the beginning of the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Rows [start, stop) between two restarts, and why it began."""

    start: int
    stop: int
    reason: str = ""


def told(stream: RawStream, kind: NoteKind, *names: str) -> FloatArray:
    """These facts of all notes of a kind, (n, len(names)); a note of a damaged file that lacks one is passed over."""
    rows = [[note.facts.get(name) for name in names] for note in stream.notes if note.kind == kind]
    whole = [row for row in rows if all(isinstance(fact, (int, float)) for fact in row)]
    found = np.array(whole, dtype=np.float64).reshape(-1, len(names))
    return found[np.isfinite(found).all(axis=1)]


def stretches(stream: RawStream) -> list[Stretch]:
    """The stretches of a stream, at least one, in order.

    A restart is told by the link ("restarted", "back") or seen: the host's time and the board's advance by different
    amounts and keep that difference. A computer that was busy makes arrivals late too, but they catch up.
    """
    frames, arrival_s = stream.frames, stream.arrival_s
    device_s: FloatArray = frames.ticks_us.astype(np.float64) * 1e-6
    lag = arrival_s - device_s
    cuts: dict[int, str] = {}
    for row in np.searchsorted(frames.sequence, told(stream, "restarted", "sequence")[:, 0]).tolist():
        cuts[row] = "the board was restarted"
    for note in stream.notes:
        if note.kind == "back":
            row = int(np.searchsorted(arrival_s, note.time_s))
            if row not in cuts and _moved(device_s, arrival_s, lag, row, BACK_JUMP_S):
                cuts[row] = "the board was disconnected"
    for row in (np.flatnonzero(np.abs(np.diff(lag)) > JUMP_S) + 1).tolist():
        if row not in cuts and _moved(device_s, arrival_s, lag, row, JUMP_S):
            cuts[row] = "the board's clock began anew"
    starts = [0, *sorted(row for row in cuts if 0 < row < len(frames))]
    return [
        Stretch(start=start, stop=stop, reason=cuts.get(start, "") if start else "")
        for start, stop in zip(starts, [*starts[1:], len(frames)], strict=True)
    ]


def _moved(device_s: FloatArray, arrival_s: FloatArray, lag: FloatArray, row: int, tolerance_s: float) -> bool:
    """Whether the least lag within LOOK_S after a row is another than before it."""
    if not 0 < row < len(lag):
        return False
    first = int(np.searchsorted(device_s, device_s[row] - LOOK_S))
    last = int(np.searchsorted(device_s, device_s[row] + LOOK_S, side="right"))
    if row in (first, last):
        return False
    moved = abs(float(lag[row:last].min()) - float(lag[first:row].min())) > tolerance_s
    live = np.ptp(arrival_s[row:last]) >= LIVE_SHARE * np.ptp(device_s[row:last])
    return bool(moved and live and last - row > 1)


def ends_of(stream: RawStream, parts: list[Stretch]) -> IntArray:
    """First and last tick of each stretch, (k, 2) microseconds."""
    ticks = stream.frames.ticks_us
    return np.array([(ticks[part.start], ticks[part.stop - 1]) for part in parts], dtype=np.int64)


def in_order(fit: ClockFit, ends_us: IntArray) -> ClockFit:
    """The fit with segments whose host times never go back; ends_us: (k, 2) first and last tick of each.

    An offset that would make time go back is moved, and its SD widened by as much.
    """
    segments: list[Segment] = []
    ended_s = -np.inf
    for part, (first, last) in zip(fit.segments, ends_us.tolist(), strict=True):
        begins_s = part.offset_s + fit.rate * 1e-6 * first
        early_s = max(0.0, ended_s + AFTER_S - begins_s)
        segments.append(
            replace(
                part,
                offset_s=part.offset_s + early_s,
                sd_s=float(np.hypot(part.sd_s, early_s)),
                away_s=begins_s + early_s - ended_s if segments else 0.0,
            )
        )
        ended_s = begins_s + early_s + fit.rate * 1e-6 * (last - first)
    return replace(fit, segments=tuple(segments))


def scan_interval_s(stream: RawStream, fit: ClockFit) -> float:
    """Device time per scan, from the longest stretch: a single time stamp is late by up to a loop of the board."""
    frames = stream.frames
    parts = np.split(np.arange(len(frames)), np.flatnonzero(np.diff(fit.segment_of(frames.ticks_us))) + 1)
    rows = max(parts, key=len)
    scans = int(frames.sequence[rows[-1]] - frames.sequence[rows[0]])
    elapsed = (frames.ticks_us[rows[-1]] - frames.ticks_us[rows[0]]) * 1e-6
    return float(elapsed / scans) if scans > 0 and elapsed > 0 else 1.0 / stream.info.sample_rate_hz


def grid_rows(stream: RawStream, fit: ClockFit, step_s: float) -> IntArray:
    """Row, (n,), of each scan on one grid of step_s host seconds that starts with the first scan.

    Within a stretch rows are sequence numbers; after a restart they go on where the clock says.
    """
    frames = stream.frames
    rows: IntArray = (frames.sequence - frames.sequence[0]).astype(np.int64)
    if not fit.segments:
        return rows
    segment = fit.segment_of(frames.ticks_us)
    host_s = fit.to_host(frames.ticks_us)
    for start in (np.flatnonzero(np.diff(segment)) + 1).tolist():
        wanted = round(float(host_s[start] - host_s[0]) / step_s)
        rows[start:] += max(wanted, int(rows[start - 1]) + 1) - rows[start]
    return rows


def scan_gaps(rows: IntArray, ticks_us: IntArray, fit: ClockFit) -> tuple[Gap, ...]:
    """Missing rows before each of `rows`, (n,) of scans at `ticks_us`, (n,): lost on the way, or the board was away."""
    segment = fit.segment_of(ticks_us)
    return tuple(
        Gap(
            sample=int(rows[after]),
            n_samples=int(rows[after] - rows[after - 1]) - 1,
            reason=LOST if segment[after] == segment[after - 1] else fit.segments[segment[after]].reason,
        )
        for after in (np.flatnonzero(np.diff(rows) > 1) + 1).tolist()
    )


def reading_gaps(ticks_us: IntArray, fit: ClockFit, rate_hz: float) -> tuple[Gap, ...]:
    """The times a free-running board was away: before which of its readings, (n,) at `ticks_us`, and how many of them.

    rate_hz: readings of all its converters in a second.
    """
    segment = fit.segment_of(ticks_us)
    return tuple(
        Gap(sample=after, n_samples=max(1, round(part.away_s * rate_hz)), reason=part.reason)
        for after in (np.flatnonzero(np.diff(segment)) + 1).tolist()
        for part in [fit.segments[segment[after]]]
    )
