"""Tables of any size as numbers: a column of text becomes places in the list of its few different texts."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from landing_lab.errors import FileFormatError
from landing_lab.io.parquet_file import MAGIC, SETTINGS, one_file, quoted
from landing_lab.io.visible import quoted_path, snippet

if TYPE_CHECKING:
    import duckdb

Result = TypeVar("Result")
_MOST_THREADS: Final = 8
_LONGEST_LINE: Final = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class CodedTable:
    """Some columns of a table, in the order of its rows.

    texts: column -> (different texts, place of each row in them, -1 where missing). numbers: column -> values, NaN
    where missing or no number.
    """

    texts: Mapping[str, tuple[list[str], NDArray[np.integer[Any]]]]
    numbers: Mapping[str, NDArray[np.float64]]


def read_names(path: Path) -> tuple[str, ...]:
    """Names of the columns of a Parquet or comma-separated table. Raises FileFormatError where it is none."""
    return _asked(path, lambda database: _names(database, path))


def read_coded(path: Path, texts: Sequence[str], numbers: Sequence[str]) -> CodedTable:
    """Columns of a Parquet or comma-separated table in the order of its rows.

    Raises FileFormatError where the file is damaged or lacks one of them.
    """

    def action(database: duckdb.DuckDBPyConnection) -> CodedTable:
        names = _names(database, path)
        if missing := [name for name in (*texts, *numbers) if name not in names]:
            raise FileFormatError(
                f"{quoted_path(str(path))} has no column {missing[0]}; name a table that landing-lab wrote", path=path
            )
        kind = "VIEW" if _is_parquet(path) else "TABLE"  # text is read once
        database.execute(f"CREATE TEMP {kind} rows_here AS SELECT * FROM {_source(path)}")  # noqa: S608 - quoted
        different = {name: _different(database, name, number) for number, name in enumerate(texts)}
        listed = [
            *(f'CAST(CAST({_name(name)} AS VARCHAR) AS "kind_{at}") AS "text_{at}"' for at, name in enumerate(texts)),
            *(f'TRY_CAST({_name(name)} AS DOUBLE) AS "number_{at}"' for at, name in enumerate(numbers)),
        ]
        frame = database.execute(f"SELECT {', '.join(listed)} FROM rows_here").df()  # noqa: S608 - quoted names
        if kind == "TABLE" and not is_whole(path, len(frame)):
            raise FileFormatError(
                f"{quoted_path(str(path))} is damaged: a line of it is no row; make it again", path=path
            )
        return CodedTable(
            texts={name: (different[name], frame[f"text_{at}"].cat.codes.to_numpy()) for at, name in enumerate(texts)},
            numbers={name: frame[f"number_{at}"].to_numpy(np.float64) for at, name in enumerate(numbers)},
        )

    return _asked(path, action)


def is_whole(path: Path, n_rows: int, n_lines: int | None = None) -> bool:
    """Whether every line of a comma-separated file below its header became a row, which DuckDB does not always tell.

    n_lines: where they are counted already. Where lines and rows differ, rows are counted slowly: a line may end
    within quotes.
    """
    try:
        if n_lines is None:
            with path.open("rb") as lines:
                n_lines = sum(1 for _ in lines) - 1
        if n_rows == n_lines:
            return True
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return sum(1 for _ in csv.reader(stream, strict=True)) - 1 == n_rows
    except (OSError, ValueError, csv.Error):
        return False


def _different(database: duckdb.DuckDBPyConnection, name: str, number: int) -> list[str]:
    """The different texts of a column, which become a type of the database."""
    column = _name(name)
    database.execute(
        f'CREATE TYPE "kind_{number}" AS ENUM (SELECT DISTINCT CAST({column} AS VARCHAR) AS one FROM rows_here '  # noqa: S608
        f"WHERE {column} IS NOT NULL ORDER BY one)"
    )
    found = database.execute(f'SELECT unnest(enum_range(NULL::"kind_{number}"))').fetchall()
    return [str(row[0]) for row in found]


def _names(database: duckdb.DuckDBPyConnection, path: Path) -> tuple[str, ...]:
    described = database.execute(f"DESCRIBE SELECT * FROM {_source(path)}").fetchall()  # noqa: S608 - quoted
    return tuple(str(row[0]) for row in described)


def _name(name: str) -> str:
    return quoted(name, '"')


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


def _source(path: Path) -> str:
    """How DuckDB reads the file."""
    file = quoted(one_file(path), "'")
    if _is_parquet(path):
        return f"read_parquet({file}, hive_partitioning=false)"
    return (
        f"read_csv({file}, header=true, delim=',', quote='\"', escape='\"', all_varchar=true, nullstr='', "
        f"max_line_size={_LONGEST_LINE}, buffer_size={8 * _LONGEST_LINE})"
    )


def _asked(path: Path, action: Callable[[duckdb.DuckDBPyConnection], Result]) -> Result:
    """What an action gives, on a database of its own with a thread for each core.

    Raises FileFormatError where DuckDB cannot make sense of the file.
    """
    import duckdb

    threads = min(os.cpu_count() or 1, _MOST_THREADS)
    try:
        with duckdb.connect(":memory:", config={**SETTINGS, "threads": threads}) as database:
            return action(database)
    except (duckdb.Error, UnicodeDecodeError, OSError) as error:
        reason = snippet((str(error).splitlines() or ["?"])[0])
        raise FileFormatError(
            f"{quoted_path(str(path))} cannot be read as a table ({reason}); make it again", path=path
        ) from error
