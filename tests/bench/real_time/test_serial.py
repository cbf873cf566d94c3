"""Compiled firmware at real time behind a pseudo terminal that the real driver opens."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from drivers.bench import serve
from drivers.bench.board import Board

from bench.boards import CELL_COUNTS, MakeBoard, readings_of, scan_of, wire_insole, wire_plate
from landing_lab.model.blocks import FrameBlock, joined
from landing_lab_drivers.port import SerialTransport

# Generous: this is about bytes, and a busy machine runs the board more slowly.
GIVE_UP_S = 20.0


def streamed(simulated: Board, *, n_frames: int) -> FrameBlock:
    """At least n_frames through the port, from opening it to closing it; nothing may be lost on the way."""
    url = simulated.open_terminal()
    simulated.serve()
    link = SerialTransport().open(url, timeout_s=8.0)
    try:
        link.start()
        blocks: list[FrameBlock] = []
        end_s = time.monotonic() + GIVE_UP_S
        while sum(map(len, blocks)) < n_frames and time.monotonic() < end_s:
            time.sleep(0.01)
            blocks += [arrival.frames for arrival in link.poll()]
        link.stop()
        blocks += [arrival.frames for arrival in link.poll()]
    finally:
        link.close()
    # Opening the port reset the board, as DTR does.
    assert simulated.counters().resets == 1
    assert (link.stats.lost_frames, link.stats.bad_frames, link.stats.resyncs) == (0, 0, 0)
    block = joined(blocks)
    assert len(block) >= n_frames
    np.testing.assert_array_equal(np.diff(block.sequence), 1)
    return block


def insole(make_board: MakeBoard) -> None:
    block = streamed(wire_insole(make_board("insole", "nano"), "nano"), n_frames=1500)
    np.testing.assert_array_equal(block.counts, np.tile(scan_of(8), (len(block), 1)))


def plate(make_board: MakeBoard) -> None:
    block = streamed(wire_plate(make_board("plate", "mega"), "mega"), n_frames=800)
    for cell, expected in enumerate(CELL_COUNTS):
        np.testing.assert_array_equal(readings_of(block, cell)[1], expected)


@pytest.mark.parametrize("sketch", [insole, plate], ids=["insole", "plate"])
def test_a_sketch_streams_through_a_serial_port(make_board: MakeBoard, sketch: Callable[[MakeBoard], None]) -> None:
    sketch(make_board)


def test_serve_tells_the_ports_of_its_three_boards(make_board: MakeBoard, capsys: pytest.CaptureFixture[str]) -> None:
    make_board("insole")  # skips where the tools are missing
    assert serve.main(["--seconds", "0.1"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[1:] for line in told[:3]] == [
        ["insole-fsr", "SIM-IN-L"],
        ["insole-fsr", "SIM-IN-R"],
        ["plate-hx711", "SIM-PLT"],
    ]
    assert all(line.split()[0] in told[4] for line in told[:3])
