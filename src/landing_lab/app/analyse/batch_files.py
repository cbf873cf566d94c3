"""Which files a folder offers for analysis."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.visible import quoted_path

SUFFIXES: Final = (".txt", ".csv", ".tsv", ".dat", ".mot", ".sto", ".c3d", ".xdf", ".parquet", ".asc", ".asf", ".lst")
"""Endings of files that may hold force; what a file is is decided by its content when it is read."""

METRICS: Final = "metrics.parquet"
TRIALS: Final = "trials.parquet"
ERRORS: Final = "errors.csv"
UNFINISHED: Final = "-unfinished"
"""Ends the stem of what an interrupted run leaves; part of the name of a running one's folder of parts."""

_PASSED_OVER: Final = frozenset(
    {
        *(METRICS, TRIALS, ERRORS, "metrics.csv", "analysis.json", "participants.tsv"),
        *(name.replace(".", f"{UNFINISHED}.") for name in (METRICS, TRIALS, ERRORS)),
    }
)
_REJECTED: Final = "rejected"
_NO_TRIALS: Final = {"dataset_description.json": ("derivatives", "calibrations"), "session.json": ("trials",)}
"""In a folder that holds this file, those folders hold what was computed, or recorded for another purpose."""


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A file to analyse; source is what its rows are called by."""

    path: str
    source: str


def batch_files(wanted: Sequence[Path], pattern: str | None) -> list[BatchFile]:
    """Every recording in the folders and every file named, sorted by path within each argument, each one once.

    The source of a row is the path relative to the folder where one folder is all that was asked for, else the
    path as typed. Raises FileFormatError where nothing was found, ParameterError for a pattern without a folder.
    """
    folders = [path for path in wanted if path.is_dir()]
    if pattern is not None and not folders:
        raise ParameterError(f"--pattern {pattern} chooses files within a folder; name a folder, or leave it out")
    alone = len(wanted) == 1
    found: dict[str, BatchFile] = {}
    for path in wanted:
        for name in sorted(_within(path, pattern)) if path.is_dir() else [str(path)]:
            source = os.path.relpath(name, path) if alone and path.is_dir() else name
            found.setdefault(name, BatchFile(name, _portable(source)))
    if not found:
        raise FileFormatError(_nothing(folders, pattern))
    return list(found.values())


def _within(folder: Path, pattern: str | None) -> Iterator[str]:
    """Paths of possible recordings below a folder; links to folders are not followed, they could lead in a circle."""
    closed: list[str] = []
    for where, below, names in os.walk(folder, onerror=lambda error: closed.append(str(error.filename))):
        below[:] = [name for name in below if not name.startswith(".") and name != _REJECTED and UNFINISHED not in name]
        below[:] = [name for name in below if not any(name in _NO_TRIALS.get(beside, ()) for beside in names)]
        for name in names:
            if name.startswith(".") or name in _PASSED_OVER or not name.lower().endswith(SUFFIXES):
                continue
            if pattern is None or _matches(os.path.relpath(os.path.join(where, name), folder), name, pattern):  # noqa: PTH118
                yield os.path.join(where, name)  # noqa: PTH118
    yield from closed  # a folder that may not be looked into: reading it gives the sentence for the list of errors


def _matches(relative: str, name: str, pattern: str) -> bool:
    """A pattern with a slash is held against the path below the folder, another one against the name."""
    return fnmatch(relative.replace(os.sep, "/") if "/" in pattern else name, pattern)


def _portable(path: str) -> str:
    """The path with slashes on every system; bytes that are no UTF-8, which a table cannot hold, become a mark."""
    return os.fsencode(path).decode("utf-8", "replace").replace(os.sep, "/")


def _nothing(folders: Sequence[Path], pattern: str | None) -> str:
    where = ", ".join(quoted_path(str(folder)) for folder in folders)
    kind = f"file like {pattern!r}" if pattern is not None else "recording"
    return (
        f"there is no {kind} in the folder {where} or below it; looked for are names ending in {' '.join(SUFFIXES)}, "
        "without hidden files and rejected trials"
    )
