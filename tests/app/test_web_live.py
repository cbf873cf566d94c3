"""What the page draws while it happens: every peak of the samples, at its time, above the right zero."""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing_lab.app.record.events import Event
from landing_lab.app.web.live.feed import LiveFeed
from landing_lab.app.web.live.message import instrument, live_message
from landing_lab.app.web.live.sources import sources_of
from landing_lab.app.web.live.strip import BIN_S, KEPT_BINS, Strip
from landing_lab.app.web.recording import PageFront
from landing_lab.app.web.serve import _listening
from landing_lab.model.blocks import FloatArray
from landing_lab.sim.devices import insole_info, plate_info
from live_play import hear, plate_frames, plate_of, scans, watch_of

PLATE = plate_info()
CALIBRATED = {PLATE.device_id: plate_of(PLATE)}


@dataclass
class Twin:
    """A page as the definition of the message reads: newest bin, and lowest and highest of each bin."""

    newest: int = -1
    zero: tuple[float, ...] = ()
    bins: dict[tuple[int, int], tuple[float, float]] = field(default_factory=dict)

    def take(self, message: bytes) -> None:
        kind, n_series, _, _, count, _, first, _, _ = struct.unpack_from("<BBBBIddII", message)
        assert kind == 1
        self.zero = struct.unpack_from(f"<{n_series}f", message, 32)
        low, high = np.frombuffer(message, "<f4", 2 * n_series * count, 32 + 4 * n_series).reshape(2, n_series, count)
        for k in range(count):
            for series in range(n_series):
                self.bins.pop((series, int(first) + k), None)
                if np.isfinite(high[series, k]):
                    self.bins[series, int(first) + k] = (float(low[series, k]), float(high[series, k]))
        if count:
            self.newest = max(self.newest, int(first) + count - 1)

    def shown(self, series: int) -> dict[int, tuple[float, float]]:
        """Bins of the last ten seconds."""
        return {b: found for (s, b), found in self.bins.items() if s == series and b > self.newest - KEPT_BINS}


def naive(times_s: FloatArray, force_n: FloatArray) -> dict[int, tuple[float, float]]:
    """Lowest and highest of each bin that has a sample, as the definition reads."""
    bins: dict[int, list[float]] = {}
    for time_s, force in zip(times_s.tolist(), force_n.tolist(), strict=True):
        if not np.isnan(force):
            bins.setdefault(int(np.floor(time_s / BIN_S)), []).append(float(np.float32(force)))
    return {one: (min(found), max(found)) for one, found in bins.items()}


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 14_000), st.integers(1, 40), st.integers(0, 2**32 - 1),
                          st.booleans()), min_size=1, max_size=25))  # fmt: skip
def test_a_page_that_looks_now_and_then_has_what_a_naive_strip_has(
    added: list[tuple[int, int, int, int, bool]],
) -> None:
    strip, page, known = Strip(3), Twin(), 0
    samples: dict[int, list[tuple[FloatArray, FloatArray]]] = {0: [], 1: [], 2: []}
    newest = -1
    for series, start_ms, n, seed, look in added:
        rng = np.random.default_rng(seed)
        times_s = (start_ms + np.arange(n)) * 1e-3 + 5e-4
        force = np.where(rng.random(n) < 0.2, np.nan, rng.normal(0.0, 1000.0, n))
        within = np.floor(times_s / BIN_S) > newest - KEPT_BINS  # what is older is forgotten
        told = np.isfinite(force)
        if told.any():
            newest = max(newest, int(np.floor(times_s[told].max() / BIN_S)))
        strip.add([series], times_s, force[:, None])
        samples[series].append((times_s[within], force[within]))
        if look:
            known = see(strip, page, known)
    see(strip, page, known)
    for series, parts in samples.items():
        expected = naive(*(np.concatenate(column) for column in zip(*parts, strict=True))) if parts else {}
        assert page.shown(series) == {b: found for b, found in expected.items() if b > newest - KEPT_BINS}


def see(strip: Strip, page: Twin, known: int) -> int:
    """A page takes in what changed."""
    feed = LiveFeed(strip=strip)
    message, revision = live_message(feed, known)
    page.take(message)
    return revision


def test_every_peak_of_single_readings_is_drawn_and_slow_pages_lose_none() -> None:
    watch, feed = watch_of([PLATE], CALIBRATED), LiveFeed()
    rng = np.random.default_rng(4)
    ticks = np.sort(rng.choice(8_000_000, 5000, replace=False))
    channel = np.tile(np.arange(8), 625)
    force = rng.normal(0.0, 3.0, 5000).round(2)
    force[::97] += 800.0  # peaks of a single reading
    quick, slow, known = Twin(), Twin(), 0
    for first in range(0, 5000, 7):
        rows = slice(first, first + 7)
        hear(watch, "plate", plate_frames(ticks[rows].tolist(), channel[rows].tolist(), force[rows].tolist()),
             500.0 + float(ticks[rows][-1]) * 1e-6)  # fmt: skip
        feed.take(watch)
        message, known = live_message(feed, known)
        quick.take(message)
    slow.take(live_message(feed, 0)[0])
    newest, sums = np.full(8, np.nan), np.full((5000, 3), np.nan)
    for row, (cell, reading) in enumerate(zip(channel.tolist(), force.tolist(), strict=True)):
        newest[cell] = reading
        sums[row] = newest[:4].sum(), newest[4:].sum(), newest.sum()
    for series in range(3):
        whole = sums[7:, series]
        expected = naive(ticks[7:] * 1e-6 + 500.0, whole)
        for page in (quick, slow):
            shown = page.shown(series)
            assert shown.keys() == expected.keys()
            assert np.array(list(shown.values())) == pytest.approx(np.array([expected[one] for one in shown]), abs=1e-3)


def test_a_first_arrival_that_comes_late_shifts_nothing() -> None:
    watch, feed, page, known = watch_of([PLATE], CALIBRATED), LiveFeed(), Twin(), 0
    at = 0
    for number in range(200):
        ticks = [at + 1250 * cell for cell in range(8)]
        at += 10_000
        late_s = 0.1 if number < 3 else 0.003
        force = [400.0 if number == 1 else 0.0] * 8
        hear(watch, "plate", plate_frames(ticks, list(range(8)), force), 70.0 + ticks[-1] * 1e-6 + late_s)
        feed.take(watch)
        message, known = live_message(feed, known)
        page.take(message)
    peak = [one for one, (_, high) in page.shown(2).items() if high > 3000.0]
    assert peak == [int((70.0 + 0.003 + 0.01875) / BIN_S)], "the peak stands where the least delayed arrivals put it"


def test_what_was_drawn_before_the_zero_was_known_is_above_it_afterwards() -> None:
    watch, feed, page, known = watch_of([PLATE]), LiveFeed(), Twin(), 0  # nobody calibrated it: its zero is not known
    per_n = 1000
    seen = []
    for number in range(400):
        loaded = number < 200
        ticks = [number * 12_500 + 1500 * cell for cell in range(8)]
        frames = plate_frames(ticks, list(range(8)), [(5_000.0 + (per_n if loaded else 0.0))] * 8)
        hear(watch, "plate", frames, 9.0 + ticks[-1] * 1e-6)
        feed.take(watch)
        message, known = live_message(feed, known)
        page.take(message)
        first = min(page.shown(2))
        seen.append(page.shown(2)[first + 40][1] - page.zero[2] if first + 40 in page.shown(2) else np.nan)
    assert seen[150] == pytest.approx(0.0, abs=1e-3), "nobody knows yet that somebody stands there"
    expected = watch.live.load.highest_n - watch.live.load.empty_total_n
    assert expected > 100.0
    assert seen[-1] == pytest.approx(expected, rel=1e-5)
    assert feed.zero_known


@pytest.mark.parametrize("cut", [1, 5])
def test_a_board_that_restarts_goes_on_where_it_is(cut: int) -> None:
    info = insole_info(0)
    watch, feed, page = watch_of([PLATE, info], CALIBRATED), LiveFeed(), Twin()
    for number in range(80):
        ticks = [number * 12_500 + 1500 * cell for cell in range(8)]
        hear(watch, "plate", plate_frames(ticks, list(range(8)), [50.0] * 8), 20.0 + ticks[-1] * 1e-6)
    for number in range(40):  # its clock begins anew; the last reading before comes in the same arrival
        ticks, cells = [number * 12_500 + 1500 * cell for cell in range(8)], list(range(8))
        if number == 0:
            ticks, cells = [1_050_000, *ticks], [0, *cells]
        hear(watch, "plate", plate_frames(ticks, cells, [50.0] * len(cells)), 22.0 + ticks[-1] * 1e-6)
        if number % cut == 0:
            feed.take(watch)
    feed.take(watch)
    page.take(live_message(feed, 0)[0])
    late = [one * BIN_S for one in page.shown(2)]
    assert max(late) <= 22.0 + 0.5 + BIN_S
    assert min(one for one in late if one > 21.5) == pytest.approx(22.0, abs=2 * BIN_S)


def test_a_cell_left_out_of_the_calibration_hides_no_other() -> None:
    made = plate_of(PLATE)
    part = replace(made, counts_per_n=(None, *made.counts_per_n[1:]), zero_counts=(None, *made.zero_counts[1:]))
    watch, feed, page = watch_of([PLATE], {PLATE.device_id: part}), LiveFeed(), Twin()
    for number in range(100):
        ticks = [number * 12_500 + 1500 * cell for cell in range(8)]
        hear(watch, "plate", plate_frames(ticks, list(range(8)), [10.0] * 8), 20.0 + ticks[-1] * 1e-6)
    feed.take(watch)
    page.take(live_message(feed, 0)[0])
    assert {high for _, high in page.shown(2).values()} == {70.0}
    assert {high for _, high in page.shown(0).values()} == {30.0}


def test_each_force_says_what_it_comes_from_and_what_is_in_doubt() -> None:
    boards = {"insole_left": insole_info(0), "plate": PLATE}
    left, right, total = sources_of(boards, {}, {})
    assert [one.sensor for one in (left, right, total)] == ["plate"] * 3
    assert total.mark == "uncalibrated"
    assert "nominal" in total.told
    (_, _, total) = sources_of(boards, CALIBRATED, {})
    assert total.mark == ""
    assert "good to 1.0 %" in total.told
    old = {PLATE.device_id: replace(plate_of(PLATE), valid_days=1.0, made_at="2026-01-01T00:00:00+00:00")}
    assert sources_of(boards, old, {})[2].mark == "expired"
    left, right, total = sources_of({"insole_left": insole_info(0)}, {}, {})
    assert left.sensor == right.sensor == total.sensor == ""
    assert "their sum is not the force of the foot" in left.told


def test_a_sole_without_calibration_is_drawn_in_per_cent_of_its_highest_cell_and_in_its_own_places() -> None:
    info = insole_info(1)
    watch, feed = watch_of([info]), LiveFeed()
    counts = np.zeros((50, 8))
    counts[:, 5] = 600.0
    counts[:, 2] = 300.0
    hear(watch, "insole_right", scans((np.arange(50) * 1000).tolist(), counts), 3.0)
    feed.take(watch)
    told = instrument(feed)
    assert told["scale"]["unit"] == "%"  # type: ignore[index]
    (sole,) = told["soles"]  # type: ignore[misc]
    assert "not the force of the foot" in sole["note"]
    (drawn,) = feed.soles.values()
    shown = feed.shown_pressure(drawn)
    assert shown[5] == 100.0
    assert 0.0 < shown[2] < 100.0
    at = np.array(sole["cells_mm"])
    a, b = (drawn._table.cells_n(counts[:1].astype(np.int32))[0] * drawn._per_unit)[[5, 2]]
    expected = (a * at[5] + b * at[2]) / (a + b)
    assert drawn.trail_mm[-1] == pytest.approx(expected, abs=0.1), "where the force acts, in the layout's own places"


def test_a_picture_that_fails_never_ends_a_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    front, watch = PageFront(lambda: None), watch_of([PLATE])

    def fail(*_: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(LiveFeed, "take", fail)
    front._draw(watch)
    (said,) = front.said
    assert "the recording goes on" in said


def test_what_is_said_of_the_session_stays_and_what_is_said_of_a_trial_goes_with_it() -> None:
    front = PageFront(lambda: None)
    for kind, text, said in (
        ("finding", "the plate is not calibrated", ["the plate is not calibrated"]),
        ("trial", "Trial 1", ["the plate is not calibrated"]),
        ("stage", "jump", ["the plate is not calibrated"]),
        ("finding", "one cell is stuck", ["the plate is not calibrated", "one cell is stuck"]),
        ("finding", "one cell is stuck", ["the plate is not calibrated", "one cell is stuck"]),
        ("idle", "Nothing happened for 120 s", ["the plate is not calibrated", "one cell is stuck"]),
        ("trial", "Trial 1", ["the plate is not calibrated", "Nothing happened for 120 s"]),
        ("trial", "Trial 2", ["the plate is not calibrated"]),
    ):
        front.tell(Event(kind=kind, text=text))  # type: ignore[arg-type]
        assert front.said == said


def test_an_update_does_not_wait_for_the_answer_to_the_one_before() -> None:
    """Without TCP_NODELAY every second update is held back for 40 ms, and a page draws 37 times a second."""

    async def connected() -> int:
        asked: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def came(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            asked.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listening = _listening("127.0.0.1", 0)
        async with await asyncio.start_server(came, sock=listening):
            _, writer = await asyncio.open_connection(*listening.getsockname())
            found = await asked
            writer.close()
            return found

    assert asyncio.run(connected()) != 0
