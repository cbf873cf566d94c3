"""What a real browser draws of known samples: every peak, every time, in the right place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from landing_lab.app.web.live.feed import LiveFeed
from landing_lab.app.web.live.strip import BIN_S
from landing_lab.model.blocks import FloatArray
from landing_lab.sim.devices import insole_info, plate_info
from live_play import hear, plate_frames, plate_of, scans, watch_of
from page_of_feed import page_of_feed

PLATE = plate_info()
CALIBRATED = {PLATE.device_id: plate_of(PLATE)}

pytestmark = pytest.mark.slow

DRAWN = """() => {
  const { first, per, count, low, high } = window.landingLab.drawn;
  const texts = (series) => series.map((one) => [...one].map(String)); // NaN does not travel
  return { first, per, count, low: texts(low), high: texts(high) };
}"""  # fmt: skip


def numbers(series: list[str]) -> FloatArray:
    return np.array([float(one.replace("NaN", "nan")) for one in series])


def settled(page: Page, newest: int) -> None:
    """Wait until the page has drawn up to a bin."""
    for _ in range(200):
        if page.evaluate("window.landingLab.live.newest") >= newest:
            page.wait_for_timeout(80)
            if page.evaluate("(window.landingLab.drawn?.high ?? []).some((one) => [...one].some(Number.isFinite))"):
                return
        page.wait_for_timeout(25)
    raise AssertionError("the page never heard of the newest bin")


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 800}, {"width": 1024, "height": 768}])
def test_every_single_sample_peak_is_on_the_canvas_at_its_time(
    tmp_path: Path, open_page: Callable[..., Page], viewport: dict[str, int]
) -> None:
    watch, feed = watch_of([PLATE], CALIBRATED), LiveFeed()
    rng = np.random.default_rng(8)
    ticks = np.sort(rng.choice(4_900_000, 3000, replace=False)) + 200_000
    channel, force = np.tile(np.arange(8), 375), rng.normal(0.0, 2.0, 3000).round(2)
    force[::61] += 900.0
    with page_of_feed(tmp_path, feed) as lab:
        lab.show(phase="verdict")  # the picture stands still
        page = open_page(lab, viewport=viewport)
        page.locator("#strip").wait_for()
        for first in range(0, 3000, 15):
            rows = slice(first, first + 15)
            frames = plate_frames(ticks[rows].tolist(), channel[rows].tolist(), force[rows].tolist())
            hear(watch, "plate", frames, 50.0 + float(ticks[rows][-1]) * 1e-6)
            feed.take(watch)
            if first % 600 == 0:
                page.wait_for_timeout(20)  # the page gets it in pieces
        settled(page, feed.strip.newest)
        drawn: dict[str, Any] = page.evaluate(DRAWN)
    newest, sums = np.full(8, np.nan), np.full((3000, 3), np.nan)
    for row, (cell, reading) in enumerate(zip(channel.tolist(), force.tolist(), strict=True)):
        newest[cell] = reading
        sums[row] = newest[:4].sum(), newest[4:].sum(), newest.sum()
    bins = np.floor((ticks * 1e-6 + 50.0) / BIN_S).astype(int)
    columns = (bins - drawn["first"]) // drawn["per"]
    for series in range(3):
        low, high = numbers(drawn["low"][series]), numbers(drawn["high"][series])
        told = np.isfinite(sums[:, 2]) & (columns >= 0)  # nothing is told before every cell was read
        for column in range(drawn["count"]):
            mine = sums[told & (columns == column), series] - feed.zero_n[series]
            if not len(mine):
                assert np.isnan(high[column])
                continue
            assert high[column] == pytest.approx(mine.max(), abs=0.01)
            assert low[column] == pytest.approx(mine.min(), abs=0.01)
    assert sums[np.isfinite(sums[:, 2]), 2].max() > 800.0


def test_soles_are_drawn_where_the_layout_has_them_and_said_in_words(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    left, right = insole_info(0), insole_info(1)
    watch, feed = watch_of([left, right, PLATE], CALIBRATED), LiveFeed()
    counts = np.zeros((400, 8))
    layout_cell = 0
    counts[:, layout_cell] = 700.0
    for name in ("insole_left", "insole_right"):
        hear(watch, name, scans((np.arange(400) * 1000).tolist(), counts), 9.0)
    feed.take(watch)
    with page_of_feed(tmp_path, feed) as lab:
        page = open_page(lab)
        page.locator("#strip").wait_for()
        page.wait_for_timeout(2600)
        places = [coloured(page, side) for side in ("left", "right")]
        (cell_x, cell_y) = page.evaluate("window.landingLab.instrument.soles[0].cells_mm[0]")
        said = page.locator("#sole-left").get_attribute("aria-label") or ""
        source = page.locator(".legend").inner_text()
        size = page.evaluate(
            "[window.landingLab.instrument.soles[0].width_mm, window.landingLab.instrument.soles[0].length_mm]"
        )
    for (x, y), inwards in zip(places, (1, -1), strict=True):
        assert x == pytest.approx(0.5 + inwards * cell_x / (size[0] + 14), abs=0.05)
        assert y == pytest.approx(0.5 + (size[1] / 2 - cell_y) / (size[1] + 14), abs=0.05)
    assert "on the ground, highest 100 %" in said
    assert "plate" in source


def coloured(page: Page, side: str) -> tuple[float, float]:
    """Middle of the reddest part of a sole, as shares of the drawing's own scale."""
    found: list[float] = page.evaluate(
        """(side) => {
        const canvas = document.getElementById(`sole-${side}`), pen = canvas.getContext("2d");
        const { data, width, height } = pen.getImageData(0, 0, canvas.width, canvas.height);
        let n = 0, x = 0, y = 0;
        for (let p = 0; p < data.length; p += 4) {
          const [red, green, blue] = data.slice(p, p + 3);
          if (red > 200 || red < 90 || green > 60 || blue > 80) continue;
          n++;
          x += (p / 4) % width;
          y += Math.floor(p / 4 / width);
        }
        const sole = window.landingLab.instrument.soles.find((one) => one.side === side);
        const [across, along] = [sole.width_mm + 14, sole.length_mm + 14];
        const zoom = Math.min(width / across, height / along);
        return [0.5 + (x / n - width / 2) / zoom / across, 0.5 + (y / n - height / 2) / zoom / along, n];
        }""",
        side,
    )  # fmt: skip
    assert found[2] > 20
    return found[0], found[1]


def test_a_page_that_comes_late_has_all_and_a_screen_of_another_kind_is_sharp(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    watch, feed = watch_of([PLATE], CALIBRATED), LiveFeed()
    for number in range(300):
        ticks = [number * 12_500 + 1500 * cell for cell in range(8)]
        force = [700.0 if number == 150 else 0.0] * 8
        hear(watch, "plate", plate_frames(ticks, list(range(8)), force), 5.0 + ticks[-1] * 1e-6)
    feed.take(watch)
    with page_of_feed(tmp_path, feed) as lab:
        lab.show(phase="verdict")
        page = open_page(lab, device_scale_factor=2, reduced_motion="reduce")
        page.locator("#strip").wait_for()
        settled(page, feed.strip.newest)
        high = numbers(page.evaluate(DRAWN)["high"][2])
        assert np.nanmax(high) == pytest.approx(5600.0)
        wide = page.evaluate("[document.getElementById('strip').width, document.getElementById('strip').clientWidth]")
        assert wide[0] == 2 * wide[1]
        page.set_viewport_size({"width": 1024, "height": 768})
        page.wait_for_timeout(700)
        wide = page.evaluate("[document.getElementById('strip').width, document.getElementById('strip').clientWidth]")
        assert wide[0] == 2 * wide[1]
