"""The metrics of one or many results as one tidy table: .csv, .parquet or .json."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.io.export import target_path, trials_of
from landing_lab.io.recording_document import KEY
from landing_lab.io.visible import quoted_name
from landing_lab.io.write import json_text, plain, write_whole
from landing_lab.model.result import METRIC_COLUMNS, Result, TrialResult

COLUMNS: Final = ("source", "index", "task", *METRIC_COLUMNS)
SCHEMA: Final = "landing-lab.metrics/1"
SUFFIXES: Final = (".csv", ".json", ".parquet")
_NUMBERS: Final = ("value", "sd")


def export_metrics(
    results: Result | TrialResult | Iterable[Result | TrialResult], path: str | os.PathLike[str]
) -> Path:
    """Write one row per trial, metric and side with COLUMNS; a refused value is blank (null in JSON and Parquet).

    The unit stands in a column of its own, `index` counts the trials of a source from 0. Raises ParameterError for
    another ending than .csv, .parquet or .json, RecordingError where the file cannot be written.
    """
    target = target_path(path)
    rows = _rows(trials_of(results))
    suffix = target.suffix.lower()
    if suffix == ".csv":
        content = _csv(rows)
    elif suffix == ".json":
        content = json_text({"schema": SCHEMA, "metrics": rows}).encode()
    elif suffix == ".parquet":
        content = _parquet(rows)
    else:
        raise ParameterError(
            f"{quoted_name(target.name)} does not end on one of {', '.join(SUFFIXES)}, which chooses the format; "
            f"give such a name"
        )
    return write_whole(target, content)


def _rows(trials: Iterable[TrialResult]) -> list[dict[str, object]]:
    return [
        {"source": trial.source, "index": trial.index, "task": trial.task}
        | {name: plain(value) for name, value in row.as_dict().items()}
        for trial in trials
        for row in trial.table
    ]


def _csv(rows: list[dict[str, object]]) -> bytes:
    buffer = StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _parquet(rows: list[dict[str, object]]) -> bytes:
    """Text columns as text, `index` as integer, value and sd as doubles with NULL where refused."""
    from landing_lab.io.parquet_file import parquet_bytes

    columns: dict[str, object] = {}
    for name in COLUMNS:
        values = [row[name] for row in rows]
        if name == "index":
            columns[name] = np.array(values, dtype=np.int64)
        elif name in _NUMBERS:
            columns[name] = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        else:
            columns[name] = np.array(values, dtype=object)
    return parquet_bytes(columns, {KEY: f'{{"schema": "{SCHEMA}"}}'})
