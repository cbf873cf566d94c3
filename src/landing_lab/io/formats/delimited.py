"""Text tables: tab, comma, semicolon or blanks, with or without header, of any vendor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io.force_table import KNOWN_UNITS, ForceTable, is_counter_name, is_time_name, unique_names, unit_of
from landing_lab.io.registry import Format
from landing_lab.io.stream_columns import csv_text
from landing_lab.io.text_lines import Dialect, is_text, read_lines, sniff
from landing_lab.io.text_numbers import parse_numbers
from landing_lab.io.visible import snippet
from landing_lab.model.blocks import FloatArray
from landing_lab.model.recording import Recording
from landing_lab.model.result import TrialResult

_COUNTER_STEP: Final = 0.2
"""An unnamed column that rises by more than this per row is no time in seconds: no plate is that slow."""


def read_delimited(path: Path) -> ForceTable:
    """A text table as its columns.

    The header is the last line of text above the numbers, or the one above it where the last holds units.
    Raises FileFormatError where there are no numbers, or a line is not a row of numbers.
    """
    lines = read_lines(path)
    dialect = sniff(lines)
    start = None if dialect is None else _first_row(lines, dialect)
    if dialect is None or start is None:
        first = next((line.strip() for line in lines if line.strip()), "")
        raise FileFormatError(
            f'{path.name} holds no rows of numbers; its text begins with "{snippet(first)}"; '
            f"choose the file that holds the force samples",
            path=path,
        )
    fields, units, notes = _header(lines[:start], dialect)
    names = unique_names(fields or [""] * dialect.n_columns)
    values, numbers = parse_numbers(path, lines, start, dialect, names)
    keep = _filled_columns(values, fields)
    time_columns: tuple[int, ...] = ()
    counters: tuple[int, ...] = ()
    if fields is not None:
        time_columns = tuple(i for i, column in enumerate(keep) if is_time_name(fields[column]))
        counters = tuple(i for i, column in enumerate(keep) if is_counter_name(fields[column]))
    elif len(keep) > 1:
        time_columns, counters, more = _time_by_content(values[:, keep[0]])
        notes += more
    return ForceTable(
        what="text table",
        names=tuple(names[i] for i in keep),
        named=fields is not None,
        units=tuple(units[i] for i in keep),
        values=np.ascontiguousarray(values[:, keep]),
        time_columns=time_columns,
        counter_columns=counters,
        lines=numbers,
        notes=notes,
    )


def _first_row(lines: list[str], dialect: Dialect) -> int | None:
    """Index of the first line of the block of numbers: a row of full width whose successor is a row too."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    for here, following in zip(filled, [*filled[1:], None], strict=True):
        line = lines[here]
        if not dialect.is_row(line) or len(dialect.split(line)) < dialect.n_columns:
            continue
        if following is None or not _is_label_row(dialect.split(line)):
            return here
    return None


def _is_label_row(fields: list[str]) -> bool:
    """Whether a line of numbers merely numbers the columns: 1 2 3 4."""
    filled = [field for field in fields if field]
    return len(filled) > 2 and filled == [str(number) for number in range(1, len(filled) + 1)]


def _header(above: list[str], dialect: Dialect) -> tuple[list[str] | None, tuple[str | None, ...], tuple[str, ...]]:
    """Column names (None if there are none), units, and notes, from the lines above the numbers."""
    rows = [fields for line in above if line.strip() for fields in [_names(line, dialect)]]
    width = dialect.n_columns
    stated: tuple[str | None, ...] = (None,) * width
    if len(rows) > 1 and _is_units(rows[-1]) and len(rows[-2]) == width:
        padded = (rows[-1] + [""] * width)[:width]
        stated = tuple(field.strip("[]() ") or None for field in padded)
        rows = rows[:-1]
    if rows and _is_label_row(rows[-1]):
        rows = rows[:-1]
    if not rows:
        return None, stated, ()
    if len(rows[-1]) != width:
        text = snippet(above[-1].strip())
        return None, stated, (f'The text above the numbers ("{text}") does not name {width} columns and was not used.',)
    units = tuple(unit or unit_of(name) for unit, name in zip(stated, rows[-1], strict=True))
    return rows[-1], units, ()


def _names(line: str, dialect: Dialect) -> list[str]:
    """Fields of a line of names, without comment sign; trailing blanks beyond the columns are dropped."""
    text = line.lstrip("# ") if line.lstrip().startswith("#") else line
    names = dialect.split(text) if dialect.n_columns > 1 else [text.strip().strip('"')]
    while len(names) > dialect.n_columns and not names[-1]:
        names.pop()
    if len(names) == dialect.n_columns - 1 and dialect.separator != " ":
        names.append("")
    return names


def _is_units(fields: list[str]) -> bool:
    """Whether most of a line is units."""
    filled = [field.strip("[]() ").lower() for field in fields if field.strip("[]() ")]
    return bool(filled) and sum(field in KNOWN_UNITS for field in filled) > 0.6 * len(filled)


def _filled_columns(values: FloatArray, fields: list[str] | None) -> list[int]:
    """Columns that hold anything: separators at the end of each line make empty ones without a name."""
    return [
        column
        for column in range(values.shape[1])
        if (fields is not None and fields[column].strip()) or not np.isnan(values[:, column]).all()
    ]


def _time_by_content(first: FloatArray) -> tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...]]:
    """Whether the first of several unnamed columns is time or a row number: rising from about 0, evenly."""
    first = first[~np.isnan(first)]
    steps = np.diff(first)
    if len(steps) < 3 or not (steps > 0).all():
        return (), (), ()
    step = float(np.median(steps))
    even = np.abs(steps - step) <= 0.02 * step
    if even.mean() < 0.95 or abs(first[0]) > max(1.0, 10 * step):
        return (), (), ()
    if step > _COUNTER_STEP:
        # 1, 2, 3 may be frames or milliseconds: the rate has to come from the person
        return (
            (),
            (0,),
            ("Column 1 has no name and counts evenly upwards: it was taken as a row number, not as force.",),
        )
    return (0,), (), ("Column 1 has no name and rises evenly from about 0: it was taken as time in seconds.",)


def encode(recording: Recording, stream: str, _trials: Sequence[TrialResult]) -> bytes:
    """The text of csv_text, in UTF-8."""
    return csv_text(recording, stream).encode()


FORMAT = Format(name="text table", recognises=is_text, read=read_delimited, order=100, suffix=".csv", encode=encode)
