"""A web server on loopback that serves files as well or as badly as a test wants, and counts what it sent."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from landing_lab.app.datasets.dataset import Dataset, DatasetFile


@dataclass
class Served:
    """One file of the server. breaks: bytes after which each of the next answers is cut off; statuses: error codes of
    the next answers; ranges: whether it can continue; etag: as in the header, empty for none; sends: other bytes than
    its headers tell; slow_s: pause before each piece of 64 kB."""

    data: bytes
    breaks: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ranges: bool = True
    etag: str = '"one"'
    location: str = ""
    length: bool = True
    encoding: str = ""
    slow_s: float = 0.0


@dataclass
class Server:
    """What is served by path, and what was asked."""

    port: int
    files: dict[str, Served] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    sent_bytes: int = 0
    pieces: threading.Event = field(default_factory=threading.Event)

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def serving() -> Iterator[Server]:
    """A running server."""
    server: Server

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def end_headers(self) -> None:
            self.send_header("Connection", "close")
            super().end_headers()

        def do_GET(self) -> None:
            server.asked.append((self.path, dict(self.headers)))
            one = server.files.get(self.path.partition("?")[0])
            if one is None:
                self.send_error(404)
            elif one.location:
                self.send_response(302)
                self.send_header("Location", one.location)
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif one.statuses:
                self.send_error(one.statuses.pop(0))
            else:
                _send(self, server, one)

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.daemon_threads = True
    server = Server(port=web.server_address[1])
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        web.shutdown()
        web.server_close()
        thread.join()


def _send(handler: BaseHTTPRequestHandler, server: Server, one: Served) -> None:
    start = 0
    wanted = handler.headers.get("Range", "")
    condition = handler.headers.get("If-Range")
    if one.ranges and wanted.startswith("bytes=") and condition in (None, one.etag):
        start = int(wanted[6:].partition("-")[0])
        if start >= len(one.data):
            handler.send_response(416)
            handler.send_header("Content-Range", f"bytes */{len(one.data)}")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes {start}-{len(one.data) - 1}/{len(one.data)}")
    else:
        handler.send_response(200)
    if one.etag:
        handler.send_header("ETag", one.etag)
    if one.encoding:
        handler.send_header("Content-Encoding", one.encoding)
    body = one.data[start:]
    if one.length:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if one.breaks:
        body = body[: one.breaks.pop(0)]
    for at in range(0, len(body), 65536):
        if one.slow_s:
            threading.Event().wait(one.slow_s)
        piece = body[at : at + 65536]
        try:
            handler.wfile.write(piece)
        except OSError:  # the client went away
            return
        server.sent_bytes += len(piece)
        server.pieces.set()


def file_at(server: Server, path: str, data: bytes, **how: Any) -> DatasetFile:
    """Serve data at a path; the row of a registry that describes it."""
    server.files[path] = Served(data, **how)
    return DatasetFile(
        path=path.lstrip("/"), address=server.address(path), size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )  # fmt: skip


def made_dataset(name: str = "set", **fields: Any) -> Dataset:
    """A row of a registry for tests."""
    known: dict[str, Any] = {
        "version": "1", "title": "A set for tests", "holds": "bytes", "sensors": ("none",), "tasks": ("none",),
        "rates": "none", "people": "none", "licence": "CC0: do what you like", "licence_short": "CC0",
        "citation": "Nobody 2026", "reads": "nothing", "access": "open", "checked": "bytes", "page": "https://x.org",
    }  # fmt: skip
    return Dataset(name=name, **(known | fields))
