"""Boards are let stream, all or none; one that is away keeps nobody who does not want to wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from threading import Thread
from typing import Final, TypeAlias

from landing_lab.errors import DeviceError
from landing_lab.model.device import DeviceLink

OnWait: TypeAlias = Callable[[DeviceLink], str | None]
"""Called every 50 ms with the link that is waited for; a word ends it and says why."""

LOOK_EVERY_S: Final = 0.05
LETS_GO_S: Final = 10.0
"""More than a closed link needs to end what it is at."""


def started(links: Sequence[DeviceLink], on_wait: OnWait | None = None) -> str | None:
    """None once every board streams; else the word with which on_wait ended it, and then every link is closed.

    What links were told before is forgotten. A link waits in its `start` for as long as it looks for a board that is
    away; with on_wait it does so in a thread of its own, and only `close` is called meanwhile. Raises DeviceError where
    a board does not start; the others are silenced.
    """
    for link in links:
        link.take_notes()
    if on_wait is None:
        try:
            for link in links:
                link.start()
        except BaseException:
            silence(links)
            raise
        return None
    asked: list[DeviceLink] = []
    done: Future[None] = Future()
    Thread(target=lambda: _start(links, asked, done), name="boards are started", daemon=True).start()
    try:
        while not wait([done], timeout=LOOK_EVERY_S).done:
            if asked and (word := on_wait(asked[-1])) is not None:
                _let_go(links, done)
                return word
    except BaseException:
        _let_go(links, done)
        raise
    if (error := done.exception()) is not None:
        silence(links)
        raise error
    return None


def silence(links: Sequence[DeviceLink]) -> None:
    """Stop every board that listens, and drop what it still sent."""
    for link in links:
        with suppress(DeviceError):
            link.stop()
        with suppress(DeviceError):
            link.poll()


def _start(links: Sequence[DeviceLink], asked: list[DeviceLink], done: Future[None]) -> None:
    try:
        for link in links:
            asked.append(link)
            link.start()
    except BaseException as error:  # noqa: BLE001 - it is raised where the boards are waited for
        done.set_exception(error)
    else:
        done.set_result(None)


def _let_go(links: Sequence[DeviceLink], done: Future[None]) -> None:
    for link in links:
        with suppress(DeviceError):
            link.close()
    wait([done], timeout=LETS_GO_S)
