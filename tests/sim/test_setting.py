"""A setting says how bad sensors are; what is drawn from a seed follows it."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landing_lab.errors import ParameterError
from landing_lab.model.insole_layout import shipped_layouts
from landing_lab.sim import fsr, hx711
from landing_lab.sim.body import DropJumpBody
from landing_lab.sim.calibration_session import BOUNDARIES_S, calibration_session
from landing_lab.sim.reception import received
from landing_lab.sim.setting import HARD, LIMITS, SETTINGS, TYPICAL, SensorSetting


@pytest.mark.parametrize("name", LIMITS)
def test_values_outside_the_limits_are_refused_by_name(name: str) -> None:
    low, high = LIMITS[name]
    for value in (low - 1.0, math.nan, *([] if math.isinf(high) else [high + 1.0])):
        with pytest.raises(ParameterError, match=name):
            SensorSetting(**{name: value})


def test_hard_sensors_hold_everything_that_is_bad() -> None:
    assert (HARD.saturation_n, HARD.hysteresis, HARD.shoe_lag_ms) == (30.0, 0.2, 3.0)
    assert (HARD.mode_hz, HARD.mode_damping) == (45.0, 0.04)
    assert HARD.slip_sd_mm > TYPICAL.slip_sd_mm
    assert all(isinstance(one.as_dict()["layout"], str) for one in SETTINGS.values())


@given(seed=st.integers(0, 1000), order=st.sampled_from([3, 4]))
def test_both_plates_of_a_board_filter_alike(seed: int, order: int) -> None:
    left, right = hx711.draw_board(seed, setting=TYPICAL)
    assert left.order == right.order in (3, 4)
    assert not np.array_equal(left.period_s, right.period_s)
    given_order = hx711.draw_board(seed, setting=dataclasses.replace(TYPICAL, filter_order=order))
    assert {one.order for one in given_order} == {order}


def test_a_mode_rings_at_its_frequency_and_keeps_the_mean() -> None:
    force = np.zeros(20_000)
    force[2000:] = 500.0
    rung = hx711.ringing(force, 45.0, 0.04)
    assert np.all(rung[:2000] == 0.0)
    assert rung.max() == pytest.approx(500.0 * (1.0 + np.exp(-np.pi * 0.04 / np.sqrt(1 - 0.04**2))), rel=0.01)
    crossings = np.flatnonzero(np.diff(np.sign(rung[2000:] - 500.0)))
    assert np.mean(np.diff(crossings[:8])) * 1e-4 == pytest.approx(0.5 / 45.0, rel=0.01)
    assert rung[-100:].mean() == pytest.approx(500.0, abs=0.5)
    assert hx711.ringing(np.full(100, 300.0), 45.0, 0.04) == pytest.approx(300.0)


def test_a_sole_lags_and_keeps_standing_force() -> None:
    force = np.vstack([np.full((50, 2), 10.0), np.full((200, 2), 40.0)])
    late = fsr.late(force, 0.003, 1000.0)
    assert late[:50] == pytest.approx(10.0)
    assert late[52, 0] == pytest.approx(10.0 + 30.0 * (1.0 - np.exp(-1.0)), rel=0.01)
    assert fsr.late(force, 0.0, 1000.0) is force


def test_fewer_bits_are_coarser_counts() -> None:
    load = np.tile(np.linspace(1.0, 50.0, 500)[:, None], (1, 8))
    coarse = fsr.draw_parts(1, setting=dataclasses.replace(TYPICAL, adc_bits=8))
    counts = fsr.read_cells(load, coarse, rng=np.random.default_rng(0))
    assert not (counts % 4).any()
    assert counts.max() > 500


@pytest.mark.parametrize("name", ["fsr402_16", "fsr402_8"])
def test_a_calibration_session_has_twenty_hops_on_any_layout(name: str) -> None:
    setting = dataclasses.replace(TYPICAL, layout=shipped_layouts()[name])
    session = calibration_session(DropJumpBody(mass_kg=70.0), seed=4, setting=setting)
    insole = session.devices[0]
    assert insole.frames.counts.shape[1] == insole.info.n_channels == len(setting.layout)
    start, stop = BOUNDARIES_S["hops"]
    times = insole.frames.ticks_us * 1e-6
    total = insole.frames.counts[(times > start) & (times < stop)].sum(axis=1)
    loaded = total > 0.3 * np.quantile(total, 0.98)
    assert np.count_nonzero(np.diff(loaded.astype(int)) == 1) >= 20


def test_losses_are_frames_that_never_arrive() -> None:
    setting = dataclasses.replace(TYPICAL, lose_fraction=0.02, drop_outs_per_min=20.0, drop_out_ms=50.0)
    session = calibration_session(DropJumpBody(mass_kg=70.0), seed=4, setting=setting)
    raw, drawn = received(session, seed=4, session=0, setting=setting)
    for name, stream in raw.streams.items():
        missing = int(stream.frames.sequence[-1]) + 1 - len(stream.frames)
        assert missing <= drawn["links"][name]["lost_frames"]
        assert drawn["links"][name]["lost_frames"] > 0.025 * stream.frames.sequence[-1]
        assert np.all(np.diff(stream.arrival_s) >= 0.0)
