import subprocess
import sys

import numpy as np
import pytest

import landing_lab
from landing_lab.errors import ParameterError
from landing_lab.sim.drop_jump import simulate_drop_jump


def test_the_same_seed_gives_the_same_trial() -> None:
    first, second, other = (simulate_drop_jump(seed).recording.streams["force"].samples for seed in (4, 4, 5))
    assert np.array_equal(first, second)
    assert len(first) != len(other) or not np.array_equal(first, other)


def test_one_choice_leaves_the_other_draws_alone() -> None:
    drawn, chosen = simulate_drop_jump(4).body, simulate_drop_jump(4, landing_damping_ratio=0.8, sway_pct=0.3).body
    assert drawn.leg_damping_s_per_m == chosen.leg_damping_s_per_m
    assert drawn.heel_down_ms == chosen.heel_down_ms
    assert chosen.landing_damping_ratio == 0.8


def test_explicit_values_arrive() -> None:
    trial = simulate_drop_jump(1, 0.4, 61.0, 500.0, jump_height_m=0.25, foot_strike="heel", asymmetry_pct=-20.0)
    assert (trial.body.mass_kg, trial.body.foot_strike, trial.body.asymmetry_pct) == (61.0, "heel", -20.0)
    assert trial.truth.metrics["drop_height_flight_anchored_m", "total"] == 0.4
    assert trial.recording.streams["force"].sample_rate_hz == 500.0


def test_given_impossible_height_is_refused() -> None:
    with pytest.raises(ParameterError, match="jump_height_m must be"):
        simulate_drop_jump(1, 0.1, jump_height_m=0.8)


def test_recording_is_the_force_with_plate_noise() -> None:
    trial = simulate_drop_jump(2, noise_n=1.5, step_n=0.5, offset_n=(10.0, -5.0))
    stream = trial.recording.streams["force"]
    empty = stream.samples[stream.times_s < 1.4]
    assert empty.mean(axis=0) == pytest.approx([10.0, -5.0], abs=0.3)
    assert empty.std(axis=0) == pytest.approx([1.5, 1.5], rel=0.1)
    assert np.allclose(np.mod(stream.samples, 0.5), 0.0)
    standing = stream.samples[stream.times_s > stream.times_s[-1] - 2.0].sum(axis=1).mean() - 5.0
    assert standing == pytest.approx(trial.truth.metrics["body_weight_n", "total"], rel=0.003)


def test_gaps_are_nan_and_named() -> None:
    stream = simulate_drop_jump(2, gaps_s=((0.5, 0.51),)).recording.streams["force"]
    lost = np.isnan(stream.samples).all(axis=1)
    assert lost.sum() == stream.gaps[0].n_samples == 10
    assert np.flatnonzero(lost)[-1] + 1 == stream.gaps[0].sample


@pytest.mark.parametrize("wrong", [{"sample_rate_hz": 5.0}, {"noise_n": -1.0}, {"step_n": 99.0}])
def test_refuses_impossible_plates(wrong: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match=next(iter(wrong))):
        simulate_drop_jump(1, **wrong)


def test_is_public() -> None:
    assert landing_lab.simulate_drop_jump is simulate_drop_jump


def test_importing_the_simulator_loads_nothing_heavy() -> None:
    code = (
        "import sys, landing_lab.sim.drop_jump, landing_lab.sim.devices, landing_lab.sim.calibration_session\n"
        "print([m for m in ('pandas', 'scipy', 'numba', 'matplotlib', 'serial') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
