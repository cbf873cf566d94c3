"""The converter's filter: unit gain, mean delay, and what it does to steps and ramps."""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.fuse.hx711_response import ORDERS, filtered, response


@pytest.mark.parametrize("order", [1, 2, *ORDERS])
@pytest.mark.parametrize("period_s", [1 / 78, 1 / 80, 1 / 94, 0.0125])
@pytest.mark.parametrize("step_s", [0.001, 0.0009997, 0.0005])
def test_sums_to_one_and_delays_by_half_its_length(order: int, period_s: float, step_s: float) -> None:
    weights = response(order, period_s, step_s)
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    assert (weights >= 0).all()
    delay_s = float(weights @ np.arange(len(weights))) * step_s
    # A box of period / step samples seen newest first reaches back half its length, less half a sample.
    assert delay_s == pytest.approx(order * (period_s - step_s) / 2, abs=order * 0.15 * step_s)
    assert len(weights) * step_s == pytest.approx(order * period_s, abs=(order + 1) * step_s)


@pytest.mark.parametrize("order", ORDERS)
def test_a_constant_stays_and_a_ramp_is_late_by_the_delay(order: int) -> None:
    weights = response(order, 0.0125, 0.001)
    np.testing.assert_allclose(filtered(np.full(200, 700.0), weights), 700.0)
    ramp = np.arange(300.0)
    np.testing.assert_allclose(
        filtered(ramp, weights)[100:], ramp[100:] - float(weights @ np.arange(len(weights))), atol=1e-9
    )


@pytest.mark.parametrize("order", ORDERS)
def test_impulse_is_kept_and_the_peak_is_not(order: int) -> None:
    force = np.zeros(1000)
    force[300:400] = 2000 * np.sin(np.pi * np.arange(100) / 100)
    smooth = filtered(force, response(order, 0.0125, 0.001))
    assert smooth.sum() == pytest.approx(force.sum(), rel=1e-12)
    assert 0.9 * force.max() < smooth.max() < 0.985 * force.max()  # a slow landing of 100 ms


@pytest.mark.parametrize("order", ORDERS)
def test_unloading_reaches_zero_after_order_periods(order: int) -> None:
    smooth = filtered(np.concatenate([np.full(100, 500.0), np.zeros(100)]), response(order, 0.0125, 0.001))
    gone = round(order * 12.5)
    assert smooth[100 + gone - 6] > 0.0
    assert smooth[100 + gone + 1 :].max() < 1e-9
