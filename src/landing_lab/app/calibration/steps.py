"""What is done in a calibration, one thing after the other: each step with its words for the person who does it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from landing_lab.calibrate.insole import MIN_MASSES
from landing_lab.calibrate.insole_on_plate import EMPTY
from landing_lab.calibrate.layouts import insole_layout, plate_layout
from landing_lab.errors import CalibrationError, ParameterError
from landing_lab.model.channels import Channel, Side
from landing_lab.model.device import DeviceInfo
from landing_lab.model.insole_layout import InsoleLayout

StepKind: TypeAlias = Literal["empty", "load", "unload", "tap", "posture"]
Gate: TypeAlias = Literal["empty", "standing", "left", "right", "moving"]
"""What is seen before a posture begins: nobody; a person who stands still; nearly all weight on one plate; anything."""

CORNER_MM = 110.0
"""How far from the middle a mass stands near a corner, along each edge: well inside the cells (choice)."""

HOLD_S = 2.5
"""How long a load is read: 200 readings of each cell."""

UNLOADINGS, TAPS = 3, 5
CELL_KG = (0.02, 20.0)
"""Masses that a single cell can carry on the bench: 4 kg is a step's share, 20 kg the end of any FSR (choice)."""

CELL_EXAMPLE = "--mass-kg 0.1 --mass-kg 0.2 --mass-kg 0.5 --mass-kg 1 --mass-kg 2 --mass-kg 4"

QUICK_KG = 10.0
"""A mass that is snatched away: heavy enough for the step, light enough for a hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedStep:
    """One thing to do. key: its name in scripts and lists; seconds: how long it is read; ready_s: countdown before.

    mass_kg and position_mm (medial, anterior) of a load; cell: the one it lies on, on the bench; posture: name in
    the fit; repeats: of an unloading or a tap.
    """

    key: str
    kind: StepKind
    instruction: str
    side: Side = "total"
    mass_kg: float = 0.0
    position_mm: tuple[float, float] | None = None
    cell: int | None = None
    posture: str = ""
    gate: Gate = "moving"
    seconds: float = HOLD_S
    ready_s: float = 3.0
    repeats: int = 1
    optional: bool = False


def plate_plan(
    info: DeviceInfo, masses_kg: Sequence[float], *, corner_mm: float = CORNER_MM, quick: bool = True
) -> list[GuidedStep]:
    """Steps of every plate of a board: masses up and down in the middle, one of them near each cell, quick ones.

    Raises CalibrationError for one mass, with the reason; ParameterError for masses that cannot be.
    """
    masses = checked_masses(masses_kg)
    steps = [_empty("empty", "Take everything off the plates. Nobody touches them.")]
    for side in plate_layout(info).sides:
        steps += _masses_on(info, side, masses, corner_mm)
    if quick:
        for side in plate_layout(info).sides:
            steps += _quick_steps(side)
    return steps


def checked_masses(masses_kg: Iterable[float]) -> list[float]:
    """Different masses above 0 kg, in order; 0 is the empty plate, which is always read."""
    masses = sorted({float(mass) for mass in masses_kg if mass != 0.0})
    if any(not (math.isfinite(mass) and 0.1 <= mass <= 500.0) for mass in masses):
        raise ParameterError(f"masses are 0.1 to 500 kg; got {', '.join(f'{mass:g}' for mass in masses)}; state kg")
    if len(masses) == 1:
        raise CalibrationError(
            f"one mass only ({masses[0]:g} kg) cannot tell a wrong scale from a plate that is not straight; add a "
            "second mass, half or twice as large: --mass-kg 5 --mass-kg 10"
        )
    if not masses:
        raise ParameterError("a plate is calibrated with known masses; name them: --mass-kg 5 --mass-kg 10")
    return masses


def checked_corner(corner_mm: float) -> float:
    """How far a corner load stands from the middle, in mm. Raises ParameterError where that is no place of a plate."""
    if not 30.0 <= corner_mm <= 1000.0:
        raise ParameterError(f"--corner-mm {corner_mm:g} is outside 30-1000 mm")
    return corner_mm


def checked_cell_masses(masses_kg: Iterable[float]) -> list[float]:
    """Different masses for one cell on the bench, in order; 0 is the empty cell, which is always read."""
    masses = sorted({float(mass) for mass in masses_kg if mass != 0.0})
    if any(not (math.isfinite(mass) and CELL_KG[0] <= mass <= CELL_KG[1]) for mass in masses):
        raise ParameterError(
            f"masses on a cell are {CELL_KG[0]:g} to {CELL_KG[1]:g} kg; got "
            f"{', '.join(f'{mass:g}' for mass in masses)}; state kg, such as {CELL_EXAMPLE}"
        )
    if len(masses) < MIN_MASSES:
        raise CalibrationError(
            f"a cell is calibrated with {MIN_MASSES} different masses or more, 0.1 to 4 kg; {len(masses)} "
            f"{'is' if len(masses) == 1 else 'are'} named: {CELL_EXAMPLE}"
        )
    return masses


def plan_of_loads(info: DeviceInfo, rows: Sequence[tuple[float, tuple[float, float] | None, Side]]) -> list[GuidedStep]:
    """Steps for loads of one's own in their order; a step without load comes first where none is there."""
    sides = plate_layout(info).sides
    steps: list[GuidedStep] = []
    if not rows or rows[0][0] != 0.0:
        steps.append(_empty("empty", "Take everything off the plates. Nobody touches them."))
    for number, (mass_kg, at_mm, named) in enumerate(rows, start=1):
        side = sides[0] if named == "total" and len(sides) == 1 else named
        if mass_kg == 0.0:
            steps.append(_empty(f"{number} empty", "Take everything off the plates."))
        elif side not in sides:
            raise ParameterError(
                f"load {number} names the {side} plate, and {info.device_id} has {' and '.join(sides)}; correct it"
            )
        else:
            checked_masses([mass_kg, 0.5 * mass_kg])
            where = "" if at_mm is None else f" at {at_mm[0]:g} mm medial, {at_mm[1]:g} mm anterior of the middle"
            text = f"Put {mass_kg:g} kg on {plate_words(side)}{where}."
            steps.append(_load(f"{number} {_side_word(side)}{mass_kg:g} kg", side, mass_kg, at_mm, text))
    for side in sides:
        if len(different := {step.mass_kg for step in steps if step.side == side and step.kind == "load"}) == 1:
            checked_masses(different)
    return steps


def plate_words(side: Side) -> str:
    """A plate in a sentence."""
    return "the plate" if side == "total" else f"the {side} plate"


def _side_word(side: Side) -> str:
    return "" if side == "total" else f"{side} "


def _empty(key: str, instruction: str) -> GuidedStep:
    return GuidedStep(key=key, kind="empty", instruction=instruction)


def _load(
    key: str, side: Side, mass_kg: float, at_mm: tuple[float, float] | None, instruction: str, *, optional: bool = False
) -> GuidedStep:
    return GuidedStep(
        key=key,
        kind="load",
        side=side,
        mass_kg=mass_kg,
        position_mm=at_mm,
        instruction=instruction,
        optional=optional,
    )


def _masses_on(info: DeviceInfo, side: Side, masses: list[float], corner_mm: float) -> list[GuidedStep]:
    """Up and down in the middle, then near each cell with the second largest mass, then nothing."""
    plate, word = plate_words(side), _side_word(side)
    middle = (0.0, 0.0)
    steps = [
        _load(f"{word}{mass:g} kg up", side, mass, middle, f"Put {mass:g} kg in the middle of {plate}.")
        for mass in masses
    ]
    steps += [
        _load(
            f"{word}{mass:g} kg down", side, mass, middle, f"Now {mass:g} kg in the middle of {plate}.", optional=True
        )
        for mass in reversed(masses[:-1])
    ]
    aside = masses[-2] if len(masses) > 2 else masses[-1]
    layout = plate_layout(info)
    cells = [layout.channels[column] for column in layout.pick(quantity="force", side=side).tolist()]
    for cell in cells if len(cells) > 1 else []:
        at_mm, where = corner_of(cell, side, corner_mm)
        text = (
            f"Put {aside:g} kg at the {where} of {plate}: centre of the mass {corner_mm / 10:g} cm from the middle "
            "both ways."
        )
        steps.append(_load(f"{word}{aside:g} kg {where}", side, aside, at_mm, text))
    steps.append(_empty(f"{word}empty again", "Take everything off the plates again."))
    return steps


def corner_of(cell: Channel, side: Side, corner_mm: float) -> tuple[tuple[float, float], str]:
    """Where a mass stands near a cell, (medial, anterior) in mm, and in words as seen by who stands on the plate."""
    medial, anterior = cell.position_mm or (0.0, 0.0)
    at_mm = (math.copysign(corner_mm, medial), math.copysign(corner_mm, anterior))
    right = (medial > 0) != (side == "right")
    return at_mm, f"{'front' if anterior > 0 else 'rear'} {'right' if right else 'left'}"


def _quick_steps(side: Side) -> list[GuidedStep]:
    plate, word = plate_words(side), _side_word(side)
    return [
        GuidedStep(
            key=f"{word}unloading",
            kind="unload",
            side=side,
            mass_kg=QUICK_KG,
            instruction=f"Put {QUICK_KG:g} kg or more in the middle of {plate}; at GO snatch it off with one jerk "
            "(a step or hop off is usually too slow).",
            repeats=UNLOADINGS,
            optional=True,
        ),
        GuidedStep(
            key=f"{word}taps",
            kind="tap",
            side=side,
            instruction=f"Knock on the empty {plate.removeprefix('the ')} once, hard: heel of the hand or a rubber "
            "mallet. Then hands off.",
            repeats=TAPS,
            optional=True,
        ),
    ]


def _posture(posture: str, instruction: str, gate: Gate, seconds: float, *, optional: bool = True) -> GuidedStep:
    return GuidedStep(
        key=posture.replace("_", " "), kind="posture", posture=posture, instruction=instruction, gate=gate,
        seconds=seconds, optional=optional,
    )  # fmt: skip


def insole_plan(*, marked: bool = False) -> list[GuidedStep]:
    """Postures of a wearer on the plates, as pressure.md and the fit want them; marked: feet stand on marks."""
    where = ", heels on the marks and toes along them" if marked else ""
    back = " A foot that was lifted goes back on its marks." if marked else ""
    return [
        _posture(
            EMPTY,
            "Sit down with both feet in the air: plates empty, shoes on, nothing touches the soles.",
            "empty",
            3.0,
            optional=False,
        ),
        _posture(
            "flat",
            f"Stand still with your weight on both feet, one on each plate{where}.{back}",
            "standing",
            5.0,
            optional=False,
        ),
        _posture("lean_fore_aft", "Lean slowly to the toes and back to the heels, feet flat. Twice.", "moving", 10.0),
        _posture("lean_sideways", "Shift your weight slowly to the left and to the right. Twice.", "moving", 8.0),
        _posture("heel_raises", "Rise on the toes, hold a second, come down. Four times.", "moving", 12.0),
        _posture("left_leg", "Stand on the LEFT leg, on its plate; sway a little fore and aft.", "left", 5.0),
        _posture("right_leg", "Stand on the RIGHT leg, on its plate; sway a little fore and aft.", "right", 5.0),
        _posture("hops", "20 small hops on the forefeet, each foot on its plate.", "moving", 11.0),
    ]


def check_plan() -> list[GuidedStep]:
    """The short look at whether insoles still agree with the plate; leaning tells of the medial shift."""
    return [
        _posture(EMPTY, "Both feet in the air: plates empty, shoes on.", "empty", 2.0, optional=False),
        _posture("flat", "Stand still, one foot on each plate, weight on both.", "standing", 5.0, optional=False),
        _posture("lean_fore_aft", "Lean slowly to the toes and back to the heels, feet flat. Once.", "moving", 8.0),
        _posture("lean_sideways", "Shift your weight slowly to the left and to the right. Once.", "moving", 6.0),
    ]


def bench_plan(info: DeviceInfo, masses_kg: Sequence[float], cells: InsoleLayout | None = None) -> list[GuidedStep]:
    """Masses up and down on each cell of an insole that lies on a table; five masses or more. cells: its layout."""
    masses = checked_cell_masses(masses_kg)
    steps = [_empty("empty", "Lay the insole flat on a hard table. Nothing lies on it.")]
    for cell, channel in enumerate(insole_layout(info, cells).channels):
        name = channel.name.replace("_", " ")
        for way, mass in [("up", mass) for mass in masses] + [("down", mass) for mass in reversed(masses[:-1])]:
            on = f"on the cell {name}, on a disc of its size"
            first = way == "up" and mass == masses[0]
            told = f"Now {mass:g} kg in all {on}."
            if first:
                told = f"{'Take everything off. ' if cell else ''}Put {mass:g} kg {on}."
            steps.append(
                GuidedStep(
                    key=f"{channel.name} {mass:g} kg {way}",
                    kind="load",
                    side=info.placement,
                    mass_kg=mass,
                    cell=cell,
                    instruction=told,
                    optional=way == "down",
                )
            )
    return steps
