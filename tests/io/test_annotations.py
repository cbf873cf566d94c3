"""Events moved by hand, kept beside a session: written whole, read with patience, never the numbers' business."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from landing_lab.errors import FileFormatError
from landing_lab.io.annotations import (
    FILE_NAME,
    SCHEMA,
    Annotations,
    MovedEvent,
    Withdrawn,
    changing_annotations,
    read_annotations,
    write_annotations,
)
from landing_lab.report.moved_events import moved_sentence


def moved(**changes: Any) -> MovedEvent:
    usual: dict[str, Any] = {
        "id": 0, "task": "drop_jump", "run": 2, "index": 0, "event": "touchdown", "side": "total",
        "automatic_s": 6.1007, "moved_s": 6.0987, "by": "AB", "why": "the plate rang",
        "at": "2026-11-30T21:07:25+00:00",
    }  # fmt: skip
    return MovedEvent(**{**usual, **changes})


def written(folder: Path, annotations: Annotations) -> dict[str, Any]:
    path = write_annotations(folder, annotations, participant="P07", session="01")
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def test_what_is_moved_and_taken_back_stays_in_the_file(tmp_path: Path) -> None:
    assert read_annotations(tmp_path) == Annotations()
    once = Annotations().with_moved(moved())
    again = once.with_moved(moved(moved_s=6.0991, by="CD")).with_moved(moved(event="landing", moved_s=6.77))
    back = again.with_withdrawn(2, Withdrawn(by="EF", why="no better", at="2026-12-01T08:00:00+00:00"))
    document = written(tmp_path, back)
    assert (document["schema"], document["participant"], document["session"]) == (SCHEMA, "P07", "01")
    assert read_annotations(tmp_path) == back
    assert [(one.id, one.withdrawn and one.withdrawn.by) for one in back.moved] == [(1, "CD"), (2, "EF"), (3, None)]
    assert [one.event for one in back.holding("drop_jump", 2)] == ["landing"]
    assert back.holding("drop_jump", 1) == back.holding("drop_jump", 2, 1) == ()
    raw = tmp_path / "sub-P07_ses-01_task-dropJump_run-02.xdf"
    assert [one.id for one in back.holding_of_file(raw)] == [3]
    assert [one.id for one in back.holding_of_file(raw.with_name(f"{raw.stem}_rejected-2.xdf"))] == [3]
    assert not back.holding_of_file(raw.with_name("sub-P07_ses-01_task-dropJump_run-03.xdf"))
    assert back.with_withdrawn(2, Withdrawn(by="X", why="twice", at="")) == back


def test_what_this_version_does_not_know_is_written_back(tmp_path: Path) -> None:
    document = written(tmp_path, Annotations().with_moved(moved()))
    document["from"] = "a later version"
    document["annotations"][0]["confidence"] = "low"
    document["annotations"] += [
        {"kind": "comment", "text": "see video"},
        {"kind": "moved_event", "id": "one"},
        {**document["annotations"][0], "id": 7, "moved_s": "soon"},
    ]
    (tmp_path / FILE_NAME).write_text(json.dumps(document))
    found = read_annotations(tmp_path)
    assert (found.problem, len(found.moved), len(found.entries)) == (None, 1, 4)
    after = written(tmp_path, found.with_moved(moved(event="landing", moved_s=7.0)))
    assert after["annotations"][:4] == document["annotations"]
    assert after["from"] == "a later version"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"schema": 3}', b"[" * 5000, b'{"a": NaN}'])
def test_a_damaged_file_hides_nothing_and_is_kept_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    found = read_annotations(tmp_path)
    assert found.problem is not None
    assert found.entries == ()
    written(tmp_path, found.with_moved(moved()))
    (aside,) = tmp_path.glob("annotations.damaged-*.json")
    assert aside.read_bytes() == content
    assert len(read_annotations(tmp_path).moved) == 1


def test_a_file_whose_entries_are_none_is_damaged(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(json.dumps({"schema": SCHEMA, "annotations": [3]}))
    assert "damaged" in str(read_annotations(tmp_path).problem)


def test_the_file_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    text = json.dumps({"schema": "landing-lab.annotations/2", "annotations": []})
    (tmp_path / FILE_NAME).write_text(text)
    found = read_annotations(tmp_path)
    with pytest.raises(FileFormatError, match="newer version"):
        write_annotations(tmp_path, found.with_moved(moved()), participant="P07", session="01")
    assert (tmp_path / FILE_NAME).read_text() == text


def test_a_link_out_of_the_session_is_not_followed(tmp_path: Path) -> None:
    session, elsewhere = tmp_path / "ses-01", tmp_path / "secret.json"
    session.mkdir()
    written(tmp_path, Annotations().with_moved(moved(why="secret")))
    (tmp_path / FILE_NAME).rename(elsewhere)
    (session / FILE_NAME).symlink_to(elsewhere)
    found = read_annotations(session)
    assert found.entries == ()
    assert "leads out" in str(found.problem)
    before = elsewhere.read_bytes()
    written(session, found.with_moved(moved()))
    assert elsewhere.read_bytes() == before


def test_text_of_a_stranger_cannot_speak_to_a_terminal(tmp_path: Path) -> None:
    document = written(tmp_path, Annotations().with_moved(moved()))
    document["annotations"][0]["why"] = "\x1b[2Jgone"
    (tmp_path / FILE_NAME).write_text(json.dumps(document))
    (found,) = read_annotations(tmp_path).moved
    assert "\x1b" not in moved_sentence(found)


def test_one_program_at_a_time_changes_the_file(tmp_path: Path) -> None:
    with changing_annotations(tmp_path):
        assert (tmp_path / ".annotations.lock").is_file()
    with changing_annotations(tmp_path):
        pass


def test_the_sentence_says_who_when_and_why() -> None:
    assert moved_sentence(moved()) == (
        "Touchdown was moved by AB from 6.1007 s to 6.0987 s: the plate rang; the numbers use the automatic one"
    )
    assert moved_sentence(moved(side="left", index=1, event="take_off", why="late.")).startswith(
        "Take-off (left) of trial 2 in the recording was moved by AB"
    )
    assert "was not found, was set by AB to 6.0987 s" in moved_sentence(moved(automatic_s=None))
