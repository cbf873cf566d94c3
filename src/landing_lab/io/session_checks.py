"""The check of insoles at the end of a session: kept beside it, and a flag for what rests on insoles that drifted."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from landing_lab.errors import LandingLabError
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_session import RAW, REJECTED, SessionFolder
from landing_lab.io.session_file import read_session_file
from landing_lab.io.small_file import read_small
from landing_lab.io.visible import visible
from landing_lab.io.write import json_text, write_whole
from landing_lab.model.raw import RawRecording

FILE_NAME: Final = "insole_check.json"
SCHEMA: Final = "landing-lab.calibration-check/1"
MOST_BYTES: Final = 1_000_000
SAME_VISIT: Final = timedelta(hours=12)
"""A session that began longer before a check was another visit (choice)."""


def keep_beside_sessions(dataset: Path, document: Mapping[str, object]) -> list[Path]:
    """Write a check beside every session of the same visit that used one of the calibrations it looked at.

    document: made_at, ISO 8601, and feet, each with device_id, calibration (file name), holds and verdict. Gives the
    files; raises RecordingError where the disk refuses.
    """
    feet: Any = document["feet"]
    checked = {(foot["device_id"], foot["calibration"]) for foot in feet}
    written = []
    for session in _sessions(dataset):
        try:
            state = read_session_file(session.state_path)
        except LandingLabError:
            continue
        began, made = _instant(state.created_at), _instant(document["made_at"])
        if began is None or made is None or not timedelta(0) <= made - began <= SAME_VISIT:
            continue
        if checked & set(state.calibrations.items()):
            path = session.path / FILE_NAME
            written.append(write_whole(path, json_text(dict(document)).encode(), durable=True))
    return written


def with_check(raw: RawRecording, path: Path) -> RawRecording:
    """The raw recording with the doubts of the check that lies beside its session; the same where there is none.

    They are {device id: sentence} under "insole_checks", for insoles that had drifted and whose calibration the
    recording carries.
    """
    folder = path.absolute().parent
    folder = folder.parent if folder.name == REJECTED else folder
    if folder.name != RAW or not (folder.parent / FILE_NAME).is_file():
        return raw
    calibrations = raw.metadata.get("calibrations")
    used = calibrations if isinstance(calibrations, Mapping) else {}
    doubts = {
        foot["device_id"]: visible(str(foot["verdict"]))
        for foot in _feet(folder.parent / FILE_NAME)
        if foot["holds"] is False and _file_of(used.get(foot["device_id"])) == foot["calibration"]
    }
    return dataclasses.replace(raw, metadata={**raw.metadata, "insole_checks": doubts}) if doubts else raw


def _sessions(dataset: Path) -> list[SessionFolder]:
    root, found = Dataset(dataset), []
    for participant in root.participants():
        with suppress(LandingLabError):  # a folder that no session of ours can be in
            found += root.sessions(participant)
    return found


def _feet(path: Path) -> list[dict[str, Any]]:
    """The feet of a check; none where the file is damaged, which is not worth losing a recording for."""
    try:
        document = json.loads(read_small(path, most_bytes=MOST_BYTES))
        feet = document["feet"] if document["schema"] == SCHEMA else []
        return [
            {name: foot[name] for name in ("device_id", "calibration", "holds", "verdict")}
            for foot in feet
            if isinstance(foot["device_id"], str)
        ]
    except (LandingLabError, ValueError, KeyError, TypeError, RecursionError):
        return []


def _file_of(document: object) -> object:
    return document.get("file") if isinstance(document, Mapping) else None


def _instant(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
