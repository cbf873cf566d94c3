"""The tables of a dataset as BIDS: who, which sessions, which scans; and the metrics as a derivative."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final

from landing_lab.errors import FileFormatError
from landing_lab.io.bids.trial_files import json_bytes, tsv
from landing_lab.io.dataset_tables import PARTICIPANTS_FILE
from landing_lab.io.small_file import read_small
from landing_lab.io.visible import quoted_name, snippet

_MOST_BYTES: Final = 50_000_000
_ID: Final = "participant_id"
_KNOWN: Final = {
    _ID: {"Description": "Pseudonym of the participant"},
    "age": {"Description": "Age", "Units": "year"},
    "age_years": {"Description": "Age", "Units": "year"},
    "sex": {"Description": "Sex", "Levels": {"male": "male", "female": "female", "m": "male", "f": "female"}},
    "mass_kg": {"Description": "Body mass", "Units": "kg"},
    "height_m": {"Description": "Body height", "Units": "m"},
    "height_cm": {"Description": "Body height", "Units": "cm"},
    "group": {"Description": "Group, as the laboratory named it"},
}
METRIC_COLUMNS: Final = {
    "task": "Task of the trial",
    "run": "Number of the trial",
    "condition": "Condition of the trial, n/a without conditions",
    "name": "Name of the metric; its definition is that of landing-lab's docs/metrics.md",
    "side": "Foot or pair of feet",
    "value": "Value in the unit beside it; n/a where it was refused",
    "unit": "Unit of value and sd",
    "sd": "Standard deviation of the value, from sampling, noise, thresholds and body weight",
    "status": "ok, flagged (usable with the reason in mind) or refused",
    "reason": "Why it was flagged or refused",
    "method": "How it was computed",
    "stronger_side": "Side with the larger value, of metrics that compare feet",
}


def utc_time(text: str | None) -> str | None:
    """A time of ours (ISO 8601 with offset) as BIDS writes it; None where it is none."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment.tzinfo else moment.strftime("%Y-%m-%dT%H:%M:%S")
    )


def participants(dataset: Path, exported: Collection[str]) -> dict[str, bytes]:
    """participants.tsv with the rows of those who are exported and what their laboratory wrote, and its sidecar."""
    header, rows = _participant_rows(dataset)
    known = {row[0].removeprefix("sub-"): row for row in rows if row}
    table = [
        [f"sub-{who}", *_filled(known.get(who, [])[1:], len(header) - 1)] for who in sorted(exported)
    ]  # fmt: skip
    described = _described(dataset)
    sidecar = {
        column: described.get(column)
        or _KNOWN.get(column.lower())
        or {"Description": f"As the laboratory entered {column}"}
        for column in header
    }
    return {"participants.tsv": tsv(header, table), "participants.json": json_bytes(sidecar)}


def _participant_rows(dataset: Path) -> tuple[list[str], list[list[str]]]:
    path = dataset / PARTICIPANTS_FILE
    if not path.is_file():
        return [_ID], []
    try:
        text = read_small(path, most_bytes=_MOST_BYTES).decode("utf-8-sig")
    except ValueError as error:
        raise FileFormatError(
            f"{PARTICIPANTS_FILE} cannot be read ({snippet(str(error))}); save it as tab-separated text in UTF-8",
            path=path,
        ) from error
    lines = [(number, line.split("\t")) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    header = [name.strip() for name in lines[0][1]] if lines else []
    wrong = _wrong_header(header) or next(filter(None, (_too_long(*line, len(header)) for line in lines[1:])), None)
    if wrong is not None:
        raise FileFormatError(f"{PARTICIPANTS_FILE} {wrong}", path=path)
    return header, [[value.strip() for value in line] for _, line in lines[1:]]


def _wrong_header(header: list[str]) -> str | None:
    first = header[0] if header else ""
    if first != _ID:
        return f'begins with the column "{quoted_name(first)}"; its first column is to be {_ID}'
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        place = "without a name" if not twice else f'"{quoted_name(twice)}"'
        return f"has {header.count(twice)} columns {place}; give every column a name of its own"
    if not all(header):
        return f"has no name for column {header.index('') + 1}; give every column a name of its own"
    return None


def _too_long(number: int, line: list[str], width: int) -> str | None:
    if not any(value.strip() for value in line[width:]):
        return None
    return f"has {len(line)} values in line {number} and names {width} columns; look for a tab too many in that line"


def _filled(values: list[str], width: int) -> list[str]:
    return [*values[:width], *[""] * (width - len(values))]


def _described(dataset: Path) -> Mapping[str, Any]:
    path = dataset / "participants.json"
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return (
        {name: told for name, told in document.items() if isinstance(told, dict)} if isinstance(document, dict) else {}
    )


def metrics_table(metrics_csv: Path, runs: Mapping[str, tuple[str, int, str]]) -> bytes | None:
    """The metrics of exported trials of a session; runs: raw file -> (task, run, condition). None without any."""
    if not metrics_csv.is_file():
        return None
    text = read_small(metrics_csv, most_bytes=_MOST_BYTES).decode("utf-8")
    rows = []
    for row in csv.DictReader(StringIO(text)):
        found = runs.get(Path(row.get("source") or "").name)
        if found is not None:
            task, run, condition = found
            own = {**row, "task": task, "run": str(run), "condition": condition}
            rows.append([own.get(column) for column in METRIC_COLUMNS])
    return tsv(tuple(METRIC_COLUMNS), rows) if rows else None


def metrics_sidecar() -> bytes:
    """What the table of metrics is, and what its columns mean."""
    about = "Metrics of every exported trial of the session, one row per metric and side"
    return json_bytes(
        {"Description": about, **{column: {"Description": told} for column, told in METRIC_COLUMNS.items()}}
    )
