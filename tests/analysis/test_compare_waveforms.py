"""Conditions, groups and numbers of a dataset against whole curves: what is found, said and refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.analysis.permutations import PermutationSettings
from landing_lab.analysis.waveforms.comparison import SCHEMA, WaveformComparison, p_text
from landing_lab.analysis.waveforms.groups import numbers_of, two_groups
from landing_lab.errors import ParameterError
from landing_lab.io.write import json_text
from made_dataset import make_dataset
from waveform_dataset import make_waveform_dataset

PEOPLE = tuple(f"P{number:02d}" for number in range(1, 8))
BANNED = ("diagnos", "at risk", "injury risk", "weak glutes", "unsafe", "valgus")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven athletes, flat and heel lift; force at mid-contact is 8 % lower with the heel lift."""
    folder = tmp_path_factory.mktemp("waveforms") / "study"
    columns = {
        "sex": ["female", "male", "female", "male", "female", "male", "n/a"],
        "lunge_cm": [8.0, 9.5, 11.0, 12.0, 10.0, 13.5, "n/a"],
        "team": ["a", "b", "c", "a", "b", "c", "a"],
    }
    conditions = {"flat": 0.0, "heel_lift": -0.08}
    return make_waveform_dataset(folder, participants=PEOPLE, conditions=conditions, columns=columns).path


@pytest.fixture(scope="module")
def paired(dataset: Path) -> WaveformComparison:
    return ll.compare_waveforms(dataset, first="flat", second="heel_lift")


def test_a_change_that_was_made_is_found_where_it_was_made(paired: WaveformComparison) -> None:
    assert paired.test.n == (7,)
    assert paired.test.exact
    assert paired.test.n_permutations == 128
    (cluster,) = paired.test.clusters
    (found,) = paired.stretches
    assert cluster.sign == -1
    assert found.start_pct < 45
    assert found.stop_pct > 55
    assert found.largest_pct == pytest.approx(50, abs=8)
    # 8 % of the force there
    flat = paired.means[0].mean[int(found.largest_pct)]
    assert found.largest_effect == pytest.approx(-0.08 * flat, rel=0.15)
    assert found.p == 2 / 128
    assert found.start_s == pytest.approx(found.start_pct / 100 * paired.duration_s)
    said = " ".join(paired.sentences)
    assert "heel_lift is lower than flat" in said
    assert "7 athletes under both conditions" in said
    assert "128 permutations (all)" in said
    assert "Fewer than 3 trials of P01" in said
    assert "no person was measured" in said


def test_left_is_not_right_of_the_change(dataset: Path) -> None:
    swapped = ll.compare_waveforms(dataset, first="heel_lift", second="flat")
    assert swapped.test.clusters[0].sign == 1


def test_the_landing_was_not_changed(dataset: Path) -> None:
    found = ll.compare_waveforms(dataset, first="flat", second="heel_lift", phase="loading")
    assert found.test.clusters == ()
    assert "does not show that there is no difference" in " ".join(found.sentences)


def test_two_groups_leave_out_who_has_none(dataset: Path) -> None:
    found = ll.compare_waveforms(dataset, group="sex", condition="flat")
    assert found.names == ("female", "male")
    assert found.test.n == (3, 3)
    assert found.test.smallest_p == pytest.approx(2 / 20)
    assert found.test.refusal is not None
    said = " ".join(found.sentences)
    assert "sub-P07 has no sex" in said
    assert "No test: 3 and 3 athletes allow 20 permutations" in said
    assert "not what causes what" in said


def test_regression_on_a_column_and_on_a_field_input(dataset: Path) -> None:
    settings = PermutationSettings(n_permutations=1000)
    found = ll.compare_waveforms(dataset, against="lunge_cm", condition="flat", settings=settings)
    assert found.regressor is not None
    assert found.test.n == (6,)
    assert found.test.exact  # 720 orders
    x, y = found.regressor, found.means[0].curves[:, 50]
    assert found.test.effect[50] == pytest.approx(np.polyfit(x, y, 1)[0])
    assert [band.n for band in found.bands] == [2, 2]
    assert "lowest third of lunge_cm (8 to 9.5)" in found.bands[0].label
    for number, person in enumerate(PEOPLE):
        entries = {"prior_injury": "none", "lunge_left_cm": 8.0 + number, "less": {"4": 1}}
        inputs = {"schema": "landing-lab.inputs/1", "inputs": entries, "history": []}
        (dataset / f"sub-{person}" / "ses-01" / "field_inputs.json").write_text(json.dumps(inputs), "utf-8")
    entered = ll.compare_waveforms(dataset, against="lunge_left_cm", condition="flat", settings=settings)
    assert entered.regressor is not None
    assert sorted(entered.regressor.tolist()) == [8.0 + number for number in range(7)]


def test_the_document_is_whole_and_knows_no_nan(paired: WaveformComparison) -> None:
    document = json.loads(json_text(paired.as_dict()))
    assert document["schema"] == SCHEMA == "landing-lab.waveforms/1"
    assert len(document["percent"]) == len(document["effect"]["value"]) == len(document["test"]["t"]) == 101
    assert document["test"]["clusters"][0]["p"] == 2 / 128
    assert document["athletes"][0]["participants"] == list(PEOPLE)
    assert document["simulated"] is True


def test_nothing_that_is_said_is_banned(dataset: Path, paired: WaveformComparison) -> None:
    found = ll.compare_waveforms(dataset, group="sex", condition="flat")
    said = json_text(paired.as_dict()).lower() + json_text(found.as_dict()).lower()
    assert not [word for word in BANNED if word in said]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({}, "name one comparison"),
        ({"first": "flat"}, "name one comparison"),
        ({"first": "flat", "second": "flat"}, "two conditions"),
        ({"first": "flat", "second": "heel_lift", "group": "sex"}, "name one comparison"),
        ({"first": "flat", "second": "cued"}, "there are flat, heel_lift"),
        ({"group": "sex"}, "would be averaged"),
        ({"group": "shoe", "condition": "flat"}, "has no column"),
        ({"group": "team", "condition": "flat"}, "must hold two groups"),
        ({"against": "sex", "condition": "flat"}, "must hold numbers"),
        ({"against": "wingspan", "condition": "flat"}, "field input"),
        ({"against": "fppa_drop_jump_left_deg", "condition": "flat"}, "no athlete has a number"),
        ({"group": "sex", "condition": "cued"}, "no accepted trial of condition 'cued'"),
        ({"first": "flat", "second": "heel_lift", "signal": "cop_ml_left"}, "record with both insoles"),
        ({"first": "flat", "second": "heel_lift", "task": "squat_jump"}, "no accepted trial of task"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(dataset: Path, how: dict[str, str], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        ll.compare_waveforms(dataset, **how)  # type: ignore[arg-type]


def test_a_folder_that_is_no_dataset(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="is no dataset"):
        ll.compare_waveforms(tmp_path, first="flat", second="heel_lift")


def test_a_damaged_trial_is_left_out_and_named(dataset: Path) -> None:
    path = dataset / "sub-P03" / "ses-01" / "trials" / "sub-P03_ses-01_task-dropJump_run-02_force.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    try:
        found = ll.compare_waveforms(dataset, first="flat", second="heel_lift")
    finally:
        path.write_bytes(whole)
    assert found.test.n == (6,)
    (left_out,) = found.curves.left_out
    assert left_out.title == "sub-P03 ses-01 run-02"
    assert "is missing or is not what" in left_out.reason
    assert "sub-P03 has only one of the conditions" in " ".join(found.sentences)


def test_p_is_never_printed_as_zero() -> None:
    assert [p_text(p) for p in (0.0001, 0.001, 0.0496, 1.0)] == ["p < 0.001", "p = 0.001", "p = 0.050", "p = 1.000"]


@pytest.fixture(scope="module")
def several_days(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """P01 to P04 as usual; P01 also with one condition on another day; P05 with one on each day."""
    folder = tmp_path_factory.mktemp("days") / "study"
    both = {"flat": 0.0, "heel_lift": -0.08}
    make_waveform_dataset(folder, participants=PEOPLE[:4], conditions=both)
    make_waveform_dataset(folder, participants=["P01", "P05"], conditions={"heel_lift": -0.5})
    make_waveform_dataset(folder, participants=["P05"], conditions={"flat": 0.0})
    return folder


def test_conditions_are_compared_within_sessions_and_days_are_none(several_days: Path) -> None:
    found = ll.compare_waveforms(several_days, first="flat", second="heel_lift")
    assert found.means[0].participants == found.means[1].participants == PEOPLE[:4]
    assert found.means[1].n_trials == (1, 1, 1, 1)
    assert found.left_out == (
        "sub-P01 ses-02 has only one of the conditions",
        "sub-P05 has the conditions in different sessions, and days are no conditions",
    )
    shares = [heel[50] / flat[50] for flat, heel in zip(*(one.curves for one in found.means), strict=True)]
    assert shares == pytest.approx([0.92] * 4, abs=0.02)


def test_a_session_that_cannot_be_read_costs_itself_only(several_days: Path) -> None:
    path = several_days / "sub-P02" / "ses-01" / "session.json"
    whole = path.read_text()
    path.write_text(json.dumps({**json.loads(whole), "schema": "landing-lab.session/9"}))
    try:
        found = ll.compare_waveforms(several_days, first="flat", second="heel_lift")
    finally:
        path.write_text(whole)
    assert found.means[0].participants == ("P01", "P03", "P04")
    assert any("Sub-P02 ses-01 was left out" in sentence for sentence in found.sentences)


def test_groups_and_numbers_are_read_as_the_cohort_reads_them(tmp_path: Path) -> None:
    path, notes = tmp_path / "participants.tsv", list[str]()
    path.write_text("participant_id\tSex\tage\nsub-P1\tF\t20\nsub-P2\tfemale\t21.5\nsub-P3\tm\tn/a\n", "utf-8")
    assert two_groups(tmp_path, "sex", notes) == (("female", "male"), {"P1": "female", "P2": "female", "P3": "male"})
    assert numbers_of(tmp_path, "age", notes) == numbers_of(tmp_path, "age_years", notes) == {"P1": 20.0, "P2": 21.5}
    assert notes == []
    path.write_text("who\tsex\nP1\tF\n", "utf-8")
    with pytest.raises(ParameterError, match="where participant_id belongs"):
        two_groups(tmp_path, "sex", notes)
    path.unlink()
    with pytest.raises(ParameterError, match="no column"):
        two_groups(tmp_path, "sex", notes)


def test_a_dataset_of_numbers_alone_is_told_what_is_missing(tmp_path: Path) -> None:
    numbers = make_dataset(tmp_path / "study", seed=1, participants=["P1", "P2"], conditions=("flat", "heel_lift")).path
    with pytest.raises(ParameterError, match="its curve is not stored, nor its raw file to make it from; copy"):
        ll.compare_waveforms(numbers, first="flat", second="heel_lift")
