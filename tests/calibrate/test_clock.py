from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing_lab.calibrate.clock import fit_clock


def frames(seconds: float, *, ppm: float, offset_s: float, jitter_s: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Ticks of a board at 1 kHz whose clock is fast by ppm, and when a busy host read them."""
    rng = np.random.default_rng(seed)
    true_s = np.arange(0.0, seconds, 0.001)
    ticks = np.round(true_s * (1e6 + ppm)).astype(np.int64)
    return ticks, true_s + offset_s + rng.uniform(0.0, jitter_s, len(true_s))


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-3000, 3000), st.floats(-1e5, 1e5), st.sampled_from([0.001, 0.004, 0.016]), st.integers(0, 10**6),
)  # fmt: skip
def test_offset_and_drift_come_back(ppm: float, offset_s: float, jitter_s: float, seed: int) -> None:
    ticks, arrival = frames(8.0, ppm=ppm, offset_s=offset_s, jitter_s=jitter_s, seed=seed)
    fit = fit_clock(ticks, arrival)
    error = fit.to_host(ticks) - (np.arange(len(ticks)) * 0.001 + offset_s)
    # late by what even the least delayed arrivals are late, and by no more than a few stated SD
    assert np.abs(error).max() < 4.0 * fit.sd_s
    assert fit.sd_s < 0.002


def test_bursts_and_outliers_do_not_bend_the_line() -> None:
    ticks, arrival = frames(8.0, ppm=150.0, offset_s=5.0, jitter_s=0.002, seed=1)
    arrival[2000:2600] += 0.3  # the system was away for a while: whole windows are late
    fit = fit_clock(ticks, arrival)
    assert np.abs(fit.to_host(ticks) - (np.arange(len(ticks)) * 0.001 + 5.0)).max() < 0.002
    assert fit.drift_ppm == pytest.approx(-150.0, abs=60.0)


def test_a_moment_gives_no_drift_and_says_how_unsure_it_is() -> None:
    ticks, arrival = frames(0.5, ppm=2000.0, offset_s=1.0, jitter_s=0.001, seed=2)
    fit = fit_clock(ticks, arrival)
    assert fit.rate == 1.0
    assert fit.sd_s == 0.005
    assert fit_clock(ticks[:0], arrival[:0]).sd_s == float("inf")


@pytest.mark.parametrize(
    "stalls",
    [[(2.0, 0.5)], [(2.0, 1.0)], [(5.0, 2.0)], [(0.0, 3.0)], [(4.0, 5.0)], [(1.0, 1.0), (4.0, 1.0), (7.0, 1.0)]],
    ids=str,
)
@pytest.mark.parametrize("ppm", [0.0, 150.0, -3000.0])
def test_a_computer_that_was_away_for_seconds_does_not_bend_time(stalls: list[tuple[float, float]], ppm: float) -> None:
    ticks, arrival = frames(9.5, ppm=ppm, offset_s=100.0, jitter_s=0.002, seed=3)
    for start, length in stalls:
        late = (arrival > 100.0 + start) & (arrival < 100.0 + start + length)
        arrival[late] = 100.0 + start + length
    fit = fit_clock(ticks, arrival)
    error = fit.to_host(ticks) - (np.arange(len(ticks)) * 0.001 + 100.0)
    assert fit.credible
    assert np.abs(error).max() < 0.0025
    assert np.ptp(error) < 0.002


def test_a_board_at_twice_its_rate_is_not_believed() -> None:
    ticks, arrival = frames(9.0, ppm=0.0, offset_s=0.0, jitter_s=0.001, seed=4)
    fit = fit_clock(ticks, arrival / 2.0)
    assert not fit.credible
    assert fit.rate == 1.0
