from __future__ import annotations

import numpy as np
import pytest

from landing_lab.calibrate.tare import tare_from_lowest, tare_from_unloaded


def two_plates(offset: tuple[float, float], noise_n: float, *, seed: int = 0) -> np.ndarray:
    """Two seconds empty, one second of 350 N on each, two seconds empty, at 1 kHz."""
    rng = np.random.default_rng(seed)
    force = np.zeros((5000, 2))
    force[2000:3000] = 350.0
    return force + np.array(offset) + rng.normal(0.0, noise_n, force.shape)


@pytest.mark.parametrize("offset", [(0.0, 0.0), (25.0, -25.0), (-12.0, 7.5)])
def test_offset_and_noise_of_empty_plates(offset: tuple[float, float]) -> None:
    tare = tare_from_unloaded(two_plates(offset, 1.5), sample_rate_hz=1000.0)
    assert tare.offset_n == pytest.approx(offset, abs=0.2)
    assert tare.noise_n == pytest.approx([1.5 * 2**0.5, 1.5, 1.5], rel=0.1)
    assert 3.0 < tare.unloaded_s <= 4.0


def test_quantised_readings_give_an_offset_finer_than_a_step() -> None:
    force = np.round(two_plates((1.0, -1.0), 1.0) / 2.8) * 2.8
    tare = tare_from_unloaded(force, sample_rate_hz=1000.0)
    assert tare.offset_n == pytest.approx([1.0, -1.0], abs=0.3)
    assert tare.resolution_n == pytest.approx([2.8, 2.8])


def test_never_unloaded_is_not_re_zeroed() -> None:
    tare = tare_from_unloaded(np.full((3000, 2), 300.0), sample_rate_hz=1000.0)
    assert tare.offset_n.tolist() == [0.0, 0.0]
    assert tare.unloaded_s == 0.0


def test_lowest_calm_stretch_is_found_below_any_zero() -> None:
    rng = np.random.default_rng(1)
    signal = 4000.0 + rng.normal(0.0, 0.5, 1000)
    signal[:300] += 700.0
    signal[600:] += 650.0 + 100.0 * np.sin(np.arange(400))
    found = tare_from_lowest(signal, sample_rate_hz=80.0, calm_n=5.0, window_ms=150.0)
    assert found is not None
    assert 300 <= found.start < found.stop <= 600
    assert tare_from_lowest(signal[600:], sample_rate_hz=80.0, calm_n=5.0, window_ms=150.0) is None
    assert tare_from_lowest(signal[:3], sample_rate_hz=80.0, calm_n=5.0, window_ms=150.0) is None


def test_rounding_of_arithmetic_is_no_step_of_a_converter() -> None:
    force = np.round(two_plates((0.0, 0.0), 3.0) / 0.1) * 0.1 + 1e-12 * np.arange(5000)[:, None]
    assert tare_from_unloaded(force, sample_rate_hz=1000.0).resolution_n == pytest.approx([0.1, 0.1])
    assert tare_from_unloaded(np.full((3000, 1), 7.0), sample_rate_hz=1000.0).resolution_n.tolist() == [0.0]
