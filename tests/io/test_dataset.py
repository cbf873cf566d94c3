"""The dataset folder: names that are pseudonyms, a layout that other tools know, sessions that are nobody else's."""

from __future__ import annotations

import errno
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landing_lab.errors import LandingLabError, ParameterError, RecordingError
from landing_lab.io import write
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_lock import FolderLock
from landing_lab.io.dataset_names import check_pseudonym, parse_run_name, run_stem, session_order, task_label, task_name


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return Dataset(tmp_path / "study").create()


@given(st.text(max_size=40))
def test_a_participant_is_twenty_letters_and_digits_or_refused_in_one_printable_sentence(text: str) -> None:
    if re.fullmatch(r"[A-Za-z0-9]{1,20}", text, re.ASCII):
        assert check_pseudonym(text) == text
        return
    with pytest.raises(ParameterError) as refused:
        check_pseudonym(text)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("../x", "path"), ("a/b", "path"), ("C:", "path"), ("..", "path"), ("~", "path"), ("a.b", "path"),
        ("Jane Doe", "name"), ("Zoë", "name"), ("P\N{CYRILLIC SMALL LETTER ER}1", "name"),
        ("", "empty"), (" ", "empty"),
        ("P07\n", "letters and digits"), ("P-07", "letters and digits"), ("P" * 21, "21 characters"),
        ("sub-P07", "leave out its beginning"), ("\u0663", "name"),
    ],
)  # fmt: skip
def test_what_looks_like_a_path_or_a_name_is_said_to(text: str, what: str) -> None:
    with pytest.raises(ParameterError, match=what):
        check_pseudonym(text)


@given(st.from_regex(r"[a-z]{1,8}(_[a-z]{1,8}){0,3}", fullmatch=True), st.integers(1, 9999))
def test_a_raw_file_name_tells_task_and_run_again(task: str, run: int) -> None:
    name = parse_run_name(run_stem("P07", "01", task, run))
    assert name is not None
    assert (name.participant, name.task, name.run) == ("P07", task_label(task), run)
    assert task_name(name.task) == task


def test_raw_files_of_older_sessions_tell_their_number() -> None:
    assert parse_run_name("sub-01_trial-02") == ("01", "", 2)
    assert parse_run_name("sub-01_trial-02_rejected-1") == ("01", "", 2)
    assert parse_run_name("jump") is None


def test_a_new_dataset_says_what_bids_wants_of_it(dataset: Dataset) -> None:
    described = json.loads((dataset.path / "dataset_description.json").read_text())
    assert described["Name"] == "study"
    assert re.fullmatch(r"\d+\.\d+\.\d+", described["BIDSVersion"])
    assert described["DatasetType"] == "raw"
    assert described["GeneratedBy"][0]["Name"] == "landing-lab"
    assert "participant_id" in json.loads((dataset.path / "participants.json").read_text())
    assert (dataset.path / "participants.tsv").read_text() == "participant_id\n"
    assert (dataset.path / "README.md").is_file()
    assert dataset.calibrations.is_dir()


def test_making_a_dataset_again_changes_no_file_that_a_lab_has_edited(dataset: Dataset) -> None:
    (dataset.path / "README.md").write_text("ours")
    (dataset.path / "dataset_description.json").write_text('{"Name": "Ours", "BIDSVersion": "1.8.0"}')
    (dataset.path / "participants.json").unlink()
    Dataset(dataset.path).create()
    assert (dataset.path / "README.md").read_text() == "ours"
    assert "Ours" in (dataset.path / "dataset_description.json").read_text()
    assert (dataset.path / "participants.json").is_file(), "what is missing is completed"


def test_a_folder_of_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(ParameterError, match=r"holds other things \(thesis\.docx\)"):
        Dataset(tmp_path).create()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_folder_of_an_older_version_and_its_hidden_files_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "sub-01" / "ses-20261122T154500" / "raw").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    dataset = Dataset(tmp_path).create()
    assert dataset.exists
    assert dataset.participants() == ["01"]
    assert dataset.new_session("01").label == "01"
    assert [session.label for session in dataset.sessions("01")] == ["20261122T154500", "01"]
    assert dataset.unfinished("01") is None, "a session of an older version cannot be resumed"


def test_a_file_where_the_dataset_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(ParameterError, match="is a file"):
        Dataset(tmp_path / "data").create()


def test_participants_are_listed_once_beside_the_columns_a_lab_added(dataset: Dataset) -> None:
    table = dataset.path / "participants.tsv"
    table.write_bytes(b"\xef\xbb\xbfparticipant_id\tage\tgroup\r\nsub-A1\t23\tcontrol")
    for participant in ("P07", "A1", "P07"):
        dataset.add_participant(participant)
    expected = "participant_id\tage\tgroup\r\nsub-A1\t23\tcontrol\r\nsub-P07\tn/a\tn/a\r\n"
    assert table.read_bytes().decode() == expected
    assert dataset.participants() == ["A1", "P07"]


def test_a_table_without_participants_in_its_first_column_is_not_written_to(dataset: Dataset) -> None:
    (dataset.path / "participants.tsv").write_text("name\tage\n")
    with pytest.raises(RecordingError, match="begins with the column"):
        dataset.add_participant("P07")
    assert (dataset.path / "participants.tsv").read_text() == "name\tage\n"


def test_pseudonyms_that_differ_only_in_case_are_refused(dataset: Dataset) -> None:
    dataset.add_participant("P07")
    with pytest.raises(ParameterError, match="upper and lower case"):
        dataset.add_participant("p07")


@pytest.mark.parametrize("linked", ["sub-P07", "sub-P07/ses-01"])
def test_a_link_that_leads_out_of_the_dataset_is_refused(dataset: Dataset, tmp_path: Path, linked: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (dataset.path / linked).parent.mkdir(exist_ok=True)
    (dataset.path / linked).symlink_to(outside, target_is_directory=True)
    with pytest.raises(ParameterError, match="leads out of"):
        dataset.new_session("P07")
    assert not list(outside.iterdir())


def test_raw_files_behind_a_link_out_of_the_session_are_refused(dataset: Dataset, tmp_path: Path) -> None:
    session = dataset.new_session("P07")
    (session.path / "raw").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(ParameterError, match="leads out of"):
        session.raw_path("drop_jump", 1)


CREATE = """
import sys
from pathlib import Path
from landing_lab.io.dataset import Dataset
dataset = Dataset(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
dataset.create()
print(*[dataset.new_session("P07").label for _ in range(12)])
"""


def test_two_programs_at_once_never_get_the_same_session(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", CREATE, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
    labels = [label for program in programs for label in program.communicate(timeout=60)[0].split()]
    assert sorted(labels) == [f"{number:02d}" for number in range(1, 25)]
    assert (folder / "participants.tsv").read_text() == "participant_id\nsub-P07\n"


HOLD = """
import sys
from pathlib import Path
from landing_lab.io.dataset import Dataset
session = Dataset(Path(sys.argv[1])).sessions("P07")[0]
with session.lock():
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_live_session_is_not_taken_over_and_a_dead_one_is(dataset: Dataset) -> None:
    session = dataset.new_session("P07")
    session.raw_path("drop_jump", 1).parent.mkdir()
    session.raw_path("drop_jump", 1).touch()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(dataset.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "held\n"
        assert session.live
        assert dataset.unfinished("P07") is None
        with pytest.raises(RecordingError, match=f"in use by another program .process {program.pid} on "):
            session.lock()
        program.kill()
    assert (session.path / "session.lock").is_file(), "a killed program leaves its lock file"
    assert not session.live
    assert dataset.unfinished("P07") == session
    with session.lock():
        assert session.live
        with pytest.raises(RecordingError, match="in use by"):
            session.lock()
    assert not (session.path / "session.lock").exists()


def test_a_lock_of_another_computer_is_respected_with_a_way_out(dataset: Dataset) -> None:
    session = dataset.new_session("P07")
    (session.path / "session.lock").write_text('{"pid": 1, "host": "elsewhere", "since": "2026-11-22T10:00:00+01:00"}')
    assert session.live
    with pytest.raises(RecordingError, match=r"on elsewhere.*delete that file"):
        session.lock()
    (session.path / "session.lock").write_bytes(b"\x00half a li")
    with session.lock():
        pass


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    session = dataset.new_session("P07")
    monkeypatch.setattr("os.open", read_only)
    monkeypatch.setattr(Path, "mkdir", read_only)
    for action in (lambda: dataset.new_session("P07"), session.lock, lambda: Dataset(dataset.path / "new").create()):
        with pytest.raises(LandingLabError, match="Read-only file system"):
            action()


def test_a_full_disk_leaves_the_participants_as_they_were(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (dataset.path / "participants.tsv").read_bytes()

    def full(file: Path, *_: object, **__: object) -> None:
        file.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(write, "_write_new", full)
    with pytest.raises(RecordingError, match="No space left"):
        dataset.add_participant("P07")
    assert (dataset.path / "participants.tsv").read_bytes() == before
    assert not list(dataset.path.glob(".*.tmp")), "nothing half-written stays"


@pytest.mark.skipif(os.name != "posix", reason="Windows locks without fcntl")
def test_without_locks_of_the_file_system_a_living_program_of_this_computer_is_respected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    def unknown(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", unknown)
    path = tmp_path / "session.lock"
    first = FolderLock(path, what="the session").take()
    second = FolderLock(path, what="the session")
    assert f"process {os.getpid()}" in str(second.holder())
    with pytest.raises(RecordingError, match="in use by another program"):
        second.take(patience_s=0.0)
    first.release()
    assert second.take().holder() == "this program"
    second.release()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    path.write_text(json.dumps({"pid": ended.pid, "host": socket.gethostname(), "since": "yesterday"}))
    FolderLock(path, what="the session").take(patience_s=0.0).release()


def test_sessions_are_ordered_by_number_after_dates_and_words() -> None:
    labels = ["10", "2", "pre", "1", "20261122T154500", "002", "20260101T080000"]
    assert sorted(labels, key=session_order) == [
        "20260101T080000", "20261122T154500", "pre", "1", "002", "2", "10"
    ]  # fmt: skip
