"""A real browser for the lab page: it fails a test that wrote to the console or asked another host for anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from chromium import chromium
from lab_server import LabServer
from patience import PATIENCE_MS

LAPTOP = {"width": 1280, "height": 800}
TABLET = {"width": 1024, "height": 768}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@dataclass
class Watched:
    """What pages did that none may do. allowed: parts of console lines that a test expects, such as a refusal."""

    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext, host: str) -> None:
        def asked(url: str) -> None:
            parts = urlsplit(url)
            if parts.scheme not in ("data", "blob") and parts.netloc != host:
                self.complaints.append(f"asked another host: {url}")

        def follow(page: Page) -> None:
            page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
            page.on("pageerror", lambda error: self.complaints.append(str(error)))
            page.on("websocket", lambda socket: asked(socket.url))

        context.on("request", lambda request: asked(request.url))
        context.on("page", follow)

    def unexpected(self) -> list[str]:
        return [line for line in self.complaints if not any(part in line for part in self.allowed)]


@pytest.fixture
def watched() -> Iterator[Watched]:
    seen = Watched()
    yield seen
    assert seen.unexpected() == []


@pytest.fixture
def open_page(browser: Browser, watched: Watched) -> Iterator[Callable[..., Page]]:
    """Open a lab's page in a browser of its own (cookies and all): open_page(lab, viewport=TABLET)."""
    contexts: list[BrowserContext] = []

    def opened(lab: LabServer, *, viewport: dict[str, int] | None = None, **more: object) -> Page:
        context = browser.new_context(viewport=viewport or LAPTOP, **more)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        lab.before_end.append(context.close)
        watched.watch(context, urlsplit(lab.url).netloc)
        page = context.new_page()
        page.goto(lab.url)
        return page

    yield opened
    for context in contexts:
        context.close()
