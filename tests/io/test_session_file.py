"""session.json: whole after every change, kept by older versions, rebuilt from the raw files where it is damaged."""

from __future__ import annotations

import functools
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_session import SessionFolder
from landing_lab.io.session_file import (
    UNREADABLE,
    OpenVerdict,
    PlannedCondition,
    SessionState,
    TrialEntry,
    read_session_file,
    write_session_file,
)

STATE = SessionState(
    participant="P07",
    session="01",
    protocol="flat_or_heel_lift",
    planned=(PlannedCondition(task="drop_jump", condition="heel lift", n_trials=2),),
    software="landing-lab 0.1.0",
    created_at="2026-11-22T15:45:00+01:00",
    settings={"box_height_m": 0.3, "mass_kg": None},
    boards={"plate": {"device_id": "P-1", "firmware_version": "1.0"}},
    calibrations={"P-1": "P-1_20261122T100000Z.json"},
    trials=(
        TrialEntry(
            run=1,
            task="drop_jump",
            condition="heel lift",
            file="raw/sub-P07_ses-01_task-dropJump_run-01.xdf",
            verdict="accepted",
            recorded_at="2026-11-22T15:50:00+01:00",
            link_statistics={"plate": {"frames": 800, "lost_frames": 0}},
            notes=("one", "two"),
        ),
    ),
)

words = st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=20)
trials = st.builds(
    TrialEntry,
    run=st.integers(1, 99),
    task=words,
    condition=words,
    file=st.from_regex(r"raw/[a-z]{1,9}\.xdf", fullmatch=True),
    verdict=st.sampled_from(("accepted", "rejected", "unfinished")),
    reason=st.none() | words,
    link_statistics=st.dictionaries(words, st.dictionaries(words, st.integers(0, 10**9), max_size=2), max_size=2),
    open_verdict=st.none()
    | st.builds(
        OpenVerdict,
        findings=st.lists(st.tuples(words, st.sampled_from(("stop", "warn")), words), max_size=2).map(tuple),
        notes=st.lists(words, max_size=2).map(tuple),
    ),
    more=st.dictionaries(st.just("felt_tired"), words),
)
states = st.builds(
    SessionState,
    participant=st.just("P07"),
    session=st.just("01"),
    protocol=words,
    finished_at=st.none() | words,
    settings=st.dictionaries(words, st.none() | st.floats(allow_nan=False, allow_infinity=False) | words, max_size=3),
    trials=st.lists(trials, max_size=4, unique_by=(lambda one: one.file, lambda one: one.run)).map(tuple),
    notes=st.lists(words, max_size=2).map(tuple),
    more=st.dictionaries(st.just("weather"), words),
)


@pytest.fixture
def session(tmp_path: Path) -> SessionFolder:
    return Dataset(tmp_path / "study").create().new_session("P07")


@settings(max_examples=40, deadline=None)  # each one waits for the disk
@given(states)
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, state: SessionState) -> None:
    path = tmp_path_factory.getbasetemp() / "session.json"
    write_session_file(path, state)
    assert read_session_file(path) == state


@pytest.mark.parametrize(
    "odd", [[], "", "x", False, 5, {"findings": None}, {"notes": "abc"}, {"notes": [1]}, {"findings": [["a", "b"]]},
            {"findings": [["a", "fatal", "c"]]}, {"findings": [{"name": "a"}]}],
)  # fmt: skip
def test_an_open_verdict_that_cannot_be_read_is_still_asked_and_costs_nothing_else(
    session: SessionFolder, odd: object
) -> None:
    session.write_state(STATE)
    document = json.loads(session.state_path.read_text())
    document["trials"][0]["open_verdict"] = odd
    session.state_path.write_text(json.dumps(document))
    state = session.read_state()
    assert state.recovered is None
    assert state.planned == STATE.planned
    asked = state.trials[0].open_verdict
    assert asked is not None
    ((_, level, text),) = asked.findings
    assert (level, text) == ("stop", UNREADABLE)


def test_fields_of_a_newer_version_survive_a_change_by_this_one(session: SessionFolder) -> None:
    session.write_state(STATE)
    document = json.loads(session.state_path.read_text())
    assert document["schema"] == "landing-lab.session/1"
    document["weather"] = {"temperature_c": 21}
    document["trials"][0]["video"] = "a.mp4"
    session.state_path.write_text(json.dumps(document))
    state = session.read_state()
    session.write_state(replace(state, finished_at="2026-11-22T16:00:00+01:00"))
    again = json.loads(session.state_path.read_text())
    assert again["weather"] == {"temperature_c": 21}
    assert again["trials"][0]["video"] == "a.mp4"
    assert again["finished_at"] == "2026-11-22T16:00:00+01:00"


def test_a_trial_judged_anew_takes_the_place_of_its_entry() -> None:
    first = STATE.trials[0]
    two = STATE.with_trial(replace(first, run=2, verdict="rejected"))
    assert [trial.run for trial in two.trials] == [1, 2]
    changed = two.with_trial(replace(first, verdict="rejected", reason="stepped off"))
    assert [(trial.run, trial.reason) for trial in changed.trials] == [(1, "stepped off"), (2, None)]
    assert two.n_accepted(STATE.planned[0]) == 1
    assert changed.n_accepted(STATE.planned[0]) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"trials": [{"run": 1, "task": "x", "file": "../../etc/passwd", "verdict": "accepted"}]},
        {"trials": [{"run": 1, "task": "x", "file": "/etc/passwd", "verdict": "accepted"}]},
        {"trials": [{"run": 1, "task": "x", "file": "raw/a.xdf", "verdict": "good"}]},
        {"trials": {"a": 1}},
        {"trials": 5},
        {"participant": None},
        {"planned": [{"task": "x"}]},
        {"boards": ["a"]},
        {"trials": [{"run": float("inf"), "task": "x", "file": "raw/a.xdf", "verdict": "accepted"}]},
        {"trials": [{"run": 10**30, "task": "x", "file": "raw/a.xdf", "verdict": "accepted"}]},
        {"trials": [{"run": run, "task": "x", "file": "raw/a.xdf", "verdict": "accepted"} for run in (1, 2)]},
        {"trials": [{"run": 1, "task": "x", "file": f"raw/{name}.xdf", "verdict": "accepted"} for name in "ab"]},
        {
            "trials": [
                {
                    "run": 1,
                    "task": "x",
                    "file": "raw/a.xdf",
                    "verdict": "accepted",
                    "link_statistics": {"plate": {"frames": float("inf")}},
                },
            ]
        },
        {"planned": [{"task": "x", "n_trials": float("inf")}]},
        {"left_out": ["x"]},
        {"left_out": [None]},
        {"left_out": [float("inf")]},
        {"left_out": 3},
        {"settings": {"seed": "abc"}},
        {"settings": {"seed": None}},
        {"settings": {"seed": float("inf")}},
        {"weather": "\ud800"},
        {"weather": functools.reduce(lambda inner, _: [inner], range(900), "deep")},
    ],
)
def test_a_state_that_makes_no_sense_is_a_damaged_file(tmp_path: Path, change: dict[str, object]) -> None:
    path = write_session_file(tmp_path / "session.json", STATE)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(FileFormatError, match="is damaged"):
        read_session_file(path)


@pytest.mark.parametrize("change", [{"participant": "P08"}, {"session": "02"}])
def test_the_state_of_another_session_is_not_believed(session: SessionFolder, change: dict[str, object]) -> None:
    _files(session)
    session.write_state(STATE)
    session.state_path.write_text(json.dumps({**json.loads(session.state_path.read_text()), **change}))
    state = session.read_state()
    assert "session.json is of sub-" in str(state.recovered)
    assert len(state.trials) == 3
    session.write_state(state)
    assert session.read_state().recovered is None
    assert len(list(session.path.glob("session.damaged-*.json"))) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
def test_a_pipe_in_place_of_the_state_is_put_aside_unread(session: SessionFolder) -> None:
    _files(session)
    os.mkfifo(session.state_path)
    state = session.read_state()
    assert "a device or a pipe" in str(state.recovered)
    session.write_state(state)
    assert session.read_state().trials == state.trials


def test_delays_are_stored_as_they_were_measured(session: SessionFolder) -> None:
    trial = replace(STATE.trials[0], link_statistics={"plate": {"frames": 800, "jitter_ms": 0.8}})
    session.write_state(replace(STATE, trials=(trial,)))
    assert session.read_state().trials[0].link_statistics["plate"] == {"frames": 800, "jitter_ms": 0.8}


def test_a_file_cut_anywhere_is_damaged_never_half_believed(tmp_path: Path) -> None:
    path = write_session_file(tmp_path / "session.json", STATE)
    whole = path.read_bytes().rstrip()
    for length in range(0, len(whole), 23):
        path.write_bytes(whole[:length])
        with pytest.raises(FileFormatError, match="is damaged"):
            read_session_file(path)


def _files(session: SessionFolder) -> None:
    for run in (1, 2, 3):
        path = session.raw_path("drop_jump", run)
        path.parent.mkdir(exist_ok=True)
        path.touch()
    session.reject(session.raw_path("drop_jump", 2))
    described = session.trial_stem("drop_jump", 1)
    described.parent.mkdir()
    described.with_name(f"{described.name}.json").write_text("{}")


def test_a_damaged_state_is_rebuilt_from_the_raw_files_and_kept_aside(session: SessionFolder) -> None:
    _files(session)
    session.write_state(STATE)
    session.state_path.write_bytes(session.state_path.read_bytes()[:100])
    state = session.read_state()
    assert state.recovered is not None
    assert "rebuilt from its 3 raw files" in state.recovered
    assert state.notes == (state.recovered,)
    assert {trial.run: trial.verdict for trial in state.trials} == {1: "accepted", 2: "rejected", 3: "unfinished"}
    assert [trial.task for trial in state.trials] == ["drop_jump"] * 3
    session.write_state(state)
    session.write_state(state)
    assert len(list(session.path.glob("session.damaged-*.json"))) == 1
    assert session.read_state().recovered is None
    assert session.read_state().trials == state.trials


def test_a_missing_state_is_rebuilt_too(session: SessionFolder) -> None:
    _files(session)
    assert "session.json is missing" in str(session.read_state().recovered)


def test_the_state_of_a_newer_version_is_not_rebuilt_over(session: SessionFolder) -> None:
    session.write_state(STATE)
    session.state_path.write_text(session.state_path.read_text().replace("session/1", "session/2"))
    with pytest.raises(FileFormatError, match="update landing-lab"):
        session.read_state()
    assert not session.resumable


def test_a_state_goes_only_into_its_own_session(session: SessionFolder) -> None:
    with pytest.raises(ParameterError, match="own session"):
        session.write_state(replace(STATE, session="02"))


def test_an_unfinished_session_is_found_until_it_is_finished(session: SessionFolder, tmp_path: Path) -> None:
    dataset = Dataset(tmp_path / "study")
    assert dataset.unfinished("P07") is None, "an empty folder has nothing to resume"
    session.write_state(STATE)
    assert dataset.unfinished("P07") == session
    session.write_state(replace(STATE, finished_at="2026-11-22T16:00:00+01:00"))
    assert dataset.unfinished("P07") is None


def test_run_numbers_are_never_given_twice(session: SessionFolder) -> None:
    assert session.next_run("drop_jump") == 1
    _files(session)
    assert session.next_run("drop_jump") == 4
    assert session.next_run("drop_landing") == 1
    again = session.raw_path("drop_jump", 2)
    again.touch()
    assert session.reject(again).name == f"{again.stem}_rejected-2.xdf", "a rejected file is never written over"
