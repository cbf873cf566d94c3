"""Single values of a request, checked: nothing of it is believed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from landing_lab.errors import ParameterError

MOST_LETTERS = 300


def text_of(asked: Mapping[str, Any], name: str, *, default: str | None = None) -> str:
    """A text of a request. Raises ParameterError where it is none, or too long, or has signs that cannot be shown."""
    value = asked.get(name, default)
    if not isinstance(value, str):
        raise ParameterError(f"{name} is missing or is no text; fill it in")
    if len(value) > MOST_LETTERS or not value.isprintable():
        raise ParameterError(f"{name} is too long or has signs that cannot be shown; up to {MOST_LETTERS} letters")
    return value.strip()


def number_of(asked: Mapping[str, Any], name: str) -> float | None:
    """A number of a request, None where it was left empty."""
    value = asked.get(name)
    if value is None or value == "":
        return None
    try:
        number = math.nan if isinstance(value, bool) or not isinstance(value, (int, float)) else float(value)
    except OverflowError:  # whole numbers of JSON may have four thousand digits
        number = math.inf
    if not math.isfinite(number):
        raise ParameterError(f"{name} is no number; write it with a point, or leave it empty")
    return number


def yes_of(asked: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    """Whether a box of a request is ticked. Raises ParameterError where it is neither ticked nor empty."""
    value = asked.get(name, default)
    if not isinstance(value, bool):
        raise ParameterError(f"{name} is neither yes nor no; tick the box or leave it empty")
    return value


def words_of(asked: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
    """A list of words with commas between them, None where it was left empty; "heel lift" becomes heel_lift."""
    words = (word.strip() for word in text_of(asked, name, default="").split(","))
    return tuple("_".join(word.lower().split()) for word in words if word) or None


def numbers_of(asked: Mapping[str, Any], name: str, *, at_most: int) -> list[float]:
    """A list of numbers. Raises ParameterError where it is none."""
    listed = asked.get(name)
    if not isinstance(listed, list) or len(listed) > at_most:
        raise ParameterError(f"{name} is no list of up to {at_most} numbers; write them with blanks between")
    found = [number_of({name: one}, name) for one in listed]
    return [one for one in found if one is not None]
