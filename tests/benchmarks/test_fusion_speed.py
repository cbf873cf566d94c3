"""How fast insoles and a slow plate become one force; targets are stated here, nothing asserts a time."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from fuse.made_landing import ORDER, STEP_S, jump
from fuse.scenes import raw_of, scene_of
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.fuse.fused_foot import FAST, SLOW
from landing_lab.fuse.gain_model import ERROR_UNKNOWN, Foot, Wander, equations, solved
from landing_lab.fuse.live import LiveFoot
from landing_lab.fuse.plate_delay import USUAL_DELAY_S
from landing_lab.fuse.sources import signals_of
from landing_lab.model.recording import Recording, Sensor
from landing_lab.model.result import ForceSignals

PLATE = Sensor(kind="hx711_plate", description="by hand", filter_order=ORDER)


@pytest.fixture(scope="module")
def recording() -> Recording:
    """A drop jump of some ten seconds, both feet, eight load cells."""
    return recording_from_raw(raw_of(scene_of(1)))


def test_a_recording_of_both_feet(benchmark: BenchmarkFixture, recording: Recording) -> None:
    """Target: below 0.3 s for 10 s of both feet, delay and unknown filter order included."""
    found = benchmark(signals_of, recording)
    assert isinstance(found, ForceSignals)
    benchmark.extra_info["seconds"] = float(found.times_s[-1] - found.times_s[0])


@pytest.mark.parametrize("parts", [(SLOW,), (SLOW, FAST)], ids=["D", "E"])
def test_a_foot_in_a_landing(benchmark: BenchmarkFixture, parts: tuple[Wander, ...]) -> None:
    """Target: below 25 ms per foot and landing (1.8 s here)."""
    one = jump(1)
    foot = Foot.of(one.times_s, one.shape_n, one.cells)

    def solve() -> np.ndarray:
        return solved(foot, equations(foot, ORDER, USUAL_DELAY_S, parts, ERROR_UNKNOWN), len(parts))[0]

    assert benchmark(solve).max() > 1000.0


def test_live_blocks_of_ten_scans(benchmark: BenchmarkFixture) -> None:
    """1.8 s of one foot in blocks of ten scans: its share of 1.8 s is the share of one core."""
    one = jump(1)
    read_s = np.concatenate([cell.times_s for cell in one.cells])
    order = np.argsort(read_s)
    read_n = np.concatenate([cell.force_n for cell in one.cells])[order]
    cell = np.repeat(np.arange(4), [len(cell.times_s) for cell in one.cells])[order]
    read_s = read_s[order]

    def follow() -> int:
        foot = LiveFoot(step_s=STEP_S, n_cells=4, plate=PLATE)
        given = 0
        for start in range(0, len(one.times_s), 10):
            stop_s = one.times_s[min(start + 10, len(one.times_s) - 1)]
            foot.feed_scans(one.times_s[start : start + 10], one.shape_n[start : start + 10])
            rows = slice(*np.searchsorted(read_s, [one.times_s[start], stop_s]))
            foot.feed_readings(read_s[rows], read_n[rows], cell[rows])
            given += len(foot.take().times_s)
        return given

    assert benchmark(follow) > 1500
