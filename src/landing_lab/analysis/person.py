"""Who an athlete is, as far as norms go by it: sex and age, as entered or as participants.tsv says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from landing_lab.analysis.cohort.participants import persons

if TYPE_CHECKING:
    import pandas as pd

    from landing_lab.analysis.inputs.field_inputs import FieldInputs

_YES: Final = frozenset(("true", "yes", "1", "1.0"))


@dataclass(frozen=True, slots=True)
class Person:
    """What chooses the norm of a person, who is not part of it. simulated: nobody was measured."""

    participant: str
    sex: str | None = None
    age_years: float | None = None
    simulated: bool = False


def person(participants: pd.DataFrame, participant: str, inputs: FieldInputs | None) -> Person:
    """Sex and age as entered for the session, else as participants.tsv says.

    participants: as in TrialTable, indexed by participant.
    """
    known: dict[str, Any] = {}
    if participant in participants.index:
        known = {str(name): value for name, value in participants.loc[participant].items()}
    sex, age = persons(participants[participants.index == participant]).get(participant, (None, None))
    if inputs is not None:
        sex, age = inputs.sex or sex, inputs.age_years or age
    simulated = str(known.get("simulated", "")).lower() in _YES
    return Person(participant, sex, age, simulated)
