"""Which trial of the dataset a page asks to see, checked: nothing of a request becomes a path by itself."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landing_lab.app.web.resume import protocol_left
from landing_lab.errors import LandingLabError, ParameterError
from landing_lab.io.annotations import read_annotations
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_names import check_pseudonym
from landing_lab.io.dataset_session import TRIALS, SessionFolder, inside
from landing_lab.io.session_file import SessionState, TrialEntry

_LABEL: Final = re.compile(r"[A-Za-z0-9]{1,40}")
_TASK: Final = re.compile(r"[A-Za-z0-9_-]{1,60}")
_NUMBER: Final = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenTrial:
    """One recorded trial: raw is its file, which may be missing; index counts trials within it.

    stored: the description of what its session stored of it, which may be missing too.
    """

    folder: SessionFolder
    state: SessionState
    entry: TrialEntry
    raw: Path
    stored: Path
    index: int = 0

    @property
    def label(self) -> str:
        """How it is called where its athlete is known."""
        return f"session {self.folder.label}, run {self.entry.run:02d}"


def chosen_session(dataset: Path, asked: Mapping[str, object]) -> tuple[SessionFolder, SessionState]:
    """The session that a page asks for. Raises ParameterError where there is none of this name."""
    participant = check_pseudonym(str(asked.get("participant", "")))
    label = str(asked.get("session", ""))
    if _LABEL.fullmatch(label):
        for folder in Dataset(dataset).sessions(participant):
            if folder.label == label:
                return folder, folder.read_state()
    raise ParameterError("there is no such session in this dataset; choose one of the list")


def chosen_trial(dataset: Path, asked: Mapping[str, object]) -> ChosenTrial:
    """The trial that a page asks for. Raises ParameterError where there is none."""
    folder, state = chosen_session(dataset, asked)
    task, run, index = (str(asked.get(name, default)) for name, default in (("task", ""), ("run", ""), ("index", "0")))
    if _TASK.fullmatch(task) and _NUMBER.fullmatch(run) and _NUMBER.fullmatch(index):
        for entry in state.trials:
            if (entry.task, entry.run) == (task, int(run)):
                return of_entry(folder, state, entry, index=int(index))
    raise ParameterError("there is no such trial in this session; choose one of the list")


def of_entry(folder: SessionFolder, state: SessionState, entry: TrialEntry, *, index: int = 0) -> ChosenTrial:
    """A trial of a session. Raises ParameterError where its file leads out of the session."""
    raw = inside(folder.path, folder.path / entry.file)
    return ChosenTrial(folder=folder, state=state, entry=entry, raw=raw, stored=_stored(folder, raw), index=index)


def _stored(folder: SessionFolder, raw: Path) -> Path:
    """The description of a trial of this raw file. Raises ParameterError where it leads out of the session."""
    return inside(folder.path, folder.path / TRIALS / f"{raw.stem}.json")


def accepted_trials(folder: SessionFolder, state: SessionState) -> list[ChosenTrial]:
    """The trials of a session that count, in order of recording."""
    return [of_entry(folder, state, one) for one in state.trials if one.verdict == "accepted"]


def people_shown(dataset: Path) -> list[dict[str, object]]:
    """Everybody in the dataset with the labels of their sessions, oldest first; problem: why they cannot be read."""
    root = Dataset(dataset)
    return [_person(root, one) for one in root.names()] if root.exists else []


def _person(root: Dataset, participant: str) -> dict[str, object]:
    try:
        sessions = [folder.label for folder in root.sessions(participant)]
    except ParameterError as error:
        return {"id": participant, "sessions": [], "problem": str(error)}
    return {"id": participant, "sessions": sessions, "problem": ""}


def session_shown(folder: SessionFolder, state: SessionState) -> dict[str, object]:
    """What a page lists of a session: its trials, their verdicts, whether their files are there."""
    annotations = read_annotations(folder.path)
    protocol = protocol_left(state)
    return {
        "participant": folder.participant,
        "session": folder.label,
        "protocol": state.protocol if protocol is None else protocol.title,
        "created_at": state.created_at,
        "finished": state.finished_at is not None,
        "recovered": state.recovered,
        "notes": list(state.notes),
        "trials": [
            {
                "task": one.task,
                "run": one.run,
                "condition": one.condition,
                "verdict": one.verdict,
                "reason": one.reason,
                "notes": list(one.notes),
                "there": _there(folder, one),
                "n_moved": len(annotations.holding(one.task, one.run)),
            }
            for one in state.trials
        ],
    }


def _there(folder: SessionFolder, entry: TrialEntry) -> bool:
    try:
        raw = inside(folder.path, folder.path / entry.file)
        return raw.is_file() or _stored(folder, raw).is_file()
    except LandingLabError:
        return False


def entered_number(state: SessionState, name: str, recorded: object) -> float | None:
    """A number entered for a session; recorded: the same as the raw file holds it, for sessions without settings."""
    value = state.settings.get(name, recorded)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)
