"""The files at the top of a dataset that say what it is and who is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from landing_lab.errors import RecordingError
from landing_lab.io.visible import quoted_name
from landing_lab.io.write import write_whole

DESCRIPTION_FILE: Final = "dataset_description.json"
PARTICIPANTS_FILE: Final = "participants.tsv"
_ID: Final = "participant_id"
_BIDS_VERSION: Final = "1.10.0"
_IGNORED: Final = (
    "calibrations/\nlayouts/\nreliability.json\nnorms.json\nsub-*/ses-*/*\nsub-*/ses-*/raw/\nsub-*/ses-*/trials/\n"
    ".landing-lab.lock\n"
)
_README: Final = """\
# {name}

Landings from a jump, recorded with landing-lab.

- `participants.tsv`: one line per participant, under a pseudonym; `participants.json` explains its columns.
- `sub-<pseudonym>/ses-<number>/session.json`: what was planned and recorded, with the verdict on every trial.
- `.../raw/*.xdf`: all that the boards sent; the truth, from which everything else can be computed again
  (`landing-lab reanalyse`). Rejected trials are in `raw/rejected/`.
- `.../trials/`: accepted trials in newton (Parquet) with a description of each beside it (JSON).
- `.../report.html`, `metrics.csv`, `analysis.json`: the results of the session.
- `calibrations/`: calibrations of the boards.
- `layouts/`: where the cells of insoles lie, DEVICE_ID.toml or default.toml, where the usual layouts do not hold.

Write here who measured whom, why, and how: this file is yours.
"""


def description(name: str, version: str) -> dict[str, str]:
    """File name -> text of what a new dataset begins with; the description comes last, since it makes the dataset."""
    columns = {_ID: {"Description": "Pseudonym of the participant; the folder sub-<pseudonym> without its sub-"}}
    dataset = {
        "Name": name or "landing-lab dataset",
        "BIDSVersion": _BIDS_VERSION,
        "DatasetType": "raw",
        "GeneratedBy": [{"Name": "landing-lab", "Version": version}],
    }
    return {
        "README.md": _README.format(name=dataset["Name"]),
        ".bidsignore": _IGNORED,
        "participants.json": _json(columns),
        PARTICIPANTS_FILE: f"{_ID}\n",
        DESCRIPTION_FILE: _json(dataset),
    }


def written_once(path: Path, text: str) -> None:
    """Write a file that does not exist yet. Raises RecordingError where it cannot be written."""
    if not path.exists():
        write_whole(path, text.encode("utf-8"), durable=True)


def describe_derivative(target: Path, place: Path, version: str) -> None:
    """Say what a folder of results computed again is, where target is its part for the session `place`.

    Raises RecordingError where it cannot be written.
    """
    folder = target.parents[len(place.parts) - 1] if place.parts else target
    dataset = {
        "Name": "Results computed again from raw recordings",
        "BIDSVersion": _BIDS_VERSION,
        "DatasetType": "derivative",
        "GeneratedBy": [{"Name": "landing-lab", "Version": version}],
    }
    written_once(folder / DESCRIPTION_FILE, _json(dataset))


def read_ids(dataset: Path) -> list[str]:
    """Pseudonyms in participants.tsv, in its order; a file that is missing or not ours names nobody."""
    try:
        lines = (dataset / PARTICIPANTS_FILE).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError):
        return []
    if not lines or lines[0].split("\t")[0].strip() != _ID:
        return []
    cells = (line.split("\t")[0].strip() for line in lines[1:])
    ids = (cell.removeprefix("sub-") for cell in cells if cell)
    return [one for one in ids if one.isascii() and one.isalnum()]


def add_row(dataset: Path, participant: str) -> None:
    """List a participant in participants.tsv; columns that a lab has added get n/a.

    Raises RecordingError where the table is not one of participants, or cannot be written.
    """
    path = dataset / PARTICIPANTS_FILE
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        content = f"{_ID}\n".encode()
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror or error}; check the permissions") from error
    if participant in read_ids(dataset):
        return
    try:
        text = content.decode("utf-8-sig")
    except ValueError as error:
        raise RecordingError(f"{path} is not UTF-8 text; save it again as tab-separated text in UTF-8") from error
    lines = text.splitlines()
    header = lines[0].split("\t") if lines else [_ID]
    if header[0].strip() != _ID:
        raise RecordingError(
            f'{path} begins with the column "{quoted_name(header[0])}" where {_ID} belongs; put that column first, '
            f"with tabs between the columns"
        )
    end = "\r\n" if "\r\n" in text else "\n"
    body = text if not text or text.endswith("\n") else text + end
    row = "\t".join([f"sub-{participant}", *["n/a"] * (len(header) - 1)])
    write_whole(path, f"{body or _ID + end}{row}{end}".encode(), durable=True)


def _json(document: Mapping[str, object]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
