"""A verdict taken back: files and state are those of before it, whatever ends the program in between."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from app.test_record_session import DROP_JUMP, Ordered, Script, book_at, ran, scene, session_of
from landing_lab.app.record import session as session_module
from landing_lab.app.record.book import SessionBook
from landing_lab.app.record.events import Command
from landing_lab.app.record.gates import Finding
from landing_lab.app.record.report import ReportOrder, SessionReport
from landing_lab.app.record.session import RecordSession
from landing_lab.app.record.trial import measured
from landing_lab.io.session_file import read_session_file
from played_links import PlayedClock, played

ACCEPT, UNDO, QUIT = Command(kind="accept"), Command(kind="undo"), Command(kind="quit")


class Undoing(Script):
    """Takes the last verdict back as soon as the next trial is recorded, once for each number given."""

    def __init__(self, answers: list[Command], *, after: tuple[int, ...] = (1,)) -> None:
        super().__init__(answers)
        self.after = list(after)
        self.seen: list[str] = []

    def tick(self, session: RecordSession) -> None:
        super().tick(session)
        view = session.view()
        if session.phase == "recording" and view.undoable and self.after and session.number - 1 == self.after[0]:
            self.seen.append(view.undoable)
            self.after.pop(0)
            session.submit(UNDO)


def files_of(session: RecordSession) -> set[str]:
    folder = session.book.folder.path
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix in (".xdf", ".json", ".parquet") and path.name != "session.json"
    }


def test_an_accepted_trial_is_judged_again_and_its_processed_files_are_gone(tmp_path: Path) -> None:
    front = Undoing([Command(kind="note", text="new shoes"), ACCEPT, Command(kind="reject", text="slipped"), QUIT])
    session = ran(session_of(tmp_path, played(scene(0), scene(1), clock=PlayedClock()), front))
    assert front.seen == ["trial 1 accepted"]
    first, second = session.book.state.trials
    assert (first.run, first.verdict, first.reason) == (1, "rejected", "slipped")
    assert first.notes.count("new shoes") == 1, "a note is neither lost nor doubled"
    assert (second.run, second.verdict) == (2, "unfinished")
    assert files_of(session) == {
        "raw/rejected/sub-P07_ses-01_task-dropJump_run-01.xdf", "raw/sub-P07_ses-01_task-dropJump_run-02.xdf",
    }  # fmt: skip
    assert read_session_file(session.book.folder.state_path).trials == session.book.state.trials
    assert "taken back" in " ".join(front.texts("verdict"))
    assert len(front.texts("ask")) == 3, "the verdict was asked for again"


def test_a_rejected_trial_comes_back_from_its_folder(tmp_path: Path) -> None:
    class Rejected(Undoing):
        def tick(self, session: RecordSession) -> None:
            Script.tick(self, session)
            if session.phase == "recording" and self.after and session.view().undoable == "trial 1 rejected":
                self.after.pop()
                session.submit(UNDO)

    one = dataclasses.replace(DROP_JUMP, n_trials=1)
    front = Rejected([Command(kind="reject", text="slipped"), ACCEPT])
    session = ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), front, protocol=one))
    (entry,) = session.book.state.trials
    assert (entry.run, entry.verdict, entry.reason) == (1, "accepted", None)
    assert entry.file == "raw/sub-P07_ses-01_task-dropJump_run-01.xdf"
    assert session.book.raw_path(entry).is_file()
    assert not list((session.book.folder.path / "raw" / "rejected").iterdir())
    assert session.book.state.finished_at is not None


def test_nothing_is_taken_back_once_the_next_trial_has_begun(tmp_path: Path) -> None:
    front = Script([ACCEPT, QUIT])

    def undo_late(session: RecordSession) -> None:
        if session.number == 2 and session.watch is not None and session.watch.live.stage == "landed":
            session.submit(UNDO)

    front.while_recording = undo_late
    session = ran(session_of(tmp_path, played(scene(0), scene(1), clock=PlayedClock()), front))
    assert [entry.verdict for entry in session.book.state.trials] == ["accepted", "unfinished"]
    assert any("No verdict can be taken back now" in text for text in front.texts("verdict"))


def test_the_gates_own_verdicts_are_not_taken_back(tmp_path: Path) -> None:
    front = Undoing([])
    session = ran(session_of(tmp_path, played(scene(0), scene(1), clock=PlayedClock()), front, auto_accept=True))
    assert front.seen == []
    assert len(session.book.accepted) == 2


def test_what_was_accepted_by_itself_is_taken_back_and_then_asked_about(tmp_path: Path) -> None:
    front = Undoing([Command(kind="reject", text="slipped")])
    links = played(scene(0), scene(1), scene(2), scene(0), clock=PlayedClock())
    session = ran(session_of(tmp_path, links, front, accept_clean=True))
    assert front.seen == ["trial 1 accepted"]
    assert [entry.verdict for entry in session.book.state.trials] == ["rejected", "accepted", "accepted"]
    assert session.book.state.trials[0].reason == "slipped"
    assert len(front.texts("ask")) == 1, "only about the one that was taken back"


def test_a_trial_with_a_stop_is_asked_about_where_others_are_accepted_by_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = Finding(name="swap", level="stop", text="the feet are swapped")
    found = [(stop,), ()]

    def judged(*given: Any, **more: Any) -> tuple[Any, tuple[Finding, ...]]:
        return measured(*given, **more)[0], found.pop(0) if found else ()

    monkeypatch.setattr(session_module, "measured", judged)
    front = Script([ACCEPT, Command(kind="reject", text="swapped")])
    session = ran(session_of(tmp_path, played(*(scene(k % 3) for k in range(4)), clock=PlayedClock()), front,
                             accept_clean=True))  # fmt: skip
    assert [entry.verdict for entry in session.book.state.trials] == ["rejected", "accepted", "accepted"]
    assert len(front.texts("ask")) == 2, "asked, and asked whether to accept it all the same"
    assert session.view().accepts


def test_the_last_verdict_of_a_session_that_is_over_is_taken_back_by_going_on_with_it(tmp_path: Path) -> None:
    one = dataclasses.replace(DROP_JUMP, n_trials=1)
    over = ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), Script([ACCEPT]), protocol=one))
    assert over.judged is not None
    assert over.book.state.finished_at is not None
    front = Script([Command(kind="reject", text="wrong athlete"), ACCEPT])
    links = played(scene(1), clock=PlayedClock())
    again = RecordSession(
        links=links, book=book_at(tmp_path, one, session="01"), protocol=one, settings=over.settings, calibrations={},
        front=front, report=Ordered(), pause=links[0].clock.pause, now=links[0].clock, again=over.judged,
    )  # fmt: skip
    ran(again)
    assert [(entry.run, entry.verdict) for entry in again.book.state.trials] == [(1, "rejected"), (2, "accepted")]


@pytest.mark.parametrize("verdict", ["accepted", "rejected"])
@pytest.mark.parametrize("dies_at", range(4))
def test_a_program_that_ends_while_a_verdict_is_taken_back_leaves_one_or_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verdict: str, dies_at: int
) -> None:
    """Killed before the n-th change on disk; whoever continues the session then finds a whole trial."""
    one = dataclasses.replace(DROP_JUMP, n_trials=1)
    answers = [ACCEPT] if verdict == "accepted" else [Command(kind="reject", text="slipped"), QUIT]
    over = ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), Script(answers), protocol=one))
    first = over.book.state.trials[0]
    assert over.judged is not None
    before = over.judged.recorded.entry

    class Killed(BaseException):
        pass

    left = [dies_at]

    def dying(change: Any) -> Any:
        def changed(*words: Any, **more: Any) -> Any:
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return change(*words, **more)

        return changed

    book = book_at(tmp_path, one, session="01")
    with monkeypatch.context() as patched:
        patched.setattr(SessionBook, "write", dying(SessionBook.write))
        patched.setattr(Path, "unlink", dying(Path.unlink))
        patched.setattr(Path, "rename", dying(Path.rename))
        with contextlib.suppress(Killed):
            book.take_back(first, before)
    book.lock.release()
    found = book_at(tmp_path, one, session="01")
    found.lock.release()
    entry = found.state.trials[0]
    assert found.raw_path(entry).is_file(), "the raw file is where the state says"
    described = Path(f"{found.folder.trial_stem(entry.task, entry.run)}.json").is_file()
    assert described == (entry.verdict == "accepted")
    assert entry.verdict in (verdict, "unfinished")
    if entry.verdict == "rejected":
        assert entry.reason == "slipped"
    elif entry.verdict == "unfinished":
        assert entry.file == before.file


def test_a_report_without_an_accepted_trial_goes(tmp_path: Path) -> None:
    one = dataclasses.replace(DROP_JUMP, n_trials=1)
    over = ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), Script([ACCEPT]), protocol=one))
    assert isinstance(over.report, Ordered)
    report = SessionReport()
    order: ReportOrder = over.report.orders[-1]
    report.order(order)
    assert (order.folder / "report.html").is_file()
    assert json.loads((order.folder / "analysis.json").read_text())["trials"]
    report.withdraw()
    assert not [path for path in order.folder.iterdir() if path.suffix in (".html", ".csv", ".png")]
    assert not (order.folder / "analysis.json").exists()
    report.finish(None)
