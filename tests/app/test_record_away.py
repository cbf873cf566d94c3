"""A board that is away when the next trial would begin: waited for, and nobody has to wait with it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.test_record_session import Script, ran, scene, session_of
from landing_lab.app.record.events import Command
from landing_lab.app.record.session import RecordSession
from landing_lab.errors import DeviceLostError
from played_links import PlayedClock, PlayedLink, played

PATIENCE_S = 30.0
NOTE, QUIT = Command(kind="note", text="cable loose"), Command(kind="quit")


@dataclass
class AwayLink(PlayedLink):
    """From one of its starts on it waits until it is plugged in again, or closed."""

    first_away: int = 1
    starts_in_s: float = 0.1
    back: threading.Event = field(default_factory=threading.Event)
    closed: bool = False

    def start(self) -> None:
        if self.n_started >= self.first_away:
            assert self.back.wait(PATIENCE_S)
            if self.closed:
                raise DeviceLostError(f"{self.info.device_id} did not come back; look at its cable")
            self.silent_from_s = float("inf")
            self.stats.reconnects += 1
        time.sleep(self.starts_in_s)
        super().start()

    def close(self) -> None:
        self.closed = True
        self.back.set()


class AtTheLab(Script):
    """Once the session waits for the board: what is typed, then whether it is plugged in."""

    def __init__(self, link: AwayLink, typed: list[Command], *, plugs_in: bool = False) -> None:
        super().__init__([Command(kind="accept"), Command(kind="accept"), Command(kind="accept")])
        self.link, self.typed, self.plugs_in = link, typed, plugs_in
        self.seen: set[tuple[str, str]] = set()

    def tick(self, session: RecordSession) -> None:
        super().tick(session)
        if session.phase == "away":
            view = session.view()
            self.seen.add((view.headline, view.instruction))
            if self.typed:
                session.submit(self.typed.pop(0))
            elif self.plugs_in:
                self.link.back.set()


def links_with_one_away(*, n_trials: int = 2) -> tuple[list[PlayedLink], AwayLink]:
    links = played(*(scene(number) for number in range(n_trials)), clock=PlayedClock())
    away = AwayLink(links[0].devices, links[0].clock, silent_from_s=4.0)
    links[0] = away
    return links, away


def test_a_session_is_left_at_once_while_a_board_is_away(tmp_path: Path) -> None:
    links, away = links_with_one_away()
    front = AtTheLab(away, [QUIT])
    session = ran(session_of(tmp_path, links, front))
    assert session.closed_links
    assert away.closed
    assert [entry.verdict for entry in session.book.state.trials] == ["accepted"]
    ((headline, instruction),) = front.seen
    assert headline == "A BOARD IS AWAY"
    assert instruction == "insole_left: look at its cable and its power; it is waited for up to 30 s"
    assert front.texts("ended") == ["1 of 2 trials are accepted."]
    assert front.texts("stage")[-1] == f"a board is away: {instruction}"


def test_the_first_trial_is_not_waited_for_either(tmp_path: Path) -> None:
    links, away = links_with_one_away()
    away.first_away = 0
    front = AtTheLab(away, [QUIT])
    session = ran(session_of(tmp_path, links, front))
    assert session.closed_links
    assert session.book.state.trials == ()
    assert list(session.book.folder.path.rglob("*.xdf")) == []
    assert [headline for headline, _ in front.seen] == ["A BOARD IS AWAY"]


def test_a_board_that_is_plugged_in_again_lets_the_next_trial_begin(tmp_path: Path) -> None:
    links, away = links_with_one_away()
    front = AtTheLab(away, [NOTE], plugs_in=True)
    session = ran(session_of(tmp_path, links, front))
    assert not session.closed_links
    assert [entry.verdict for entry in session.book.state.trials] == ["accepted", "accepted"]
    assert "cable loose" in session.book.state.trials[1].notes, "what was typed meanwhile goes with the next trial"
    ((headline, instruction),) = front.seen
    assert (headline, instruction[:11]) == ("A BOARD IS AWAY", "insole_left"), "boards that are there are not named"
    assert not any("was away" in note for note in session.book.state.trials[1].notes), "before the trial, not in it"


def test_a_board_that_does_not_come_back_ends_the_session(tmp_path: Path) -> None:
    links, away = links_with_one_away()

    class GivesUp(AtTheLab):
        def tick(self, session: RecordSession) -> None:
            super().tick(session)
            if session.phase == "away":
                away.close()

    session = ran(session_of(tmp_path, links, GivesUp(away, [])))
    assert session.problem is not None
    assert "did not come back" in session.problem
    assert not session.closed_links


@pytest.mark.parametrize("first_away", [0, 1])
def test_ctrl_c_is_heard_while_a_board_is_away(tmp_path: Path, first_away: int) -> None:
    links, away = links_with_one_away()
    away.first_away = first_away

    class Pressed(AtTheLab):
        def tick(self, session: RecordSession) -> None:
            super().tick(session)
            if session.phase == "away":
                raise KeyboardInterrupt

    session = ran(session_of(tmp_path, links, Pressed(away, [])))
    away.close()
    assert session.interrupted
    assert [entry.verdict for entry in session.book.state.trials] == ["accepted"] * first_away
