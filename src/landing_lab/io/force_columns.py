"""Chooses the columns of vertical force, the one place where a reader decides what is what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.column_dialects import Dialect, dialects
from landing_lab.io.column_names import list_columns, resolve_column
from landing_lab.io.force_table import ForceTable, newtons_per
from landing_lab.io.plate_columns import LOADED_N, Choice, choose_plates, peak_n
from landing_lab.model.channels import Side

_OTHER: Final[Mapping[Side, Side]] = {"left": "right", "right": "left"}


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
    if len(columns) == 1 and "total" not in columns:
        (named,) = columns
        raise _half(table, file_name, f"--{named} was given without --{_OTHER[named]}")
    return Choice(columns)


def _half(table: ForceTable, file_name: str, seen: str) -> ParameterError:
    """The refusal of one foot alone, which would pass for the whole body."""
    return ParameterError(
        f"{file_name}: {seen}, and half of the force would pass for the whole; give "
        f"both --left and --right, or --total for a single plate; the columns are: {list_columns(table)}"
    )


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
        return _by_side(table, file_name, dialect, left, right)
    if plates:
        _check_rival(table, file_name, dialect, plates)
        choice = choose_plates(table, file_name, plates)
        return replace(choice, notes=choice.notes + _total_note(table, total, len(choice.columns)))
    if len(total) == 1:
        return Choice({"total": total[0]})
    return None


def _by_side(table: ForceTable, file_name: str, dialect: Dialect, left: list[int], right: list[int]) -> Choice:
    """One column per foot. Raises ParameterError where there are several of a foot, or there is only one foot."""
    both = left + right
    if len(left) > 1 or len(right) > 1:
        raise ParameterError(
            f"{file_name} holds several columns of force per side "
            f"({', '.join(table.names[i] for i in both)}); choose with --left and --right"
        )
    if len(both) == 1:
        side: Side = "left" if left else "right"
        found = f'"{table.names[both[0]]}" is the {side} foot and no column is the {_OTHER[side]} foot'
        raise _half(table, file_name, found)
    _check_rival(table, file_name, dialect, both)
    notes = _total_note(table, dialect.find("total", table), 2) + _extra_note(table, dialect.find("extra", table))
    return Choice({"left": left[0], "right": right[0]}, notes)


def _check_rival(table: ForceTable, file_name: str, dialect: Dialect, columns: list[int]) -> None:
    """Refuse a file whose names say that y is up while another axis carries more."""
    if dialect.rival is None:
        return
    for column in columns:
        name = table.names[column]
        other = name.replace(*dialect.rival)
        if other != name and other in table.names:
            mine, rival = peak_n(table.values[:, column]), peak_n(table.values[:, table.names.index(other)])
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
        f"{peak_n(table.values[:, plate]):.4g} N."
        for plate in extra
    )


def _unnamed(table: ForceTable, file_name: str) -> Choice:
    """Columns without names: one is the total, two are plates, 6 per plate are Fx Fy Fz Mx My Mz."""
    rest = [i for i in range(len(table.names)) if i not in table.time_columns + table.counter_columns]
    if len(rest) == 1:
        return Choice({"total": rest[0]}, ("The column has no name: it was taken as total vertical force in newton.",))
    if len(rest) == 2:
        choice = choose_plates(table, file_name, rest)
        assumed = "The columns have no names: each was taken as vertical force in newton."
        return replace(choice, notes=(assumed, *choice.notes))
    if rest and len(rest) % 6 == 0 and _third_is_vertical(table, rest):
        choice = choose_plates(table, file_name, rest[2::6])
        plates = len(rest) // 6
        assumed = (
            f"{len(rest)} columns without names were taken as Fx Fy Fz Mx My Mz of {plates} plate(s) in newton: "
            f"the third carries the largest load."
        )
        return replace(choice, notes=(assumed, *choice.notes))
    raise FileFormatError(
        f"{file_name} has {len(table.names)} columns without names, and they are not Fx Fy Fz Mx My Mz per plate with "
        f"the largest load in the third; name the columns of vertical force by number: --left 3 --right 9, or --total 3"
    )


def _third_is_vertical(table: ForceTable, columns: list[int]) -> bool:
    """Whether in every loaded group of six the third column carries more than the first two, and one is loaded."""
    loaded = 0
    for first in range(0, len(columns), 6):
        fx, fy, fz = (peak_n(table.values[:, column]) for column in columns[first : first + 3])
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
