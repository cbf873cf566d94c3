"""From lines of text to an array of numbers, or to one sentence that says which line is wrong."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import NoReturn

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io.text_lines import MISSING, Dialect
from landing_lab.io.visible import snippet
from landing_lab.model.blocks import FloatArray, IntArray


def parse_numbers(
    path: Path, lines: list[str], start: int, dialect: Dialect, names: tuple[str, ...]
) -> tuple[FloatArray, IntArray]:
    """Numbers below line index `start`: values (n_rows, n_columns), NaN = missing, and the line of each row.

    Blank lines are passed over. Raises FileFormatError naming the first line that is not a row of numbers,
    or that holds infinity, or if there is only one row.
    """
    numbers = np.array([i + 1 for i in range(start, len(lines)) if lines[i].strip()], dtype=np.int64)
    values = _bulk(lines, numbers, dialect)
    if values is None:
        _refuse_first_bad_line(path, lines, numbers, dialect, names)
    infinite = np.argwhere(np.isinf(values))
    if len(infinite):
        row, column = (int(index) for index in infinite[0])
        raise FileFormatError(
            f'{path.name}: line {int(numbers[row])}, column {column + 1} ("{names[column]}") holds infinity; '
            f"a force is a finite number; correct that line, or leave the field blank for a missing value",
            path=path,
            line=int(numbers[row]),
        )
    if len(values) < 2:
        raise FileFormatError(
            f"{path.name} holds {len(values)} row(s) of numbers (line {int(numbers[0])}); "
            f"a recording needs at least two; choose the file with the whole recording",
            path=path,
        )
    return values, numbers


def _bulk(lines: list[str], numbers: IntArray, dialect: Dialect) -> FloatArray | None:
    """The whole block at once, None if any field is not a number."""
    import pandas as pd

    text = "\n".join(lines[number - 1] for number in numbers)
    spellings = sorted({spelling for word in MISSING for spelling in (word, word.upper(), word.capitalize(), "NaN")})
    if len(dialect.split(lines[numbers[0] - 1])) > dialect.n_columns + 1:
        return None  # pandas would cut a first row that is too long, with a warning
    columns = list(range(dialect.n_columns + 1))  # one more than there are, to notice a row that is too long
    try:
        frame = pd.read_csv(
            StringIO(text),
            sep=r"\s+" if dialect.separator == " " else dialect.separator,
            decimal=dialect.decimal,
            header=None,
            names=columns,
            index_col=False,
            dtype={index: object if index in dialect.text_columns else np.float64 for index in columns},
            na_values=spellings,
            skipinitialspace=True,
            skip_blank_lines=False,
        )
    except ValueError:
        return None
    if len(frame) != len(numbers) or not frame[dialect.n_columns].isna().all():
        return None
    values = np.full((len(frame), dialect.n_columns), np.nan)
    numeric = [index for index in columns[:-1] if index not in dialect.text_columns]
    values[:, numeric] = frame[numeric].to_numpy(dtype=np.float64)
    return values


def _refuse_first_bad_line(
    path: Path, lines: list[str], numbers: IntArray, dialect: Dialect, names: tuple[str, ...]
) -> NoReturn:
    """Say which line, which column and which text is not a number."""
    for number in numbers:
        fields = dialect.split(lines[number - 1])
        for column, field in enumerate(fields[: dialect.n_columns]):
            if column not in dialect.text_columns and not dialect.is_number(field) and field.lower() not in MISSING:
                raise FileFormatError(
                    f'{path.name}: line {number}, column {column + 1} ("{names[column]}") holds "{snippet(field)}" '
                    f"where a number belongs; correct that line, or leave the field blank for a missing value",
                    path=path,
                    line=int(number),
                )
        if any(fields[dialect.n_columns :]):
            raise FileFormatError(
                f"{path.name}: line {number} holds {len(fields)} fields where the rows of this file hold "
                f"{dialect.n_columns}; correct or delete that line",
                path=path,
                line=int(number),
            )
    raise FileFormatError(
        f"{path.name}: the rows of numbers could not be separated into {dialect.n_columns} columns; "
        f"export the file again as tab- or comma-separated text",
        path=path,
    )
