"""The converter's filter as the kernels know it: unit gain, mean delay, and what it does to a step."""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.calibrate.filter_response import ORDERS, impulse_response, ramp_response
from landing_lab.fuse.hx711_response import PER_PERIOD, tabulated


@pytest.mark.parametrize("order", [2, *ORDERS, 5])
def test_sums_to_one_and_delays_by_half_its_length(order: int) -> None:
    weights = tabulated(order)
    assert len(weights) == order * PER_PERIOD + 1
    assert (weights >= 0.0).all()
    assert weights.sum() / PER_PERIOD == pytest.approx(1.0, abs=1e-4)
    assert np.average(np.arange(len(weights)), weights=weights) / PER_PERIOD == pytest.approx(order / 2.0, abs=1e-9)


@pytest.mark.parametrize("order", ORDERS)
def test_linear_between_its_steps_is_the_spline(order: int) -> None:
    at = np.random.default_rng(1).uniform(0.0, order, 1000)
    read = np.interp(at * PER_PERIOD, np.arange(order * PER_PERIOD + 1), tabulated(order))
    np.testing.assert_allclose(read, impulse_response(at, order), atol=1e-5)


@pytest.mark.parametrize("order", ORDERS)
def test_a_step_is_over_after_order_periods(order: int) -> None:
    risen = np.cumsum(tabulated(order)) / PER_PERIOD
    np.testing.assert_allclose(risen, ramp_response(np.arange(len(risen)) / PER_PERIOD, order, 0.0), atol=3e-3)
