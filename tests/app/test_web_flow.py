"""What the lab page is sent and what it shows, without a browser: athletes, protocols, calibrations, what is left."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.test_record_session import DROP_JUMP, Script, book_at, ran, scene, session_of
from landing_lab.analysis.inputs.files import session_inputs
from landing_lab.app.boards.table import FoundBoard
from landing_lab.app.record.events import Command
from landing_lab.app.record.run import RecordSettings
from landing_lab.app.record.session import RecordSession
from landing_lab.app.web import lab as lab_module
from landing_lab.app.web.athlete import Athlete, athlete_wanted, history_of, keep_entries, looks_like
from landing_lab.app.web.boards import LabBoards, Look, findings_of
from landing_lab.app.web.forms import session_wanted
from landing_lab.app.web.forms_calibration import calibration_wanted
from landing_lab.app.web.lab import BusyError, Lab
from landing_lab.app.web.recording import PageFront
from landing_lab.app.web.resume import last_used, left_session, participants_shown
from landing_lab.app.web.summary import summary_of
from landing_lab.errors import CalibrationError, DeviceNotFoundError, ParameterError
from landing_lab.io.dataset import Dataset
from landing_lab.io.read import read
from landing_lab.metrics.analyse import analyse
from landing_lab.report.rows import headlines
from landing_lab.sim.devices import insole_info, plate_info
from live_play import plate_of
from played_links import PlayedClock, played


class NoBoards(LabBoards):
    """Stands for boards that are found, or not, at once."""

    def __init__(self, dataset: Path, *, there: bool = True) -> None:
        super().__init__((), simulated=False, dataset=dataset)
        self.there, self.n_looks = there, 0

    def look(self) -> Look:
        self.n_looks += 1
        if not self.there:
            raise DeviceNotFoundError("no board answers; plug one in")
        return Look(found=(FoundBoard(port="played://", info=plate_info()),))


def lab_at(path: Path, *, there: bool = True) -> Lab:
    Dataset(path).create()
    return Lab(path, NoBoards(path, there=there))


def settled(lab: Lab) -> Lab:
    assert lab._thread is not None
    lab._thread.join(20.0)
    assert not lab.job
    return lab


def test_boards_are_looked_for_by_themselves_once(tmp_path: Path) -> None:
    lab = lab_at(tmp_path)
    lab.welcome()
    settled(lab)
    lab.welcome()
    assert isinstance(lab.boards, NoBoards)
    assert lab.boards.n_looks == 1, "a second page looks at what was found"
    assert lab.state()["looked"] is True
    gone = lab_at(tmp_path, there=False)
    gone.welcome()
    settled(gone)
    gone.welcome()
    assert gone.problem.startswith("no board answers")
    assert isinstance(gone.boards, NoBoards)
    assert gone.boards.n_looks == 1, "a person says when to look again"


def test_the_boards_step_says_what_a_session_would_say(tmp_path: Path) -> None:
    """Rules about boards are those of `record`; the page has none of its own."""
    info = plate_info()
    calibrated = plate_of(info)
    other = dataclasses.replace(info, gain=64)
    said = {
        name: [one.name for one in findings_of([FoundBoard(port="played://", info=board, calibration=made)], tmp_path)]
        for name, board, made in (("bare", info, None), ("fits", info, calibrated), ("another gain", other, calibrated))
    }
    of_plate = f"calibration {info.device_id}"
    assert said == {"bare": ["no insole", of_plate], "fits": ["no insole"], "another gain": ["no insole", of_plate]}
    assert [one.name for one in findings_of([FoundBoard(port="played://", info=insole_info(0))], tmp_path)] == [
        "no plate"
    ]


def test_boards_that_are_gone_are_no_longer_shown_as_there(tmp_path: Path) -> None:
    lab = lab_at(tmp_path)
    lab.find_boards()
    settled(lab)
    state: Any = lab.state()
    assert len(state["boards"]["found"]) == 1
    lab.boards.there = False  # type: ignore[attr-defined]
    lab.find_boards()
    settled(lab)
    state = lab.state()
    assert state["problem"].startswith("no board answers")
    assert state["boards"]["found"] == []


@pytest.mark.parametrize(
    ("new", "known"), [("P7", "P07"), ("p07", "P07"), ("PO7", "P07"), ("Pl2", "P12"), ("007", "7"), ("P070", "PO70")]
)
def test_pseudonyms_that_are_taken_for_each_other(new: str, known: str) -> None:
    assert looks_like(new, [known, "X1"]) == [known]


def test_the_next_number_looks_like_nobody() -> None:
    assert looks_like("P08", ["P07", "P09", "P80", "P18"]) == []


def test_an_athlete_is_checked_before_anything_begins(tmp_path: Path) -> None:
    dataset = Dataset(tmp_path).create()
    dataset.add_participant("P07")
    wanted, near = athlete_wanted(dataset, {"participant": "P7", "new": True, "mass_kg": 71.5, "prior_injury": "acl"})
    assert (wanted.participant, wanted.mass_kg, near) == ("P7", 71.5, ["P07"])
    assert wanted.entries == {"prior_injury": "acl", "mass_kg": 71.5}
    for asked, why in (
        ({"participant": "P07", "new": True}, "choose it from the list"),
        ({"participant": "p07", "new": True}, "upper and lower case"),
        ({"participant": "P99"}, "enter it as a new athlete"),
        ({"participant": "../P01", "new": True}, "looks like a path"),
        ({"participant": "<b>", "new": True}, "no pseudonym"),
        ({"participant": "P07", "prior_injury": "broken"}, "prior_injury"),
        ({"participant": "P07", "prior_injury": ["acl"]}, "prior_injury"),
        ({"participant": "P07", "prior_injury_side": "left"}, "prior_injury"),
        ({"participant": "P07", "mass_kg": "heavy"}, "no number"),
        ({"participant": "P07", "mass_kg": 999}, "the body mass"),
    ):
        with pytest.raises(ParameterError, match=why):
            athlete_wanted(dataset, asked)
    none, _ = athlete_wanted(dataset, {"participant": "P07", "prior_injury": "none", "prior_injury_side": "left"})
    assert none.entries == {"prior_injury": "none"}, "a side that was chosen before is none of nothing"


def test_history_is_kept_beside_the_session_and_offered_for_the_next(tmp_path: Path) -> None:
    book = book_at(tmp_path)
    book.lock.release()
    entries = {"prior_injury": "acl", "prior_injury_side": "left"}
    keep_entries(book.folder.path, Athlete(participant="P07", entries=entries), by="RT")
    found = session_inputs(book.folder.path)
    assert found is not None
    assert (found.prior_injury, found.prior_injury_side) == ("acl", "left")
    assert history_of([tmp_path, book.folder.path]) == entries
    (person,) = participants_shown(Dataset(tmp_path))
    assert person["history"] == entries
    keep_entries(tmp_path, Athlete(participant="P07"), by=None)
    assert not list(tmp_path.glob("*inputs*")), "who was not asked has no entries"


def test_what_was_left_and_what_was_chosen_last(tmp_path: Path) -> None:
    book = book_at(tmp_path, dataclasses.replace(DROP_JUMP, n_trials=4))
    book.lock.release()
    people = participants_shown(Dataset(tmp_path))
    left, last = left_session(people), last_used(people)
    assert left is not None
    assert (left["participant"], left["session"], left["n_accepted"], left["n_planned"]) == ("P07", "01", 0, 4)
    assert last is not None
    assert (last["protocol"], last["n_trials"], last["box_height_m"]) == ("drop_jump", 4, 0.3)
    book.finish()
    people = participants_shown(Dataset(tmp_path))
    assert left_session(people) is None
    assert last_used(people) is not None
    assert last_used([]) is None


def test_a_session_begins_with_own_conditions_and_the_mass_of_its_athlete(tmp_path: Path) -> None:
    lab = lab_at(tmp_path)
    Dataset(tmp_path).add_participant("P07")
    lab.look_into_dataset()
    lab.choose_athlete(Athlete(participant="P07", mass_kg=70.0))
    wanted = session_wanted(
        lab, {"protocol": "drop_jump", "conditions": "flat, Heel lift", "order": "random", "n_trials": 2}
    )
    assert wanted.protocol.conditions == ("flat", "heel_lift")
    assert (wanted.protocol.order, wanted.protocol.n_trials) == ("random", 2)
    assert (wanted.session.accept_clean, wanted.session.max_duration_s, wanted.lsl) == (False, 120.0, False)
    more = session_wanted(lab, {"protocol": "drop_jump", "accept_clean": True, "max_duration_s": 30, "lsl": True})
    assert (more.session.accept_clean, more.session.max_duration_s, more.lsl) == (True, 30.0, True)
    assert not more.session.auto_accept, "a trial with a STOP still asks"
    assert wanted.session.mass_kg == 70.0
    lab.choose("participant", participant="P08")
    assert lab.athlete is None, "another athlete has another mass"
    assert session_wanted(lab, {"protocol": "drop_jump"}).session.mass_kg is None
    for asked in ({"conditions": "a,a"}, {"conditions": "../x"}, {"conditions": "x" * 400}, {"n_trials": 0},
                  {"max_duration_s": 601}, {"accept_clean": 1}, {"lsl": "yes"}):  # fmt: skip
        with pytest.raises(ParameterError):
            session_wanted(lab, {"protocol": "drop_jump", **asked})


def test_a_calibration_is_checked_before_boards_are_touched(tmp_path: Path) -> None:
    lab = lab_at(tmp_path)
    wanted = calibration_wanted(lab, {"kind": "plate", "masses_kg": [5, 10.0], "mass_sd_pct": 2, "operator": "RT"})
    assert (wanted.masses_kg, wanted.settings.mass_sd_pct, wanted.settings.operator) == ((5.0, 10.0), 2.0, "RT")
    marked = calibration_wanted(lab, {"kind": "insoles", "heel_medial_mm": 0, "heel_anterior_mm": -130})
    assert marked.settings.heel_mm == (0.0, -130.0)
    assert calibration_wanted(lab, {"kind": "insoles"}).settings.heel_mm is None
    for asked, why in (
        ({"kind": "plate", "masses_kg": [5]}, "one mass only"),
        ({"kind": "plate", "masses_kg": []}, "known masses"),
        ({"kind": "plate", "masses_kg": ["5", "?"]}, "no number"),
        ({"kind": "plate", "masses_kg": [1e308, 5]}, "0.1 to 500"),
        ({"kind": "plate", "masses_kg": list(range(1, 99))}, "up to 12"),
        ({"kind": "insoles", "heel_medial_mm": 0}, "both numbers"),
        ({"kind": "insoles", "heel_medial_mm": 0, "heel_anterior_mm": 9999}, "no place of a foot"),
        ({"kind": "soup"}, "no calibration"),
        ({"kind": "plate", "masses_kg": [5, 10], "corner_mm": 5}, "outside 30-1000 mm"),
        ({"kind": "plate", "masses_kg": [5, 10], "mode_hz": 5}, "--mode-hz 5 is outside"),
        ({"kind": "plate", "masses_kg": [5, 10], "quick": "yes"}, "neither yes nor no"),
        ({"kind": "insoles", "toe_out_deg": 5}, "turns marks that --heel-mm names"),
        ({"kind": "insoles", "side": "middle"}, "no foot 'middle'"),
        ({"kind": "bench", "masses_kg": [0.1, 0.2, 0.5, 1]}, "5 different masses or more"),
        ({"kind": "bench", "masses_kg": [5, 10, 20, 30, 40]}, "masses on a cell"),
    ):
        with pytest.raises((ParameterError, CalibrationError), match=why):
            calibration_wanted(lab, asked)


def test_a_session_is_summed_up_as_the_report_does(tmp_path: Path) -> None:
    answers = [Command(kind="reject", text="slipped"), Command(kind="accept"), Command(kind="accept")]
    session = ran(session_of(tmp_path, played(scene(0), scene(1), clock=PlayedClock()), Script(answers)))
    told: Any = summary_of(session, {})
    assert (told["n_accepted"], told["n_left"], told["left_out"]) == (2, 0, [])
    assert [(one["verdict"], one["reason"]) for one in told["trials"]] == [
        ("rejected", "slipped"), ("accepted", None), ("accepted", None),
    ]  # fmt: skip
    titles = [one["title"] for one in told["columns"]]
    first = analyse(read(session.book.raw_path(session.book.accepted[0])), box_height_m=0.3).trials[0]
    for line in headlines(first):
        cell = told["trials"][1]["cells"][titles.index(line.title)]
        assert (cell["value"], cell["spread"], cell["status"]) == (line.value, line.spread, line.status)
    assert {cell["value"] for cell in told["trials"][0]["cells"]} == {"–"}, "nobody kept the numbers of that one"
    assert told["means"]["left_out"] == 2, "trials that are only rough are not averaged"
    assert told["means"]["lines"] == []
    good = dataclasses.replace(first, status="ok")
    sure: Any = summary_of(session, {entry.run: (good,) for entry in session.book.accepted})
    contact = next(line for line in sure["means"]["lines"] if line["label"] == "contact time")
    value = good.table.get("contact_time_s").value  # type: ignore[union-attr]
    assert value is not None
    assert float(contact["means"][0].split(" ")[0]) == pytest.approx(value, abs=0.002)
    assert contact["means"][0].endswith("(n = 2)")
    assert told["undoable"] == "trial 2 accepted"
    session.book.raw_path(session.book.accepted[0]).write_bytes(b"XDF:")
    hurt: Any = summary_of(session, {})
    assert [bool(one["unread"]) for one in hurt["trials"]] == [False, True, False], "dashes say why they are dashes"


def test_results_of_this_run_are_not_computed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [Command(kind="reject", text="slipped"), Command(kind="accept")]

    class Judging(PageFront):
        def tick(self, session: RecordSession) -> None:
            super().tick(session)
            if session.phase == "verdict" and answers:
                session.submit(answers.pop(0))

    front = Judging(lambda: None)
    one = dataclasses.replace(DROP_JUMP, n_trials=1)
    session = session_of(tmp_path, played(scene(0), clock=PlayedClock()), front, protocol=one)  # type: ignore[arg-type]
    front.session = session
    ran(session)
    monkeypatch.setattr("landing_lab.io.read.read", lambda *_: pytest.fail("read again"))
    told: Any = summary_of(session, front.results)
    assert told["trials"][0]["cells"][0]["value"] == told["trials"][1]["cells"][0]["value"] != "–", (
        "the same jump twice"
    )


def test_the_page_says_what_was_judged_and_noted_and_whose_curve_is_shown(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    answers = [Command(kind="note", text="new shoes"), Command(kind="reject", text="slipped"), Command(kind="accept")]

    class Judging(PageFront):
        def tick(self, session: RecordSession) -> None:
            super().tick(session)
            self._viewed_s = 0.0
            told.append(self.shown())
            if session.phase == "verdict" and answers:
                session.submit(answers.pop(0))

    one = dataclasses.replace(DROP_JUMP, n_trials=1)
    front: Any = Judging(lambda: None)
    ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), front, protocol=one))
    at_verdict = [now for now in told if now["phase"] == "verdict"]
    assert {now["curve"] for now in at_verdict} == {"own"}
    assert {now["judged"] for now in at_verdict} == {""}
    assert ["new shoes"] in [now["notes"] for now in at_verdict]
    again = [now for now in told if now["phase"] == "recording" and now["run"] == 2]
    assert {now["curve"] for now in again} == {"past"}
    assert {now["judged"] for now in again} == {"Trial 1 rejected (slipped): not in the report, kept under rejected"}
    assert told[-1]["judged"] == "Trial 1 accepted."


def test_the_last_verdict_is_taken_back_from_the_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = lab_at(tmp_path)
    with pytest.raises(BusyError, match="no verdict"):
        lab.undo()
    one = dataclasses.replace(DROP_JUMP, n_trials=1)
    first = ran(
        session_of(tmp_path, played(scene(0), clock=PlayedClock()), Script([Command(kind="accept")]), protocol=one)
    )
    handed: list[RecordSession | None] = []

    def record(_boards: Any, settings: RecordSettings, _front: Any, *, undone: Any = None, **_: Any) -> RecordSession:
        handed.append(undone)
        assert settings.continued == ("01" if undone else None)
        return first

    monkeypatch.setattr(lab_module, "run_session", record)
    lab.start_session(RecordSettings(dataset=tmp_path, participant="P07", protocol=one, session=first.settings))
    settled(lab)
    assert lab.step == "summary"
    assert lab.summary["undoable"] == "trial 1 accepted"
    lab.undo()
    settled(lab)
    assert handed == [None, first]


def test_a_session_that_could_not_begin_leads_to_where_something_can_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = lab_at(tmp_path)

    def refuse(error: Exception) -> Callable[..., RecordSession]:
        def record(*_: Any, **__: Any) -> RecordSession:
            raise error

        return record

    settings = RecordSettings(
        dataset=tmp_path, participant="P07", protocol=DROP_JUMP, session=session_wanted(
            lab, {"participant": "P07", "protocol": "drop_jump"}
        ).session,
    )  # fmt: skip
    for error, step in ((DeviceNotFoundError("no board answers"), "boards"), (ParameterError("no"), "protocol")):
        monkeypatch.setattr(lab_module, "run_session", refuse(error))
        lab.start_session(settings)
        settled(lab)
        assert (lab.step, lab.problem) == (step, str(error))


def test_only_known_words_reach_a_session_or_a_calibration(tmp_path: Path) -> None:
    lab = lab_at(tmp_path)
    with pytest.raises(ParameterError, match="cannot be told"):
        lab.calibration_command("rm -rf")
    with pytest.raises(BusyError, match="no calibration is running"):
        lab.calibration_command("go")
    with pytest.raises(BusyError, match="no session is running"):
        lab.command("undo")


def test_a_session_that_was_left_says_what_is_to_do(tmp_path: Path) -> None:
    session = ran(session_of(tmp_path, played(scene(0), clock=PlayedClock()), Script([Command(kind="quit")])))
    told: Any = summary_of(session, {})
    assert [one["number"] for one in told["left"]] == [1, 2]
    assert [one["verdict"] for one in told["trials"]] == ["unfinished"]
    assert told["means"] is None
    assert told["undoable"] == ""
