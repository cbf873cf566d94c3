"""Calibrations against simulated boards that are played without ports, as fast as they can be computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from landing_lab.app.calibration.events import Command, Event, Script
from landing_lab.app.calibration.files import SavedSteps, saved_steps
from landing_lab.app.calibration.session import CalibrationSession
from landing_lab.app.calibration.steps import GuidedStep
from landing_lab.model.calibration import Calibration
from landing_lab.model.device import SimulatedDevice
from played_links import PlayedClock, PlayedLink

MADE_AT = "2026-11-22T21:00:00+00:00"


@dataclass
class Front:
    """Keeps what was said."""

    events: list[Event] = field(default_factory=list)

    def tell(self, event: Event) -> None:
        self.events.append(event)

    def tick(self, session: CalibrationSession) -> None:
        pass

    def texts(self, kind: str) -> list[str]:
        return [event.text for event in self.events if event.kind == kind]


def run_steps(
    devices: Sequence[SimulatedDevice],
    steps: list[GuidedStep],
    path: Path,
    *,
    script: Mapping[str, Sequence[Command]] | None = None,
    calibrations: Mapping[str, Calibration] | None = None,
    lost_from_s: float = float("inf"),
    arrives_every_s: float = 0.25,
) -> CalibrationSession:
    """The steps on these boards, the first one leading; answers by step."""
    clock = PlayedClock(step_s=arrives_every_s)
    links = [PlayedLink([device], clock, lost_from_s=lost_from_s) for device in devices]
    session = CalibrationSession(
        links=links, title="test", steps=list(steps), front=Front(), script=Script(script), pause=clock.pause,
        now=clock, calibrations=calibrations or {},
    )  # fmt: skip
    session.run(path, {"started_at": MADE_AT})
    return session


def front_of(session: CalibrationSession) -> Front:
    assert isinstance(session.front, Front)
    return session.front


def saved(session: CalibrationSession, kind: str, *, sides: tuple[str, ...] = ()) -> SavedSteps:
    return SavedSteps(kind=kind, steps=saved_steps(session.records), made_at=MADE_AT, sides=sides)
