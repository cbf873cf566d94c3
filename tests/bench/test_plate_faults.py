"""Faults of plates, each put in (the host sees it) and left out (clean).

The chips are simulated after the datasheet and after the faults that people report (hardware.md).
"""

from __future__ import annotations

import numpy as np
import pytest
from drivers.bench.board import Board
from drivers.bench.lock_step import opened
from drivers.bench.wiring import cell_pins

from bench.boards import CELL_COUNTS, MakeBoard, readings_of, recorded, wire_plate
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SUSPECT, FrameBlock
from landing_lab.model.device import LinkStats

COUNTS = 123_456
RATES_HZ = (74.0, 80.0, 86.0, 92.0)


def four_cells(simulated: Board) -> Board:
    for cell, rate_hz in enumerate(RATES_HZ):
        simulated.hx711(*cell_pins("uno")[cell], COUNTS, rate_hz=rate_hz, phase=0.3 * cell)
    return simulated


def streamed(simulated: Board, seconds: float) -> tuple[FrameBlock, LinkStats]:
    link, pipe = opened(simulated, timeout_s=2.0)
    return recorded(link, pipe, seconds), link.stats


@pytest.mark.parametrize("fault", [True, False])
def test_interrupts_while_the_clock_is_high_spoil_readings_that_the_host_calls_suspect(
    make_board: MakeBoard, fault: bool
) -> None:
    # A careless interrupt of 100 us, 1000 times a second, as a library might add. At 500 000 baud it would also lose
    # bytes of every third request; at 115 200 the two that the UART keeps are enough.
    defines = ("LL_CELLS=4", "LL_BUSY_ISR_US=100", "LL_BAUD=115200", f"LL_HX_INTERRUPTS_ON={int(fault)}")
    simulated = four_cells(make_board("plate", "uno", *defines))
    block, _ = streamed(simulated, 8.0)
    # Each chip is switched off and on once, when the board starts.
    powered_down = sum(simulated.chip(number).powered_down - 1 for number in range(4))
    wrong = np.zeros(len(block), bool)
    for cell in range(4):
        wrong[block.channel == cell] = readings_of(block, cell)[1] != COUNTS
    suspect = block.flags & FLAG_SUSPECT != 0
    assert (powered_down > 0, wrong.any(), suspect.any()) == (fault, fault, fault)
    values = block.counts[np.arange(len(block)), block.channel][wrong] & 0xFFFFFF
    # The bits after the power-down read as ones: a value 2^n - 1 with the true bits before them.
    assert np.all(values & 1)
    # Of the last readings before STOP nobody knows whether the next would have been late.
    judged = block.ticks_us < block.ticks_us[-1] - 50_000
    assert np.all(suspect[wrong & judged])


@pytest.mark.parametrize(("rate_hz", "told_hz"), [(10.0, 10.0), (80.0, 80.0)])
def test_a_rate_pin_that_is_low_is_told_in_info(make_board: MakeBoard, rate_hz: float, told_hz: float) -> None:
    simulated = wire_plate(make_board("plate"), "uno", rates_hz=(rate_hz,))
    info = opened(simulated, timeout_s=4.0)[0].info
    assert info.sample_rate_hz == pytest.approx(told_hz, rel=0.01)


@pytest.mark.parametrize("absent", [(), (5,), tuple(range(8))])
def test_an_absent_chip_is_told_and_the_others_go_on(make_board: MakeBoard, absent: tuple[int, ...]) -> None:
    simulated = wire_plate(make_board("plate"), "uno", absent=absent)
    link, pipe = opened(simulated, timeout_s=4.0)
    block = recorded(link, pipe, 2.2)
    for cell in range(8):
        ticks_us, counts, flags = readings_of(block, cell)
        not_ready = flags & FLAG_NOT_READY != 0
        if cell in absent:
            assert 4 <= len(ticks_us) <= 7
            assert not_ready.all()
        else:
            assert len(ticks_us) > 2.1 * 78
            assert not not_ready.any()
            np.testing.assert_array_equal(counts, CELL_COUNTS[cell])
    assert link.notes.board_status is not None
    assert bool(absent) == (link.notes.board_status.converter_timeouts > 0)
    assert (link.stats.lost_frames, link.stats.resyncs) == (0, 0)


@pytest.mark.parametrize("floating", ["weak", "strong"])
def test_a_floating_data_line_does_not_stop_the_others_nor_pass_for_a_cell(
    make_board: MakeBoard, floating: str
) -> None:
    simulated = make_board("plate", "uno", "LL_CELLS=4")
    pins = cell_pins("uno")
    for cell in (0, 1, 3):
        simulated.hx711(*pins[cell], COUNTS, rate_hz=RATES_HZ[cell])
    simulated.hx711(*pins[2], floating=floating)
    block, stats = streamed(simulated, 2.0)
    for cell in (0, 1, 3):
        ticks_us, counts, flags = readings_of(block, cell)
        np.testing.assert_array_equal(counts, COUNTS)
        assert len(ticks_us) > 1.9 * RATES_HZ[cell]
        assert not np.any(flags)
    _, _, flags = readings_of(block, 2)
    assert len(flags)
    # Weak noise gives way to the pull-up. Strong noise is read as numbers, and none of them may pass as clean.
    assert np.all(flags & (FLAG_NOT_READY | FLAG_SUSPECT))
    assert (stats.lost_frames, stats.resyncs) == (0, 0)


def test_a_chip_whose_line_never_floats_gives_clean_readings(make_board: MakeBoard) -> None:
    block, _ = streamed(four_cells(make_board("plate", "uno", "LL_CELLS=4")), 1.0)
    assert not np.any(block.flags)


def test_a_reset_in_the_middle_of_a_read_out_leaves_no_chip_stuck(make_board: MakeBoard) -> None:
    # Opening a port resets the board at any instant, and the chips keep their supply: one in eight is then half read.
    simulated = make_board("plate", "uno", "LL_CELLS=1")
    chip = simulated.hx711(*cell_pins("uno")[0], -1)
    simulated.run(0.3)
    while not 0 < simulated.chip(chip).bits < 24:
        simulated.run(20e-6)
    simulated.reset()
    block, _ = streamed(simulated, 0.5)
    ticks_us, counts, flags = readings_of(block, 0)
    assert len(ticks_us) >= 39
    np.testing.assert_array_equal(counts, -1)
    assert not np.any(flags)
