"""What the page gives out of a session, and what it never does; the screening form without a browser."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from app.test_inputs_command import called
from app.test_web_flow import lab_at
from asked import asked
from landing_lab.app.web import routes_files
from landing_lab.app.web.door import Door
from landing_lab.app.web.lab import Lab
from landing_lab.app.web.routes import make_app
from landing_lab.app.web.session_files import LEADS_OUT
from landing_lab.io.dataset import Dataset
from landing_lab.report.screening_page import screening_page
from made_dataset import make_dataset

OUTSIDE = b"nobody may read this"
PLACE = "/session/P07/01"


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    study = tmp_path / "study"
    lab_at(study)
    make_dataset(study, seed=7, participants=["P07", "P08"])
    session = study / "sub-P07" / "ses-01"
    (session / "report.html").write_text("<h1>report</h1>")
    (session / "report.pdf").write_bytes(b"%PDF-1.7")
    (session / "trial-01.png").write_bytes(b"\x89PNG")
    (session / "raw").mkdir(exist_ok=True)
    (session / "raw" / "a.xdf").write_bytes(b"raw" * 1000)
    (session / "session.lock").write_text("1")
    (tmp_path / "secret.txt").write_bytes(OUTSIDE)
    return lab_at(study)


def app_of(lab: Lab) -> Starlette:
    return make_app(lab, Door(hosts=frozenset(("127.0.0.1",))))


def test_files_come_with_their_kind_and_a_policy_of_their_own(lab: Lab) -> None:
    app = app_of(lab)
    page = asked(app, f"{PLACE}/report.html")
    assert (page.status, page.body) == (200, b"<h1>report</h1>")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "img-src data:" in policy
    assert "script" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["content-disposition"] == 'inline; filename="sub-P07_ses-01_report.html"'
    assert asked(app, f"{PLACE}/report.pdf").headers["content-type"] == "application/pdf"
    assert asked(app, f"{PLACE}/report.pdf", query="download").headers["content-disposition"].startswith("attachment")
    numbers = asked(app, f"{PLACE}/metrics.csv")
    assert numbers.headers["content-disposition"] == 'attachment; filename="sub-P07_ses-01_metrics.csv"'
    assert numbers.body == (lab.dataset / "sub-P07/ses-01/metrics.csv").read_bytes()
    assert asked(app, f"{PLACE}/trial-01.png").headers["content-type"] == "image/png"
    listed = asked(app, "/api/files/P07/01").told
    assert listed["files"] == ["metrics.csv", "report.html", "report.pdf", "trial-01.png"]


@pytest.mark.parametrize(
    "path",
    [
        f"{PLACE}/../../../secret.txt", f"{PLACE}/..%2f..%2f..%2fsecret.txt",
        f"{PLACE}/%2e%2e/%2e%2e/%2e%2e/secret.txt",
        f"{PLACE}/%252e%252e%252fsecret.txt", "/session/../../secret.txt/report.html", "/session/%2e%2e/01/report.html",
        "/session/P07/%2e%2e/report.html", "/session/P07/..%5c..%5csecret/report.html", f"{PLACE}//etc/passwd",
        f"{PLACE}/%2fetc%2fpasswd", f"{PLACE}/report.html%00.png", "/session/P07%00/01/report.html",
        f"{PLACE}/session.json", f"{PLACE}/session.lock", f"{PLACE}/raw%2fa.xdf", f"{PLACE}/report.html%0a",
        f"{PLACE}/{'a' * 5000}", f"/session/{'P' * 5000}/01/report.html", "/session/P09/01/report.html",
        "/session/P07/99/report.html", "/session/./01/report.html", "/session/P07/01/", f"{PLACE}/REPORT.HTML",
        "/session/P07/%30%31/..%2freport.html", "/session/%D9%A7/01/report.html", f"{PLACE}/trial-%D9%A1%D9%A1.png",
    ],
)  # fmt: skip
def test_no_path_leaves_the_list_or_the_dataset(lab: Lab, path: str) -> None:
    answer = asked(app_of(lab), path)
    assert answer.status == 404
    assert OUTSIDE not in answer.body
    assert b"root:" not in answer.body
    assert str(lab.dataset).encode() not in answer.body


def test_links_are_not_followed(lab: Lab, tmp_path: Path) -> None:
    session = lab.dataset / "sub-P07/ses-01"
    (session / "analysis.json").symlink_to(tmp_path / "secret.txt")
    (session / "trials").symlink_to(tmp_path)
    app = app_of(lab)
    assert asked(app, f"{PLACE}/analysis.json").status == 404
    packed = asked(app, f"{PLACE}/session.zip", query="raw=1").body
    assert OUTSIDE not in b"".join(content_of(packed).values())
    assert "analysis.json" not in asked(app, "/api/files/P07/01").told["files"]
    away = tmp_path / "away"
    (away / "ses-01").mkdir(parents=True)
    (away / "ses-01" / "report.html").write_bytes(OUTSIDE)
    (lab.dataset / "sub-P66").symlink_to(away)
    for path in ("report.html", "session.zip"):
        answer = asked(app, f"/session/P66/01/{path}")
        assert (answer.status, answer.told["error"]) == (404, LEADS_OUT)


@pytest.mark.parametrize("linked", ["sub-P66", "sub-P66/ses-01"])
def test_somebody_outside_is_named_and_everybody_else_is_served(lab: Lab, tmp_path: Path, linked: str) -> None:
    away = tmp_path / "away"
    shutil.copytree(lab.dataset / "sub-P07", away)
    (lab.dataset / linked).parent.mkdir(exist_ok=True)
    (lab.dataset / linked).symlink_to(away if linked == "sub-P66" else away / "ses-01")
    before = {path: path.stat().st_mtime_ns for path in away.rglob("*")}
    lab.look_into_dataset()
    assert lab.problem == ""
    app = app_of(lab)
    people = {one["id"]: one for one in asked(app, "/api/state").told["participants"]}
    assert set(people) == {"P07", "P08", "P66"}
    assert "leads out of" in people["P66"]["problem"]
    assert (people["P66"]["sessions"], people["P66"]["left"], people["P07"]["problem"]) == ([], None, "")
    review = {one["id"]: one for one in asked(app, "/api/review/people").told["people"]}
    assert "leads out of" in review["P66"]["problem"]
    assert review["P66"]["sessions"] == []
    assert asked(app, f"{PLACE}/report.html").status == 200
    assert asked(app, "/api/files/P07/01").told["folder"]
    assert asked(app, "/api/screening/P07/form").status == 200
    for path in ("/session/P66/01/report.html", "/session/P66/01/session.zip", "/api/files/P66/01"):
        assert asked(app, path).told["error"] == LEADS_OUT
    for path in ("/api/screening/P66/form", "/api/screening/P66/result"):
        assert "leads out of" in asked(app, path).told["error"]
    answer = asked(app, "/api/review/session", query="participant=P66&session=01")
    assert (answer.status, "leads out of" in answer.told["error"]) == (400, True)
    for name, post in (
        ("report/make", {"participant": "P66", "session": "01"}),
        ("athlete", {"participant": "P66", "new": False}),
        ("athlete", {"participant": "P66", "new": True}),
        ("session/start", {"participant": "P66", "continue": "01"}),
    ):
        answer = asked(app, f"/api/{name}", post=post)
        assert 400 <= answer.status < 500, name
        assert "leads out of" in answer.told["error"], name
    assert asked(app, "/api/athlete", post={"participant": "P07", "new": False}).status == 200
    assert {path: path.stat().st_mtime_ns for path in away.rglob("*")} == before, "nothing outside is touched"
    assert Dataset(lab.dataset).new_session("P08").label, "others can be recorded"


def content_of(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_session_is_zipped_with_raw_files_only_where_asked(lab: Lab) -> None:
    app = app_of(lab)
    answer = asked(app, f"{PLACE}/session.zip")
    assert answer.headers["content-disposition"] == 'attachment; filename="sub-P07_ses-01.zip"'
    without, whole = content_of(answer.body), content_of(asked(app, f"{PLACE}/session.zip", query="raw=1").body)
    top = "sub-P07/ses-01"
    assert without[f"{top}/report.html"] == b"<h1>report</h1>"
    assert set(whole) - set(without) == {f"{top}/raw/a.xdf"}
    assert f"{top}/session.lock" not in whole


def saved(app: Starlette, entries: object, **more: Any) -> Any:
    newest = asked(app, "/api/screening/P07/form").told["session"]
    return asked(app, "/api/screening/save", post={"participant": "P07", "session": newest, "entries": entries, **more})


def test_the_form_is_checked_and_stored_as_by_inputs_set(lab: Lab) -> None:
    app = app_of(lab)
    form = asked(app, "/api/screening/P07/form").told
    assert form["groups"][0]["fields"][0]["name"] == "prior_injury"
    assert form["entries"] == {}
    wrong = saved(app, {"lunge_left_cm": "95", "lunge_right_cm": "9.5 cm", "hip_abduction_left_pct_bw": "30"}).told[
        "wrong"
    ]
    assert set(wrong) == {"lunge_left_cm", "lunge_right_cm", "prior_injury"}
    assert wrong["lunge_left_cm"].endswith(
        "takes a number from 0 to 25 cm; got 95; correct it, or leave it out where it was not measured"
    )
    told = saved(app, {"prior_injury": "none", "hip_abduction_left_pct_bw": "30"}).told
    assert list(told["wrong"]) == ["hip_abduction_left_pct_bw"] or list(told["wrong"]) == ["hip_test_position"]
    assert not list(lab.dataset.glob("sub-P07/*/field_inputs.json")), "where something is wrong nothing is stored"
    entries = {"prior_injury": "none", "lunge_left_cm": "9.5", "less.5": "1", "valgus_squat": "yes"}
    assert saved(app, entries, by="AB").told == {"wrong": {}, "report": False}
    assert saved(app, {"valgus_squat": ""}, by="CD").told["wrong"] == {}
    shown = json.loads(called("inputs", "show", lab.dataset, "--participant", "P07", "--json"))
    assert shown["inputs"] == {"prior_injury": "none", "lunge_left_cm": 9.5, "less": {"5": 1}}
    assert [(one["by"], one["fields"]) for one in shown["history"]][1] == ("CD", ["valgus_squat"])
    again = asked(app, "/api/screening/P07/form").told
    assert again["entries"] == {"prior_injury": "none", "lunge_left_cm": 9.5, "less.5": 1}
    assert again["less"] == shown["less"]
    assert 11 not in shown["inputs"]["less"], "what sensors fill in is never an entry"


def test_the_result_is_that_of_the_command(lab: Lab) -> None:
    app = app_of(lab)
    assert saved(app, {"prior_injury": "none", "valgus_squat": "yes"}).told["wrong"] == {}
    result = asked(app, "/api/screening/P07/result")
    assert result.body.decode() == called("screen", lab.dataset, "--participant", "P07", "--format", "json")
    page = asked(app, "/api/screening/P07/page")
    from landing_lab.analysis.screening.of_dataset import screen

    assert page.body.decode() == screening_page(screen(lab.dataset, "P07"))
    assert "sandbox" in page.headers["content-security-policy"]


def test_what_no_form_sends_is_refused_in_a_sentence(lab: Lab) -> None:
    app = app_of(lab)
    for entries in ([], {"nonsense": "1"}, {"note": 7}, {"note": "x" * 5000}, {f"a{n}": "" for n in range(300)}):
        answer = saved(app, entries)
        assert answer.status == 400
        assert answer.told["error"]
    assert saved(app, {"prior_injury": "none"}, by="x" * 99).status == 400
    old = {"participant": "P07", "session": "77", "entries": {}}
    assert "has begun since" in asked(app, "/api/screening/save", post=old).told["error"]
    for who in ("..", "P99", "%2e%2e", "a b"):
        assert asked(app, f"/api/screening/{who}/form").status in (400, 404)
        assert asked(app, f"/api/screening/{who}/result").status in (400, 404)
    lab.job = "record"
    assert asked(app, "/api/screening/P07/result").status == 409
    assert asked(app, "/api/report/make", post={"participant": "P07", "session": "01"}).status == 409


def test_the_report_is_made_anew_from_the_folder(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    orders: list[Any] = []
    monkeypatch.setattr(routes_files, "made_aside", lambda _work, order: orders.append(order))
    told = asked(app_of(lab), "/api/report/make", post={"participant": "P07", "session": "01"}).told
    assert "report.html" in told["files"]
    (order,) = orders
    assert order.session["participant"] == "P07"
    assert order.account.session == "01"
    assert len(order.files) == len(order.labels) > 0


@pytest.mark.parametrize("who", ["..", "../..", "/etc", "P07/../../x", "P07\\..", "~", "P" * 200])
def test_no_report_is_made_outside(lab: Lab, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    monkeypatch.setattr(routes_files, "made_aside", lambda *_: pytest.fail("something was made"))
    for post in ({"participant": who, "session": "01"}, {"participant": "P07", "session": who}):
        answer = asked(app_of(lab), "/api/report/make", post=post)
        assert (answer.status, answer.told["error"]) == (404, "there is no such session")
