"""Centre of pressure: the way it takes while a foot is loaded, and that of two plates together."""

from __future__ import annotations

import math
from typing import Any

from landing_lab.kernels._jit import kernel


@kernel
def gather(
    samples: Any, force: Any, offset: Any, first: Any, second: Any, together: bool, least_n: float, out: Any
) -> None:
    """Fill out (s + together, n, 2) with the positions of s sides and, last, their force-weighted mean.

    samples: (n, c), C order. force, first, second: (s,) columns of force (N) and of the two coordinates (m).
    offset: (s,) N, subtracted from force. A side that carries no more than least_n has no say in the mean, whatever
    its position claims; where no side carries more, or a force is missing, the mean is NaN.
    """
    n_sides = force.shape[0]
    for i in range(samples.shape[0]):
        weight = x = y = 0.0
        for side in range(n_sides):
            a = samples[i, first[side]]
            b = samples[i, second[side]]
            out[side, i, 0] = a
            out[side, i, 1] = b
            load = samples[i, force[side]] - offset[side]
            if load > least_n:
                weight += load
                x += load * a
                y += load * b
            elif not math.isfinite(load):
                weight = math.nan
        if together:
            good = weight > least_n
            out[n_sides, i, 0] = x / weight if good else math.nan
            out[n_sides, i, 1] = y / weight if good else math.nan


@kernel
def _scatter(force: Any, cop: Any, first: int, stop: int, gate: float) -> float:
    """SD per axis of white noise in loaded positions, from third differences: 0 where there are none."""
    first_axis = second_axis = 0.0  # two sums: one waits for each addition
    count = 0
    run = 0
    for i in range(first, stop):
        if force[i] <= gate:
            run = 0
            continue
        run += 1
        if run >= 4:
            first_axis += abs(cop[i, 0] - cop[i - 3, 0] - 3.0 * (cop[i - 1, 0] - cop[i - 2, 0]))
            second_axis += abs(cop[i, 1] - cop[i - 3, 1] - 3.0 * (cop[i - 1, 1] - cop[i - 2, 1]))
            count += 2
    # of a normal variable with SD s the third difference has SD s sqrt(20), its magnitude a mean of 0.798 of that
    return (first_axis + second_axis) / count / math.sqrt(40.0 / math.pi) if count else 0.0


@kernel
def gated_path(
    force: Any, cop: Any, first: int, stop: int, share: float, least_n: float, step: float, half: int, out: Any
) -> int:
    """Length and extent of the way of (n, 2) cop over the samples first..stop-1 in which force (n,) N is beyond a gate.

    gate: the larger of share x the highest force and least_n. Each unbroken loaded stretch gives a point every
    `step` >= 1 samples and one at its end; a point is the mean of up to `half` samples on either side of it, as
    many before as after, all within the stretch. No way leads from one stretch to the next.
    Returns how many loaded samples there are; -k where k readings are missing. out: (10,): length, extent along
    both axes, the same without the first and last point of each stretch, highest force, gate, noise of a point,
    length that noise of that size adds, sum of squares of the length's sensitivity to each point.
    """
    peak = 0.0
    missing = 0
    for i in range(first, stop):
        if not math.isfinite(force[i]):
            missing += 1
        elif force[i] > peak:
            peak = force[i]
    gate = max(share * peak, least_n)
    loaded = 0
    for i in range(first, stop):
        if force[i] > gate:
            loaded += 1
            if not (math.isfinite(cop[i, 0]) and math.isfinite(cop[i, 1])):
                missing += 1
    out[:] = 0.0
    out[5], out[6] = peak, gate
    if missing > 0 or loaded == 0:
        return -missing
    noise = _scatter(force, cop, first, stop, gate) / math.sqrt(2.0 * half + 1.0)
    length = extra = sensitivity = 0.0
    low_x = low_y = in_low_x = in_low_y = math.inf
    high_x = high_y = in_high_x = in_high_y = -math.inf
    i = first
    while i < stop:
        if not force[i] > gate:
            i += 1
            continue
        end = i
        while end + 1 < stop and force[end + 1] > gate:
            end += 1
        at, number = i, 0
        last_x = last_y = last_u = last_v = 0.0
        while True:
            around = min(half, at - i, end - at)
            x = y = 0.0
            for k in range(at - around, at + around + 1):
                x += cop[k, 0]
                y += cop[k, 1]
            x /= 2 * around + 1
            y /= 2 * around + 1
            low_x, high_x, low_y, high_y = min(low_x, x), max(high_x, x), min(low_y, y), max(high_y, y)
            if i < at < end:
                in_low_x, in_high_x = min(in_low_x, x), max(in_high_x, x)
                in_low_y, in_high_y = min(in_low_y, y), max(in_high_y, y)
            if number > 0:
                way = math.sqrt((x - last_x) ** 2 + (y - last_y) ** 2)
                length += way
                # a step of length 0 between points of this noise measures sqrt(pi) x noise on average
                quiet = way * way - math.pi * noise * noise
                extra += way - math.sqrt(quiet) if quiet > 0.0 else way
                u, v = ((x - last_x) / way, (y - last_y) / way) if way > 0.0 else (0.0, 0.0)
                sensitivity += (u - last_u) ** 2 + (v - last_v) ** 2
                last_u, last_v = u, v
            last_x, last_y = x, y
            number += 1
            if at == end:
                break
            at = min(end, i + int(number * step + 0.5))
        sensitivity += last_u**2 + last_v**2
        i = end + 1
    out[0], out[1], out[2] = length, high_x - low_x, high_y - low_y
    out[3], out[4] = max(in_high_x - in_low_x, 0.0), max(in_high_y - in_low_y, 0.0)
    out[7], out[8], out[9] = noise, extra, sensitivity
    return loaded
