"""Enters and shows the inputs of one session of a dataset."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from landing_lab.analysis.cohort.sessions import check_dataset
from landing_lab.analysis.inputs.fields import InputField, fields_by_name
from landing_lab.analysis.inputs.files import (
    SCHEMA,
    entries_of,
    inputs_from,
    read_inputs,
    session_document,
    session_inputs,
    write_session_inputs,
)
from landing_lab.analysis.inputs.sentences import unknown_field
from landing_lab.errors import ParameterError
from landing_lab.io.dataset_lock import FolderLock
from landing_lab.io.dataset_session import SessionFolder
from landing_lab.io.visible import quoted_name, quoted_path, visible
from landing_lab.io.write import json_text, plain, stamped

_PATIENCE_S: Final = 10.0


def run_set(
    dataset: Path, participant: str, session: str | None, words: Sequence[str], *, file: Path | None, by: str | None
) -> int:
    """Add entries to those of a session and store them; 0.

    Raises ParameterError or FileFormatError with one sentence where an entry is wrong: then nothing is stored.
    """
    folder = session_of(dataset, participant, session)
    if not words and file is None:
        raise ParameterError(
            "nothing to enter; add field=value, or --file FILE from `landing-lab inputs template FILE`"
        )
    entered = _entered(words, file)
    path, merged = store_entries(dataset, folder, entered, by=by)
    for name, value in entered.items():
        print(f"{name}: {'taken away' if value is None else _shown(fields_by_name()[name], value)}")
    print(f"{len(merged)} entries in {quoted_path(str(path))}")
    return 0


def store_entries(
    dataset: Path, folder: SessionFolder, entered: Mapping[str, Any], *, by: str | None
) -> tuple[Path, dict[str, Any]]:
    """Add entries by name of their field to those of a session (None takes one away): the file, and all that it holds.

    Raises ParameterError or FileFormatError with one sentence where an entry is wrong: then nothing is stored.
    """
    lock = FolderLock(dataset / ".landing-lab.lock", what=f"the dataset {quoted_path(str(dataset))}")
    with lock.take(patience_s=_PATIENCE_S):  # two who enter at once: neither loses an entry
        merged = merged_entries(folder, entered)
        return write_session_inputs(folder.path, inputs_from(merged), by=by), merged


def merged_entries(folder: SessionFolder, entered: Mapping[str, Any]) -> dict[str, Any]:
    """What a session would hold with these entries; None takes one away."""
    before = session_inputs(folder.path)
    entries = {} if before is None else flat_entries(entries_of(before))
    return {name: value for name, value in {**entries, **entered}.items() if value is not None}


def _entered(words: Sequence[str], file: Path | None) -> dict[str, Any]:
    """Entries of the file, then those that were typed; None takes an entry away."""
    entered = {} if file is None else flat_entries(entries_of(read_inputs(file)))
    typed = [_typed(word) for word in words]
    twice = [name for at, (name, _) in enumerate(typed) if name in dict(typed[:at])]
    if twice:
        raise ParameterError(f"{visible(twice[0])} is entered twice; enter it once")
    return {**entered, **dict(typed)}


def run_show(dataset: Path, participant: str, session: str | None, *, as_json: bool) -> int:
    """Show the entries of a session; 0, also where there are none."""
    from landing_lab.app.inputs.show import facts_of, print_facts

    folder = session_of(dataset, participant, session)
    inputs = session_inputs(folder.path)
    facts = facts_of(dataset, folder, inputs)
    if as_json:
        document = session_document(folder.path) or {}
        head = stamped(SCHEMA, {"participant": folder.participant, "session": folder.label})
        entries = None if inputs is None else entries_of(inputs)
        sys.stdout.write(
            json_text({**head, "inputs": entries, "history": document.get("history", []), **_plain(facts.document())})
        )
        return 0
    print(f"Inputs of sub-{folder.participant}, ses-{folder.label}")
    print_facts(facts)
    return 0


def session_of(dataset: Path, participant: str, session: str | None) -> SessionFolder:
    """A session of a participant, the newest by default. Raises ParameterError where there is none."""
    found = check_dataset(dataset)
    shown = quoted_path(str(dataset))
    known = found.names()
    if participant not in known:
        listed = f"{', '.join(known[:8]) or 'nobody yet'}{' and more' if len(known) > 8 else ''}"
        what = (
            f"participant {quoted_name(participant)!r} is not in {shown}" if participant else "no participant is named"
        )
        raise ParameterError(f"{what}; {shown} has {listed}; name one with --participant")
    sessions = found.sessions(participant)
    if not sessions:
        raise ParameterError(f"participant {participant} has no session in {shown}; record one first")
    if session is None:
        return sessions[-1]
    label = session.removeprefix("ses-")
    for one in sessions:
        if one.label == label or (label.isdigit() and one.number == int(label)):
            return one
    labels = ", ".join(one.label for one in sessions)
    raise ParameterError(f"participant {participant} has no session {quoted_name(session)!r}; there are {labels}")


def _typed(word: str) -> tuple[str, Any]:
    """One field=value as name and value of the field's kind; None where the value is empty."""
    name, equals, text = word.partition("=")
    name, text = name.strip(), text.strip()
    if not equals:
        raise ParameterError(
            f"{quoted_name(word)!r} is no entry; write field=value with no blanks around =, such as lunge_left_cm=9.5"
        )
    field = fields_by_name().get(name)
    if field is None:
        raise ParameterError(unknown_field(name))
    return name, value_of(field, text)


def value_of(field: InputField, text: str) -> Any:
    """Text as the field's kind where it is one; else the text itself, which the check of the inputs then names."""
    if not text:
        return None
    if field.kind == "yes_no":
        return {"true": True, "yes": True, "false": False, "no": False}.get(text.lower(), text)
    try:
        if field.kind == "number":
            return float(text)
        if field.kind == "whole_number" or field.name.startswith("less."):
            return int(text)
    except ValueError:
        return text
    return text


def flat_entries(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Entries by the name of their field: LESS items stand by themselves."""
    flat = {name: value for name, value in entries.items() if name != "less"}
    return {**flat, **{f"less.{item}": score for item, score in entries.get("less", {}).items()}}


def _shown(field: InputField, value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
    return f"{visible(text)}{' ' + field.unit if field.unit else ''}"


def _plain(document: Mapping[str, Any]) -> dict[str, object]:
    return {name: plain(value) for name, value in document.items()}
