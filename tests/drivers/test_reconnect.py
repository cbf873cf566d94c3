"""A pulled cable in a session: real endpoints that vanish and come back, opened with pyserial."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from serial.tools import list_ports

from drivers.board_pipe import BoardPipe
from drivers.boards import insole, insole_info, plate
from landing_lab.errors import DeviceError, DeviceLostError
from landing_lab.model.blocks import FrameBlock, joined
from landing_lab.model.device import DeviceInfo, DeviceLink, EmulatorServer, LinkStats
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers.conversation import Conversation
from landing_lab_drivers.emulator import serve
from landing_lab_drivers.endpoints import PtyEndpoint
from landing_lab_drivers.port import SerialTransport
from landing_lab_drivers.reconnect import Reach, Search

POSIX = pytest.mark.skipif(os.name != "posix", reason="pseudo terminals exist on POSIX only")
ONCE = pytest.mark.parametrize("play", [pytest.param(False, id="pty", marks=POSIX)], indirect=True)
BACK_SOON = LinkFaults(unplug_after_s=0.3, return_after_s=0.15)
Serve = Callable[..., EmulatorServer]


def listing(monkeypatch: pytest.MonkeyPatch, urls: Callable[[], list[str]]) -> None:
    monkeypatch.setattr(
        list_ports, "comports", lambda: [SimpleNamespace(device=url, vid=1, hwid="USB") for url in urls()]
    )


def until(link: DeviceLink, enough: Callable[[list[FrameBlock]], bool], *, within_s: float = 8.0) -> FrameBlock:
    blocks: list[FrameBlock] = []
    deadline = time.monotonic() + within_s
    while not enough(blocks):
        assert time.monotonic() < deadline, f"{sum(map(len, blocks))} frames came, and no more"
        blocks += [arrival.frames for arrival in link.poll()]
        time.sleep(0.003)
    return joined(blocks)


def newest(blocks: list[FrameBlock]) -> int:
    return int(blocks[-1].sequence[-1]) if blocks else -1


def test_a_board_that_comes_back_goes_on_with_the_gap_in_its_numbers(play: Serve) -> None:
    device = insole(3000)
    server = play([device], faults=[BACK_SOON])
    link = SerialTransport().open(server.urls[0], timeout_s=2, reconnect_s=10)
    link.start()
    frames = until(link, lambda blocks: newest(blocks) > 1200)
    notes = [note for note in link.take_notes() if note.kind in ("lost", "back", "restarted")]
    assert [note.kind for note in notes] == ["lost", "back", "restarted"]
    lost, back, restarted = notes
    assert lost.time_s < back.time_s <= restarted.time_s + 1e-6
    assert "is gone after" in lost.facts["reason"]
    assert back.facts["url"] == link.url == server.urls[0]
    (gap,) = np.flatnonzero(np.diff(frames.sequence) > 1)
    assert frames.sequence[gap] == 300
    assert restarted.facts["sequence"] == frames.sequence[gap + 1]
    missing = int(frames.sequence[gap + 1] - frames.sequence[gap]) - 1
    assert 100 < missing == link.stats.lost_frames
    assert missing / 1000 == pytest.approx(restarted.facts["away_s"], abs=0.15)
    np.testing.assert_array_equal(np.diff(frames.ticks_us[gap + 1 :]), 1000)
    # the scene went on meanwhile: numbers and scene agree again as well as the host's clock knows the gap
    (row,) = np.flatnonzero((device.frames.counts == frames.counts[gap + 1]).all(axis=1))
    assert frames.sequence[gap + 1] == pytest.approx(row, abs=150)
    assert link.stats.reconnects == 1
    link.close()


@ONCE
def test_both_boards_of_a_pair_play_the_same_scene_after_one_was_away(play: Serve) -> None:
    devices = [insole(4000), insole(4000)]
    server = play(devices, faults=[BACK_SOON, LinkFaults()])
    transport = SerialTransport()
    links = [transport.open(url, timeout_s=2, reconnect_s=10) for url in server.urls]
    for link in links:
        link.start()
    until(links[0], lambda blocks: newest(blocks) > 900)
    instants = []
    for link in links:
        while not (arrivals := link.poll()):
            time.sleep(0.003)
        last = arrivals[-1]
        (row,) = np.flatnonzero((devices[0].frames.counts == last.frames.counts[-1]).all(axis=1))
        instants.append(last.time_s - row / 1000)
        link.close()
    assert instants[0] == pytest.approx(instants[1], abs=0.1)


@POSIX
def test_a_board_is_found_under_another_name_by_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    faults = [LinkFaults(unplug_after_s=0.2, return_after_s=0.1, return_elsewhere=True), LinkFaults()]
    with serve([plate(400), insole(100)], faults=faults, tcp=False) as server:
        listing(monkeypatch, lambda: server.urls)
        first = server.urls[0]
        link = SerialTransport().open(first, timeout_s=2, reconnect_s=10)
        link.start()
        frames = until(link, lambda blocks: bool(blocks) and link.stats.reconnects == 1 and len(blocks) > 40)
        assert np.all(np.diff(frames.sequence) > 0)
        assert np.all(np.diff(frames.ticks_us) >= 0)
        assert link.url == server.urls[0]
        link.close()


@POSIX
def test_ports_that_were_never_ours_get_no_byte_while_a_board_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    instrument = PtyEndpoint()
    faults = [LinkFaults(unplug_after_s=0.1, return_after_s=0.4)]
    with serve([insole(2000)], faults=faults, tcp=False) as server:
        listing(monkeypatch, lambda: [instrument.url, *server.urls])
        link = SerialTransport().open(server.urls[0], timeout_s=2, reconnect_s=10)
        link.start()
        until(link, lambda blocks: newest(blocks) > 800)
        assert instrument.read(0) is None, "nobody opened it"
        link.close()
    instrument.close()


def test_a_board_that_stays_away_is_given_up_and_says_so(play: Serve) -> None:
    server = play([insole(1000)], faults=[LinkFaults(unplug_after_s=0.1)])
    link = SerialTransport().open(server.urls[0], timeout_s=0.3, reconnect_s=0.4)
    link.start()
    with pytest.raises(DeviceLostError, match=r"INS-L001 was on .* did not come back within 0\.4 s"):
        until(link, lambda blocks: newest(blocks) > 500)
    with pytest.raises(DeviceLostError):
        link.poll()
    link.send_ping()
    link.stop()
    with pytest.raises(DeviceLostError):
        link.start()
    link.close()
    link.close()


@ONCE
def test_starting_waits_for_a_board_that_went_between_two_trials(play: Serve) -> None:
    server = play([insole(3000)], faults=[BACK_SOON])
    link = SerialTransport().open(server.urls[0], timeout_s=2, reconnect_s=10)
    link.start()
    seen: list[int] = []
    while not any(note.kind == "lost" for note in link.take_notes()):
        seen += [int(arrival.frames.sequence[-1]) for arrival in link.poll()]
        time.sleep(0.003)
    link.stop()
    link.start()
    frames = until(link, lambda blocks: sum(map(len, blocks)) > 200)
    assert frames.sequence[0] > seen[-1]
    assert link.stats.reconnects == 1
    link.close()


@ONCE
def test_closing_ends_the_search_at_once(play: Serve) -> None:
    server = play([insole(1000)], faults=[LinkFaults(unplug_after_s=0.05)])
    link = SerialTransport().open(server.urls[0], timeout_s=0.3, reconnect_s=60)
    link.start()
    while not any(note.kind == "lost" for note in link.take_notes()):
        link.poll()
        time.sleep(0.003)
    began = time.monotonic()
    link.close()
    assert time.monotonic() - began < 3
    assert link.poll() == []


def test_a_port_that_one_link_holds_is_opened_by_no_other(play: Serve) -> None:
    server = play([insole(1000)])
    transport = SerialTransport()
    link = transport.open(server.urls[0], timeout_s=2)
    with pytest.raises(DeviceError, match=r"this program has .* open already"):
        transport.open(server.urls[0], timeout_s=0.3)
    link.close()
    transport.open(server.urls[0], timeout_s=2).close()


@ONCE
def test_a_board_that_restarts_by_itself_is_started_again(play: Serve) -> None:
    server = play([insole(3000)], faults=[LinkFaults(reset_after_s=0.2)])
    link = SerialTransport(silence_s=0.2).open(server.urls[0], timeout_s=2, reconnect_s=10)
    link.start()

    def enough(blocks: list[FrameBlock]) -> bool:
        link.send_ping()  # whose answers are no sign that it streams
        return sum(map(len, blocks)) > 400

    frames = until(link, enough)
    kinds = [note.kind for note in link.take_notes()]
    assert [kind for kind in kinds if kind in ("lost", "back", "restarted")] == ["lost", "back", "restarted"]
    assert np.all(np.diff(frames.sequence) >= 1)
    link.close()


@ONCE
def test_a_cable_pulled_around_stop_brings_back_a_silent_board_and_no_old_frames(play: Serve) -> None:
    server = play([insole(6000)], faults=[LinkFaults(unplug_after_s=0.3, return_after_s=0.2)])
    link = SerialTransport().open(server.urls[0], timeout_s=2, reconnect_s=10)
    link.start()
    pipe = link._link._conversation.pipe
    while pipe._failure is None:
        time.sleep(0.003)
    link.stop()  # the port went before anybody polled
    while link.stats.reconnects == 0:
        link.poll()
        time.sleep(0.003)
    heard = link.stats.bytes_received
    time.sleep(0.1)
    before = link.poll()
    assert link.stats.bytes_received == heard, "nobody asked it to stream"
    link.start()
    frames = until(link, lambda blocks: sum(map(len, blocks)) > 50)
    assert before == []
    assert len(frames) > 50
    link.close()


@POSIX
def test_a_port_whose_board_was_never_identified_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    instrument = PtyEndpoint()
    listing(monkeypatch, lambda: [instrument.url, "/dev/gone"])
    transport = SerialTransport()
    with pytest.raises(DeviceError, match="nothing answered"):
        transport.open(instrument.url, timeout_s=0.2)
    assert transport._where_it_may_return("/dev/gone")() == ["/dev/gone"]
    instrument.close()


def search_for_insole(reach: Reach) -> Search:
    return Search(
        insole_info(), reach, lambda: ["A"], give_up_s=0.1, attempt_s=0.1, streaming=False, before=lambda: None
    )


def test_a_search_outlives_whatever_a_port_does_and_keeps_what_it_was() -> None:
    def broken(_url: str, _within_s: float) -> tuple[Conversation, DeviceInfo]:
        raise RuntimeError("the driver fell over")

    search = search_for_insole(broken)
    search.wait()
    assert search.take() is None
    assert search.trouble == "looking for it met RuntimeError: the driver fell over"


@pytest.mark.parametrize("change", [{"n_channels": 4}, {"placement": "right"}, {"gain": 2}])
def test_a_board_that_comes_back_set_otherwise_is_not_taken_back(change: dict[str, object]) -> None:
    pipe = BoardPipe(insole())
    talk = Conversation(pipe, "A", stats=LinkStats(), clock=lambda: pipe.now_s)
    search = search_for_insole(lambda _url, _within_s: (talk, replace(insole_info(), **change)))
    search.wait()
    assert search.take() is None
    assert pipe.closed
    ((name, value),) = change.items()
    assert f"INS-L001 on A has {name} {value} instead of " in str(search.trouble)


@ONCE
def test_giving_up_names_what_stood_in_the_way(play: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[str]:
        raise RuntimeError("no list of ports")

    monkeypatch.setattr(SerialTransport, "_where_it_may_return", lambda _transport, _url: broken)
    server = play([insole(1000)], faults=[LinkFaults(unplug_after_s=0.1)])
    link = SerialTransport().open(server.urls[0], timeout_s=2, reconnect_s=0.2)
    link.start()
    with pytest.raises(DeviceLostError, match=r"within 0\.2 s \(looking for it met RuntimeError: no list of ports\)"):
        until(link, lambda blocks: newest(blocks) > 500)
    link.close()
