"""The screening form of the page and its result: fields, checks and storing are those of `landing-lab inputs`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from landing_lab.errors import ParameterError
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_names import check_pseudonym
from landing_lab.io.dataset_session import SessionFolder
from landing_lab.io.write import plain

if TYPE_CHECKING:
    from landing_lab.analysis.inputs.fields import InputField
    from landing_lab.analysis.screening.screening import Screening

MOST_ENTRIES: Final = 200
MOST_LETTERS: Final = 500
MOST_BY: Final = 40
NAMES: Final = re.compile(r"\b[a-z]+(?:[_.][a-z0-9]+)+\b")
SAID_IN_FILES: Final = {"acl or other_knee": "a torn ACL or another knee injury", "is not true": "is not yes"}
"""Words of a file of entries, as the form has them."""


def newest_session(dataset: Path, participant: str) -> SessionFolder:
    """The session whose entries the page shows. Raises ParameterError where there is none."""
    from landing_lab.app.inputs.run import session_of

    return session_of(dataset, check_pseudonym(participant), None)


def form_of(dataset: Path, participant: str) -> dict[str, object]:
    """Every field by group, what is entered, what sensors say of the LESS, and what counts as an observation."""
    from landing_lab.analysis.inputs.files import entries_of, session_document, session_inputs
    from landing_lab.app.inputs.run import flat_entries
    from landing_lab.app.inputs.show import NOTHING_OF_THE_KNEE, facts_of, said_of

    folder = newest_session(dataset, participant)
    inputs = session_inputs(folder.path)
    facts = facts_of(dataset, folder, inputs)
    document = session_document(folder.path) or {}
    told: dict[str, Any] = {name: plain(value) for name, value in facts.document().items()}
    return {
        "participant": folder.participant,
        "session": folder.label,
        "groups": _groups(),
        "entries": {} if inputs is None else flat_entries(entries_of(inputs)),
        "history": plain(document.get("history", [])),
        "less": told["less"],
        "knee": [] if facts.observation is None else [said_of(one) for one in facts.observation.entries],
        "nothing_of_the_knee": NOTHING_OF_THE_KNEE if facts.observation is None else "",
    }


def _groups() -> list[dict[str, object]]:
    from landing_lab.analysis.inputs.fields import input_fields

    groups: dict[str, list[dict[str, object]]] = {}
    for field in input_fields():
        groups.setdefault(field.group, []).append(_field(field))
    return [{"title": title, "fields": fields} for title, fields in groups.items()]


def _field(field: InputField) -> dict[str, object]:
    return {
        "name": field.name,
        "label": field.label,
        "unit": field.unit,
        "kind": field.kind,
        "help": field.help,
        "takes": field.takes,
        "choices": list(field.choices),
        "meanings": list(field.meanings),
        "longest": field.longest,
        "required": field.required,
        "observation": field.observation,
    }


def save_form(dataset: Path, asked: Mapping[str, Any]) -> dict[str, object]:
    """Store what was typed: texts by field, "" takes an entry away. Where something is wrong nothing is stored.

    Gives back {"wrong": field -> sentence}; empty where it is stored. Raises ParameterError for what no form sends.
    """
    from landing_lab.analysis.inputs.files import mistakes_in
    from landing_lab.app.inputs.run import merged_entries, store_entries

    folder = newest_session(dataset, str(asked.get("participant", "")))
    if asked.get("session") != folder.label:
        raise ParameterError(
            f"session {folder.label} has begun since this form was opened, and entries go with the newest session; "
            f"note what you typed, then open the form again"
        )
    entered = _entered(asked.get("entries"))
    by = asked.get("by") or None
    if by is not None and (not isinstance(by, str) or len(by) > MOST_BY or not by.isprintable()):
        raise ParameterError(f"who enters is a pseudonym or initials of up to {MOST_BY} letters")
    wrong = mistakes_in(merged_entries(folder, entered))
    if not wrong:
        store_entries(dataset, folder, entered, by=by)
    return {"wrong": {name: in_labels(text) for name, text in wrong.items()}}


def in_labels(text: str) -> str:
    """A sentence on entries with the labels of the form where it has the names of a file."""
    from landing_lab.analysis.inputs.fields import fields_by_name

    fields = fields_by_name()
    for field in fields.values():
        text = text.replace(f"{field.name} ({field.label})", field.label)
    for said, words in SAID_IN_FILES.items():
        text = text.replace(said, words)
    return NAMES.sub(lambda found: fields[found[0]].label if found[0] in fields else found[0], text)


def _entered(entries: object) -> dict[str, Any]:
    """Texts of a form as values of their fields. Raises ParameterError for anything else."""
    from landing_lab.analysis.inputs.fields import fields_by_name
    from landing_lab.analysis.inputs.sentences import unknown_field
    from landing_lab.app.inputs.run import value_of

    if not isinstance(entries, dict) or len(entries) > MOST_ENTRIES:
        raise ParameterError("the form is no list of entries; reload the page")
    found = {}
    for name, text in entries.items():
        field = fields_by_name().get(name)
        if field is None:
            raise ParameterError(unknown_field(name))
        if not isinstance(text, str) or len(text) > 2 * MOST_LETTERS:
            raise ParameterError(f"{field.name} is no text of up to {MOST_LETTERS} characters; shorten it")
        found[name] = value_of(field, text.strip())
    return found


def screened(dataset: Path, participant: str) -> Screening:
    """The screening of an athlete, as `landing-lab screen` makes it. Raises LandingLabError with what is missing."""
    from landing_lab.analysis.screening.of_dataset import screen

    root = Dataset(dataset)
    if check_pseudonym(participant) not in root.names():
        raise ParameterError(f"{participant} is not in this dataset; choose somebody who is")
    root.sessions(participant)  # refuses a folder that leads out of the dataset
    return screen(dataset, participant)
