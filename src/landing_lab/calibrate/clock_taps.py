"""Taps on an insole that nobody stands on: instants that two insoles held together share."""

from __future__ import annotations

import numpy as np

from landing_lab.model.blocks import FloatArray
from landing_lab.model.raw import RawStream
from landing_lab.model.runs import runs

LONGEST_TAP_S = 0.08
"""A longer load is a step; the shortest contacts of jumps last 0.1 s."""

QUIET_S = 0.05
"""Unloaded time around a tap."""

STANCE_S = 0.5
"""A load that lasts so long is the first stance: taps are looked for before it."""

MIN_TAP_COUNTS = 20
"""Least rise of the sum of all cells above its unloaded level: noise of eight channels is a few counts."""

MIN_TAP_SHARE = 0.02
"""The same as a share of the largest load of the recording."""

SLOWEST_HZ = 500.0
"""Slower or filtered sensors (an HX711 answers within 50 ms) cannot time a tap better than the clocks are known."""


def tap_ticks_us(stream: RawStream) -> FloatArray:
    """When an insole was tapped before its first stance, (n,) on its own clock; empty for slower sensors.

    A tap is at half of its peak on the way up, between two scans by a straight line: insoles of different
    sensitivity agree there.
    """
    frames = stream.frames
    if frames.channel is not None or stream.info.sample_rate_hz < SLOWEST_HZ or len(frames) < 2:
        return np.empty(0)
    load: FloatArray = frames.counts.sum(axis=1, dtype=np.float64)
    load -= np.partition(load, len(load) // 20)[len(load) // 20]
    level = max(float(MIN_TAP_COUNTS), MIN_TAP_SHARE * float(load.max()))
    ticks: FloatArray = frames.ticks_us.astype(np.float64)
    spans = runs(load > level)
    taps: list[float] = []
    for index, (start, stop) in enumerate(spans.tolist()):
        lasted_s = 1e-6 * (ticks[stop - 1] - ticks[start])
        if lasted_s > STANCE_S:
            break
        before_s = 1e-6 * (ticks[start] - ticks[spans[index - 1, 1] - 1 if index else 0])
        after_s = 1e-6 * (ticks[spans[index + 1, 0] if index + 1 < len(spans) else -1] - ticks[stop - 1])
        if lasted_s <= LONGEST_TAP_S and min(before_s, after_s) >= QUIET_S:
            taps.append(_half_way_up(ticks, load, start, stop))
    return np.array(taps, dtype=np.float64)


def _half_way_up(ticks: FloatArray, load: FloatArray, start: int, stop: int) -> float:
    half = 0.5 * float(load[start:stop].max())
    row = start + int(np.argmax(load[start:stop] >= half))
    share = (half - load[row - 1]) / (load[row] - load[row - 1])
    return float(ticks[row - 1] + np.clip(share, 0.0, 1.0) * (ticks[row] - ticks[row - 1]))
