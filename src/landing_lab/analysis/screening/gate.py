"""The hard gate: nothing about a knee going inwards without somebody having seen it; no injury probability, ever."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from landing_lab.analysis.inputs.observation import ValgusObservation
from landing_lab.analysis.wording import ungated_valgus

About: TypeAlias = Literal["athlete", "everyone", "published", "limit"]
"""athlete: says something of this person; everyone, published: of people in general; limit: what cannot be said."""

NOT_A_DIAGNOSIS: Final = "Screening indicator, not a diagnosis."
FORCE_CANNOT_SEE: Final = "Force and pressure do not measure knee angle."
NO_OBSERVATION: Final = (
    "No observation of the knee was entered, so nothing is said about how the knees move inwards; enter what a rater "
    "or a video shows to change that."
)
NO_INJURY: Final = (
    "Nobody's injury can be foretold from this: the measures of landing that were studied told athletes who were hurt "
    "later from the others weakly or not at all."
)
FIXED: Final = (NOT_A_DIAGNOSIS, FORCE_CANNOT_SEE, NO_OBSERVATION, NO_INJURY)
"""Sentences that may name what cannot be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of a result, whom it is about, and the rows of the evidence table it rests on."""

    text: str
    about: About
    evidence: tuple[str, ...] = ()


def release(statements: Iterable[Statement], observation: ValgusObservation | None) -> tuple[Statement, ...]:
    """Statements that may leave; raises AssertionError where one of this athlete speaks of what nobody saw.

    A failing gate is a fault of the program, not of the user: it stops, rather than printing.
    """
    released = tuple(statements)
    for one in released:
        if observation is None and one.about == "athlete" and ungated_valgus(one.text):
            raise AssertionError(f"no observation of the knee was entered, yet a statement says: {one.text}")
    return released
