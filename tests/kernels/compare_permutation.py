"""The kernel of permutations against its twin; also run as a program by compare_twins."""

from __future__ import annotations

import numpy as np

from kernels import naive_permutation as naive
from landing_lab.kernels.permutation import EXTREMES_DTYPE, permuted_extremes


def compare_permutations(seed: int) -> None:
    """AssertionError where t, mass or extent of any permutation of any test differs from the textbook."""
    rng = np.random.default_rng(seed)
    n, q, m = int(rng.integers(4, 9)), int(rng.integers(2, 12)), 7
    curves = rng.normal(0, 1, (n, q)).cumsum(axis=1) + rng.normal(0, 1)
    if seed % 3 == 0:
        curves[:, int(rng.integers(q))] = 0.0  # a node without spread
    beyond = float(rng.choice([0.0, 0.5, 1.0, 2.0]))

    signs = rng.choice([1.0, -1.0], (m, n))
    _same(curves, signs / np.sqrt(n), n - 1, beyond, naive.paired(curves, signs))

    n_first = int(rng.integers(2, n - 1))
    member = rng.permuted(np.tile(np.arange(n) < n_first, (m, 1)), axis=1)
    code = np.where(member, 1.0 / n_first, -1.0 / (n - n_first)) / np.sqrt(1.0 / n_first + 1.0 / (n - n_first))
    centred = curves - curves.mean(axis=0)
    _same(centred, code, n - 2, beyond, naive.two_sample(curves, member))

    x = rng.permuted(np.tile(rng.normal(3, 2, n), (m, 1)), axis=1)
    off = x - x.mean(axis=1, keepdims=True)
    unit = off / np.sqrt((off**2).sum(axis=1, keepdims=True))
    _same(centred, unit, n - 2, beyond, naive.regression(curves, x))


def _same(curves: np.ndarray, weights: np.ndarray, freedom: int, beyond: float, expected: list[list[float]]) -> None:
    square = (curves**2).sum(axis=0)
    t = np.empty(curves.shape[1])
    for row, wanted in zip(weights, expected, strict=True):
        out = np.zeros(1, EXTREMES_DTYPE)
        assert permuted_extremes(curves, row[np.newaxis].copy(), square, float(freedom), 1e-12, beyond, t, out) == 1
        np.testing.assert_allclose(t, wanted, rtol=1e-7, atol=1e-7)
        largest, mass, extent = naive.extremes(t.tolist(), beyond)  # of the same t: a node on the edge is no matter
        assert out["max_abs_t"][0] == largest
        np.testing.assert_allclose(out["max_mass"][0], mass, rtol=1e-12)
        assert out["max_extent"][0] == extent
    whole = np.zeros(len(weights), EXTREMES_DTYPE)
    permuted_extremes(curves, np.ascontiguousarray(weights), square, float(freedom), 1e-12, beyond, t, whole)
    np.testing.assert_allclose(whole["max_abs_t"], [max(abs(v) for v in row) for row in expected], rtol=1e-7, atol=1e-7)
