"""Calibrations of a dataset: one JSON file each, in DATASET/calibrations, never overwritten."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from landing_lab.errors import CalibrationError, LandingLabError, RecordingError
from landing_lab.io.path import check_path
from landing_lab.io.small_file import read_small
from landing_lab.io.visible import quoted_path, visible
from landing_lab.model.calibration import (
    Calibration,
    InsoleCalibration,
    as_document,
    from_document,
    out_of_date,
    validity,
)

FOLDER = "calibrations"
"""Name of the folder in a dataset."""

MAX_BYTES = 4_000_000
"""A larger file is no calibration: the largest one of tests has 30 kB."""

MAX_OF_ONE_SECOND = 100


def write_calibration(calibration: Calibration, dataset: Path) -> Path:
    """Write a calibration into DATASET/calibrations/<device>_<stamp>.json and give the file's path.

    Whole or not at all, and never over another file. Raises RecordingError where the disk does not take it,
    CalibrationError where the folder leads out of the dataset.
    """
    folder = _folder(dataset)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = _reserved(folder, calibration)
        document = as_document(dataclasses.replace(calibration, file=path.name))
        try:
            _replace(path, json.dumps(document, indent=1, allow_nan=False) + "\n")
        except OSError:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise RecordingError(
            f"the calibration of {visible(calibration.device_id)} could not be written to {quoted_path(str(folder))}: "
            f"{error.strerror or error}; free the disk or choose another dataset, and write it again"
        ) from error
    return path


def read_calibration(path: str | os.PathLike[str]) -> Calibration:
    """The calibration in a file; its `file` is the name of the file.

    Raises CalibrationError for a file that is damaged, of a newer schema, or a link that leads out of its folder,
    FileFormatError where there is no file of a sensible size that can be read.
    """
    file = check_path(path)
    shown = quoted_path(file.name)
    if file.resolve().parent != file.parent.resolve():
        raise CalibrationError(f"{shown} is a link that leads out of its folder; copy the calibration itself there")
    try:
        document = json.loads(read_small(file, most_bytes=MAX_BYTES))
    except (ValueError, RecursionError) as error:
        raise CalibrationError(f"{shown} is damaged: it holds no JSON; make a new calibration") from error
    try:
        return dataclasses.replace(from_document(document), file=file.name)
    except CalibrationError as error:
        raise CalibrationError(f"{shown}: {visible(str(error))}") from error


def read_calibrations(dataset: Path) -> tuple[list[Calibration], list[str]]:
    """Every calibration of a dataset, oldest first, and a sentence for each file that holds none."""
    folder = _folder(dataset)
    found: list[Calibration] = []
    damaged: list[str] = []
    if folder.is_dir():
        for path in sorted(folder.glob("*.json")):
            try:
                found.append(read_calibration(path))
            except LandingLabError as error:
                damaged.append(str(error))
    return sorted(found, key=lambda calibration: (calibration.made, calibration.file)), damaged


def newest_calibrations(
    dataset: Path, device_ids: Iterable[str], *, damaged: list[str] | None = None
) -> dict[str, Calibration]:
    """Device id -> the calibration of a dataset that is in use now (`in_use`), for the devices that have one.

    damaged: takes a sentence for each file that could not be used, and for each one that is dated in the future.
    """
    wanted, now = set(device_ids), datetime.now(UTC)
    found, unusable = read_calibrations(dataset)
    mine = [calibration for calibration in found if calibration.device_id in wanted]
    if damaged is not None:
        ahead = [one for one in mine if validity(one, now) == "future"]
        damaged.extend([*unusable, *(f"{out_of_date(one, now, when='today')}; it is not used" for one in ahead)])
    return in_use(mine, now)


def in_use(found: Sequence[Calibration], now: datetime) -> dict[str, Calibration]:
    """Device id -> the calibration that recordings use, of those `found`.

    It is the newest one that is not dated in the future; a valid one of an insole on the plate goes before any of its
    cells on the bench, which cannot give the force of the foot.
    """

    def rank(one: Calibration) -> tuple[bool, datetime, str]:
        on_plate = isinstance(one, InsoleCalibration) and one.method == "on plate"
        return on_plate and validity(one, now) == "valid", one.made, one.file

    return {one.device_id: one for one in sorted(found, key=rank) if validity(one, now) != "future"}


def _folder(dataset: Path) -> Path:
    folder = Path(dataset) / FOLDER
    if folder.resolve() != Path(dataset).resolve() / FOLDER:
        raise CalibrationError(
            f"{quoted_path(str(folder))} is a link that leads out of the dataset; make it a folder of the dataset"
        )
    return folder


def _reserved(folder: Path, calibration: Calibration) -> Path:
    """A new empty file with the name of this calibration; another one of the same second gets a number."""
    device = re.sub(r"[^A-Za-z0-9-]+", "-", calibration.device_id)[:60]
    stem = f"{device}_{calibration.made:%Y%m%dT%H%M%SZ}"
    for number in range(1, MAX_OF_ONE_SECOND):
        path = folder / (f"{stem}.json" if number == 1 else f"{stem}_{number}.json")
        with contextlib.suppress(FileExistsError):
            path.open("xb").close()
            return path
    raise RecordingError(f"{quoted_path(stem)}.json and {MAX_OF_ONE_SECOND} more of that second exist; wait a second")


def _replace(path: Path, text: str) -> None:
    """Put text in place of a file, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
