"""Permuted t curves of a set of curves: the largest node and the largest cluster of every permutation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from landing_lab.kernels._jit import kernel

EXTREMES_DTYPE = np.dtype(
    [
        ("max_abs_t", "f8"),  # largest |t| of any node
        ("max_mass", "f8"),  # largest sum of |t| over neighbouring nodes beyond the threshold, of one sign
        ("max_extent", "i8"),  # most such nodes in one cluster
    ],
    align=True,
)
"""One row per permutation."""


@kernel
def permuted_extremes(
    curves: Any, weights: Any, square: Any, freedom: float, least: float, beyond: float, t: Any, out: Any
) -> int:
    """Student's t of every permutation at every node, and what is largest in it; the number of permutations.

    curves: (n, q) float64. weights: (m, n), each row of unit length and orthogonal to what the test takes out (signs /
    sqrt(n); centred group codes or regressor), so that u = weights @ curves and t = u / sqrt((square - u^2) / freedom).
    square: (q,) sum of squares about what the test takes out. least: share of `square` below which a residual is
    rounding. beyond: |t| from which nodes form clusters. t: (q,) is worked in, and holds the t curve of the last
    permutation afterwards. out: (m,) of EXTREMES_DTYPE. A node without any spread has t = 0.
    """
    n, q = curves.shape
    m = len(weights)
    for p in range(m):
        for j in range(q):
            t[j] = 0.0
        for i in range(n):  # athletes outside, nodes inside: neighbours in memory, which the compiler turns to SIMD
            w = weights[p, i]
            for j in range(q):
                t[j] += w * curves[i, j]
        largest = 0.0
        most_mass = 0.0
        most_extent = 0
        mass = 0.0
        extent = 0
        sign = 0.0
        for j in range(q):
            u = t[j]
            residual = max(square[j] - u * u, least * square[j])
            value = u / math.sqrt(residual / freedom) if residual > 0.0 else 0.0
            t[j] = value
            size = abs(value)
            largest = max(largest, size)
            if size > beyond:
                now = 1.0 if value > 0.0 else -1.0
                if now != sign:
                    mass = 0.0
                    extent = 0
                    sign = now
                mass += size
                extent += 1
                most_mass = max(most_mass, mass)
                most_extent = max(most_extent, extent)
            else:
                sign = 0.0
        out[p]["max_abs_t"] = largest
        out[p]["max_mass"] = most_mass
        out[p]["max_extent"] = most_extent
    return m
