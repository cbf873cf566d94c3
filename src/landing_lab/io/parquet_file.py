"""Parquet files through DuckDB: columns of numbers and text metadata, in and out."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from landing_lab.errors import FileFormatError, RecordingError
from landing_lab.io.visible import snippet
from landing_lab.io.write import staged, unwritable
from landing_lab.model.blocks import FloatArray

if TYPE_CHECKING:
    import duckdb

Result = TypeVar("Result")

MAGIC: Final = b"PAR1"
SETTINGS: Final[dict[str, str | bool | int | float | list[str]]] = {
    # nothing is loaded from the network or from a home folder because a file mentions it
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "pandas_analyze_sample": 0,  # arrays of objects are text, whatever the first ones hold
    "threads": 1,
}
_MOST_VALUES: Final = 100_000_000
_HEADER: Final = "SELECT num_rows, key, value FROM parquet_file_metadata(?) LEFT JOIN parquet_kv_metadata(?) ON true"
_SOURCE: Final = "read_parquet(?, hive_partitioning=false, union_by_name=false)"


def parquet_bytes(columns: Mapping[str, object], metadata: Mapping[str, str]) -> bytes:
    """A Parquet file of columns (arrays of one length, NaN becomes NULL) with text metadata, compressed with zstd.

    Arrays of objects become text. Names of columns are ours: lower case letters, digits and underscores.

    Raises RecordingError where the folder for temporary files cannot be written.
    """
    import duckdb

    pairs = ", ".join(f"{quoted(key, chr(34))}: {quoted(value, chr(39))}" for key, value in metadata.items())
    described = f", kv_metadata {{{pairs}}}" if pairs else ""
    try:
        with tempfile.TemporaryDirectory(prefix="landing-lab-", ignore_cleanup_errors=True) as folder:
            file = Path(folder) / "whole.parquet"
            query = f"COPY (SELECT * FROM columns_to_write) TO {quoted(str(file), chr(39))} "  # noqa: S608 - quoted
            _run(lambda database: _copy(database, columns, f"{query}(FORMAT parquet, CODEC zstd{described})"))
            return file.read_bytes()
    except (OSError, duckdb.Error) as error:
        raise RecordingError(
            f"a Parquet file could not be made in the folder for temporary files: {snippet(str(error))}; free space "
            f"on the disk, or set TMPDIR to a folder that can be written"
        ) from error


def write_query(query: str, tables: Mapping[str, object], path: Path) -> Path:
    """Write the rows of a query over tables (name -> data frame) as one Parquet file, whole or not at all.

    Raises RecordingError where it cannot be written.
    """
    import duckdb

    cursor = database_cursor()
    try:
        with staged(path) as file:
            for name, table in tables.items():
                cursor.register(name, table)
            cursor.execute(f"COPY ({query}) TO {quoted(str(file.absolute()), chr(39))} (FORMAT parquet, CODEC zstd)")
    except duckdb.Error as error:
        raise unwritable(path, snippet(str(error).splitlines()[0])) from error
    finally:
        cursor.close()
    return path


def _copy(database: duckdb.DuckDBPyConnection, columns: Mapping[str, object], query: str) -> None:
    database.register("columns_to_write", dict(columns))
    try:
        database.execute(query)
    finally:
        database.unregister("columns_to_write")


@dataclass(frozen=True, slots=True)
class ParquetHeader:
    """What the end of a Parquet file says: its number of rows, and its text metadata."""

    n_rows: int
    metadata: Mapping[str, str]


def read_header(path: Path) -> ParquetHeader:
    """Number of rows and metadata, in one query. Raises FileFormatError where the end of the file is damaged."""
    rows = _fetched(path, _HEADER, 2)
    return ParquetHeader(int(rows[0][0]), {_text(key): _text(value) for _, key, value in rows if key is not None})


def read_columns(path: Path, header: ParquetHeader, names: Sequence[str]) -> FloatArray:
    """Columns of these names as (n_rows, n_columns), NULL and NaN as NaN.

    Raises FileFormatError where the file is damaged, too large, or lacks one of them.
    """
    return _numbers(path, header, [_expression(name, "DOUBLE") for name in names])


def read_selected(path: Path, names: Sequence[str], column: str, wanted: str) -> list[tuple[Any, ...]]:
    """Rows of these columns where a column of text is `wanted`. Raises FileFormatError where the file is damaged."""
    listed = ", ".join(quoted(name, '"') for name in names)
    query = f"SELECT {listed} FROM {_SOURCE} WHERE {quoted(column, chr(34))} = ?"  # noqa: S608 - quoted names
    return _asked(path, lambda database, file: database.execute(query, [file, wanted]).fetchall())


def read_numbers(path: Path, header: ParquetHeader) -> tuple[list[str], list[str], FloatArray, tuple[int, ...]]:
    """Every column that holds numbers or instants, as (n_rows, n_columns) with NaN for what is missing.

    Returns their names, the names of the others, the values, and which of the columns are instants; those are
    in seconds after the first. Raises FileFormatError where the file is damaged or too large.
    """
    described = _fetched(path, f"DESCRIBE SELECT * FROM {_SOURCE}")  # noqa: S608 - constant text
    kinds = [(str(row[0]), str(row[1])) for row in described]
    kept = [(name, kind) for name, kind in kinds if _is_number(kind) or kind.startswith("TIMESTAMP")]
    instants = tuple(index for index, (_, kind) in enumerate(kept) if kind.startswith("TIMESTAMP"))
    left_out = [name for name, kind in kinds if (name, kind) not in kept]
    if not kept:
        return [], left_out, np.empty((0, 0)), ()
    values = _numbers(path, header, [_expression(name, kind) for name, kind in kept])
    return [name for name, _ in kept], left_out, values, instants


def _numbers(path: Path, header: ParquetHeader, expressions: Sequence[str]) -> FloatArray:
    if not 0 <= header.n_rows * len(expressions) <= _MOST_VALUES:
        raise FileFormatError(
            f"{path.name} holds {header.n_rows} rows of {len(expressions)} columns, more than a recording of force has "
            f"({_MOST_VALUES} numbers are the limit); choose one trial of it",
            path=path,
        )
    query = f"SELECT {', '.join(expressions)} FROM {_SOURCE}"  # noqa: S608 - quoted names
    found: dict[str, Any] = _asked(path, lambda database, name: database.execute(query, [name]).fetchnumpy())
    columns = [np.ma.filled(_seconds(column), np.nan) for column in found.values()]
    return np.ascontiguousarray(np.column_stack(columns), dtype=np.float64)


def _seconds(column: Any) -> Any:
    """Nanoseconds of an instant as seconds after the first, in whole numbers to keep them; all else as it is."""
    if column.dtype.kind != "i":
        return column
    return (column - column.min()).astype(np.float64) / 1e9


def _expression(name: str, kind: str) -> str:
    """A column as a double, instants as whole nanoseconds."""
    column = quoted(name, '"')
    return f"{f'epoch_ns({column})' if kind.startswith('TIMESTAMP') else f'CAST({column} AS DOUBLE)'} AS {column}"


def _is_number(kind: str) -> bool:
    return kind.startswith("DECIMAL") or kind in {
        "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
        "UHUGEINT", "FLOAT", "DOUBLE",
    }  # fmt: skip


def _fetched(path: Path, query: str, n_parameters: int = 1) -> list[tuple[Any, ...]]:
    """The rows of a query whose every parameter is the file."""
    return _asked(path, lambda database, name: database.execute(query, [name] * n_parameters).fetchall())


def _asked(path: Path, action: Callable[[duckdb.DuckDBPyConnection, str], Result]) -> Result:
    """What an action gives for a file. Raises FileFormatError where DuckDB cannot make sense of it."""
    import duckdb

    name = one_file(path)
    try:
        return _run(lambda database: action(database, name))
    except (duckdb.Error, UnicodeDecodeError) as error:
        raise FileFormatError(
            f"{path.name} is a damaged Parquet file ({snippet(str(error).splitlines()[0])}); copy or export it again",
            path=path,
        ) from error


def _run(action: Callable[[duckdb.DuckDBPyConnection], Result]) -> Result:
    """Do something on a cursor of its own, so that several threads may.

    Some damaged files make DuckDB declare its database broken for good, for everyone: a new one takes its place, and
    what failed is tried once more, because it may have been the file of another thread.
    """
    import duckdb

    try:
        return action(_database(os.getpid()).cursor())
    except (duckdb.FatalException, duckdb.InternalException):
        _database.cache_clear()
    try:
        return action(_database(os.getpid()).cursor())
    except (duckdb.FatalException, duckdb.InternalException):
        _database.cache_clear()
        raise


@cache
def _database(_process: int) -> duckdb.DuckDBPyConnection:
    """The one database in memory of this process; a forked process makes its own."""
    import duckdb

    return duckdb.connect(":memory:", config=SETTINGS)


def database_cursor() -> duckdb.DuckDBPyConnection:
    """A connection of its own to this process's database in memory (one thread, no network), for temporary tables."""
    return _database(os.getpid()).cursor()


def one_file(path: Path) -> str:
    """The path as DuckDB reads it: * ? [ stand for themselves, not for several files."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in str(path.absolute()))


def quoted(text: str, quote: str) -> str:
    """A text as a literal (quote ') or a name (quote ") of SQL."""
    return quote + text.replace(quote, 2 * quote) + quote


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
