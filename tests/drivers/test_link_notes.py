"""What a link tells beside its frames: every instant stands on the time line of the frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from drivers.board_pipe import BoardPipe, opened
from drivers.boards import insole, plate
from landing_lab.errors import DeviceLostError
from landing_lab.model.device import SimulatedDevice
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers import wire
from landing_lab_drivers.bodies import BoardStatus, pack_status
from landing_lab_drivers.conversation import Chunk


@pytest.mark.parametrize("device", [insole(2000), plate(160)])
def test_a_pong_tells_the_boards_clock_on_the_line_of_its_frames(device: SimulatedDevice) -> None:
    pipe = BoardPipe(device)
    link = opened(pipe)
    link.start()
    asked = []
    for _ in range(10):
        pipe.play(0.1)
        link.send_ping()
        asked.append(pipe.now_s)
        link.poll()
    pongs = [note for note in link.take_notes() if note.kind == "pong"]
    assert [note.facts["sent_s"] for note in pongs] == asked
    assert [note.time_s for note in pongs] == [note.facts["received_s"] for note in pongs] == asked
    for note in pongs:
        assert note.facts["ticks_us"] == pytest.approx((note.time_s - 100.0) * 1e6, abs=2)
    assert link.take_notes() == []


def test_notes_stay_on_the_line_when_the_boards_clock_wraps() -> None:
    pipe = BoardPipe(insole(1000))
    pipe.board._clock_zero_s = pipe.now_s - ((1 << 32) - 300_000) * 1e-6
    link = opened(pipe)
    link.start()
    for _ in range(9):
        pipe.play(0.1)
        link.send_ping()
        newest_us = int(link.poll()[-1].frames.ticks_us[-1])
        (note,) = link.take_notes()
        assert note.facts["ticks_us"] == pytest.approx(newest_us, abs=2)
    assert newest_us > 1 << 32


def test_edges_of_the_shared_pin_come_with_the_time_of_the_edge() -> None:
    edges_s = (0.1234, 0.25, 0.4001)
    for ppm in (0.0, 3000.0):
        pipe = BoardPipe(replace(insole(1000), clock_ppm=ppm, sync_s=edges_s))
        link = opened(pipe)
        link.start()
        pipe.play(0.9)
        link.poll()
        notes = [note for note in link.take_notes() if note.kind == "sync"]
        assert [note.facts["rising"] for note in notes] == [1, 0, 1]
        expected_us = np.array(edges_s) * 1e6 * (1 + ppm * 1e-6)
        np.testing.assert_allclose([note.facts["ticks_us"] for note in notes], expected_us, atol=1)


def test_edges_come_again_in_every_round_of_a_looped_scene() -> None:
    pipe = BoardPipe(replace(insole(1000), sync_s=(0.5,)), loop=True)
    link = opened(pipe)
    link.start()
    pipe.play(3.2)
    link.poll()
    notes = [note for note in link.take_notes() if note.kind == "sync"]
    assert [note.facts["ticks_us"] for note in notes] == [500_000, 1_500_000, 2_500_000]


def test_status_is_a_note_and_enters_the_statistics() -> None:
    pipe = BoardPipe(insole(10))
    link = opened(pipe)
    link.start()
    for dropped in (3, 7, 2):
        status = BoardStatus(dropped_frames=dropped, converter_timeouts=1, receive_errors=2)
        pipe.chunks.append(Chunk(pipe.now_s, wire.encode_frame(wire.STATUS, 0, 0, pack_status(status))))
    link.poll()
    assert [note.facts for note in link.take_notes()] == [
        {"dropped_frames": dropped, "converter_timeouts": 1, "receive_errors": 2} for dropped in (3, 7, 2)
    ]
    # a counter that went back was that of a restarted board
    assert (link.stats.dropped_by_board, link.stats.converter_timeouts, link.stats.receive_errors) == (9, 1, 2)


def test_a_restart_is_a_note_with_the_first_frame_after_it() -> None:
    pipe = BoardPipe(insole(5000), LinkFaults(reset_after_s=0.3))
    link = opened(pipe)
    link.start()
    pipe.play(2.5)
    link.poll()
    with pytest.raises(DeviceLostError):
        link.poll()
    link.start()
    pipe.play(0.5)
    first = link.poll()[0].frames
    (note,) = [note for note in link.take_notes() if note.kind == "restarted"]
    assert note.facts["sequence"] == first.sequence[0]
    assert note.facts["away_s"] == pytest.approx(2.2, abs=0.03)
    assert first.ticks_us[0] == pytest.approx(2.5e6, abs=3e4), "the line goes on by the host's clock"


def test_a_pong_of_a_restarted_board_is_not_put_on_the_old_line() -> None:
    pipe = BoardPipe(insole(5000), LinkFaults(reset_after_s=0.3))
    link = opened(pipe)
    link.start()
    pipe.play(0.5)
    link.send_ping()
    link.poll()
    assert [note for note in link.take_notes() if note.kind == "pong"] == []


def test_pings_that_nobody_answers_and_notes_that_nobody_takes_cost_no_memory() -> None:
    pipe = BoardPipe(insole(10))
    link = opened(pipe)
    link.start()
    pipe.deaf = 100
    for _ in range(100):
        link.send_ping()
    assert len(link.notes._sent_s) <= 16
    for _ in range(5000):
        link.send_ping()
        link.poll()
    assert len(link.take_notes()) == 4096


def test_a_closed_link_sends_no_ping() -> None:
    link = opened(BoardPipe(insole(10)))
    link.close()
    with pytest.raises(DeviceLostError, match="closed by this program"):
        link.send_ping()
