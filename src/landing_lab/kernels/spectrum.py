"""The power spectrum of standing and landing force, and the low-pass that fits it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from landing_lab.kernels._jit import kernel


@kernel
def calmest_windows(total: Any, width: int, loaded_n: float, louder: float, taper: Any, out: Any) -> int:
    """Write second differences of the calmest loaded windows, tapered, to out; return how many there are.

    total: (n,) N, NaN = missing. A window is width + 2 samples of which none is missing or below loaded_n, two
    samples away from either edge of its contact; windows overlap by half. Those without any change are left out:
    they say nothing; so are those with more than `louder` times the energy of the calmest: they hold an impact.
    taper: (width,). out: (k, width) N, the calmest window first, k the most that are wanted.
    """
    n = total.shape[0]
    wanted: int = out.shape[0]
    energy = np.full(wanted, math.inf)
    start = np.zeros(wanted, np.int64)
    found = 0
    begin = 0
    while begin < n:
        if not total[begin] >= loaded_n:
            begin += 1
            continue
        end = begin
        while end < n and total[end] >= loaded_n:
            end += 1
        at = begin + 2
        while at + width + 2 <= end - 2:
            sum_of_squares = 0.0
            for i in range(at, at + width):
                difference = total[i + 2] - 2.0 * total[i + 1] + total[i]
                sum_of_squares += difference * difference
            if 0.0 < sum_of_squares < energy[wanted - 1]:
                place = wanted - 1
                while place > 0 and energy[place - 1] > sum_of_squares:
                    energy[place] = energy[place - 1]
                    start[place] = start[place - 1]
                    place -= 1
                energy[place] = sum_of_squares
                start[place] = at
                found += 1
            at += width // 2
        begin = end
    used = min(found, wanted)
    while used > 1 and energy[used - 1] > louder * energy[0]:
        used -= 1
    for k in range(used):
        first = start[k]
        for i in range(width):
            out[k, i] = taper[i] * (total[first + i + 2] - 2.0 * total[first + i + 1] + total[first + i])
    return used


@kernel
def band_levels(transform: Any, scale: Any, edges: Any, out: Any) -> None:
    """Mean power of each band over all windows, as log10.

    transform: (k, m) complex spectra. scale: (m,) what turns |transform|^2 into density. edges: (b + 1,) first bin
    of each band and one past the last. out: (b,) log10 of the density.
    """
    for b in range(out.shape[0]):
        power = 0.0
        for k in range(transform.shape[0]):
            for i in range(edges[b], edges[b + 1]):
                value = transform[k, i]
                power += scale[i] * (value.real * value.real + value.imag * value.imag)
        out[b] = math.log10(power / (transform.shape[0] * (edges[b + 1] - edges[b])) + 1e-300)


@kernel
def fit_low_pass(
    log_f: Any,
    level: Any,
    least: float,
    log_cutoffs: Any,
    orders: Any,
    floors: Any,
    falls: Any,
    prior: Any,
    worth: float,
    cost: Any,
) -> None:
    """Least misfit of the model of filtered force for each cut-off, over order, noise and fall of the signal.

    Model: max(a - p log f, noise) + log |H|^2, not below `least`, with |H|^2 = 1 / (1 + (f / fc)^(order))^2 of a
    zero-lag Butterworth filter; a is set by the two lowest bands. log_f, level: (b,) log10. log_cutoffs: (c,).
    orders: (o,) exponents of one pass. floors: (q,) log10 noise density; falls: (p,). prior: mean and SD of the
    noise, SD of a band. cost: (c,) sum of squares, overwritten; infinite where it is more than `worth` above another.
    """
    overall = math.inf
    bands = log_f.shape[0]
    gain = np.empty(bands)
    for c in range(log_cutoffs.shape[0]):
        best = overall + worth
        for o in range(orders.shape[0]):
            for b in range(bands):
                gain[b] = -2.0 * math.log10(1.0 + 10.0 ** (orders[o] * (log_f[b] - log_cutoffs[c])))
            for p in range(falls.shape[0]):
                a = 0.5 * (level[0] - gain[0] + level[1] - gain[1] + falls[p] * (log_f[0] + log_f[1]))
                for q in range(floors.shape[0]):
                    misfit = ((floors[q] - prior[0]) / prior[1]) ** 2
                    for b in range(bands):
                        model = max(max(a - falls[p] * log_f[b], floors[q]) + gain[b], least)
                        misfit += ((level[b] - model) / prior[2]) ** 2
                        if misfit >= best:
                            break
                    best = min(best, misfit)
        cost[c] = best if best < overall + worth else math.inf
        overall = min(overall, best)
