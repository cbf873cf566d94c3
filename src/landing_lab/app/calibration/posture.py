"""Follows a wearer through the postures of an insole calibration: who stands where, when, and how often they hopped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import numpy as np

from landing_lab.app.calibration.levels import Slot
from landing_lab.app.calibration.steps import GuidedStep
from landing_lab.app.calibration.watch import Phase, Scene, Window
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import ChannelLayout, Side

Foot: TypeAlias = Literal["left", "right"]
FEET: Final[tuple[Foot, ...]] = ("left", "right")

PERSON_N: Final = 150.0
QUIET_EMPTY_N, QUIET_PERSON_N = 3.0, 25.0
"""Range of a cell's level within a second on empty plates, and under a person who stands still."""

ONE_LEG: Final = 0.85
"""Share of the weight on one plate from which a person stands on one leg."""

FLIGHT_N: Final = 60.0
FOOT_N: Final = 80.0
"""A foot that carries less has no centre of pressure worth a word."""


@dataclass(frozen=True, slots=True, eq=False)
class FeetSlot:
    """A tenth of a second of both plates: force per foot in N, and where it acts front to rear in mm (NaN unloaded)."""

    force_n: dict[Side, float]
    anterior_mm: dict[Side, float]
    lowest_n: float

    @property
    def total_n(self) -> float:
        """Force of both feet."""
        return sum(self.force_n.values())

    def share(self, side: Side) -> float:
        """Share of the force on one foot."""
        return self.force_n.get(side, 0.0) / self.total_n if self.total_n > PERSON_N else float("nan")


def feet_of(slot: Slot, layout: ChannelLayout, empty_n: FloatArray | None) -> FeetSlot:
    """What a slot says of both feet, above the empty level."""
    above = slot.level - (np.zeros_like(slot.level) if empty_n is None else empty_n)
    lowest = slot.low - (np.zeros_like(slot.level) if empty_n is None else empty_n)
    force: dict[Side, float] = {}
    anterior: dict[Side, float] = {}
    for side in layout.sides:
        columns = layout.pick(quantity="force", side=side)
        places = np.array([(layout.channels[column].position_mm or (0.0, 0.0))[1] for column in columns])
        force[side] = float(np.nansum(above[columns]))
        anterior[side] = float(np.nansum(above[columns] * places)) / force[side] if force[side] > FOOT_N else np.nan
    return FeetSlot(force, anterior, float(np.nansum(lowest)))


@dataclass(slots=True)
class PostureWatch:
    """Waits for the posture to be possible, counts down, then reads for so many seconds."""

    step: GuidedStep
    scene: Scene
    layout: ChannelLayout
    phase: Phase = "wait"
    windows: list[Window] = field(default_factory=list)
    remaining_s: float = 0.0
    seen: int = 0
    feet: list[FeetSlot] = field(default_factory=list)
    problem: str = ""
    _from_us: int = 0
    _flying: bool = False

    def start_anew(self) -> None:
        """Wait for the posture again."""
        self.phase, self.windows, self.seen, self.feet = "wait", [], 0, []

    def feed(self, slot: Slot) -> None:
        """See Watch."""
        now = feet_of(slot, self.layout, self.scene.empty_n)
        self.remaining_s, self.problem = 0.0, ""
        if slot.away:
            self.start_anew()
        if self.phase == "wait" and self._possible(now):
            ready_s = 0.0 if self.step.gate in ("empty", "standing") else self.step.ready_s
            self.phase, self._from_us = "ready", slot.end_us + round(ready_s * 1e6)
        if self.phase == "ready":
            self.remaining_s = max(0.0, (self._from_us - slot.end_us) * 1e-6)
            if slot.end_us >= self._from_us:
                self.phase = "measure"
        elif self.phase == "measure":
            self._read(now)
            self.remaining_s = max(0.0, self.step.seconds - (slot.end_us - self._from_us) * 1e-6)
            if self.step.gate == "empty" and self.scene.board.wander_n(1.0) > 2.0 * QUIET_EMPTY_N:
                self.start_anew()
            elif self.remaining_s == 0.0:
                self.phase, self.windows = "done", [(self._from_us, slot.end_us)]

    def _possible(self, now: FeetSlot) -> bool:
        gate = self.step.gate
        if gate == "empty":
            return self.scene.board.wander_n(1.0) < QUIET_EMPTY_N
        if now.total_n < -PERSON_N:
            self.problem = (
                "The plates read less than before: somebody stood on them when both feet were to be in the air. "
                "Go back to that step."
            )
        if gate == "standing":
            return now.total_n > PERSON_N and self.scene.board.wander_n(1.0) < QUIET_PERSON_N
        if gate in ("left", "right"):
            return now.share("left" if gate == "left" else "right") > ONE_LEG
        return now.total_n > PERSON_N

    def _read(self, now: FeetSlot) -> None:
        self.feet.append(now)
        flying = now.lowest_n < FLIGHT_N
        self.seen += flying and not self._flying and self.step.posture == "hops"
        self._flying = flying


def posture_problem(step: GuidedStep, feet: list[FeetSlot], flat_mm: dict[Side, float]) -> str | None:
    """Why a posture was not done as it was to be; None where it was. flat_mm: what `mean_anterior_mm` gave of flat."""
    share = np.array([one.share("left") for one in feet])
    known = np.isfinite(share)
    ahead: dict[Foot, FloatArray] = {
        side: np.array([one.anterior_mm.get(side, np.nan) for one in feet]) for side in FEET
    }
    if step.posture == "flat" and known.any() and not 0.2 < float(np.median(share[known])) < 0.8:
        return f"{_percent(share[known])} of the weight was on the left plate: stand with one foot on each plate"
    if step.gate in ("left", "right"):
        own: Foot = "left" if step.gate == "left" else "right"
        mine = np.array([one.share(own) for one in feet])
        if not np.isfinite(mine).any() or float(np.nanmedian(mine)) < ONE_LEG:
            return f"only {_percent(mine)} of the weight was on the {own} plate: lift the other foot"
    if step.posture == "lean_fore_aft" and _largest_span(ahead) < 40.0:
        return f"the weight moved {_largest_span(ahead):.0f} mm from heel to toe: lean further, 40 mm or more"
    if step.posture == "lean_sideways" and (not known.any() or np.ptp(share[known]) < 0.1):
        moved = 100.0 * float(np.ptp(share[known])) if known.any() else 0.0
        return f"only {moved:.0f} % of the weight went from foot to foot: shift it further"
    if step.posture == "heel_raises":
        forward = max(
            (float(np.nanmax(track)) - flat_mm[side] for side, track in ahead.items() if _told(track, side, flat_mm)),
            default=0.0,
        )
        if forward < 25.0:
            return f"the weight came {forward:.0f} mm forward: rise further on the toes"
    return None


def _told(track: FloatArray, side: Side, flat_mm: dict[Side, float]) -> bool:
    return bool(np.isfinite(track).any()) and bool(np.isfinite(flat_mm.get(side, np.nan)))


def hops_problem(seen: int) -> str | None:
    """The sentence that there were too few hops for the delay between plate and insole."""
    return None if seen >= 8 else f"{seen} hops were seen: both feet must leave the plates, 8 times or more"


def mean_anterior_mm(feet: list[FeetSlot]) -> dict[Side, float]:
    """Where each foot's force acts on average, NaN where it never carried anything."""
    out: dict[Side, float] = {}
    sides: tuple[Side, ...] = ("left", "right")
    for side in sides:
        track = np.array([one.anterior_mm.get(side, np.nan) for one in feet])
        out[side] = float(np.nanmean(track)) if np.isfinite(track).any() else float("nan")
    return out


def _largest_span(ahead: dict[Foot, FloatArray]) -> float:
    return max(
        (float(np.nanmax(track) - np.nanmin(track)) for track in ahead.values() if np.isfinite(track).any()),
        default=0.0,
    )


def _percent(share: FloatArray) -> str:
    return f"{100.0 * float(np.nanmedian(share)):.0f} %" if np.isfinite(share).any() else "0 %"
