"""A table of numbers as a file holds it, before anyone has said which column is what."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.io.visible import quoted_name
from landing_lab.model.blocks import FloatArray

_TIME_UNITS_S: Final[dict[str, float]] = {
    "s": 1.0,
    "sec": 1.0,
    "secs": 1.0,
    "second": 1.0,
    "seconds": 1.0,
    "ms": 1e-3,
    "msec": 1e-3,
    "millisecond": 1e-3,
    "milliseconds": 1e-3,
    "us": 1e-6,
    "µs": 1e-6,
}
_FORCE_UNITS_N: Final[dict[str, float]] = {"n": 1.0, "newton": 1.0, "newtons": 1.0, "kn": 1e3}
# fmt: off
_OTHER_UNITS: Final = frozenset((
    "m", "mm", "cm", "nm", "nmm", "n*m", "n.m", "n-m", "n·m", "n m", "n.mm", "kg", "kgf", "g", "lb", "lbs", "lbf", "v",
    "mv", "uv", "deg", "rad", "°", "m/s", "m/s2", "m/s^2", "%", "bw", "w", "w/kg", "-",
))
# fmt: on
KNOWN_UNITS: Final = frozenset(_TIME_UNITS_S) | frozenset(_FORCE_UNITS_N) | _OTHER_UNITS
_SUFFIX_UNITS: Final = ("n", "kn", "s", "ms")
_BRACKETS = re.compile(r"\s*[\[(]\s*([^\[\]()]*?)\s*[\])]")
_COUNTER_NAMES: Final = frozenset(
    (
        "frame",
        "sub frame",
        "frames",
        "frame number",
        "sample",
        "samples",
        "sample number",
        "index",
        "row",
        "nr",
        "no",
        "n",
    )
)
_TIME_NAME = re.compile(
    r"(?:(?:abs|absolute|elapsed|rel|relative) )?(?:time|t|zeit|tempo|temps|tiempo|time ?stamp)(?: run #\d+)?"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ForceTable:
    """Columns of a file, time included.

    names: as the file spells them, made unique ("Fz", "Fz.1"); "column 1", ... where it has none.
    units: what the file states per column, None where it states nothing. values: (n_rows, n_columns), NaN =
    missing. time_columns, counter_columns: indices of columns of time, and of those that only number the rows.
    sample_rate_hz: as the file states it, if it does. lines: (n_rows,) 1-based line of each row in the file,
    for messages; None where the file has no lines.
    what: what the format is called in messages. without_time: the way out where its column of time is not to be used.
    """

    what: str
    names: tuple[str, ...]
    named: bool
    units: tuple[str | None, ...]
    values: FloatArray
    time_columns: tuple[int, ...] = ()
    counter_columns: tuple[int, ...] = ()
    sample_rate_hz: float | None = None
    lines: np.ndarray[tuple[int], np.dtype[np.int64]] | None = None
    notes: tuple[str, ...] = ()
    without_time: str = ", or delete the column of time and give --rate-hz"

    def line(self, row: int) -> str:
        """Where a row stands in the file, in words."""
        return f"row {row + 1}" if self.lines is None else f"line {int(self.lines[row])}"


def unit_of(name: str) -> str | None:
    """The unit a column name carries: "Left (N)", "Time[s]", "left_n"; None where it carries none."""
    for found in _BRACKETS.finditer(name):
        if found.group(1).lower() in KNOWN_UNITS:
            return found.group(1)
    stem, _, suffix = name.strip().lower().rpartition("_")
    return suffix if stem and suffix in _SUFFIX_UNITS else None


def plain_name(name: str) -> str:
    """A column name without unit, case, underscores and decoration, for comparison with conventions."""
    for found in _BRACKETS.finditer(name):
        if found.group(1).lower() in KNOWN_UNITS:
            name = name[: found.start()] + " " + name[found.end() :]
            break
    else:
        stem, _, suffix = name.strip().rpartition("_")
        if stem and suffix.lower() in _SUFFIX_UNITS:
            name = stem
    name = re.sub(r"(?<=[a-z])(?=Force\b)", " ", name)  # LeftForce
    return " ".join(name.strip(" #\"'").lower().replace("_", " ").split())


def is_time_name(name: str) -> bool:
    """Whether a column name says that the column is time."""
    return _TIME_NAME.fullmatch(plain_name(name)) is not None


def is_counter_name(name: str) -> bool:
    """Whether a column name says that the column only numbers the rows."""
    return plain_name(name) in _COUNTER_NAMES


def seconds_per(unit: str | None) -> float | None:
    """Seconds in one unit of time, None for a unit that is not one of time."""
    return None if unit is None else _TIME_UNITS_S.get(unit.lower())


def newtons_per(unit: str) -> float | None:
    """Newton in one unit of force, None for a unit that is not one of force."""
    return _FORCE_UNITS_N.get(unit.lower())


def unique_names(names: list[str]) -> tuple[str, ...]:
    """Names as they can be shown, with ".1", ".2" added to the second, third of a kind; "column 4" for a blank one."""
    seen: Counter[str] = Counter()
    unique: list[str] = []
    for number, raw in enumerate(names, start=1):
        name = quoted_name(raw.strip()) or f"column {number}"
        count = seen[name]
        seen[name] += 1
        unique.append(f"{name}.{count}" if count else name)
    return tuple(unique)
