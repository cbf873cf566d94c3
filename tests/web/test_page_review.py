"""The review in a real browser: what is drawn are the samples, and what a person moves is kept beside them."""

from __future__ import annotations

import json
import math
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from lab_server import drop_jump_boards, lab_server
from reviewed_dataset import make_reviewed

TABLET = {"width": 1024, "height": 768}
NO_BOARDS = ("--port", "/dev/ttyThereIsNoSuchPort")
DRAWN = """() => {
  const { chart } = window.landingLab.review, { start, end } = chart.figure.x_range, drawn = chart.drawn();
  const within = (t, y) => Array.from(y).filter((_, k) => t[k] >= start && t[k] <= end && !Number.isNaN(y[k]));
  return chart.curves.map((one) => {
    const all = within(one.t, one.y), own = within(drawn[one.name].t, drawn[one.name].y), samples = new Map();
    one.t.forEach((time, k) => samples.set(time, one.y[k]));
    return { name: one.name, n_all: all.length, n_drawn: own.length,
      top: [Math.max(...all), Math.max(...own)], bottom: [Math.min(...all), Math.min(...own)],
      are_samples: drawn[one.name].t.every((time, k) => Object.is(samples.get(time), drawn[one.name].y[k])) };
  });
}"""

HIGHEST = """() => {
  const { chart } = window.landingLab.review, { frame } = [...chart.shown.roots][0];
  const total = chart.curves.find((one) => one.name === "total");
  const k = total.y.reduce((best, force, at) => (force > (total.y[best] ?? -Infinity) ? at : best), -1);
  return [frame.x_scale.compute(total.t[k]), frame.y_scale.compute(total.y[k]), total.y[k]];
}"""
"""Where the highest sample is drawn, in pixels of the chart, and its force."""

pytestmark = pytest.mark.slow
expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_reviewed(tmp_path_factory.mktemp("reviewed"))


@pytest.fixture
def study(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "study"))


def until(holds: Callable[[], object], page: Page, *, within_s: float = 60.0) -> None:
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        page.wait_for_timeout(50)


def charted(page: Page) -> None:
    """Wait until a chart is drawn and fitted to its width."""
    expect(page.locator(".chart-bar button").first).to_be_visible()
    page.wait_for_timeout(300)


def check_access(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert not [one["id"] for one in found if one["impact"] in ("serious", "critical")], found
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def shown_range(page: Page) -> list[float]:
    found: list[float] = page.evaluate(
        "[landingLab.review.chart.figure.x_range.start, landingLab.review.chart.figure.x_range.end]"
    )
    return found


def test_what_is_drawn_are_the_samples_at_every_zoom(study: Path, open_page: Callable[..., Page]) -> None:
    with lab_server(study, *NO_BOARDS) as lab:
        page = open_page(lab)
        page.get_by_role("link", name="Review").click()
        page.locator("#review-session").select_option("01")
        charted(page)
        expect(page.locator(".trials button[aria-pressed=true]")).to_contain_text("run 01")
        check_access(page)
        n_drawn = []
        for press in ("Whole recording", "Trial", "Contact", "Zoom out", "Later", "Zoom in"):
            page.get_by_role("button", name=press, exact=True).click()
            page.wait_for_timeout(150)
            for curve in page.evaluate(DRAWN):
                assert curve["are_samples"], (press, curve)
                assert curve["top"][0] == curve["top"][1], (press, curve)
                assert curve["bottom"][0] == curve["bottom"][1], (press, curve)
                assert 0 < curve["n_drawn"] <= curve["n_all"]
            n_drawn.append((curve["n_drawn"], curve["n_all"]))
        assert n_drawn[0][0] < n_drawn[0][1], "a whole recording is more than a chart can show"
        assert n_drawn[2][0] == n_drawn[2][1], "a contact is shown whole"
        # keys of the chart itself
        page.locator(".chart").focus()
        page.keyboard.press("Home")
        home = shown_range(page)
        page.keyboard.press("ArrowRight")
        page.keyboard.press("+")
        moved = shown_range(page)
        assert moved[0] > home[0]
        assert moved[1] - moved[0] < home[1] - home[0]
        page.keyboard.press("Home")
        assert shown_range(page) == home
        sizes = page.evaluate(
            "[landingLab.review.chart.figure].flatMap((one) => [...one.left, ...one.below]).flatMap((axis) => "
            "[axis.axis_label_text_font_size, axis.major_label_text_font_size]).filter(Boolean)"
        )
        assert len(sizes) == 4
        assert all(int(size.removesuffix("px")) >= 14 for size in sizes)


def test_a_point_under_the_pointer_tells_its_value(study: Path, open_page: Callable[..., Page]) -> None:
    with lab_server(study, *NO_BOARDS) as lab:
        page = open_page(lab)
        page.goto(f"{lab.url}#review/P07/01/drop_jump/1")
        charted(page)
        box = page.locator(".plot").bounding_box()
        assert box is not None
        x, y, force_n = page.evaluate(HIGHEST)
        tip = page.locator(".bk-tooltip-content")
        for across in (2, 1, 0):
            page.mouse.move(box["x"] + x + across, box["y"] + y + 1)
            page.wait_for_timeout(100)
        expect(tip).to_be_visible()
        told = re.search(r"total.*?(\d+\.\d{4}) s.*?(\d+\.\d) N", tip.inner_text(), re.DOTALL)
        assert told is not None, tip.inner_text()
        assert float(told[2]) == pytest.approx(force_n, rel=0.01)
        tip = tip.locator("strong")
        assert float(tip.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)")) >= 14.0


def test_every_way_to_look_at_trials(study: Path, open_page: Callable[..., Page]) -> None:
    with lab_server(study, *NO_BOARDS) as lab:
        page = open_page(lab, viewport=TABLET)
        page.goto(f"{lab.url}#review/P07/02")
        charted(page)
        page.get_by_role("tab", name="Compare").click()
        page.select_option("#by", "condition")
        expect(page.locator(".switches li")).to_contain_text(["flat", "heel lift"])
        charted(page)
        check_access(page)
        expect(page.locator(".means thead")).to_contain_text("heel lift minus flat")
        page.get_by_label("flat").uncheck()
        page.select_option("#by", "session")
        expect(page.locator(".switches li")).to_contain_text(
            ["session 01", "session 02, flat", "session 02, heel lift"]
        )
        page.select_option("#by", "feet")
        expect(page.locator(".switches li")).to_contain_text(["left foot", "right foot"])
        expect(page.locator("#side")).to_be_disabled()
        expect(page.locator(".compared thead").first).to_contain_text("left minus right, within a trial")
        check_access(page)
        page.get_by_role("tab", name="Contrast").click()
        expect(page.locator(".review-body")).to_contain_text("a group needs at least 3")
        expect(page.locator(".contrast-picture img")).to_be_visible()
        check_access(page)
        page.get_by_role("button", name="Conditions of P07 alone").click()
        expect(page.locator(".contrast thead")).to_contain_text("Least real difference")
        page.select_option("#contrast-what", "sessions")
        expect(page.locator(".contrast thead")).to_contain_text("Least detectable change")
        check_access(page)
        page.get_by_role("tab", name="Threshold").click()
        page.select_option("#metric", "flight_time_s")
        expect(page.locator(".review-body")).to_contain_text("Spread over the rules in use")
        charted(page)
        check_access(page)
        page.get_by_role("tab", name="Signal").click()
        expect(page.locator(".review-body")).to_contain_text("lost frames")
        charted(page)
        check_access(page)
        page.get_by_role("tab", name="Pressure").click()
        expect(page.locator(".pictures figure")).to_have_count(4)
        check_access(page)
        # the tabs by their keys, the address on reload, and the way back
        page.locator("#tab-pressure").focus()
        page.keyboard.press("ArrowLeft")
        expect(page.locator("#tab-signal")).to_have_attribute("aria-selected", "true")
        page.reload()
        expect(page.locator("#tab-signal")).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Escape")
        expect(page.locator(".tabs")).to_have_count(0)
        expect(page.locator("h2").first).to_be_attached()


def test_raw_channels_and_every_jump_of_a_file(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    make_reviewed(tmp_path, contrast=False, jumps=2)
    with lab_server(tmp_path, *NO_BOARDS) as lab:
        page = open_page(lab)
        page.goto(f"{lab.url}#review/P07/01/drop_jump/1/signal")
        charted(page)
        for curve in page.evaluate(DRAWN):
            assert curve["are_samples"], curve
            assert curve["top"][0] == curve["top"][1], curve
        expect(page.locator(".raw")).to_contain_text("frames were lost on the way")
        expect(page.locator(".raw .switches li")).to_contain_text(["heel", "missing"])
        page.get_by_text("Each channel in numbers").click()
        expect(page.locator(".raw tbody tr")).to_have_count(8)
        check_access(page)
        page.get_by_label("heel", exact=True).uncheck()
        until(lambda: page.evaluate("landingLab.review.chart.drawn()['channel-0'].t.length") == 0, page)
        page.select_option("#raw-device", "plate")
        expect(page.locator("#raw-centred")).to_be_checked()
        expect(page.locator(".raw")).to_contain_text("cell 8, right")
        charted(page)
        check_access(page)
        page.locator("#raw-centred").uncheck()
        expect(page.locator("#raw-centred")).not_to_be_checked()
        page.get_by_role("tab", name="Trial").click()
        charted(page)
        first = page.locator(".numbers").inner_text()
        page.get_by_role("button", name="trial 2").click()
        expect(page.locator(".jumps button[aria-pressed=true]")).to_have_text("trial 2")
        charted(page)
        assert shown_range(page)[0] > 10.0, "the second jump is shown"
        assert page.locator(".numbers").inner_text() != first
        check_access(page)
        page.reload()
        expect(page.locator(".jumps button[aria-pressed=true]")).to_have_text("trial 2")


def test_what_is_not_there_is_told(study: Path, open_page: Callable[..., Page], watched: Any) -> None:
    (study / "sub-P07/ses-02/raw/sub-P07_ses-02_task-dropJump_run-01.xdf").unlink()
    watched.allowed.append("400 (Bad Request)")
    with lab_server(study, *NO_BOARDS) as lab:
        page = open_page(lab)
        page.goto(f"{lab.url}#review/P07/02/drop_jump/1")
        expect(page.locator(".of-file")).to_contain_text("The raw file is not there. You see what the session stored")
        charted(page)
        check_access(page)
        page.get_by_role("tab", name="Threshold").click()
        expect(page.locator(".review-body")).to_contain_text("can only be tried on the raw file")
        page.get_by_role("tab", name="Signal").click()
        expect(page.locator(".raw")).to_contain_text("its channels cannot be shown in counts")
        check_access(page)
        (study / "sub-P07/ses-02/trials/sub-P07_ses-02_task-dropJump_run-01.json").unlink()
        page.goto(f"{lab.url}#review/P07/02/drop_jump/2/trial")
        charted(page)
        page.goto(f"{lab.url}#review/P07/02/drop_jump/1/trial")
        expect(page.locator(".review-body")).to_contain_text("The raw file of this trial is not there")
        page.goto(f"{lab.url}#review/P07/99")
        expect(page.locator(".review-body")).to_contain_text("There is no such session in this dataset")
        page.goto(f"{lab.url}#review/..%2F..%2Fetc")
        expect(page.locator(".review-body")).to_contain_text("is not in this dataset")
        page.goto(f"{lab.url}#review/P07/01/drop_jump/1/trial")
        charted(page)


def test_an_event_is_moved_by_hand_and_taken_back(study: Path, open_page: Callable[..., Page]) -> None:
    session = study / "sub-P07/ses-01"
    before = {path: path.read_bytes() for path in session.rglob("*") if path.is_file()}
    with lab_server(study, *NO_BOARDS) as lab:
        page = open_page(lab, viewport=TABLET)
        page.goto(f"{lab.url}#review/P07/01/drop_jump/1")
        charted(page)
        numbers = page.locator(".numbers").inner_text()
        page.get_by_role("button", name="Move an event").click()
        page.select_option("#moved-event", "take_off")
        check_access(page)
        start = float(page.locator("#moved-time").input_value())
        page.get_by_role("button", name="+1 ms", exact=True).click()
        assert float(page.locator("#moved-time").input_value()) == pytest.approx(start + 0.001, abs=1e-6)
        pointer = "landingLab.review.chart.document.get_model_by_name('pointer')"
        until(lambda: page.evaluate(f"{pointer}.visible"), page)
        assert page.evaluate(f"{pointer}.location") == pytest.approx(start + 0.001, abs=1e-6)
        box = page.locator(".plot").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"])
        until(lambda: not math.isclose(float(page.locator("#moved-time").input_value()), start + 0.001), page)
        page.fill("#moved-time", f"{start + 0.002:.4f}")
        page.fill("#moved-by", "AB")
        page.fill("#moved-why", "<b>rang</b> before")
        page.keyboard.press("Enter")
        held = page.locator(".held")
        expect(held).to_contain_text("Take-off was moved by AB from")
        expect(held).to_contain_text("<b>rang</b> before; the numbers use the automatic one")
        expect(page.locator(".would-be")).to_contain_text("Contact time between the events as moved")
        expect(page.locator(".trials button").first).to_contain_text("moved")
        charted(page)
        assert page.locator(".numbers").inner_text() == numbers
        document = json.loads((session / "annotations.json").read_text())
        (entry,) = document["annotations"]
        assert (entry["event"], entry["by"], entry["moved_s"]) == ("take_off", "AB", round(start + 0.002, 4))
        watcher = open_page(lab)
        watcher.goto(f"{lab.url}#review/P07/01/drop_jump/1")
        charted(watcher)
        expect(watcher.locator(".held")).to_contain_text("moved by AB")
        expect(watcher.get_by_role("button", name="Take back")).to_have_count(0)
        expect(watcher.get_by_role("button", name="Move an event")).to_have_count(0)
        page.get_by_role("button", name="Take back").click()
        check_access(page)
        page.fill("#back-by", "CD")
        page.fill("#back-why", "no better")
        page.get_by_role("button", name="Take it back").click()
        expect(page.locator(".held")).to_have_count(0)
        page.get_by_text("Taken back: 1").click()
        expect(page.locator(".moved details")).to_contain_text("Taken back by CD")
    assert {path: path.read_bytes() for path in before} == before


def test_the_result_of_a_trial_is_looked_at_before_the_verdict(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    with drop_jump_boards() as ports, lab_server(tmp_path, *ports) as lab:
        page = open_page(lab)
        page.get_by_role("button", name="Use these boards").click()
        page.fill("#participant", "P07")
        page.keyboard.press("Enter")
        page.fill("#n_trials", "1")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Look closer").click()
        expect(page.locator(".running")).to_contain_text("A session is running")
        expect(page.locator(".trials button")).to_contain_text("no verdict")
        charted(page)
        shown = page.evaluate("landingLab.review.chart.curves.map((one) => one.name)")
        assert sorted(shown) == ["left", "right", "total"]
        page.keyboard.press("a")
        page.wait_for_timeout(200)
        assert page.evaluate("landingLab.state.session.phase") == "verdict", "nothing is judged from here"
        page.get_by_role("button", name="Back to it").click()
        page.get_by_role("button", name="Accept").click()
        page.get_by_role("button", name="Look closer").click()
        charted(page)
        expect(page.locator(".trials button")).to_contain_text("accepted")
