"""From the readings of a calibration to files of the dataset: at once, or again later."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from landing_lab.app.calibration.files import RAW, SavedSteps, read_steps, write_steps
from landing_lab.app.calibration.fit import fit_steps
from landing_lab.app.calibration.tables import print_calibration
from landing_lab.errors import CalibrationError, LandingLabError, ParameterError, RecordingError
from landing_lab.io.calibration_files import FOLDER, write_calibration
from landing_lab.io.dataset_tables import DESCRIPTION_FILE
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.visible import quoted_path, visible
from landing_lab.io.write import json_text
from landing_lab.model.calibration import Calibration, InsoleCalibration, PlateCalibration, as_document, from_document
from landing_lab.model.raw import RawRecording


def dataset_of(raw: Path) -> Path:
    """The dataset whose readings these are; raises ParameterError where the file lies in none."""
    file = raw.resolve()
    if len(file.parents) > 2 and (file.parents[1].name, file.parents[0].name) == (FOLDER, RAW):
        dataset = file.parents[2]
        if (dataset / DESCRIPTION_FILE).is_file():
            return dataset
    raise ParameterError(
        f"{quoted_path(str(raw))} does not lie in {FOLDER}/{RAW} of a dataset, so nobody knows where the calibration "
        "belongs; name --dataset"
    )


def write_made(made: Sequence[Calibration], dataset: Path, raw: Path) -> list[tuple[Calibration, Path]]:
    """Write calibrations into the dataset; each as it now is, with its file.

    Raises CalibrationError where there is none, RecordingError where the disk does not take it.
    """
    if not made:
        raise CalibrationError(f"these steps give no calibration, and none was written; the readings are kept in {raw}")
    paths = [write_calibration(one, dataset) for one in made]
    return [(replace(one, file=path.name), path) for one, path in zip(made, paths, strict=True)]


def write_and_say(made: Sequence[Calibration], dataset: Path, raw: Path, *, as_json: bool) -> int:
    """Write calibrations into the dataset and print them."""
    written = write_made(made, dataset, raw)
    if as_json:
        documents = [as_document(one) for one, _ in written]
        sys.stdout.write(json_text({"calibrations": documents, "raw": str(raw)}))
        return 0
    for one, path in written:
        print()
        print_calibration(one)
        print(f"Written: {path}")
    print(f"Readings kept: {raw}")
    if any(isinstance(one, InsoleCalibration) and one.method == "bench" for one in made):
        print("These are newton of single cells; for the force of the foot: landing-lab calibrate insole --on-plate")
    print("Recordings into this dataset use it from now on.")
    return 0


def recompute(raw: Path, dataset: Path, *, as_json: bool) -> int:
    """A calibration again from the readings that were kept, by this version."""
    saved = read_steps(raw)
    return write_and_say(_fitted(raw, saved), dataset, raw, as_json=as_json)


def keep_part(raw: Path, saved: SavedSteps) -> str:
    """Keep the steps of a calibration that was cut short; what a person can do with them, to end a sentence with."""
    try:
        write_steps(raw, saved)
    except RecordingError:
        return f"the readings until then are in {raw}, and its steps could not be written; calibrate again"
    kept = f"the {len(saved.steps)} steps until then are kept"
    try:
        _fitted(raw, saved)
    except LandingLabError as error:
        return f"{kept} in {raw}, and are too few ({str(error).rstrip('.')}); calibrate again"
    return f"{kept}, try: landing-lab calibrate --from {raw}"


def _fitted(raw: Path, saved: SavedSteps) -> Sequence[Calibration]:
    recording = read_raw(raw)
    _check_kind(recording, saved, raw)
    return fit_steps(recording, saved, plate_in_file(recording.metadata.get("calibrations")))


def _check_kind(recording: RawRecording, saved: SavedSteps, raw: Path) -> None:
    """Refuse steps of another kind of calibration than the one in which the readings were taken."""
    protocol = recording.metadata.get("protocol")
    if protocol is not None and protocol != f"calibration: {saved.kind}":
        raise CalibrationError(
            f"{quoted_path(raw.name)} holds readings of {visible(str(protocol))}, and its steps are of "
            f"{saved.kind!r}; choose the steps that belong to it, or calibrate again"
        )


def plate_in_file(documents: object) -> PlateCalibration | None:
    """The plate's calibration that a raw file carries."""
    found = [from_document(one) for one in documents.values()] if isinstance(documents, Mapping) else []
    return next((one for one in found if isinstance(one, PlateCalibration)), None)
