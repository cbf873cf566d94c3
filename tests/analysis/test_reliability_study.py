"""A study from a dataset: what it can tell, what it finds, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import landing_lab as ll
from landing_lab.analysis.reliability.design import study_designs
from landing_lab.analysis.reliability.error_file import read_error_file, write_error_file
from landing_lab.analysis.trial_table import COLUMNS, TrialTable
from landing_lab.errors import ParameterError
from made_dataset import MadeMetric, make_dataset
from pingouin_oracle import pingouin_icc

METRICS = (
    MadeMetric("contact_time_s", "total", "s", 0.25, 0.04, 0.006, 0.01),
    MadeMetric("peak_force_bw", "left", "BW", 2.0, 0.3, 0.05, 0.15),
    MadeMetric("medial_shift_mm", "left", "mm", 4.0, 0.4, 1.5, 2.5, {"arch_support": -2.0}),
)


def people(n: int) -> list[str]:
    return [f"P{i:02d}" for i in range(n)]


@pytest.fixture(scope="module")
def two_sessions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two") / "data"
    make_dataset(folder, seed=3, participants=people(25), metrics=METRICS, n_sessions=2, n_trials=5)
    return folder


def made(values: dict[tuple[str, str, str], list[float]], **columns: str) -> TrialTable:
    """A table of one metric: (participant, session, condition) -> values."""
    rows = [
        (who, when, run, "drop_jump", condition, "contact_time_s", "total", value, "s", 0.001, "ok")
        for (who, when, condition), series in values.items()
        for run, value in enumerate(series, start=1)
    ]
    frame = pd.DataFrame(rows, columns=["participant", "session", "run", *COLUMNS[3:]])
    return TrialTable(frame.assign(**columns)[list(COLUMNS)], pd.DataFrame())


def test_truth_lies_in_the_intervals_and_the_file_holds_it(two_sessions: Path) -> None:
    study = ll.reliability(ll.read_trials(two_sessions))
    for made_metric in METRICS:
        one = study.get(made_metric.name, made_metric.side)
        assert one is not None
        assert one.components is not None
        assert one.sem_one is not None
        assert one.sem_one.low < np.hypot(made_metric.session_sd, made_metric.trial_sd) < one.sem_one.high
        assert one.components.trial_sd.low < made_metric.trial_sd < one.components.trial_sd.high
        assert (one.n_athletes, one.n_sessions, one.n_mean) == (25, 2, 5)
    write_error_file(two_sessions, study.document())
    read = read_error_file(two_sessions)
    assert read is not None
    assert read.errors == study.errors


def test_cv_is_the_relative_error_and_only_where_it_means_something(two_sessions: Path) -> None:
    study = ll.reliability(ll.read_trials(two_sessions))
    force, shift = study.get("peak_force_bw", "left"), study.get("medial_shift_mm", "left")
    assert force is not None
    assert shift is not None
    assert force.cv_pct == pytest.approx(100 * np.hypot(0.05, 0.15) / 2.0, rel=0.2)
    assert shift.cv_pct is None


def test_poor_is_flagged_with_its_reason_and_still_an_error(two_sessions: Path) -> None:
    shift = ll.reliability(ll.read_trials(two_sessions)).get("medial_shift_mm", "left")
    assert shift is not None
    assert shift.status == "flagged"
    assert "hardly tells them apart" in shift.reason
    assert "poor" in shift.icc_words
    assert shift.error is not None


def test_classical_icc_is_that_of_session_means(two_sessions: Path) -> None:
    table = ll.read_trials(two_sessions)
    one = ll.reliability(table).get("peak_force_bw", "left")
    assert one is not None
    assert one.forms is not None
    means = table.of("peak_force_bw", "left").pivot_table("value", "participant", "session")
    oracle = pingouin_icc(means.to_numpy())
    assert one.forms["ICC(2,1)"].value == pytest.approx(oracle["ICC(2,1)"][0], abs=1e-6)
    assert one.forms["ICC(3,k)"].value == pytest.approx(oracle["ICC(3,k)"][0], abs=1e-6)


def test_one_session_tells_trials_only_and_says_so(tmp_path: Path) -> None:
    make_dataset(tmp_path, seed=4, participants=people(12), metrics=METRICS, n_sessions=1)
    study = ll.reliability(ll.read_trials(tmp_path))
    assert "Session error cannot (nobody came back" in study.design.sentences[1]
    one = study.get("contact_time_s", "total")
    assert one is not None
    assert one.error is not None
    assert one.error.session_sd is None
    assert one.mdc95_mean is None
    assert one.repeats == "trials"
    assert "one session: what a day adds is not in this error" in one.notes


def test_a_few_who_came_back_do_not_pretend_to_tell_session_error() -> None:
    rng = np.random.default_rng(1)
    values = {(who, "01", ""): rng.normal(1, 0.1, 4).tolist() for who in people(10)}
    values |= {(who, "02", ""): rng.normal(9, 0.1, 4).tolist() for who in people(3)}
    one = ll.reliability(made(values)).get("contact_time_s", "total")
    assert one is not None
    assert one.error is not None
    assert one.error.session_sd is None
    assert one.error.trial_sd < 0.2


def test_conditions_are_never_mixed(tmp_path: Path) -> None:
    make_dataset(tmp_path, seed=5, participants=people(12), metrics=METRICS, conditions=("shod", "arch_support"))
    table = ll.read_trials(tmp_path)
    study = ll.reliability(table)
    assert study.design.condition == "shod"
    assert "never mixed" in study.notes[0]
    only_shod = TrialTable(table.rows[table.rows["condition"] == "shod"], table.participants)
    assert study.errors == ll.reliability(only_shod).errors
    assert ll.reliability(table, condition="arch_support").design.condition == "arch_support"
    with pytest.raises(ParameterError, match="there is: drop_jump, condition shod; drop_jump, condition arch_support"):
        ll.reliability(table, condition="heel_lift")


def test_sessions_that_are_no_repeats_can_be_left_out(tmp_path: Path) -> None:
    make_dataset(tmp_path, seed=6, participants=people(8), metrics=METRICS, n_sessions=3)
    table = ll.read_trials(tmp_path)
    assert study_designs(table, sessions=["01", "02"])[0].sessions == 2
    labels = ll.reliability(table, sessions=["01", "03"]).design.labels
    assert labels == ("01", "03")
    with pytest.raises(ParameterError, match="no session is called '07'; there are 01, 02, 03"):
        ll.reliability(table, sessions=["07"])


def test_too_little_is_a_refused_metric_or_an_empty_design_in_plain_words() -> None:
    few = made({(who, "01", ""): [1.0, 1.1] for who in people(4)})
    study = ll.reliability(few)
    assert "Nothing can be estimated: 4 athletes" in study.design.sentences[1]
    assert study.metrics[0].status == "refused"
    assert study.errors == ()
    same = ll.reliability(made({(who, "01", ""): [1.0, 1.0] for who in people(9)}))
    assert same.metrics[0].reason == "all 18 values are 1: nothing can be told"
    with pytest.raises(ParameterError, match="no accepted trial"):
        ll.reliability(made({}))
    with pytest.raises(ParameterError, match="no trial has a metric 'speed'"):
        ll.reliability(few, names=["speed"])


def test_refused_values_are_left_out_and_counted() -> None:
    rng = np.random.default_rng(2)
    values = {(who, s, ""): rng.normal(1, 0.1, 4).tolist() for who in people(8) for s in ("01", "02")}
    values["P00", "01", ""][2] = float("nan")
    one = ll.reliability(made(values)).metrics[0]
    assert one.n_values == 63
    assert "1 refused values are left out" in one.notes


def test_categories_in_any_order_change_nothing() -> None:
    rng = np.random.default_rng(3)
    table = made({(who, s, ""): rng.normal(1, 0.1, 4).tolist() for who in people(8) for s in ("01", "02")})
    rows = table.rows.copy()
    for column in ("participant", "session", "task", "condition", "name", "side", "unit"):
        there = sorted(set(rows[column]), reverse=True)
        rows[column] = pd.Categorical(rows[column], categories=[*there, "unused"])
    shuffled = TrialTable(rows.sample(frac=1, random_state=1), table.participants)
    one, other = ll.reliability(table), ll.reliability(shuffled)
    assert one.errors == other.errors
    assert one.metrics[0].pair is not None
    assert other.metrics[0].pair is not None
    assert np.array_equal(one.metrics[0].pair.first_means, other.metrics[0].pair.first_means)


def test_practice_of_everybody_is_said() -> None:
    rng = np.random.default_rng(4)
    values = {
        (who, s, ""): (rng.normal(level, 0.1, 4) + k).tolist()
        for k, who in enumerate(people(8))
        for s, level in (("01", 1.0), ("02", 3.0))
    }
    one = ll.reliability(made(values)).metrics[0]
    assert any(note.startswith("second session minus first +2 s on average, beyond chance") for note in one.notes)
    assert one.icc is not None
    assert 0.3 < one.icc.value < 0.9


def test_sessions_of_one_digit_come_before_those_of_two() -> None:
    rng = np.random.default_rng(6)
    values = {
        (who, session, ""): (level + rng.normal(0, 0.1, 4)).tolist()
        for who in people(8)
        for session, level in (("10", 3.0), ("9", 1.0))
    }
    study = ll.reliability(made(values))
    assert study.design.labels == ("9", "10")
    pair = study.metrics[0].pair
    assert pair is not None
    assert pair.first_means.max() < 2.0
