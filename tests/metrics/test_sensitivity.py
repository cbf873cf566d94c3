"""The same trial at other thresholds, against a computation that shares no code with the package."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.errors import ParameterError
from landing_lab.io.write import json_text
from landing_lab.metrics.sensitivity import threshold_sensitivities
from landing_lab.model.recording import Recording
from landing_lab.model.sensitivity import ThresholdSensitivity
from reference import require_reference_data

FILES = {"drop jump": "Dual-DJ-Fz.txt", "countermovement jump": "Dual-CMJ-Fz.txt"}


def reference(name: str = "drop jump") -> tuple[Recording, Path]:
    path = require_reference_data() / "force" / "gidiel" / FILES[name]
    return ll.read(path, left="FP1", right="FP2", sample_rate_hz=1000), path


@pytest.fixture(scope="module")
def drop_jump() -> ThresholdSensitivity:
    return ll.threshold_sensitivity(reference()[0])


def by_hand(path: Path, threshold_n: float) -> tuple[float, float]:
    """Contact and flight time (s) of the reference drop jump: interpolated crossings of re-zeroed total force."""
    plates = np.loadtxt(path, skiprows=1)
    total = (plates - plates[:1500].mean(axis=0)).sum(axis=1)
    above = total > threshold_n
    crossings = [index for index in range(1, len(total)) if above[index] != above[index - 1]]
    times = [
        (index - 1 + (threshold_n - total[index - 1]) / (total[index] - total[index - 1])) / 1000.0
        for index in crossings
    ]
    # The flight is the longest stretch below the threshold after 1.8 s. The contact begins after a knock of 2 ms.
    pairs = [(a, b) for a, b in pairwise(times) if a > 1.8]
    stretches = {(a, b): b - a for a, b in pairs if not above[round((a + b) * 500)]}
    take_off, landing = max(stretches, key=lambda pair: stretches[pair])
    touchdown = max(time for time in times if time < 1.95)
    return take_off - touchdown, landing - take_off


@pytest.mark.parametrize("threshold_n", [10.0, 20.0, 50.0, 100.0])
def test_contact_and_flight_agree_with_a_computation_by_hand(threshold_n: float) -> None:
    recording, path = reference()
    (row,) = ll.threshold_sensitivity(recording, thresholds_n=[threshold_n]).curve
    contact, flight = by_hand(path, threshold_n)
    # The package re-zeroes on more of the empty plates: some tenths of a newton, on a slow take-off 0.1 ms.
    assert row.values["contact_time_s"] == pytest.approx(contact, abs=0.0005)
    assert row.values["flight_time_s"] == pytest.approx(flight, abs=0.0005)


def test_five_to_hundred_newton_move_the_reference_trial_as_known(drop_jump: ThresholdSensitivity) -> None:
    low, high = drop_jump.curve[0], drop_jump.curve[-1]
    assert (low.threshold_n, high.threshold_n) == (5.0, 100.0)
    assert low.values["contact_time_s"] == pytest.approx(0.256, abs=0.001)
    assert high.values["contact_time_s"] == pytest.approx(0.240, abs=0.001)
    assert low.values["flight_time_s"] == pytest.approx(0.481, abs=0.001)
    assert high.values["flight_time_s"] == pytest.approx(0.496, abs=0.001)
    assert low.values["rsi_flight_time_m_per_s"] == pytest.approx(1.11, abs=0.01)
    assert high.values["rsi_flight_time_m_per_s"] == pytest.approx(1.25, abs=0.01)


def test_a_higher_threshold_shortens_the_contact_and_lengthens_the_flight(drop_jump: ThresholdSensitivity) -> None:
    contacts = [row.values["contact_time_s"] for row in drop_jump.curve]
    flights = [row.values["flight_time_s"] for row in drop_jump.curve]
    assert all(after < before for before, after in pairwise(contacts))
    assert all(after > before for before, after in pairwise(flights))


def test_the_default_row_is_what_the_analysis_says(drop_jump: ThresholdSensitivity) -> None:
    table = ll.analyse(reference()[0]).first.table
    default = drop_jump.default
    assert default is not None
    assert default.threshold_n == 20.0
    for name, value in default.values.items():
        row = table.get(name)
        assert row is not None
        assert value == row.value
    twin = next(row for row in drop_jump.rules if row.rule == "20 N")
    assert twin.values == pytest.approx(default.values)


def test_relative_rules_are_shares_of_body_weight_and_noise_rules_lie_at_the_noise(
    drop_jump: ThresholdSensitivity,
) -> None:
    weight = ll.analyse(reference()[0]).first.table.get("body_weight_n")
    assert weight is not None
    assert weight.value is not None
    newtons = {row.rule: row.threshold_n for row in drop_jump.rules}
    assert newtons["5 % BW"] == pytest.approx(0.05 * weight.value)
    assert newtons["2.5 % BW"] == pytest.approx(0.025 * weight.value)
    recording, _ = reference()
    force = recording.streams["force"].samples.sum(axis=1)
    flight = force[2146 + 30 : 2632 - 30] - force[:1500].mean()
    assert newtons["flight + 5 SD"] == pytest.approx(flight.mean() + 5 * flight.std(), abs=0.2)
    assert newtons["flight maximum"] == pytest.approx(flight.max(), abs=0.2)


def test_every_rule_has_a_source_or_says_that_it_was_not_checked(drop_jump: ThresholdSensitivity) -> None:
    for row in drop_jump.rules:
        assert row.source
        assert "not checked" in row.source or any(
            known in row.source for known in ("doi:", "support article", "pyCGM2", "docs/definitions.md")
        )


def test_spread_is_that_of_the_rules(drop_jump: ThresholdSensitivity) -> None:
    values = [row.values["contact_time_s"] for row in drop_jump.rules if row.status == "ok"]
    spread = drop_jump.spread("contact_time_s")
    assert spread is not None
    assert (spread.minimum, spread.maximum) == (min(values), max(values))
    assert spread.sd == pytest.approx(np.std(values, ddof=1))
    assert spread.range_pct == pytest.approx(100 * (max(values) - min(values)) / spread.default)
    assert f"contact time by {spread.range_pct:.1f} %" in drop_jump.summary
    assert drop_jump.summary.count(". ") == 0
    assert drop_jump.spread("body_weight_n") is None


def test_countermovement_jumps_have_flight_and_height_but_no_contact() -> None:
    found = ll.threshold_sensitivity(reference("countermovement jump")[0])
    assert found.task == "countermovement_jump"
    assert {"flight_time_s", "jump_height_flight_time_m"} <= set(found.units)
    assert "contact_time_s" not in found.units
    assert "jump height" in found.summary


def noisy(sd_n: float, *, offset_n: float = 0.0) -> Recording:
    """A simulated drop jump with noise added to each plate."""
    recording = ll.simulate_drop_jump(seed=1, drop_height_m=0.3).recording
    return with_force(recording, lambda force: force + np.random.default_rng(3).normal(offset_n, sd_n, force.shape))


def with_force(recording: Recording, change: object) -> Recording:
    from dataclasses import replace

    stream = recording.streams["force"]
    samples = np.ascontiguousarray(change(stream.samples.copy()))
    samples.flags.writeable = False
    return replace(recording, streams={**recording.streams, "force": replace(stream, samples=samples)})


def test_a_threshold_in_the_noise_is_said_to_be_there() -> None:
    found = ll.threshold_sensitivity(noisy(8.0))
    below = [row for row in found.curve if row.threshold_n is not None and row.threshold_n <= 9]
    assert below
    for row in below:
        assert row.status in {"flagged", "refused"}
        assert row.reason is not None
        assert "without load" in row.reason
    assert found.curve[-1].status == "ok"
    left_out = [row for row in found.rules if row.status != "ok"]
    assert left_out
    assert "lie in its noise" in found.summary or "lies in its noise" in found.summary


def test_a_flight_set_to_zero_gives_no_noise_rule() -> None:
    def quiet(force: np.ndarray) -> np.ndarray:
        return np.where(force < 15.0, 0.0, force)

    found = ll.threshold_sensitivity(with_force(ll.simulate_drop_jump(seed=1, drop_height_m=0.3).recording, quiet))
    row = next(row for row in found.rules if row.rule == "flight + 5 SD")
    assert (row.status, row.threshold_n) == ("refused", None)
    assert row.reason is not None
    assert "set to zero" in row.reason
    assert set(row.values.values()) == {None}


def test_a_threshold_above_the_whole_landing_finds_no_trial() -> None:
    half = with_force(ll.simulate_drop_jump(seed=1, drop_height_m=0.3).recording, lambda force: force * 0.06)
    found = ll.threshold_sensitivity(half, thresholds_n=[20, 400], task="drop_jump")
    lost = found.curve[-1]
    assert lost.status == "refused"
    assert lost.reason is not None
    assert lost.reason.startswith("no trial at 400 N")


def test_a_recording_without_a_trial_gives_its_reason() -> None:
    empty = with_force(ll.simulate_drop_jump(seed=1, drop_height_m=0.3).recording, np.zeros_like)
    found = ll.threshold_sensitivity(empty)
    assert found.rows == ()
    assert found.reason is not None
    assert found.reason in found.summary
    assert found.to_pandas().empty
    assert found.as_dict()["default_threshold_n"] is None


def test_one_answer_per_trial_of_the_recording() -> None:
    path = require_reference_data() / "force" / "acl_squat_jump"
    recording = ll.read(next(path.glob("BFR003*")))
    found = threshold_sensitivities(recording)
    trials = ll.analyse(recording).trials
    assert [one.index for one in found] == [trial.index for trial in trials]
    for one, trial in zip(found, trials, strict=True):
        flight = trial.table.get("flight_time_s")
        assert flight is not None
        assert one.default is not None
        assert one.default.values["flight_time_s"] == flight.value
    assert ll.threshold_sensitivity(recording, trial=1).rows == found[1].rows
    with pytest.raises(ParameterError, match="there is no trial 99"):
        ll.threshold_sensitivity(recording, trial=99)


@pytest.mark.parametrize("wrong", [[0.0], [-5.0], [float("nan")], [9000.0], []])
def test_thresholds_that_cannot_be_meant_are_refused(wrong: list[float]) -> None:
    with pytest.raises(ParameterError, match="thresholds_n needs"):
        ll.threshold_sensitivity(ll.simulate_drop_jump(seed=1).recording, thresholds_n=wrong)


def test_table_and_document_hold_the_same_rows(drop_jump: ThresholdSensitivity) -> None:
    frame = drop_jump.to_pandas()
    assert list(frame.columns[:3]) == ["rule", "kind", "threshold_n"]
    assert len(frame) == len(drop_jump.rows)
    assert frame["contact_time_s"].tolist() == [row.values["contact_time_s"] for row in drop_jump.rows]
    document = drop_jump.as_dict()
    assert document["default_threshold_n"] == 20.0
    rows = document["rows"]
    assert isinstance(rows, list)
    assert len(rows) == len(frame)
    assert json_text(document).startswith("{")
