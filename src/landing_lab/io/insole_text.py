"""Rows of numbers of vendors' insole files: every row complete, or named in the sentence that refuses the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io.text_lines import Dialect
from landing_lab.io.text_numbers import parse_numbers
from landing_lab.model.blocks import FloatArray, IntArray

MOST_DIGITS: Final = 9
"""Of a number of a frame, row or column."""


def table_below(
    path: Path, lines: list[str], start: int, names: tuple[str, ...], *, words: Iterable[int] = ()
) -> tuple[FloatArray, IntArray, tuple[str, ...]]:
    """Tab-separated numbers from line index `start` on: (n_rows, n_columns), line of each row, notes.

    words: indices of columns of text. A last row that was cut short is left out with a note. Raises FileFormatError
    for any other row that is not one of so many columns.
    """
    filled = [index for index in range(start, len(lines)) if lines[index].strip()]
    if not filled:
        raise FileFormatError(
            f"{path.name} holds no rows of numbers below its header; choose the file with the whole recording",
            path=path,
        )
    notes: tuple[str, ...] = ()
    width = len(names)
    if len(filled) > 1 and lines[filled[-1]].count("\t") + 1 < width <= lines[filled[-2]].count("\t") + 1:
        notes = (f"The last row (line {filled[-1] + 1}) is cut short and was left out: the file may be incomplete.",)
        lines = lines[: filled.pop()]
    for index in filled:
        if (found := lines[index].count("\t") + 1) < width:
            raise FileFormatError(
                f"{path.name}: line {index + 1} holds {found} fields where its header names {width} columns; "
                "the file is damaged: export it again",
                path=path,
                line=index + 1,
            )
    decimal = "," if "," in lines[filled[0]] and "." not in lines[filled[0]] else "."
    values, numbers = parse_numbers(path, lines, start, Dialect("\t", decimal, width, frozenset(words)), names)
    return values, numbers, notes


def frames_below(
    path: Path, lines: list[str], firsts: list[int], shape: tuple[int, int], *, separator: str, blank: str = ""
) -> FloatArray:
    """Frames of (rows, columns) numbers that begin at these line indices: (n_frames, rows, columns), NaN = blank cell.

    Empty lines (of nothing but commas) between rows are passed over. Raises FileFormatError for a frame or row that
    is not complete.
    """
    rows, columns = shape
    kept = [""] * len(lines)
    for first, end in zip(firsts, [*firsts[1:], len(lines)], strict=True):
        index = first
        for row in range(rows):
            while index < end and not lines[index].strip(", \t\x0c"):
                index += 1
            if index >= end:
                raise cut_short(path, first, f"{row} of its {rows} rows")
            fields = lines[index].split(separator)
            if len(fields) < columns or any(field.strip() for field in fields[columns:]):
                filled = len(lines[index].rstrip(separator + " ").split(separator))
                raise cut_short(path, index, f"{filled} of its {columns} cells")
            kept[index] = separator.join("nan" if field.strip() == blank else field for field in fields[:columns])
            index += 1
    names = tuple(f"column {number}" for number in range(1, columns + 1))
    values, _ = parse_numbers(path, kept, 0, Dialect(separator, ".", columns), names)
    return values.reshape(len(firsts), rows, columns)


def cut_short(path: Path, index: int, what: str) -> FileFormatError:
    """The sentence on a frame that is not complete."""
    return FileFormatError(
        f"{path.name}: the frame at line {index + 1} holds {what}; the file is cut short or damaged: export it again",
        path=path,
        line=index + 1,
    )


def times_of(path: Path, times: FloatArray) -> FloatArray:
    """The column of times, (n,). Raises FileFormatError where a row has none."""
    if np.isnan(times).any():
        raise FileFormatError(f"{path.name} holds rows without a time; the file is damaged: export it again", path=path)
    return times


def stated(pattern: str, text: str) -> str | None:
    """What the first group of a pattern finds in a header, None where it is not there."""
    found = re.search(pattern, text, re.IGNORECASE | re.MULTILINE)
    return None if found is None else found.group(1).strip()


def number_stated(path: Path, pattern: str, text: str, what: str) -> float:
    """A positive number of a header. Raises FileFormatError where it is absent or not positive."""
    return positive_number(path, stated(pattern, text), what)


def positive_number(path: Path, text: str | None, what: str) -> float:
    """The number that a field holds. Raises FileFormatError where it is absent or not positive."""
    try:
        number = float((text or "").replace(",", "."))
    except ValueError:
        number = float("nan")
    if not (np.isfinite(number) and number > 0.0):
        raise FileFormatError(
            f"{path.name} does not say its {what}; the file is damaged or of another kind: export it again", path=path
        )
    return number
