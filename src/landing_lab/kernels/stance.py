"""Standing: the quietest window, and when force comes to rest after a landing."""

from __future__ import annotations

import math
from typing import Any

from landing_lab.kernels._jit import kernel


@kernel
def quietest_window(force: Any, width: int, least_n: float, out: Any) -> int:
    """Start of the window of `width` samples with the least SD relative to its mean; -1 where there is none.

    force: (n,) newton, not finite = missing: windows with such a sample, or a mean of least_n or less, do not
    count. out: (2,) receives mean and SD of the window found.
    """
    n = len(force)
    best = -1
    least = math.inf
    if width < 1 or n < width:
        return best
    centre = 0.0  # sums of squares around zero would lose digits
    count = 0
    for i in range(0, n, 16):  # any level near the signal's will do
        if -math.inf < force[i] < math.inf:
            count += 1
            centre += force[i]
    centre = centre / count if count > 0 else 0.0
    total = 0.0
    square = 0.0
    missing = 0
    share = 1.0 / width
    for i in range(n):
        v = force[i] - centre
        if -math.inf < v < math.inf:
            total += v
            square += v * v
        else:
            missing += 1
        if i < width - 1:
            continue
        if missing == 0:
            mean = total * share
            level = mean + centre
            # No division: this runs for every sample of every recording.
            if level > least_n and square * share - mean * mean < least * level * level:
                least = max(square * share - mean * mean, 0.0) / (level * level)
                best = i - width + 1
        old = force[i - width + 1] - centre
        if -math.inf < old < math.inf:
            total -= old
            square -= old * old
        else:
            missing -= 1
    if best >= 0:  # anew from its samples: running sums lose digits
        mean = 0.0
        for i in range(best, best + width):
            mean += force[i]
        mean /= width
        spread = 0.0
        for i in range(best, best + width):
            spread += (force[i] - mean) * (force[i] - mean)
        out[0] = mean
        out[1] = math.sqrt(spread / width)
    return best


@kernel
def first_rest(force: Any, start: int, weight: float, tolerance: float, hold: int) -> int:
    """First sample from start on from which |force - weight| <= tolerance * weight holds for `hold` samples.

    force: (n,) newton; a missing sample ends a rest. -1 where there is none before the end.
    """
    run = 0
    for i in range(start, len(force)):
        if math.isfinite(force[i]) and abs(force[i] - weight) <= tolerance * weight:
            run += 1
            if run >= hold:
                return i - hold + 1
        else:
            run = 0
    return -1


@kernel
def mean_square_off_weight(force: Any, start: int, stop: int, weight: float) -> float:
    """Mean of ((weight - force) / weight)^2 over the samples [start, stop); NaN where one is missing."""
    total = 0.0
    for i in range(start, stop):
        total += (weight - force[i]) * (weight - force[i])
    return total / (weight * weight) / max(stop - start, 1)
