"""Who is compared with whom: athletes by a column of participants.tsv, or one number of each athlete."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from landing_lab.analysis.cohort.participants import column_named, read_participants
from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.inputs.files import session_inputs
from landing_lab.errors import ParameterError
from landing_lab.io.dataset import Dataset
from landing_lab.io.visible import quoted_name

_FIELDS: Final = frozenset(FieldInputs.model_fields)


def two_groups(folder: Path, column: str, notes: list[str]) -> tuple[tuple[str, str], Mapping[str, str]]:
    """The two values of a column of participants.tsv, in order of the alphabet, and each athlete's.

    notes: sentences on what participants.tsv cannot mean. Raises ParameterError where the column does not hold exactly
    two.
    """
    found = {who: f"{value:g}" if isinstance(value, float) else value for who, value in _column(folder, column, notes)}
    values = sorted(set(found.values()))
    if len(values) != 2:
        raise ParameterError(
            f"column {quoted_name(column)} of participants.tsv must hold two groups; it holds {len(values)}"
            f"{': ' + ', '.join(map(quoted_name, values[:6])) if values else ''}"
        )
    return (values[0], values[1]), found


def numbers_of(folder: Path, column: str, notes: list[str]) -> dict[str, float]:
    """By participant, a number: a column of participants.tsv, else a field input, mean over sessions.

    notes: as in two_groups. Raises ParameterError where neither has it, or a value is no number.
    """
    try:
        cells = _column(folder, column, notes)
    except ParameterError as error:
        if column not in _FIELDS:
            raise ParameterError(f"{error}, or name a field input such as lunge_left_cm") from error
        return _field_inputs(folder, column)
    numbers = {}
    for participant, cell in cells:
        try:
            numbers[participant] = float(cell)
        except ValueError:
            numbers[participant] = math.nan
        if not math.isfinite(numbers[participant]):
            raise ParameterError(
                f"column {quoted_name(column)} of participants.tsv must hold numbers; sub-{participant} has "
                f"{quoted_name(str(cell))}; for groups use --group"
            )
    return numbers


def _column(folder: Path, column: str, notes: list[str]) -> list[tuple[str, str | float]]:
    """Each participant with what participants.tsv says in a column, known values only.

    Raises ParameterError where it has no such column.
    """
    said: list[str] = []
    people = read_participants(folder, said)
    name = column_named(people, column)
    if name is None:
        why = f" ({said[0]})" if said and people.empty else ""
        raise ParameterError(
            f"participants.tsv has no column {quoted_name(column)}{why}; it has {', '.join(people.columns) or 'none'}; "
            f"add it with tabs and in UTF-8"
        )
    notes += said
    known = people[name].dropna()
    return list(zip(known.index.tolist(), known.tolist(), strict=True))


def _field_inputs(folder: Path, field: str) -> dict[str, float]:
    """Mean over the sessions of each athlete of an entered number. Raises FileFormatError where a file is damaged."""
    dataset = Dataset(folder)
    found: dict[str, float] = {}
    for participant in dataset.participants():
        values = []
        for session in dataset.sessions(participant):
            inputs = session_inputs(session.path)
            value = None if inputs is None else getattr(inputs, field)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                values.append(float(value))
        if values:
            found[participant] = sum(values) / len(values)
    if not found:
        raise ParameterError(f"no athlete has a number entered for {field}; enter it as a field input")
    return found
