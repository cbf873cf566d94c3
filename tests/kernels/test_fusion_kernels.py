"""The fusion's kernels against dense matrices and against what must hold of any solution."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kernels.compare_fusion import compare_fusion, random_case, run
from landing_lab.fuse.gain_model import Wander, prior_band
from landing_lab.kernels.fusion import eliminate


@pytest.mark.parametrize("seed", range(25))
def test_kernels_equal_dense_matrices(seed: int) -> None:
    assert compare_fusion(seed) > 0 or seed % 3 == 0


@pytest.mark.parametrize("parts", [(Wander(0.2, 0.3),), (Wander(0.3, 0.1), Wander(0.1, 0.02))])
def test_the_prior_is_that_of_its_processes(parts: tuple[Wander, ...]) -> None:
    band, log_det = prior_band(30, 3, parts, 0.005)
    precision = np.zeros((len(band), len(band)))
    for k, row in enumerate(band):
        for j, value in enumerate(row[: len(band) - k]):
            precision[k + j, k] = precision[k, k + j] = value
    at = np.arange(30) * 0.005
    covariance = np.linalg.inv(precision)
    for number, part in enumerate(parts):
        wanted = part.sd**2 * np.exp(-np.abs(at[:, None] - at[None]) / part.memory_s)
        own = covariance[number :: len(parts), number :: len(parts)]
        np.testing.assert_allclose(own, wanted, rtol=1e-9, atol=1e-12)
    assert log_det == pytest.approx(-np.linalg.slogdet(precision)[1], rel=1e-9)


def test_a_matrix_that_is_not_positive_is_not_factored() -> None:
    assert math.isnan(eliminate(np.array([[1.0, 2.0], [1.0, 0.0]]), np.zeros(2), 0, 2))


def test_exact_readings_of_a_scaled_shape_give_the_scale_back() -> None:
    case, band, log_det = random_case(1)
    found, _ = run(case, band, log_det)
    exact = case.__class__(
        **{**case.__dict__, "read_n": np.nan_to_num(1.2 * found.seen), "read_sd_n": 0.0 * case.read_n + 1e-3}
    )
    again, _ = run(exact, band, log_det)
    middle = slice(40, -40)
    loaded = exact.shape[middle] > 100.0
    scale = again.force[middle][loaded] / exact.shape[middle][loaded]
    assert np.median(scale) == pytest.approx(1.2, rel=0.02)
