"""Writes results and recordings: a file is there whole or not at all."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import StringIO
from pathlib import Path
from typing import Any, Final

import numpy as np

from landing_lab.errors import RecordingError
from landing_lab.io.stream_columns import csv_text
from landing_lab.io.visible import quoted_path
from landing_lab.model.recording import Recording
from landing_lab.model.result import METRIC_COLUMNS, TrialResult
from landing_lab.model.software import version
from landing_lab.model.trial_label import TrialLabel

CSV_COLUMNS: Final = ("source", "index", *METRIC_COLUMNS)
"""Columns of metrics.csv."""
SESSION_COLUMNS: Final = ("run", "condition")
"""Columns that metrics.csv has beside them where trials belong to a session."""


def write_metrics_csv(
    trials: Iterable[TrialResult], path: str | os.PathLike[str], labels: Sequence[TrialLabel | None] | None = None
) -> Path:
    """Write metrics_csv_text. Raises RecordingError where the file cannot be written."""
    return _write(path, metrics_csv_text(trials, labels))


def metrics_csv_text(trials: Iterable[TrialResult], labels: Sequence[TrialLabel | None] | None = None) -> str:
    """One row per metric of every trial, with CSV_COLUMNS; a refused value is an empty field.

    labels: one per trial, for trials of a session; adds SESSION_COLUMNS.
    """
    known = list(trials)
    buffer = StringIO(newline="")
    columns = CSV_COLUMNS if labels is None else (*CSV_COLUMNS, *SESSION_COLUMNS)
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    for trial, label in zip(known, labels or [None] * len(known), strict=True):
        own = {} if label is None else {"run": label.run, "condition": label.condition}
        for row in trial.table:
            cells = {name: plain(value) for name, value in row.as_dict().items()}
            writer.writerow({"source": trial.source, "index": trial.index, **cells, **own})
    return buffer.getvalue()


def write_analysis_json(document: Mapping[str, object], path: str | os.PathLike[str]) -> Path:
    """Write json_text. Raises RecordingError where the file cannot be written."""
    return _write(path, json_text(document))


def stamped(schema: str, document: Mapping[str, object]) -> dict[str, Any]:
    """A document of ours: which schema, which version of landing-lab wrote it, and what it says."""
    return {"schema": schema, "version": version(), **document}


def json_text(document: Mapping[str, object]) -> str:
    """A document as JSON; NaN and infinity, which JSON does not know, become null."""
    return json.dumps(plain(document), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write_force_csv(recording: Recording, path: str | os.PathLike[str], *, stream: str = "force") -> Path:
    """Force in newton over time, columns time_s, left_n, right_n (or plate_1_n, total_n); missing is blank.

    What is written reads back with `read` to the same sides, rate and values; one foot alone reads back only as a
    total that is asked for. Raises RecordingError where the
    recording has no such stream, two columns of one side, or the file cannot be written.
    """
    return _write(path, csv_text(recording, stream))


_AS_IT_IS = frozenset({str, int, bool})


def plain(value: object) -> object:
    """Plain Python values for JSON and CSV: numpy types unwrapped, NaN and infinity as None."""
    if value is None or type(value) in _AS_IT_IS:  # nearly all are, or floats; to ask for a Mapping is slow
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist())
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value if isinstance(value, (int, str)) else str(value)


def _write(path: str | os.PathLike[str], text: str) -> Path:
    return write_whole(path, text.encode("utf-8"))


def write_whole(path: str | os.PathLike[str], content: bytes, *, durable: bool = False) -> Path:
    """Write beside the target, then put it in place: a reader never sees half a file.

    durable: also survive a loss of power from here on. Raises RecordingError where the folder cannot be made or
    written, or what is there is no file.
    """
    return write_together({Path(path): content}, durable=durable)[0]


def write_together(contents: Mapping[Path, bytes], *, durable: bool = False) -> list[Path]:
    """Write several files whose last one says that the others are whole: it comes last, and an older one goes first.

    durable: also survive a loss of power from here on. Raises RecordingError where a folder cannot be made or written.
    """
    targets = list(contents)
    waiting: dict[Path, Path] = {}
    target = targets[0]
    try:
        for target, content in contents.items():
            _check_replaceable(target)
            make_folder(target.parent)
            waiting[target] = _beside(target)
            _write_new(waiting[target], content, durable=durable)
        if len(targets) > 1:
            target.unlink(missing_ok=True)
        for target in targets:
            waiting[target].replace(target)
            del waiting[target]
        if durable:
            _sync_folders({target.parent for target in targets})
    except OSError as error:
        raise unwritable(target, error.strerror or str(error)) from error
    finally:
        for temporary in waiting.values():
            with suppress(OSError):
                temporary.unlink()
    return targets


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """A new name beside the target, for a program that writes files itself: put in place at the end, else taken away.

    Raises RecordingError where the folder cannot be made, or the file not be written or put in place.
    """
    _check_replaceable(target)
    make_folder(target.parent)
    temporary = _beside(target)
    try:
        yield temporary
        temporary.replace(target)
    except OSError as error:
        raise unwritable(target, error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextmanager
def staged_folder(target: Path) -> Iterator[Path]:
    """A new name beside the target, for a folder to be made there: put in place once whole, else taken away.

    A folder that is there already is replaced, and is back where the new one cannot be put in place. Raises
    RecordingError where the folder above cannot be made; an OSError of whoever fills it passes.
    """
    make_folder(target.absolute().parent)
    place = _beside(target.absolute())
    older = place.with_suffix(".old")
    try:
        yield place
        if target.exists():
            target.rename(older)
        place.rename(target.absolute())
    finally:
        if older.exists() and not target.exists():
            older.rename(target)
        shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(older, ignore_errors=True)


def unwritable(target: Path, why: str) -> RecordingError:
    """The error for a file that cannot be written."""
    return RecordingError(
        f"{quoted_path(str(target))} cannot be written: {why}; "
        "free space on the disk, check the permissions, or choose another folder",
        path=target,
    )


def _check_replaceable(target: Path) -> None:
    """Raises RecordingError where a folder, a pipe or a device is in the way: put in place would mean taken away."""
    try:
        mode = target.stat().st_mode
    except (OSError, ValueError):
        return  # nothing there, or what writing will tell
    if not stat.S_ISREG(mode):
        raise RecordingError(
            f"{target} cannot be written: it is a folder, a pipe or a device and not a file; choose another name",
            path=target,
        )


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name[:40]}-{secrets.token_hex(4)}.tmp")


def _write_new(file: Path, content: bytes, *, durable: bool) -> None:
    with file.open("xb") as stream:
        stream.write(content)
        if durable:
            stream.flush()
            os.fsync(stream.fileno())


def _sync_folders(folders: Iterable[Path]) -> None:
    """Bring new names to the disk, where the system can (Windows cannot open a folder)."""
    for folder in folders:
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Create a folder and its parents. Raises RecordingError where a file is in the way or it is not allowed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise RecordingError(
            f"the folder {folder} cannot be made: there is a file of that name in the way; choose another folder",
            path=folder,
        ) from error
    except OSError as error:
        raise RecordingError(
            f"the folder {folder} cannot be made: {error.strerror or error}; "
            f"check the permissions, or choose another folder",
            path=folder,
        ) from error
