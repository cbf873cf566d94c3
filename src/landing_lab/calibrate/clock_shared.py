"""Two boards' clocks tied together by instants that both of them saw."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from landing_lab.calibrate.clock import ClockFit
from landing_lab.model.blocks import FloatArray, IntArray

MATCH_S = 0.2
"""How far apart two clocks may see what may be the same instant."""

CONSISTENT_S = 0.001
"""A pair of instants further than this from the others was not the same instant."""

BOUNCE_S = 0.02
"""Edges of one direction closer than this are one: contacts of a push button bounce for up to some milliseconds."""

MIN_AGREEING = 0.5
"""Share of the pairs that must agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instants:
    """What one board saw: its clock, (n,) microseconds, and which of several kinds each was, (n,)."""

    ticks_us: FloatArray
    kind: IntArray


def debounced(instants: Instants) -> Instants:
    """Instants of which each kind keeps the first of those that follow each other within BOUNCE_S."""
    order = np.argsort(instants.ticks_us, kind="stable")
    kept: list[int] = []
    last_us: dict[int, float] = {}
    for index in order.tolist():
        ticks_us, kind = float(instants.ticks_us[index]), int(instants.kind[index])
        if ticks_us - last_us.get(kind, -np.inf) >= 1e6 * BOUNCE_S:
            kept.append(index)
        last_us[kind] = ticks_us
    return Instants(ticks_us=instants.ticks_us[kept], kind=instants.kind[kept])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A clock moved so that its instants fall on those of another one.

    sd_s: of the difference between the two anywhere in the recording; n: instants; moved_s: by how much the clock
    had to move, moved_sd_s: what the two fits allow.
    """

    fit: ClockFit
    sd_s: float
    n: int
    moved_s: float
    moved_sd_s: float


def tie(
    fit: ClockFit, instants: Instants, other: ClockFit, others: Instants, *, ends_us: IntArray, sd_s: float
) -> Tie | None:
    """The clock `fit` on that of `other`, None where they share no consistent instant.

    ends_us: (k, 2) first and last tick of each segment of `fit`. sd_s: SD of one instant's difference, and what of
    it does not average out. Offsets of the segments are free, the difference of the rates is as likely as the two
    fits say: so one instant gives the offset, several over a longer time also the rate (least squares with a prior).
    """
    mine, theirs = _matched(fit.to_host(instants.ticks_us), instants.kind, other.to_host(others.ticks_us), others.kind)
    if not len(mine):
        return None
    ticks = instants.ticks_us[mine]
    host = fit.to_host(ticks)
    apart = host - other.to_host(others.ticks_us[theirs])
    rate_sd = 1e-6 * float(np.hypot(fit.drift_sd_ppm, other.drift_sd_ppm))
    segment = fit.segment_of(ticks)
    good = _consistent(apart, segment, host, rate_sd)
    if good.sum() < MIN_AGREEING * len(good):
        return None
    ticks, host, apart, segment = ticks[good], host[good], apart[good], segment[good]
    seen, column = np.unique(segment, return_inverse=True)
    middle = float(np.mean(host))
    model = np.zeros((len(host), len(seen) + 1))
    model[np.arange(len(host)), column] = 1.0
    model[:, -1] = host - middle
    found, covariance, noise_sd = _least_squares(model, apart, rate_sd, sd_s)
    worst = _worst_variance(fit, ends_us, seen, middle, covariance) + sd_s**2
    moved = float(found[np.argmax(np.abs(found[:-1]))])
    moved_sd = float(np.hypot(fit.sd_s, other.sd_s))
    tied = _moved(fit, ends_us, seen, middle, found)
    known = [replace(part, sd_s=float(np.sqrt(worst))) if i in seen else part for i, part in enumerate(tied.segments)]
    drift_sd_ppm = float(np.hypot(1e6 * np.sqrt(covariance[-1, -1]), other.drift_sd_ppm))
    tied = replace(tied, segments=tuple(known), drift_sd_ppm=drift_sd_ppm)
    unseen = [part.sd_s for index, part in enumerate(fit.segments) if index not in seen]
    total = float(np.hypot(np.sqrt(worst), max(unseen, default=0.0)))
    return Tie(fit=tied, sd_s=total, n=len(host), moved_s=moved, moved_sd_s=float(np.hypot(moved_sd, noise_sd)))


def _matched(
    mine_s: FloatArray, kind: IntArray, theirs_s: FloatArray, other_kind: IntArray
) -> tuple[IntArray, IntArray]:
    """Indices of pairs that are each other's nearest of the same kind, within MATCH_S and well within their spacing."""
    pairs = [np.empty((0, 2), dtype=np.int64)]
    for wanted in np.unique(kind).tolist():
        a, b = np.flatnonzero(kind == wanted), np.flatnonzero(other_kind == wanted)
        a, b = a[np.argsort(mine_s[a])], b[np.argsort(theirs_s[b])]
        if not len(b):
            continue
        spacing = min(float(np.diff(times).min(initial=np.inf)) for times in (mine_s[a], theirs_s[b]))
        nearest, back = _nearest(mine_s[a], theirs_s[b]), _nearest(theirs_s[b], mine_s[a])
        close = np.abs(mine_s[a] - theirs_s[b][nearest]) <= min(MATCH_S, 0.4 * spacing)
        mutual = np.flatnonzero(close & (back[nearest] == np.arange(len(a))))
        pairs.append(np.column_stack([a[mutual], b[nearest[mutual]]]))
    found = np.concatenate(pairs)
    found = found[np.argsort(found[:, 0])]
    return found[:, 0], found[:, 1]


def _nearest(times_s: FloatArray, among_s: FloatArray) -> IntArray:
    """Index into sorted `among_s`, (m,) not empty, of what is nearest to each time, (n,)."""
    middles = 0.5 * (among_s[1:] + among_s[:-1])
    return np.searchsorted(middles, times_s).astype(np.int64)


def _consistent(apart: FloatArray, segment: IntArray, host: FloatArray, rate_sd: float) -> NDArray[np.bool_]:
    """Which pairs lie near the median of their segment."""
    good = np.zeros(len(apart), dtype=bool)
    for wanted in np.unique(segment):
        here = segment == wanted
        allowed = CONSISTENT_S + 4.0 * rate_sd * float(np.ptp(host[here]))
        good[here] = np.abs(apart[here] - np.median(apart[here])) <= allowed
    return good


def _least_squares(
    model: FloatArray, apart: FloatArray, rate_sd: float, sd_s: float
) -> tuple[FloatArray, FloatArray, float]:
    """(offsets of the seen segments and difference of rates, their covariance, SD of one instant)."""
    prior = np.zeros((model.shape[1], model.shape[1]))
    prior[-1, -1] = 1.0 / max(rate_sd, 1e-9) ** 2
    found, covariance, noise_sd = np.zeros(len(prior)), prior, sd_s
    for _ in range(3):  # the scatter of the instants decides how much the prior weighs
        covariance = _inverse(model.T @ model / noise_sd**2 + prior)
        found = covariance @ (model.T @ apart) / noise_sd**2
        spare = len(apart) - model.shape[1] + 1
        rest = apart - model @ found
        noise_sd = max(sd_s, float(np.sqrt(np.sum(rest**2) / spare))) if spare > 0 else sd_s
    return found, covariance, noise_sd


def _inverse(matrix: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _worst_variance(fit: ClockFit, ends_us: IntArray, seen: IntArray, middle: float, covariance: FloatArray) -> float:
    """Largest variance of the difference at the ends of the segments that saw an instant."""
    worst = 0.0
    for column, index in enumerate(seen.tolist()):
        for host in fit.to_host(ends_us[index]).tolist():
            at = np.zeros(len(covariance))
            at[column], at[-1] = 1.0, host - middle
            worst = max(worst, float(at @ covariance @ at))
    return worst


def _moved(fit: ClockFit, ends_us: IntArray, seen: IntArray, middle: float, found: FloatArray) -> ClockFit:
    """The fit less a + b (host - middle) in each segment; one that saw no instant keeps the time of its middle."""
    slope = float(found[-1])
    by_segment = dict(zip(seen.tolist(), found.tolist(), strict=False))
    offsets = []
    for index, (first, last) in enumerate(ends_us.tolist()):
        old = fit.segments[index].offset_s if fit.segments else fit.offset_s
        half_way = old + fit.rate * 1e-6 * 0.5 * (first + last)
        shift = by_segment.get(index, -slope * (half_way - middle))
        offsets.append(old * (1.0 - slope) - shift + slope * middle)
    segments = tuple(replace(part, offset_s=offset) for part, offset in zip(fit.segments, offsets, strict=False))
    return replace(fit, offset_s=offsets[0], rate=fit.rate * (1.0 - slope), segments=segments)
