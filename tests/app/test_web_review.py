"""What the review of recorded trials shows and keeps, without a browser."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from command_line import run
from landing_lab.app.record.report import ReportOrder, write_session_report
from landing_lab.app.web.lab import BusyError, Lab
from landing_lab.app.web.review import NO_BOKEH, Review
from landing_lab.app.web.review_charts import Curve
from landing_lab.app.web.review_report import report_anew
from landing_lab.errors import FileFormatError, LandingLabError, ParameterError
from landing_lab.io.annotations import FILE_NAME
from landing_lab.io.read import read
from landing_lab.metrics.analyse import analyse
from landing_lab.metrics.sensitivity import threshold_sensitivity
from landing_lab.model.trial_label import TrialLabel
from reviewed_dataset import BOX_M, SES_01, SES_02, SESSION, TRIAL, review_of, unpacked

TOUCHDOWN = {"event": "touchdown", "side": "total", "by": "AB", "why": "the plate rang before"}


def stored(dataset: Path, place: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((dataset / place / "analysis.json").read_text())
    return found


def json_of(value: object) -> Any:
    return json.loads(json.dumps(value))


def test_everybody_and_every_trial_is_listed(review: Review) -> None:
    assert review.people({}) == {"people": [{"id": "P07", "sessions": ["01", "02"], "problem": ""}], "charts": ""}
    session = review.session(SESSION)
    trials: Any = session["trials"]
    assert (session["protocol"], session["finished"]) == ("Drop jump", True)
    assert [(one["run"], one["verdict"], one["there"]) for one in trials] == [
        (1, "accepted", True), (2, "rejected", True), (3, "accepted", True),
    ]  # fmt: skip
    lifted: Any = review.session({**SESSION, "session": "02"})["trials"]
    assert [one["condition"] for one in lifted] == ["flat", "heel_lift"]


def test_the_numbers_of_a_trial_are_the_stored_ones_to_the_last_digit(reviewed: Path, review: Review) -> None:
    shown = json_of(review.trial(TRIAL))
    entry = stored(reviewed, SES_01)["trials"][0]
    assert len(shown["metrics"]) > 40
    assert shown["metrics"] == entry["metrics"]
    assert [{name: one[name] for name in ("name", "side", "time_s", "sd_s")} for one in shown["events"]] == entry[
        "events"
    ]
    totals = [one for one in entry["phases"] if one["side"] == "total"]
    assert [{name: one[name] for name in totals[0]} for one in shown["phases"]] == totals
    assert shown["links"] == [{"name": "plate", "statistics": [["frames", 100], ["lost frames", 2]]}]
    assert [one["verdict"] for one in shown["quality"]].count("ok") > 2
    assert shown["has_pressure"] is True


def test_a_rejected_trial_can_be_looked_at_too(review: Review) -> None:
    shown = review.trial({**TRIAL, "run": "2"})
    assert (shown["verdict"], shown["verdict_reason"]) == ("rejected", "stumbled")


def test_the_chart_has_every_sample_as_the_analysis_saw_it(reviewed: Path, review: Review) -> None:
    chart: Any = review.trial(TRIAL)["chart"]
    recording = read(reviewed / SES_01 / "raw/sub-P07_ses-01_task-dropJump_run-01.xdf")
    signals = analyse(recording, box_height_m=BOX_M).first.signals
    assert signals is not None
    assert {one["name"] for one in chart["curves"]} == set(signals.force_n)
    (times,) = chart["times"]
    np.testing.assert_array_equal(unpacked(times), signals.times_s)
    for one in chart["curves"]:
        np.testing.assert_array_equal(unpacked(one["values"]), signals.force_n[one["name"]])
    models = json.dumps(chart["item"])
    assert all(f'"curve-{side}"' in models for side in signals.force_n)
    assert "CustomJS" not in models, "the page allows no script but its own files"
    assert '"text": "touchdown"' in models


def test_missing_samples_stay_missing_on_the_way_to_the_page() -> None:
    curve = Curve(
        name="total", label="total", group="total", times_s=np.array([0.0, 1.0]), values=np.array([np.nan, 2.5]),
        colour="#000000",
    )  # fmt: skip
    np.testing.assert_array_equal(unpacked(str(curve.as_dict(0)["values"])), [np.nan, 2.5])


@pytest.mark.parametrize("by", ["run", "condition", "feet", "session"])
def test_trials_are_compared_with_the_stored_numbers(reviewed: Path, review: Review, by: str) -> None:
    asked = {"participant": "P07", "session": "02", "by": by, "side": "total", "align": "touchdown"}
    found: Any = review.compare(asked)
    assert found["left_out"] == []
    names = [one["name"] for one in found["groups"]]
    assert names == {
        "run": ["run 01", "run 02"], "condition": ["flat", "heel lift"], "feet": ["left foot", "right foot"],
        "session": ["session 01", "session 02, flat", "session 02, heel lift"],
    }[by]  # fmt: skip
    assert len(found["chart"]["curves"]) == (2 if by in ("run", "condition") else 4)
    contact = [one["title"] for one in found["columns"]].index("contact time")
    entries = [entry for place in (SES_01, SES_02) for entry in stored(reviewed, place)["trials"]]
    wanted = [
        row["value"]
        for entry in entries
        for row in entry["metrics"]
        if (row["name"], row["side"]) == ("contact_time_s", "total")
    ]
    assert [row["cells"][contact]["exact"] for row in found["rows"]] == (wanted if by == "session" else wanted[2:])
    if by == "feet":
        assert [one["condition"] for one in found["feet"]] == ["flat", "heel lift"]
        assert "contact time" in [line["label"] for line in found["feet"][0]["lines"]]
    else:
        assert found["means"]["conditions"] == (names if by == "session" else ["flat", "heel lift"])


def test_compared_trials_begin_at_the_event(reviewed: Path, review: Review) -> None:
    asked = {**SESSION, "by": "run", "side": "left", "align": "landing"}
    chart: Any = review.compare(asked)["chart"]
    entry = stored(reviewed, SES_01)["trials"][0]
    (landing,) = [one["time_s"] for one in entry["events"] if (one["name"], one["side"]) == ("landing", "total")]
    full: Any = review.trial(TRIAL)["chart"]
    left = next(one for one in full["curves"] if one["name"] == "left")
    times, values = unpacked(full["times"][0]), unpacked(left["values"])
    own = chart["curves"][0]
    shown_t, shown = unpacked(chart["times"][own["times"]]), unpacked(own["values"])
    at = np.searchsorted(times - landing, shown_t[0] - 1e-9)
    np.testing.assert_allclose(times[at : at + len(shown)] - landing, shown_t, atol=1e-12)
    np.testing.assert_array_equal(values[at : at + len(shown)], shown)


def test_the_threshold_answers_are_those_of_the_package(reviewed: Path, review: Review) -> None:
    found = json_of(review.threshold({**TRIAL, "metric": "flight_time_s"}))
    recording = read(reviewed / SES_01 / "raw/sub-P07_ses-01_task-dropJump_run-01.xdf")
    same = json_of(threshold_sensitivity(recording).as_dict())
    assert {name: found[name] for name in same} == same
    assert found["metric"] == "flight_time_s"
    assert found["chart"]["item"]
    with pytest.raises(ParameterError, match="does not depend"):
        review.threshold({**TRIAL, "metric": "body_weight_n"})


@pytest.mark.slow
def test_the_pressure_is_that_of_the_report(review: Review) -> None:
    pictures: Any = review.pressure(TRIAL)["pictures"]
    assert len(pictures) == 4
    assert all(base64.b64decode(one["png"]).startswith(b"\x89PNG") for one in pictures if one["png"])


@pytest.mark.parametrize(
    "asked",
    [
        {"participant": "../../etc"}, {"participant": ".."}, {"participant": "P07/ses-01"}, {"participant": "P08"},
        {"participant": ""}, {"session": ".."}, {"session": "01/../02"}, {"session": "../../sub-P07/ses-01"},
        {"session": "99"}, {"session": "*"}, {"task": "../raw"}, {"task": "dropJump"}, {"run": "-1"}, {"run": "1e0"},
        {"run": "٣"}, {"run": "9"}, {"index": "7"}, {"index": "x"}, {"run": "1" * 400},
    ],
)  # fmt: skip
def test_nothing_but_a_trial_of_the_dataset_can_be_asked_for(review: Review, asked: dict[str, str]) -> None:
    with pytest.raises(ParameterError):
        review.trial({**TRIAL, **asked})


def test_a_file_that_leads_out_of_the_session_is_not_read(reviewed_copy: Path, tmp_path: Path) -> None:
    raw = reviewed_copy / SES_01 / "raw/sub-P07_ses-01_task-dropJump_run-01.xdf"
    outside = raw.rename(tmp_path / "outside.xdf")
    raw.symlink_to(outside)
    review, _ = review_of(reviewed_copy)
    with pytest.raises(ParameterError, match="leads out"):
        review.trial(TRIAL)
    listed: Any = review.session(SESSION)["trials"]
    assert listed[0]["there"] is False


def test_a_missing_raw_file_is_told_and_leaves_the_others(reviewed_copy: Path) -> None:
    (reviewed_copy / SES_01 / "raw/sub-P07_ses-01_task-dropJump_run-01.xdf").unlink()
    (reviewed_copy / SES_01 / "trials/sub-P07_ses-01_task-dropJump_run-01.json").unlink()
    review, _ = review_of(reviewed_copy)
    with pytest.raises(FileFormatError, match="is not there"):
        review.trial(TRIAL)
    found: Any = review.compare({**SESSION, "by": "run", "side": "total", "align": "touchdown"})
    assert [one["label"] for one in found["left_out"]] == ["run 01"]
    assert [one["label"] for one in found["rows"]] == ["run 03"]


def test_a_recording_goes_first_and_what_was_seen_is_still_shown(reviewed: Path) -> None:
    review, lab = review_of(reviewed)
    review.trial(TRIAL)
    lab.at("record", "recording")
    review.trial(TRIAL)
    for job, phase in (("record", "recording"), ("record", "boards"), ("record", "measuring"), ("calibrate", "")):
        lab.at(job, phase)
        with pytest.raises(BusyError, match="a trial is being recorded"):
            review.trial({**TRIAL, "run": "3"})
        with pytest.raises(BusyError):
            review.compare({**SESSION, "by": "run", "side": "total", "align": "touchdown"})
        with pytest.raises(BusyError):
            review.threshold(TRIAL)
    lab.at("record", "verdict")
    review.trial({**TRIAL, "run": "3"})


def test_a_changed_file_is_read_again(reviewed_copy: Path) -> None:
    review, _ = review_of(reviewed_copy)
    first = review.trial(TRIAL)["source"]
    raw = reviewed_copy / SES_01 / "raw/sub-P07_ses-01_task-dropJump_run-01.xdf"
    raw.write_bytes(b"nothing")
    with pytest.raises(LandingLabError):
        review.trial(TRIAL)
    assert first == raw.name


def test_an_event_is_moved_beside_the_session_and_no_number_changes(reviewed_copy: Path) -> None:
    review, _ = review_of(reviewed_copy)
    before = {path: path.read_bytes() for path in (reviewed_copy / "sub-P07").rglob("*") if path.is_file()}
    shown = json_of(review.trial(TRIAL))
    automatic = {one["name"]: one for one in shown["events"] if one["side"] == "total"}
    moved_s = automatic["touchdown"]["time_s"] - 0.002
    told: Any = review.move({**TRIAL, **TOUCHDOWN, "moved_s": moved_s})["moved"]
    (line,) = told["would_be"]
    assert (line["name"], line["side"]) == ("contact_time_s", "total")
    assert line["value_s"] == automatic["take_off"]["time_s"] - moved_s
    (contact,) = [one for one in shown["metrics"] if (one["name"], one["side"]) == ("contact_time_s", "total")]
    assert (line["automatic_s"], line["automatic_sd_s"]) == (contact["value"], contact["sd"])
    again = json_of(review.trial(TRIAL))
    assert again["events"] == shown["events"]
    assert again["metrics"] == shown["metrics"]
    assert again["moved"]["holding"][0]["automatic_s"] == automatic["touchdown"]["time_s"]
    assert '"text": "touchdown by AB"' in json.dumps(again["chart"]["item"])
    assert {path: path.read_bytes() for path in before} == before
    new = {path.name for path in (reviewed_copy / SES_01).iterdir()} - {path.name for path in before}
    assert FILE_NAME in new
    listed: Any = review.session(SESSION)["trials"]
    assert [one["n_moved"] for one in listed] == [1, 0, 0]
    back: Any = review.take_back({**TRIAL, "id": 1, "by": "CD", "why": "no better"})["moved"]
    assert (back["holding"], back["would_be"]) == ([], [])
    assert back["history"][0]["withdrawn"]["by"] == "CD"
    with pytest.raises(ParameterError, match="not moved any more"):
        review.take_back({**TRIAL, "id": 1, "by": "CD", "why": "no better"})


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"moved_s": None}, "time is missing"), ({"moved_s": "6.1"}, "no number"),
        ({"moved_s": float("nan")}, "no number"), ({"moved_s": 1e9}, "the recording goes from"),
        ({"moved_s": -1.0}, "the recording goes from"), ({"by": ""}, "initials"), ({"by": "Anna Bell"}, "initials"),
        ({"by": "<b>"}, "initials"), ({"why": " "}, "say why"), ({"why": "x" * 400}, "too long"),
        ({"event": "peak_force"}, "only touchdown"), ({"side": "left_right"}, "only touchdown"),
        ({"event": "take_off", "moved_s": 0.01}, "comes first"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_not_kept(reviewed: Path, review: Review, asked: dict[str, Any], why: str) -> None:
    with pytest.raises(ParameterError, match=why):
        review.move({**TRIAL, **TOUCHDOWN, "moved_s": 4.0, **asked})
    assert not (reviewed / SES_01 / FILE_NAME).exists()


def test_other_commands_do_not_trip_over_the_file(reviewed_copy: Path, tmp_path: Path) -> None:
    review, _ = review_of(reviewed_copy)
    shown: Any = review.trial(TRIAL)["events"]
    at = next(one["time_s"] for one in shown if (one["name"], one["side"]) == ("touchdown", "total"))
    review.move({**TRIAL, **TOUCHDOWN, "moved_s": at - 0.001})
    checked = run("reanalyse", reviewed_copy, "--check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    again = run("reanalyse", reviewed_copy / SES_01, "--out", tmp_path / "again")
    assert again.returncode == 0, again.stderr
    page = next((tmp_path / "again").rglob("report.html")).read_text()
    assert "Touchdown was moved by AB from" in page
    assert "moved by AB" not in next((tmp_path / "again").rglob("analysis.json")).read_text()
    for words in (("cohort", reviewed_copy), ("analyse", reviewed_copy, "--out", tmp_path / "all")):
        done = run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        assert FILE_NAME not in done.stdout + done.stderr


@pytest.mark.slow
def test_a_report_made_after_it_says_what_was_moved(reviewed_copy: Path) -> None:
    review, _ = review_of(reviewed_copy)
    shown: Any = review.trial(TRIAL)["events"]
    at = next(one["time_s"] for one in shown if (one["name"], one["side"]) == ("landing", "total"))
    review.move({**TRIAL, **TOUCHDOWN, "event": "landing", "moved_s": at + 0.001})
    folder = reviewed_copy / SES_01
    (file,) = folder.glob("raw/*run-01.xdf")
    numbers = {name: (folder / name).read_bytes() for name in ("metrics.csv", "analysis.json", "session.json")}
    assert report_anew(reviewed_copy, ("P07", "01")).startswith("The session has no report yet")
    order = ReportOrder(
        files=(file,), labels=(TrialLabel(run=1),), folder=folder, mass_kg=None, box_height_m=BOX_M, session={}
    )
    write_session_report(order)
    page = (folder / "report.html").read_text()
    assert "run 01: Landing was moved by AB from" in page
    assert "moved by AB" not in (folder / "analysis.json").read_text()
    old = (folder / "report.html").read_bytes()
    assert "stays as it is: its numbers are not those of now" in report_anew(reviewed_copy, ("P07", "01"))
    assert (folder / "report.html").read_bytes() == old
    for name, content in numbers.items():
        (folder / name).write_bytes(content)
    review.take_back({**TRIAL, "id": 1, "by": "AB", "why": "no better"})
    end = time.monotonic() + 120.0
    while str(review.report(SESSION)["report"]).endswith("…") and time.monotonic() < end:
        time.sleep(0.1)
    assert review.report(SESSION)["report"] == "The report of the session says so too."
    assert "moved by AB" not in (folder / "report.html").read_text()
    assert {name: (folder / name).read_bytes() for name in numbers} == numbers


def test_the_page_says_so_where_charts_cannot_be_drawn(reviewed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("landing_lab.app.web.review.find_spec", lambda _name: None)
    review, _ = review_of(reviewed)
    assert review.people({})["charts"] == NO_BOKEH
    assert review.trial(TRIAL)["chart"] is None


# Over HTTP


@pytest.fixture(scope="module")
def server(reviewed: Path) -> Iterator[str]:
    from lab_server import lab_server

    with lab_server(reviewed, "--port", "/dev/ttyThereIsNoSuchPort") as lab:
        yield lab.url


def test_addresses_of_the_review_and_who_may_use_them(server: str) -> None:
    page = {"x-landing-lab": "1", "x-client": "test-page-0001"}
    with httpx.Client(base_url=server, timeout=60.0) as client:
        assert client.get("/api/review/people").status_code == 403, "no page of another site makes the lab work"
        assert client.get("/api/review/people", headers=page).json()["people"][0]["id"] == "P07"
        refused = client.get("/api/review/trial", headers=page, params={**TRIAL, "participant": "../.."})
        assert (refused.status_code, "pseudonym" in refused.json()["error"]) == (400, True)
        script = client.get("/bokeh/bokeh.min.js")
        assert script.status_code == 200
        assert script.headers["content-type"].startswith("text/javascript")
        for other in ("bokeh.js", "compiler.js", "..%2f..%2f__init__.py", "../css/x", ""):
            assert client.get(f"/bokeh/{other}", follow_redirects=True).status_code in (404, 405), other
        move = {**TRIAL, **TOUCHDOWN, "moved_s": -1.0}
        assert client.post("/api/review/move", headers=page, json=move).status_code == 400
        other_page = {**page, "x-client": "test-page-0002"}
        origin, there = server.rstrip("/"), f"{server.replace('http', 'ws')}live?client={page['x-client']}"
        with connect(there, origin=Origin(origin), open_timeout=60.0) as socket:
            socket.recv(timeout=60.0)
            for action in ("review/move", "review/withdraw"):
                answer = client.post(f"/api/{action}", headers=other_page, json=move)
                assert (answer.status_code, "drives" in answer.json()["error"]) == (409, True)
        assert client.get("/api/review/session", headers=other_page, params=SESSION).status_code == 200


def test_a_lab_has_a_review(tmp_path: Path) -> None:
    from landing_lab.app.web.boards import LabBoards

    lab = Lab(tmp_path, LabBoards((), simulated=False, dataset=tmp_path))
    assert Review(lab).people({})["people"] == []
