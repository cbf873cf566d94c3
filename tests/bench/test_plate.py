"""The plate sketch on simulated boards with simulated HX711, through the real driver."""

from __future__ import annotations

import numpy as np
import pytest
from drivers.bench.lock_step import opened
from drivers.bench.wiring import cell_pins

from bench.boards import CELL_COUNTS, MakeBoard, readings_of, recorded, wire_plate
from landing_lab.model.blocks import FLAG_SATURATED

BOARDS = ("uno", "nano", "mega")


@pytest.mark.parametrize("board", BOARDS)
def test_every_cell_gives_its_counts_at_its_own_rate(make_board: MakeBoard, board: str) -> None:
    link, pipe = opened(wire_plate(make_board("plate", board), board), timeout_s=2.0)
    block = recorded(link, pipe, 1.5)
    for cell, expected in enumerate(CELL_COUNTS):
        ticks_us, counts, flags = readings_of(block, cell)
        np.testing.assert_array_equal(counts, expected)
        assert (len(ticks_us) - 1) / np.ptp(ticks_us) * 1e6 == pytest.approx((78, 80, 82, 84)[cell % 4], rel=2e-3)
        assert set(flags.tolist()) == {FLAG_SATURATED if cell < 2 else 0}


@pytest.mark.parametrize("board", BOARDS)
def test_readings_are_sent_in_the_order_of_their_times(make_board: MakeBoard, board: str) -> None:
    # Eight cells and crossing phases: a reading sent after a younger one would look like a board that restarted.
    link, pipe = opened(wire_plate(make_board("plate", board), board), timeout_s=2.0)
    block = recorded(link, pipe, 3.0)
    assert (link.stats.lost_frames, link.stats.bad_frames, link.stats.resyncs) == (0, 0, 0)
    np.testing.assert_array_equal(np.diff(block.sequence), 1)
    assert np.all(np.diff(block.ticks_us) >= 0)


def test_no_chip_is_switched_off_or_read_twice_after_the_start(make_board: MakeBoard) -> None:
    simulated = wire_plate(make_board("plate"), "uno")
    link, pipe = opened(simulated, timeout_s=2.0)
    before = [simulated.chip(number) for number in range(8)]
    recorded(link, pipe, 1.0)
    for number, was in enumerate(before):
        chip = simulated.chip(number)
        # The board switches each chip off and on once, when it starts.
        assert (was.powered_down, chip.powered_down, chip.spurious) == (1, 1, was.spurious)
        assert chip.conversions - chip.reads <= 1
        assert chip.overwritten + chip.interrupted == 0
        assert chip.longest_high_us < 85


def test_info_says_what_was_compiled_in_and_the_rate_of_the_slowest_chip(make_board: MakeBoard) -> None:
    defines = ('LL_DEVICE_ID="PL-1"', "LL_PLACEMENT=LL_LEFT", "LL_CELLS=4")
    simulated = wire_plate(make_board("plate", "mega", *defines), "mega", rates_hz=(88.0, 79.0, 92.0, 94.0))
    info = opened(simulated, timeout_s=2.0)[0].info
    assert (info.kind, info.device_id, info.placement, info.n_channels) == ("plate-hx711", "PL-1", "left", 4)
    assert info.gain == 128
    assert info.sample_rate_hz == pytest.approx(79.0, rel=5e-3)


@pytest.mark.parametrize(("gain", "scale"), [(128, 1.0), (64, 0.5)])
def test_the_gain_asked_for_is_the_gain_of_the_chip(make_board: MakeBoard, gain: int, scale: float) -> None:
    simulated = make_board("plate", "uno", f"LL_GAIN={gain}", "LL_CELLS=1")
    chip = simulated.hx711(*cell_pins("uno")[0], 400_000)
    link, pipe = opened(simulated, timeout_s=2.0)
    _, counts, _ = readings_of(recorded(link, pipe, 0.3), 0)
    np.testing.assert_array_equal(counts, 400_000 * scale)
    assert (simulated.chip(chip).gain, link.info.gain) == (gain, gain)


def test_a_reading_carries_the_time_at_which_its_chip_was_ready(make_board: MakeBoard) -> None:
    simulated = make_board("plate", "uno", "LL_CELLS=1")
    simulated.hx711(*cell_pins("uno")[0], ([0.0, 10.0], [0.0, 1_000_000.0]))
    link, pipe = opened(simulated, timeout_s=2.0)
    ticks_us, counts, _ = readings_of(recorded(link, pipe, 0.5), 0)
    # The simulated filter is four boxes of one conversion: its middle lies two conversions before the reading.
    np.testing.assert_allclose(counts / 100_000, ticks_us * 1e-6 - 2 / 80, atol=5e-4)
