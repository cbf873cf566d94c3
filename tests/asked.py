"""Ask an ASGI application as a server would: the path is what stands in the scope, decoded and not tidied up."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def asked(app: ASGIApp, path: str, *, query: str = "", post: object = None, client: str = "a-test-client") -> Answer:
    """GET a path as it would stand in a request line, or POST a JSON object to it."""
    body = b"" if post is None else json.dumps(post).encode()
    headers = [(b"host", b"127.0.0.1"), (b"x-landing-lab", b"1"), (b"x-client", client.encode())]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": "",
        "method": "GET" if post is None else "POST", "path": unquote(path), "raw_path": path.encode(),
        "query_string": query.encode(), "headers": headers, "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 9),
    }  # fmt: skip
    sent: list[Message] = []

    async def run() -> None:
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            if waiting:
                return waiting.pop()
            await asyncio.sleep(3600)
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        await app(scope, receive, send)

    with ThreadPoolExecutor(1) as own:  # in the main thread a browser's event loop may be running
        own.submit(lambda: asyncio.run(run())).result()
    start = next(one for one in sent if one["type"] == "http.response.start")
    told = {name.decode().lower(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], told, b"".join(one.get("body", b"") for one in sent))
