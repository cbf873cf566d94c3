"""Who may come in: this machine's pages only, or with the token of this run; no page of another site."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE: Final = "landing_lab_token"
"""How names of cookies begin; the port follows, as browsers keep one cookie for all ports of a machine."""

MOST_BODY: Final = 256_000
"""Of a request: a form of every field is 20 kB."""

LONGEST_BODY_S: Final = 10.0
"""Between two parts of a request."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
"""Nothing of another host is ever asked for, and no script runs that is not a file of ours."""

SAFE_HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
LOCAL_HEADERS: Final = {"cross-origin-opener-policy": "same-origin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What a request must show.

    hosts: names under which this server may be called; by_number: also by every number of this machine, which no name
    server of somebody else can give to a page of theirs. token: None on loopback. port: on which this server listens.
    """

    hosts: frozenset[str]
    by_number: bool = False
    token: str | None = None
    port: int = 0

    @property
    def cookie(self) -> str:
        """The name of the cookie: two servers of one machine leave each other's alone."""
        return f"{COOKIE}_{self.port}"

    def refusal(self, method: str, headers: Mapping[str, str], *, socket: bool) -> str | None:
        """Why a request may not come in; None where it may. The token is looked at by `knows`."""
        host = _host_of(f"//{headers.get('host', '')}")
        if host not in self.hosts and not (self.by_number and _is_number(host)):
            return f"this server is not called {host[:80]!r}; use the address that landing-lab serve printed"
        reads = method in ("GET", "HEAD") and not socket
        origin = headers.get("origin")
        # a report in a frame without rights says null, and may read what it shows but do nothing
        if (
            origin is not None
            and not (reads and origin == "null")
            and not _same_origin(origin, headers.get("host", ""))
        ):
            return "a page of another site asked; open the lab page itself"
        # a picture or a frame of another site could read nothing, but would make the lab compute
        if headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-dest") != "document":
            return "a page of another site asked; open the lab page itself"
        if socket and origin is None:
            return "a socket without an origin is not of the lab page"
        if not reads and not socket and headers.get("x-landing-lab") != "1":
            return "the request does not come from the lab page"
        return None

    def knows(self, headers: Mapping[str, str]) -> bool:
        """Whether the request carries the token, compared in constant time; always on loopback."""
        if self.token is None:
            return True
        cookies: SimpleCookie = SimpleCookie()
        try:
            cookies.load(headers.get("cookie", ""))
        except CookieError:
            return False
        shown = cookies[self.cookie].value if self.cookie in cookies else ""
        return self.is_token(shown)

    def is_token(self, shown: str) -> bool:
        """Whether this is the token of this run."""
        return self.token is not None and hmac.compare_digest(shown.encode(), self.token.encode())


class Guard:
    """ASGI middleware: turns away what the door refuses, and puts the safe headers on every answer."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        socket = scope["type"] == "websocket"
        refused = self._door.refusal(scope.get("method", "GET"), headers, socket=socket)
        if refused is None and not self._door.knows(headers):
            if not socket and (answer := self._entered(scope)) is not None:
                await answer(scope, receive, self._marked(send))
                return
            refused = "the token is missing or wrong; open the whole address that landing-lab serve printed"
        if refused is None and not socket and int(headers.get("content-length") or 0) > MOST_BODY:
            await JSONResponse({"error": "the request is too large"}, 413)(scope, receive, self._marked(send))
            return
        if refused is None:
            await self._app(scope, receive if socket else _limited(receive), send if socket else self._marked(send))
        elif socket:
            await receive()
            await send({"type": "websocket.close", "code": 4403, "reason": "refused"})
        else:
            await PlainTextResponse(refused, 403)(scope, receive, self._marked(send))

    def _entered(self, scope: Scope) -> Any:
        """The answer to somebody who opens the address with the right token in it: a cookie instead."""
        query = scope.get("query_string", b"").decode("latin-1")
        shown = next((part[6:] for part in query.split("&") if part.startswith("token=")), "")
        if scope.get("method") != "GET" or scope["path"] != "/" or not self._door.is_token(shown):
            return None
        answer = RedirectResponse("/", 303)
        # lax: a link in a mail or a chat leads in; what acts shows a header and an origin besides
        answer.set_cookie(self._door.cookie, shown, httponly=True, samesite="lax", path="/")
        return answer

    def _marked(self, send: Send) -> Send:
        """Every answer with the safe headers."""
        # browsers heed an opener policy only where nobody can listen in, and complain elsewhere
        wanted = SAFE_HEADERS if self._door.token is not None else {**SAFE_HEADERS, **LOCAL_HEADERS}

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name.lower() for name, _ in message["headers"]}
                more = [(k.encode(), v.encode()) for k, v in wanted.items() if k.encode() not in there]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        return marked


class TooLargeError(Exception):
    """A request is larger than anything the page sends."""


def _limited(receive: Receive) -> Receive:
    """Bodies whose length was not told are counted, and one that never ends is not waited for."""
    seen, ended = 0, False

    async def counted() -> Message:
        nonlocal seen, ended
        # after the body only the end of the connection is listened for, however long an answer takes
        message = await receive() if ended else await asyncio.wait_for(receive(), LONGEST_BODY_S)
        ended = ended or not message.get("more_body", False)
        seen += len(message.get("body", b""))
        if seen > MOST_BODY:
            raise TooLargeError
        return message

    return counted


def _same_origin(origin: str, host: str) -> bool:
    try:
        asked = urlsplit(origin)
    except ValueError:
        return False
    return asked.scheme in ("http", "https") and asked.netloc != "" and asked.netloc == host


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _host_of(netloc: str) -> str:
    try:
        return (urlsplit(netloc).hostname or "").lower()
    except ValueError:
        return ""
