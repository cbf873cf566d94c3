"""How fast cells become centre of pressure and indices; targets are stated, nothing here asserts a time."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from landing_lab.detect.live_pressure import LivePressure
from landing_lab.model.insole_layout import shipped_layouts

LAYOUT = shipped_layouts()["fsr402_16"]


@pytest.fixture(scope="module")
def cells() -> np.ndarray:
    """A million frames of 16 cells, half of them loaded."""
    rng = np.random.default_rng(1)
    level = np.repeat(rng.choice([0.0, 60.0], 2000), 500)
    return level[:, None] * rng.uniform(0.5, 1.5, (len(level), 16))


def test_frames_of_sixteen_cells(benchmark: BenchmarkFixture, cells: np.ndarray) -> None:
    """Target: 20 million frames a minute on one core, which is 3 s for this million."""
    live = LivePressure(LAYOUT, sample_rate_hz=1000.0)
    benchmark.extra_info["frames"] = len(cells)
    assert len(benchmark(live.feed, cells)) == len(cells)


def test_live_block_of_ten_frames(benchmark: BenchmarkFixture, cells: np.ndarray) -> None:
    """Target: below 5 us."""
    live = LivePressure(LAYOUT, sample_rate_hz=1000.0)
    benchmark(live.feed, cells[500:510].copy())
