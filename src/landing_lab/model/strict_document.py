"""Frozen dataclasses as plain values for JSON, and back without guessing."""

from __future__ import annotations

import dataclasses
import functools
import math
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, Union

T = TypeVar("T")


def plain(record: object) -> dict[str, object]:
    """Fields of a dataclass by name, nested ones as mappings, tuples as lists."""
    assert dataclasses.is_dataclass(record)
    return {field.name: _plain(getattr(record, field.name)) for field in dataclasses.fields(record)}


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value):
        return plain(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def from_plain(made: type[T], values: Mapping[str, object]) -> T:
    """A dataclass from plain values.

    Raises ValueError or TypeError where a field is unknown, absent or of another type.
    """
    return typing.cast("T", _record(made, values, ""))


_hints = functools.cache(typing.get_type_hints)  # a table of many rows would evaluate its annotations for each


def _record(made: Any, values: object, where: str) -> object:
    if not isinstance(values, Mapping):
        raise TypeError(f"{where.rstrip('.') or made.__name__} is not an object")
    fields = {field.name: field for field in dataclasses.fields(made)}
    for name in values:
        if name not in fields:
            raise ValueError(f"{where}{str(name)[:40]!r} is not known")
    needed = [name for name, field in fields.items() if field.default is dataclasses.MISSING and name not in values]
    if needed:
        raise ValueError(f"{where}{needed[0]} is absent")
    hints = _hints(made)
    return made(**{name: _value(hints[name], value, where + name) for name, value in values.items()})


def _value(hint: Any, value: object, where: str) -> object:
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in parts:
            return None
        return _value(next(part for part in parts if part is not type(None)), value, where)
    if origin is Literal:
        if value not in parts:
            raise ValueError(f"{where} is not one of {', '.join(map(str, parts))}")
        return value
    if origin is tuple:
        return _tuple(parts, value, where)
    if dataclasses.is_dataclass(hint):
        return _record(hint, value, where + ".")
    return _number(value, where) if hint is float else _exactly(hint, value, where)


def _tuple(parts: tuple[Any, ...], value: object, where: str) -> tuple[object, ...]:
    endless = len(parts) == 2 and parts[1] is ...
    if not isinstance(value, list | tuple) or (not endless and len(value) != len(parts)):
        raise ValueError(f"{where} is no list{'' if endless else f' of {len(parts)}'}")
    hints = [parts[0]] * len(value) if endless else parts
    return tuple(_value(hint, item, f"{where}[{at}]") for at, (hint, item) in enumerate(zip(hints, value, strict=True)))


def _number(value: object, where: str) -> float:
    try:
        number = math.nan if isinstance(value, bool) or not isinstance(value, int | float) else float(value)
    except OverflowError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{where} is no finite number")
    return number


def _exactly(hint: Any, value: object, where: str) -> object:
    if type(value) is not hint:
        raise ValueError(f"{where} is no {'text' if hint is str else 'whole number'}")
    if isinstance(value, str) and not value.isprintable():  # a terminal would obey it
        raise ValueError(f"{where} holds characters that are not text")
    return value
