"""Reach devices through whatever the installed drivers offer: the lab asks entry points, it imports no driver."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from typing import Final, cast

from landing_lab.errors import DeviceError, DeviceNotFoundError, LandingLabError
from landing_lab.installation import pip_line
from landing_lab.model.device import DeviceLink, EmulatorServer, Transport


def _entry(group: str) -> EntryPoint:
    found = sorted(entry_points(group=group), key=lambda entry: entry.name)
    if not found:
        raise DeviceError(
            f"no driver is installed for {group}; the package was installed without its drivers: "
            f"install it again with: {pip_line(again=True)}"
        )
    return found[0]


OPEN_TIMEOUT_S: Final = 4.0
"""A genuine Uno needs 1.5-2 s after the reset that opening its port causes."""

RECONNECT_S: Final = 30.0
"""Time to find the cable that came out and to plug it in again."""

OWN_SIM: Final = "the same command with --sim"
"""How to practise a command that starts its own boards."""

SILENT_S: Final = 1.0
"""A board sends every few milliseconds, a plate every 13 ms: a second without a frame is a fault, and is said."""

SILENCE_S: Final = 2.0
"""A streaming board that says nothing for so long counts as lost."""


def transport(*, clock: Callable[[], float] | None = None, silence_s: float = SILENCE_S) -> Transport:
    """The installed transport (serial ports); clock gives arrival times in seconds, monotonic by default.

    silence_s is of that clock: where it runs fast, give it as many times longer.
    """
    make = _entry("landing_lab.transports").load()
    return cast("Transport", make(clock=clock or time.monotonic, silence_s=silence_s))


def emulator() -> Callable[..., EmulatorServer]:
    """The installed emulator: a function that serves simulated devices behind real endpoints."""
    return cast("Callable[..., EmulatorServer]", _entry("landing_lab.emulators").load())


def open_all(reach: Transport, urls: Sequence[str], *, timeout_s: float, reconnect_s: float = 0.0) -> list[DeviceLink]:
    """Open every port or none: if one fails, those already open are closed and the error goes on.

    reconnect_s: how long a board that goes later is looked for, see Transport.open.
    """
    links: list[DeviceLink] = []
    try:
        links.extend(reach.open(url, timeout_s=timeout_s, reconnect_s=reconnect_s) for url in urls)
    except BaseException:
        close_all(links)
        raise
    return links


def close_all(links: Sequence[DeviceLink]) -> None:
    """Close every link; a board that has gone does not keep the others open."""
    for link in links:
        link.close()


@contextmanager
def opened(
    reach: Transport, urls: Sequence[str], *, timeout_s: float, reconnect_s: float = 0.0
) -> Iterator[list[DeviceLink]]:
    """Links to these ports, closed at the end whatever happens."""
    links = open_all(reach, urls, timeout_s=timeout_s, reconnect_s=reconnect_s)
    try:
        yield links
    finally:
        close_all(links)


def ports_here(reach: Transport, *, practise: str) -> list[str]:
    """Serial ports of this machine. Raises DeviceNotFoundError where there is none; practise: how without boards."""
    urls = reach.list_urls()
    if not urls:
        raise DeviceNotFoundError(
            "this machine has no serial port with a device on it; plug the boards in, look at the cable "
            f"(some only charge), or try simulated ones: {practise}"
        )
    return urls


@contextmanager
def links_to(reach: Transport, urls: Sequence[str]) -> Iterator[list[DeviceLink]]:
    """Links to these ports, or without any to every board that answers; boards that go are looked for.

    Raises DeviceNotFoundError where none answers, with the reason of each port.
    """
    if urls:
        with opened(reach, urls, timeout_s=OPEN_TIMEOUT_S, reconnect_s=RECONNECT_S) as links:
            yield links
        return
    links, silent = open_answering(
        reach, ports_here(reach, practise=OWN_SIM), timeout_s=OPEN_TIMEOUT_S, reconnect_s=RECONNECT_S
    )
    try:
        if not links:
            raise DeviceNotFoundError("no board answers; " + " / ".join(silent.values()))
        yield links
    finally:
        close_all(links)


def open_answering(
    reach: Transport, urls: Sequence[str], *, timeout_s: float, reconnect_s: float = 0.0
) -> tuple[list[DeviceLink], dict[str, str]]:
    """A link to each port with a board behind it, and for each other port the reason why not.

    Each port is opened once: opening resets an Arduino, which costs two seconds.
    """
    links: list[DeviceLink] = []
    silent: dict[str, str] = {}
    for url in urls:
        try:
            links.append(reach.open(url, timeout_s=timeout_s, reconnect_s=reconnect_s))
        except LandingLabError as error:
            silent[url] = str(error)
        except BaseException:
            close_all(links)
            raise
    return links, silent
