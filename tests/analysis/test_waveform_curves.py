"""Curves over a phase against interpolation by hand; a stored trial gives the curve of its analysis."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.analysis.waveforms.curves import CurveSet, Signal, TrialCurve
from landing_lab.analysis.waveforms.measured_trial import MeasuredTrial, measured, stored
from landing_lab.analysis.waveforms.normalise import Label, normalise
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.processed import write_processed
from landing_lab.model.events import Phases
from landing_lab.model.pressure import gate_n
from landing_lab.model.result import Result, TrialResult
from simulated_raw import write_raw

LABEL = Label(participant="P07", session="01", run=1, task="drop_jump", condition="")


@pytest.fixture(scope="module")
def jump() -> TrialResult:
    return ll.analyse(ll.simulate_drop_jump(seed=3, sample_rate_hz=500.0).recording).first


@pytest.fixture(scope="module")
def with_insoles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A trial of two insoles and a plate as record stores it, and the analysis it was stored from."""
    folder = tmp_path_factory.mktemp("insoles")
    recording = ll.read(write_raw(folder / "trial.xdf"))
    result = ll.analyse(recording)
    facts = {"verdict": "accepted", "reason": None, "trials": [one.as_dict() for one in result.trials]}
    write_processed(recording, result.first.signals, folder / "trial", facts)
    return folder / "trial.json", result


def curve_of(trial: MeasuredTrial, signal: Signal, phase: str = "contact", **how: str) -> np.ndarray:
    found = normalise([(LABEL, trial)], signal, phase, **how)  # type: ignore[arg-type]
    assert not found.left_out, found.left_out
    return found.trials[0].values


def test_force_in_body_weights_from_touchdown_to_take_off(jump: TrialResult) -> None:
    curves = ll.normalise_waveforms(jump, signal="force_left", phase="contact")
    touchdown, take_off = (jump.events.get(name) for name in ("touchdown", "take_off"))
    weight = jump.table.get("body_weight_n")
    assert touchdown is not None
    assert take_off is not None
    assert weight is not None
    assert weight.value is not None
    assert jump.signals is not None
    force, times = jump.signals.force_n["left"], jump.signals.times_s
    (one,) = curves.trials
    for node in (0, 17, 50, 99, 100):  # linear between the two samples around, by hand
        at = touchdown.time_s + node / 100 * (take_off.time_s - touchdown.time_s)
        after = int(np.searchsorted(times, at))
        share = (at - times[after - 1]) / (times[after] - times[after - 1])
        expected = ((1 - share) * force[after - 1] + share * force[after]) / weight.value
        assert one.values[node] == pytest.approx(expected, abs=1e-9)
    assert one.duration_s == pytest.approx(take_off.time_s - touchdown.time_s)
    assert curves.unit == "BW"
    assert curves.simulated


def test_left_and_right_add_up_to_the_total(jump: TrialResult) -> None:
    left, right, total = (
        ll.normalise_waveforms(jump, signal=signal).trials[0].values
        for signal in ("force_left", "force_right", "force_total")
    )
    np.testing.assert_allclose(left + right, total, atol=1e-9)


@pytest.mark.parametrize("phase", ["braking", "propulsion", "loading", "attenuation", "stabilising", "landing"])
def test_every_phase_has_a_curve_of_its_own_ends(jump: TrialResult, phase: str) -> None:
    found = ll.normalise_waveforms(jump, phase=phase)  # type: ignore[arg-type]
    assert found.left_out == ()
    span = jump.phases.get(phase)
    assert span is not None
    assert found.trials[0].duration_s == pytest.approx(span.stop_s - span.start_s)
    assert np.isfinite(found.trials[0].values).all()


def test_who_did_not_come_to_rest_has_no_stabilising(jump: TrialResult) -> None:
    restless = Phases(tuple(one for one in jump.phases if one.name != "stabilising"))
    found = ll.normalise_waveforms(dataclasses.replace(jump, phases=restless), phase="stabilising")
    assert found.trials == ()
    assert "did not come to rest" in found.left_out[0].reason


def test_landmark_registration_puts_the_lowest_point_at_one_place() -> None:
    trials = [
        (dataclasses.replace(LABEL, participant=f"P{seed}"),
         measured(ll.analyse(ll.simulate_drop_jump(seed=seed, sample_rate_hz=500.0).recording).first))
        for seed in (3, 4, 5)
    ]  # fmt: skip
    plain = normalise(trials, "force_total", "contact")
    lined = normalise(trials, "force_total", "contact", registration="landmark")
    marks = [one.landmark_pct for one in plain.trials]
    assert len(set(marks)) == 3
    assert lined.landmark_pct == pytest.approx(np.mean(marks))
    assert plain.landmark_pct is None
    for (_, trial), one in zip(trials, lined.trials, strict=True):
        braking = trial.phases.get("braking")
        assert braking is not None
        assert trial.signals is not None
        assert trial.body_weight_n is not None
        at_lowest = np.interp(braking.stop_s, trial.signals.times_s, trial.signals.force_n["total"])
        at_mark = np.interp(lined.landmark_pct, lined.percent, one.values)
        assert at_mark == pytest.approx(at_lowest / trial.body_weight_n, abs=0.02)
    assert any("lined up" in note for note in lined.notes)
    with pytest.raises(ParameterError, match="no landmark"):
        normalise(trials, "force_total", "braking", registration="landmark")


@pytest.mark.parametrize("signal", ["force_total", "force_left", "cop_ml_left", "cop_ml_right"])
@pytest.mark.parametrize("phase", ["contact", "loading"])
def test_a_stored_trial_gives_the_curve_of_its_analysis(
    with_insoles: tuple[Path, Result], signal: Signal, phase: str
) -> None:
    description, result = with_insoles
    side = "left" if signal.endswith("left") else "right"
    kept = curve_of(stored(description, insole=side), signal, phase)
    fresh = curve_of(measured(result.first), signal, phase)
    np.testing.assert_allclose(kept, fresh, atol=1e-3, equal_nan=True)
    assert np.isfinite(kept).sum() > 30


def test_centre_of_pressure_is_told_above_the_gate_only(with_insoles: tuple[Path, Result]) -> None:
    _, result = with_insoles
    trial = measured(result.first)
    curve = curve_of(trial, "cop_ml_left")
    signals = trial.signals
    assert signals is not None
    own, whole = trial.phases.get("contact", "left"), trial.events.get("touchdown")
    stop = trial.events.get("take_off")
    assert own is not None
    assert whole is not None
    assert stop is not None
    inside = (signals.times_s >= own.start_s) & (signals.times_s <= own.stop_s)
    gate = gate_n(float(signals.force_n["left"][inside].max()))
    assert gate == max(50.0, 0.2 * float(signals.force_n["left"][inside].max()))
    at = np.linspace(whole.time_s, stop.time_s, 101)
    force = np.interp(at, signals.times_s, signals.force_n["left"])
    told = np.isfinite(curve)
    assert (force[told] > 0.97 * gate).all()  # a node between samples may stand a little below
    assert told[force > 1.1 * gate].all()
    # the centre of pressure from the cells at one node, by hand
    node = int(np.argmax(np.where(told, force, 0.0)))
    foot = signals.pressure["left"]
    after = int(np.searchsorted(signals.times_s, at[node]))
    share = (at[node] - signals.times_s[after - 1]) / (signals.times_s[after] - signals.times_s[after - 1])
    cop = [float(foot.cells_n[row] @ foot.arms_mm[:, 0] / foot.cells_n[row].sum()) for row in (after - 1, after)]
    assert curve[node] == pytest.approx((1 - share) * cop[0] + share * cop[1], abs=1e-6)


def test_what_is_missing_is_named(jump: TrialResult, with_insoles: tuple[Path, Result]) -> None:
    trial = measured(jump)
    assert trial.signals is not None
    cases = {
        "no insole of known layout": (trial, "cop_ml_left", "contact"),
        "nobody stood still": (
            dataclasses.replace(trial, body_weight_n=None, no_weight="nobody stood still"), "force_total", "contact"
        ),
        "was refused": (dataclasses.replace(trial, refusal="the trial was refused"), "force_total", "contact"),
        "not stored": (dataclasses.replace(trial, signals=None), "force_total", "contact"),
        "braking was not found": (dataclasses.replace(trial, phases=Phases()), "force_total", "braking"),
    }  # fmt: skip
    for words, (one, signal, phase) in cases.items():
        found = normalise([(LABEL, one)], signal, phase)  # type: ignore[arg-type]
        assert not found.trials
        assert words in found.left_out[0].reason
        assert found.left_out[0].title == "sub-P07 ses-01 run-01"
        assert any("1 of 1 trials have no curve" in note for note in found.notes)
    one_foot = dataclasses.replace(trial.signals, force_n={"total": trial.signals.force_n["total"]})
    found = normalise([(LABEL, dataclasses.replace(trial, signals=one_foot))], "force_left", "contact")
    assert "the left foot was not measured" in found.left_out[0].reason


def test_a_gap_in_the_force_is_no_value(jump: TrialResult) -> None:
    trial = measured(jump)
    assert trial.signals is not None
    touchdown = trial.events.get("touchdown")
    assert touchdown is not None
    force = trial.signals.force_n["total"].copy()
    at = int(np.searchsorted(trial.signals.times_s, touchdown.time_s + 0.05))
    force[at : at + 10] = np.nan
    holed = dataclasses.replace(trial.signals, force_n={"total": force})
    curve = curve_of(dataclasses.replace(trial, signals=holed), "force_total")
    assert 3 < np.isnan(curve).sum() < 30
    assert np.isfinite(curve[[0, 100]]).all()


def test_a_damaged_description_is_one_sentence(with_insoles: tuple[Path, Result], tmp_path: Path) -> None:
    description, _ = with_insoles
    document = json.loads(description.read_text("utf-8"))
    for damage in ({"trials": []}, {"trials": [{"metrics": 3, "events": [], "phases": []}]}):
        for path in description.parent.glob("trial_*.parquet"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
        broken = tmp_path / "trial.json"
        broken.write_text(json.dumps({**document, **damage}), "utf-8")
        with pytest.raises(FileFormatError, match="reanalyse"):
            stored(broken)


def trial_curve(participant: str, session: str, run: int, level: float, condition: str = "") -> TrialCurve:
    return TrialCurve(
        participant=participant, session=session, run=run, task="drop_jump", condition=condition,
        values=np.full(101, level), duration_s=0.2 + run / 100, landmark_pct=None, flagged=None,
    )  # fmt: skip


def test_athletes_count_once_whatever_their_trials() -> None:
    holed = dataclasses.replace(trial_curve("B", "01", 2, 5.0), values=np.r_[np.nan, np.full(100, 5.0)])
    curves = CurveSet(
        signal="force_total", phase="contact", unit="BW", registration="linear", landmark_pct=None, left_out=(),
        trials=(
            trial_curve("A", "01", 1, 1.0), trial_curve("A", "01", 2, 3.0), trial_curve("A", "02", 1, 8.0),
            trial_curve("B", "01", 1, 4.0), holed, trial_curve("B", "01", 3, 9.0, "cued"),
        ),
    )  # fmt: skip
    means = curves.athlete_means()
    assert means.participants == ("A", "B")
    assert means.n_trials == (3, 3)
    assert means.curves[0, 50] == (2.0 + 8.0) / 2  # of trials in a session, then of sessions
    assert means.curves[1, 50] == 6.0
    assert means.curves[1, 0] == 6.5  # two of three trials have a value there
    plain = curves.athlete_means(condition="")
    assert plain.curves[1, 50] == 4.5
    assert plain.durations_s[0] == pytest.approx((0.215 + 0.21) / 2)
    assert means.mean[50] == pytest.approx(5.5)
    assert means.of(["B"]).participants == ("B",)
    assert np.isnan(means.of(["B"]).sd).all()


def test_names_that_do_not_exist() -> None:
    for how in ({"signal": "force_up"}, {"phase": "flight"}, {"registration": "dtw"}):
        with pytest.raises(ParameterError, match="there is no"):
            ll.normalise_waveforms("nowhere", **how)  # type: ignore[arg-type]
