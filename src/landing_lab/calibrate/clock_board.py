"""One board's clock out of everything its stream tells: arrivals, round trips of pings, restarts."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from landing_lab.calibrate.clock import (
    MIN_WINDOWS,
    ONE_WAY_SD_S,
    ClockFit,
    Segment,
    earliest,
    fit_clock,
    on_time,
    scatter,
    short_sd_s,
)
from landing_lab.calibrate.clock_segments import Stretch, ends_of, in_order, told
from landing_lab.model.blocks import FloatArray
from landing_lab.model.raw import RawStream

UNIFORM_SD = 1.0 / np.sqrt(12.0)
"""SD of a value that lies anywhere within bounds, per width: the two ways of a round trip may share it as they like."""

MAX_WINDOWS = 200
"""Bounds on the slope use so many arrivals and as many pings; more of them would not be narrower."""


class Bounds(NamedTuple):
    """What pings and arrivals say: device seconds and the lag there, not above `upper`, not below `lower`."""

    lower_x: FloatArray
    lower: FloatArray
    upper_x: FloatArray
    upper: FloatArray


def has_pings(stream: RawStream) -> bool:
    """Whether a ping of this stream came back."""
    return len(_pings(stream)) > 0


def fit_board(stream: RawStream, parts: list[Stretch], *, use_pings: bool = True) -> ClockFit:
    """The clock of one board, from a stream with at least one frame and its stretches (`clock_segments.stretches`).

    The longest stretch without a restart gives the rate of all of them (it is one crystal), each has its own offset.
    A ping bounds the lag from below (the board answered after it was sent) as arrivals do from above, so that the
    delay that every frame has becomes known: the middle of the bounds, and their width over sqrt 12 as SD. Without
    pings the least delayed arrivals count as not delayed; what such delays may differ by is ONE_WAY_SD_S.
    """
    ticks, arrival = stream.frames.ticks_us, stream.arrival_s
    longest = max(parts, key=lambda part: part.stop - part.start)
    fit = fit_clock(ticks[longest.start : longest.stop], arrival[longest.start : longest.stop])
    pings = _pings(stream) if use_pings and fit.credible else np.empty((0, 3))
    which = np.searchsorted(ticks[[part.start for part in parts[1:]]], pings[:, 1] * 1e6, side="right")
    bounds = [_bounds(stream, part, pings[which == index]) for index, part in enumerate(parts)]
    main = parts.index(longest)
    if len(bounds[main].lower):
        fit = _narrowed(fit, bounds[main])
    offsets = np.array([_offset(fit, stream, part, bound) for part, bound in zip(parts, bounds, strict=True)])
    if not len(bounds[main].lower):
        offsets[main] = fit.offset_s, fit.sd_s
    delays = [_delay_s(fit, bound) for bound in bounds if len(bound.lower)]
    for index, bound in enumerate(bounds):
        if delays and not len(bound.lower):  # as late as the arrivals of the stretches whose pings came back
            offsets[index] -= (float(np.mean(delays)), 0.0)
    source = f"least delayed arrivals and {len(pings)} ping round trips" if delays else fit.source
    if len(parts) == 1:
        return replace(fit, offset_s=float(offsets[0, 0]), sd_s=float(offsets[0, 1]), source=source)
    ends_us = ends_of(stream, parts)
    segments = tuple(
        Segment(first_tick_us=int(ends_us[index, 0]), offset_s=offset_s, sd_s=sd_s, reason=part.reason)
        for index, (part, (offset_s, sd_s)) in enumerate(zip(parts, offsets.tolist(), strict=True))
    )
    source += f", each of {len(parts)} stretches between restarts with its own offset"
    fit = in_order(replace(fit, offset_s=segments[0].offset_s, segments=segments, source=source), ends_us)
    worst_sd_s = float(np.hypot(max(part.sd_s for part in fit.segments), UNIFORM_SD / stream.info.sample_rate_hz))
    return replace(fit, sd_s=worst_sd_s)


def _pings(stream: RawStream) -> FloatArray:
    """Rows of sent_s, board's clock in seconds, received_s."""
    pings = told(stream, "pong", "sent_s", "ticks_us", "received_s") * np.array([1.0, 1e-6, 1.0])
    return np.asarray(pings[pings[:, 0] <= pings[:, 2]])


def _bounds(stream: RawStream, part: Stretch, pings: FloatArray) -> Bounds:
    device = stream.frames.ticks_us[part.start : part.stop].astype(np.float64) * 1e-6
    x, lag = earliest(device, stream.arrival_s[part.start : part.stop] - device)
    sent, clock, received = pings.T
    return Bounds(clock, sent - clock, np.concatenate([x, clock]), np.concatenate([lag, received - clock]))


def _narrowed(fit: ClockFit, bounds: Bounds) -> ClockFit:
    """The fit with a slope that some line between all bounds has, and its SD where those leave less room."""
    lower, upper = (
        _fewest(bounds.lower_x, bounds.lower, lowest=False),
        _fewest(bounds.upper_x, bounds.upper, lowest=True),
    )
    apart = upper[0][None, :] - lower[0][:, None]
    rise = upper[1][None, :] - lower[1][:, None]
    far = np.abs(apart) > 1e-3  # a ping and its own arrival say nothing of the slope
    slopes = np.divide(rise, apart, out=np.zeros_like(rise), where=far)
    highest = slopes[far & (apart > 0.0)].min(initial=np.inf)
    lowest = slopes[far & (apart < 0.0)].max(initial=-np.inf)
    if not highest > lowest:
        return fit
    sd_ppm = min(fit.drift_sd_ppm, 1e6 * UNIFORM_SD * float(highest - lowest))
    return replace(fit, rate=1.0 + float(np.clip(fit.rate - 1.0, lowest, highest)), drift_sd_ppm=sd_ppm)


def _fewest(x: FloatArray, y: FloatArray, *, lowest: bool) -> tuple[FloatArray, FloatArray]:
    """At most MAX_WINDOWS bounds, the tightest of each part of the recording."""
    if len(x) <= MAX_WINDOWS:
        return x, y
    order = np.argsort(x, kind="stable")
    tight = np.argmin if lowest else np.argmax
    kept = [part[int(tight(y[part]))] for part in np.array_split(order, MAX_WINDOWS)]
    return x[kept], y[kept]


def _offset(fit: ClockFit, stream: RawStream, part: Stretch, bounds: Bounds) -> tuple[float, float]:
    """Offset of a stretch at the fit's rate, and its SD anywhere in it."""
    slope = fit.rate - 1.0
    device = stream.frames.ticks_us[part.start : part.stop].astype(np.float64) * 1e-6
    by_rate = fit.drift_sd_ppm * 1e-6 * 0.5 * float(np.ptp(device))
    if len(bounds.lower):
        high = float((bounds.upper - slope * bounds.upper_x).min())
        low = float((bounds.lower - slope * bounds.lower_x).max())
        crossed = max(0.0, low - high)  # bounds that exclude each other at this rate: a clock that is no straight line
        sd = np.hypot(max(0.0, high - low) * UNIFORM_SD + crossed, by_rate)
        return 0.5 * (high + low), float(sd)
    above = bounds.upper - slope * bounds.upper_x
    if len(above) < MIN_WINDOWS or not fit.credible:
        return float(above.min()), short_sd_s(device)
    near = on_time(above)
    noise_s, _ = scatter(bounds.upper_x[near], above[near])
    return float(np.mean(above[near])), float(np.hypot(np.hypot(noise_s, ONE_WAY_SD_S), by_rate))


def _delay_s(fit: ClockFit, bounds: Bounds) -> float:
    """How late the least delayed arrivals of a stretch with pings are."""
    slope = fit.rate - 1.0
    high = bounds.upper - slope * bounds.upper_x
    low = float((bounds.lower - slope * bounds.lower_x).max())
    return max(0.0, 0.5 * (float(high.min()) - low))
