"""The motion kernel against its twin and against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from kernels.compare_twins import compare_motion
from landing_lab.kernels.motion import integrate_from_end


@pytest.mark.parametrize("seed", range(40))
def test_kernel_equals_twin(seed: int) -> None:
    compare_motion(seed)


def test_constant_force_is_uniform_acceleration() -> None:
    n, dt, weight = 201, 0.001, 700.0
    velocity, position = np.empty(n), np.empty(n)
    start = integrate_from_end(
        np.full(n, 2 * weight), 0.5, 0.25, 2 * weight, dt, weight, 9.80665, 2.5, velocity, position
    )
    duration = (n - 1 + 0.75) * dt
    assert start == pytest.approx(2.5 - 9.80665 * duration, abs=1e-12)
    to_end = (np.arange(n)[::-1] + 0.25) * dt
    np.testing.assert_allclose(velocity, 2.5 - 9.80665 * to_end, atol=1e-12)
    np.testing.assert_allclose(position, -(2.5 * to_end - 0.5 * 9.80665 * to_end**2), atol=1e-12)


def test_standing_still_stays_still() -> None:
    velocity, position = np.empty(50), np.empty(50)
    assert integrate_from_end(np.full(50, 700.0), 0, 0, 700.0, 0.001, 700.0, 9.80665, 0.0, velocity, position) == 0
    assert not velocity.any()
    assert not position.any()
