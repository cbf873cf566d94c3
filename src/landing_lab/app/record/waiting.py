"""Before a trial, while its boards start: one that is away is waited for, and who does not want to wait can leave."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from landing_lab.acquire.session import stream_names
from landing_lab.app.record.afterwards import QUIT
from landing_lab.app.record.view import instruction
from landing_lab.model.device import DeviceLink

if TYPE_CHECKING:
    from landing_lab.app.record.session import RecordSession

AWAY_AFTER_S: Final = 1.0
"""A board that is there starts in a tenth of it."""


def while_waiting(session: RecordSession, link: DeviceLink) -> str | None:
    """Keep the front end going; the word that ends waiting, and with it the session, where somebody quits."""
    if time.monotonic() - session.waits_since_s > AWAY_AFTER_S:
        names = zip(session.links, stream_names(session.links), strict=True)
        session.waits_for = next((name for one, name in names if one is link), "")
        if session.phase != "away":
            session.phase = "away"
            session.tell("stage", f"a board is away: {instruction(session)}")
    session.front.tick(session)
    while (command := session.next_command()) is not None:
        if command.kind == "note":
            session.notes.append(command.text)
        elif command.kind == "quit":
            session.quitting = session.closed_links = True
            return QUIT
    return None
