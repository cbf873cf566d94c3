"""The check of insoles at the end of a session: kept beside it, and a flag for what rests on insoles that drifted."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2

FILE_NAME: Final = "insole_check.json"
SCHEMA: Final = "landing-lab.calibration-check/1"
MOST_BYTES: Final = 1_000_000
SAME_WEIGHT: Final = 0.10
"""Share by which the standing weight of one person may differ: clothes, shoes, sway and a nominal plate (choice)."""

SAME_VISIT: Final = timedelta(hours=12)
"""A session that began longer before a check was another visit (choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSession:
    """A session of the same visit that used a calibration a check looked at.

    other_person: the sentence that somebody else stood in the check, None where nothing says so.
    """

    path: Path
    other_person: str | None = None


def sessions_of_check(dataset: Path, document: Mapping[str, object]) -> list[CheckedSession]:
    """Every session that a check speaks of.

    document: made_at, ISO 8601; feet, each with device_id, calibration (file name), holds and verdict; weight_n, what
    stood on the plates, and calibration_weight_n, what stood there in the calibration, each None where not known.
    """
    feet: Any = document["feet"]
    checked = {(foot["device_id"], foot["calibration"]) for foot in feet}
    found = []
    for session in _sessions(dataset):
        try:
            state = read_session_file(session.state_path)
        except LandingLabError:
            continue
        began, made = _instant(state.created_at), _instant(document["made_at"])
        if began is None or made is None or not timedelta(0) <= made - began <= SAME_VISIT:
            continue
        if checked & set(state.calibrations.items()):
            other = _other_person(document, state.settings.get("mass_kg"))
            found.append(CheckedSession(path=session.path, other_person=other))
    return found


def keep_beside_sessions(dataset: Path, document: Mapping[str, object]) -> list[Path]:
    """Write a check beside every session it speaks of, with the checks before it; not where another person stood.

    document: as of `sessions_of_check`. Gives the files; raises RecordingError where the disk refuses.
    """
    written = []
    for session in sessions_of_check(dataset, document):
        if session.other_person is None:
            path = session.path / FILE_NAME
            whole = {**document, "earlier": _checks(path)}
            written.append(write_whole(path, json_text(whole).encode(), durable=True))
    return written


def failed_at(folder: Path) -> list[str]:
    """When checks beside the session in this folder found drift: ISO 8601, newest first."""
    checks = _checks(folder / FILE_NAME)
    return [str(check["made_at"]) for check in checks if any(foot["holds"] is False for foot in _feet(check))]


def time_words(made_at: str) -> str:
    """An instant as people write it: 2026-11-22 21:30 UTC; what is none, as it stands."""
    made = _instant(made_at)
    return visible(made_at) if made is None else f"{made.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def with_check(raw: RawRecording, path: Path) -> RawRecording:
    """The raw recording with the doubts of the check that lies beside its session; the same where there is none.

    They are {device id: sentence} under "insole_checks", for insoles that had drifted and whose calibration the
    recording carries. The worst check counts; that others held is said.
    """
    folder = path.absolute().parent
    folder = folder.parent if folder.name == REJECTED else folder
    if folder.name != RAW or not (folder.parent / FILE_NAME).is_file():
        return raw
    calibrations = raw.metadata.get("calibrations")
    used = calibrations if isinstance(calibrations, Mapping) else {}
    seen: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for check in _checks(folder.parent / FILE_NAME):
        for foot in _feet(check):
            if _file_of(used.get(foot["device_id"])) == foot["calibration"]:
                seen.setdefault(foot["device_id"], []).append((str(check["made_at"]), foot))
    doubts = {device: doubt for device, found in seen.items() if (doubt := _worst(found)) is not None}
    return dataclasses.replace(raw, metadata={**raw.metadata, "insole_checks": doubts}) if doubts else raw


def _sessions(dataset: Path) -> list[SessionFolder]:
    root, found = Dataset(dataset), []
    for participant in root.names():
        with suppress(LandingLabError):  # a folder that no session of ours can be in
            found += root.sessions(participant)
    return found


def _other_person(document: Mapping[str, object], mass_kg: object) -> str | None:
    """The sentence that who stood in the check is not who the session, or else the calibration, is of."""
    stood_n, then_n, whose = document.get("weight_n"), document.get("calibration_weight_n"), "in the calibration"
    if isinstance(mass_kg, (int, float)) and not isinstance(mass_kg, bool):
        then_n, whose = mass_kg * STANDARD_GRAVITY_M_PER_S2, "by the mass entered for the session"
    if not isinstance(stood_n, (int, float)) or not isinstance(then_n, (int, float)) or then_n <= 0.0:
        return None
    if abs(stood_n / then_n - 1.0) <= SAME_WEIGHT:
        return None
    return f"{stood_n:.0f} N stood on the plates in this check, and {then_n:.0f} N {whose}: that is another person"


def _worst(found: Sequence[tuple[str, dict[str, Any]]]) -> str | None:
    """What the worst of the checks of an insole found, and that others disagree; None where all held."""
    failed = [foot for _, foot in found if foot["holds"] is False]
    if not failed:
        return None
    worst = max(failed, key=lambda foot: abs(foot["apart_pct"]))
    held = [time_words(made_at) for made_at, foot in found if foot["holds"] is not False]
    told = f"; it held in {'another check' if len(held) == 1 else 'other checks'} ({', '.join(held)})" if held else ""
    return visible(str(worst["verdict"])) + told


def _checks(path: Path) -> list[dict[str, Any]]:
    """The checks beside a session, newest first; none where the file is missing or damaged: no recording is lost."""
    try:
        document = json.loads(read_small(path, most_bytes=MOST_BYTES))
        earlier = document.pop("earlier", [])
        return [one for one in (document, *earlier) if one["schema"] == SCHEMA and isinstance(one["made_at"], str)]
    except (LandingLabError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def _feet(check: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The feet of a check; none where it is damaged."""
    try:
        return [
            {name: foot[name] for name in ("device_id", "calibration", "holds", "verdict")}
            | {"apart_pct": float(foot.get("apart_pct", 0.0))}
            for foot in check["feet"]
            if isinstance(foot["device_id"], str)
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _file_of(document: object) -> object:
    return document.get("file") if isinstance(document, Mapping) else None


def _instant(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
