"""How fast permuted t curves are, against numpy's matrix product; nothing here asserts a time."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from landing_lab.kernels.permutation import EXTREMES_DTYPE, permuted_extremes

N, Q, M = 20, 101, 10_000


@pytest.fixture(scope="module")
def study() -> tuple[np.ndarray, np.ndarray]:
    """Twenty athletes, 101 nodes, 10 000 sign flips."""
    rng = np.random.default_rng(1)
    return rng.normal(0, 1, (N, Q)), rng.choice((1.0, -1.0), (M, N)) / np.sqrt(N)


def test_kernel(benchmark: BenchmarkFixture, study: tuple[np.ndarray, np.ndarray]) -> None:
    curves, weights = study
    square, t, out = (curves**2).sum(axis=0), np.empty(Q), np.zeros(M, EXTREMES_DTYPE)
    benchmark(permuted_extremes, curves, weights, square, N - 1.0, 1e-12, 2.9, t, out)
    assert out["max_abs_t"].min() > 0.0


def test_numpy_without_clusters(benchmark: BenchmarkFixture, study: tuple[np.ndarray, np.ndarray]) -> None:
    """Max t alone, by BLAS: it finds no clusters, and holds all 10 000 curves in memory."""
    curves, weights = study

    def largest() -> np.ndarray:
        u = weights @ curves
        return np.abs(u / np.sqrt(((curves**2).sum(axis=0) - u**2) / (N - 1))).max(axis=1)

    expected = benchmark(largest)
    out = np.zeros(M, EXTREMES_DTYPE)
    permuted_extremes(curves, weights, (curves**2).sum(axis=0), N - 1.0, 1e-12, 2.9, np.empty(Q), out)
    np.testing.assert_allclose(out["max_abs_t"], expected, rtol=1e-9)
