"""Times of frames while they arrive, against a board whose true times are known."""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.app.lsl.board_time import BoardTime

LEAST_DELAY_S = 0.001


def errors_ms(drift_ppm: float, seed: int, *, stalls: bool = False, rate_hz: float = 1000.0) -> tuple[np.ndarray, ...]:
    """(true time since START, error of the stamp in ms beside the constant delay, which nothing tells).

    20 s of frames that are read every 4 ms.

    Delay: 1 ms at least, and what waits for the end of a buffer of 16 ms or less; with stalls the computer is busy
    for 0.3 s now and then.
    """
    rng = np.random.default_rng(seed)
    true_s = np.arange(int(20 * rate_hz)) / rate_hz
    ticks_us = np.round(true_s * 1e6 * (1 + drift_ppm * 1e-6)).astype(np.int64) + 5_000_000
    handed_s = np.cumsum(rng.uniform(0.010, 0.016, 2500))
    at_host_s = handed_s[np.searchsorted(handed_s, true_s + LEAST_DELAY_S)]
    read_s = np.ceil(at_host_s / 0.004) * 0.004 + 0.0004
    if stalls:
        for begin in (3.0, 9.0, 15.0):
            busy = (read_s >= begin) & (read_s < begin + 0.3)
            read_s[busy] = begin + 0.3
    clock, stamps = BoardTime(), np.empty(len(true_s))
    for moment in np.unique(read_s):
        here = read_s == moment
        stamps[here] = clock.stamps(ticks_us[here], 100.0 + moment)
        assert (stamps[here] <= 100.0 + moment).all()
    assert (np.diff(stamps) >= 0).all()
    late_s = stamps - 100.0 - true_s
    assert 0.0 < np.median(late_s) < LEAST_DELAY_S + 0.0044  # the least delay, not that of the usual frame
    return true_s, 1e3 * (late_s - np.median(late_s))


@pytest.mark.parametrize("drift_ppm", [0.0, 150.0, -3000.0, 5000.0])
@pytest.mark.parametrize("stalls", [False, True])
def test_times_settle_within_seconds(drift_ppm: float, stalls: bool) -> None:
    for seed in (4, 5, 6):
        true_s, error_ms = errors_ms(drift_ppm, seed, stalls=stalls)
        assert np.abs(error_ms).max() < 6.0
        assert np.abs(error_ms[true_s > 5.0]).max() < 0.5
        if abs(drift_ppm) < 500.0:  # a quartz
            assert np.abs(error_ms).max() < 2.5


def test_they_are_far_better_than_arrivals() -> None:
    true_s, error_ms = errors_ms(200.0, seed=8)
    assert np.std(error_ms[true_s > 2.0]) < 0.2  # arrivals: 4 ms


def test_a_clock_that_begins_anew_is_followed() -> None:
    clock = BoardTime()
    ticks = np.arange(0, 4_000_000, 1000)
    for start in range(0, 4000, 4):
        clock.stamps(ticks[start : start + 4], 50.0 + ticks[start + 3] * 1e-6 + 0.002)
    # restarted 0.6 s after its last frame, its ticks unwrapped 3 s too far
    after = clock.stamps(np.array([7_000_000]), 54.6)
    assert 54.0 < after[0] <= 54.6
