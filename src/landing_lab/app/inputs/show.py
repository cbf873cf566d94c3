"""What `landing-lab inputs show` tells: entries by group, the LESS, and what counts as an observation of the knee."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.inputs.fields import InputField, input_fields
from landing_lab.analysis.inputs.files import entries_of
from landing_lab.analysis.inputs.less import ITEMS, MDC95_POINTS, LessTotal, less_total
from landing_lab.analysis.inputs.observation import ObservedEntry, ValgusObservation, valgus_observation
from landing_lab.analysis.inputs.prefill import SOFTNESS, PrefilledItem, prefill_less, with_prefilled
from landing_lab.analysis.person import Person, person
from landing_lab.analysis.reference import Reference
from landing_lab.io.dataset_session import SessionFolder
from landing_lab.io.visible import visible

SHOWS = {"yes": "shows valgus", "no": "shows none", "cannot_tell": "cannot tell"}
NOTHING_OF_THE_KNEE = "No observation of the knee was entered, so nothing is said about knee valgus."


@dataclass(frozen=True, slots=True)
class InputFacts:
    """Entries of a session, what sensors say of the LESS, the total, and the observation."""

    inputs: FieldInputs | None
    sensors: tuple[PrefilledItem, ...]
    total: LessTotal | None
    filled_in: tuple[int, ...]
    observation: ValgusObservation | None

    def document(self) -> dict[str, Any]:
        """The same as plain values for JSON."""
        seen = self.observation
        return {
            "less": {
                "points": None if self.total is None else self.total.points,
                "rated": [] if self.total is None else list(self.total.rated),
                "missing": [item.number for item in ITEMS] if self.total is None else list(self.total.missing),
                "filled_in_by_sensors": list(self.filled_in),
                "sensors": list(self.sensors),
            },
            "observation": None
            if seen is None
            else {"shows": seen.shows, "left": seen.left, "right": seen.right, "entries": list(seen.entries)},
        }


def facts_of(dataset: Path, folder: SessionFolder, inputs: FieldInputs | None) -> InputFacts:
    """Everything that is shown of a session."""
    from landing_lab.analysis.cohort.collect import read_trials

    table = read_trials(dataset, participant=folder.participant)
    rows = table.rows
    references = _local_norms(dataset, person(table.participants, folder.participant, inputs))
    sensors = prefill_less(rows[rows["session"] == folder.label], references=references)
    if inputs is None:
        return InputFacts(None, sensors, None, (), None)
    scores, filled_in = with_prefilled(inputs, sensors)
    return InputFacts(inputs, sensors, less_total(scores), filled_in, valgus_observation(inputs))


def _local_norms(dataset: Path, who: Person) -> dict[tuple[str, str], Reference]:
    """The laboratory's own norms that item 16 is judged by; none where it has none yet."""
    from landing_lab.analysis.cohort.norms import read_norms

    norms = read_norms(dataset)
    if norms is None:
        return {}
    found = {
        (name, side): norms.reference(
            name, side, sex=who.sex, age_years=who.age_years, task="drop_jump", without=who.participant
        )
        for name, side in SOFTNESS
    }
    return {key: one for key, one in found.items() if one is not None}


def print_facts(facts: InputFacts) -> None:
    """Entries by group with units, then what follows from them."""
    if facts.inputs is None:
        print("Nothing was entered; landing-lab inputs template FILE writes a form")
    else:
        _print_entries(entries_of(facts.inputs))
    _print_less(facts)
    if facts.observation is None:
        print(f"\n{NOTHING_OF_THE_KNEE}")
        return
    print("\nObservations of the knee")
    for one in facts.observation.entries:
        print(f"  {said_of(one)}")
    if facts.observation.disagree:
        print("  They do not agree; one that shows valgus counts.")


def said_of(one: ObservedEntry) -> str:
    """What one observation of the knee shows, and why."""
    side = "" if one.side == "unknown" else f" ({one.side})"
    return f"{SHOWS[one.shows]}{side}: {one.reason}"


def _print_entries(entries: Mapping[str, Any]) -> None:
    flat = {**entries, **{f"less.{item}": score for item, score in entries.get("less", {}).items()}}
    known = [field for field in input_fields() if field.name in flat]
    width = max(len(field.label) for field in known)
    group = ""
    for field in known:
        if field.group != group:
            group = field.group
            print(f"\n{group.split(' (', maxsplit=1)[0].split(',', maxsplit=1)[0]}")
        print(f"  {field.label:{width}}  {_value(field, flat[field.name])}")


def _value(field: InputField, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field.name.startswith("less."):
        return f"{value}  {field.meanings[value]}"
    text = f"{value:g}" if isinstance(value, float) else visible(str(value)).replace("_", " ")
    return f"{text}{' ' + field.unit if field.unit else ''}"


def _print_less(facts: InputFacts) -> None:
    print("\nLESS in all")
    if facts.total is None:
        print("  no item is rated")
    else:
        low, high = MDC95_POINTS
        what = (
            "all 17 items"
            if facts.total.complete
            else f"{len(facts.total.rated)} of {len(ITEMS)} items, no whole score"
        )
        print(
            f"  {facts.total.points} points from {what}; a change below {low:g} to {high:g} points is within its error"
        )
    for one in facts.sensors:
        rated = facts.inputs is not None and one.item in facts.inputs.less
        told = (
            "rated by eye, which stays"
            if rated
            else "filled in by sensors"
            if one.item in facts.filled_in
            else one.kind
        )
        score = "not filled in" if one.score is None else f"{one.score} ({told})"
        print(f"  item {one.item}: {score}; {one.reason.partition(': ')[2]}")
