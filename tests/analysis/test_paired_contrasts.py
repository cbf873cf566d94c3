"""Two conditions compared: statistics against independent libraries, judgements against what was put in."""

from __future__ import annotations

import dataclasses
import itertools
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import landing_lab as ll
from landing_lab.analysis.condition_pairs import EVIDENCE_IDS, KNOWN_PAIRS, known_pair, usual_order
from landing_lab.analysis.contrasts import adjusted, compare_conditions
from landing_lab.analysis.paired_statistics import holm, paired_comparison, sign_flip_p, welch_of_sessions
from landing_lab.analysis.reliability.error_file import ErrorFile
from landing_lab.analysis.reliability.measurement_error import MeasurementError
from landing_lab.analysis.trial_table import COLUMNS, TrialTable
from landing_lab.analysis.waveforms.spm import paired_test
from landing_lab.errors import ParameterError
from made_dataset import MadeMetric, make_dataset

SHIFT = MadeMetric("medial_shift_mm", "left", "mm", 4.0, 3.0, 1.5, 1.0, {"arch_support": -2.0})
TIME = MadeMetric("contact_time_s", "total", "s", 0.25, 0.04, 0.006, 0.01)
ERROR = MeasurementError(
    name="medial_shift_mm", side="left", unit="mm", trial_sd=1.0, session_sd=1.5, source="this laboratory",
    borrowed=False,
)  # fmt: skip


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contrast") / "data"
    people = [f"P{i:02d}" for i in range(10)]
    make_dataset(
        folder, seed=8, participants=people, metrics=(SHIFT, TIME), n_sessions=1, conditions=("shod", "arch_support")
    )
    return folder


def table_of(values: dict[tuple[str, str, str], list[float]], task: str = "drop_jump") -> TrialTable:
    rows = []
    run: dict[tuple[str, str], int] = {}
    for (who, when, condition), series in values.items():
        for value in series:
            run[who, when] = run.get((who, when), 0) + 1
            rows.append((who, when, run[who, when], task, condition, "medial_shift_mm", "left", value, "mm", 0.1, "ok"))
    return TrialTable(pd.DataFrame(rows, columns=list(COLUMNS)), pd.DataFrame())


def pairs(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    own = rng.normal(5, 2, n)
    return own + rng.normal(0, 0.5, n), own + 0.8 + rng.normal(0, 0.7, n)


def test_paired_t_is_that_of_scipy() -> None:
    first, second = pairs(1, 14)
    found = paired_comparison(first, second)
    oracle = stats.ttest_rel(second, first)
    assert (found.t, found.p) == pytest.approx((oracle.statistic, oracle.pvalue))
    assert (found.low, found.high) == pytest.approx(tuple(oracle.confidence_interval()))


def test_effect_is_hedges_g_of_pingouin() -> None:
    first, second = pairs(2, 14)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pingouin

        oracle = pingouin.compute_effsize(second, first, paired=True, eftype="hedges")
    found = paired_comparison(first, second)
    assert found.g == pytest.approx(oracle)
    assert found.g_low < found.g < found.g_high


def test_intervals_of_the_effect_hold_the_truth() -> None:
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(400):
        own = rng.normal(0, 1, 15)
        first, second = own + rng.normal(0, 0.5, 15), own + 0.6 + rng.normal(0, 0.5, 15)
        found = paired_comparison(first, second)
        held += found.g_low <= 0.6 / np.sqrt(1.25) <= found.g_high
    assert 0.92 <= held / 400 <= 0.98


@pytest.mark.parametrize("n", [5, 9])
def test_sign_flips_are_every_assignment(n: int) -> None:
    gaps = np.random.default_rng(n).normal(0.4, 1, n)
    naive = [
        abs(sum(s * g for s, g in zip(signs, gaps, strict=True))) for signs in itertools.product((1, -1), repeat=n)
    ]
    assert sign_flip_p(gaps) == np.mean(np.array(naive) >= abs(gaps.sum()) - 1e-12)


def test_random_sign_flips_come_close_to_every_assignment() -> None:
    gaps = np.random.default_rng(4).normal(0.3, 1, 16)
    signs = 1 - 2 * ((np.arange(2**16)[:, None] >> np.arange(16)) & 1)
    exact = np.mean(np.abs(signs @ gaps) >= abs(gaps.sum()) - 1e-12)
    assert sign_flip_p(gaps) == pytest.approx(exact, abs=0.015)
    assert sign_flip_p(gaps) == sign_flip_p(gaps)
    assert 0.0 < sign_flip_p(np.full(40, 5.0) + 0.1 * gaps[0]) <= 1 / 10_001 + 1e-9


def test_signs_of_a_metric_are_flipped_as_those_of_a_curve() -> None:
    for n in (8, 13, 20):
        first, second = pairs(n, n)
        curves = [np.column_stack([one, one]) for one in (first, second)]
        assert paired_comparison(first, second).p_sign_flip == pytest.approx(paired_test(*curves).p)


def test_who_has_fewer_than_three_trials_of_a_condition_is_not_in_the_group_and_is_named() -> None:
    values = {}
    for number in range(7):
        n_second = 1 if number == 6 else 3
        values[f"P{number}", "01", "a"] = [4.0 + number, 4.1 + number, 4.2 + number]
        values[f"P{number}", "01", "b"] = [5.0 + number + 0.1 * number] * n_second
    found = compare_conditions(table_of(values), "medial_shift_mm", "left", "a", "b")
    assert found.group is not None
    assert found.group.n == 6
    assert len(found.athletes) == 7
    assert "Not in the group, with fewer than 3 trials of a condition: P6." in found.notes
    few = {key: series[:2] for key, series in values.items()}
    refused = compare_conditions(table_of(few), "medial_shift_mm", "left", "a", "b")
    assert refused.group is None
    assert refused.reason.startswith("0 athletes have 3 or more trials of both conditions")


def test_holm_is_that_of_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    p = [0.01, 0.5, 0.03, 0.02, 0.8, 0.01]
    assert holm(p) == pytest.approx(multipletests(p, method="holm")[1])
    with_gap = holm([0.01, float("nan"), 0.03])
    assert with_gap[0] == pytest.approx(0.02)
    assert np.isnan(with_gap[1])


def test_welch_of_one_session_is_that_of_scipy_and_sessions_count_equally() -> None:
    rng = np.random.default_rng(5)
    one, two = rng.normal(3, 1, 5), rng.normal(4, 2, 7)
    oracle = stats.ttest_ind(two, one, equal_var=False)
    found = welch_of_sessions([(one, two)])
    assert (found[0], found[3]) == pytest.approx((two.mean() - one.mean(), oracle.pvalue))
    assert found[1:3] == pytest.approx(tuple(oracle.confidence_interval()))
    twice = welch_of_sessions([(one, two), (one, two)])
    assert twice[0] == pytest.approx(found[0])
    assert twice[2] - twice[1] < found[2] - found[1]
    assert np.isnan(welch_of_sessions([(one[:1], two)])[1])


def test_a_known_effect_is_found_and_the_untouched_metric_is_not(dataset: Path) -> None:
    errors = ErrorFile(errors=(ERROR,), task="drop_jump")
    found = ll.contrast(ll.read_trials(dataset), errors=errors)
    assert (found.first, found.second) == ("shod", "arch_support")
    shift, time = found.get("medial_shift_mm", "left"), found.get("contact_time_s", "total")
    assert shift is not None
    assert time is not None
    assert shift.group is not None
    assert shift.group.low < -2.0 < shift.group.high
    assert shift.group.p_sign_flip <= 2 / 2**10 + 1e-9
    assert shift.p_holm == pytest.approx(2 * shift.group.p_sign_flip)
    assert time.p_holm is not None
    assert time.p_holm > 0.05
    assert sum(one.judgement == "real" for one in shift.athletes) >= 7
    assert {one.judgement for one in time.athletes} == {"not_judged"}
    assert time.athletes[0].reason == "the error of a trial is not known; run `landing-lab reliability` first"


def test_one_athlete_is_judged_by_the_error_of_a_trial_not_by_a_p_value() -> None:
    detectable = 1.96 * 1.0 * np.sqrt(1 / 3 + 1 / 3)
    inside, outside = ([value - 0.01, value, value + 0.01] for value in (detectable - 0.1, detectable + 0.1))
    table = table_of(
        {
            ("A", "01", "shod"): [-0.01, 0.0, 0.01], ("A", "01", "arch_support"): inside,
            ("B", "01", "shod"): [-0.01, 0.0, 0.01], ("B", "01", "arch_support"): outside,
        }
    )  # fmt: skip
    found = compare_conditions(table, "medial_shift_mm", "left", "shod", "arch_support", error=ERROR)
    a, b = found.athletes
    assert a.p < 0.001
    assert a.detectable == pytest.approx(detectable)
    assert (a.judgement, b.judgement) == ("within_error", "real")
    assert found.group is None
    assert found.status == "flagged"
    assert found.reason == "2 athletes have 3 or more trials of both conditions; a group needs at least 3"


def test_days_are_not_conditions_and_two_trials_are_not_judged() -> None:
    table = table_of(
        {
            ("A", "01", "flat"): [1, 2, 3], ("A", "02", "heel_lift"): [4, 5, 6],
            ("B", "01", "flat"): [1, 2], ("B", "01", "heel_lift"): [4, 5, 6],
        }
    )  # fmt: skip
    found = compare_conditions(table, "medial_shift_mm", "left", "flat", "heel_lift", error=ERROR)
    assert [one.participant for one in found.athletes] == ["B"]
    assert found.athletes[0].judgement == "not_judged"
    assert found.athletes[0].reason.startswith("2 trials of a condition in a session; 3 are needed")
    alone = compare_conditions(table, "medial_shift_mm", "left", "flat", "heel_lift", participant="A", error=ERROR)
    assert alone.status == "refused"
    assert "participant A has medial_shift_mm (left) in flat and heel_lift within one session" in alone.reason


def test_order_is_said_where_it_can_look_like_the_condition() -> None:
    blocked = table_of({("A", "01", "flat"): [1, 2, 3], ("A", "01", "heel_lift"): [4, 5, 6]})
    found = compare_conditions(blocked, "medial_shift_mm", "left", "flat", "heel_lift")
    assert "A did all of heel_lift after all of flat" in found.notes[0]
    rows = blocked.rows.assign(run=[1, 3, 5, 2, 4, 6])
    mixed = compare_conditions(TrialTable(rows, blocked.participants), "medial_shift_mm", "left", "flat", "heel_lift")
    assert mixed.notes == ()
    tired = table_of({("A", "01", "pre_fatigue"): [1, 2, 3], ("A", "01", "post_fatigue"): [4, 5, 6]})
    by_design = compare_conditions(tired, "medial_shift_mm", "left", "pre_fatigue", "post_fatigue")
    assert "by design" in by_design.notes[0]


def test_five_athletes_are_told_what_the_test_cannot_reach() -> None:
    values = {
        (who, "01", condition): [level, level + 0.1, level - 0.1]
        for who in "ABCDE"
        for condition, level in (("flat", 1.0), ("heel_lift", 9.0))
    }
    found = compare_conditions(table_of(values), "medial_shift_mm", "left", "flat", "heel_lift")
    assert found.group is not None
    assert found.group.p_sign_flip == 2 / 32
    assert found.reason == "5 athletes: the sign-flip test cannot fall below 0.0625"


def test_an_error_file_of_another_task_is_not_used(dataset: Path) -> None:
    errors = ErrorFile(errors=(ERROR,), task="drop_landing")
    found = ll.contrast(ll.read_trials(dataset), errors=errors, names=["medial_shift_mm"])
    assert found.contrasts[0].error is None
    assert "The error file is of drop_landing, the trials are of drop_jump: not used." in found.notes


def test_an_error_file_of_a_protocol_of_the_same_kind_is_used(dataset: Path) -> None:
    errors = ErrorFile(errors=(ERROR,), task="drop_jump_heel_lift")
    found = ll.contrast(ll.read_trials(dataset), errors=errors, names=["medial_shift_mm"])
    assert found.contrasts[0].error == ERROR
    assert not any("error file" in note for note in found.notes)


def test_an_error_in_another_unit_is_not_used(dataset: Path) -> None:
    errors = ErrorFile(errors=(dataclasses.replace(ERROR, unit="cm"),), task="drop_jump")
    found = ll.contrast(ll.read_trials(dataset), errors=errors, names=["medial_shift_mm"])
    assert found.contrasts[0].error is None


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("shod", "shod", "compared with itself"),
        ("flat", "heel_lift", "no accepted trial has the condition 'flat'; there is arch_support, shod"),
        ("shod", None, "name both conditions to compare; the accepted trials have arch_support, shod"),
    ],
)
def test_conditions_that_are_not_there(dataset: Path, first: str, second: str | None, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        ll.contrast(ll.read_trials(dataset), first, second)


def test_unknown_metrics_and_mixed_tasks_are_refused(dataset: Path) -> None:
    table = ll.read_trials(dataset)
    with pytest.raises(ParameterError, match="has a metric 'speed'"):
        ll.contrast(table, names=["speed"])
    twice = TrialTable(pd.concat([table.rows, table.rows.assign(task="squat_jump")]), table.participants)
    with pytest.raises(ParameterError, match="were recorded in drop_jump, squat_jump; tasks are not mixed"):
        ll.contrast(twice, "shod", "arch_support")
    assert ll.contrast(twice, "shod", "arch_support", task="squat_jump").task == "squat_jump"


def test_known_pairs_are_found_under_the_names_laboratories_use() -> None:
    assert known_pair("barefoot", "arch_support") == known_pair("shod", "arch_support") == KNOWN_PAIRS[1]
    assert known_pair("heel_lift", "flat") == KNOWN_PAIRS[0]
    assert known_pair("flat", "arch_support") is None
    assert usual_order(("post", "pre")) == ("pre", "post")
    assert usual_order(("flat", "heel_lift", "uncued", "cued")) is None
    assert {one for pair in KNOWN_PAIRS for one in pair.evidence_ids} == set(EVIDENCE_IDS)


def test_refused_contrasts_do_not_count_in_the_adjustment() -> None:
    alone = table_of({("A", "01", "flat"): [1, 2, 3], ("A", "01", "heel_lift"): [4, 5, 6]})
    many = table_of(
        {(who, "01", c): [k * 1.0, k + 0.5, k + 1.0] for k, who in enumerate("ABCDEFG") for c in ("flat", "heel_lift")}
    )
    refused = compare_conditions(alone, "medial_shift_mm", "left", "flat", "heel_lift")
    counted = compare_conditions(many, "medial_shift_mm", "left", "flat", "heel_lift")
    assert counted.group is not None
    assert [one.p_holm for one in adjusted([refused, counted])] == [None, counted.group.p_sign_flip]


def test_too_few_athletes_are_no_group() -> None:
    with pytest.raises(ParameterError, match="at least 3 athletes"):
        paired_comparison(np.array([1.0, 2.0]), np.array([2.0, 3.0]))


def test_categories_change_nothing(dataset: Path) -> None:
    table = ll.read_trials(dataset)
    rows = table.rows.copy()
    for column in ("participant", "session", "task", "condition", "name", "side", "unit"):
        there = sorted(set(rows[column]), reverse=True)
        rows[column] = pd.Categorical(rows[column], categories=[*there, "unused"])
    one = ll.contrast(table).contrasts
    other = ll.contrast(TrialTable(rows, table.participants)).contrasts
    assert [c.group for c in one] == [c.group for c in other]
    assert [c.athletes for c in one] == [c.athletes for c in other]


def test_a_task_that_is_not_there_is_what_is_told(dataset: Path) -> None:
    with pytest.raises(ParameterError, match="no accepted trial is of the task 'nope'; there is drop_jump"):
        ll.contrast(dataset, "shod", "arch_support", task="nope")


@pytest.mark.parametrize("first", ["", ["shod"], 3])
def test_a_condition_is_a_text(dataset: Path, first: object) -> None:
    with pytest.raises(ParameterError, match="a condition is named by a text"):
        ll.contrast(dataset, first, "arch_support")  # type: ignore[arg-type]


def test_a_folder_stands_for_its_table_and_one_name_for_itself(dataset: Path) -> None:
    table = ll.read_trials(dataset)
    found = ll.contrast(dataset, names="contact_time_s")
    assert {one.name for one in found.contrasts} == {"contact_time_s"}
    assert found == ll.contrast(table, names=["contact_time_s"])
    study = ll.reliability(str(dataset), names="contact_time_s")
    assert [one.name for one in study.metrics] == ["contact_time_s"]


def test_a_reliability_study_judges_as_its_error_file_does(dataset: Path) -> None:
    table = ll.read_trials(dataset)
    study = ll.reliability(table, names=["contact_time_s"])
    by_study, by_file = (
        ll.contrast(table, errors=one, names=["contact_time_s"]).contrasts for one in (study, study.error_file)
    )
    assert [one.error for one in by_study] == [one.error for one in by_file] == list(study.errors)
    assert {one.judgement for one in by_study[0].athletes} <= {"real", "within_error"}
