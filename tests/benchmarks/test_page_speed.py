"""How fast the lab page is at real time: updates, sample to draw, the server's part, the first numbers of a trial.

Figures are printed (pytest -s) with the load of the machine; what is asserted holds on a machine that does other
things too, and only where it was free enough to run the boards themselves at their rate.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from chromium import chromium
from lab_server import LabServer, drop_jump_boards, lab_server
from landing_lab.app.boards.scenes import _kept_alive, make_scene
from landing_lab_drivers.emulator import serve

pytestmark = pytest.mark.long

WINDOW_S = 8.0
TICKS = os.sysconf("SC_CLK_TCK")

WATCH = """() => {
  const page = window.landingLab, rows = (window.rows = []);
  page.onDrawn = () => rows.push([performance.now() / 1000, page.live.newest_s, page.clock.now_s(), page.live.updates]);
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@contextmanager
def standing_boards() -> Iterator[list[str]]:
    """Two insoles and a plate under somebody who stands for minutes."""
    server = serve([_kept_alive(one, 240.0) for one in make_scene("standing", seed=1, clock_ppm=None).devices])
    try:
        yield [word for url in server.urls for word in ("--port", url)]
    finally:
        server.close()


def begin(browser: Browser, lab: LabServer) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(90_000)
    page.goto(lab.url)
    page.locator(".board").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("#participant").wait_for()
    page.keyboard.type("P07")
    page.keyboard.press("Enter")
    page.locator("#n_trials").wait_for()
    page.fill("#n_trials", "2")
    page.keyboard.press("Enter")
    page.locator("#strip").wait_for()
    return page


def wait(page: Page, holds: str, within_s: float = 60.0) -> None:
    """Wait until an expression of the page holds."""
    end = time.monotonic() + within_s
    while not page.evaluate(holds):
        assert time.monotonic() < end, holds
        page.wait_for_timeout(100)


def cpu_s(process: int) -> float:
    parts = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / TICKS


def server_share(lab: LabServer) -> float:
    """Of one core, over a window."""
    before, begun = cpu_s(lab.process.pid), time.monotonic()
    time.sleep(WINDOW_S)
    return (cpu_s(lab.process.pid) - before) / (time.monotonic() - begun)


def measured(page: Page, seconds: float = WINDOW_S) -> dict[str, float]:
    """Drawings with something new per second, and how old samples are when they are drawn first, ms."""
    page.evaluate(WATCH)
    page.wait_for_timeout(seconds * 1000)
    rows = np.array(page.evaluate("window.rows"), dtype=float)
    new = rows[np.flatnonzero(np.diff(rows[:, 1], prepend=-1.0) > 0)]
    ages = [  # of every millisecond's sample, when the drawing that first shows it is done
        now - sample
        for (_, before, _, _), (_, newest, now, _) in pairwise(new)
        for sample in np.arange(newest, before, -0.001).tolist()
    ]
    return {
        "updates_per_s": (len(new) - 1) / (new[-1, 0] - new[0, 0]),
        "messages_per_s": (new[-1, 3] - new[0, 3]) / (new[-1, 0] - new[0, 0]),
        "newest_p50_ms": 1000.0 * float(np.median(new[:, 2] - new[:, 1])),
        "newest_p95_ms": 1000.0 * float(np.quantile(new[:, 2] - new[:, 1], 0.95)),
        "sample_p50_ms": 1000.0 * float(np.median(ages)),
        "sample_p95_ms": 1000.0 * float(np.quantile(ages, 0.95)),
    }


def told(what: str, figures: dict[str, float]) -> None:
    shown = ", ".join(f"{name} {value:.1f}" for name, value in figures.items())
    print(f"\n{what}: {shown} (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)")


def test_updates_latency_viewers_and_the_servers_part(tmp_path: Path, browser: Browser) -> None:
    with standing_boards() as ports, lab_server(tmp_path, *ports) as lab:
        page = begin(browser, lab)
        wait(page, "(window.landingLab.state.session?.elapsed_s ?? 0) > 4")
        one = measured(page)
        told("one page", one)
        shares = {"one": server_share(lab)}
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 6})
        slow = measured(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        told("6x throttled", slow)
        more = [browser.new_page(viewport={"width": 1280, "height": 800}) for _ in range(3)]
        for other in more:
            other.goto(lab.url)
            other.locator("#strip").wait_for()
            other.evaluate(WATCH)
        four = measured(page)
        told("one of four pages", four)
        others = []
        for other in more:
            rows = np.array(other.evaluate("window.rows"), dtype=float)
            new = rows[np.flatnonzero(np.diff(rows[:, 1], prepend=-1.0) > 0)]
            others.append((len(new) - 1) / (new[-1, 0] - new[0, 0]))
        shares["four"] = server_share(lab)
        for other in (*more, page):
            other.close()
        shares["none"] = server_share(lab)
        told("server, per cent of a core by pages", {name: 100 * share for name, share in shares.items()})
        told("the other three pages, updates/s", {str(k): rate for k, rate in enumerate(others)})
    assert 100 * (shares["one"] - shares["none"]) < 10.0
    assert one["sample_p95_ms"] < 200.0
    assert one["updates_per_s"] > 15.0


def test_the_first_numbers_are_there_soon_after_the_landing(tmp_path: Path, browser: Browser) -> None:
    with drop_jump_boards(speed=1.0) as ports, lab_server(tmp_path, *ports) as lab:
        page = begin(browser, lab)
        page.evaluate(
            """() => { window.seen = {}; const look = () => {
            if (document.querySelector("#banner.landed")) window.seen.landed ??= performance.now();
            const card = window.seen.landed && document.querySelector("#card:not(.old) .tile");
            if (card) window.seen.card ??= performance.now();
            requestAnimationFrame(look); }; look(); }"""
        )  # fmt: skip
        took = []
        for _ in range(2):
            page.evaluate("window.seen = {}")
            wait(page, "window.seen.card")
            seen: dict[str, Any] = page.evaluate("window.seen")
            took.append(seen["card"] - seen["landed"])
            wait(page, "window.landingLab.state.session.phase === 'verdict'")
            page.keyboard.press("a")
            page.wait_for_timeout(500)
        told("landed on the screen to the card on the screen, ms", {str(k): one for k, one in enumerate(took)})
        page.close()
    assert min(took) < 2000.0
