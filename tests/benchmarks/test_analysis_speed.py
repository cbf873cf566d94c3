"""How fast the core is; targets are stated in the closing notes, nothing here asserts a time."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import landing_lab as ll
from landing_lab.detect.landing import LandingDetector


@pytest.fixture(scope="module")
def force() -> np.ndarray:
    """Two plates, 5 s drop jump at 1 kHz, repeated to two million rows."""
    samples = ll.simulate_drop_jump(seed=1).recording.streams["force"].samples
    return np.ascontiguousarray(np.tile(samples[:5000], (400, 1)))


@pytest.mark.parametrize("columns", [1, 2])
def test_detector_throughput(benchmark: BenchmarkFixture, force: np.ndarray, columns: int) -> None:
    block = np.ascontiguousarray(force[:, :columns])
    detector = LandingDetector(sample_rate_hz=1000.0, offset_n=np.zeros(columns))
    benchmark.extra_info["rows"] = len(block)
    assert len(benchmark(detector.feed, block)) > 0


def test_live_block_of_ten_samples(benchmark: BenchmarkFixture, force: np.ndarray) -> None:
    detector = LandingDetector(sample_rate_hz=1000.0, offset_n=np.zeros(2))
    benchmark(detector.feed, force[:10].copy())


def test_whole_analysis_of_a_drop_jump(benchmark: BenchmarkFixture) -> None:
    """Target: below 1 ms, aim 0.5, for 5 s of two plates at 1 kHz with every event, phase, metric and quality item."""
    samples = ll.simulate_drop_jump(seed=1).recording.streams["force"].samples[1000:6000]
    recording = ll.from_arrays(left=samples[:, 0], right=samples[:, 1], sample_rate_hz=1000)
    result = benchmark(ll.analyse, recording)
    assert result.task == "drop_jump"
    benchmark.extra_info["metrics"] = len(result.first.table)


@pytest.mark.parametrize("words", [["--help"], ["--version"]], ids=str)
def test_command_line_start(benchmark: BenchmarkFixture, words: list[str]) -> None:
    benchmark(subprocess.run, [sys.executable, "-m", "landing_lab", *words], capture_output=True, check=True)
