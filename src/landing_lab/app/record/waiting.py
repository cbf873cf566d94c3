"""Before a trial, while its boards start: one that is away is waited for, and who does not want to wait can leave."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from landing_lab.acquire.session import stream_names
from landing_lab.acquire.starting import started
from landing_lab.app.record.afterwards import QUIT
from landing_lab.app.record.gates import Finding
from landing_lab.app.record.trial import stream_again
from landing_lab.app.record.view import instruction
from landing_lab.model.device import DeviceLink

if TYPE_CHECKING:
    from landing_lab.app.record.session import RecordSession

AWAY_AFTER_S: Final = 1.0
"""A board that is there starts in a tenth of it."""


def boards_stream(session: RecordSession) -> bool:
    """Let every board stream before a trial; False where the session was ended meanwhile, and its links are closed.

    Raises DeviceError where one does not start, or does not come back.
    """
    session.phase = "starting"
    waiting = _Waiting(session)
    if started(session.links, waiting.look) is not None:
        return False
    if waiting.was_away or any(one.name.startswith(("silent ", "away ")) for one in session.findings):
        stream_again(session.links, pause=session.pause)
        return started(session.links, waiting.look) is None  # one may have gone again
    return True


class _Waiting:
    """Keeps the front end going. Each link has its own time to start."""

    def __init__(self, session: RecordSession) -> None:
        self._session = session
        self._link: DeviceLink | None = None
        self._since_s = 0.0
        self.was_away = False

    def look(self, link: DeviceLink) -> str | None:
        """The word that ends waiting, and with it the session, where somebody quits."""
        session = self._session
        if link is not self._link:
            self._link, self._since_s, session.phase = link, time.monotonic(), "starting"
        elif time.monotonic() - self._since_s > AWAY_AFTER_S and session.phase != "away":
            self.was_away, session.phase = True, "away"
            names = zip(session.links, stream_names(session.links), strict=True)
            session.waits_for = next(name for one, name in names if one is link)
            text = f"a board is away: {instruction(session)}"
            session.tell("stage", text, findings=(Finding(f"away {session.waits_for}", "stop", text),))
        session.front.tick(session)
        while (command := session.next_command()) is not None:
            if command.kind == "note":
                session.notes.append(command.text)
            elif command.kind == "quit":
                return self._left()
        return None

    def _left(self) -> str:
        session = self._session
        session.quitting = session.closed_links = True
        if session.notes:
            session.tell("verdict", "No trial had begun that the note could go with: it is not kept.")
        return QUIT
