"""What it costs to record three boards with live detection, and what stays after an hour of it.

Two insoles of 8 cells at 1 kHz and a plate board of 8 cells at 80 SPS. LANDING_LAB_LOAD_S and LANDING_LAB_LOAD_MINUTES
(0: leave it out) make it quick. Nothing here asserts a time; the frames and the memory it does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from landing_lab.acquire.session import TrialFile, record_trial, stream_names
from landing_lab.app.live.trial import LiveTrial
from landing_lab.model.device import Arrival, DeviceLink, LinkStats
from landing_lab.sim.devices import drop_jump_scene
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers.board import SceneStart, SimulatedBoard
from landing_lab_drivers.conversation import Chunk, Conversation
from landing_lab_drivers.devices import all_devices
from landing_lab_drivers.link import FrameLink
from landing_lab_drivers.port import SerialTransport

LOAD_S = min(60.0, float(os.environ.get("LANDING_LAB_LOAD_S", "20")))  # frame numbers, as sent, wrap after 65 s
MINUTES = int(os.environ.get("LANDING_LAB_LOAD_MINUTES", "60"))
SETTLED_MINUTE = 5
FRAMES_PER_S = 2 * 1000 + 8 * 80
MOST_GROWTH_MB = 8.0
STEP_S = 0.1

BOARDS = """
import json, sys, time
from landing_lab.sim.devices import drop_jump_scene
from landing_lab_drivers import emulator
from landing_lab_drivers.endpoints import PtyEndpoint
from landing_lab_drivers.wire import FrameDecoder, is_control

emulator._STREAMING_WAIT_S = 0.001  # as often as USB brings bytes
written = {}
write = PtyEndpoint.write

def stamped(self, data):
    now_s = time.monotonic()
    taken = write(self, data)
    if taken:
        written.setdefault(self.url, []).append((now_s, bytes(data[:taken])))
    return taken

PtyEndpoint.write = stamped
server = emulator.serve(drop_jump_scene(n_trials=1, seed=1).devices, loop=True)
print(*server.urls, flush=True)
sys.stdin.readline()
server.close()
sent_s = []
for url in server.urls:
    decoder = FrameDecoder()
    frames = [(time_s, frame) for time_s, data in written[url] for frame in decoder.feed(data)]
    sent_s.append({frame.sequence: time_s for time_s, frame in frames if not is_control(frame)})
print(json.dumps(sent_s), flush=True)
"""
"""Plays the boards until a line comes, then tells when each frame became readable: just before it was written."""


def follow(links: list[DeviceLink]) -> LiveTrial:
    live = LiveTrial()
    for name, link in zip(stream_names(links), links, strict=True):
        live.follow(name, link.info)
    return live


class PlayedBoards(NamedTuple):
    """Three boards behind pseudo terminals, played by another process."""

    links: list[DeviceLink]
    process: subprocess.Popen[str]

    def sent_s(self) -> list[dict[int, float]]:
        """End the boards; when each frame of each board became readable, by its number."""
        told, _ = self.process.communicate("\n", timeout=60.0)
        return [{int(number): time_s for number, time_s in sent.items()} for sent in json.loads(told)]


@pytest.fixture
def boards() -> Iterator[PlayedBoards]:
    with subprocess.Popen(
        [sys.executable, "-c", BOARDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        opened = [SerialTransport().open(url, timeout_s=4.0) for url in process.stdout.readline().split()]
        yield PlayedBoards(opened, process)
        for link in opened:
            link.close()
        process.terminate()


def test_three_boards_in_real_time(benchmark: BenchmarkFixture, boards: PlayedBoards, tmp_path: Path) -> None:
    live = follow(boards.links)
    seen_s: dict[str, dict[int, float]] = {name: {} for name in stream_names(boards.links)}

    def on_arrival(name: str, arrival: Arrival) -> bool:
        live.on_arrival(name, arrival)
        # As sent: a board numbers its frames in 16 bits.
        numbers = (arrival.frames.sequence & 0xFFFF).tolist()
        seen_s[name].update(dict.fromkeys(numbers, time.monotonic()))
        return False

    def record() -> tuple[TrialFile, float]:
        before_s = time.process_time()
        done = record_trial(boards.links, tmp_path / "t.xdf", metadata={}, on_arrival=on_arrival, max_duration_s=LOAD_S)
        return done, time.process_time() - before_s

    done, processor_s = benchmark.pedantic(record, rounds=1)
    for facts in done.link_statistics.values():
        assert facts["lost_frames"] == facts["bad_frames"] == 0
        assert facts["frames"] >= 0.95 * LOAD_S * 8 * 80
    benchmark.extra_info["percent_of_one_core"] = round(100 * processor_s / LOAD_S, 1)
    benchmark.extra_info["mb_per_minute"] = round(done.path.stat().st_size / LOAD_S * 60 / 1e6, 1)
    for (name, seen), sent in zip(seen_s.items(), boards.sent_s(), strict=True):
        waits_s = [seen[number] - sent[number] for number in seen.keys() & sent.keys()]
        assert len(waits_s) >= 0.95 * len(seen)
        p50, p99 = 1e3 * np.percentile(waits_s, [50, 99])
        benchmark.extra_info[f"{name}_ms_p50_p99"] = f"{p50:.2f} {p99:.2f}"
    benchmark.extra_info["load_average"] = os.getloadavg()[0]
    print(benchmark.extra_info)


class BoardPipe:
    """A board without a port, on a clock that the test advances."""

    lost = None

    def __init__(self, board: SimulatedBoard, now: list[float]) -> None:
        self.board, self.now = board, now
        self.answers: deque[bytes] = deque()
        board.connect(now[0])

    def write(self, data: bytes) -> None:
        self.answers.append(self.board.answer(data, self.now[0]))

    def take(self, timeout_s: float) -> Chunk | None:
        del timeout_s
        data = self.answers.popleft() if self.answers else b"".join(self.board.due(self.now[0]))
        return Chunk(self.now[0], data) if data else None

    def close(self) -> None:
        pass


def links_without_ports(now: list[float]) -> list[DeviceLink]:
    known, scene = all_devices(), SceneStart()
    links: list[DeviceLink] = []
    for number, device in enumerate(drop_jump_scene(n_trials=1, seed=1).devices):
        board = SimulatedBoard(device, known, speed=1.0, loop=True, faults=LinkFaults(), scene=scene, number=number)
        talk = Conversation(BoardPipe(board, now), f"board {number}", stats=LinkStats(), clock=lambda: now[0])
        links.append(FrameLink(talk, device.info, known[device.info.kind], clock=lambda: now[0], silence_s=60.0))
    return links


def resident_mb() -> float:
    """Memory of this process now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the long recording stands; removed at the end, for it has a gigabyte."""
    path = tmp_path_factory.mktemp("hour") / "hour.xdf"
    yield path
    path.unlink(missing_ok=True)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.skipif(MINUTES < 1, reason="LANDING_LAB_LOAD_MINUTES says to leave it out")
def test_an_hour_faster_than_time(benchmark: BenchmarkFixture, hour: Path) -> None:
    now, memory_mb = [1000.0], {}
    links = links_without_ports(now)
    live = follow(links)

    def on_arrival(name: str, arrival: Arrival) -> bool:
        live.on_arrival(name, arrival)
        return False

    def on_tick() -> str | None:
        now[0] += STEP_S
        minute, second = divmod(now[0] - 1000.0, 60.0)
        if second < STEP_S:
            memory_mb[int(minute)] = resident_mb()
        return "an hour" if minute >= MINUTES else None

    done = benchmark.pedantic(
        record_trial,
        args=(links, hour),
        kwargs={
            "metadata": {},
            "on_arrival": on_arrival,
            "on_tick": on_tick,
            "max_duration_s": 36_000.0,
            "pause": lambda _seconds: None,
        },
        rounds=1,
    )
    assert sum(facts["frames"] for facts in done.link_statistics.values()) >= 0.95 * MINUTES * 60 * FRAMES_PER_S
    assert sum(facts["lost_frames"] for facts in done.link_statistics.values()) == 0
    settled, end = memory_mb[min(SETTLED_MINUTE, MINUTES // 2)], memory_mb[max(memory_mb)]
    benchmark.extra_info["resident_mb"] = {minute: round(mb) for minute, mb in memory_mb.items() if minute % 5 == 0}
    benchmark.extra_info["file_mb"] = round(hour.stat().st_size / 1e6)
    print(benchmark.extra_info)
    assert end - settled <= MOST_GROWTH_MB


READER = """
import resource, sys, time
from landing_lab.io.formats.xdf import read_raw
begun = time.perf_counter()
raw = read_raw(sys.argv[1])
took = time.perf_counter() - begun
print(took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, sum(len(s.frames) for s in raw.streams.values()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory of another process in kilobytes")
def test_reading_the_hour(benchmark: BenchmarkFixture, hour: Path) -> None:
    if not hour.exists():
        pytest.skip("needs the recording of test_an_hour_faster_than_time")
    words = [sys.executable, "-c", READER, str(hour)]
    read = benchmark.pedantic(subprocess.run, args=(words,), kwargs={"capture_output": True, "text": True}, rounds=1)
    assert read.returncode == 0, read.stderr
    took_s, peak_mb, frames = map(float, read.stdout.split())
    assert frames >= 0.95 * MINUTES * 60 * FRAMES_PER_S
    benchmark.extra_info["read_s"], benchmark.extra_info["peak_mb"] = round(took_s, 1), round(peak_mb)
    print(benchmark.extra_info)
