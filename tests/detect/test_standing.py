"""What standing tells: onset of movement, velocity from standing, rest after a landing, against known truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import landing_lab as ll
from jumps import GRAVITY, Standing, on_feet, step_on
from landing_lab.detect.params import ImpactParams
from landing_lab.detect.standing import Rest, movement_onset, rest_after, velocity_against_standing
from landing_lab.model.blocks import FloatArray
from landing_lab.model.result import Result
from traces import assert_honest, on_plates, value_of

CMJ = Standing()
SQUAT = Standing(dip=0.0, push=0.9, push_s=0.35)
BACK_S = 0.030


def look(total_n: FloatArray, *, noise_n: float = 1.0, seed: int = 0, **how: object) -> Result:
    recording = on_plates(on_feet(total_n, noise_n=noise_n, seed=seed), sides=("left", "right"))
    result = ll.analyse(recording, **how)  # type: ignore[arg-type]
    assert_honest(result)
    return result


def onset_of(result: Result) -> float:
    event = result.events.get("movement_onset")
    assert event is not None
    return event.time_s


@pytest.mark.parametrize(("jump", "task"), [(CMJ, "countermovement_jump"), (SQUAT, "squat_jump")])
@pytest.mark.parametrize("noise_n", [0.2, 1.0, 4.0])
def test_onset_lies_30_ms_before_force_leaves_the_band(jump: Standing, task: str, noise_n: float) -> None:
    result = look(jump.total_n(), noise_n=noise_n)
    assert result.task == task
    band = max(0.01, 5 * math.sqrt(2) * noise_n / 700)
    height, length = (jump.dip, jump.dip_s) if jump.dip else (jump.push, jump.push_s)
    leaves = jump.onset_s + length / math.pi * math.asin(band / height)
    assert onset_of(result) == pytest.approx(leaves - BACK_S, abs=0.006)
    assert abs(onset_of(result) - jump.onset_s) < 0.03


@pytest.mark.parametrize("jump", [CMJ, SQUAT])
def test_fidgeting_before_is_not_the_onset(jump: Standing) -> None:
    force = jump.total_n()
    force[400:900] *= 1.0 + 0.06 * np.sin(np.arange(500) / 25.0)  # ends 1.1 s before the jump
    assert onset_of(look(force)) == pytest.approx(onset_of(look(jump.total_n())), abs=0.005)


def test_a_recording_that_begins_in_the_movement_has_no_onset() -> None:
    late = CMJ.total_n()[round(1000 * CMJ.onset_s) + 150 :]
    result = look(late)
    assert result.events.get("movement_onset") is None
    assert result.reason is not None
    asked = look(late, task="countermovement_jump")
    assert asked.events.get("movement_onset") is None
    row = asked.first.table.get("com_depth_m")
    assert row is not None
    assert row.value is None
    assert "before the recording" in str(row.reason)


def test_onset_never_lies_before_the_recording() -> None:
    force = np.concatenate([np.full(5, 700.0), np.full(200, 300.0), np.full(200, 1500.0)])
    found = movement_onset(force, 0, 400, 200, weight_n=700.0, standing_sd_n=1.0, sample_rate_hz=1000.0)
    assert found == 0.0


def test_missing_samples_are_never_within_the_band() -> None:
    force = np.concatenate([np.full(500, 700.0), np.full(200, 300.0), np.full(200, 1500.0)])
    force[480:520] = math.nan
    found = movement_onset(force, 0, 900, 650, weight_n=700.0, standing_sd_n=1.0, sample_rate_hz=1000.0)
    assert found == pytest.approx(479 - 30)


@settings(deadline=None, max_examples=60)
@given(
    st.floats(300, 1500),
    st.floats(-0.5, 3.0),
    st.integers(2, 400),
    st.floats(0, 0.99),
    st.sampled_from([200.0, 1000.0]),
)
def test_velocity_of_constant_force_is_its_closed_form(
    weight: float, net_bw: float, length: int, lead: float, rate: float
) -> None:
    force = np.full(length + 5, (1 + net_bw) * weight)
    found = velocity_against_standing(
        force,
        1.0 - lead,
        length,
        edge_n=float(force[0]),
        weight_n=weight,
        weight_sd_n=0.001 * weight,
        scale_sd=0.0,
        standing_sd_n=0.0,
        sample_rate_hz=rate,
    )
    assert not isinstance(found, str)
    duration = (length - 1 + lead) / rate
    assert found.value == pytest.approx(net_bw * GRAVITY * duration, rel=1e-9, abs=1e-9)
    # an error of weight by 0.1 % is one of 0.1 % of the whole impulse, gravity's share included
    assert found.sd == pytest.approx(0.001 * abs(1 + net_bw) * GRAVITY * duration, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("jump", [CMJ, SQUAT, Standing(weight_n=450.0, push=1.0)])
def test_take_off_velocity_from_standing_is_that_of_the_half_sines(jump: Standing) -> None:
    result = look(jump.total_n(), noise_n=0.3)
    row = result.first.table.get("jump_height_impulse_m")
    assert row is not None
    assert row.value is not None
    assert row.sd is not None
    expected = jump.velocity**2 / (2 * GRAVITY)
    assert abs(row.value - expected) < 3 * row.sd
    assert row.value == pytest.approx(expected, rel=0.02)
    assert value_of(result, "jump_height_flight_time_m") == pytest.approx(expected, rel=0.01)


def test_a_missing_sample_between_standing_and_take_off_refuses_the_velocity() -> None:
    force = CMJ.total_n()
    force[round(1000 * CMJ.turn_s)] = math.nan
    row = look(force).first.table.get("jump_height_impulse_m")
    assert row is not None
    assert row.value is None
    assert "missing" in str(row.reason)


def rested(force: FloatArray, *, landing: float = 1000.0, rate: float = 1000.0) -> Rest | str:
    return rest_after(
        force, landing, len(force), 700.0, weight_sd_n=0.0, noise_n=0.0, params=ImpactParams(), sample_rate_hz=rate
    )


def landed(*, settles_at: int = 1800, after: int = 4000) -> FloatArray:
    """700 N standing from sample settles_at on, an oscillation of 200 N before, nobody before sample 1000."""
    force = np.full(1000 + after, 700.0)
    force[:1000] = 0.0
    force[1000:settles_at] += 200.0
    return force


def test_the_entry_counts_and_not_the_end_of_the_second() -> None:
    found = rested(landed())
    assert isinstance(found, Rest)
    assert found.position == 1800.0


@pytest.mark.parametrize("length", [998, 999])
def test_less_than_a_second_of_rest_does_not_count(length: int) -> None:
    force = landed()
    force[1800 + length] = 500.0
    found = rested(force)
    assert isinstance(found, Rest)
    assert found.position == 1800 + length + 1


def test_a_whole_second_of_rest_counts() -> None:
    force = landed()
    force[2800] = 500.0
    found = rested(force)
    assert isinstance(found, Rest)
    assert found.position == 1800.0


def test_a_missing_sample_ends_a_rest() -> None:
    force = landed()
    force[2000] = math.nan
    found = rested(force)
    assert isinstance(found, Rest)
    assert found.position == 2001.0


def test_a_slow_approach_to_the_band_widens_the_sd() -> None:
    slow = landed()
    slow[1000:3000] = 700.0 + np.linspace(200.0, 0.0, 2000)
    found = rested(slow)
    assert isinstance(found, Rest)
    assert found.position == pytest.approx(1000 + 2000 * (200 - 35) / 200, abs=2)
    assert found.sd == pytest.approx(2000 * 3.5 / 200, abs=2)  # 4.5 and 5.5 % are entered 35 samples apart


def test_who_never_rests_and_who_leaves_early_are_told_so() -> None:
    restless = landed()
    restless[1800:] += 60.0 * np.sin(np.arange(len(restless) - 1800) / 50.0)
    assert "did not stay within 5 %" in str(rested(restless))
    assert "only 2.5 s" in str(rested(landed(after=2500)))
    assert isinstance(rested(landed(after=3000)), Rest)


def test_stepping_off_early_refuses_stabilisation_but_not_the_jump() -> None:
    short = Standing(after_s=1.5)
    result = look(np.concatenate([step_on(), short.total_n(), np.zeros(3000)]))
    assert [trial.task for trial in result.trials] == ["countermovement_jump"]
    row = result.first.table.get("time_to_stabilisation_s")
    assert row is not None
    assert row.value is None
    assert "on the plates" in str(row.reason)
    assert result.events.get("stabilised") is None


@pytest.mark.parametrize("rate", [100.0, 500.0, 1000.0, 2000.0])
def test_stabilisation_is_the_same_at_any_rate(rate: float) -> None:
    force = on_feet(CMJ.total_n(rate), noise_n=0.5)
    result = ll.analyse(on_plates(force, sides=("left", "right"), sample_rate_hz=rate))
    assert_honest(result)
    # from 0.7 body weights at 150 ms to 1 at 400 ms, the band begins at 0.95
    expected = 0.15 + 0.25 * 0.25 / 0.3
    assert value_of(result, "time_to_stabilisation_s") == pytest.approx(expected, abs=0.005 + 1.5 / rate)
