"""Which session's entries a screening uses, and that two who enter at once lose nothing."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import landing_lab as ll
from landing_lab.analysis.inputs.files import FILE_NAME, inputs_from, session_inputs, write_session_inputs
from landing_lab.app.inputs.run import run_set
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.dataset import Dataset
from landing_lab.io.session_file import SessionState
from made_dataset import make_dataset


@pytest.fixture
def study(tmp_path: Path) -> Dataset:
    return make_dataset(tmp_path / "study", seed=5, participants=["P01"])


def test_symptoms_entered_where_no_landing_was_accepted_are_not_lost(study: Dataset) -> None:
    session = study.new_session("P01")
    accepted = study.sessions("P01")[0].read_state()
    rejected = tuple(dataclasses.replace(one, verdict="rejected") for one in accepted.trials)
    session.write_state(SessionState(participant="P01", session="03", protocol="drop_jump", trials=rejected))
    write_session_inputs(session.path, inputs_from({"prior_injury": "none", "giving_way": True}))
    found = ll.screen(study.path, "P01")
    assert found.session == "02"
    assert found.referral.advised
    assert any("session 03, which has no accepted landing" in note for note in found.notes)


def test_entries_of_an_earlier_session_are_named_not_used(study: Dataset) -> None:
    first = study.sessions("P01")[0]
    write_session_inputs(first.path, inputs_from({"prior_injury": "none", "giving_way": True}))
    found = ll.screen(study.path, "P01")
    assert not found.referral.advised
    assert any("session 01 is not used for session 02" in note for note in found.notes)


def test_two_who_enter_at_once_lose_nothing(study: Dataset) -> None:
    session = study.sessions("P01")[-1]
    run_set(study.path, "P01", None, ["prior_injury=none"], file=None, by=None)
    entries = [f"lunge_{side}_cm={value}" for side, value in (("left", 9), ("right", 10))] + [
        "swelling=yes",
        "age_years=20",
    ]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: run_set(study.path, "P01", None, [one], file=None, by=None), entries))
    found = session_inputs(session.path)
    assert found is not None
    assert (found.lunge_left_cm, found.lunge_right_cm, found.swelling, found.age_years) == (9, 10, True, 20)


def test_one_field_twice_is_asked_about(study: Dataset) -> None:
    with pytest.raises(ParameterError, match="twice"):
        run_set(study.path, "P01", None, ["prior_injury=none", "less.5=1", "less.5=0"], file=None, by=None)


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"schema": "landing-lab.inputs/1", "inputs": {}, "history": 3}'])
def test_a_damaged_file_of_entries_has_a_way_out(study: Dataset, content: str) -> None:
    path = study.sessions("P01")[-1].path / FILE_NAME
    path.write_text(content)
    with pytest.raises(FileFormatError, match="delete it or bring back a copy"):
        run_set(study.path, "P01", None, ["prior_injury=none"], file=None, by=None)
    assert path.read_text() == content
