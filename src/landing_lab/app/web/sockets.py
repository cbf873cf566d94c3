"""The sockets of open pages: each gets the newest state and what is new of the live signals, as fast as it takes it."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from starlette.websockets import WebSocket, WebSocketDisconnect

from landing_lab.app.web.lab import Lab
from landing_lab.app.web.live.feed import LiveFeed
from landing_lab.app.web.live.message import instrument, live_message

LIVE_EVERY_S: Final = 1.0 / 100.0
"""More often than a screen is drawn (60 times a second), so that no drawing finds nothing new and none waits long."""

IDLE_EVERY_S: Final = 0.05

MOST_UNSEEN: Final = 40
"""Updates that a page may lag behind: 0.4 s. One that lags further gets the newest once it has caught up."""

LAGGING_EVERY_S: Final = 0.25
"""A page that never says what it has seen gets updates at this pace once it is that far behind."""

MOST_ASKED: Final = 2000
"""Characters of what a page may say on its socket."""

MOST_PAGES: Final = 24
"""Open at once: each costs a little of the computer that records."""


@dataclass(slots=True)
class _Seen:
    """How far a page is: updates sent, and how many of them it says it has taken in."""

    sent: int = 0
    taken: int = 0
    sent_s: float = 0.0

    def may_send(self, now_s: float) -> bool:
        """Whether another update would be looked at."""
        return self.sent - self.taken < MOST_UNSEEN or now_s - self.sent_s >= LAGGING_EVERY_S


@dataclass(slots=True)
class NewestState:
    """The newest state of a lab as text, written once for all its pages."""

    lab: Lab
    _revision: int = -1
    _text: str = ""

    def text(self) -> tuple[int, str]:
        """The revision and the text, without its closing brace."""
        revision = self.lab.revision
        if self._revision != revision:
            self._revision, self._text = revision, json.dumps(self.lab.state())[:-1]
        return revision, self._text


async def serve_page(socket: WebSocket, newest: NewestState, client: str, *, drove: bool) -> None:
    """Talk to one page until it goes; what it is sent never waits for other pages, nor the recording for any."""
    lab = newest.lab
    if lab.wheel.n_sockets >= MOST_PAGES:
        await socket.close(4429)
        return
    await socket.accept()
    lab.wheel.came(client, drove=drove)
    lab.changed()
    lab.welcome()
    seen = _Seen()
    listening = asyncio.create_task(_listen(socket, seen))
    sending = asyncio.create_task(_send(socket, newest, client, seen))
    try:
        await asyncio.wait((listening, sending), return_when=asyncio.FIRST_COMPLETED)
    finally:
        lab.wheel.left(client)  # first, or a page that ended in an error would drive for ever
        lab.changed()
        for task in (listening, sending):
            task.cancel()
            with suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError, OSError):
                await task


async def _listen(socket: WebSocket, seen: _Seen) -> None:
    """Hear pings, by which a page lays its clock over ours, and how far it is; anything else ends the socket."""
    while (text := await _text_from(socket)) is not None:
        if len(text) > MOST_ASKED:
            await socket.close(4413)
            return
        try:
            asked: Any = json.loads(text)
        except (ValueError, RecursionError):
            asked = None
        kind = asked.get("type") if isinstance(asked, dict) else None
        if kind == "ping" and _is_number(asked.get("t")):
            await socket.send_text(json.dumps({"type": "pong", "t": asked["t"], "server_s": time.monotonic()}))
        elif kind == "taken" and _is_number(asked.get("n")):
            seen.taken = min(int(asked["n"]), seen.sent)
        else:
            await socket.close(4400)
            return


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


async def _text_from(socket: WebSocket) -> str | None:
    """The next message as text, None once the page is gone; bytes, which no page sends, as none that is understood."""
    message = await socket.receive()
    return None if message["type"] == "websocket.disconnect" else message.get("text") or ""


async def _send(socket: WebSocket, newest: NewestState, client: str, seen: _Seen) -> None:
    lab = newest.lab
    revision, drives, strip, drawn, feed, setup = -1, None, 0, -1, None, -1
    while True:
        # a wheel that nobody holds is anybody's: whoever presses first drives
        may_drive = lab.wheel.driver in (None, client)
        if lab.revision != revision or may_drive != drives:
            drives = may_drive
            revision, text = newest.text()
            mine = json.dumps({"drives": drives, "n_pages": lab.wheel.n_watching})
            await socket.send_text(f'{{"type": "state", "state": {text}, {mine[1:]}}}')
        live: LiveFeed | None = None if lab.front is None else lab.front.feed
        if live is not feed:
            feed, strip, drawn, setup = live, 0, -1, -1
        if feed is not None and feed.setup != setup:
            setup = feed.setup
            await socket.send_text(json.dumps({"type": "instrument", "instrument": instrument(feed)}))
        now_s = time.monotonic()
        if feed is not None and feed.revision != drawn and seen.may_send(now_s):
            drawn = feed.revision
            message, strip = live_message(feed, strip)
            seen.sent, seen.sent_s = seen.sent + 1, now_s
            await socket.send_bytes(message)
        await asyncio.sleep(LIVE_EVERY_S if lab.job == "record" else IDLE_EVERY_S)
