"""An hour of three boards, accelerated: neither the server's live feed nor the page grows."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page

from landing_lab.app.web.live.feed import LiveFeed
from landing_lab.app.web.live.message import live_message
from landing_lab.model.device import Arrival
from landing_lab.sim.devices import insole_info, plate_info
from live_play import plate_frames, plate_of, scans, watch_of
from page_of_feed import page_of_feed

pytestmark = pytest.mark.long

PLATE = plate_info()
BOARDS = (insole_info(0), insole_info(1), PLATE)
TRIAL_S, TURN_S = 60, 0.1
GROWN_BYTES = 300_000

HOUR = """(minutes) => {
  const { live } = window.landingLab, cells = 8, points = 100, bins = 8;
  const size = 44 + 2 * 3 * bins * 4 + 2 * (8 + 4 * cells + 4 * points), view = new DataView(new ArrayBuffer(size));
  view.setUint8(0, 1); view.setUint8(1, 3); view.setUint8(2, 2); view.setUint8(3, 1); view.setUint32(4, bins, true);
  view.setUint32(24, 77, true);
  for (let foot = 0; foot < 2; foot++) {
    const at = 44 + 24 * bins + foot * (8 + 4 * cells + 4 * points);
    view.setUint8(at, foot); view.setUint8(at + 1, cells); view.setUint8(at + 2, 1); view.setUint8(at + 3, points);
  }
  window.bin ??= 100000;
  for (let k = 0; k < minutes * 3600; k++) {
    window.bin += 3.33;
    view.setFloat64(8, window.bin * 0.005, true);
    view.setFloat64(16, Math.floor(window.bin), true);
    for (let b = 0; b < 6 * bins; b++) view.setFloat32(44 + 4 * b, (k * 7 + b) % 900, true);
    live.take(view);
    if (k % 60 === 0) window.landingLab.mounted.frame(k * 16.7);
  }
  return live.updates;
}"""


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_an_hour_of_samples_leaves_nothing_behind_in_the_server() -> None:
    feed, known, held, messages = LiveFeed(), 0, [], 0
    rng = np.random.default_rng(2)
    n = round(TURN_S * 1000)
    counts = rng.integers(0, 700, (n, 8)).astype(np.float64)
    readings = rng.normal(100.0, 5.0, 64).tolist()
    for trial in range(60):
        watch = watch_of(BOARDS, {PLATE.device_id: plate_of(PLATE)})
        for turn in range(round(TRIAL_S / TURN_S)):
            begun_us = round(turn * TURN_S * 1e6)
            arrived_s = 10.0 + trial * TRIAL_S + begun_us * 1e-6 + TURN_S
            ticks = (begun_us + np.arange(n) * 1000).tolist()
            for name in ("insole_left", "insole_right"):
                watch.links.on_arrival(name, Arrival(arrived_s, scans(ticks, counts, first=turn * n)))
            plate_ticks = (begun_us + np.arange(64) * 1560).tolist()
            frames = plate_frames(plate_ticks, list(range(8)) * 8, readings)
            watch.links.on_arrival("plate", Arrival(arrived_s, frames))
            feed.take(watch)
            message, known = live_message(feed, known)
            messages += len(message)
        del watch, frames
        gc.collect()
        held.append(resident_bytes())
    print(f"\nserver: {held[9] / 1e6:.2f} MB after 10 minutes, {held[-1] / 1e6:.2f} MB after an hour")
    assert messages > 1_000_000
    assert feed.strip.newest * 0.005 > 3600.0
    assert held[-1] - held[9] < 4_000_000


@pytest.mark.filterwarnings("ignore")
def test_an_hour_of_updates_leaves_nothing_behind_in_the_page(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    watch, feed = watch_of(BOARDS, {PLATE.device_id: plate_of(PLATE)}), LiveFeed()
    watch.links.on_arrival("insole_left", Arrival(9.0, scans([0, 1000], np.full((2, 8), 500.0))))
    feed.take(watch)
    with page_of_feed(tmp_path, feed) as lab:
        lab.show(phase="verdict")
        page = open_page(lab)
        page.locator("#strip").wait_for()
        page.wait_for_timeout(1000)
        tools = page.context.new_cdp_session(page)
        used = []
        for minutes in (5, 25, 30):
            page.evaluate(HOUR, minutes)
            tools.send("HeapProfiler.collectGarbage")
            page.wait_for_timeout(200)
            used.append(tools.send("Runtime.getHeapUsage")["usedSize"])
        updates = page.evaluate("window.landingLab.live.updates")
    print(f"\npage: {used[0] / 1e6:.2f} MB after 5 minutes, {used[-1] / 1e6:.2f} MB after an hour")
    assert updates >= 60 * 3600
    assert used[-1] - used[0] < GROWN_BYTES
