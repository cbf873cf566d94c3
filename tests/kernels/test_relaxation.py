"""The kernel of relaxation against its twin, bit by bit, and against a closed form."""

from __future__ import annotations

import numpy as np
import pytest

from kernels.naive import relaxed
from landing_lab.kernels.relaxation import relax


def run(keep: np.ndarray, pull: np.ndarray) -> np.ndarray:
    state = np.full_like(pull, np.nan)
    relax(keep, pull, state)
    return state


@pytest.mark.parametrize("shape", [(0, 3), (1, 1), (57, 1), (400, 8)])
def test_kernel_equals_twin(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(shape)
    keep, pull = rng.uniform(-1.0, 1.0, shape), rng.normal(0.0, 3.0, shape)
    np.testing.assert_array_equal(run(keep, pull), relaxed(keep, pull))


def test_a_constant_pull_is_followed_exponentially() -> None:
    keep = np.full((200, 2), [0.9, 0.5])
    found = run(keep, 1.0 - keep)
    steps = np.arange(1, 201)[:, None]
    np.testing.assert_allclose(found, 1.0 - keep**steps, rtol=1e-12)
