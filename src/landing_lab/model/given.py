"""Values that somebody gave to a Python function: what they are, and how a sentence shows them."""

from __future__ import annotations

import math
from numbers import Real

import numpy as np

from landing_lab.errors import ParameterError

_SHOWN_LENGTH = 60

MOST_SEED = 2**53
"""Beyond it a seed read from a table or from JSON may have lost its last digits (choice)."""


def shown(value: object) -> str:
    """A value in one short line of characters that no terminal obeys, whatever it is."""
    try:
        text = ascii(value)
    except Exception:  # noqa: BLE001 - a __repr__ of somebody else's, or an integer of too many digits
        text = type(value).__name__
    text = text if text.isprintable() else ascii(text)[1:-1]
    return text if len(text) <= _SHOWN_LENGTH else text[: _SHOWN_LENGTH - 3] + "..."


def finite(value: object) -> float | None:
    """A finite number as a float; None for anything else, truth values and texts included."""
    if not isinstance(value, Real) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (OverflowError, TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def numbers_of(values: object) -> tuple[float, ...] | None:
    """A tuple, list or row of finite numbers as floats; None for anything else."""
    if not isinstance(values, (tuple, list, np.ndarray)) or (isinstance(values, np.ndarray) and values.ndim != 1):
        return None
    found = tuple(number for number in map(finite, values) if number is not None)
    return found if len(found) == len(values) else None


def number_given(name: str, value: object, low: float, high: float) -> float:
    """A number within limits. Raises ParameterError, naming them, for anything else."""
    number = finite(value)
    if number is None or not low <= number <= high:
        raise ParameterError(
            f"{name} must be a number from {low:g} to {high:g}; got {shown(value)}; choose one inside these limits",
            name=name,
        )
    return number


def whole_given(name: str, value: object, low: int, high: int) -> int:
    """A whole number within limits. Raises ParameterError, naming them, for anything else."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or not low <= value <= high:
        raise ParameterError(
            f"{name} must be a whole number from {low} to {high}; got {shown(value)}; choose one inside these limits",
            name=name,
        )
    return int(value)


def seed_given(value: object, name: str = "seed") -> int:
    """A seed. Raises ParameterError for anything but a whole number that is not negative."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or not 0 <= value <= MOST_SEED:
        raise ParameterError(
            f"{name} must be a whole number, 0 or more; got {shown(value)}; give one such as {name}=1", name=name
        )
    return int(value)
