"""Inputs of a laboratory as files: TOML or JSON that people write, and field_inputs.json in the session's folder."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.inputs.fields import fields_by_name
from landing_lab.analysis.inputs.sentences import mistakes, what_is_wrong
from landing_lab.analysis.inputs.toml_mistakes import FALSE, TRUE, toml_mistake
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.small_file import read_small
from landing_lab.io.visible import quoted_name, quoted_path
from landing_lab.io.write import json_text, stamped, write_whole

SCHEMA: Final = "landing-lab.inputs/1"
FILE_NAME: Final = "field_inputs.json"
_MOST_BYTES: Final = 1_000_000


def read_inputs(path: str | Path) -> FieldInputs:
    """Inputs in a TOML or JSON file.

    Raises FileFormatError where it is neither, or an entry is wrong: one sentence with field, entry and range.
    """
    return _inputs(_read(Path(path)), Path(path))


def inputs_from(entries: Mapping[str, Any]) -> FieldInputs:
    """Inputs from plain values by name; "Female" is female, "yes" is true.

    Raises ParameterError with one sentence where one is wrong.
    """
    try:
        return FieldInputs.model_validate(_less_by_number({name: _meant(name, one) for name, one in entries.items()}))
    except ValidationError as error:
        raise ParameterError(what_is_wrong(error)) from error


def mistakes_in(entries: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with plain values by name: field -> the sentence of `inputs_from`; empty where nothing is."""
    try:
        FieldInputs.model_validate(_less_by_number({name: _meant(name, one) for name, one in entries.items()}))
    except ValidationError as error:
        return mistakes(error)
    return {}


def entries_of(inputs: FieldInputs) -> dict[str, Any]:
    """What was entered and nothing else, by name."""
    return {name: value for name, value in inputs.model_dump().items() if value is not None and value != {}}


def session_inputs(session_folder: Path) -> FieldInputs | None:
    """Inputs of a session; None where none were entered. Raises FileFormatError where the file is damaged."""
    document = session_document(session_folder)
    return None if document is None else _inputs(document, session_folder / FILE_NAME)


def session_document(session_folder: Path) -> dict[str, Any] | None:
    """The whole file: inputs, and who entered what and when; None where there is none."""
    path = session_folder / FILE_NAME
    if not path.is_file():
        return None
    content = read_small(path, most_bytes=_MOST_BYTES)
    try:
        document = json.loads(content.decode("utf-8-sig"))
        whole = isinstance(document, dict) and isinstance(document.get("history", []), list) and bool(document)
    except (ValueError, RecursionError):
        whole = False
    if not whole:
        raise FileFormatError(
            f"{quoted_path(str(path))} is damaged: no whole JSON document; delete it or bring back a copy, then enter "
            f"again with landing-lab inputs set",
            path=path,
        )
    return dict(document)


def write_session_inputs(
    session_folder: Path, inputs: FieldInputs, *, by: str | None = None, at: datetime | None = None
) -> Path:
    """Write field_inputs.json whole; what changed is added to its history with who entered it and when.

    by: who; the rater of the inputs by default. at: when; now by default. Raises FileFormatError where the file that is
    there is damaged (it is not written over), RecordingError where it cannot be written.
    """
    entries = entries_of(inputs)
    before = session_document(session_folder) or {}
    old = entries_of(_inputs(before, session_folder / FILE_NAME)) if before else {}
    changed = sorted(name for name in {*entries, *old} if entries.get(name) != old.get(name))
    history = before.get("history", [])
    if changed or not before:
        moment = (at or datetime.now(UTC)).isoformat(timespec="seconds")
        history = [*history, {"at": moment, "by": by or inputs.rater, "fields": changed}]
    document = stamped(SCHEMA, {"inputs": entries, "history": history})
    return write_whole(session_folder / FILE_NAME, json_text(document).encode("utf-8"), durable=True)


def _read(path: Path) -> dict[str, Any]:
    content = read_small(path, most_bytes=_MOST_BYTES)
    shown = quoted_path(str(path))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileFormatError(
            f"{shown} is not text in UTF-8; save it as UTF-8, or start from a template", path=path
        ) from error
    is_json = text.lstrip().startswith("{")
    try:
        document = json.loads(text) if is_json else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        kind = "JSON" if is_json else "TOML"
        mistake = None if is_json else toml_mistake(text, str(error))
        if mistake is not None:
            raise FileFormatError(f"{shown}, {mistake}", path=path) from error
        why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise FileFormatError(
            f"{shown} is no {kind} ({why}); write one `field = value` a line, words in quotation marks; "
            f"`landing-lab inputs template` writes an example",
            path=path,
        ) from error
    if not isinstance(document, dict):
        raise FileFormatError(f"{shown} holds no fields; `landing-lab inputs template` writes an example", path=path)
    return document


def _inputs(document: Mapping[str, Any], path: Path) -> FieldInputs:
    shown = quoted_path(str(path))
    entries = document
    if "schema" in document:
        if document["schema"] != SCHEMA or not isinstance(document.get("inputs"), dict):
            raise FileFormatError(
                f"{shown} says it is {quoted_name(str(document['schema']))}, not {SCHEMA} with its inputs; it is of "
                f"another kind or of a newer version",
                path=path,
            )
        entries = document["inputs"]
    try:
        return inputs_from(entries)
    except ParameterError as error:
        raise FileFormatError(f"{shown}: {error}", path=path) from error


def _meant(name: str, value: Any) -> Any:
    """A word as its field knows it: choices in any case, yes and no for true and false; else what was entered."""
    field = fields_by_name().get(name)
    if field is None or not isinstance(value, str):
        return value
    word = value.strip().lower()
    if field.kind == "choice":
        return word if word in field.choices and not name.startswith("less.") else value
    return (True if word in TRUE else False if word in FALSE else value) if field.kind == "yes_no" else value


def _less_by_number(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Entries in which "less" has numbers for keys: JSON and TOML know text alone; "less.5" may stand by itself."""
    found: dict[str, Any] = {}
    for name, value in entries.items():
        if name.startswith("less."):
            found["less"] = {**found.get("less", {}), _number(name.removeprefix("less.")): value}
        elif name == "less" and isinstance(value, Mapping):
            found["less"] = {**found.get("less", {}), **{_number(str(item)): score for item, score in value.items()}}
        else:
            found[name] = value
    return found


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else text
