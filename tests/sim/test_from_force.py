"""A measured force through simulated sensors: what is true stays true, and the analysis cannot see what was drawn."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.errors import ParameterError
from landing_lab.io.read import read
from landing_lab.model.insole_layout import default_layout
from landing_lab.sim.drop_jump import simulate_drop_jump
from landing_lab.sim.from_force import sensed_recording
from landing_lab.sim.measured_cop import feet_cop_mm, force_columns
from landing_lab.sim.measured_force import feet_source
from landing_lab.sim.setting import TYPICAL
from reference import require_reference_data

LAYOUT = default_layout(8)
TRIAL = simulate_drop_jump(seed=3, noise_n=0.0, step_n=0.0)
FORCE = TRIAL.recording.streams["force"].samples


def test_truth_is_that_of_the_force() -> None:
    sensed = sensed_recording(FORCE, 1000.0, seed=1, calibrated=False)
    offset_s = sensed.truth.time_s[0]
    first, second = [one for one in sensed.truth.contacts if one["side"] == "total"]
    truth = TRIAL.truth
    assert first["touchdown_s"] - offset_s == pytest.approx(truth.events["touchdown", "total"], abs=5e-4)
    assert first["take_off_s"] - offset_s == pytest.approx(truth.events["take_off", "total"], abs=5e-4)
    assert second["touchdown_s"] - offset_s == pytest.approx(truth.events["landing", "total"], abs=5e-4)
    assert first["peak_n"] == pytest.approx(truth.metrics["peak_force_n", "total"], rel=0.002)
    assert first["impulse_0_100ms_ns"] == pytest.approx(truth.metrics["impulse_0_100ms_ns", "total"], rel=0.01)
    assert sensed.truth.weight_n == pytest.approx(truth.metrics["body_weight_n", "total"], rel=0.01)
    rate = truth.metrics["loading_rate_20_80_bw_per_s", "total"] * truth.metrics["body_weight_n", "total"]
    assert first["loading_rate_20_80_n_per_s"] == pytest.approx(rate, rel=0.02)
    parts = sensed.truth.parts_n
    assert parts[:, :, :4].sum(axis=2) == pytest.approx(sensed.truth.force_n, abs=1.0)


def test_truth_is_on_the_clock_of_the_insoles() -> None:
    calm = dataclasses.replace(TYPICAL, clock_slip_sd_ms=0.0, board_delay_sd_ms=0.0, jitter_ms=0.01)
    sensed = sensed_recording(FORCE, 1000.0, seed=2, setting=calm, calibrated=False, on_box=False)
    recording = recording_from_raw(sensed.raw)
    for side in ("left", "right"):
        stream = recording.streams[f"insole_{side}"]
        total = stream.samples.sum(axis=1)
        landing = next(one for one in sensed.truth.contacts if one["side"] == side and one["contact"] == 0)
        near = np.abs(stream.times_s - landing["touchdown_s"]) < 0.06
        before = (stream.times_s > landing["touchdown_s"] - 0.06) & (stream.times_s < landing["touchdown_s"] - 0.01)
        rising = stream.times_s[near][np.argmax(total[near] > total[before].max() + 1.0)]
        assert rising == pytest.approx(landing["touchdown_s"], abs=0.006)


def test_the_recording_holds_nothing_that_was_drawn() -> None:
    sensed = sensed_recording(FORCE, 1000.0, seed=1, calibrated=False)
    text = json.dumps(sensed.raw.metadata)
    for name in ("exponent", "latency", "slip", "redon", "filter_order", "seed"):
        assert name not in text
    assert {"insole_left", "plate_left", "links", "setting"} <= sensed.truth.drawn.keys()
    json.dumps(sensed.truth.as_dict(), allow_nan=False)


def test_sensors_stay_and_everything_else_changes_between_sessions() -> None:
    first, second = (sensed_recording(FORCE, 1000.0, seed=1, session=s, calibrated=False) for s in (0, 1))
    parts = [one.truth.drawn["insole_left"]["exponent"] for one in (first, second)]
    assert parts[0] == parts[1]
    assert first.truth.drawn["insole_left"]["slip_mm"] != second.truth.drawn["insole_left"]["slip_mm"]
    assert first.truth.drawn["plate_left"] == second.truth.drawn["plate_left"]


def test_faster_landings_keep_their_force() -> None:
    slow, fast = (feet_source(FORCE, 1000.0, seed=1, layout=LAYOUT, speed_up=speed) for speed in (1.0, 2.0))
    assert len(fast.force_n) == pytest.approx(len(slow.force_n) / 2, abs=2)
    assert fast.force_n.max() == pytest.approx(slow.force_n.max(), rel=0.01)
    assert fast.contacts[1][0] == pytest.approx(slow.contacts[1][0] / 2, abs=2)


def test_insoles_feel_the_box_and_plates_do_not() -> None:
    with_box, without = (sensed_recording(FORCE, 1000.0, seed=1, calibrated=False, on_box=box) for box in (True, False))
    early = slice(100, 800)
    felt = [one.raw.streams["insole_left"].frames.counts[early].sum(axis=1).mean() for one in (with_box, without)]
    assert felt[0] > felt[1] + 300.0


@pytest.mark.parametrize(
    ("force", "rate_hz", "message"),
    [
        (FORCE[:, :1], 1000.0, "two feet"),
        (FORCE, 200.0, "500 Hz or more"),
        (FORCE[:1000], 1000.0, "1.0 s"),
        (np.full((5000, 2), np.nan), 1000.0, "missing"),
        (np.full((5000, 2), 1.0), 1000.0, "not newton"),
        (np.zeros((700_000, 2)), 1000.0, "10 minutes"),
    ],
)
def test_refuses_what_cannot_stand_for_two_feet(force: np.ndarray, rate_hz: float, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        sensed_recording(force, rate_hz, seed=1)


def test_measured_cop_is_medial_towards_the_other_foot_and_anterior_at_take_off() -> None:
    stream = read(require_reference_data() / "force" / "acl_squat_jump" / "BFR003_squat_jump.csv").streams["force"]
    cop = feet_cop_mm(stream)
    assert cop is not None
    force = stream.samples[:, list(force_columns(stream))]
    source = feet_source(force, stream.sample_rate_hz, seed=1, layout=LAYOUT, cop_mm=cop)
    assert not source.rolled
    for start, stop in source.contacts[1:-1]:
        for foot in (0, 1):
            along = source.cop[start:stop, foot, 1]
            assert along[-40:-20].mean() > np.median(along) + 0.05, "the weight leaves over the toes"
    # A file without side by side feet, or without take-off, says nothing of toes.
    assert feet_cop_mm(TRIAL.recording.streams["force"]) is None


def test_the_python_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[2] / "docs" / "simulation.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    force = simulate_drop_jump(1).recording.streams["force"]
    assert force.sample_rate_hz == 1000.0
    monkeypatch.chdir(tmp_path)
    np.savetxt("jump.txt", force.samples[:, :2], delimiter="\t", header="FP1\tFP2", comments="", fmt="%.2f")
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["result"].trials
