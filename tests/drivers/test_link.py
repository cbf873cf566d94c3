"""The link over a pipe that the test holds in its hand: no ports, no threads, the host clock as wanted."""

from __future__ import annotations

import numpy as np
import pytest

from drivers.board_pipe import BoardPipe, opened
from drivers.boards import assert_same, insole, insole_frames, plate, plate_frames
from landing_lab.errors import DeviceError, DeviceLostError, DeviceTimeoutError
from landing_lab.model.blocks import joined
from landing_lab.model.device import Arrival, SimulatedDevice
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers import wire
from landing_lab_drivers.bodies import BoardStatus, pack_info, pack_status
from landing_lab_drivers.conversation import Chunk, Conversation
from landing_lab_drivers.link import FrameLink


def frames_of(arrivals: list[Arrival]) -> object:
    return joined([arrival.frames for arrival in arrivals])


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Conversation.acknowledged, "__kwdefaults__", {"within_s": 0.05, "attempts": 3})
    monkeypatch.setattr(Conversation.ask, "__kwdefaults__", {"within_s": 0.05, "attempts": 3})


@pytest.mark.parametrize("device", [insole(1000), plate(80)])
def test_a_link_gives_every_frame_once_with_the_time_it_came(device: SimulatedDevice) -> None:
    pipe = BoardPipe(device)
    link = opened(pipe)
    assert link.info == device.info
    link.start()
    arrivals = []
    for _ in range(11):
        pipe.play(0.1)
        arrivals += link.poll()
    link.stop()
    arrivals += link.poll()
    assert_same(frames_of(arrivals), device.frames)
    for arrival in arrivals:
        age_us = (arrival.time_s - 100.0) * 1e6 - arrival.frames.ticks_us
        assert np.all((age_us >= -1) & (age_us < 10_001)), "held rows keep the time they arrived"
    assert (link.stats.frames, link.stats.lost_frames, link.stats.bad_frames) == (len(device.frames), 0, 0)
    link.close()
    assert pipe.closed


def test_numbers_go_on_over_stop_and_start() -> None:
    pipe = BoardPipe(insole(1000))
    link = opened(pipe)
    blocks = []
    for _ in range(2):
        link.start()
        pipe.play(0.5)
        link.stop()
        blocks.append(frames_of(link.poll()))
        pipe.play(3.0)
        assert link.poll() == [], "a stopped board is silent, and that is no loss"
    assert blocks[1].sequence[0] > blocks[0].sequence[-1]
    assert blocks[1].ticks_us[0] > blocks[0].ticks_us[-1]
    np.testing.assert_array_equal(blocks[0].counts[:500], blocks[1].counts[:500])
    assert (link.stats.lost_frames, link.stats.resyncs) == (0, 0)


def test_a_looped_scene_shows_no_seam() -> None:
    for device in (insole(1000), plate(80)):
        pipe = BoardPipe(device, loop=True)
        link = opened(pipe)
        link.start()
        pipe.play(3.5)
        arrivals = link.poll()
        link.stop()
        block = frames_of(arrivals + link.poll())
        np.testing.assert_array_equal(np.diff(block.sequence), 1)
        assert len(block) > 3 * len(device.frames)
        if block.channel is None:
            np.testing.assert_array_equal(np.diff(block.ticks_us), 1000)
        for cell in () if block.channel is None else range(4):
            assert np.diff(block.ticks_us[block.channel == cell]).max() < 1.5 * 12_500
        assert link.stats.suspect_readings == 0


def test_silence_of_a_streaming_board_is_a_loss_after_what_it_sent() -> None:
    pipe = BoardPipe(plate(8))
    link = opened(pipe)
    link.start()
    pipe.play(0.05)
    pipe.now_s += 2.1
    frames = frames_of(link.poll())
    assert len(frames) == np.count_nonzero(pipe.board._frames.ticks_us <= 50_000)
    with pytest.raises(DeviceLostError, match=r"silent for 2\.\d s"):
        link.poll()
    assert link.poll() == []
    link.close()


def test_a_scene_that_is_over_is_not_silence() -> None:
    pipe = BoardPipe(insole(100))
    link = opened(pipe)
    link.start()
    for _ in range(40):
        pipe.play(0.2)
        link.poll()
    assert link.notes.board_status == BoardStatus()
    assert link.stats.frames == 100


def test_a_reset_board_can_be_started_again_and_the_reset_is_counted() -> None:
    pipe = BoardPipe(insole(5000), LinkFaults(reset_after_s=0.3, boot_s=0.5))
    link = opened_after_boot(pipe)
    link.start()
    pipe.play(2.5)
    before = frames_of(link.poll())
    with pytest.raises(DeviceLostError, match="restarted"):
        link.poll()
    link.start()
    pipe.play(4.0)
    after = frames_of(link.poll())
    assert len(before) == 301
    assert len(after) == 4001
    assert after.sequence[0] > before.sequence[-1]
    assert np.all(np.diff(np.concatenate([before.ticks_us, after.ticks_us])) > 0)


def test_a_board_that_restarts_is_missed_though_it_answers_pings() -> None:
    pipe = BoardPipe(insole(9000), LinkFaults(reset_after_s=0.3, boot_s=0.5))
    link = opened_after_boot(pipe)
    link.start()
    begun_s, lost_s, pongs = pipe.now_s, None, 0
    while lost_s is None and pipe.now_s < begun_s + 8.0:
        pipe.play(0.1)
        link.send_ping()
        try:
            link.poll()
        except DeviceLostError as error:
            lost_s = pipe.now_s - begun_s
            assert "silent for 2." in str(error)  # noqa: PT017
        pongs += sum(note.kind == "pong" for note in link.take_notes())
    assert lost_s == pytest.approx(0.3 + 2.0, abs=0.15)
    link.start()
    pipe.play(0.5)
    assert len(frames_of(link.poll())) > 450


def opened_after_boot(pipe: BoardPipe) -> FrameLink:
    pipe.now_s += pipe.board._faults.boot_s
    return opened(pipe)


def test_a_pulled_cable_gives_what_came_and_then_says_so() -> None:
    pipe = BoardPipe(insole(1000))
    link = opened(pipe)
    link.start()
    pipe.play(0.2)
    pipe.failure = "device disconnected"
    assert_same(frames_of(link.poll()), insole_frames(201))
    for _ in range(2):
        with pytest.raises(DeviceLostError, match="device disconnected"):
            link.poll()
    link.stop()
    with pytest.raises(DeviceLostError):
        link.start()
    link.close()
    link.close()
    link.stop()
    assert link.poll() == []
    with pytest.raises(DeviceLostError, match="closed by this program"):
        link.ping()


def test_a_lost_port_can_be_stopped_and_closed_without_a_word() -> None:
    pipe = BoardPipe(plate(80))
    link = opened(pipe)
    link.start()
    pipe.play(0.2)
    pipe.failure = "device disconnected"
    link.stop()
    assert link.stats.frames == 0, "nothing was taken yet"
    assert len(frames_of(link.poll())) == np.count_nonzero(plate_frames(80).ticks_us <= 200_000)
    link.close()
    assert pipe.closed


def test_an_unanswered_request_is_repeated_twice_and_then_given_up() -> None:
    pipe = BoardPipe(insole(1000))
    link = opened(pipe)
    for request in (link.start, link.ping):
        pipe.deaf = 2
        request()
    pipe.deaf = 3
    with pytest.raises(DeviceTimeoutError, match="did not answer PING, asked 3 times"):
        link.ping()
    pipe.deaf = 3
    with pytest.raises(DeviceTimeoutError, match="STOP"):
        link.stop()
    pipe.deaf = 3
    with pytest.raises(DeviceTimeoutError, match="START"):
        link.start()


def test_ping_tells_the_clock_of_the_board() -> None:
    pipe = BoardPipe(insole(1000))
    link = opened(pipe)
    assert link.ping().ticks_us == 0
    link.start()
    pipe.play(0.5)
    pong = link.ping()
    assert (pong.sent_s, pong.received_s) == (pipe.now_s, pipe.now_s)
    assert pong.ticks_us == pytest.approx(500_000, abs=2)
    assert len(frames_of(link.poll())) == 501, "frames that came while an answer was awaited are kept"


def test_frames_of_a_board_that_streams_already_are_not_ours() -> None:
    pipe = BoardPipe(insole(1000))
    pipe.write(wire.encode_frame(wire.START))
    pipe.play(0.1)
    link = opened(pipe)
    assert not pipe.board.streaming
    assert link.poll() == []
    link.start()
    pipe.play(0.1)
    assert len(frames_of(link.poll())) == 101
    assert link.stats.lost_frames == 0


def test_an_unknown_kind_and_another_protocol_are_named() -> None:
    pipe = BoardPipe(insole(1))
    body = pack_info(pipe.board._info, 99)
    pipe.board._info_body = body
    with pytest.raises(DeviceError, match=r"of kind 99; this program knows insole-fsr \(1\), plate-hx711 \(2\)"):
        opened(pipe)
    pipe.board._info_body = b"\x02" + body[1:]
    with pytest.raises(DeviceError, match="speaks protocol 2"):
        opened(pipe)


def test_status_of_a_foreign_length_is_passed_over() -> None:
    pipe = BoardPipe(insole(10))
    link = opened(pipe)
    link.start()
    full = BoardStatus(dropped_frames=3, converter_timeouts=2, receive_errors=1)
    for body in (pack_status(full), b"?"):
        pipe.chunks.append(Chunk(pipe.now_s, wire.encode_frame(wire.STATUS, 0, 0, body)))
    link.poll()
    assert link.notes.board_status == full


def test_lost_and_damaged_frames_are_counted() -> None:
    pipe = BoardPipe(insole(4000), LinkFaults(seed=5, lose_fraction=0.02, corrupt_fraction=0.02))
    link = opened(pipe)
    link.start()
    pipe.play(4.0)
    block = frames_of(link.poll())
    truth = insole_frames(4000)
    np.testing.assert_array_equal(block.counts, truth.counts[block.sequence])
    np.testing.assert_array_equal(block.ticks_us, truth.ticks_us[block.sequence])
    missing = int(block.sequence[-1] - block.sequence[0]) + 1 - len(block)
    assert link.stats.lost_frames == missing
    assert missing == pytest.approx(160, abs=50)
    assert link.stats.bad_frames == pytest.approx(80, abs=40)


def test_a_plate_is_decoded_the_same_however_often_it_is_polled() -> None:
    blocks = []
    for step_s in (0.005, 0.5):
        pipe = BoardPipe(plate(80), LinkFaults(seed=9, lose_fraction=0.1))
        link = opened(pipe)
        link.start()
        arrivals = []
        for _ in range(round(1.5 / step_s)):
            pipe.play(step_s, step_s=step_s)
            arrivals += link.poll()
        link.stop()
        blocks.append(frames_of(arrivals + link.poll()))
    assert_same(blocks[0], blocks[1])
    assert len(blocks[0]) < len(plate_frames(80))
