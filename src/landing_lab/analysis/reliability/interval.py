"""A number with its 95 % interval."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """value with low and high, 95 %; low and high are nan where no interval can be given."""

    value: float
    low: float
    high: float
