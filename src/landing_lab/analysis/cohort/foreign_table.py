"""Tables that `landing-lab analyse FOLDER` and export_metrics write, and cohort.parquet, as columns of trials."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.cohort.trial_columns import STATUSES, MetricKey, TrialColumns, TrialKey, renumbered
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.coded_table import CodedTable, read_coded, read_names
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_names import task_name
from landing_lab.io.visible import quoted_name, quoted_path, visible

TABLE: Final = "metrics.parquet"
_METRIC: Final = ("name", "side", "unit", "status", "value", "sd")
_ANALYSED: Final = ("source", "index")
_COHORT: Final = ("participant", "session", "run", "task", "condition", "source", "landing", "recorded_at")
_NAME: Final = re.compile(
    r"sub-(?P<participant>[A-Za-z0-9]{1,20})_ses-(?P<session>[A-Za-z0-9]+)"
    r"(_task-(?P<task>[A-Za-z0-9]+))?_run-(?P<run>\d{1,6})"
)
_HOW: Final = "name files like sub-P07_ses-01_task-dropJump_run-01.c3d"


def foreign_table(path: Path) -> Path | None:
    """The table that a path means: itself, or metrics.parquet in a folder; None for a dataset, and what is neither."""
    if Dataset(path).exists:
        return None
    if path.is_dir():
        return path / TABLE if (path / TABLE).is_file() else None
    return path if path.suffix.lower() in {".parquet", ".csv"} and path.is_file() else None


def laboratory_folder(path: Path) -> Path:
    """Where a laboratory keeps what belongs to its trials (participants.tsv, norms.json, reliability.json, inputs).

    The dataset itself, or the folder that a table lies in.
    """
    table = foreign_table(path)
    return path if table is None else table.parent


def read_table(path: Path, notes: list[str]) -> TrialColumns:
    """Trials of a table; participant, session, task and run of analysed files are told by the names of the files.

    Raises FileFormatError where it is not such a table, ParameterError where no file is named so that it says whose
    it is.
    """
    names = read_names(path)
    tidy = set(_COHORT) <= set(names)
    missing = [name for name in (*(_COHORT if tidy else _ANALYSED), *_METRIC) if name not in names]
    if missing:
        raise FileFormatError(
            f"{quoted_path(str(path))} has no column {missing[0]}; name a dataset, or a table that landing-lab analyse "
            f"or landing-lab cohort wrote",
            path=path,
        )
    texts = _COHORT if tidy else _ANALYSED
    table = read_coded(path, (*texts, "name", "side", "unit", "status"), ("value", "sd"))
    trials, trial = _distinct(table, texts)
    metrics, metric = _distinct(table, ("name", "side", "unit"))
    keys = [_tidy_key(one) for one in trials] if tidy else _named(trials, path, notes)
    return _kept(keys, trial, [MetricKey(*map(visible, one)) for one in metrics], metric, table)


def _distinct(table: CodedTable, columns: Sequence[str]) -> tuple[list[tuple[str, ...]], NDArray[np.int64]]:
    """The different combinations of columns in the order of their first row, and which one each row has."""
    import pandas as pd

    codes = [table.texts[name][1] for name in columns]
    if not len(codes[0]):
        return [], np.empty(0, np.int64)
    new = np.ones(len(codes[0]), bool)
    new[1:] = False
    for one in codes:
        new[1:] |= one[1:] != one[:-1]
    starts = np.flatnonzero(new)  # rows of one trial mostly stand together
    number = np.zeros(len(starts), np.int64)
    for one, name in zip(codes, columns, strict=True):
        number = pd.factorize(number * (len(table.texts[name][0]) + 1) + one[starts] + 1)[0].astype(np.int64)
    first = starts[np.unique(number, return_index=True)[1]]
    found = [tuple(_text(table, name, at) for name in columns) for at in first.tolist()]
    return found, number[np.cumsum(new) - 1]


def _text(table: CodedTable, column: str, row: int) -> str:
    words, codes = table.texts[column]
    return "" if codes[row] < 0 else words[codes[row]]


def _tidy_key(row: tuple[str, ...]) -> TrialKey | None:
    participant, session, run, task, condition, source, landing, recorded_at = map(visible, row)
    if not (run.isdecimal() and landing.isdecimal()):
        return None
    return TrialKey(participant, session, int(run), task, condition, source, int(landing), recorded_at)


def _named(trials: Sequence[tuple[str, ...]], path: Path, notes: list[str]) -> list[TrialKey | None]:
    """Trials of analysed files by the names of the files; further landings get runs that no file has."""
    names = [_NAME.search(PurePosixPath(str(source).replace("\\", "/")).stem) for source, _ in trials]
    if not any(names) and trials:
        raise ParameterError(
            f"{quoted_path(str(path))} does not say whose its trials are (its first file is "
            f"{quoted_name(str(trials[0][0]))}); {_HOW} and analyse them again"
        )
    last_runs: dict[tuple[str, str, str], int] = {}
    keys: list[TrialKey | None] = []
    for found, (source, index) in zip(names, trials, strict=True):
        key = None if found is None else _key(found, source, index)
        keys.append(key if index.isdecimal() else None)
        if key is not None:
            place = key.participant, key.session, key.task
            last_runs[place] = max(last_runs.get(place, 0), key.run)
    if odd := [str(source) for found, (source, _) in zip(names, trials, strict=True) if found is None]:
        notes.append(f"{len(odd)} trial(s) were left out: {quoted_name(odd[0])} does not say whose it is; {_HOW}")
    return renumbered(keys, last_runs)


def _key(found: re.Match[str], source: str, index: str) -> TrialKey:
    """The trial that the name of a file tells, with the run of the file."""
    file = PurePosixPath(str(source).replace("\\", "/")).name
    return TrialKey(
        found["participant"], found["session"], int(found["run"]), task_name(found["task"] or ""), "", visible(file),
        int(index) if index.isdecimal() else 0,
    )  # fmt: skip


def _kept(
    keys: Sequence[TrialKey | None],
    trial: NDArray[np.int64],
    metrics: Sequence[MetricKey],
    metric: NDArray[np.int64],
    table: CodedTable,
) -> TrialColumns:
    """Rows of the trials that have a key; a refused number is NaN, a status that is none of ours means flagged."""
    places = np.cumsum([key is not None for key in keys], dtype=np.int32) - 1
    kept = np.array([key is not None for key in keys], bool)[trial] if len(trial) else np.zeros(0, bool)
    words, codes = table.texts["status"]
    known = np.array([*(STATUSES.index(one) if one in STATUSES else 1 for one in words), 1], np.int8)
    status = known[codes][kept]
    value, sd = table.numbers["value"][kept], table.numbers["sd"][kept]
    value[(status == STATUSES.index("refused")) | ~np.isfinite(value)] = np.nan
    sd[np.isnan(value) | ~np.isfinite(sd)] = np.nan
    return TrialColumns(
        trials=tuple(key for key in keys if key is not None),
        metrics=tuple(metrics),
        trial=places[trial[kept]],
        metric=metric[kept].astype(np.int32),
        status=status,
        value=value,
        sd=sd,
    )
