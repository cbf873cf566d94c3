"""The clock fit under the ways in which arrivals are late: jitter of 1-16 ms, bursts of a USB bridge, stalls."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from landing_lab.calibrate.clock import ClockFit, fit_clock

LEAST_DELAY_S = 0.001
"""A delay that every frame has cannot be seen; errors are counted against the least delayed frame."""

Delays = Callable[[np.random.Generator, np.ndarray], np.ndarray]


def jitter(rng: np.random.Generator, sent_s: np.ndarray) -> np.ndarray:
    """Each frame late by 1-16 ms, independently."""
    return sent_s + rng.uniform(LEAST_DELAY_S, 0.016, len(sent_s))


def bursts(rng: np.random.Generator, sent_s: np.ndarray) -> np.ndarray:
    """A USB bridge that hands over every 16 ms, at a rate of its own."""
    period = 0.016 * (1.0 + 0.003 * rng.standard_normal())
    phase = rng.uniform(0, period)
    return np.ceil((sent_s - phase) / period) * period + phase + LEAST_DELAY_S


def stalls(rng: np.random.Generator, sent_s: np.ndarray) -> np.ndarray:
    """Exponential delays, and a host that stops reading for 0.15 s now and then."""
    arrival = sent_s + LEAST_DELAY_S + rng.exponential(0.003, len(sent_s))
    for at in rng.uniform(sent_s[0], sent_s[-1], 4):
        held = (arrival > at) & (arrival < at + 0.15)
        arrival[held] = at + 0.15 + LEAST_DELAY_S
    return np.maximum.accumulate(arrival)


def fitted(
    seed: int, delays: Delays, *, rate_hz: float, duration_s: float, ppm: float
) -> tuple[ClockFit, float, np.ndarray]:
    """The fit, the true ppm, and the errors of converted instants, seconds."""
    rng = np.random.default_rng(seed)
    step = 1e6 / rate_hz
    n = round(duration_s * rate_hz)
    start = float(rng.uniform(0, 4e9))
    ticks = np.round(start + np.arange(n) * step + rng.uniform(0, 0.1 * step, n)).astype(np.int64)
    true_ppm = float(rng.uniform(-ppm, ppm))
    host_s = 54_321.0 + ticks * 1e-6 * (1.0 + true_ppm * 1e-6)
    arrival = delays(rng, host_s)
    assert (arrival >= host_s).all()
    fit = fit_clock(ticks, arrival)
    return fit, true_ppm, fit.to_host(ticks) - host_s - LEAST_DELAY_S


@pytest.mark.parametrize("delays", [jitter, bursts, stalls])
@pytest.mark.parametrize("rate_hz", [1000.0, 640.0])
def test_every_instant_is_recovered_within_the_stated_sd(delays: Delays, rate_hz: float) -> None:
    inside = []
    for seed in range(25):
        fit, _, errors = fitted(seed, delays, rate_hz=rate_hz, duration_s=10.0, ppm=3000.0)
        inside.append(np.abs(errors).max() <= 2 * fit.sd_s)
        assert fit.sd_s < 0.002
    assert np.mean(inside) >= 0.9


@pytest.mark.parametrize("delays", [jitter, bursts, stalls])
def test_drift_is_recovered(delays: Delays) -> None:
    for seed in range(10):
        fit, ppm, _ = fitted(seed, delays, rate_hz=1000.0, duration_s=30.0, ppm=200.0)
        assert fit.drift_ppm == pytest.approx(ppm, abs=40.0)


def test_exact_arrivals_are_exact() -> None:
    ticks = np.arange(0, 10_000_000, 1000, dtype=np.int64)
    fit = fit_clock(ticks, 5.0 + ticks * 1e-6 * 1.000123)
    assert fit.offset_s == pytest.approx(5.0, abs=1e-9)
    assert fit.drift_ppm == pytest.approx(123.0, abs=1e-3)
    assert fit.sd_s == pytest.approx(0.0005, rel=1e-3)  # what one-way delays may differ by stays


def test_drift_of_a_cheap_resonator() -> None:
    ticks = np.arange(0, 20_000_000, 1000, dtype=np.int64)
    assert fit_clock(ticks, 3.0 + ticks * 1e-6 * 0.995 + 0.001).drift_ppm == pytest.approx(-5000.0, abs=0.1)


@pytest.mark.parametrize("n", [1, 2, 100, 799])
def test_under_a_second_no_slope_is_claimed(n: int) -> None:
    ticks = np.arange(n, dtype=np.int64) * 1000
    fit = fit_clock(ticks, 7.0 + ticks * 1e-6)
    assert fit.rate == 1.0
    assert fit.sd_s == (0.005 if n > 200 else 0.008)  # less than 0.2 s may all have waited in one buffer
    np.testing.assert_allclose(fit.to_host(ticks), 7.0 + ticks * 1e-6, atol=1e-9)


def test_long_silence_in_the_middle() -> None:
    ticks = np.concatenate([np.arange(0, 3_000_000, 1000), np.arange(30_000_000, 33_000_000, 1000)]).astype(np.int64)
    host = ticks * 1e-6 * (1 + 150e-6)
    fit = fit_clock(ticks, host + 0.001 + np.random.default_rng(3).exponential(0.002, len(ticks)))
    assert fit.drift_ppm == pytest.approx(150.0, abs=15.0)
    assert np.abs(fit.to_host(ticks) - host - 0.001).max() < 2 * fit.sd_s
