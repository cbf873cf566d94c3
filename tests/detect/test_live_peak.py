"""Landings of one foot as its force comes in: holes are no flights, and flights are counted in seconds."""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.detect.live_peak import PeakFollower
from landing_lab.fuse.live import LiveForce


def landing(rate_hz: float) -> LiveForce:
    """Half a second of standing, 0.3 s in the air, a landing that peaks at 1200 N after 60 ms, standing."""
    times = np.arange(0.0, 2.0, 1.0 / rate_hz)
    force = np.where((times >= 0.5) & (times < 0.8), 0.0, 350.0)
    since = times - 0.8
    force += np.where((since >= 0.0) & (since < 0.12), 850.0 * np.sin(np.pi * np.clip(since, 0.0, 0.12) / 0.12), 0.0)
    return LiveForce(times, force, 0.01 * force)


def without(given: LiveForce, start_s: float, stop_s: float, *, absent: bool = False) -> LiveForce:
    """A hole: NaN, or samples that never come."""
    inside = (given.times_s >= start_s) & (given.times_s < stop_s)
    if absent:
        return LiveForce(*(column[~inside] for column in given))
    return LiveForce(given.times_s, np.where(inside, np.nan, given.force_n), given.sd_n)


def followed(given: LiveForce, rate_hz: float, n_blocks: int = 1) -> PeakFollower:
    follower = PeakFollower(1.0 / rate_hz)
    for part in np.array_split(np.arange(len(given.times_s)), n_blocks):
        follower.take(LiveForce(*(column[part] for column in given)))
    return follower


@pytest.mark.parametrize("rate_hz", [100.0, 500.0, 1000.0])
@pytest.mark.parametrize("n_blocks", [1, 7])
def test_a_landing_is_told_at_any_rate(rate_hz: float, n_blocks: int) -> None:
    peak = followed(landing(rate_hz), rate_hz, n_blocks).last
    assert peak is not None
    assert peak.force_n == pytest.approx(1200.0, rel=0.02)
    assert peak.sd_n == pytest.approx(0.01 * peak.force_n)
    assert peak.after_s == pytest.approx(0.06, abs=0.011)


@pytest.mark.parametrize("absent", [False, True])
def test_a_hole_in_standing_is_no_flight(absent: bool) -> None:
    given = landing(1000.0)
    standing = LiveForce(*(column[given.times_s < 0.5] for column in given))
    assert followed(without(standing, 0.1, 0.35, absent=absent), 1000.0).last is None
    assert followed(without(given, 1.3, 1.55, absent=absent), 1000.0).last == followed(given, 1000.0).last


@pytest.mark.parametrize("absent", [False, True])
def test_a_hole_in_the_landing_leaves_it_without_a_peak(absent: bool) -> None:
    assert followed(without(landing(1000.0), 0.83, 0.88, absent=absent), 1000.0).last is None


def test_a_flight_of_which_enough_was_heard_still_counts() -> None:
    assert followed(without(landing(1000.0), 0.55, 0.6), 1000.0).last is not None
    assert followed(without(landing(1000.0), 0.55, 0.78), 1000.0).last is None


def test_a_knock_shorter_than_a_flight_begins_nothing() -> None:
    given = landing(1000.0)
    assert followed(LiveForce(given.times_s[440:], given.force_n[440:], given.sd_n[440:]), 1000.0).last is not None
    dip = np.where((given.times_s > 0.5) & (given.times_s < 0.75), 350.0, given.force_n)
    assert followed(LiveForce(given.times_s, dip, given.sd_n), 1000.0).last is None
