"""The tare of drop jumps at every rate, and what must not count as unloaded."""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.calibrate.tare import tare_from_lowest, tare_from_unloaded


def drop(offset: tuple[float, ...], noise: float, rate: float = 1000.0) -> np.ndarray:
    """Empty, contact, flight, standing; one column per offset."""
    times = np.arange(round(6 * rate)) / rate
    load = np.where((times > 2) & (times < 2.25), 1500.0, 0.0) + np.where(times > 2.7, 350.0, 0.0)
    return (
        load[:, None] + np.array(offset) + noise * np.random.default_rng(11).standard_normal((len(times), len(offset)))
    )


@pytest.mark.parametrize("offset", [(0.0,), (25.0, -25.0), (3.0, 0.0, -45.0)])
@pytest.mark.parametrize("noise", [0.0, 0.5, 4.0])
@pytest.mark.parametrize("rate", [100.0, 1000.0])
def test_offset_and_noise(offset: tuple[float, ...], noise: float, rate: float) -> None:
    tare = tare_from_unloaded(drop(offset, noise, rate), sample_rate_hz=rate)
    # Two seconds of noise average to a fourteenth of its SD at 100 Hz; the median of blocks is a quarter worse.
    np.testing.assert_allclose(tare.offset_n, offset, atol=(0.3 if rate < 1000 else 0.1) * noise + 1e-9)
    columns = len(offset)
    expected = [noise] if columns == 1 else [noise * columns**0.5, *[noise] * columns]
    # The noisiest tenth of the blocks is left out, so that SD comes out a little low, the more the fewer samples.
    np.testing.assert_allclose(tare.noise_n, expected, rtol=0.3 if rate < 1000 else 0.1, atol=1e-9)
    assert 1.5 < tare.unloaded_s < 2.6


def test_one_foot_on_its_plate_is_not_unloaded() -> None:
    force = np.zeros((5000, 2))
    force[:, 1] = 300.0
    assert tare_from_unloaded(force, sample_rate_hz=1000.0).unloaded_s == 0.0


@pytest.mark.parametrize("rows", [0, 1, 3, 49, 99])
def test_too_short_is_not_evidence(rows: int) -> None:
    assert tare_from_unloaded(np.zeros((rows, 2)), sample_rate_hz=1000.0).unloaded_s == 0.0


def test_missing_samples_do_not_poison_the_offset() -> None:
    force = drop((10.0, -10.0), 1.0)
    force[::317] = np.nan
    np.testing.assert_allclose(tare_from_unloaded(force, sample_rate_hz=1000.0).offset_n, [10.0, -10.0], atol=0.3)


def test_nothing_calm_or_nothing_at_all_is_none() -> None:
    for signal in (500.0 * np.random.default_rng(1).random(1000), np.full(500, np.nan), np.zeros(0)):
        assert tare_from_lowest(signal, sample_rate_hz=1000.0, calm_n=2.0, window_ms=50.0) is None
