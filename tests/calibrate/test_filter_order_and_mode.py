"""Order of the converter's filter from quick unloadings, and the plate's first mode from taps."""

from __future__ import annotations

import numpy as np
import pytest

from calibrate.known_loads import INFO, frames_of, parts_of
from landing_lab.calibrate.filter_response import gain_at, impulse_response, ramp_response
from landing_lab.calibrate.plate_readings import CellReadings, cell_readings
from landing_lab.calibrate.tap import plate_mode
from landing_lab.calibrate.unloading import filter_order

FINE_S = np.arange(10_000) * 1e-4


def unloading(
    seed: int, rng: np.random.Generator, *, ramp_s: float = 0.002, force_n: float = 200.0
) -> list[CellReadings]:
    begins = 0.45 + 0.05 * rng.random()
    force = force_n * (1.0 - np.clip((FINE_S - begins) / ramp_s, 0.0, 1.0))
    return cell_readings(INFO, frames_of(parts_of(seed), "left", force, (10.0, 20.0), rng=rng), "left")


def tap(seed: int, rng: np.random.Generator, mode_hz: float, damping: float) -> list[CellReadings]:
    since = np.maximum(np.arange(15_000) * 1e-4 - 0.4, 0.0)
    angular = 2.0 * np.pi * mode_hz
    force = angular * np.exp(-damping * angular * since) * np.sin(angular * since)  # a tap of 1 N s
    return cell_readings(INFO, frames_of(parts_of(seed), "left", force, (20.0, -10.0), rng=rng), "left")


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_a_step_reaches_its_end_exactly_order_periods_later(order: int) -> None:
    assert ramp_response(np.array([0.0, order, order + 3.0]), order, 0.0) == pytest.approx([0.0, 1.0, 1.0], abs=1e-12)
    assert ramp_response(np.array([order - 0.05]), order, 0.0)[0] < 1.0
    assert ramp_response(np.array([order / 2.0]), order, 0.0)[0] == pytest.approx(0.5)
    assert ramp_response(np.array([order + 0.7]), order, 0.7)[0] == pytest.approx(1.0)


def test_responses_are_those_of_boxes_convolved_with_themselves() -> None:
    box = np.ones(1000) / 1000.0
    weights = box
    for order in (2, 3, 4):
        weights = np.convolve(weights, box)
        at = (np.arange(len(weights)) + 0.5 * order) / 1000.0
        np.testing.assert_allclose(impulse_response(at, order), weights * 1000.0, atol=2e-3)
        np.testing.assert_allclose(ramp_response(at + 0.0005, order, 0.0), np.cumsum(weights), atol=2e-3)
        ramped = np.convolve(np.cumsum(weights), np.ones(500) / 500.0)[: len(at)]
        np.testing.assert_allclose(ramp_response(at + 0.00025, order, 0.5), ramped, atol=2e-3)
    assert gain_at(0.5, 3) == pytest.approx((2.0 / np.pi) ** 3)
    assert gain_at(1.0, 4) == pytest.approx(0.0, abs=1e-12)


def test_the_period_is_found_through_lost_conversions() -> None:
    rng = np.random.default_rng(1)
    parts = parts_of(1)
    frames = frames_of(parts, "left", np.zeros(20_000), (0.0, 0.0), rng=rng, start_s=5.0)
    for cell, readings in enumerate(cell_readings(INFO, frames, "left")):
        assert readings.period_s == pytest.approx(float(parts["left"].period_s[cell]), rel=2e-3)


def test_three_quick_unloadings_tell_the_order_and_never_a_wrong_one() -> None:
    right = 0
    for seed in range(4):
        rng = np.random.default_rng([seed, 5])
        found = filter_order([unloading(seed, rng) for _ in range(3)])
        assert sum(found.probability.values()) == pytest.approx(1.0)
        if found.order is None:
            assert found.reason is not None
            continue
        assert found.order == parts_of(seed)["left"].order
        assert found.sure is not None
        assert found.sure >= 0.95
        right += 1
    assert right >= 3


def test_slow_or_absent_unloadings_tell_nothing() -> None:
    rng = np.random.default_rng(3)
    slow = filter_order([unloading(3, rng, ramp_s=0.2)])
    assert slow.order is None
    assert "too slowly" in str(slow.reason)
    small = filter_order([unloading(3, rng, force_n=1.0)])
    assert small.order is None
    assert "10 kg" in str(small.reason)
    assert filter_order([]).order is None
    assert filter_order([[]]).sure is None


@pytest.mark.parametrize(("mode_hz", "damping"), [(12.0, 0.04), (25.0, 0.02), (35.0, 0.03), (45.0, 0.04)])
def test_a_low_mode_is_seen_with_its_damping(mode_hz: float, damping: float) -> None:
    rng = np.random.default_rng(round(mode_hz))
    found = plate_mode([tap(2, rng, mode_hz, damping) for _ in range(2)], order=parts_of(2)["left"].order)
    assert found.mode_hz == pytest.approx(mode_hz, abs=1.0)
    assert found.damping == pytest.approx(damping, rel=0.5)


def test_a_stiff_plate_gives_a_lower_bound_and_no_number() -> None:
    for seed in range(4):
        rng = np.random.default_rng([seed, 9])
        found = plate_mode([tap(seed, rng, 180.0, 0.04) for _ in range(2)], order=parts_of(seed)["left"].order)
        assert found.mode_hz is None
        assert found.reason is not None
        assert found.at_least_hz is None or 0.0 < found.at_least_hz < 180.0


def test_without_a_tap_nothing_is_told() -> None:
    rng = np.random.default_rng(1)
    frames = frames_of(parts_of(1), "left", np.zeros(15_000), (0.0, 0.0), rng=rng)
    found = plate_mode([cell_readings(INFO, frames, "left")])
    assert (found.mode_hz, found.at_least_hz) == (None, None)
    assert "knock" in str(found.reason)
