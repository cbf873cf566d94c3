"""The insole sketch on simulated boards, through the real driver."""

from __future__ import annotations

import numpy as np
import pytest
from drivers.bench.lock_step import opened
from drivers.bench.wiring import sync_pin

from bench.boards import MakeBoard, recorded, scan_of, wire_insole
from landing_lab.model.blocks import FLAG_SATURATED
from landing_lab_drivers import wire
from landing_lab_drivers.wire import FrameDecoder

BOARDS = ("uno", "nano", "mega")


@pytest.mark.parametrize("n_channels", [8, 16])
@pytest.mark.parametrize("board", BOARDS)
def test_every_scan_holds_what_is_on_the_pins(make_board: MakeBoard, board: str, n_channels: int) -> None:
    simulated = wire_insole(make_board("insole", board, f"LL_CHANNELS={n_channels}"), board, n_channels)
    link, pipe = opened(simulated)
    block = recorded(link, pipe, 0.5)
    assert block.counts.shape[0] >= 499
    np.testing.assert_array_equal(block.counts, np.tile(scan_of(n_channels), (len(block), 1)))
    np.testing.assert_array_equal(np.diff(block.sequence), 1)
    np.testing.assert_allclose(np.diff(block.ticks_us), 1000, atol=12)
    assert (link.stats.lost_frames, link.stats.bad_frames, link.stats.resyncs) == (0, 0, 0)
    assert simulated.counters().receive_overruns == 0


@pytest.mark.parametrize("board", BOARDS)
def test_info_says_what_was_compiled_in_and_measured(make_board: MakeBoard, board: str) -> None:
    defines = ('LL_DEVICE_ID="IN-R7"', "LL_PLACEMENT=LL_RIGHT", "LL_CHANNELS=8", "LL_RATE_HZ=500")
    simulated = wire_insole(make_board("insole", board, *defines), board)
    info = opened(simulated)[0].info
    assert (info.kind, info.device_id, info.placement) == ("insole-fsr", "IN-R7", "right")
    assert (info.n_channels, info.sample_rate_hz, info.adc_prescaler, info.reference_v) == (8, 500.0, 64, 5.0)
    assert info.gain == 1
    link, pipe = opened(simulated)
    recorded(link, pipe, 0.05)
    cycle, channel = simulated.samples()
    between_us = np.diff(cycle)[np.diff(channel) == 1 if board != "uno" else np.diff(cycle) < 8000] / 16
    assert between_us.mean() == pytest.approx(info.channel_skew_us, abs=2)


def test_the_board_is_silent_until_asked_and_after_stop(make_board: MakeBoard) -> None:
    simulated = wire_insole(make_board("insole"), "uno")
    simulated.run(1.5)
    assert simulated.read() == b""
    link, pipe = opened(simulated)
    recorded(link, pipe, 0.1)
    simulated.read()
    simulated.run(1.5)
    assert simulated.read() == b""


@pytest.mark.parametrize("board", BOARDS)
def test_ping_tells_the_clock_of_the_board_between_request_and_answer(make_board: MakeBoard, board: str) -> None:
    link, pipe = opened(wire_insole(make_board("insole", board), board))
    link.start()
    pipe.run(0.1)
    pong = link.ping()
    # The board's clock starts with its set-up, well within 1 ms after power-on.
    assert pong.sent_s - 1e-3 <= pong.ticks_us * 1e-6 <= pong.received_s


def test_numbers_go_on_over_stop_and_start(make_board: MakeBoard) -> None:
    link, pipe = opened(wire_insole(make_board("insole"), "uno"))
    first = recorded(link, pipe, 0.2)
    pipe.run(0.3)
    second = recorded(link, pipe, 0.2)
    assert second.sequence[0] > first.sequence[-1]
    assert second.ticks_us[0] > first.ticks_us[-1] + 250_000
    assert link.stats.lost_frames == 0


def test_a_channel_at_the_supply_is_flagged_saturated(make_board: MakeBoard) -> None:
    simulated = wire_insole(make_board("insole", "nano"), "nano")
    simulated.voltage(3, 5000.0)
    link, pipe = opened(simulated)
    block = recorded(link, pipe, 0.05)
    assert np.all(block.counts[:, 3] == 1023)
    assert np.all(block.flags == FLAG_SATURATED)


def test_a_moving_voltage_is_sampled_when_the_time_stamps_say(make_board: MakeBoard) -> None:
    simulated = make_board("insole", "nano")
    rise = ([0.0, 10.0], [0.0, 5000.0])
    for channel in range(8):
        simulated.voltage(channel, rise)
    link, pipe = opened(simulated)
    block = recorded(link, pipe, 0.5)
    seen_s = block.counts[:, 0] / 102.4
    np.testing.assert_allclose(seen_s, block.ticks_us * 1e-6, atol=0.012)


@pytest.mark.parametrize("board", BOARDS)
def test_edges_on_the_sync_pin_are_told_with_their_time(make_board: MakeBoard, board: str) -> None:
    simulated = wire_insole(make_board("insole", board), board)
    link, pipe = opened(simulated)
    link.start()
    edges_s = []
    for high in (False, True, False):
        pipe.run(0.05)
        simulated.drive(sync_pin(board), high=high)
        edges_s.append(simulated.time_s)
    pipe.run(0.05)
    link.poll()
    notes = [note for note in link.take_notes() if note.kind == "sync"]
    assert [note.facts["rising"] for note in notes] == [0, 1, 0]
    told_us = [float(note.facts["ticks_us"]) for note in notes]
    np.testing.assert_allclose(np.diff(told_us), np.diff(edges_s) * 1e6, atol=100)


def test_status_comes_once_a_second_and_only_while_streaming(make_board: MakeBoard) -> None:
    simulated = wire_insole(make_board("insole"), "uno")
    link, pipe = opened(simulated)
    link.start()
    raw = bytearray()
    for _ in range(35):
        simulated.run(0.1)
        raw += simulated.read()
    kinds = [frame.type for frame in FrameDecoder().feed(bytes(raw))]
    assert kinds.count(wire.STATUS) == 3
    del pipe
