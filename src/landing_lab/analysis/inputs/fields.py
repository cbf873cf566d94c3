"""What every field of the inputs is, for people and programs: label, unit, range, help; template and forms read it."""

from __future__ import annotations

import functools
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final, Literal, TypeAlias

from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.inputs.less import ITEMS, LessItem

FieldKind: TypeAlias = Literal["number", "whole_number", "yes_no", "choice", "text"]
UNITS: Final[dict[str, str]] = {
    "_cm": "cm",
    "_mm": "mm",
    "_deg": "deg",
    "_pct_bw": "% of body weight",
    "_kg": "kg",
    "_years": "years",
    "_s": "s",
}
"""Unit by the ending of a field's name, longest first where two fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputField:
    """One field: name as typed ("less.5" for an item), group, label, unit ("" for none), what it takes, what for.

    low, high: allowed range of a number. choices: allowed words (or scores), with meanings where the words alone do
    not say it. observation: whether it counts as an observation of the knee.
    """

    name: str
    group: str
    label: str
    unit: str
    kind: FieldKind
    help: str
    low: float | None = None
    high: float | None = None
    longest: int | None = None
    choices: tuple[str, ...] = ()
    meanings: tuple[str, ...] = ()
    required: bool = False
    observation: bool = False

    @property
    def takes(self) -> str:
        """What may be entered, in words with the unit."""
        if self.kind == "choice":
            return f"{', '.join(self.choices[:-1])} or {self.choices[-1]}"
        if self.kind == "yes_no":
            return "true or false"
        if self.kind == "text":
            return f"text of up to {self.longest} characters"
        number = "a whole number" if self.kind == "whole_number" else "a number"
        return f"{number} from {self.low:g} to {self.high:g}{' ' + self.unit if self.unit else ''}"


@functools.cache
def input_fields() -> tuple[InputField, ...]:
    """Every field in the order of the template; the items of LESS stand where `less` does."""
    told = tomllib.loads((files("landing_lab.analysis.inputs") / "fields.toml").read_text(encoding="utf-8"))
    found: list[InputField] = []
    for group in told["group"]:
        for row in group["field"]:
            if row["name"] == "less":
                found += [_less_field(item, group["title"], row) for item in ITEMS]
            elif "{side}" in row["name"]:
                found += [_field(group["title"], _of_side(row, side)) for side in ("left", "right")]
            else:
                found.append(_field(group["title"], row))
    return tuple(found)


@functools.cache
def fields_by_name() -> Mapping[str, InputField]:
    """Every field by its name as typed."""
    return {field.name: field for field in input_fields()}


@functools.cache
def rating_names() -> Mapping[str, InputField]:
    """What somebody sees of the knee, and the items of LESS, by every name a table has for it.

    A table with a row per limb names a field without its side, and an item with a line for the dot (less_5).
    """
    found: dict[str, InputField] = {}
    for field in input_fields():
        if field.observation or field.name.startswith("less."):
            sideless = field.name.replace("_left", "").replace("_right", "")
            for name in (field.name, sideless, field.name.replace(".", "_")):
                found.setdefault(name, field)
    return found


def _of_side(row: Mapping[str, Any], side: str) -> dict[str, Any]:
    return {**row, "name": row["name"].format(side=side), "label": f"{row['label']}, {side}"}


def _field(group: str, row: Mapping[str, Any]) -> InputField:
    declared = FieldInputs.model_fields[row["name"]]
    hint, limits = _unwrapped(declared.annotation, list(declared.metadata))
    limit = {key: getattr(one, key) for one in limits for key in ("ge", "le", "max_length") if hasattr(one, key)}
    choices = tuple(map(str, typing.get_args(hint))) if typing.get_origin(hint) is Literal else ()
    kind: FieldKind = "choice" if choices else _KINDS[hint]
    return InputField(
        name=row["name"], group=group, label=row["label"], kind=kind, help=row["help"], choices=choices,
        unit=_unit(row["name"]) if kind == "number" else "",
        low=limit.get("ge"), high=limit.get("le"), longest=limit.get("max_length"),
        meanings=tuple(row.get("meanings", ())), required=declared.is_required(),
        observation=row.get("observation", False),
    )  # fmt: skip


def _less_field(item: LessItem, group: str, row: Mapping[str, Any]) -> InputField:
    return InputField(
        name=f"less.{item.number}", group=group, label=f"LESS {item.number}, {item.name}", unit="", kind="choice",
        help=f"{item.look}{row['more'].get(str(item.number), '')}",
        choices=tuple(str(score) for score in range(len(item.scores))), meanings=item.scores,
        observation=item.number in row["observations"],
    )  # fmt: skip


_KINDS: Final[dict[object, FieldKind]] = {float: "number", int: "whole_number", bool: "yes_no", str: "text"}


def _unwrapped(hint: Any, limits: list[Any]) -> tuple[Any, list[Any]]:
    """The type without Annotated and None, and the limits met on the way."""
    while True:
        origin, parts = typing.get_origin(hint), typing.get_args(hint)
        if origin is typing.Annotated:
            hint = parts[0]
            limits += [one for part in parts[1:] for one in getattr(part, "metadata", [part])]
        elif origin in (typing.Union, types.UnionType):
            hint = next(part for part in parts if part is not type(None))
        else:
            return hint, limits


def _unit(name: str) -> str:
    return next((UNITS[ending] for ending in sorted(UNITS, key=len, reverse=True) if name.endswith(ending)), "")
