"""Finds the centre of pressure beside the chosen columns of force: positions, or the moments that give them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import numpy as np

from landing_lab.io.force_table import ForceTable, plain_name
from landing_lab.io.plate_columns import LOADED_N, Choice
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side

Frame = Literal["lab", "plate", "body"]
EMPTY_N: Final = 40.0
"""Readings below this are of an empty plate, which may sit up to 25 N off; force and moments are re-zeroed on them."""
LEAST_N: Final = 10.0
"""A smaller load has no place: a moment over it is noise."""
FROM_MOMENTS: Final = (
    "Centre of pressure comes from moments about the origin of each plate, in its own axes: how deep that lies below "
    "the surface is not stated, so horizontal force shifts it (4 mm at 40 mm of depth and a tenth of the vertical)."
)
_FEWEST_EMPTY: Final = 50
_WIDEST_M: Final = 0.9
"""A plate's length: where no unit is stated, a larger spread under load is in another unit than metre."""
_WIDEST_STATED_M: Final = 3.0
"""Beyond this a stated unit is wrong."""
_METRES: Final[Mapping[str, float]] = {"m": 1.0, "cm": 0.01, "mm": 0.001, "n": 1.0}
_LENGTH_SUFFIX = re.compile(r"_(m|cm|mm)$", re.IGNORECASE)
_REPEAT = re.compile(r"(?<=[\w)\]])\.(\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CopColumns:
    """Positions in metres by side, (n_rows, 2) each, with names of the two columns; empty where there are none.

    frame: "lab", one system for all plates; "plate", each plate its own; "body", (medio-lateral, antero-posterior).
    """

    positions: Mapping[Side, FloatArray]
    names: Mapping[Side, tuple[str, str]]
    frame: Frame = "plate"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CopDialect:
    """How one family of files names centre of pressure beside a column of force, and what its columns are."""

    force: re.Pattern[str]
    pairs: tuple[tuple[str, str], ...]
    moments: bool
    frame: Frame
    unit: str | None

    def pairs_of(self, force_key: str) -> list[tuple[str, str]]:
        """Keys that the two columns may have beside a column of force of this key."""
        found = self.force.fullmatch(force_key)
        return [] if found is None else [(found.expand(first), found.expand(second)) for first, second in self.pairs]


@cache
def cop_dialects() -> tuple[CopDialect, ...]:
    """The conventions for centre of pressure in `dialects.toml`, in the order in which they are tried."""
    document = tomllib.loads(files("landing_lab.io").joinpath("dialects.toml").read_text(encoding="utf-8"))
    return tuple(
        CopDialect(
            force=re.compile(entry["force"]),
            pairs=tuple((first, second) for first, second in entry["pairs"]),
            moments=entry["kind"] == "moments",
            frame=entry["frame"],
            unit=entry.get("unit"),
        )
        for entry in document["cop"]
    )


def find_cop(table: ForceTable, choice: Choice) -> CopColumns:
    """Centre of pressure of every chosen column of force, or none at all and a note where the file holds some.

    Values are those of the file in metres, 0 and garbage of an unloaded plate included; where moments give
    them, NaN below LEAST_N.
    """
    found = {side: _beside(table, column) for side, column in choice.columns.items()}
    matched = {side: one for side, one in found.items() if one is not None}
    if len(matched) < len(found):
        return _none(_unmatched_note(table, choice, [side for side in found if side not in matched]))
    frames = {dialect.frame for dialect, _ in matched.values()}
    positions: dict[Side, FloatArray] = {}
    notes: list[str] = []
    for side, (dialect, columns) in matched.items():
        force = table.values[:, choice.columns[side]]
        scaled = _in_metres(table, dialect, columns, force)
        if isinstance(scaled, str):
            return _none((scaled,))
        positions[side], note = scaled
        notes += [note] if note else []
        notes += [FROM_MOMENTS] if dialect.moments else []
    names = {side: (table.names[columns[0]], table.names[columns[1]]) for side, (_, columns) in matched.items()}
    frame: Frame = frames.pop() if len(frames) == 1 else "plate"
    return CopColumns(positions=positions, names=names, frame=frame, notes=tuple(dict.fromkeys(notes)))


def _none(notes: tuple[str, ...]) -> CopColumns:
    return CopColumns(positions={}, names={}, notes=notes)


def _key(name: str) -> tuple[str, str]:
    """A column's name without unit, case, blanks and the words force and moment; and which of its kind it is."""
    repeat = _REPEAT.search(name)
    stem = _LENGTH_SUFFIX.sub("", name[: repeat.start()] if repeat else name)
    key = re.sub(r"^(?:force|moment)\.|\s", "", plain_name(stem))
    return key, repeat.group(1) if repeat else ""


def _beside(table: ForceTable, column: int) -> tuple[CopDialect, tuple[int, int]] | None:
    """The convention and the two columns that go with a column of force."""
    if not table.named:
        rest = [i for i in range(len(table.names)) if i not in table.time_columns + table.counter_columns]
        if len(rest) % 6 == 0 and column in rest[2::6]:  # Fx Fy Fz Mx My Mz
            place = rest.index(column)
            unnamed = CopDialect(force=re.compile(""), pairs=(), moments=True, frame="plate", unit=None)
            return unnamed, (rest[place + 1], rest[place + 2])
        return None
    keys = {_key(name): index for index, name in enumerate(table.names)}
    force_key, repeat = _key(table.names[column])
    for dialect in cop_dialects():
        for first, second in dialect.pairs_of(force_key):
            if (first, repeat) in keys and (second, repeat) in keys:
                return dialect, (keys[first, repeat], keys[second, repeat])
    return None


def _unmatched_note(table: ForceTable, choice: Choice, sides: list[Side]) -> tuple[str, ...]:
    """What to say where the file seems to hold centre of pressure that goes with no chosen column."""
    if not table.named:
        return ()
    like = [
        name
        for name in table.names
        if re.search(r"(?<![a-z])cop(?:[xyz]|ml|ap|(?![a-z]))|cent(?:re|er) of pressure", name.lower())
    ]
    if not like:
        return ()
    forces = ", ".join(f'"{table.names[choice.columns[side]]}"' for side in sides)
    seen = f'"{like[0]}" looks like it, but no name fits {forces}'
    return (f"Centre of pressure was not read: {seen}; name the columns alike, such as Fz1, COPx1, COPy1.",)


def _in_metres(
    table: ForceTable, dialect: CopDialect, columns: tuple[int, int], force: FloatArray
) -> tuple[FloatArray, str | None] | str:
    """Positions in metres and what was assumed, or the note why they cannot be had."""
    raw = table.values[:, columns]
    units = [(table.units[column] or _suffix_unit(table.names[column]) or dialect.unit) for column in columns]
    values = position_from_moments(force, raw[:, 0], raw[:, 1]) if dialect.moments else raw
    loaded = values[np.abs(force) > LOADED_N]
    loaded = loaded[np.isfinite(loaded).all(axis=1)]
    unit = units[0]
    spread = float(np.ptp(np.percentile(loaded, (5, 95), axis=0), axis=0).max()) if len(loaded) else 0.0
    name = f'"{table.names[columns[0]]}"'
    if unit is not None and units[1] == unit and (scale := metres_per(unit, moments=dialect.moments)) is not None:
        if spread * scale <= _WIDEST_STATED_M:
            return values * scale, None
        return f"Centre of pressure was not read: {name} in {unit} would spread over {spread * scale:.3g} m under load."
    if unit is None and spread <= _WIDEST_M:
        return values, f"No unit of {name} is stated: {'newton metre' if dialect.moments else 'metre'} was assumed."
    if unit is None and dialect.moments and spread * 0.001 <= _WIDEST_M:
        return values * 0.001, f"No unit of {name} is stated: N mm fits the size of a plate and was assumed."
    stated = f"in {unit}" if unit else "without a unit, and too large for metre"
    return f"Centre of pressure was not read: {name} is {stated}; write its unit (m, cm, mm) into the name."


def _suffix_unit(name: str) -> str | None:
    found = _LENGTH_SUFFIX.search(_REPEAT.sub("", name))
    return found.group(1) if found else None


def metres_per(unit: str, *, moments: bool) -> float | None:
    """Metres in one unit of position, or in one unit of moment over newton; None for another unit."""
    plain = re.sub(r"[\s.*·-]", "", unit.lower())
    if moments:
        return _METRES.get(plain.removeprefix("n")) if plain.startswith("n") and plain != "n" else None
    return None if plain == "n" else _METRES.get(plain)


def position_from_moments(force_z: FloatArray, moment_x: FloatArray, moment_y: FloatArray) -> FloatArray:
    """Centre of pressure -My/Fz, Mx/Fz, (n, 2), in the unit of moment over newton; NaN below LEAST_N.

    Force and moments are re-zeroed on the median of the readings of the empty plate, where there are enough.
    """
    empty = np.abs(force_z) < EMPTY_N
    channels = np.column_stack([force_z, moment_x, moment_y])
    if np.count_nonzero(empty) >= _FEWEST_EMPTY:
        offset = np.nanmedian(channels[empty], axis=0)
        channels -= np.where(np.isfinite(offset), offset, 0.0)
    load = np.where(np.abs(channels[:, 0]) > LEAST_N, channels[:, 0], np.nan)
    return np.column_stack([-channels[:, 2] / load, channels[:, 1] / load])
