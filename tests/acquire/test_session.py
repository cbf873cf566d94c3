"""A session against links that behave and links that fail; no port, no thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from landing_lab.acquire.session import record_trial, stream_names
from landing_lab.errors import DeviceLostError, DeviceTimeoutError, RecordingError
from landing_lab.io.formats.xdf import read_raw
from landing_lab.model.device import Arrival, LinkStats
from landing_lab.sim.devices import demo_bodies, trial_scene
from scripted_links import ScriptedLink, frames


def until(n: int) -> Callable[[str, Arrival], bool]:
    """Complete once sequence number n has come."""
    return lambda _name, arrival: bool(arrival.frames.sequence[-1] >= n)


def record(link: ScriptedLink, path: Path, n: int, **more: float) -> object:
    return record_trial(
        [link], path, metadata={"a": 1}, on_arrival=until(n), max_duration_s=more.get("max_duration_s", 10.0),
        pause=lambda _seconds: None,
    )  # fmt: skip


def sequence_in(path: Path) -> list[int]:
    (stream,) = read_raw(path).streams.values()
    return stream.frames.sequence.tolist()


def test_everything_received_is_in_the_file(tmp_path: Path) -> None:
    link = ScriptedLink(
        [[Arrival(0.01, frames(0, 10))], [], [Arrival(0.02, frames(10, 10))], [Arrival(0.03, frames(20, 5))]]
    )
    done = record(link, tmp_path / "raw" / "t.xdf", 19)
    assert done.ended == "complete"
    assert done.lost is None
    assert done.link_statistics["insole_left"]["frames"] == 25
    # frames that were on their way when the trial was complete are kept too
    assert sequence_in(done.path) == list(range(25))
    assert link.calls == ["start", "ping", "stop"]


def test_link_statistics_are_in_the_file(tmp_path: Path) -> None:
    done = record(ScriptedLink([[Arrival(0.01, frames(0, 10))]]), tmp_path / "t.xdf", 9)
    link = read_raw(done.path).metadata["link_insole_left"]
    assert link == {**LinkStats(frames=10).as_dict(), "ended": "complete"}


def test_a_lost_board_ends_the_trial_and_keeps_the_file(tmp_path: Path) -> None:
    link = ScriptedLink([[Arrival(0.01, frames(0, 10))], DeviceLostError("the cable was pulled")])
    done = record(link, tmp_path / "t.xdf", 1000)
    assert done.lost == done.ended == "the cable was pulled"
    assert sequence_in(done.path) == list(range(10))


def test_time_runs_out(tmp_path: Path) -> None:
    done = record(ScriptedLink([[Arrival(0.01, frames(0, 10))]]), tmp_path / "t.xdf", 1000, max_duration_s=0.05)
    assert done.ended == "time limit"
    assert sequence_in(done.path) == list(range(10))


def test_ctrl_c_keeps_the_file(tmp_path: Path) -> None:
    polls: list = [[Arrival(0.01, frames(0, 10))]]
    link = ScriptedLink(polls)
    done = record_trial(
        [link], tmp_path / "t.xdf", metadata={}, max_duration_s=10.0, pause=lambda _seconds: None,
        on_arrival=lambda _name, _arrival: (_ for _ in ()).throw(KeyboardInterrupt),
    )  # fmt: skip
    assert done.ended == "interrupted"
    assert sequence_in(done.path) == list(range(10))
    assert "stop" in link.calls


def test_a_board_that_does_not_start_is_an_error(tmp_path: Path) -> None:
    link = ScriptedLink([])
    link.start = lambda: (_ for _ in ()).throw(DeviceTimeoutError("no answer"))  # type: ignore[method-assign]
    other = ScriptedLink([[Arrival(0.01, frames(0, 10))]])
    with pytest.raises(DeviceTimeoutError):
        record_trial([other, link], tmp_path / "t.xdf", metadata={}, on_arrival=until(1), max_duration_s=1.0)
    assert other.calls == ["start", "stop"]
    assert "stop" in link.calls
    # a trial that never began leaves no file in the way of the next
    assert list(tmp_path.iterdir()) == []


def test_a_board_that_does_not_confirm_the_stop_loses_nothing(tmp_path: Path) -> None:
    link = ScriptedLink([[Arrival(0.01, frames(0, 10))], [Arrival(0.02, frames(10, 5))]])
    link.stop = lambda: (_ for _ in ()).throw(DeviceTimeoutError("no answer"))  # type: ignore[method-assign]
    done = record(link, tmp_path / "t.xdf", 9)
    assert done.ended == "complete"
    assert sequence_in(done.path) == list(range(15))


def test_nothing_to_record_and_nowhere_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="nothing to record"):
        record_trial([], tmp_path / "t.xdf", metadata={}, on_arrival=until(1), max_duration_s=1.0)
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingError):
        record(ScriptedLink([]), tmp_path / "file" / "t.xdf", 1)
    (tmp_path / "there.xdf").write_text("somebody's recording")
    with pytest.raises(RecordingError, match="never overwritten"):
        record(ScriptedLink([]), tmp_path / "there.xdf", 1)
    assert (tmp_path / "there.xdf").read_text() == "somebody's recording"


def test_streams_are_named_by_what_they_are() -> None:
    left, right, plate = (d.info for d in trial_scene(demo_bodies(1, seed=1)[0], seed=1, session=0).devices)
    links = [ScriptedLink([], info=info) for info in (left, right, plate, plate)]
    assert stream_names(links) == ["insole_left", "insole_right", "plate", "plate_2"]
