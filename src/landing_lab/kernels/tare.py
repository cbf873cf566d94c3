"""What columns of force read while nobody stands on them: sums per side, levels of blocks, offset, noise, steps.

Signals lie in rows, (c, n): each is contiguous, and every loop below runs along one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from landing_lab.kernels._jit import kernel


@kernel
def add_columns(samples: Any, row_of: Any, limit_n: float, out: Any) -> int:
    """Sum the columns of each side into out; return how many samples of a side were no force.

    samples: (n, k) N. row_of: (k,) row of out that a column adds to, -1 for none. limit_n: what is larger (or
    infinite) becomes NaN. out: (c, n) N, overwritten.
    """
    n = samples.shape[0]
    dropped = 0
    for j in range(out.shape[0]):
        row = out[j]
        first = True
        for k in range(row_of.shape[0]):
            if row_of[k] != j:
                continue
            if first:
                for i in range(n):
                    row[i] = samples[i, k]
                first = False
            else:
                for i in range(n):
                    row[i] += samples[i, k]
        for i in range(n):
            if abs(row[i]) > limit_n:
                row[i] = math.nan
                dropped += 1
    return dropped


@kernel
def smallest_step(row: Any, rounding: float) -> float:
    """Smallest difference between successive different readings of (n,) N; 0 where there is none.

    rounding: differences below this fraction of the range are arithmetic, not steps of a converter.
    """
    low = math.inf
    high = -math.inf
    for i in range(row.shape[0]):
        value = row[i]
        if value < low:  # noqa: PLR1730 - a missing reading compares false, and min() would return it
            low = value
        if value > high:  # noqa: PLR1730
            high = value
    least = rounding * (high - low)
    step = math.inf
    for i in range(1, row.shape[0]):
        difference = abs(row[i] - row[i - 1])
        if least < difference < step:
            step = difference
    return step if step < math.inf else 0.0


@kernel
def measure_blocks(force: Any, width: int, mean: Any, variance: Any) -> None:
    """Mean and variance of every whole block of `width` samples; NaN where one is missing.

    force: (c, n) N. mean: (c, b) N. variance: (c + 1, b) N^2, the last row of the sum over columns.
    """
    c = force.shape[0]
    for b in range(mean.shape[1]):
        first = b * width
        level = 0.0
        for j in range(c):
            # Two sums side by side: one alone waits for every addition to finish.
            even = odd = 0.0
            for i in range(first, first + width - 1, 2):
                even += force[j, i]
                odd += force[j, i + 1]
            if width % 2 == 1:
                odd += force[j, first + width - 1]
            middle = (even + odd) / width
            mean[j, b] = middle
            level += middle
            even = odd = 0.0
            for i in range(first, first + width - 1, 2):
                even += (force[j, i] - middle) * (force[j, i] - middle)
                odd += (force[j, i + 1] - middle) * (force[j, i + 1] - middle)
            if width % 2 == 1:
                odd += (force[j, first + width - 1] - middle) * (force[j, first + width - 1] - middle)
            variance[j, b] = (even + odd) / width
        if c == 1:
            variance[1, b] = variance[0, b]
            continue
        square = 0.0
        for i in range(first, first + width):
            value = -level
            for j in range(c):
                value += force[j, i]
            square += value * value
        variance[c, b] = square / width


@kernel
def _fraction_of_sorted(ordered: Any, fraction: float) -> float:
    """Percentile of ascending values, linear between them."""
    position = fraction * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    value: float = ordered[below] + (position - below) * (ordered[above] - ordered[below])
    return value


@kernel
def choose_unloaded(mean: Any, variance: Any, max_offset_n: float, max_noise_n: float, calm_n: float) -> Any:
    """Blocks without load, those of least variance of the total first, without the noisiest tenth: (k,) indices.

    mean, variance: as `measure_blocks` writes them. A block is unloaded where every column is within max_offset_n of
    zero and its SD below both max_noise_n and calm_n, or below four times the median SD of such blocks.
    """
    c, b = mean.shape
    spread = np.empty(b)
    quiet = np.empty(b, np.bool_)
    for i in range(b):
        worst = 0.0
        near = True
        for j in range(c):
            near = near and abs(mean[j, i]) < max_offset_n
            worst = max(worst, variance[j, i])
        spread[i] = math.sqrt(worst)
        quiet[i] = near and spread[i] < max_noise_n
    calm = np.sort(spread[quiet])
    if len(calm) == 0:
        return np.empty(0, np.int64)
    # Noisy plates are let in, but not the touchdowns of calm ones.
    limit = max(calm_n, 4.0 * _fraction_of_sorted(calm, 0.5))
    chosen = np.flatnonzero(quiet & (spread < limit))
    keep = max(1, math.ceil(0.9 * len(chosen)))
    return chosen[np.argsort(variance[c][chosen], kind="mergesort")[:keep]]


@kernel
def pool_unloaded(mean: Any, variance: Any, chosen: Any, width: int, offset: Any, noise: Any) -> float:
    """Offset and noise of the chosen blocks; return how far their level wanders beyond what noise explains, N.

    chosen: (k,) with k >= 1. offset: (c,) N, median of block means. noise: (c + 1,) N, root of the mean variance
    of the total, then of each column. Wander: 5th to 95th percentile of the worst column, less four SD of a mean.
    """
    c = mean.shape[0]
    wander = 0.0
    worst = 0.0
    for j in range(c):
        levels = np.sort(mean[j][chosen])
        offset[j] = _fraction_of_sorted(levels, 0.5)
        wander = max(wander, _fraction_of_sorted(levels, 0.95) - _fraction_of_sorted(levels, 0.05))
        noise[j + 1] = math.sqrt(np.mean(variance[j][chosen]))
        worst = max(worst, noise[j + 1])
    noise[0] = math.sqrt(np.mean(variance[c][chosen]))
    return max(0.0, wander - 4.0 * worst / math.sqrt(width))


@kernel
def re_zero(force: Any, offset: Any, out: Any) -> None:
    """Write the re-zeroed total, then each column, to out, (c + 1, n) N; force: (c, n) N, offset: (c,) N."""
    n = force.shape[1]
    total = out[0]
    for j in range(force.shape[0]):
        row = out[j + 1]
        for i in range(n):
            row[i] = force[j, i] - offset[j]
    for i in range(n):
        total[i] = out[1, i]
    for j in range(1, force.shape[0]):
        for i in range(n):
            total[i] += out[j + 1, i]
