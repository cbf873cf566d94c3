"""How fast frames are decoded and encoded; `pytest tests/benchmarks`, never a pass/fail time."""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from drivers.boards import insole_frames, insole_info
from landing_lab.model.device import LinkStats
from landing_lab_drivers.devices.insole_fsr import DEVICE
from landing_lab_drivers.wire import FrameDecoder

N_FRAMES = 20_000


@pytest.mark.parametrize("per_chunk", [16, 1000])
def test_decode_scans(benchmark: BenchmarkFixture, per_chunk: int) -> None:
    encoded = DEVICE.encode(insole_info(), insole_frames(N_FRAMES))
    chunks = [b"".join(encoded[start : start + per_chunk]) for start in range(0, N_FRAMES, per_chunk)]

    def decode() -> int:
        decoder = FrameDecoder()
        return sum(len(decoder.feed(chunk)) for chunk in chunks)

    assert benchmark(decode) == N_FRAMES
    benchmark.extra_info["frames_per_s"] = N_FRAMES / benchmark.stats["min"]


@pytest.mark.parametrize("per_chunk", [16, 1000])
def test_decode_scans_to_blocks(benchmark: BenchmarkFixture, per_chunk: int) -> None:
    encoded = DEVICE.encode(insole_info(), insole_frames(N_FRAMES))
    chunks = [b"".join(encoded[start : start + per_chunk]) for start in range(0, N_FRAMES, per_chunk)]

    def decode() -> int:
        stats = LinkStats()
        frames, blocks = FrameDecoder(stats), DEVICE.decoder(insole_info(), stats)
        return sum(len(blocks.decode(frames.feed(chunk))) for chunk in chunks)

    assert benchmark(decode) == N_FRAMES
    benchmark.extra_info["frames_per_s"] = N_FRAMES / benchmark.stats["min"]


def test_encode_scans(benchmark: BenchmarkFixture) -> None:
    frames = insole_frames(N_FRAMES)
    assert len(benchmark(DEVICE.encode, insole_info(), frames)) == N_FRAMES
    assert np.all(frames.sequence >= 0)
