"""The boards that the page uses: looked for, held open between jobs, simulated where that was asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

from landing_lab.app.boards.links import (
    OPEN_TIMEOUT_S,
    RECONNECT_S,
    SILENCE_S,
    close_all,
    emulator,
    open_answering,
    ports_here,
    transport,
)
from landing_lab.app.boards.scenes import acted_trials, make_scene
from landing_lab.app.boards.table import FoundBoard, looked_at
from landing_lab.app.record.gates import Finding, of_boards, of_calibrations, of_cells
from landing_lab.app.record.protocols import Protocol
from landing_lab.errors import DeviceNotFoundError, LandingLabError
from landing_lab.io.layout_files import layouts_wanted
from landing_lab.model.device import DeviceLink, EmulatorServer, SimulatedDevice

ALIVE_S: Final = 150.0
"""Simulated boards stand quietly for so long after a trial: longer than a trial may last."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Something else that simulated boards act out; those of one name do the same."""

    name: str
    devices: Callable[[], Sequence[SimulatedDevice]] = field(compare=False)


Purpose: TypeAlias = Protocol | Acting | Literal["look"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at the boards found. findings: what a session would say of them. silent: port -> why none answers."""

    found: tuple[FoundBoard, ...] = ()
    findings: tuple[Finding, ...] = ()
    silent: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def findings_of(found: Sequence[FoundBoard], dataset: Path) -> tuple[Finding, ...]:
    """What a session of this dataset would say of these boards before it begins."""
    boards = {one.info.device_id: one.info for one in found}
    calibrations = {one.info.device_id: one.calibration for one in found if one.calibration is not None}
    try:
        layouts = layouts_wanted((), list(boards.values()), dataset)
    except LandingLabError as error:
        return (Finding("layout", "stop", str(error)),)
    cells = of_cells(boards.values(), layouts)
    return (*of_boards(boards.values()), *cells, *of_calibrations(boards, calibrations, layouts))


class LabBoards:
    """Links to the boards, open from the first look until `close`; used by one job at a time.

    urls: ports to use, none: all that answer. simulated: boards of our own, which act out what each job is about;
    speed: how fast, the clock of the links with them.
    """

    def __init__(self, urls: Sequence[str], *, simulated: bool, dataset: Path, speed: float = 1.0) -> None:
        self.simulated, self._speed = simulated, speed
        self._urls, self._dataset = tuple(urls), dataset
        self._links: list[DeviceLink] = []
        self._server: EmulatorServer | None = None
        self._acted: Purpose | None = None
        self._alive_s = ALIVE_S

    def look(self) -> Look:
        """Open every port anew and see how well each board streams.

        Raises DeviceNotFoundError where this machine has no port, or none of those that were named answers.
        """
        self.close()
        links, silent = self._open("look")
        self._links = links
        if not links:
            raise DeviceNotFoundError("no board answers; " + " / ".join(silent.values()))
        found, warnings = looked_at(links, probe=True, dataset=self._dataset)
        findings = findings_of(found, self._dataset)
        return Look(found=tuple(found), findings=findings, silent=silent, warnings=tuple(warnings))

    def links_for(self, purpose: Purpose, *, take: int = 0, alive_s: float = ALIVE_S) -> list[DeviceLink]:
        """Links for a job; simulated boards then act it out, another trial of the same athlete for another take.

        alive_s: how long simulated boards stand quietly after a trial. Raises DeviceError where boards are gone.
        """
        again = isinstance(purpose, Acting) or (self._acted, take, self._alive_s) != (purpose, 0, alive_s)
        self._alive_s = alive_s
        if self.simulated and again:
            self.close()
            self._links, _ = self._open(purpose, take)
        if not self._links:
            self.look()
        return self._links

    def close(self) -> None:
        """Close the links and end simulated boards."""
        close_all(self._links)
        self._links = []
        if self._server is not None:
            self._server.close()
            self._server, self._acted = None, None

    def _open(self, purpose: Purpose, take: int = 0) -> tuple[list[DeviceLink], dict[str, str]]:
        speed = self._speed
        reach = transport(clock=lambda: time.monotonic() * speed, silence_s=SILENCE_S * speed)
        if self.simulated:
            self._server, self._acted = emulator()(_devices(purpose, take, self._alive_s), speed=speed), purpose
        urls = self._server.urls if self._server is not None else self._urls
        wanted = list(urls) or ports_here(reach, practise="landing-lab serve --sim")
        return open_answering(reach, wanted, timeout_s=OPEN_TIMEOUT_S, reconnect_s=RECONNECT_S)


def _devices(purpose: Purpose, take: int, alive_s: float) -> Sequence[SimulatedDevice]:
    if isinstance(purpose, Protocol):
        return acted_trials(purpose.task, start=purpose.start, leg=purpose.leg, alive_s=alive_s, first_take=take)
    if isinstance(purpose, Acting):
        return purpose.devices()
    return make_scene("standing", seed=1, clock_ppm=None).devices
