"""End to end: the emulator behind a real pseudo terminal and a real socket, opened with pyserial."""

from __future__ import annotations

import os
import queue
import time
from collections.abc import Callable

import numpy as np
import pytest

from drivers.boards import assert_same, insole, plate
from landing_lab.errors import (
    DeviceError,
    DeviceLostError,
    DeviceNotFoundError,
    DeviceTimeoutError,
)
from landing_lab.model.blocks import FrameBlock, joined
from landing_lab.model.device import DeviceLink, EmulatorServer
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers.emulator import serve
from landing_lab_drivers.port import SerialPipe, SerialTransport

POSIX = pytest.mark.skipif(os.name != "posix", reason="pseudo terminals exist on POSIX only")
Serve = Callable[..., EmulatorServer]


def collect(link: DeviceLink, n_frames: int, *, within_s: float = 5.0) -> FrameBlock:
    """Poll until so many frames came, then stop."""
    blocks, deadline = [], time.monotonic() + within_s
    while sum(map(len, blocks)) < n_frames - 8 and time.monotonic() < deadline:
        blocks += [arrival.frames for arrival in link.poll()]
        time.sleep(0.003)
    time.sleep(0.02)
    link.stop()
    return joined([*blocks, *(arrival.frames for arrival in link.poll())])


def until_lost(link: DeviceLink, *, within_s: float = 5.0) -> tuple[FrameBlock, DeviceLostError]:
    blocks, deadline = [], time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            blocks += [arrival.frames for arrival in link.poll()]
        except DeviceLostError as error:
            return joined(blocks or [insole(0).frames]), error
        time.sleep(0.003)
    raise AssertionError("the port never went")


def test_everything_arrives_bit_exact_and_again_after_a_reconnect(play: Serve) -> None:
    devices = [insole(), plate()]
    server = play(devices, speed=20)
    assert len(server.urls) == 2
    for url, device in zip(server.urls, devices, strict=True):
        link = SerialTransport().open(url, timeout_s=2)
        assert link.info == device.info
        link.start()
        assert_same(collect(link, len(device.frames)), device.frames)
        assert (link.stats.frames, link.stats.lost_frames, link.stats.bad_frames) == (len(device.frames), 0, 0)
        link.start()
        np.testing.assert_array_equal(collect(link, len(device.frames)).counts, device.frames.counts)
        link.close()
        link.close()
    link = SerialTransport().open(server.urls[0], timeout_s=2)
    link.start()
    np.testing.assert_array_equal(collect(link, len(devices[0].frames)).counts, devices[0].frames.counts)
    link.close()


def test_boards_started_together_play_one_scene(play: Serve) -> None:
    devices = [insole(), insole(seed=5)]
    server = play(devices, speed=2)
    links = [SerialTransport().open(url, timeout_s=2) for url in server.urls]
    links[0].start()
    time.sleep(0.1)
    links[1].start()
    time.sleep(0.1)
    delays = []
    for link, device in zip(links, devices, strict=True):
        link.stop()
        arrivals = link.poll()
        assert_same(
            arrivals[0].frames,
            FrameBlock(
                *(
                    column[: len(arrivals[0].frames)] if column is not None else None
                    for column in (
                        device.frames.sequence,
                        device.frames.ticks_us,
                        device.frames.counts,
                        None,
                        device.frames.flags,
                    )
                )
            ),
        )
        delays.append(min(arrival.time_s - arrival.frames.ticks_us[-1] / 2e6 for arrival in arrivals))
        link.close()
    assert delays[0] == pytest.approx(delays[1], abs=0.03)


def test_the_pace_is_that_of_the_scene(play: Serve) -> None:
    device = insole(1500)
    link = SerialTransport().open(play([device], speed=3.0).urls[0], timeout_s=2)
    link.start()
    started = time.monotonic()
    collect(link, 1500)
    assert 0.45 < time.monotonic() - started < 1.5
    link.close()


def test_a_board_that_resets_when_opened_is_waited_for(play: Serve) -> None:
    server = play([insole()], faults=[LinkFaults(boot_s=0.35)])
    started = time.monotonic()
    SerialTransport().open(server.urls[0], timeout_s=3).close()
    assert 0.35 < time.monotonic() - started < 1.5


def test_a_silent_board_is_told_apart_from_no_board(play: Serve) -> None:
    server = play([insole()], faults=[LinkFaults(silent=True)])
    with pytest.raises(DeviceTimeoutError, match=r"nothing answered on .* within 0\.4 s; seen 0 bytes; is the landing"):
        SerialTransport().open(server.urls[0], timeout_s=0.4)


def test_a_port_that_another_program_has_is_said_to_be_busy(play: Serve) -> None:
    server = play([insole()])
    first = SerialTransport().open(server.urls[0], timeout_s=2)
    with pytest.raises(DeviceError, match="another program"):
        SerialTransport().open(server.urls[0], timeout_s=1)
    first.start()
    assert len(collect(first, 20)) >= 12
    first.close()
    SerialTransport().open(server.urls[0], timeout_s=2).close()


def test_unplugging_delivers_everything_before_the_error(play: Serve) -> None:
    device = insole(1500)
    server = play([device], speed=5, faults=[LinkFaults(unplug_after_s=0.8)])
    link = SerialTransport().open(server.urls[0], timeout_s=2)
    link.start()
    time.sleep(0.1)
    frames, error = until_lost(link)
    assert len(frames) == 801
    np.testing.assert_array_equal(frames.counts, device.frames.counts[:801])
    assert "is gone after" in str(error)
    link.stop()
    link.close()
    with pytest.raises(DeviceNotFoundError):
        SerialTransport().open(server.urls[0], timeout_s=0.5)


def test_a_reset_is_told_and_the_board_can_be_started_again(play: Serve) -> None:
    device = insole(1500)
    server = play([device], speed=5, faults=[LinkFaults(reset_after_s=0.5)])
    link = SerialTransport(silence_s=0.3).open(server.urls[0], timeout_s=2)
    link.start()
    frames, error = until_lost(link)
    assert len(frames) == 501
    assert "restarted" in str(error)
    link.start()
    again = collect(link, 1500)
    np.testing.assert_array_equal(again.counts, device.frames.counts)
    assert again.sequence[0] > frames.sequence[-1]
    assert again.ticks_us[0] > frames.ticks_us[-1]
    link.close()


def test_faults_of_the_link_are_seen_and_counted(play: Serve) -> None:
    device = insole(1500)
    faults = LinkFaults(seed=3, lose_fraction=0.03, corrupt_fraction=0.03, jitter_ms=16)
    link = SerialTransport().open(play([device], speed=5, faults=[faults]).urls[0], timeout_s=2)
    link.start()
    block = collect(link, 1500, within_s=0.6)
    np.testing.assert_array_equal(block.counts, device.frames.counts[block.sequence])
    assert link.stats.lost_frames == block.sequence[-1] - block.sequence[0] + 1 - len(block) > 40
    assert link.stats.bad_frames > 20
    link.close()


@POSIX  # a socket's own buffers hold seconds
def test_an_unread_port_drops_whole_frames_and_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("landing_lab_drivers.emulator._RING_BYTES", 4096)
    monkeypatch.setattr("landing_lab_drivers.board._STATUS_EVERY_S", 0.2)
    device = insole(60_000)
    server = serve([device], speed=10, loop=True, tcp=False)
    link = SerialTransport().open(server.urls[0], timeout_s=2)
    link.start()
    pipe = link._conversation.pipe
    reading = pipe._read
    pipe._read = lambda: time.sleep(0.3) or b""
    time.sleep(0.5)
    pipe._read = reading
    block = collect(link, 1 << 30, within_s=0.5)
    assert link.stats.bad_frames == 0
    assert link.stats.lost_frames > 1000
    assert link.notes.board_status.dropped_frames > 1000
    np.testing.assert_array_equal(block.counts, device.frames.counts[block.sequence % 60_000])
    link.close()
    server.close()


def test_arrival_times_are_those_of_the_clock_that_was_given(play: Serve) -> None:
    link = SerialTransport(clock=lambda: time.monotonic() + 1e6).open(play([insole()]).urls[0], timeout_s=2)
    link.start()
    time.sleep(0.05)
    link.stop()
    times = [arrival.time_s for arrival in link.poll()]
    assert times == sorted(times)
    assert times[0] == pytest.approx(time.monotonic() + 1e6, abs=1)
    assert link.ping().sent_s > 1e6
    link.close()


def test_a_pseudo_terminal_vanishing_under_a_request_is_a_lost_device(play: Serve) -> None:
    server = play([insole()])
    link = SerialTransport().open(server.urls[0], timeout_s=2)
    link.start()
    server.close()
    until_lost(link)
    with pytest.raises(DeviceLostError):
        link.ping()
    link.close()


def test_a_reader_that_dies_of_anything_shows_as_a_lost_port_with_the_reason(play: Serve) -> None:
    def broken() -> bytes:
        raise RuntimeError("out of luck")

    link = SerialTransport().open(play([insole()]).urls[0], timeout_s=2)
    link.start()
    link._conversation.pipe._read = broken
    _, error = until_lost(link)
    assert "its reader failed with RuntimeError: out of luck" in str(error)
    link.close()


def test_a_reader_rests_by_one_figure_also_where_another_thread_changes_it() -> None:
    class Rest:
        """As long as ever, then as short: what opening a fast board did between two looks at it."""

        def __get__(self, pipe: SerialPipe, _owner: type) -> float:
            looks.append(0.0)
            return 0.04 if len(looks) % 2 else 1e-9

        def __set__(self, pipe: SerialPipe, value: float) -> None:
            looks.clear()

    looks: list[float] = []

    class Restless(SerialPipe):
        rest_s = Rest()

    pipe = Restless.__new__(Restless)
    pipe._chunks, pipe._clock, pipe._alert_until_s = queue.SimpleQueue(), time.monotonic, 0.0
    for _ in range(3):
        looks.clear()
        pipe._received(b"x")
        assert len(looks) == 1
