"""A calibration that the page runs: the one of `landing-lab calibrate`, with the page as its front end."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from landing_lab.app.boards.table import FoundBoard
from landing_lab.app.calibration.check_command import check_prepared, judged_check
from landing_lab.app.calibration.events import Event
from landing_lab.app.calibration.prepared import Prepared, bench_prepared, insoles_prepared, plate_prepared
from landing_lab.app.calibration.results import write_made
from landing_lab.app.calibration.run import fitted
from landing_lab.app.calibration.session import CalibrationSession
from landing_lab.app.calibration.settings import CalibrateSettings, checked_marks
from landing_lab.app.calibration.steps import (
    CORNER_MM,
    GuidedStep,
    bench_plan,
    checked_cell_masses,
    checked_corner,
    checked_masses,
    plate_plan,
)
from landing_lab.app.calibration.tables import facts_of
from landing_lab.app.calibration.view import view_of
from landing_lab.app.web.boards import Acting, LabBoards
from landing_lab.app.web.page_words import on_page
from landing_lab.app.web.shown_calibration import is_remark, plain_fact, shown_calibration
from landing_lab.errors import DeviceNotFoundError, ParameterError
from landing_lab.io.visible import visible
from landing_lab.model.calibration import Calibration, InsoleCalibration
from landing_lab.model.channels import Side
from landing_lab.model.device import DeviceInfo, DeviceLink, SimulatedDevice

VIEW_EVERY_S: Final = 0.1
KEPT_NOTES: Final = 5
COUNTED: Final = re.compile(r"\d+ of \d+")
"""What the banner counts already."""

CalibrationKind: TypeAlias = Literal["plate", "insoles", "bench", "check"]
KINDS: Final[tuple[CalibrationKind, ...]] = ("plate", "insoles", "bench", "check")
Feet: TypeAlias = Literal["left", "right", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationWanted:
    """What to calibrate, as entered: masses of a plate or of single cells, marks of the heels of insoles.

    corner_mm, quick: of a plate, as `calibrate plate`. side: whose insole. device_id: the plate, where there are
    several; "": the first.
    """

    kind: CalibrationKind
    settings: CalibrateSettings
    masses_kg: tuple[float, ...] = ()
    corner_mm: float = CORNER_MM
    quick: bool = True
    side: Feet = "both"
    device_id: str = ""

    def __post_init__(self) -> None:
        checked_marks(self.settings)
        if self.kind == "plate":
            checked_corner(self.corner_mm)
            checked_masses(self.masses_kg)
        elif self.kind == "bench":
            checked_cell_masses(self.masses_kg)
        elif self.masses_kg:
            raise ParameterError("masses are put on plates; leave them out for insoles")

    def plate_plan(self, info: DeviceInfo) -> list[GuidedStep]:
        """The steps of a plate with these masses."""
        return plate_plan(info, self.masses_kg, corner_mm=self.corner_mm, quick=self.quick)


@dataclass(slots=True)
class PageCalibration:
    """The front end of a calibration: keeps what the page shows now. Called in the thread that calibrates."""

    changed: Callable[[], None]
    kind: CalibrationKind
    view: dict[str, object] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    session: CalibrationSession | None = None
    _ending: bool = False
    _viewed_s: float = 0.0
    _phase: str = ""

    def tell(self, event: Event) -> None:
        """Something happened."""
        if event.kind == "note" and not COUNTED.fullmatch(event.text):
            self.notes = [*self.notes, on_page(event.text)][-KEPT_NOTES:]
        self._viewed_s = 0.0
        self.changed()

    def say(self, text: str) -> None:
        """What there is to know before it begins."""
        self.tell(Event(kind="note", text=text.removeprefix("note: ")))

    def tick(self, session: CalibrationSession) -> None:
        """Look at the calibration where it is time to."""
        begins, self.session = self.session is None, session
        if begins and self._ending:
            session.submit("quit")
        now_s = time.monotonic()
        if now_s - self._viewed_s >= VIEW_EVERY_S or session.phase != self._phase:
            self._viewed_s, self._phase = now_s, session.phase
            self.view = shown_calibration(view_of(session))
            self.changed()

    def end(self) -> None:
        """Throw away what there is, also of a calibration that is only about to begin. From any thread."""
        self._ending = True
        if self.session is not None:
            self.session.submit("quit")

    def shown(self) -> dict[str, object]:
        """What the page shows now: `shown_calibration`, and what there is to know."""
        return {"kind": self.kind, **self.view, "notes": self.notes}

    @property
    def thrown_away(self) -> bool:
        """Whether a person ended it to keep nothing, which is no fault."""
        return self.session is not None and self.session.ended == "quit" and not self.session.problem


def run_calibration(boards: LabBoards, wanted: CalibrationWanted, front: PageCalibration) -> dict[str, object]:
    """Guide through the steps, fit them, write what they gave; what was made, as plain values.

    Raises LandingLabError as `record_steps` and `fitted`.
    """
    links = boards.links_for(_acting(wanted))
    prepared = _prepared(links, wanted, front)
    recorded = prepared.record(shown=front)
    front.view = {**front.view, "headline": "COMPUTING", "phase": "over"}
    front.changed()
    if wanted.kind == "check":
        outcome = judged_check(recorded, prepared)
        sentences = on_page([one.verdict for one in outcome.checks] + outcome.consequences(wanted.settings.dataset))
        return {"kind": "check", "holds": outcome.holds, "sentences": sentences, "made": []}
    written = write_made(fitted(recorded, prepared.plate), wanted.settings.dataset, recorded.raw)
    return {"kind": wanted.kind, "holds": True, "sentences": [], "made": [_made(one) for one, _ in written]}


def _prepared(links: Sequence[DeviceLink], wanted: CalibrationWanted, front: PageCalibration) -> Prepared:
    if wanted.kind == "plate":
        return plate_prepared(_plate_wanted(links, wanted), wanted.settings, wanted.plate_plan, say=front.say)
    if wanted.kind == "insoles":
        return insoles_prepared(links, wanted.settings, wanted.side, say=front.say)
    if wanted.kind == "bench":
        return bench_prepared(links, wanted.settings, wanted.side, wanted.masses_kg)
    return check_prepared(links, wanted.settings, say=front.say)


def _plate_wanted(links: Sequence[DeviceLink], wanted: CalibrationWanted) -> Sequence[DeviceLink]:
    """The plate whose card was pressed; all boards where none is named. Raises DeviceNotFoundError where it is gone."""
    named = [link for link in links if link.info.device_id == wanted.device_id]
    if wanted.device_id and not named:
        raise DeviceNotFoundError(
            f"the plate {visible(wanted.device_id)} does not answer any more; look for boards again"
        )
    return named or links


def _made(one: Calibration) -> dict[str, object]:
    kind = "insole" if isinstance(one, InsoleCalibration) else "plate"
    side = one.side if isinstance(one, InsoleCalibration) else None
    return {
        "device_id": one.device_id,
        "kind": kind,
        "side": side,
        "method": one.method if isinstance(one, InsoleCalibration) else "masses",
        "file": one.file,
        "facts": [{"name": name, "title": plain_fact(name), "value": value} for name, value in facts_of(one)],
        "findings": [on_page(text) for text in one.findings if not is_remark(text)],
        "remarks": [on_page(text) for text in one.findings if is_remark(text)],
    }


def _acting(wanted: CalibrationWanted) -> Acting:
    """What simulated boards do while it is practised."""
    name = f"{wanted.kind} {wanted.masses_kg} {wanted.corner_mm} {wanted.quick} {wanted.side} {wanted.settings.heel_mm}"
    return Acting(name=name, devices=lambda: _acted(wanted))


def _acted(wanted: CalibrationWanted) -> Sequence[SimulatedDevice]:
    from landing_lab.app.calibration.sim import act_out_bench, act_out_plate, act_out_postures
    from landing_lab.sim.devices import insole_info, plate_info

    seed = wanted.settings.seed
    if wanted.kind == "plate":
        return [act_out_plate(wanted.plate_plan(plate_info()), seed=seed).device]
    if wanted.kind == "bench":
        foot: Side = "right" if wanted.side == "right" else "left"
        steps = bench_plan(insole_info(1 if foot == "right" else 0), wanted.masses_kg)
        return [act_out_bench(steps, seed=seed, side=foot)]
    return act_out_postures(seed=seed, later=wanted.kind == "check", heel_mm=wanted.settings.heel_mm)


def recalibrated(found: Sequence[FoundBoard], calibrations: Mapping[str, Calibration]) -> tuple[FoundBoard, ...]:
    """The boards with the calibrations that there are now."""
    return tuple(dataclasses.replace(board, calibration=calibrations.get(board.info.device_id)) for board in found)
