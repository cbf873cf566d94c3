"""Chooses the columns of vertical force, the one place where a reader decides what is what."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.column_names import list_columns, resolve_column
from landing_lab.io.force_table import ForceTable, newtons_per, plain_name
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side

LOADED_N: Final = 100.0
"""A plate that never carries this much never held a person, whose weight is several times that."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Columns by side, in order, and what was assumed to get there."""

    columns: Mapping[Side, int]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one family of files names its columns of vertical force."""

    name: str
    patterns: Mapping[str, re.Pattern[str]]
    rival: tuple[str, str] | None

    def find(self, kind: str, table: ForceTable) -> list[int]:
        """Indices of the columns whose plain name matches the pattern of this kind."""
        pattern = self.patterns.get(kind)
        if pattern is None:
            return []
        return [
            index
            for index, name in enumerate(table.names)
            if index not in table.time_columns
            and pattern.fullmatch(plain_name(re.sub(r"(?<=\w)\.\d+$|(?<=[)\]])\.\d+$", "", name)))
        ]


@cache
def dialects() -> tuple[Dialect, ...]:
    """The conventions of `dialects.toml`, in the order in which they are tried."""
    document = tomllib.loads(files("landing_lab.io").joinpath("dialects.toml").read_text(encoding="utf-8"))
    vertical = document["vertical"]
    return tuple(
        Dialect(
            name=entry["name"],
            patterns={
                kind: re.compile(entry[kind].replace("{vertical}", vertical))
                for kind in ("left", "right", "total", "plates", "runs", "extra")
                if kind in entry
            },
            rival=tuple(entry["rival"]) if "rival" in entry else None,
        )
        for entry in document["dialect"]
    )


def choose_columns(table: ForceTable, file_name: str, wanted: Mapping[Side, str | int | None]) -> Choice:
    """Which columns hold vertical force of which side.

    wanted: names or numbers given by the person for "left", "right", "total". Raises ParameterError where these
    do not exist or contradict each other, FileFormatError where no convention finds vertical force.
    """
    given = {side: name for side, name in wanted.items() if name is not None}
    if given:
        return _given(table, file_name, given)
    if not table.named:
        return _unnamed(table, file_name)
    for dialect in dialects():
        choice = _by_dialect(table, file_name, dialect)
        if choice is not None:
            return choice
    return _only_column(table, file_name)


def newtons(table: ForceTable, column: int, file_name: str) -> FloatArray:
    """A column in newton, (n_rows,). Raises FileFormatError where its unit is not one of force."""
    unit = table.units[column]
    if unit is None:
        return table.values[:, column]
    scale = newtons_per(unit)
    if scale is None:
        raise FileFormatError(
            f'{file_name}: column "{table.names[column]}" is in {unit}, not in newton; '
            f"export it in newton, or choose another column: {list_columns(table)}"
        )
    return table.values[:, column] * scale


def _given(table: ForceTable, file_name: str, given: Mapping[Side, str | int]) -> Choice:
    columns = {side: resolve_column(table, name, f"--{side}", file_name) for side, name in given.items()}
    for side, column in columns.items():
        if column in table.time_columns:
            raise ParameterError(
                f'{file_name}: --{side} names the column of time "{table.names[column]}"; '
                f"choose a column of force from: {list_columns(table)}"
            )
    if len(set(columns.values())) < len(columns):
        raise ParameterError(
            f'{file_name}: the same column "{table.names[next(iter(columns.values()))]}" was given for '
            f"{' and '.join(f'--{side}' for side in columns)}; give each its own from: {list_columns(table)}"
        )
    if "total" in columns and len(columns) == 2:
        raise ParameterError(
            f"{file_name}: --total was given together with one side; give --left and --right, or --total alone"
        )
    if "total" in columns and len(columns) == 3:
        note = f'"{table.names[columns.pop("total")]}" was left out: the total is the sum of left and right.'
        return Choice(columns, (note,))
    return Choice(columns)


def _by_dialect(table: ForceTable, file_name: str, dialect: Dialect) -> Choice | None:
    """The columns this convention finds, None if it finds none."""
    if len(runs := dialect.find("runs", table)) > 1:
        raise ParameterError(
            f"{file_name} holds {len(runs)} runs ({', '.join(table.names[run] for run in runs)}); "
            f'choose one with --total "{table.names[runs[0]]}"'
        )
    if runs:
        return Choice({"total": runs[0]})
    left, right = dialect.find("left", table), dialect.find("right", table)
    plates, total = dialect.find("plates", table), dialect.find("total", table)
    if left or right:
        if len(left) > 1 or len(right) > 1:
            raise ParameterError(
                f"{file_name} holds several columns of force per side "
                f"({', '.join(table.names[i] for i in left + right)}); choose with --left and --right"
            )
        sides: dict[Side, int] = {}
        if left:
            sides["left"] = left[0]
        if right:
            sides["right"] = right[0]
        _check_rival(table, file_name, dialect, list(sides.values()))
        notes = _total_note(table, total, len(sides)) + _extra_note(table, dialect.find("extra", table))
        return Choice(sides, notes)
    if plates:
        _check_rival(table, file_name, dialect, plates)
        choice = _plates(table, file_name, plates)
        return Choice(choice.columns, choice.notes + _total_note(table, total, len(choice.columns)))
    if len(total) == 1:
        return Choice({"total": total[0]})
    return None


def _plates(table: ForceTable, file_name: str, plates: list[int]) -> Choice:
    """One or two plates out of the columns that look like plates: those that ever carried anything."""
    peaks = {plate: _peak(newtons(table, plate, file_name)) for plate in plates}
    limit = LOADED_N if len(plates) > 2 and max(peaks.values()) > LOADED_N else 0.0
    used = [plate for plate in plates if peaks[plate] > limit] or plates[:1]
    notes = tuple(
        f'"{table.names[plate]}" never carries more than {peaks[plate]:.4g} N and was left out as an empty plate: '
        f"a foot that stood on it is missing here."
        for plate in plates
        if plate not in used
    )
    if len(used) > 2:
        names = ", ".join(table.names[plate] for plate in used)
        raise ParameterError(
            f"{file_name} holds {len(used)} loaded plates ({names}); say which foot stood on which: "
            f'--left "{table.names[used[0]]}" --right "{table.names[used[1]]}", or --total for one plate'
        )
    if len(used) == 1:
        return Choice({"total": used[0]}, notes)
    order = f'"{table.names[used[0]]}" is plate_1, "{table.names[used[1]]}" is plate_2'
    notes += (f"The file does not say which foot stood on which plate: {order}.",)
    return Choice({"plate_1": used[0], "plate_2": used[1]}, notes)


def _check_rival(table: ForceTable, file_name: str, dialect: Dialect, columns: list[int]) -> None:
    """Refuse a file whose names say that y is up while another axis carries more."""
    if dialect.rival is None:
        return
    for column in columns:
        name = table.names[column]
        other = name.replace(*dialect.rival)
        if other != name and other in table.names:
            mine, rival = _peak(table.values[:, column]), _peak(table.values[:, table.names.index(other)])
            if rival > max(mine, LOADED_N):
                raise FileFormatError(
                    f'{file_name}: "{other}" carries more load ({rival:.0f} N) than "{name}" ({mine:.0f} N), so y is '
                    f"not up in this file; name the vertical columns with --left and --right"
                )


def _total_note(table: ForceTable, total: list[int], n_sides: int) -> tuple[str, ...]:
    if not total or n_sides < 2:
        return ()
    return (f'"{table.names[total[0]]}" was left out: the total is the sum of the two sides.',)


def _extra_note(table: ForceTable, extra: list[int]) -> tuple[str, ...]:
    return tuple(
        f'"{table.names[plate]}" belongs to no side and was left out; its largest value is '
        f"{_peak(table.values[:, plate]):.4g} N."
        for plate in extra
    )


def _unnamed(table: ForceTable, file_name: str) -> Choice:
    """Columns without names: one is the total, two are plates, 6 per plate are Fx Fy Fz Mx My Mz."""
    rest = [i for i in range(len(table.names)) if i not in table.time_columns + table.counter_columns]
    if len(rest) == 1:
        return Choice({"total": rest[0]}, ("The column has no name: it was taken as total vertical force in newton.",))
    if len(rest) == 2:
        choice = _plates(table, file_name, rest)
        return Choice(
            choice.columns, ("The columns have no names: each was taken as vertical force in newton.", *choice.notes)
        )
    if rest and len(rest) % 6 == 0 and _third_is_vertical(table, rest):
        choice = _plates(table, file_name, rest[2::6])
        plates = len(rest) // 6
        assumed = (
            f"{len(rest)} columns without names were taken as Fx Fy Fz Mx My Mz of {plates} plate(s) in newton: "
            f"the third carries the largest load."
        )
        return Choice(choice.columns, (assumed, *choice.notes))
    raise FileFormatError(
        f"{file_name} has {len(table.names)} columns without names, and they are not Fx Fy Fz Mx My Mz per plate with "
        f"the largest load in the third; name the columns of vertical force by number: --left 3 --right 9, or --total 3"
    )


def _third_is_vertical(table: ForceTable, columns: list[int]) -> bool:
    """Whether in every loaded group of six the third column carries more than the first two, and one is loaded."""
    loaded = 0
    for first in range(0, len(columns), 6):
        fx, fy, fz = (_peak(table.values[:, column]) for column in columns[first : first + 3])
        if max(fx, fy, fz) > LOADED_N:
            if fz <= max(fx, fy):
                return False
            loaded += 1
    return loaded > 0


def _only_column(table: ForceTable, file_name: str) -> Choice:
    """The single column beside time, whatever its name; otherwise there is no vertical force to be found."""
    rest = [i for i in range(len(table.names)) if i not in table.time_columns + table.counter_columns]
    if len(rest) == 1 and (table.units[rest[0]] is None or newtons_per(table.units[rest[0]] or "") is not None):
        return Choice(
            {"total": rest[0]}, (f'"{table.names[rest[0]]}" is the only column and was taken as total vertical force.',)
        )
    if any(re.search(r"_angle|flexion|pelvis_t", name) for name in table.names):
        raise FileFormatError(
            f"{file_name} holds no vertical force: its columns are joint angles ({', '.join(table.names[1:4])}, ...); "
            f"choose the force file of the same trial (for example *_grf.mot)",
            columns=table.names,
        )
    raise FileFormatError(
        f"{file_name}: no column is recognised as vertical force; it holds: {list_columns(table)}; "
        f"name them with --left and --right, or --total (a name or a number)",
        columns=table.names,
    )


def _peak(values: FloatArray) -> float:
    """Largest magnitude, 0 where there is no number."""
    finite = np.abs(values[~np.isnan(values)])
    return float(finite.max()) if len(finite) else 0.0
