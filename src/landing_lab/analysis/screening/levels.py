"""How far a screening may go with what is there, and what would take it further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from landing_lab.analysis.screening.finding import Finding

OPTIONAL: Final = 1
"""Insoles: a laboratory without them may go on to the levels above, which then lack foot loading."""
MAY_SAY: Final = (
    "how you land, by force",
    "also how your feet are loaded",
    "also which factors stand out in field tests",
    "also what was seen at the knee, and which part of the leg may contribute",
    "also what this lab's own checked model says of this lab's own outcome",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level: what it may say, whether its own inputs are there, and what is missing."""

    number: int
    may_say: str
    has_inputs: bool
    needs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The highest level reached (None below 0), all levels, and why it is not higher."""

    number: int | None
    levels: tuple[Level, ...]
    why_not_higher: str


def level_reached(found: Sequence[Finding], *, observed: bool, model: bool, model_refusal: str, trials: int) -> Reached:
    """Level of a screening.

    observed: an observation of the knee was entered, whatever it shows. model: a validated local model could be used;
    model_refusal: why not. trials: most trials that any landing indicator has.
    """
    measured = {
        number: any(one.level == number and one.state != "not_measured" for one in found) for number in range(3)
    }
    there = f"there {'is' if trials == 1 else 'are'} {trials or 'none'}"
    needs = (
        f"record at least three two-legged landings of one condition ({there})",
        "record with pressure insoles",
        "enter field tests, such as the lunge test or hip strength",
        "enter what a rater or a video shows of the knees",
        model_refusal or "fit and check a model of this lab's own outcome (landing-lab model)",
    )
    has = (measured[0], measured[1], measured[2], observed, model)
    levels = tuple(
        Level(number=number, may_say=MAY_SAY[number], has_inputs=has[number], needs=needs[number])
        for number in range(5)
    )
    highest: int | None = None
    for level in levels:
        if level.has_inputs:
            highest = level.number
        elif level.number != OPTIONAL:
            return Reached(number=highest, levels=levels, why_not_higher=level.needs)
    return Reached(number=highest, levels=levels, why_not_higher="")
