"""The file session.json: what a session was to be, which boards it used, and the verdict on every trial."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, get_args

from landing_lab.errors import FileFormatError
from landing_lab.io.small_file import read_small
from landing_lab.io.stored_value import stored_text, stored_whole
from landing_lab.io.visible import quoted_name, snippet
from landing_lab.io.write import json_text, write_whole

SCHEMA: Final = "landing-lab.session/1"
FILE_NAME: Final = "session.json"
MOST_BYTES: Final = 10_000_000
"""Twelve conditions of 100 trials, all repeated, make 4 MB."""
LEFT_OUT: Final = "left_out"
"""Name of the field with the numbers of the planned trials that were given up; older files do not have it."""
UNREADABLE: Final = "what spoke against the trial cannot be read in session.json any more"
_MOST_DEEP: Final = 40
Verdict: TypeAlias = Literal["accepted", "rejected", "unfinished"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCondition:
    """One condition of the protocol: n_trials trials of a task are to be accepted under it."""

    task: str
    condition: str
    n_trials: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenVerdict:
    """What somebody is to judge of a trial that was recorded and measured.

    findings: (name, level, sentence) of each thing that speaks against it; notes: what was typed so far.
    """

    findings: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEntry:
    """One recorded trial.

    file: its raw file relative to the session folder, with forward slashes. recorded_at: ISO 8601 with offset, None
    where nobody knows. link_statistics: stream name -> LinkStats as plain numbers. notes: of the operator,
    and what the quality gates said. open_verdict: None where nobody was asked yet, or has answered.
    more: fields of the file that this version does not know; they are written back.
    """

    run: int
    task: str
    file: str
    verdict: Verdict
    condition: str = ""
    reason: str | None = None
    recorded_at: str | None = None
    link_statistics: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    open_verdict: OpenVerdict | None = None
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether it was measured and waits for its verdict."""
        return self.verdict == "unfinished" and self.open_verdict is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """All of a session but its samples.

    participant, session: labels without "sub-" and "ses-". created_at, finished_at: ISO 8601 with offset; a session
    whose finished_at is None can be resumed. boards: stream name -> what the board says of itself. calibrations:
    device id -> name of its calibration file. settings: what was asked for (box_height_m, mass_kg, ...).
    recovered: why the state had to be rebuilt from the raw files, in a sentence; None where the file was sound.
    more: fields of the file that this version does not know; they are written back.
    """

    participant: str
    session: str
    protocol: str
    planned: tuple[PlannedCondition, ...] = ()
    software: str = ""
    created_at: str | None = None
    finished_at: str | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    boards: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    calibrations: Mapping[str, str] = field(default_factory=dict)
    trials: tuple[TrialEntry, ...] = ()
    notes: tuple[str, ...] = ()
    recovered: str | None = None
    more: Mapping[str, object] = field(default_factory=dict)

    def with_trial(self, trial: TrialEntry) -> SessionState:
        """The state with one trial more; an entry of the same task and run is replaced where it stands."""
        same = [(one.task, one.run) == (trial.task, trial.run) for one in self.trials]
        if not any(same):
            return dataclasses.replace(self, trials=(*self.trials, trial))
        trials = tuple(trial if found else one for found, one in zip(same, self.trials, strict=True))
        return dataclasses.replace(self, trials=trials)

    def n_accepted(self, condition: PlannedCondition) -> int:
        """How many trials of a planned condition were accepted."""
        wanted = (condition.task, condition.condition, "accepted")
        return sum((trial.task, trial.condition, trial.verdict) == wanted for trial in self.trials)


_NOT_STORED: Final = frozenset(("recovered", "more"))


def write_session_file(path: Path, state: SessionState) -> Path:
    """Write the state so that power loss leaves either the old file or the new one.

    Raises RecordingError where the file cannot be written.
    """
    return write_whole(path, json_text(_document(state)).encode("utf-8"), durable=True)


def read_session_file(path: Path) -> SessionState:
    """The state in a file. Raises FileFormatError where the file is missing, damaged or of a newer version."""
    try:
        document = _parsed(read_small(path, most_bytes=MOST_BYTES))
    except (ValueError, RecursionError) as error:
        raise FileFormatError(
            f"{path.name} is damaged ({snippet(str(error))}); it can be rebuilt from the raw files", path=path
        ) from error
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != SCHEMA:
        raise FileFormatError(
            f"{path.name} says {quoted_name(str(schema))} where {SCHEMA} belongs; update landing-lab if a newer "
            f"version wrote it",
            path=path,
            newer=isinstance(schema, str) and schema.startswith("landing-lab.session/"),
        )
    try:
        return _state(document)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise FileFormatError(
            f"{path.name} is damaged ({type(error).__name__}: {snippet(str(error))}); "
            f"it can be rebuilt from the raw files",
            path=path,
        ) from error


def _parsed(content: bytes) -> Any:
    """What JSON says. Raises ValueError or RecursionError for what could not be written back as it is."""
    document: Any = json.loads(content.decode("utf-8-sig"), parse_constant=_finite, parse_float=_finite)
    json.dumps(document, ensure_ascii=False).encode("utf-8")  # half of a surrogate pair is no text
    level = [document]
    for _ in range(_MOST_DEEP):
        inner = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list))]
        level = [value for values in inner for value in values]
    if level:
        raise ValueError(f"nested more than {_MOST_DEEP} deep")
    return document


def _finite(number: str) -> float:
    if not math.isfinite(found := float(number)):
        raise ValueError(f"a number {number}")
    return found


def _document(state: SessionState) -> dict[str, object]:
    stored = {one.name: getattr(state, one.name) for one in dataclasses.fields(state) if one.name not in _NOT_STORED}
    return {
        "schema": SCHEMA,
        **stored,
        "planned": [dataclasses.asdict(planned) for planned in state.planned],
        "trials": [_trial_document(trial) for trial in state.trials],
        **{name: value for name, value in state.more.items() if name not in stored},
    }


def _trial_document(trial: TrialEntry) -> dict[str, object]:
    stored = {one.name: getattr(trial, one.name) for one in dataclasses.fields(trial) if one.name not in _NOT_STORED}
    if trial.open_verdict is not None:
        stored["open_verdict"] = dataclasses.asdict(trial.open_verdict)
    return {**stored, **{name: value for name, value in trial.more.items() if name not in stored}}


def _state(document: Mapping[str, Any]) -> SessionState:
    known = {one.name for one in dataclasses.fields(SessionState)} - _NOT_STORED
    return SessionState(
        participant=stored_text(document["participant"]),
        session=stored_text(document["session"]),
        protocol=stored_text(document["protocol"]),
        planned=tuple(
            PlannedCondition(
                task=stored_text(one["task"]),
                condition=stored_text(one.get("condition", "")),
                n_trials=stored_whole(one["n_trials"]),
            )
            for one in document.get("planned", ())
        ),
        software=stored_text(document.get("software", "")),
        created_at=_text_or_none(document.get("created_at")),
        finished_at=_text_or_none(document.get("finished_at")),
        settings=_settings(document.get("settings", {})),
        boards={str(name): dict(board) for name, board in document.get("boards", {}).items()},
        calibrations={str(name): stored_text(file) for name, file in document.get("calibrations", {}).items()},
        trials=_once(_trial(one) for one in document.get("trials", ())),
        notes=tuple(stored_text(note) for note in document.get("notes", ())),
        more=_more({name: value for name, value in document.items() if name not in known and name != "schema"}),
    )


def _settings(stored: Mapping[str, Any]) -> dict[str, Any]:
    """As they were entered; the seed draws the order of the trials."""
    if "seed" in stored and (isinstance(stored["seed"], bool) or not isinstance(stored["seed"], int)):
        raise TypeError(f"a seed {stored['seed']!r}")
    return dict(stored)


def _more(stored: dict[str, Any]) -> dict[str, Any]:
    """Fields of others; the numbers of the trials that were given up are ours."""
    if LEFT_OUT in stored:
        stored[LEFT_OUT] = [stored_whole(number) for number in stored[LEFT_OUT]]
    return stored


def _once(trials: Iterable[TrialEntry]) -> tuple[TrialEntry, ...]:
    """The trials, where none counts twice."""
    found = tuple(trials)
    if len({trial.file for trial in found}) < len(found) or len({(one.task, one.run) for one in found}) < len(found):
        raise ValueError("a trial twice")
    return found


def _trial(entry: Mapping[str, Any]) -> TrialEntry:
    known = {one.name for one in dataclasses.fields(TrialEntry)} - _NOT_STORED
    verdict = entry["verdict"]
    if verdict not in get_args(Verdict):
        raise ValueError(f"a verdict {verdict!r}")
    return TrialEntry(
        run=stored_whole(entry["run"]),
        task=stored_text(entry["task"]),
        file=_inside(stored_text(entry["file"])),
        verdict=verdict,
        condition=stored_text(entry.get("condition", "")),
        reason=_text_or_none(entry.get("reason")),
        recorded_at=_text_or_none(entry.get("recorded_at")),
        link_statistics={
            str(name): {str(what): _number(count) for what, count in counts.items()}
            for name, counts in entry.get("link_statistics", {}).items()
        },
        notes=tuple(stored_text(note) for note in entry.get("notes", ())),
        open_verdict=_open_verdict(entry.get("open_verdict")),
        more={name: value for name, value in entry.items() if name not in known},
    )


def _open_verdict(stored: object) -> OpenVerdict | None:
    """What there is to judge; where that cannot be read the trial is judged all the same, and not by itself."""
    if stored is None:
        return None
    try:
        found: Any = stored
        findings = [_finding(one) for one in _listed(found.get("findings", []))]
        return OpenVerdict(findings=tuple(findings), notes=tuple(map(stored_text, _listed(found.get("notes", [])))))
    except (AttributeError, TypeError, ValueError):
        return OpenVerdict(findings=(("unreadable", "stop", UNREADABLE),))


def _finding(stored: object) -> tuple[str, str, str]:
    name, level, text = map(stored_text, _listed(stored))
    if level not in ("stop", "warn"):
        raise ValueError(f"a level {level!r}")
    return name, level, text


def _listed(stored: object) -> list[Any]:
    if not isinstance(stored, list):
        raise TypeError(f"{stored!r} where a list belongs")
    return stored


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{value!r} where a number belongs")
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else stored_text(value)


def _inside(file: str) -> str:
    """A path that stays below the session folder."""
    parts = file.split("/")
    if not file or "\\" in file or ":" in file or any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"a file {file!r} outside the session folder")
    return file
