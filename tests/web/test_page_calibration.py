"""Calibrations in a real browser, from the card of a board to a stored file and back to the card."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lab_server import lab_server
from web.driving import Shots, press, state_of, until

pytestmark = pytest.mark.slow

SPEED = 10.0
"""Of the boards: as fast as a page and three boards keep up."""


def opened(page: Page, board: str, choice: str = "") -> None:
    """The dialog of a board's card; Escape is tried at each of its pages first: nothing begins."""
    card = page.locator(".board", has_text=board).get_by_role("button", name=re.compile("Calibrate"))
    words = [choice] if choice else []
    for depth in range(len(words) + 2):
        card.click()
        for word in words[:depth]:
            press(page, re.compile(f"^{word}"))
            page.locator("#calibrated_by").wait_for()
        if depth <= len(words):
            page.keyboard.press("Escape")
            expect(page.locator("dialog")).to_have_count(0)
    assert (state_of(page)["step"], state_of(page)["job"]) == ("boards", "")


def finished(page: Page, shots: Shots, what: str) -> dict[str, Any]:
    state = until(page, lambda state: state["made"].get("kind") == what and not state["job"])
    assert state["problem"] == ""
    page.locator("#banner.over").wait_for()
    shots.take(page, f"{what}-done")
    press(page, "Back to the boards")
    return state


def test_a_plate_is_calibrated_to_the_end_and_then_the_insoles_on_it(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    shots = Shots("calibration")
    with lab_server(tmp_path, speed=SPEED) as lab:
        page = open_page(lab)
        page.locator(".board").first.wait_for()
        expect(page.locator(".board", has_text="Plates")).to_contain_text("never: newton are rough")
        opened(page, "Plates")
        page.fill("#masses", "5 10")
        page.fill("#calibrated_by", "RT")
        page.get_by_text("More", exact=True).click()
        page.uncheck("#quick")
        page.fill("#mode_hz", "fast")
        page.fill("#temperature_c", "21,5")
        shots.take(page, "plate")
        press(page, "Start")
        assert state_of(page)["job"] == "", "what is no number is said at its field"
        page.fill("#mode_hz", "130")
        press(page, "Start")
        until(page, lambda state: (state["calibration"] or {}).get("number", 0) > 2)
        page.reload()
        expect(page.locator("#banner")).to_contain_text(re.compile("Put|Now"))
        shots.take(page, "plate-guided")
        finished(page, shots, "plate")
        expect(page.locator(".board", has_text="Plates")).to_contain_text("today")
        (file,) = (tmp_path / "calibrations").glob("*.json")
        made = json.loads(file.read_text())
        assert (made["device_id"], made["operator"], made["temperature_c"]) == ("SIM-PLT", "RT", 21.5)

        opened(page, "Left insole", "On the plate, worn")
        page.fill("#heel_medial", "0")
        press(page, "Start")
        assert state_of(page)["job"] == "", "one number of a mark is none"
        page.fill("#heel_anterior", "-130")
        page.fill("#calibrated_by", "RT")
        shots.take(page, "insoles")
        press(page, "Start")
        until(
            page, lambda state: state["calibration"]["kind"] == "insoles" and state["calibration"].get("number", 0) > 2
        )
        expect(page.locator(".notes")).to_contain_text(f"is calibrated by {file.name}, good to")
        shots.take(page, "insoles-guided")
        finished(page, shots, "insoles")
        for board in ("Left insole", "Right insole"):
            expect(page.locator(".board", has_text=board)).to_contain_text("today")
        expect(page.locator("main")).to_contain_text("3 boards are ready")
        shots.take(page, "boards")
        files = list((tmp_path / "calibrations").glob("*.json"))
        assert len(files) == 3
        worn = [made for made in (json.loads(one.read_text()) for one in files) if "plate_calibration" in made]
        assert {one["plate_calibration"] for one in worn} == {file.name}
        assert {tuple(one["heel_mm"]) for one in worn} == {(0.0, -130.0)}


BLUE_ON_THE_LEFT = """(canvas) => {
  const { data, width, height } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let n = 0, x = 0, y = 0;
  for (let p = 0; p < width * height; p++) {
    if (data[4 * p] !== 0x2b || data[4 * p + 1] !== 0x82 || data[4 * p + 2] !== 0xc4) continue;
    n += 1; x += p % width; y += Math.floor(p / width);
  }
  return n > 100 && x / n < width / 2 && y / n > height / 2;
}"""


def test_the_bench_is_guided_cell_by_cell(tmp_path: Path, open_page: Callable[..., Page], watched: Any) -> None:
    watched.allowed.append("400 (Bad Request)")
    shots = Shots("bench")
    with lab_server(tmp_path, speed=SPEED) as lab:
        page = open_page(lab)
        page.locator(".board").first.wait_for()
        opened(page, "Right insole", "Cell by cell")
        page.fill("#masses", "0,1 0,2 0,5 1")
        press(page, "Start")
        expect(page.locator("#notice")).to_contain_text("5 different masses or more")
        page.locator(".board", has_text="Right insole").get_by_role("button").click()
        press(page, re.compile("^Cell by cell"))
        page.fill("#masses", "0,1 0,2 0,5 1 2")
        shots.take(page, "masses")
        press(page, "Start")
        until(page, lambda state: (state["calibration"] or {}).get("number", 0) > 11)
        expect(page.locator("#banner")).to_contain_text("on the cell rear medial")
        expect(page.locator(".cellbars .now")).to_contain_text("rear medial")
        drawn = page.locator(".where canvas")
        expect(drawn).to_have_attribute("aria-label", re.compile("right insole.*rear medial"))
        assert drawn.evaluate(BLUE_ON_THE_LEFT), "medial of a right insole is on the left, and the heel below"
        shots.take(page, "guided")
        page.keyboard.press("q")
        page.keyboard.press("y")
        until(page, lambda state: state["step"] == "boards" and not state["job"])
    assert not list((tmp_path / "calibrations").rglob("*.xdf"))
