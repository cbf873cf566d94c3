"""Sees by itself when a step of a calibration begins, rests and is over; times are the board's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, TypeAlias

import numpy as np

from landing_lab.app.calibration.levels import BoardLevels, Slot
from landing_lab.app.calibration.steps import GuidedStep
from landing_lab.model.blocks import FloatArray
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

Phase: TypeAlias = Literal["wait", "settle", "ready", "measure", "done"]
Window: TypeAlias = tuple[int, int]
"""From, to on the clock of the board, microseconds."""

QUIET_S: Final = 0.8
QUIET_N, QUIET_SHARE = 2.0, 0.01
"""A load rests where no cell wanders by more: newton, and share of the load (half of what read_load refuses)."""

CHANGED_N, CHANGED_SHARE = 2.0, 0.05
"""A load was put or moved where a cell changes by more: newton, and share of the load."""

EMPTY_N: Final = 20.0
"""A cell that reads more above its empty level still carries something; drift within a calibration is below it."""

LOADED_N: Final = 50.0
FALLEN_SHARE: Final = 0.3
AROUND_FALL_S = (1.0, 1.2)
AROUND_TAP_S = (0.5, 1.7)
TAP_N: Final = 4.0
"""A knock shows at least this in the sum of the cells (a knuckle shows 20-60 N)."""


@dataclass(slots=True, kw_only=True)
class Scene:
    """What is known when a step begins: the board, columns of the step's plate, levels (c,) and signs (c,) of cells."""

    board: BoardLevels
    columns: list[int]
    empty_n: FloatArray | None = None
    before_n: FloatArray | None = None
    sign: FloatArray | None = None

    def total_n(self, level: FloatArray) -> float:
        """Force of the step's plate above its empty level, whichever way its cells are wired."""
        above = level - (np.zeros_like(level) if self.empty_n is None else self.empty_n)
        return float(np.nansum((above if self.sign is None else self.sign * above)[self.columns]))


class Watch(Protocol):
    """Follows one step. windows: what is to be read; remaining_s: of the countdown or the reading; seen: repeats."""

    phase: Phase
    windows: list[Window]
    remaining_s: float
    seen: int

    def feed(self, slot: Slot) -> None:
        """One more tenth of a second."""

    def start_anew(self) -> None:
        """Forget what was read of this step."""


def nothing_happened(step: GuidedStep, scene: Scene, slot: Slot, waited_s: float) -> str:
    """The sentence that a step was waited for in vain: what was expected, and what was seen."""
    seen_n, wander_n = scene.total_n(slot.level), scene.board.wander_n(QUIET_S)
    moving = f", moving by {wander_n:.0f} N" if wander_n > QUIET_N else ""
    waited = f"nothing of the kind happened within {waited_s:.0f} s: waited for {_expected(step)}"
    return f"{waited}; saw {seen_n:.0f} N{moving}"


def _expected(step: GuidedStep) -> str:
    where = "the cell" if step.cell is not None else "the plate" if step.side == "total" else f"the {step.side} plate"
    if step.kind == "load":
        return f"{step.mass_kg * GRAVITY:.0f} N put on {where} and at rest"
    if step.kind == "unload":
        return f"more than {LOADED_N:.0f} N at rest on {where}, then snatched off"
    if step.kind == "tap":
        return f"a knock on {where}, empty and at rest"
    if step.kind == "empty" or step.gate == "empty":
        return f"nothing on {'it' if step.kind == 'empty' else 'the plates'}: every cell at rest"
    if step.gate in ("left", "right"):
        return f"a person with nearly all weight on the {step.gate} plate"
    return f"a person on the plates{', standing still' if step.gate == 'standing' else ''}"


@dataclass(slots=True)
class _Followed:
    """What every watch of a plate keeps."""

    step: GuidedStep
    scene: Scene
    phase: Phase = "wait"
    windows: list[Window] = field(default_factory=list)
    remaining_s: float = 0.0
    seen: int = 0

    def _repeated(self, at_us: int, around_s: tuple[float, float]) -> None:
        """One more repetition, to be read around an instant."""
        before_us, after_us = (round(seconds * 1e6) for seconds in around_s)
        self.windows.append((at_us - before_us, at_us + after_us))
        self.seen += 1


@dataclass(slots=True)
class LoadWatch(_Followed):
    """A load that is put, comes to rest and is read; also an empty plate."""

    _from_us: int = 0
    must_change: bool = True

    def start_anew(self) -> None:
        """Read what lies there now, without waiting for a change."""
        self.phase, self.windows, self.must_change = "settle", [], False

    def feed(self, slot: Slot) -> None:
        """See Watch."""
        if slot.away and self.phase == "measure":
            self.phase = "settle"
        quiet_n = max(QUIET_N, QUIET_SHARE * self.step.mass_kg * GRAVITY)
        quiet = self.scene.board.wander_n(QUIET_S) <= quiet_n
        if self.phase == "wait" and (not self.must_change or self._changed(slot)):
            self.phase = "settle"
        if self.phase == "settle" and quiet:
            if self.must_change and not self._changed(slot):
                self.phase = "wait"
                return
            self.phase, self._from_us = "measure", slot.end_us
        elif self.phase == "measure":
            if self.scene.board.wander_n(QUIET_S) > 2.0 * quiet_n:
                self.phase = "settle"
            elif slot.end_us - self._from_us >= self.step.seconds * 1e6:
                self.phase, self.windows = "done", [(self._from_us, slot.end_us)]
        left = self.step.seconds - (slot.end_us - self._from_us) * 1e-6
        self.remaining_s = max(0.0, left) if self.phase == "measure" else 0.0

    def _changed(self, slot: Slot) -> bool:
        if self.scene.before_n is None:
            return True
        limit_n = max(CHANGED_N, CHANGED_SHARE * self.step.mass_kg * GRAVITY)
        if self.step.cell is not None:
            limit_n = 0.1 * self.step.mass_kg * GRAVITY
        change = np.abs(slot.level - self.scene.before_n)
        return bool(np.nanmax(change, initial=0.0) > limit_n) and self._there(slot, limit_n)

    def _there(self, slot: Slot, limit_n: float) -> bool:
        """Whether something lies there where it is to, and nothing where not: hands need time between two masses."""
        if self.scene.empty_n is None:
            return True
        above_n = float(np.nanmax(np.abs(slot.level - self.scene.empty_n), initial=0.0))
        return above_n > limit_n if self.step.mass_kg else above_n < EMPTY_N


@dataclass(slots=True)
class UnloadWatch(_Followed):
    """A mass that is snatched away, several times."""

    _full_n: float = 0.0
    _fell_us: int = 0

    def start_anew(self) -> None:
        """Begin with the first repetition."""
        self.phase, self.windows, self.seen = "wait", [], 0

    def feed(self, slot: Slot) -> None:
        """See Watch."""
        total_n = self.scene.total_n(slot.level)
        if slot.away:
            self.phase = "wait"
        if self.phase in ("wait", "settle"):
            self.phase = "settle" if total_n > LOADED_N else "wait"
            quiet_n = max(QUIET_N, 2.0 * QUIET_SHARE * total_n)  # a person may be the mass
            if self.phase == "settle" and self.scene.board.wander_n(AROUND_FALL_S[0]) < quiet_n:
                self.phase, self._full_n = "ready", total_n
        elif self.phase == "ready" and total_n < (1.0 - FALLEN_SHARE) * self._full_n:
            self.phase, self._fell_us = "measure", slot.end_us
        elif self.phase == "measure" and slot.end_us - self._fell_us >= AROUND_FALL_S[1] * 1e6:
            if total_n < FALLEN_SHARE * self._full_n:
                self._repeated(self._fell_us, AROUND_FALL_S)
            self.phase = "done" if self.seen >= self.step.repeats else "wait"


@dataclass(slots=True)
class TapWatch(_Followed):
    """Knocks on the empty plate."""

    phase: Phase = "settle"
    _base_n: FloatArray = field(default_factory=lambda: np.zeros(0))
    _hit_us: int = 0

    def start_anew(self) -> None:
        """Begin with the first knock."""
        self.phase, self.windows, self.seen = "settle", [], 0

    def feed(self, slot: Slot) -> None:
        """See Watch."""
        columns = self.scene.columns
        if slot.away:
            self.phase = "settle"
        if self.phase == "settle":
            if self.scene.board.wander_n(QUIET_S) < QUIET_N:
                self.phase, self._base_n = "ready", self.scene.board.level(QUIET_S)
            return
        away_n = np.maximum(np.abs(slot.high - self._base_n), np.abs(slot.low - self._base_n))[columns]
        if self.phase == "ready" and float(np.nansum(away_n)) > TAP_N:
            self.phase, self._hit_us = "measure", slot.end_us
        elif self.phase == "measure" and slot.end_us - self._hit_us >= AROUND_TAP_S[1] * 1e6:
            if float(np.nansum(np.abs(slot.level - self._base_n)[columns])) < 5.0 * TAP_N:
                self._repeated(self._hit_us, AROUND_TAP_S)
            self.phase = "done" if self.seen >= self.step.repeats else "settle"
