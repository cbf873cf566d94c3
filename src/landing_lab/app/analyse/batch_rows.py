"""Rows of many trials as columns, and their way into Parquet through DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from landing_lab.io.visible import snippet
from landing_lab.io.write import staged, unwritable
from landing_lab.model.channels import WHOLE
from landing_lab.model.result import METRIC_COLUMNS, TrialResult

if TYPE_CHECKING:
    import duckdb

TRIAL_COLUMNS: Final = ("source", "index", "task", "status", "reason", "sample_rate_hz")
"""What both tables say of a trial; in metrics.parquet status and reason are named trial_status, trial_reason."""

_PER_METRIC: Final = ("source", "index", "task", "trial_status", "trial_reason", "sample_rate_hz", *METRIC_COLUMNS)
_NUMBERS: Final = {"index": "INTEGER", "sample_rate_hz": "DOUBLE", "value": "DOUBLE", "sd": "DOUBLE"}
_MEMORY: Final = "256MB"
"""What DuckDB may use in each process before it goes to disk; a part takes a few megabytes."""


class Rows:
    """Columns of metrics.parquet and trials.parquet, filled trial by trial."""

    def __init__(self, wide_names: Sequence[str]) -> None:
        self.n_trials = 0
        self.metrics: dict[str, list[Any]] = {name: [] for name in _PER_METRIC}
        self.trials: dict[str, list[Any]] = {name: [] for name in (*TRIAL_COLUMNS, *wide_names)}
        self._wide_names = wide_names

    def add(self, trial: TrialResult) -> None:
        """One more trial: a row of trials, a row of metrics for each of its metrics."""
        about = (trial.source, trial.index, trial.task, trial.status, trial.reason, trial.sample_rate_hz)
        rows = trial.table.rows
        for name, value in zip(_PER_METRIC, about, strict=False):
            self.metrics[name].extend([value] * len(rows))
        for name in METRIC_COLUMNS:
            self.metrics[name].extend([getattr(row, name) for row in rows])
        for name, value in zip(TRIAL_COLUMNS, about, strict=True):
            self.trials[name].append(value)
        of_both_feet = {row.name: row.value for row in rows if row.side in WHOLE}
        for name in self._wide_names:
            self.trials[name].append(of_both_feet.get(name))
        self.n_trials += 1

    def write(self, metrics: Path, trials: Path, *, spill: Path) -> None:
        """Write both tables as Parquet, whole or not at all. Raises RecordingError where that is not possible."""
        kinds = {**_NUMBERS, **dict.fromkeys(self._wide_names, "DOUBLE")}
        _write_columns(self.metrics, _NUMBERS, metrics, spill)
        _write_columns(self.trials, kinds, trials, spill)


def wide_names() -> tuple[str, ...]:
    """Metrics with a value for both feet together, in the order of reports: the columns after TRIAL_COLUMNS."""
    from landing_lab.metrics import all_metrics

    return tuple(metric.name for metric in all_metrics().values() if metric.sides != "feet")


def merge(parts: Sequence[Path], target: Path, *, spill: Path) -> int:
    """One Parquet file out of parts of the same columns, in their order, without holding them; its number of rows.

    Raises RecordingError where it cannot be written.
    """
    listed = ", ".join(_quoted("".join(f"[{c}]" if c in "[*?" else c for c in str(part.absolute()))) for part in parts)
    return _copy(f"SELECT * FROM read_parquet([{listed}])", target, spill, "zstd")  # noqa: S608 - names quoted above


def _write_columns(columns: Mapping[str, list[Any]], kinds: Mapping[str, str], target: Path, spill: Path) -> None:
    arrays = {name: _array(values, kinds.get(name)) for name, values in columns.items()}
    fields = ", ".join(f'CAST("{name}" AS {kinds.get(name, "VARCHAR")}) AS "{name}"' for name in columns)
    connection = _connection(spill)
    connection.register("rows_here", arrays)
    try:
        _copy(f"SELECT {fields} FROM rows_here", target, spill, "snappy")  # noqa: S608 - our own column names
    finally:
        connection.unregister("rows_here")


def _array(values: list[Any], kind: str | None) -> np.ndarray[Any, Any]:
    """A column for DuckDB, which reads NaN in a column of numbers as NULL."""
    if kind == "DOUBLE":
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return np.array(values, dtype=np.int32 if kind == "INTEGER" else object)


def _copy(query: str, target: Path, spill: Path, compression: str) -> int:
    """Write the rows of a query beside the target, then put them in place; the number of rows.

    snappy takes half the time of zstd and a tenth more space: right for parts, which are read once.
    """
    import duckdb

    try:
        with staged(target) as file:
            written = _connection(spill).execute(
                f"COPY ({query}) TO {_quoted(str(file.absolute()))} (FORMAT parquet, COMPRESSION {compression})"
            )
            rows = written.fetchone()
    except duckdb.Error as error:
        raise unwritable(target, snippet(str(error).splitlines()[0])) from error
    return int(rows[0]) if rows else 0


@cache
def _connection(spill: Path) -> duckdb.DuckDBPyConnection:
    """The one connection of this process: one thread, bounded memory, no network, no folder of its own elsewhere."""
    import duckdb

    return duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": _MEMORY,
            "temp_directory": str(spill.absolute()),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            # 0: object columns are text; from a sample DuckDB would take a column of None for numbers
            "pandas_analyze_sample": 0,
        }
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
