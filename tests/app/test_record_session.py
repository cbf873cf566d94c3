"""The session itself, with neither port nor terminal: what is done with every trial, whatever happens in it."""

from __future__ import annotations

import dataclasses
import functools
import io
import json
import shutil
from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from rich.console import Console
from rich.live import Live

from landing_lab.app.record import session as session_module
from landing_lab.app.record.book import SessionBook
from landing_lab.app.record.events import Command, Event
from landing_lab.app.record.facts import SessionSettings
from landing_lab.app.record.gates import Finding
from landing_lab.app.record.keys import KeyCommands
from landing_lab.app.record.protocols import Protocol, protocol_of
from landing_lab.app.record.report import ReportOrder, SessionReport, write_session_report
from landing_lab.app.record.session import RecordSession
from landing_lab.app.record.terminal import PlainView, ScreenView
from landing_lab.app.record.trial import measured
from landing_lab.app.terminal.keys import Typing
from landing_lab.errors import DeviceLostError, FileFormatError, ParameterError, RecordingError
from landing_lab.io.dataset import Dataset
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.processed import read_processed
from landing_lab.io.read import read
from landing_lab.io.session_file import OpenVerdict
from landing_lab.metrics.analyse import analyse
from landing_lab.model.blocks import FLAG_SATURATED
from landing_lab.model.calibration import InsoleCalibration, as_document
from landing_lab.sim.devices import SimulatedScene, demo_bodies, trial_scene
from played_links import PlayedClock, PlayedLink, played

DROP_JUMP = dataclasses.replace(protocol_of("drop_jump"), n_trials=2)


@functools.cache
def scene(number: int = 0) -> SimulatedScene:
    return trial_scene(demo_bodies(3, seed=3)[number], seed=3, session=number)


class Ordered(SessionReport):
    """Notes what reports were asked for; making them takes seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[ReportOrder] = []

    def order(self, order: ReportOrder) -> None:
        self.orders.append(order)

    def finish(self, last: ReportOrder | None) -> None:
        self.orders.extend([last] if last is not None and last not in self.orders else [])


class Script:
    """A front end that writes down what it is told and answers verdicts as scripted."""

    def __init__(self, answers: list[Command] | None = None) -> None:
        self.answers = answers or []
        self.events: list[Event] = []
        self.while_recording: Callable[[RecordSession], None] | None = None

    def tell(self, event: Event) -> None:
        self.events.append(event)

    def tick(self, session: RecordSession) -> None:
        if session.watch is not None and session.watch._first is not None:
            # on a clock that runs as fast as it can, the trial would end before the worker did
            wait([session.watch._first])
        if session.phase == "verdict" and self.answers:
            session.submit(self.answers.pop(0))
        if session.phase == "recording" and self.while_recording is not None:
            self.while_recording(session)

    def texts(self, kind: str) -> list[str]:
        return [event.text for event in self.events if event.kind == kind]


def book_at(path: Path, protocol: Protocol = DROP_JUMP, **more: object) -> SessionBook:
    settings = {"mass_kg": None, "box_height_m": protocol.box_height_m}
    return SessionBook.open(Dataset(path), "P07", protocol, settings, seed=5, **more)  # type: ignore[arg-type]


def session_of(
    path: Path, links: list[PlayedLink], front: Script, *, protocol: Protocol = DROP_JUMP, **settings: object
) -> RecordSession:
    return RecordSession(
        links=links,
        book=book_at(path, protocol),
        protocol=protocol,
        settings=SessionSettings(box_height_m=protocol.box_height_m, **settings),  # type: ignore[arg-type]
        calibrations={},
        front=front,
        report=Ordered(),
        pause=links[0].clock.pause,
        now=links[0].clock,
    )


def ran(session: RecordSession) -> RecordSession:
    session.run()
    session.book.lock.release()
    return session


def reported(session: RecordSession) -> dict[str, Any]:
    """The document of the last report that was asked for."""
    assert isinstance(session.report, Ordered)
    written = write_session_report(session.report.orders[-1])
    assert {path.name for path in written} >= {"report.html", "metrics.csv", "analysis.json"}
    document: dict[str, Any] = json.loads((session.book.folder.path / "analysis.json").read_text())
    return document


def test_a_session_runs_to_its_end_by_itself(tmp_path: Path) -> None:
    front = Script()
    session = ran(session_of(tmp_path, played(scene(0), scene(1), clock=PlayedClock()), front, auto_accept=True))
    assert [entry.verdict for entry in session.book.state.trials] == ["accepted", "accepted"]
    assert session.book.state.finished_at is not None
    document = reported(session)
    for entry, trial in zip(session.book.accepted, document["trials"], strict=True):
        # the report, the processed files and a later analysis of the raw file alone say the same
        raw = session.book.raw_path(entry)
        assert trial["source"] == raw.name
        assert (trial["run"], trial["condition"]) == (entry.run, entry.condition or None)
        again = analyse(read(raw)).first
        assert json.loads(json.dumps(again.as_dict()))["metrics"] == trial["metrics"]
        stored = read_processed(Path(f"{session.book.folder.trial_stem(entry.task, entry.run)}.json"))
        assert stored.description["trials"][0]["metrics"] == trial["metrics"]
        assert entry.link_statistics["plate"]["frames"] > 1000
    stages = [event.text for event in front.events if event.kind == "stage"][:5]
    assert [stage.split(":", maxsplit=1)[0] for stage in stages] == [
        "weighing",
        "step up onto the box",
        "plates empty",
        "jump",
        "landed",
    ]


def test_first_numbers_come_while_the_athlete_still_stands(tmp_path: Path) -> None:
    front = Script()
    ran(session_of(tmp_path, played(scene(0), scene(1), clock=PlayedClock()), front, auto_accept=True))
    kinds = [event.kind for event in front.events]
    assert kinds.index("provisional") < kinds.index("result")
    first, final = (
        next(event.trials[0] for event in front.events if event.kind == kind) for kind in ("provisional", "result")
    )
    for name in ("contact_time_s", "flight_time_s"):
        assert first.table.get(name).value == pytest.approx(final.table.get(name).value, abs=1e-4)  # type: ignore[union-attr]
    assert first.table.get("time_to_stabilisation_s").value is None  # type: ignore[union-attr]
    assert final.table.get("time_to_stabilisation_s").value is not None  # type: ignore[union-attr]


def test_rejected_and_repeated_trials_come_again(tmp_path: Path) -> None:
    answers = [
        Command(kind="reject", text="lost balance"),
        Command(kind="repeat"),
        Command(kind="note", text="new shoes"),
        Command(kind="accept"),
        Command(kind="quit"),
    ]
    session = ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), Script(answers)))
    told = [(entry.run, entry.verdict, entry.reason) for entry in session.book.state.trials]
    assert told == [
        (1, "rejected", "lost balance"),
        (2, "rejected", "repeated"),
        (3, "accepted", None),
        (4, "unfinished", None),
    ]
    assert session.book.accepted[0].notes == ("new shoes",)
    raw = session.book.folder.path / "raw"
    assert len(list((raw / "rejected").glob("*.xdf"))) == 2
    assert len(list(raw.glob("*.xdf"))) == 2
    assert session.book.state.finished_at is None


def test_ctrl_c_between_two_steps_of_ending_gives_the_report_up_and_nothing_else(tmp_path: Path) -> None:
    class PressedThen(Script):
        def tick(self, session: RecordSession) -> None:
            super().tick(session)
            if session.phase == "reporting":
                raise KeyboardInterrupt

    front = PressedThen()
    one = dataclasses.replace(DROP_JUMP, n_trials=1)
    links = played(scene(), clock=PlayedClock())
    session = ran(session_of(tmp_path, links, front, protocol=one, auto_accept=True))
    assert session.interrupted
    assert session.phase == "over"
    assert front.texts("ended") == ["1 of 1 trials are accepted."]
    assert session.book.state.finished_at is None  # so the same command goes on and makes it


def test_an_unfinished_session_is_continued_and_says_what_has_no_verdict(tmp_path: Path) -> None:
    first = ran(
        session_of(
            tmp_path, played(scene(0), clock=PlayedClock()), Script([Command(kind="accept"), Command(kind="quit")])
        )
    )
    first.book.update(first.book.state.trials[1], open_verdict=None)  # as where it ended before it was measured
    front = Script()
    second = ran(session_of(tmp_path, played(scene(1), clock=PlayedClock()), front, auto_accept=True))
    assert second.book.folder == first.book.folder
    told = " ".join(front.texts("session"))
    assert "1 of 2 trials are accepted" in told
    assert str(first.book.folder.path / "raw" / "sub-P07_ses-01_task-dropJump_run-02.xdf") in told
    assert [(entry.run, entry.verdict) for entry in second.book.state.trials] == [
        (1, "accepted"), (2, "unfinished"), (3, "accepted"),
    ]  # fmt: skip
    assert isinstance(second.report, Ordered)
    assert [file.name[-10:] for file in second.report.orders[0].files] == ["run-01.xdf"], "made anew when continued"
    assert [file.name[-10:] for file in second.report.orders[-1].files] == ["run-01.xdf", "run-03.xdf"]
    third = book_at(tmp_path)
    assert third.folder.label == "02", "a finished session is not continued"
    third.lock.release()


def test_a_trial_whose_processed_files_are_whole_had_been_accepted(tmp_path: Path) -> None:
    session = ran(
        session_of(
            tmp_path, played(scene(0), clock=PlayedClock()), Script([Command(kind="accept"), Command(kind="quit")])
        )
    )
    book, entry = session.book, session.book.accepted[0]
    asked = OpenVerdict(findings=(("loss", "warn", "frames were lost"),), notes=("new shoes",))
    book.update(entry, verdict="unfinished", open_verdict=asked)  # as a crash between the two leaves it
    again = book_at(tmp_path)
    assert [one.run for one in again.accepted] == [1]
    assert again.accepted[0].notes == ("new shoes", "note: frames were lost")
    again.lock.release()


class KilledError(BaseException):
    """The program is gone, whatever it was at."""


class KilledAt(Script):
    """Ends the program at the verdict of the n-th trial, once what is left of the answers has been heard."""

    def __init__(self, number: int, answers: list[Command]) -> None:
        super().__init__(answers)
        self.number = number

    def tick(self, session: RecordSession) -> None:
        super().tick(session)
        asked = session.phase == "verdict" and session.number == self.number
        if asked and not self.answers and session._commands.empty():
            raise KilledError


def killed_at_verdict(path: Path, answers: list[Command], *, number: int = 2) -> RecordSession:
    session = session_of(path, played(scene(0), scene(1), clock=PlayedClock()), KilledAt(number, answers))
    with pytest.raises(KilledError):
        session.run()
    session.book.lock.release()
    return session


def test_a_verdict_that_was_open_when_the_program_ended_is_asked_for_without_another_jump(tmp_path: Path) -> None:
    first = killed_at_verdict(tmp_path, [Command(kind="accept"), Command(kind="note", text="new shoes")])
    front = Script([Command(kind="accept")])
    second = ran(session_of(tmp_path, played(scene(2), clock=PlayedClock()), front))
    assert [(entry.run, entry.verdict) for entry in second.book.state.trials] == [(1, "accepted"), (2, "accepted")]
    assert second.book.state.trials[1].notes == ("new shoes",)
    assert second.book.state.trials[1].open_verdict is None
    assert second.book.state.finished_at is not None
    assert front.texts("trial") == [], "nobody jumped"
    (result,) = [event for event in front.events if event.kind == "result"]
    assert result.text.startswith("Trial 2 of 2 (run 02) was measured before and has no verdict yet; raw data in ")
    assert result.trials[0].as_dict() == first.trials[0].as_dict()
    assert result.findings == first.findings


def test_what_spoke_against_a_trial_still_does_after_the_program_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = Finding(name="swap", level="stop", text="the feet are swapped")

    def judged(*given: Any, **more: Any) -> tuple[Any, tuple[Finding, ...]]:
        return measured(*given, **more)[0], (stop,)

    monkeypatch.setattr(session_module, "measured", judged)
    killed_at_verdict(tmp_path, [], number=1)
    monkeypatch.undo()
    front = Script([Command(kind="accept"), Command(kind="accept"), Command(kind="quit")])
    session = ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), front, accept_clean=True))
    assert session.book.state.trials[0].verdict == "accepted"
    assert session.book.state.trials[0].notes == ("STOP: the feet are swapped",)
    assert "the feet are swapped" in front.texts("ask")[1], "asked once more"
    alone = tmp_path / "alone"
    monkeypatch.setattr(session_module, "measured", judged)
    killed_at_verdict(alone, [], number=1)
    monkeypatch.undo()
    links = played(scene(0), scene(1), clock=PlayedClock())
    session = ran(session_of(alone, links, Script(), auto_accept=True))
    told = [(entry.verdict, entry.reason) for entry in session.book.state.trials]
    assert told == [("rejected", "the feet are swapped"), ("accepted", None), ("accepted", None)]


def test_an_open_verdict_on_a_file_that_is_damaged_since_is_a_rejection(tmp_path: Path) -> None:
    left = killed_at_verdict(tmp_path, [], number=1)
    left.book.raw_path(left.book.state.trials[0]).write_bytes(b"XDF:nothing more")
    links = played(scene(0), scene(1), clock=PlayedClock())
    session = ran(session_of(tmp_path, links, Script(), auto_accept=True))
    assert [entry.verdict for entry in session.book.state.trials] == ["rejected", "accepted", "accepted"]


def test_an_open_verdict_is_asked_for_also_after_that_of_another_trial(tmp_path: Path) -> None:
    """Quit at the verdict on the second trial, then the first one is taken back from the summary."""
    over = ran(session_of(tmp_path, played(scene(0), scene(1), clock=PlayedClock()),
                          Script([Command(kind="accept"), Command(kind="quit")])))  # fmt: skip
    assert over.judged is not None
    front = Script([Command(kind="accept"), Command(kind="reject", text="slipped"), Command(kind="quit")])
    links = played(scene(2), clock=PlayedClock())
    again = session_of(tmp_path, links, front)
    again.again = over.judged
    ran(again)
    told = [(entry.run, entry.verdict) for entry in again.book.state.trials]
    assert told == [(1, "accepted"), (2, "rejected"), (3, "unfinished")]
    assert again.run_number == 3


def test_what_was_typed_survives_a_verdict_that_is_taken_back(tmp_path: Path) -> None:
    answers = [Command(kind="note", text="new shoes"), Command(kind="accept"), Command(kind="quit")]
    over = ran(session_of(tmp_path, played(scene(0), scene(1), clock=PlayedClock()), Script(answers)))
    again = session_of(tmp_path, played(scene(2), clock=PlayedClock()), KilledAt(1, []))
    again.again = over.judged
    with pytest.raises(KilledError):
        again.run()
    again.book.lock.release()
    found = book_at(tmp_path)
    found.lock.release()
    asked = found.awaited
    assert asked is not None
    assert asked.run == 1
    assert asked.open_verdict is not None
    assert asked.open_verdict.notes == ("new shoes",)


def test_a_board_that_is_missing_when_a_session_goes_on_is_told_each_time(tmp_path: Path) -> None:
    ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), Script([Command(kind="quit")])))
    for _ in range(2):
        front = Script([Command(kind="quit")])
        session = ran(session_of(tmp_path, played(scene(1), clock=PlayedClock())[1:], front))
        (told,) = [one for event in front.events for one in event.findings if one.name == "missing insole_left"]
        assert told.level == "stop"
        assert told.text.startswith("insole_left (SIM-IN-L), with which this session began, does not answer")
        assert session.missing
    assert set(session.book.state.boards) == {"insole_left", "insole_right", "plate"}, "none is forgotten"


def test_a_measured_trial_whose_raw_file_is_gone_is_told(tmp_path: Path) -> None:
    left = killed_at_verdict(tmp_path, [], number=1)
    left.book.raw_path(left.book.state.trials[0]).unlink()
    book = book_at(tmp_path)
    book.lock.release()
    assert any("Run 01 was measured, but its raw file" in text for text in book.told)


@pytest.mark.parametrize("screen", [False, True])
def test_a_trial_without_numbers_is_told_by_either_terminal(
    tmp_path: Path, screen: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    left = killed_at_verdict(tmp_path, [], number=1)
    left.book.raw_path(left.book.state.trials[0]).write_bytes(b"")
    console = Console(file=io.StringIO(), width=100)
    keys = KeyCommands(cast("Typing", SimpleNamespace(lines=True, read=lambda: ["quit"])))
    front: Any = ScreenView(keys, Live(console=console), bell=False) if screen else PlainView(keys, bell=False)
    session = ran(session_of(tmp_path, played(scene(1), clock=PlayedClock()), front))
    assert session.book.state.trials[0].verdict == "rejected"
    told = console.file.getvalue() if screen else capsys.readouterr().out  # type: ignore[attr-defined]
    assert "rejected" in told


def test_leaving_a_trial_without_verdict_keeps_the_question(tmp_path: Path) -> None:
    leave = [Command(kind="quit")]
    ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), Script([*leave])))
    ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), Script([*leave])))
    front = Script([Command(kind="reject", text="slipped"), *leave])
    session = ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), front))
    told = [(entry.run, entry.verdict) for entry in session.book.state.trials]
    assert told == [(1, "rejected"), (2, "unfinished")]
    again = book_at(tmp_path)
    again.lock.release()
    assert again.awaited is not None
    assert again.awaited.run == 2


def test_other_settings_begin_another_session_and_say_why(tmp_path: Path) -> None:
    book_at(tmp_path).lock.release()
    higher = book_at(tmp_path, dataclasses.replace(DROP_JUMP, box_height_m=0.4))
    assert higher.folder.label == "02"
    assert "its box height in m is 0.3" in higher.told[0]
    higher.lock.release()
    with pytest.raises(ParameterError, match=r"its box height in m is 0\.3"):
        book_at(tmp_path, dataclasses.replace(DROP_JUMP, box_height_m=0.4), session="01")
    with pytest.raises(ParameterError, match="no session 09"):
        book_at(tmp_path, session="09")
    new = book_at(tmp_path, new=True)
    assert new.folder.label == "03"
    new.lock.release()


def test_nobody_jumps_and_nothing_is_kept(tmp_path: Path) -> None:
    clock = PlayedClock(step_s=0.1)
    links = played(scene(0), clock=clock)
    for link in links:
        link.silent_from_s = 1.5
    front = Script()
    session = session_of(tmp_path, links, front, auto_accept=True, max_duration_s=1.2)
    ran(session)
    assert session.problem is not None
    assert "nobody jumped" in session.problem
    assert len(front.texts("idle")) == 3
    assert not list(session.book.folder.path.rglob("*.xdf"))
    assert not session.book.state.trials


@pytest.mark.parametrize("silent_from_s", [-1.0, 1.5])
def test_a_board_that_sends_nothing_or_no_more_is_named_as_the_reason(tmp_path: Path, silent_from_s: float) -> None:
    links = played(scene(0), clock=PlayedClock(step_s=0.1))
    links[2].silent_from_s = silent_from_s
    front = Script()
    session = ran(session_of(tmp_path, links, front, auto_accept=True, max_duration_s=5.0))
    assert session.problem is not None
    assert "plate has been silent for" in session.problem
    assert "nobody jumped" not in session.problem
    assert all("plate has been silent" in text for text in front.texts("idle"))
    assert any("silent" in text for text in front.texts("finding"))


def test_a_recording_that_cannot_be_read_is_rejected_with_the_reason_and_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from landing_lab.app.record import session as recording

    measured, wrong = recording.measured, [FileFormatError("28000 frames are numbered over years"), KeyError("x")]

    def sometimes(*words: Any, **more: Any) -> Any:
        if wrong:
            raise wrong.pop(0)
        return measured(*words, **more)

    monkeypatch.setattr(recording, "measured", sometimes)
    one = dataclasses.replace(DROP_JUMP, n_trials=1)
    session = ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), Script(), protocol=one, auto_accept=True))
    entries = session.book.state.trials
    assert [entry.verdict for entry in entries] == ["rejected", "rejected", "accepted"]
    assert entries[0].reason == "28000 frames are numbered over years"
    assert "KeyError" in str(entries[1].reason)
    assert session.problem is None


def test_an_analysis_of_the_first_numbers_that_fails_does_not_end_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from landing_lab.app.live.heard import LiveLinks

    monkeypatch.setattr(LiveLinks, "so_far", lambda *_: None)
    front = Script()
    one = dataclasses.replace(DROP_JUMP, n_trials=1)
    session = ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), front, protocol=one, auto_accept=True))
    assert not front.texts("provisional")
    assert len(session.book.accepted) == 1


def test_of_several_unfinished_sessions_that_of_the_protocol_is_continued(tmp_path: Path) -> None:
    landing = dataclasses.replace(protocol_of("drop_landing"), n_trials=2)
    for protocol, label in ((DROP_JUMP, "01"), (landing, "02"), (DROP_JUMP, "01"), (landing, "02")):
        book = book_at(tmp_path, protocol)
        book.lock.release()
        assert book.folder.label == label


def test_a_session_with_an_order_that_nobody_knows_is_left_as_it_is(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    book.state = dataclasses.replace(book.state, settings={**book.state.settings, "order": ["by mood"]})
    book.write()
    book.lock.release()
    other = book_at(tmp_path)
    assert other.folder.label == "02"
    assert "the order of its conditions is lost" in other.told[0]
    other.lock.release()


def test_an_older_report_that_failed_does_not_keep_the_last_from_being_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from landing_lab.app.record import report as module

    def order(name: str) -> ReportOrder:
        return ReportOrder(
            files=(), labels=(), folder=tmp_path / name, mass_kg=None, box_height_m=None, session={}
        )  # fmt: skip

    made = []
    monkeypatch.setattr(module, "write_session_report", lambda one: (made.append(one.folder.name), [one.folder])[1])
    report = SessionReport()
    failed: Future[list[Path]] = Future()
    failed.set_exception(RecordingError("the disk is full"))
    report._at_work, report._handed = failed, order("older")
    report.finish(order("last"))
    assert made == ["last"]
    assert report.written == [tmp_path / "last"]


def test_a_board_that_has_gone_ends_the_session_and_keeps_what_came(tmp_path: Path) -> None:
    front = Script([Command(kind="accept")])
    links = played(scene(0), clock=PlayedClock())
    session = session_of(tmp_path, links, front)

    def pull_the_cable(running: RecordSession) -> None:
        if running.book.accepted:
            links[2].lost_from_s = 3.0

    front.while_recording = pull_the_cable
    ran(session)
    assert session.problem is not None
    assert "SIM-PLT has gone" in session.problem
    assert str(session.book.raw_path(session.book.state.trials[1])) in session.problem
    assert [entry.verdict for entry in session.book.state.trials] == ["accepted", "unfinished"]
    assert isinstance(session.report, Ordered)
    assert len(session.report.orders[-1].files) == 1
    # before anything was accepted the raw file is kept all the same
    links = played(scene(0), clock=PlayedClock())
    links[0].lost_from_s = 3.0
    other = ran(session_of(tmp_path / "other", links, Script()))
    assert other.problem is not None
    assert other.book.raw_path(other.book.state.trials[0]).is_file()


def test_a_board_that_fell_silent_spoils_the_trial_that_was_complete_without_it(tmp_path: Path) -> None:
    links = played(scene(0), clock=PlayedClock())
    links[0].silent_from_s = 4.0
    front = Script([Command(kind="quit")])
    ran(session_of(tmp_path, links, front))
    (result,) = (event for event in front.events if event.kind == "result")
    assert any(one.level == "stop" and "insole_left has been silent" in one.text for one in result.findings)
    assert any("insole_left has been silent" in text for text in front.texts("finding"))


def test_a_folder_that_was_removed_ends_the_session_in_a_sentence(tmp_path: Path) -> None:
    front = Script([Command(kind="accept")])
    session = session_of(tmp_path, played(scene(0), clock=PlayedClock()), front)

    def remove_it(running: RecordSession) -> None:
        if running.book.accepted and running.view().stage == "landed":
            shutil.rmtree(running.book.folder.path / "raw", ignore_errors=True)

    front.while_recording = remove_it
    ran(session)
    assert session.problem is not None
    assert "run-02.xdf" in session.problem
    assert [entry.verdict for entry in session.book.state.trials] == ["accepted", "unfinished"]


def test_gates_repeat_twice_and_then_leave_out(tmp_path: Path) -> None:
    """A cell that stands at its end spoils every attempt."""
    broken = scene(0)
    frames = broken.devices[2].frames
    spoilt = dataclasses.replace(
        broken.devices[2], frames=dataclasses.replace(frames, flags=np.where(frames.channel == 2, FLAG_SATURATED, 0))
    )
    devices = (broken.devices[0], broken.devices[1], spoilt)
    front = Script()
    one = dataclasses.replace(DROP_JUMP, n_trials=1)
    links = played(dataclasses.replace(broken, devices=devices), clock=PlayedClock())
    session = ran(session_of(tmp_path, links, front, protocol=one, auto_accept=True))
    assert [entry.verdict for entry in session.book.state.trials] == ["rejected"] * 3
    assert all("end of its range" in (entry.reason or "") for entry in session.book.state.trials)
    assert session.book.left_out == {1}
    assert "left out after 3 attempts" in front.texts("verdict")[-1]
    assert session.book.state.finished_at is not None


def test_another_task_than_the_protocol_s_is_shown_and_measured(tmp_path: Path) -> None:
    protocol = dataclasses.replace(protocol_of("drop_landing"), n_trials=1)
    front = Script([Command(kind="accept"), Command(kind="accept")])
    session = ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), front, protocol=protocol))
    (result,) = (event for event in front.events if event.kind == "result")
    assert result.trials[0].task == "drop_jump"
    assert any("asks for a drop landing and this was found: drop jump" in one.text for one in result.findings)
    assert session.book.accepted, "a person may accept it nevertheless"
    assert "a again to accept it all the same" in front.texts("ask")[1]
    (entry,) = session.book.accepted
    assert any(note.startswith("STOP: ") for note in entry.notes)
    stored = read_processed(Path(f"{session.book.folder.trial_stem(entry.task, entry.run)}.json"))
    assert stored.description["notes"] == list(entry.notes)


def test_a_trial_is_ended_by_hand(tmp_path: Path) -> None:
    def end_it(session: RecordSession) -> None:
        if session.watch is not None and session.watch.live.stage == "landed":
            session.submit(Command(kind="end"))

    front = Script([Command(kind="accept"), Command(kind="accept")])
    front.while_recording = end_it
    session = ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), front))
    assert len(session.book.accepted) == 2
    (result, _) = (event for event in front.events if event.kind == "result")
    assert any("ended early (ended by hand)" in finding.text for finding in result.findings)


def test_quitting_before_anything_happened_leaves_no_file(tmp_path: Path) -> None:
    front = Script()
    front.while_recording = lambda session: session.submit(Command(kind="quit"))
    session = ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), front))
    assert not list(session.book.folder.path.rglob("*.xdf"))
    assert not session.book.state.trials


def test_conditions_are_stored_with_each_trial(tmp_path: Path) -> None:
    protocol = dataclasses.replace(DROP_JUMP, n_trials=1, conditions=("flat", "heel_lift"), order="alternating")
    links = played(scene(0), scene(1), clock=PlayedClock())
    session = ran(session_of(tmp_path, links, Script(), protocol=protocol, auto_accept=True))
    assert [entry.condition for entry in session.book.accepted] == ["flat", "heel_lift"]
    raw = read(session.book.raw_path(session.book.accepted[1]))
    assert raw.provenance["condition"] == "heel_lift"
    assert raw.provenance["expected_task"] == "drop_jump"
    assert not session.book.remaining()


def test_calibrations_are_named_in_the_session_and_whole_in_the_raw_file(tmp_path: Path) -> None:
    one = dataclasses.replace(DROP_JUMP, n_trials=1)
    front = Script()
    session = session_of(tmp_path, played(scene(0), clock=PlayedClock()), front, protocol=one, auto_accept=True)
    calibration = InsoleCalibration(
        device_id="SIM-IN-L", made_at="2020-01-01T00:00:00+00:00", method="bench", software="test", n_cells=8,
        zero_s=(0.0,) * 8, exponent=(1.28,) * 8, weight_n=(1.0,) * 8, saturation_n=(None,) * 8, force_sd_fraction=0.1,
        file="SIM-IN-L_20200101T000000Z.json",
    )  # fmt: skip
    session.calibrations = {"SIM-IN-L": calibration}
    ran(session)
    assert session.book.state.calibrations == {"SIM-IN-L": "SIM-IN-L_20200101T000000Z.json"}
    raw = read_raw(session.book.raw_path(session.book.accepted[0]))
    assert raw.metadata["calibrations"] == {"SIM-IN-L": as_document(calibration)}
    said = " ".join(front.texts("finding"))
    assert "days old (valid 7)" in said
    assert "SIM-PLT is not calibrated" in said


def test_the_view_shows_what_is_going_on(tmp_path: Path) -> None:
    seen = {}

    def look(session: RecordSession) -> None:
        view = session.view()
        seen[view.stage] = view

    front = Script()
    front.while_recording = look
    one = dataclasses.replace(DROP_JUMP, n_trials=1)
    ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), front, protocol=one, auto_accept=True))
    mass_n = demo_bodies(3, seed=3)[0].mass_kg * 9.81
    landed = seen["landed"]
    assert landed.weight_n == pytest.approx(mass_n, rel=0.02)
    assert sum(landed.feet_n.values()) == pytest.approx(mass_n, rel=0.1)
    assert all(landed.insoles.values())
    assert not any(seen["moving"].feet_n[side] > 5 * mass_n for side in ("left", "right"))
    assert {link.name for link in landed.links} == {"insole_left", "insole_right", "plate"}
    rates = {link.name: link.rate_hz for link in landed.links}
    assert rates["insole_left"] == pytest.approx(1000.0, rel=0.01)
    assert rates["plate"] == pytest.approx(80.0, rel=0.1)
    assert [line.status for line in landed.plan] == ["now"]


def test_a_lost_board_before_the_first_frame_leaves_no_file(tmp_path: Path) -> None:
    links = played(scene(0), clock=PlayedClock())
    links[1].lost_from_s = -1.0
    links[1].start = lambda: (_ for _ in ()).throw(DeviceLostError("gone; look at its cable"))  # type: ignore[method-assign]
    session = session_of(tmp_path, links, Script())
    with pytest.raises(DeviceLostError, match="look at its cable"):
        session.run()
    assert not session.book.state.trials
    session.book.lock.release()
