"""Boards that begin to stream, do not, or are waited for until somebody has enough."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from landing_lab.acquire.session import record_trial
from landing_lab.acquire.starting import started
from landing_lab.errors import DeviceLostError, DeviceTimeoutError
from landing_lab.io.formats.xdf import read_raw
from landing_lab.model.device import Arrival, DeviceLink
from scripted_links import ScriptedLink, frames


class AwayLink(ScriptedLink):
    """Waits in its start until it is closed."""

    def __init__(self) -> None:
        super().__init__([])
        self.gone = threading.Event()

    def start(self) -> None:
        super().start()
        assert self.gone.wait(30.0)
        raise DeviceLostError("closed by this program")

    def close(self) -> None:
        super().close()
        self.gone.set()


def test_a_board_that_is_away_is_given_up_with_a_word() -> None:
    asked: list[DeviceLink] = []
    away, other = AwayLink(), ScriptedLink([])

    def leave(link: DeviceLink) -> str | None:
        asked.append(link)
        return "somebody left" if len(asked) == 3 else None

    assert started([other, away], leave) == "somebody left"
    assert all(one is away for one in asked)
    assert other.calls == ["start", "close"], "nothing but close is called meanwhile"
    assert away.calls == ["start", "close"]


def test_ctrl_c_while_a_board_is_away_closes_the_links() -> None:
    away = AwayLink()

    def pressed(_link: DeviceLink) -> str | None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        started([away], pressed)
    assert away.calls == ["start", "close"]


@pytest.mark.parametrize("on_wait", [None, lambda _link: None])
def test_where_one_does_not_start_the_others_are_silenced(on_wait: object) -> None:
    link, other = ScriptedLink([]), ScriptedLink([[Arrival(0.01, frames(0, 10))]])
    link.start = lambda: (_ for _ in ()).throw(DeviceTimeoutError("no answer"))  # type: ignore[method-assign]
    with pytest.raises(DeviceTimeoutError):
        started([other, link], on_wait)  # type: ignore[arg-type]
    assert other.calls == ["start", "stop"]
    assert other.polls == []


def test_boards_that_stream_already_are_not_started_again(tmp_path: Path) -> None:
    link = ScriptedLink([[Arrival(0.01, frames(0, 10))]])
    assert started([link], lambda _link: None) is None
    done = record_trial(
        [link], tmp_path / "t.xdf", metadata={}, on_arrival=lambda *_: True, max_duration_s=1.0, streaming=True
    )
    assert link.calls.count("start") == 1
    (stream,) = read_raw(done.path).streams.values()
    assert stream.frames.sequence.tolist() == list(range(10))
