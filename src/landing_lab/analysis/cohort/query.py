"""Questions in SQL over the table of trials: one SELECT, no files, no network, bounded memory and time."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, Final

from landing_lab.errors import ParameterError
from landing_lab.io.visible import visible

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

MOST_ROWS: Final = 1_000_000
_MEMORY: Final = "2GB"
_PATIENCE_S: Final = 60.0
_LOOK_EVERY_S: Final = 0.2
_LONGEST: Final = 20_000
_LONGEST_REASON: Final = 200
_SETTINGS: Final[dict[str, Any]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "python_enable_replacements": False,
    "pandas_analyze_sample": 0,
    "memory_limit": _MEMORY,
    "temp_directory": "",
    "threads": 2,
}
_CLOSE: Final = ("SET enable_external_access = false", "SET lock_configuration = true")
"""After the tables are in: from then on neither files nor settings can be reached."""


def query(sql: str, tables: Mapping[str, pd.DataFrame], *, patience_s: float = _PATIENCE_S) -> pd.DataFrame:
    """The answer to one SELECT over tables (name -> data frame), on a database in memory of its own.

    Raises ParameterError for anything that is not one SELECT, reaches for a file, or takes too long, too much memory
    or more than MOST_ROWS rows.
    """
    import duckdb

    statement = _checked(sql)
    with duckdb.connect(":memory:", config=_SETTINGS) as database:
        for name, frame in tables.items():
            database.register("frame_here", frame)
            database.execute(f'CREATE TABLE "{name}" AS SELECT * FROM frame_here')  # noqa: S608 - our own names
            database.unregister("frame_here")
        for setting in _CLOSE:
            database.execute(setting)
        clock = threading.Timer(patience_s, database.interrupt)
        clock.start()
        try:
            return _interruptible(database, statement)
        except duckdb.InterruptException as error:
            raise ParameterError(f"the query was stopped after {patience_s:g} s; ask for less") from error
        except duckdb.OutOfMemoryException as error:
            raise ParameterError(f"the query needs more than {_MEMORY} of memory; ask for less") from error
        except (duckdb.Error, MemoryError, UnicodeDecodeError) as error:
            raise ParameterError(
                f"the query was refused: {_reason(error)}; the tables are {' and '.join(tables)}, without files"
            ) from error
        finally:
            clock.cancel()


def _checked(sql: str) -> duckdb.Statement:
    """The one SELECT. Raises ParameterError where it is not one."""
    import duckdb

    if not isinstance(sql, str):
        raise ParameterError(f"a query is a text, one SELECT; got {visible(repr(sql)[:40])}")
    if len(sql) > _LONGEST:
        raise ParameterError(f"the query has {len(sql)} characters and {_LONGEST} are the limit; ask for less")
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise ParameterError(f"the query is no SQL that can be read: {_reason(error)}") from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise ParameterError("a query is one SELECT and nothing else; the tables trials and participants are read-only")
    return statements[0]


def _interruptible(database: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> pd.DataFrame:
    """The answer from a thread of its own: this one stays awake for Ctrl-C, which ends the query at once."""
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(_answer, database, statement)
        try:
            while not work.done():
                wait((work,), timeout=_LOOK_EVERY_S)
        except BaseException:
            while not work.done():  # one that has not begun yet does not hear it
                database.interrupt()
                wait((work,), timeout=_LOOK_EVERY_S)
            raise
        return work.result()


def _answer(database: duckdb.DuckDBPyConnection, statement: duckdb.Statement) -> pd.DataFrame:
    """All rows, piece by piece, so that an endless answer ends at the limit."""
    import pandas as pd

    answer = database.execute(statement)
    parts = [answer.fetch_df_chunk()]
    n_rows = len(parts[0])
    while n_rows <= MOST_ROWS and len(part := answer.fetch_df_chunk()):
        parts.append(part)
        n_rows += len(part)
    if n_rows > MOST_ROWS:
        raise ParameterError(f"the answer has more than {MOST_ROWS} rows; ask for less, or read cohort.parquet")
    return pd.concat(parts, ignore_index=True)


def _reason(error: BaseException) -> str:
    """The first line of what DuckDB says."""
    return visible((str(error).splitlines() or ["?"])[0][:_LONGEST_REASON])
