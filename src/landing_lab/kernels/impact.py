"""What vertical force does in one contact: peaks, rise, windows, valley, in one pass over it.

Everything a kernel calls lives in this file (the numba cache is per file).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from landing_lab.kernels._jit import kernel

LONE = 0.1
"""A maximum this share of itself above the mean of its neighbours is one sample, not a peak (heel strikes: 0.02)."""

IMPACT_DTYPE = np.dtype(
    [
        ("first", "f8"),  # first and last sample inside the contact
        ("last", "f8"),
        ("missing", "f8"),  # samples that are not finite
        ("peak_n", "f8"),  # NaN where no sample is finite; so are all below where they do not exist
        ("peak", "f8"),  # sample of the maximum
        ("loss_n", "f8"),  # half of its height above its neighbours: what sampling may hide
        ("flat", "f8"),  # samples between the first and the last within `blur_n` of the maximum
        ("first_peak_n", "f8"),  # first local maximum that is prominent and early enough
        ("first_peak", "f8"),
        ("first_loss_n", "f8"),
        ("first_passed", "f8"),  # 1 where a lone sample before it was passed over, else 0
        ("first_flat", "f8"),  # samples between the first and the last within the blur of it, up to the fall
        ("rise_20", "f8"),  # positions of the first crossings of 20 and 80 % of the maximum
        ("rise_80", "f8"),
        ("slope_n", "f8"),  # greatest rise over the slope window up to the maximum
        ("slope", "f8"),  # sample at which that window ends
        ("valley_n", "f8"),  # first minimum after the maximum from which force rises again by the prominence
        ("valley", "f8"),
        ("valley_flat", "f8"),  # samples between the first and the last within `blur_n` of it, up to the rise
        ("short_impulse", "f8"),  # N samples from the touchdown over the short and the long window
        ("long_impulse", "f8"),
        ("short_end_n", "f8"),  # force at the end of each window
        ("long_end_n", "f8"),
    ],
    align=True,
)
"""One contact of one signal. Positions and lengths in samples, force in newton."""

SPAN_DTYPE = np.dtype(
    [
        ("missing", "f8"),  # samples that are not finite
        ("peak_n", "f8"),
        ("peak", "f8"),
        ("loss_n", "f8"),
        ("impulse", "f8"),  # N samples, NaN where a sample is missing or was not recorded
        ("start_n", "f8"),  # force at both ends
        ("stop_n", "f8"),
    ],
    align=True,
)
"""Force of one signal between two instants."""


@kernel
def _loss(force: Any, index: int) -> float:
    """Half of the height of a maximum above the mean of its neighbours; half a step where force still rises.

    The top of a parabola through the peak sample and its neighbours lies at most a quarter of that height
    above the peak sample; real peaks are sharper. Where both neighbours are missing, half of the peak.
    """
    n = len(force)
    before = force[max(index - 1, 0)]
    after = force[min(index + 1, n - 1)]
    value = force[index]
    if not math.isfinite(before):
        before = after
    if not math.isfinite(after):
        after = before
    if not math.isfinite(before):
        return 0.5 * float(value)
    highest = max(before, after)
    if highest > value:
        return 0.5 * float(highest - value)
    return 0.5 * float(value - 0.5 * (before + after))


@kernel
def _at(force: Any, position: float) -> float:
    """Force at a position between samples, linear; NaN outside or beside a missing sample."""
    before = math.floor(position)
    if before < 0 or before > len(force) - 1:
        return math.nan
    share = position - before
    if share == 0.0:
        return float(force[before]) if math.isfinite(force[before]) else math.nan
    if before + 1 > len(force) - 1:
        return math.nan
    between = force[before] + share * (force[before + 1] - force[before])
    return float(between) if math.isfinite(between) else math.nan


@kernel
def _between(force: Any, start: float, stop: float, start_n: float) -> float:
    """Trapezoidal sum of force from start to stop (positions), newton samples; start_n: force at the start.

    NaN where a sample is missing.
    """
    first = math.ceil(start)
    last = math.floor(stop)
    end = _at(force, stop)
    if first > last:
        return float(0.5 * (start_n + end) * (stop - start))
    total = 0.5 * (start_n + force[first]) * (first - start)
    for i in range(first, last):
        total += 0.5 * (force[i] + force[i + 1])
    if stop > last:
        total += 0.5 * (force[last] + end) * (stop - last)
    return float(total) if math.isfinite(total) else math.nan


@kernel
def _top(force: Any, first: int, last: int) -> int:
    """Sample of the maximum between two samples, both included; -1 where none is finite."""
    top = -1
    for i in range(first, last + 1):
        if math.isfinite(force[i]) and (top < 0 or force[i] > force[top]):
            top = i
    return top


@kernel
def _width(force: Any, first: int, last: int, low: float, high: float) -> int:
    """Samples from the first to the last reading within [low, high] between two samples, both included."""
    left = -1
    right = -1
    for i in range(first, last + 1):
        if low <= force[i] <= high and math.isfinite(force[i]):
            right = i
            if left < 0:
                left = i
    return right - left


@kernel
def _valley(force: Any, peak: int, last: int, prominence_n: float, blur_n: float, o: Any) -> None:
    """First minimum after the maximum from which force rises by the prominence."""
    valley = peak
    for i in range(peak, last + 1):
        v = force[i]
        if not math.isfinite(v):
            return
        if v < force[valley]:
            valley = i
        elif v - force[valley] >= prominence_n:
            o["valley_n"] = force[valley]
            o["valley"] = valley
            o["valley_flat"] = _width(force, peak, i - 1, -math.inf, force[valley] + blur_n)
            return


@kernel
def _first_peak(
    force: Any, first: int, peak: int, latest: float, prominence_n: float, blur_n: float, blur_fraction: float, o: Any
) -> None:
    """First local maximum before the main one from which force falls by the prominence, unless it is too late.

    One sample that stands alone above its neighbours, as a ringing plate writes it, is passed over.
    """
    highest = first
    lone = -1
    for i in range(first, peak + 1):
        v = force[i]
        if v > force[highest]:
            highest = i
        elif highest != lone and force[highest] - v >= prominence_n:
            value = force[highest]
            loss = _loss(force, highest)
            if 2.0 * loss > LONE * value:
                o["first_passed"] = 1.0
                lone = highest
                continue
            if highest <= latest:
                o["first_peak_n"] = value
                o["first_peak"] = highest
                o["first_loss_n"] = loss
                o["first_flat"] = _width(force, first, i - 1, value - max(blur_n, blur_fraction * value), math.inf)
            return


@kernel
def _rise(force: Any, start: float, first: int, peak: int, edge_n: float, slope_window: int, o: Any) -> None:
    """First crossings of 20 and 80 % of the maximum, linear between samples, and the greatest rise in the window."""
    top = force[peak]
    before = edge_n
    at = start
    for i in range(first, peak + 1):
        v = force[i]
        if v >= 0.2 * top and o["rise_20"] != o["rise_20"]:
            short = 0.2 * top - before
            o["rise_20"] = at if short <= 0.0 else at + short / (v - before) * (i - at)
        if v >= 0.8 * top and o["rise_80"] != o["rise_80"]:
            short = 0.8 * top - before
            o["rise_80"] = at if short <= 0.0 else at + short / (v - before) * (i - at)
        before = v
        at = float(i)
        if i - slope_window >= max(first - 1, 0):
            rise = v - force[i - slope_window]
            if not o["slope_n"] >= rise and math.isfinite(rise):
                o["slope_n"] = rise
                o["slope"] = i


@kernel
def measure_impact(
    force: Any,
    start: float,
    stop: float,
    edge_n: float,
    blur_n: float,
    blur_fraction: float,
    prominence_n: float,
    first_peak_window: float,
    slope_window: int,
    short_window: float,
    long_window: float,
    out: Any,
) -> None:
    """Measure the contact between two positions of force, (n,) newton, into out, IMPACT_DTYPE.

    edge_n: force at the touchdown. blur_n, blur_fraction (of the maximum): how far below the maximum a sample
    may have been it. prominence_n: least fall after a first peak and least rise after a valley, NaN = unknown,
    then there is neither. Windows in samples. What needs an unbroken rise is NaN where a sample is missing before
    the maximum.
    """
    o = out[0]
    first = max(0, math.ceil(start))
    last = min(len(force) - 1, math.floor(stop))
    o["first"] = first
    o["last"] = last
    o["peak_n"] = o["peak"] = o["loss_n"] = o["flat"] = o["first_peak_n"] = o["first_peak"] = math.nan
    o["rise_20"] = o["rise_80"] = o["slope_n"] = o["slope"] = o["valley_n"] = o["valley"] = math.nan
    o["valley_flat"] = o["first_loss_n"] = o["first_flat"] = math.nan
    o["short_impulse"] = o["long_impulse"] = o["short_end_n"] = o["long_end_n"] = math.nan
    missing = 0
    for i in range(first, last + 1):
        if not math.isfinite(force[i]):
            missing += 1
    o["missing"] = missing
    o["first_passed"] = 0.0
    peak = _top(force, first, last)
    if peak < 0:
        return
    top = force[peak]
    o["peak_n"] = top
    o["peak"] = peak
    o["loss_n"] = _loss(force, peak)
    o["flat"] = _width(force, first, last, top - max(blur_n, blur_fraction * top), math.inf)
    _valley(force, peak, last, prominence_n, blur_n, o)
    if start + short_window <= stop:
        o["short_impulse"] = _between(force, start, start + short_window, edge_n)
        o["short_end_n"] = _at(force, start + short_window)
    if start + long_window <= stop:
        o["long_impulse"] = _between(force, start, start + long_window, edge_n)
        o["long_end_n"] = _at(force, start + long_window)
    for i in range(first, peak):
        if not math.isfinite(force[i]):
            return
    _first_peak(force, first, peak, start + first_peak_window, prominence_n, blur_n, blur_fraction, o)
    _rise(force, start, first, peak, edge_n, slope_window, o)


@kernel
def measure_span(force: Any, start: float, stop: float, start_n: float, out: Any) -> None:
    """Maximum and impulse of force, (n,) newton, from position start to position stop into out, SPAN_DTYPE.

    start_n: force at the start; NaN takes it from the samples around.
    """
    o = out[0]
    first = max(0, math.ceil(start))
    last = min(len(force) - 1, math.floor(stop))
    o["peak_n"] = o["peak"] = o["loss_n"] = math.nan
    peak = first - 1  # none yet; as a constant it would compile `_loss` a second time, for that constant
    missing = 0
    for i in range(first, last + 1):
        v = force[i]
        if not math.isfinite(v):
            missing += 1
        elif peak < first or v > force[peak]:
            peak = i
    o["missing"] = missing
    if peak >= first:
        o["peak_n"] = force[peak]
        o["peak"] = peak
        o["loss_n"] = _loss(force, peak)
    begin = start_n if math.isfinite(start_n) else _at(force, start)
    o["start_n"] = begin
    o["stop_n"] = _at(force, stop)
    recorded = missing == 0 and start >= 0.0 and stop <= len(force) - 1
    o["impulse"] = _between(force, start, stop, begin) if recorded else math.nan
