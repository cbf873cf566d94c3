"""Faults of insoles, their clocks and their lines, each put in (the host sees it) and left out (clean)."""

from __future__ import annotations

import numpy as np
import pytest
from drivers.bench.board import Board
from drivers.bench.lock_step import LockStepPipe, opened
from drivers.bench.wiring import select_pins

from bench.boards import MakeBoard, recorded, scan_of, wire_insole
from landing_lab.calibrate.clock import fit_clock
from landing_lab.errors import DeviceTimeoutError
from landing_lab.model.blocks import FrameBlock, joined
from landing_lab_drivers.link import FrameLink
from landing_lab_drivers.wire import FrameDecoder, encode_frame

# A divider of 10 kOhm that charges 80 pF of multiplexer and cable.
MUX_TAU_S = 0.8e-6


def polled(link: FrameLink) -> FrameBlock:
    return joined([arrival.frames for arrival in link.poll()])


@pytest.mark.parametrize(("settle_us", "clean"), [(0, False), (4, True)])
def test_a_multiplexer_that_may_not_settle_mixes_neighbouring_channels(
    make_board: MakeBoard, settle_us: int, clean: bool
) -> None:
    simulated = make_board("insole", "uno", "LL_CHANNELS=16", f"LL_SETTLE_US={settle_us}")
    simulated.mux(select_pins("uno"), tau_s=MUX_TAU_S)
    millivolts = [4500 if channel % 2 else 200 for channel in range(16)]
    for channel, value in enumerate(millivolts):
        simulated.mux_voltage(channel, value)
    link, pipe = opened(simulated)
    block = recorded(link, pipe, 0.1)
    off = np.abs(block.counts - np.array(millivolts) * 1024 // 5000).max()
    assert (off <= 1) == clean, f"{off} counts off"
    assert link.info.settle_us == settle_us


@pytest.mark.parametrize(("baud", "clean"), [(115_200, False), (500_000, True)])
def test_a_line_that_is_too_slow_drops_whole_scans_and_the_numbers_show_it(
    make_board: MakeBoard, baud: int, clean: bool
) -> None:
    simulated = wire_insole(make_board("insole", "uno", f"LL_BAUD={baud}"), "uno")
    link, pipe = opened(simulated)
    block = recorded(link, pipe, 1.3)
    np.testing.assert_array_equal(block.counts, np.tile(scan_of(8), (len(block), 1)))
    assert (link.stats.bad_frames, link.stats.resyncs) == (0, 0)
    assert (link.stats.lost_frames > 400, link.stats.lost_frames == 0) == (not clean, clean)
    assert link.notes.board_status is not None
    assert (link.notes.board_status.dropped_frames > 400) == (not clean)


@pytest.mark.parametrize(("host_baud", "clean"), [(115_200.0, False), (1_000_000.0, False), (500_000.0, True)])
def test_a_host_at_another_baud_rate_is_told_so_in_one_sentence(
    make_board: MakeBoard, host_baud: float, clean: bool
) -> None:
    simulated = wire_insole(make_board("insole"), "uno")
    simulated.line(host_baud=host_baud)
    if clean:
        assert opened(simulated)[0].info.kind == "insole-fsr"
        return
    with pytest.raises(DeviceTimeoutError, match=r"^nothing answered .* is the baud rate 500000\?$"):
        opened(simulated, timeout_s=0.4)


def test_a_stream_at_another_baud_rate_gives_no_frame(make_board: MakeBoard) -> None:
    simulated = wire_insole(make_board("insole"), "uno")
    link, pipe = opened(simulated)
    link.start()
    simulated.line(host_baud=115_200.0)
    simulated.run(0.5)
    heard = simulated.read()
    assert len(heard) > 10_000
    assert FrameDecoder().feed(heard) == []
    del pipe


@pytest.mark.parametrize("flip_rate", [0.0, 0.002])
def test_flipped_bits_cost_their_frames_and_give_no_wrong_one(make_board: MakeBoard, flip_rate: float) -> None:
    simulated = wire_insole(make_board("insole"), "uno")
    link, pipe = opened(simulated)
    link.start()
    simulated.line(flip_rate=flip_rate)
    pipe.run(3.0)
    simulated.line()
    link.stop()
    block = polled(link)
    np.testing.assert_array_equal(block.counts, np.tile(scan_of(8), (len(block), 1)))
    assert np.all(np.diff(block.sequence) >= 1)
    flipped = simulated.counters().flipped_bits
    assert (flipped > 80) == (flip_rate > 0)
    # A flipped 00 joins two frames; STATUS frames are hit as well, two flips may hit one frame.
    assert 0.7 * flipped <= link.stats.lost_frames <= 2 * flipped
    assert (link.stats.bad_frames > 0, link.stats.resyncs > 0) == (flipped > 0, flipped > 0)


def test_a_request_with_a_flipped_bit_is_refused_and_counted(make_board: MakeBoard) -> None:
    simulated = wire_insole(make_board("insole"), "uno")
    link, pipe = opened(simulated)
    damaged = bytearray(encode_frame(0x83))
    damaged[2] ^= 0x10
    link.start()
    simulated.write(b"\0" + bytes(damaged))
    pipe.run(1.2)
    assert polled(link).sequence[-1] > 1100
    assert link.notes.board_status is not None
    assert link.notes.board_status.receive_errors == 1


@pytest.mark.parametrize("reset", [True, False])
def test_a_reset_in_mid_stream_is_counted_and_the_numbers_go_on(make_board: MakeBoard, reset: bool) -> None:
    simulated = wire_insole(make_board("insole"), "uno")
    link, pipe = opened(simulated)
    link.start()
    pipe.run(0.5)
    before = polled(link)
    if reset:
        simulated.reset()
    pipe.run(0.5)
    if reset:
        # Silent, as after power-on: whoever listens must start it again, as a reconnecting link does.
        restarted(simulated, pipe)
        pipe.run(0.5)
    after = polled(link)
    # The frame that the reset cut in two is damage of its own.
    assert link.stats.resyncs == int(reset) + link.stats.bad_frames
    assert after.sequence[0] > before.sequence[-1]
    assert after.ticks_us[0] > before.ticks_us[-1]
    assert (link.stats.lost_frames > 0) == reset
    np.testing.assert_array_equal(after.counts, np.tile(scan_of(8), (len(after), 1)))


def restarted(simulated: Board, pipe: LockStepPipe) -> None:
    """START as a host sends it that does not know of the reset."""
    simulated.write(b"\0" + encode_frame(0x82))
    pipe.run(0.01)


@pytest.mark.parametrize("clock_ppm", [-3000.0, 0.0, 3000.0])
def test_the_error_of_the_boards_clock_is_found_from_arrivals(make_board: MakeBoard, clock_ppm: float) -> None:
    simulated = wire_insole(make_board("insole", clock_ppm=clock_ppm), "uno")
    link, pipe = opened(simulated)
    link.start()
    pipe.run(6.0)
    arrivals = link.poll()
    ticks_us = np.array([arrival.frames.ticks_us[-1] for arrival in arrivals])
    fit = fit_clock(ticks_us, np.array([arrival.time_s for arrival in arrivals]))
    assert fit.credible
    # drift_ppm is how slow the board runs; arrivals are known to 2 ms over 6 s.
    assert fit.drift_ppm == pytest.approx(-clock_ppm, abs=60)
    assert np.abs(fit.to_host(ticks_us) - simulated_s(ticks_us, clock_ppm)).max() < 0.004


def simulated_s(ticks_us: np.ndarray, clock_ppm: float) -> np.ndarray:
    """True time of ticks: the board's clock began at power-on."""
    return ticks_us * 1e-6 / (1.0 + clock_ppm * 1e-6)
