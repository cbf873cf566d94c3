"""Screening, report and files of a session in a real browser, as lab staff would use them."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

import landing_lab as ll
from app.test_inputs_command import called
from lab_server import drop_jump_boards, lab_server
from landing_lab.report.html import page_of
from landing_lab.report.pdf import can_write_pdf
from made_dataset import make_dataset
from patience import PATIENCE_MS
from report.made_pressure import pressed_trial
from report.worst_session import NOT_MADE, worst_session
from reviewed_dataset import make_reviewed

LAPTOP, TABLET = {"width": 1280, "height": 800}, {"width": 1024, "height": 768}

pytestmark = pytest.mark.slow


def check_access(page: Page) -> None:
    """No serious finding of axe-core, and nothing to scroll sideways."""
    found = Axe().run(page).response["violations"]
    assert not [one for one in found if one["impact"] in ("serious", "critical")], found
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def field(page: Page, name: str) -> str:
    """How a field of the form is found; opens its group."""
    place = f'[id="f-{name}"]'
    page.locator("details.group", has=page.locator(place)).evaluate("group => { group.open = true; }")
    return place


def test_a_form_is_filled_in_corrected_reloaded_saved_and_judged(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    make_dataset(tmp_path, seed=7, participants=["P07", "P08"])
    with drop_jump_boards() as ports, lab_server(tmp_path, *ports) as lab:
        page = open_page(lab)
        page.get_by_role("button", name="Use these boards").click()
        page.get_by_role("button", name="P07").click()
        page.get_by_role("button", name="Screening").click()
        page.locator(".entries").wait_for()
        page.select_option(field(page, "prior_injury"), "none")
        page.fill(field(page, "lunge_left_cm"), "9,5")
        page.fill(field(page, "lunge_right_cm"), "115")
        page.fill(field(page, "hip_abduction_left_pct_bw"), "30")
        page.select_option(field(page, "less.5"), "1")
        page.fill(field(page, "note"), "<img src=x onerror=alert(1)> & co")
        page.fill("#by", "AB")
        assert page.locator(".sensed").count() == 3, "LESS items of sensors are marked"
        check_access(page)
        page.get_by_role("button", name="Save and see the result").click()
        expect(page.locator('[id="f-lunge_right_cm-wrong"]')).to_contain_text("takes a number from 0 to 25 cm; got 115")
        expect(page.locator('[id="f-lunge_right_cm"]')).to_be_focused()
        check_access(page)
        page.reload()
        page.locator(".entries").wait_for()
        assert page.input_value(field(page, "lunge_right_cm")) == "115", "what was typed outlives a reload"
        assert page.input_value("#by") == "AB"
        page.fill(field(page, "lunge_right_cm"), "11.5")
        page.get_by_role("button", name="Save and see the result").click()
        said = page.locator('[id="f-hip_test_position-wrong"]')
        expect(said).to_contain_text(
            "hip strength needs position of the hip tests: side-lying reads 27-30 % higher than supine"
        )
        page.select_option(field(page, "hip_test_position"), "supine")
        page.get_by_role("button", name="Save and see the result").click()
        paper = page.frame_locator("iframe.paper")
        expect(paper.locator("h1")).to_have_text("Landing screening: P07")
        expect(paper.locator(".ev").first).to_be_attached()
        target = paper.locator(".ev").first.get_attribute("href")
        assert target is not None
        expect(paper.locator(f'tr[id="{target[1:]}"]')).to_have_count(1)
        check_access(page)
        shown = page.evaluate("fetch('/api/screening/P07/result').then(answer => answer.text())")
        page.get_by_role("button", name="Back to the form").click()
        page.locator(".entries").wait_for()
        expect(page.locator(".entries")).to_contain_text("AB: ")
        page.get_by_role("button", name="Back", exact=True).click()
        page.locator("#participant").wait_for()
    stored = json.loads(called("inputs", "show", tmp_path, "--participant", "P07", "--json"))
    assert stored["inputs"]["lunge_left_cm"] == 9.5
    assert stored["inputs"]["less"] == {"5": 1}
    assert stored["inputs"]["note"] == "<img src=x onerror=alert(1)> & co"
    assert stored["history"][0]["by"] == "AB"
    assert shown == called("screen", tmp_path, "--participant", "P07", "--format", "json")


def test_a_session_ends_in_a_report_a_pdf_and_files(
    tmp_path: Path, browser: Browser, open_page: Callable[..., Page]
) -> None:
    with drop_jump_boards() as ports, lab_server(tmp_path, *ports) as lab:
        page = open_page(lab, viewport=TABLET)
        page.get_by_role("button", name="Use these boards").click()
        page.fill("#participant", "P07")
        page.keyboard.press("Enter")
        page.fill("#n_trials", "1")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Accept", exact=False).click()
        page.locator("#files").wait_for()
        expect(page.get_by_role("link", name="Open the report")).to_be_visible()
        check_access(page)
        with page.expect_popup() as opened:
            page.get_by_role("link", name="Open the report").click()
        report = opened.value
        expect(report.locator("h1")).to_have_text("Landing report: P07, session 01")
        expect(report.locator(".sheet h2").first).to_have_text("Your numbers")
        expect(report.locator(".next")).to_have_css("border-left-style", "solid")
        expect(report.locator("figure img").first).to_be_visible()
        # nothing runs in a page that is only to be read, not even what looks for mistakes of access: that gets a copy
        copy = browser.new_page(viewport=TABLET)
        copy.set_content((tmp_path / "sub-P07/ses-01/report.html").read_text(encoding="utf-8"))
        check_access(copy)
        assert copy.evaluate("[...document.images].every(one => one.naturalWidth > 0) && document.images.length") >= 1
        copy.close()
        report.close()
        if can_write_pdf():
            pdf = page.request.get(f"{lab.url.rstrip('/')}/session/P07/01/report.pdf")
            assert pdf.ok
            assert pdf.body().startswith(b"%PDF-")
        with page.expect_download() as taken:
            page.get_by_role("link", name="Numbers (CSV)").click()
        assert taken.value.suggested_filename == "sub-P07_ses-01_metrics.csv"
        assert Path(taken.value.path()).read_bytes() == (tmp_path / "sub-P07/ses-01/metrics.csv").read_bytes()
        page.check("#with-raw")
        with page.expect_download() as taken:
            page.get_by_role("link", name="Session as ZIP").click()
        with zipfile.ZipFile(taken.value.path()) as archive:
            assert archive.testzip() is None
            assert any(name.endswith(".xdf") for name in archive.namelist())
        page.get_by_role("button", name="Make the report anew").click()
        expect(page.locator("#files [role=status]")).to_have_text(
            "The report is made, with everything entered so far.", timeout=PATIENCE_MS
        )


@pytest.mark.parametrize(
    "made",
    [{"n_conditions": 1}, {"n_conditions": 2}, {"n_conditions": 3}, {}, {"refused": True}, NOT_MADE],
    ids=["one", "two", "three", "six", "refused", "not made"],
)  # fmt: skip
def test_the_first_page_of_the_report_prints_on_one_sheet(browser: Browser, made: dict[str, object]) -> None:
    content, _ = worst_session(**made)  # type: ignore[arg-type]
    page = browser.new_page(viewport=TABLET)
    page.set_content(page_of(content))
    whole = sheets(page)
    page.evaluate("document.querySelectorAll('main > section:not(.sheet), footer').forEach(one => one.remove())")
    assert sheets(page) == 1 < whole
    page.close()


def test_all_numbers_of_trials_with_insoles_fit_beside_each_other_on_a_laptop(browser: Browser, tmp_path: Path) -> None:
    made = ll.report([pressed_trial()] * 3, tmp_path)["report.html"]
    page = browser.new_page(viewport=LAPTOP)
    page.goto(made.as_uri())
    table = page.locator("table.compare")
    assert table.locator("thead th").count() >= 9
    assert table.evaluate("(table) => table.scrollWidth <= table.parentElement.clientWidth")
    page.close()


def sheets(page: Page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def test_files_of_an_earlier_session_are_reached_and_its_report_is_made(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    make_reviewed(tmp_path)
    with lab_server(tmp_path, "--port", "/dev/ttyThereIsNoSuchPort") as lab:
        page = open_page(lab, viewport=TABLET)
        page.get_by_role("button", name="Look for boards").wait_for()
        page.evaluate("import('/static/server.js').then((server) => server.ask('step', { step: 'participant' }))")
        page.locator(".people button").first.click()
        check_access(page)
        page.locator(".earlier a", has_text="01").click()
        card = page.locator("#files")
        expect(card).to_contain_text("ses-01")
        expect(page.get_by_role("tab", name="Files")).to_have_attribute("aria-selected", "true")
        check_access(page)
        page.get_by_role("button", name="Make the report anew").click()
        expect(card.locator("[role=status]")).to_have_text(
            "The report is made, with everything entered so far.", timeout=PATIENCE_MS
        )
        with page.expect_popup() as opened:
            page.get_by_role("link", name="Open the report").click()
        expect(opened.value.locator("h1")).to_have_text("Landing report: P07, session 01")
        opened.value.close()
        page.select_option("#review-session", "02")
        expect(card).to_contain_text("ses-02")
        watching = open_page(lab)
        watching.goto(f"{lab.url}#review/P07/01/-/0/files")
        expect(watching.get_by_role("link", name="Open the report")).to_be_visible()
        expect(watching.get_by_role("button", name="Make the report anew")).to_be_hidden()
        page.get_by_role("button", name="Back").click()
        page.locator("#participant").wait_for()
