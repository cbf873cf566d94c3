"""What people, boards and files say is shown as text in a real browser; what is no script of ours does not run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from lab_server import SPEED, drop_jump_boards, lab_server
from landing_lab.app.boards.scenes import acted_trials
from landing_lab.io.dataset import Dataset
from landing_lab_drivers.emulator import serve
from web.conftest import Watched
from web.driving import Shots, accept, begin, check_access, press, session_of, state_of, summarised, until, verdict_on

pytestmark = pytest.mark.slow

MARKUP = "<img src=x onerror=window.broken=1><script>window.broken=1</script>"
SHORT = "<b onclick=x>&amp;\"'"


def unbroken(page: Page) -> None:
    """Nothing that was typed or read has become an element, or has run."""
    assert page.evaluate("window.broken") is None
    assert page.locator("#main img, #main script, main b[onclick], dialog img").count() == 0


def test_nothing_that_a_person_a_board_or_a_file_says_becomes_markup(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    hostile_dataset(tmp_path)
    devices = [
        replace(one, info=replace(one.info, device_id=f"<i>{k}"))
        for k, one in enumerate(acted_trials("drop_jump", start="box", leg="both", alive_s=60.0))
    ]
    server = serve(devices, speed=SPEED)
    try:
        with lab_server(tmp_path, *[word for url in server.urls for word in ("--port", url)]) as lab:
            page = open_page(lab)
            page.locator(".board").first.wait_for()
            expect(page.locator("#main")).to_contain_text("<i>0")
            unbroken(page)
            press(page, re.compile("Another athlete|Use these boards"))
            page.fill("#participant", MARKUP)
            expect(page.locator("#id-hint")).to_contain_text("Letters and digits only")
            unbroken(page)
            page.fill("#participant", "P09")
            press(page, "Next: protocol")
            page.fill("#n_trials", "1")
            page.fill("#operator", SHORT)
            page.fill("#note", MARKUP)
            press(page, "Start the session")
            until(page, verdict_on(1))
            press(page, "Note …")
            page.fill("#own-text", MARKUP)
            page.keyboard.press("Enter")
            press(page, "Reject …")
            page.fill("#own-text", MARKUP)
            page.locator("dialog form button").click()
            accept(page, 1)
            state = summarised(page)
            assert [one["reason"] for one in state["summary"]["trials"]] == [MARKUP, None]
            expect(page.locator("#main")).to_contain_text(MARKUP)
            unbroken(page)
            Shots("hostile").take(page, "summary", whole=True)
    finally:
        server.close()
    session = tmp_path / "sub-P09/ses-01"
    assert json.loads((session / "session.json").read_text())["settings"]["note"] == MARKUP
    report = (session / "report.html").read_text()
    assert "<img src=x" not in report
    assert "<script>window.broken" not in report


def hostile_dataset(root: Path) -> None:
    """Participants, a session and a calibration as somebody with bad intentions would leave them."""
    dataset = Dataset(root).create()
    dataset.add_participant("P01")
    with (root / "participants.tsv").open("a") as table:
        table.write(f"sub-{MARKUP}\nsub-../../etc\n{MARKUP}\n")
    (root / f"sub-{SHORT.replace('/', '')}").mkdir()
    folder = dataset.new_session("P01").path
    state = {"schema": "landing-lab.session/1", "participant": MARKUP, "session": MARKUP, "protocol": MARKUP,
             "settings": {"operator": MARKUP, "note": [MARKUP], "mass_kg": MARKUP}, "created_at": MARKUP,
             "planned": [{"task": MARKUP, "condition": MARKUP, "n_trials": 5}], "trials": [], "boards": {}}  # fmt: skip
    (folder / "session.json").write_text(json.dumps(state))
    made = {"schema": "landing-lab.calibration/1", "device_id": "<i>0", "operator": MARKUP}
    (root / "calibrations" / "SIM.json").write_text(json.dumps(made))


def test_a_script_that_is_not_a_file_of_ours_does_not_run_and_the_token_is_not_seen(
    tmp_path: Path, open_page: Callable[..., Page], watched: Watched
) -> None:
    watched.allowed.append("Content Security Policy")
    with drop_jump_boards() as ports, lab_server(tmp_path, *ports, "--host", "0.0.0.0") as lab:
        token = lab.url.split("token=")[1]
        page = open_page(lab)
        page.locator(".board").first.wait_for()
        assert token not in page.url, "nobody reads it over the shoulder, or from the history"
        assert token not in page.content()
        assert page.evaluate("document.cookie") == "", "no script can read it"
        (cookie,) = page.context.cookies()
        assert (cookie["value"], cookie["httpOnly"], cookie["sameSite"]) == (token, True, "Lax")
        for tried in (
            "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)",
            "document.body.insertAdjacentHTML('beforeend', '<img src=\"/static/icon.svg\" onload=\"window.ran = 1\">')",
            (
                "const f = document.createElement('iframe'); f.srcdoc = '<script>parent.ran = 1</script>'; "
                "document.body.append(f)"
            ),
            (
                "const a = document.createElement('a'); a.href = 'javascript:window.ran = 1'; document.body.append(a); "
                "a.click()"
            ),
            "setTimeout(() => { try { eval('window.ran = 1') } catch { window.refused = 1 } })",
        ):
            page.evaluate(f"(() => {{ {tried} }})()")
        page.wait_for_timeout(500)
        assert page.evaluate("[window.ran, window.refused]") == [None, 1]
        assert any("Content Security Policy" in line for line in watched.complaints)
        stranger = page.context.browser.new_context().new_page()  # type: ignore[union-attr]
        answer = stranger.goto(f"http://{urlsplit(lab.url).netloc}/")
        assert answer is not None
        assert answer.status == 403
        stranger.context.close()


def test_who_watches_presses_nothing_and_takes_over_by_a_button(
    tmp_path: Path, open_page: Callable[..., Page], watched: Watched
) -> None:
    watched.allowed.append("409")
    with drop_jump_boards() as ports, lab_server(tmp_path, *ports) as lab:
        first = open_page(lab)
        begin(first, trials=1)
        second = open_page(lab)
        expect(second.locator("#alerts")).to_contain_text("You watch")
        until(second, verdict_on(1))
        Shots("watching").take(second, "verdict")
        status = second.evaluate(
            """() => fetch("/api/session/command", { method: "POST", body: '{"kind": "accept"}',
               headers: { "x-landing-lab": "1", "x-client": sessionStorage.getItem("client") } })
               .then((a) => a.status)"""
        )
        assert status == 409
        assert session_of(state_of(first))["phase"] == "verdict"
        first.close()
        until(second, lambda now: now["drives"])  # nobody drives: whoever presses does
        check_access(second)
        accept(second, 1)
        summarised(second)
