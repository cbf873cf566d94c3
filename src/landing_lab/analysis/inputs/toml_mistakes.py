"""What a person meant with a line of a form that is no TOML: its number, the line itself, and what to write instead."""

from __future__ import annotations

import re
from typing import Final

from landing_lab.analysis.inputs.fields import InputField, fields_by_name
from landing_lab.analysis.inputs.sentences import unknown_field
from landing_lab.io.visible import quoted_name, snippet

_AT: Final = re.compile(r"at line (\d+)")
_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_QUOTES: Final = "\"'`“”„‚‘’«»"
TRUE: Final = ("true", "yes")
FALSE: Final = ("false", "no")


def toml_mistake(text: str, why: str) -> str | None:
    """One sentence on the line that the parser stumbled over; None where it is no `field = value`.

    why: what the parser says, with "at line N" or "at end of document".
    """
    lines = text.splitlines()
    found = _AT.search(why)
    number = int(found.group(1)) if found else max((n for n, one in enumerate(lines, 1) if one.strip()), default=0)
    line = lines[number - 1].split("#", maxsplit=1)[0].strip() if 0 < number <= len(lines) else ""
    name, equals, value = (part.strip() for part in line.partition("="))
    if not equals or not name:
        return None
    field = fields_by_name().get(name)
    way_out = unknown_field(name) if field is None else _instead(field, value)
    return f"line {number}: {quoted_name(snippet(line))} - {way_out}"


def _instead(field: InputField, value: str) -> str:
    """What to write for a value that was typed as people type."""
    if not value:
        return f"write a value ({field.takes}), or # before the line where there is none"
    plain = value.strip(_QUOTES)
    if field.kind in ("number", "whole_number") or field.name.startswith("less."):
        number = _NUMBER.match(plain)
        if number is None:
            return f"write {field.takes}"
        right = number.group().replace(",", ".")
        rest = plain[number.end() :].strip()
        return f"write {right}, {'without what follows it' if rest else 'with a point' if ',' in plain else 'bare'}"
    if field.kind == "yes_no":
        word = plain.lower()
        return f"write {'true' if word in TRUE else 'false' if word in FALSE else 'true or false'}"
    if field.kind == "choice":
        meant = plain.lower()
        return f'write "{meant}", in quotation marks' if meant in field.choices else f"write {_quoted(field)}"
    return "write it on one line, in quotation marks"


def _quoted(field: InputField) -> str:
    words = [f'"{one}"' for one in field.choices]
    return f"{', '.join(words[:-1])} or {words[-1]}, in quotation marks"
