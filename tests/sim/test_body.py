from dataclasses import replace
from typing import TypeAlias

import numpy as np
import pytest

from landing_lab.errors import ParameterError
from landing_lab.sim.body import LIMITS, DropJumpBody, FootStrike
from landing_lab.sim.drop_jump import draw_body, simulate_drop_jump
from landing_lab.sim.motion import Motion, move
from landing_lab.sim.truth import DropJumpTruth, describe

GRAVITY = 9.80665
SEEDS = range(25)
Jumps: TypeAlias = list[tuple[DropJumpBody, Motion, DropJumpTruth]]


@pytest.fixture(scope="module")
def jumps() -> Jumps:
    bodies = [draw_body(seed) for seed in SEEDS]
    motions = [move(body) for body in bodies]
    return [(body, motion, describe(body, motion)) for body, motion in zip(bodies, motions, strict=True)]


def test_net_impulse_is_the_change_of_momentum(jumps: Jumps) -> None:
    for body, motion, _ in jumps:
        inside = (motion.time_s >= motion.touchdown_s) & (motion.time_s <= motion.take_off_s)
        impulse = np.trapezoid(motion.total_n[inside], motion.time_s[inside])
        impulse -= body.mass_kg * GRAVITY * (motion.take_off_s - motion.touchdown_s)
        gained = motion.take_off_up_m_per_s + np.sqrt(2.0 * GRAVITY * body.drop_height_m)
        assert impulse == pytest.approx(body.mass_kg * gained, rel=1e-5)


def test_whole_trial_ends_at_rest(jumps: Jumps) -> None:
    for body, motion, _ in jumps:
        after = motion.time_s >= motion.step_off_s
        impulse = np.trapezoid(motion.total_n[after] - body.mass_kg * GRAVITY, motion.time_s[after])
        # What is left at the end is sway; the 10 kHz grid cuts one step (1 mm/s) at step-off.
        assert impulse / body.mass_kg == pytest.approx(motion.com_up_m_per_s[-1], abs=0.004)
        assert abs(motion.com_up_m_per_s[-1]) < 0.02


def test_com_is_the_double_integral_of_force(jumps: Jumps) -> None:
    for body, motion, _ in jumps[:10]:
        start = int(np.searchsorted(motion.time_s, motion.step_off_s)) + 1
        acceleration = motion.total_n / body.mass_kg - GRAVITY
        step = motion.time_s[1]
        up = motion.com_up_m_per_s[start] + np.cumsum(acceleration[start:]) * step
        assert np.abs(up - motion.com_up_m_per_s[start:]).max() < 0.01
        height = motion.com_height_m[start] + np.cumsum(motion.com_up_m_per_s[start:]) * step
        assert np.abs(height - motion.com_height_m[start:]).max() < 0.002


def test_jump_height_is_what_was_asked(jumps: Jumps) -> None:
    for body, motion, truth in jumps:
        assert truth.metrics["jump_height_impulse_m", "total"] == pytest.approx(body.jump_height_m, abs=0.001)
        apex = motion.com_height_m[motion.time_s > motion.take_off_s].max()
        at_take_off = np.interp(motion.take_off_s, motion.time_s, motion.com_height_m)
        assert apex - at_take_off == pytest.approx(body.jump_height_m, abs=0.001)
        assert at_take_off == pytest.approx(body.take_off_rise_m, abs=0.001)


def test_feet_carry_the_total_and_never_pull(jumps: Jumps) -> None:
    for _, motion, _ in jumps:
        assert np.array_equal(motion.feet_n[:, 0] + motion.feet_n[:, 1], motion.total_n)
        assert motion.feet_n.min() >= -1e-9
        flight = (motion.time_s > motion.take_off_s) & (motion.time_s < motion.landing_s)
        assert not motion.total_n[flight].any()
        assert not motion.total_n[motion.time_s < motion.touchdown_s].any()


def test_feet_touch_when_they_are_said_to(jumps: Jumps) -> None:
    for body, motion, truth in jumps:
        delay_s = motion.feet_touchdown_s[0] - motion.feet_touchdown_s[1]
        assert delay_s == pytest.approx(body.delay_ms / 1000.0)
        assert truth.metrics["contact_delay_left_right_s", "left_right"] == pytest.approx(delay_s, abs=0.005)
        for foot in (0, 1):
            first = motion.time_s[np.argmax(motion.feet_n[:, foot] > 0.0)]
            assert first == pytest.approx(motion.feet_touchdown_s[foot], abs=3e-4)


def test_realistic_over_seeds(jumps: Jumps) -> None:
    ranges = {
        "contact_time_s": (0.15, 0.5),
        "flight_time_s": (0.3, 0.65),
        "peak_force_bw": (2.5, 7.6),
        "loading_rate_20_80_bw_per_s": (20.0, 300.0),
        "com_depth_m": (0.08, 0.36),
        "rsi_flight_time_m_per_s": (0.4, 2.8),
    }
    for name, (low, high) in ranges.items():
        values = np.array([truth.metrics[name, "total"] for _, _, truth in jumps])
        assert low <= values.min(), name
        assert values.max() <= high, name
        assert values.max() > 1.4 * values.min(), f"{name} hardly varies"


def test_ends_in_quiet_standing(jumps: Jumps) -> None:
    for body, motion, _ in jumps:
        quiet = motion.total_n[motion.time_s >= motion.quiet_from_s] / (body.mass_kg * GRAVITY)
        assert len(quiet) >= 25_000
        assert quiet.std() < 0.008
        assert quiet.mean() == pytest.approx(1.0, abs=0.001)
        assert motion.total_n[motion.time_s > motion.landing_s + 0.05].min() > 100.0


def test_heel_strike_has_the_sharper_transient() -> None:
    body = DropJumpBody(leg_stiffness_kn_per_m=15.0, delay_ms=0.0)

    def early_peak(strike: FootStrike) -> float:
        motion = move(replace(body, foot_strike=strike))
        early = (motion.time_s > motion.touchdown_s) & (motion.time_s < motion.touchdown_s + 0.02)
        return float(motion.total_n[early].max())

    assert early_peak("heel") > 1.3 * early_peak("forefoot")


def test_asymmetry_shows_early_and_fades() -> None:
    body = DropJumpBody(asymmetry_pct=30.0, delay_ms=0.0, take_off_delay_ms=0.0)
    motion = move(body)
    difference = (motion.feet_n[:, 0] - motion.feet_n[:, 1]) / np.maximum(motion.total_n, 1.0)
    early, late = np.interp(np.array([0.03, 0.2]) + motion.touchdown_s, motion.time_s, difference)
    assert early > 0.25
    assert 0.05 < late < 0.15
    assert describe(body, motion).metrics["limb_symmetry_peak_0_100ms_pct", "left_right"] < 80.0


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_refuses_what_is_outside_and_says_the_limits(name: str) -> None:
    low, high = LIMITS[name]
    for value in (low - 1.0, high * 2.0 + 1.0, float("nan")):
        with pytest.raises(ParameterError, match=f"{name} must be {low:g} to {high:g}"):
            DropJumpBody(**{name: value})


def test_refuses_impossible_jumps_with_what_is_possible() -> None:
    with pytest.raises(ParameterError, match="jump_height_m must be") as refused:
        move(DropJumpBody(jump_height_m=0.8, drop_height_m=0.1))
    assert refused.value.highest_m < 0.8
    with pytest.raises(ParameterError, match="too soft"):
        move(DropJumpBody(leg_stiffness_kn_per_m=3.0, leg_softening_per_m=30.0))
    with pytest.raises(ParameterError, match="rebounds"):
        move(DropJumpBody(landing_depth_m=0.08))
    with pytest.raises(ParameterError, match="foot_strike"):
        DropJumpBody(foot_strike="toe")


@pytest.mark.parametrize("drop_height_m", [0.06, 0.1, 0.6, 1.0])
def test_any_drop_height_gives_a_jump(drop_height_m: float) -> None:
    for seed in range(5):
        simulate_drop_jump(seed, drop_height_m)
