"""A lab person at the page, for tests: wait for what it shows, look at it, press what one would press."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from command_line import run_here
from patience import PATIENCE_S

SHOTS = Path(__file__).parents[2] / "build" / "page"
"""Screenshots of every step, for people to look at."""

REPORT_S = 300.0
LAPTOP, TABLET = {"width": 1280, "height": 800}, {"width": 1024, "height": 768}

State = dict[str, Any]


def state_of(page: Page) -> State:
    found: State | None = page.evaluate("window.landingLab?.state")
    return found or {}


def until(page: Page, holds: Callable[[State], object], *, within_s: float = PATIENCE_S) -> State:
    """The state of the page once something holds; its own policy forbids to wait inside it."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        state = state_of(page)
        if state and holds(state):
            return state
        page.wait_for_timeout(40)
    raise AssertionError({name: state_of(page).get(name) for name in ("step", "job", "problem", "session")})


def session_of(state: State) -> State:
    return state.get("session") or {}


def verdict_on(number: int) -> Callable[[State], bool]:
    """Whether a trial waits for its verdict."""
    return lambda state: (session_of(state).get("phase"), session_of(state).get("number")) == ("verdict", number)


def under_way(number: int) -> Callable[[State], bool]:
    """Whether a trial has begun and is not over; boards at six times their speed are armed for a moment only."""
    return lambda state: (
        (session_of(state).get("phase"), session_of(state).get("number")) == ("recording", number)
        and session_of(state).get("stage") != "boards"
    )


def summarised(page: Page) -> State:
    """The state once the report is written, which a process of low priority does: it waits for all others here."""
    return until(page, at("summary"), within_s=REPORT_S)


def at(step: str) -> Callable[[State], bool]:
    return lambda state: state["step"] == step and not state["job"]


@dataclass(slots=True)
class Shots:
    """Pictures of one walk through the page, in order, and what is wrong with each page for those who cannot see it."""

    name: str
    count: int = 0

    def take(self, page: Page, what: str, *, whole: bool = False) -> None:
        """Picture at the size of a laptop and of a tablet, and axe; nothing may stick out sideways."""
        self.count += 1
        before = page.viewport_size
        assert before is not None
        for size in (LAPTOP, TABLET):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.wait_for_timeout(60)
            self._shoot(page, f"{what}-{size['width']}", whole=whole)
            assert nothing_sticks_out(page), what
        check_access(page)
        page.set_viewport_size(before)

    def glance(self, page: Page, what: str) -> None:
        """Picture of what is gone in a moment."""
        self.count += 1
        assert page.viewport_size is not None
        self._shoot(page, f"{what}-{page.viewport_size['width']}", whole=False)

    def _shoot(self, page: Page, what: str, *, whole: bool) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{self.name}-{self.count:02d}-{what}.png", full_page=whole)


def nothing_sticks_out(page: Page) -> bool:
    """Whether nobody has to scroll sideways."""
    found: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return found


def check_access(page: Page) -> None:
    """No serious finding of axe-core, and nothing to scroll sideways."""
    assert nothing_sticks_out(page)
    found = Axe().run(page).response["violations"]
    serious = [
        (one["id"], one["help"], [node["html"][:200] for node in one["nodes"]])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert not serious, serious


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name).click()


def begin(page: Page, shots: Shots | None = None, *, trials: int, participant: str = "P07") -> None:
    """From the boards to the first trial, with the mouse."""
    page.locator(".board").first.wait_for()
    look(page, shots, "boards")
    press(page, "Use these boards")
    page.fill("#participant", participant)
    look(page, shots, "athlete")
    press(page, "Next: protocol")
    page.locator("#n_trials").wait_for()
    page.fill("#n_trials", str(trials))
    page.fill("#operator", "RT")
    look(page, shots, "protocol")
    press(page, "Start the session")


def look(page: Page, shots: Shots | None, what: str) -> None:
    if shots is not None:
        shots.take(page, what)


def accept(page: Page, number: int) -> State:
    """Accept a trial once it has its final numbers, also where something speaks against it; the state before."""
    state = until(page, verdict_on(number))
    press(page, re.compile("^Accept"))
    until(page, lambda now: not verdict_on(number)(now) or session_of(now).get("confirming"))
    if session_of(state_of(page)).get("confirming"):
        page.wait_for_timeout(800)  # a second press within 0.7 s is taken for a double click
        press(page, "Accept all the same")
        until(page, lambda now: not verdict_on(number)(now))
    return state


def trials_of(dataset: Path, participant: str = "P07", session: str = "01") -> list[State]:
    found: list[State] = json.loads((dataset / f"sub-{participant}/ses-{session}/session.json").read_text())["trials"]
    return found


def written(raw: Path) -> dict[tuple[str, str], State]:
    """What `landing-lab analyse` says of a raw file: (metric, side) -> row."""
    done = run_here("analyse", raw, "--format", "json", "--box-height-m", "0.3")
    (trial,) = json.loads(done.stdout)["trials"]
    return {(row["name"], row["side"]): row for row in trial["metrics"]}


def assert_same(card: State, raw: Path) -> None:
    """What the page showed of a trial is what anybody gets from its file, to the last digit."""
    rows = written(raw)
    assert len(card["metrics"]) > 4
    for row in card["metrics"]:
        assert row == rows[row["name"], row["side"]]
