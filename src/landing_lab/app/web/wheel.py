"""Two browsers at one session: one drives, the others watch."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

LET_GO_S: Final = 4.0
"""A page that is reloaded comes back within this time and still drives."""


class Wheel:
    """Who may press buttons. A page that is gone for LET_GO_S has let go; one that is there can only be taken over."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._driver: str | None = None
        self._by_chance = False  # drives because it was the first to come
        self._here: dict[str, int] = {}
        self._left_s = 0.0  # when the page that drives went

    def came(self, client: str, *, drove: bool = False) -> None:
        """A page opened its socket; the first one drives.

        drove: it did when it last heard of a lab. After a server was started anew pages come back in any order, and
        the one that drove goes on, unless another has pressed something.
        """
        self._here[client] = self._here.get(client, 0) + 1
        if self.driver is None or (drove and self._by_chance):
            self._driver, self._by_chance = client, not drove

    def left(self, client: str) -> None:
        """A page's socket is closed."""
        self._here[client] = self._here.get(client, 1) - 1
        if self._here[client] <= 0:
            del self._here[client]
            if client == self._driver:
                self._left_s = self._now()

    @property
    def driver(self) -> str | None:
        """Who drives now; None where that page has gone for good."""
        if self._driver is not None and self._driver not in self._here and self._now() - self._left_s > LET_GO_S:
            self._driver = None
        return self._driver

    @property
    def n_watching(self) -> int:
        """How many pages are open."""
        return len(self._here)

    @property
    def n_sockets(self) -> int:
        """How many sockets are open; a page that is reloaded has two for a moment."""
        return sum(self._here.values())

    def is_here(self, client: str) -> bool:
        """Whether this page is open."""
        return client in self._here

    def may(self, client: str) -> bool:
        """Whether this page may press a button; a free wheel is taken by it."""
        if self.driver is None:
            self._driver = client
        if self._driver == client:
            self._by_chance = False
        return self._driver == client

    def take(self, client: str) -> None:
        """Drive from now on."""
        self._driver, self._by_chance = client, False
