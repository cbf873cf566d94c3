"""What is wrong with entries, in one sentence: field, what was entered, what is allowed with its unit, what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from landing_lab.analysis.inputs.fields import InputField, fields_by_name
from landing_lab.io.visible import quoted_name, snippet

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails


_COMMA: Final = re.compile(r"-?\d+,\d+")
_WITH_UNIT: Final = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*[^\d\s.,].*")
_MOST_NAMED: Final = 8


def what_is_wrong(error: ValidationError) -> str:
    """The first thing that is wrong, and the names of the other entries that are."""
    found = error.errors(include_url=False)
    _, *others = dict.fromkeys(_name(one) for one in found)
    shown = [quoted_name(name) for name in others[:_MOST_NAMED]]
    rest = len(others) - len(shown)
    more = f" (also wrong: {', '.join(shown)}{f' and {rest} more' if rest else ''})" if shown else ""
    return _sentence(found[0]) + more


def mistakes(error: ValidationError) -> dict[str, str]:
    """Everything that is wrong: field -> sentence, as a form shows it; "" where no field is named."""
    found: dict[str, str] = {}
    for one in error.errors(include_url=False):
        text = _sentence(one)
        name = _name(one)
        if name not in fields_by_name():
            name = next((word for word in re.findall(r"[a-z0-9_.]+", text) if word in fields_by_name()), "")
        found.setdefault(name, text)
    return found


def unknown_field(name: str) -> str:
    """That there is no such field, and which may have been meant."""
    near = _near(name, fields_by_name())
    return (
        f"{quoted_name(name)!r} is no field of the inputs{f'; near it are {near}' if near else ''}; "
        f"`landing-lab inputs template` lists every field"
    )


def _sentence(one: ErrorDetails) -> str:
    kind, where, given = one["type"], tuple(map(str, one["loc"])), one["input"]
    if kind == "value_error":
        return str(one.get("ctx", {}).get("error", one["msg"]))
    if kind == "extra_forbidden":
        return unknown_field(where[0])
    name = _name(one)
    field = fields_by_name().get(name)
    if field is None:
        return f"{quoted_name(name)} cannot be {_shown(given)}; enter LESS items as number = score, such as less.5 = 1"
    if kind == "missing":
        return (
            f"{field.name} is not entered, and it is the one entry that is needed: enter {field.takes} ({field.label})"
        )
    what = field.name if field.label == field.name else f"{field.name} ({field.label})"
    return f"{what} takes {field.takes}; got {_shown(given)}; {_way_out(field, given)}"


def _name(one: ErrorDetails) -> str:
    return ".".join(str(part) for part in one["loc"][:2] if part != "[key]")


def _way_out(field: InputField, given: Any) -> str:
    if field.kind == "number" and isinstance(given, str) and _COMMA.fullmatch(given.strip()):
        return f"write {given.strip().replace(',', '.')}, with a point"
    if field.kind == "number" and isinstance(given, str) and (number := _WITH_UNIT.fullmatch(given.strip())):
        return f"write {number.group(1).replace(',', '.')}, without the unit"
    if field.required:
        return "enter one of them"
    return "shorten it" if field.kind == "text" and given else "correct it, or leave it out where it was not measured"


def _shown(given: Any) -> str:
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, str):
        return f"'{snippet(given)}'"
    return f"{given:g}" if isinstance(given, float) else snippet(str(given))


def _near(name: str, known: Iterable[str]) -> str:
    pool = list(known)
    inside = [one for one in pool if len(name) > 2 and name.lower() in one]
    return ", ".join(list(dict.fromkeys([*inside, *difflib.get_close_matches(name.lower(), pool, n=4)]))[:4])
