"""Slow readings of a plate and the fast shape of an insole in one linear model, exact in banded matrices.

Unknown is a gain on knots; its prior precision and what every reading adds to it lie within a band, so that a Cholesky
factor, its determinant and the part of the inverse that standard deviations need cost a few hundred operations a knot.
Band storage: band[k, j] is the element (k + j, k) of the lower triangle.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from landing_lab.kernels._jit import kernel


@kernel
def add_readings(
    read_s: Any,
    read_n: Any,
    read_sd_n: Any,
    cell: Any,
    period_s: Any,
    response: Any,
    per_period: int,
    delay_s: float,
    shape: Any,
    first_s: float,
    step_s: float,
    shares: Any,
    per_knot: int,
    prior_mean: float,
    band: Any,
    right: Any,
    seen: Any,
    cost: Any,
) -> int:
    """Add what readings say of the gain to its normal equations; return how many readings could be used.

    read_s, read_n, read_sd_n, cell: (k,) when, how much, how sure (N) and by which load cell; period_s: (c,) conversion
    period of each.
    response: impulse response of the converter, per_period steps to a conversion period, newest first; linear between.
    shape: (n,) what the insole says (N) on a grid from first_s; NaN = missing, and readings that saw it are left out.
    shares: (knots, c) share of the force on each cell, linear between knots of per_knot samples. Force is
    shape x (prior_mean + gain), a reading its filtered share.
    band: (knots x parts, w), right: (knots x parts,): added to; the parts of a knot add up to its gain. seen: (k,) what
    the shape alone would have given, NaN where left out. cost: (2,): sum of squared standardised residuals and of log
    variances, added to.
    """
    n = shape.shape[0]
    parts = right.shape[0] // shares.shape[0]
    width = band.shape[1]
    weight = np.zeros(width // parts + 3)
    used = 0
    for r in range(read_s.shape[0]):
        seen[r] = math.nan
        period = period_s[cell[r]]
        end = (read_s[r] - delay_s - first_s) / step_s
        per_sample = step_s / period * per_period
        last = math.floor(end)
        first = math.ceil(end - (response.shape[0] - 1) / per_sample)
        if first < 0 or last >= n - 1:
            continue
        begin = first // per_knot
        weight[:] = 0.0
        total = bare = 0.0
        for i in range(first, last + 1):
            at = (end - i) * per_sample
            j = int(at)
            if j >= response.shape[0] - 1:
                j = response.shape[0] - 2
            w = response[j] + (at - j) * (response[j + 1] - response[j])
            total += w
            k = i // per_knot
            part = (i - k * per_knot) / per_knot
            share = shares[k, cell[r]] * (1.0 - part) + shares[k + 1, cell[r]] * part
            value = w * share * shape[i]
            bare += value
            weight[k - begin] += value * (1.0 - part)
            weight[k + 1 - begin] += value * part
        if not math.isfinite(bare) or total <= 0.0:
            continue
        bare /= total
        seen[r] = bare
        used += 1
        variance = read_sd_n[r] ** 2
        rest = read_n[r] - prior_mean * bare
        cost[0] += rest * rest / variance
        cost[1] += math.log(variance)
        for a in range(last // per_knot + 2 - begin):
            scaled = weight[a] / (total * variance)
            if scaled == 0.0:
                continue
            for p in range(parts):
                row = (begin + a) * parts + p
                right[row] += scaled * rest
                for q in range(p, parts):
                    band[row, q - p] += scaled * weight[a] / total
                for b in range(a + 1, last // per_knot + 2 - begin):
                    both = scaled * weight[b] / total
                    for q in range(parts):
                        band[row, (b - a) * parts + q - p] += both
    return used


@kernel
def eliminate(band: Any, right: Any, start: int, stop: int) -> float:
    """Columns start..stop-1 of the Cholesky factor in place, right solved with it; return half their log determinant.

    What is left behind stop is the information on the later unknowns once the earlier ones are marginalised: a stream
    is eliminated column by column as its readings become complete, a whole recording in one call. NaN where the matrix
    is not positive.
    """
    n, width = band.shape
    log_root = 0.0
    for k in range(start, stop):
        if not band[k, 0] > 0.0:
            return math.nan
        root = math.sqrt(band[k, 0])
        log_root += math.log(root)
        band[k, 0] = root
        reach = min(width, n - k)
        for j in range(1, reach):
            band[k, j] /= root
        right[k] /= root
        for j in range(1, reach):
            factor = band[k, j]
            if factor == 0.0:
                continue
            right[k + j] -= factor * right[k]
            for i in range(j, reach):
                band[k + j, i - j] -= factor * band[k, i]
    return log_root


@kernel
def back_substitute(band: Any, right: Any, start: int, stop: int, solution: Any) -> None:
    """Unknowns start..stop-1 from the factor that `eliminate` left, those from stop on being known or absent."""
    width = band.shape[1]
    for k in range(stop - 1, start - 1, -1):
        value = right[k]
        for j in range(1, min(width, stop - k)):
            value -= band[k, j] * solution[k + j]
        solution[k] = value / band[k, 0]


@kernel
def selected_inverse(band: Any, start: int, stop: int, inverse: Any) -> None:
    """The elements of the inverse that lie within the band, from the factor (Takahashi 1973): (n, w)."""
    width = band.shape[1]
    for k in range(stop - 1, start - 1, -1):
        reach = min(width, stop - k)
        root = band[k, 0]
        for i in range(reach - 1, -1, -1):
            value = 1.0 / (root * root) if i == 0 else 0.0
            for j in range(1, reach):
                apart = abs(i - j)
                value -= band[k, j] / root * inverse[k + min(i, j), apart]
            inverse[k, i] = value


@kernel
def scaled_shape(shape: Any, per_knot: int, prior_mean: float, parts: int, gain: Any, inverse: Any, out: Any) -> None:
    """Force and its standard deviation, out (2, n) N, from shape (n,) N, gain (knots x parts,) and its covariance.

    Force is not negative; where shape is missing both are NaN.
    """
    for i in range(shape.shape[0]):
        k = i // per_knot
        part = (i - k * per_knot) / per_knot
        factor = prior_mean
        variance = 0.0
        for p in range(2 * parts):
            side = part if p >= parts else 1.0 - part
            row = k * parts + p
            factor += side * gain[row]
            variance += side * side * inverse[row, 0]
            for q in range(p + 1, 2 * parts):
                other = part if q >= parts else 1.0 - part
                variance += 2.0 * side * other * inverse[row, q - p]
        force = shape[i] * factor
        out[0, i] = force if not force < 0.0 else 0.0
        out[1, i] = abs(shape[i]) * math.sqrt(max(variance, 0.0))
