"""The flow of the lab page in a real browser: by keyboard, by two browsers, over a restart, and a calibration."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lab_server import drop_jump_boards, lab_server
from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.inputs.files import write_session_inputs
from landing_lab.io.dataset import Dataset
from web.driving import TABLET, check_access, state_of, until

pytestmark = pytest.mark.slow

WORDS_SEEN = """() => {
  const words = (window.words = []), look = () => words.push(document.querySelector("#banner .state")?.textContent);
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""
"""Keeps every word that the banner of a trial has shown."""


def fits(page: Page) -> bool:
    """Whether nothing of the page lies below its window."""
    found: bool = page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    return found


def begin(page: Page, *, trials: str, participant: str = "P07") -> None:
    """From the first look to a running session, with the keyboard alone."""
    page.locator(".board").first.wait_for()
    check_access(page)
    page.keyboard.press("Enter")
    page.locator("#participant").wait_for()
    check_access(page)
    page.keyboard.type(participant)
    page.keyboard.press("Enter")
    page.locator("#n_trials").wait_for()
    check_access(page)
    page.fill("#n_trials", trials)
    page.keyboard.press("Enter")


def phase_is(phase: str, number: int) -> Callable[[dict[str, Any]], bool]:
    return lambda state: (state["session"] or {}).get("phase") == phase and state["session"]["number"] == number


def test_a_session_by_keyboard_with_a_rejection_and_a_verdict_taken_back(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    with drop_jump_boards() as ports, lab_server(tmp_path, *ports) as lab:
        page = open_page(lab, viewport=TABLET)
        begin(page, trials="1")
        page.evaluate(WORDS_SEEN)  # boards at six times their speed are armed for a moment only
        until(page, phase_is("recording", 1))
        assert fits(page), "a trial is seen whole on a tablet"
        until(page, phase_is("verdict", 1))
        assert "ARMED" in page.evaluate("window.words")
        expect(page.locator("#banner")).to_contain_text("RESULT")
        page.get_by_role("button", name="Look closer").wait_for()
        assert fits(page)
        check_access(page)
        page.keyboard.press("r")
        expect(page.locator("dialog")).to_be_visible()
        check_access(page)
        page.keyboard.press("4")
        until(page, lambda state: bool((state["session"] or {}).get("undoable")))
        page.keyboard.press("u")
        until(page, phase_is("verdict", 1))
        page.keyboard.press("n")
        page.keyboard.type("new <b>shoes</b>")
        page.keyboard.press("Enter")
        expect(page.locator("dialog")).to_have_count(0)
        page.keyboard.press("a")
        until(page, lambda state: state["step"] == "summary")
        expect(page.locator("#main")).to_contain_text("1 of 1 trials accepted")
        check_access(page)
        page.get_by_role("button", name="Undo the last verdict").click()
        page.get_by_role("button", name="Take it back").click()
        until(page, phase_is("verdict", 1))
        page.keyboard.press("a")
        until(page, lambda state: state["step"] == "summary")
    (entry,) = json.loads((tmp_path / "sub-P07/ses-01/session.json").read_text())["trials"]
    assert (entry["verdict"], entry["reason"]) == ("accepted", None)
    assert entry["notes"][0] == "new <b>shoes</b>"
    assert (tmp_path / "sub-P07/ses-01/report.html").is_file()


def test_two_browsers_one_drives_and_a_restart_goes_on(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    with drop_jump_boards() as ports:
        with lab_server(tmp_path, *ports) as lab:
            first = open_page(lab)
            begin(first, trials="2")
            until(first, phase_is("verdict", 1))
            second = open_page(lab)
            expect(second.locator("#alerts")).to_contain_text("You watch")
            expect(second.get_by_role("button", name="Accept")).to_have_count(0)
            expect(second.locator("#banner")).to_contain_text("WAITING FOR THE VERDICT")
            expect(second.locator("#banner")).to_contain_text("The browser that drives decides.")
            expect(first.locator("#banner")).to_contain_text("YOUR VERDICT?")
            second.keyboard.press("a")
            second.wait_for_timeout(300)
            assert state_of(second)["session"]["phase"] == "verdict", "who watches judges nothing"
            second.get_by_role("button", name="Take over …").click()
            check_access(second)
            second.locator("dialog").get_by_role("button", name="Take over").click()
            expect(first.locator("#alerts")).to_contain_text("Another browser has taken over")
            expect(first.get_by_role("button", name="Accept")).to_have_count(0)
            expect(first.locator("#banner")).not_to_contain_text("YOUR VERDICT?")
            second.get_by_role("button", name="Accept").click()
            until(second, phase_is("recording", 2))
        with lab_server(tmp_path, *ports) as lab:
            page = open_page(lab)
            page.get_by_role("button", name="Continue session 01 of P07: 1 of 2 done").click()
            until(page, phase_is("verdict", 2))
            page.get_by_role("button", name="Accept").click()
            until(page, lambda state: state["step"] == "summary")
    verdicts = [one["verdict"] for one in json.loads((tmp_path / "sub-P07/ses-01/session.json").read_text())["trials"]]
    assert verdicts.count("accepted") == 2


def test_a_name_that_looks_like_another_is_asked_about(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    (tmp_path / "sub-P07").mkdir(parents=True)
    with drop_jump_boards() as ports, lab_server(tmp_path, *ports) as lab:
        page = open_page(lab)
        page.get_by_role("button", name="Use these boards").click()
        page.fill("#participant", "P7")
        page.keyboard.press("Enter")
        expect(page.locator("dialog")).to_contain_text("P07 looks almost the same")
        page.get_by_role("button", name="It is P07").click()
        expect(page.locator("#participant")).to_have_value("P07")
        page.fill("#participant", "../x")
        expect(page.locator("#id-hint")).to_contain_text("Letters and digits only")
        expect(page.get_by_role("button", name="Next: protocol")).to_be_disabled()
        page.locator(".people button", has_text="P07").click()
        page.select_option("#prior_injury", "acl")
        page.select_option("#prior_injury_side", "left")
        page.fill("#mass_kg", "71,5")
        page.get_by_role("button", name="Next: protocol").click()
        athlete = until(page, lambda state: state["step"] == "protocol")["athlete"]
    assert athlete["participant"] == "P07"
    assert athlete["mass_kg"] == 71.5
    assert athlete["entries"]["prior_injury_side"] == "left"


def test_a_calibration_is_guided_and_thrown_away(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    with lab_server(tmp_path, "--sim") as lab:
        page = open_page(lab, viewport=TABLET)
        page.locator(".board", has_text="Plates").get_by_role("button").click()
        check_access(page)
        page.fill("#masses", "5")
        page.keyboard.press("Enter")
        expect(page.locator("dialog")).to_be_visible()
        page.fill("#masses", "5 10")
        page.keyboard.press("Enter")
        until(page, lambda state: (state["calibration"] or {}).get("number", 0) > 1)
        expect(page.locator("#banner")).to_contain_text("Put 5 kg in the middle of the left plate")
        expect(page.locator("h2")).to_contain_text("step 2 of")
        assert fits(page)
        check_access(page)
        page.keyboard.press("q")
        page.keyboard.press("Escape")
        assert state_of(page)["job"] == "calibrate", "asked twice"
        page.keyboard.press("q")
        page.keyboard.press("y")
        state = until(page, lambda state: state["step"] == "boards")
    assert state["problem"] == "", "what a person throws away is no fault"
    assert not list((tmp_path / "calibrations").rglob("*.xdf"))


def test_trials_are_accepted_by_themselves_where_that_was_ticked(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    with lab_server(tmp_path, speed=6.0) as lab:
        page = open_page(lab, viewport=TABLET)
        page.locator(".board").first.wait_for()
        page.get_by_role("button", name="Use these boards").click()
        page.fill("#participant", "P07")
        page.get_by_role("button", name="Next: protocol").click()
        page.fill("#n_trials", "2")
        expect(page.locator("#accept_clean")).not_to_be_visible()
        page.get_by_text("More", exact=True).click()
        expect(page.locator("#accept_clean")).not_to_be_checked()
        page.check("#accept_clean")
        page.fill("#max_duration_s", "60")
        check_access(page)
        page.get_by_role("button", name="Start the session").click()
        until(page, lambda state: (state["session"] or {}).get("number") == 2 and state["session"]["undoable"])
        expect(page.locator(".alone")).to_contain_text("Trials without a STOP are accepted by themselves.")
        expect(page.locator("#card")).to_contain_text("Trial 1 (run 01), the one before")
        page.get_by_role("button", name="Undo the last verdict").click()
        until(page, lambda state: (state["session"] or {}).get("phase") == "verdict")
        assert fits(page)
        check_access(page)
        page.keyboard.press("r")
        page.locator("dialog").wait_for()
        page.keyboard.press("1")
        until(page, lambda state: (state["session"] or {}).get("number") == 2)
        page.keyboard.press("q")
        page.keyboard.press("y")
        until(page, lambda state: state["step"] == "summary" and not state["job"])
    trials = json.loads((tmp_path / "sub-P07/ses-01/session.json").read_text())["trials"]
    assert [one["verdict"] for one in trials][:2] == ["rejected", "accepted"]


def test_the_history_of_one_athlete_never_becomes_that_of_another(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    dataset = Dataset(tmp_path).create()
    dataset.add_participant("P07")
    session = dataset.new_session("P07")
    write_session_inputs(session.path, FieldInputs(prior_injury="acl", prior_injury_side="left"))
    with drop_jump_boards() as ports, lab_server(tmp_path, *ports) as lab:
        page = open_page(lab)
        page.locator(".board").first.wait_for()
        page.keyboard.press("Enter")
        page.locator("#participant").press_sequentially("P07")
        expect(page.locator("#prior_injury")).to_have_value("acl")
        page.locator("#participant").press_sequentially("8")
        expect(page.locator("#prior_injury")).to_have_value("")
        page.fill("#participant", "Q11")
        page.select_option("#prior_injury", "other_knee")
        page.fill("#participant", "Q12")
        expect(page.locator("#prior_injury")).to_have_value("other_knee")
