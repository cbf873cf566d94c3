"""The highest rates that the compiled firmware keeps up without a lost tick, on the bench; `make benchmark`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from drivers.bench import build
from drivers.bench.board import Board
from drivers.bench.shim import missing_tools
from drivers.bench.wiring import cell_pins
from pytest_benchmark.fixture import BenchmarkFixture

from bench.boards import wire_insole
from landing_lab_drivers import wire
from landing_lab_drivers.wire import Frame, FrameDecoder, encode_frame
from reference import absent

SECONDS = 0.6
GRID_HZ = 25


def require_tools() -> None:
    if reason := missing_tools() or build.missing():
        absent(reason)


def streamed(board: Board, seconds: float) -> list[Frame]:
    """Measurement frames of a board from START on."""
    board.read()
    board.write(b"\0" + encode_frame(wire.START))
    board.run(seconds)
    return [frame for frame in FrameDecoder().feed(board.read()) if not wire.is_control(frame)]


def whole(frames: list[Frame], expected: float) -> bool:
    """Whether no number is missing and nearly as many came as were due."""
    steps = np.diff([frame.sequence for frame in frames])
    return len(frames) >= 0.97 * expected and bool(np.all(steps == 1))


def highest(keeps_up: Callable[[int], bool], low: int, high: int) -> int:
    """The highest multiple of GRID_HZ between two rates that is kept up, by bisection; low must be."""
    assert keeps_up(low)
    low, high = low // GRID_HZ, high // GRID_HZ
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if keeps_up(middle * GRID_HZ) else (low, middle)
    return low * GRID_HZ


@pytest.mark.parametrize(("board", "n_channels"), [("nano", 8), ("mega", 8), ("uno", 16), ("mega", 16)], ids=str)
@pytest.mark.parametrize("baud", [500_000, 1_000_000])
def test_scans_per_second(benchmark: BenchmarkFixture, board: str, n_channels: int, baud: int) -> None:
    require_tools()
    prescaler = 64 if n_channels == 8 and baud == 500_000 else 32

    def keeps_up(rate_hz: int) -> bool:
        defines = {"CHANNELS": n_channels, "BAUD": baud, "ADC_PRESCALER": prescaler, "RATE_HZ": rate_hz}
        elf = build.build("insole", board, [f"LL_{name}={value}" for name, value in defines.items()])
        with Board(elf, board) as simulated:
            wire_insole(simulated, board, n_channels)
            simulated.run(0.05)
            return whole(streamed(simulated, SECONDS), rate_hz * SECONDS)

    rate_hz = benchmark.pedantic(highest, args=(keeps_up, 200, 6000), rounds=1)
    benchmark.extra_info["highest_rate_hz"] = rate_hz
    print(f"\n{board}, {n_channels} channels, {baud} baud, converter clock /{prescaler}: {rate_hz} Hz")
    assert rate_hz >= 1000


@pytest.mark.parametrize("board", ["uno", "mega"])
@pytest.mark.parametrize("baud", [500_000, 1_000_000])
def test_readings_per_second_of_eight_chips(benchmark: BenchmarkFixture, board: str, baud: int) -> None:
    require_tools()
    elf = build.build("plate", board, [f"LL_BAUD={baud}"])

    def keeps_up(rate_hz: int) -> bool:
        with Board(elf, board) as simulated:
            # Eight chips that are ready at nearly the same instant are the hardest case.
            for cell, (dout, sck) in enumerate(cell_pins(board)):
                simulated.hx711(dout, sck, 1000.0 * cell, rate_hz=rate_hz * (1 + 1e-4 * cell))
            simulated.run(0.5)
            frames = streamed(simulated, SECONDS)
            overwritten = sum(simulated.chip(cell).overwritten for cell in range(8))
            return overwritten == 0 and whole(frames, 8 * rate_hz * SECONDS)

    rate_hz = benchmark.pedantic(highest, args=(keeps_up, 75, 500), rounds=1)
    benchmark.extra_info["highest_rate_hz"] = rate_hz
    print(f"\n{board}, 8 chips, {baud} baud: {rate_hz} readings per second of each")
    assert rate_hz >= 100
