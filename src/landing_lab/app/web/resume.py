"""Who is in the dataset, and the session that was left unfinished: what a restarted page goes on with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from landing_lab.app.record.protocols import PROTOCOLS, Protocol
from landing_lab.app.web.athlete import history_of
from landing_lab.errors import LandingLabError, ParameterError
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_session import SessionFolder
from landing_lab.io.session_file import SessionState


def participants_shown(dataset: Dataset) -> list[dict[str, object]]:
    """Everybody in the dataset: sessions, history, what was chosen last, and the session left unfinished.

    Somebody whose folder leads out of the dataset has nothing of these, and `problem` says why.
    """
    return [_readable(dataset, one) for one in dataset.names()] if dataset.exists else []


def _readable(dataset: Dataset, participant: str) -> dict[str, object]:
    try:
        return _participant(dataset, participant)
    except ParameterError as error:
        none = {"sessions": [], "n_sessions": 0, "history": {}, "last": None, "left": None, "n_left": 0}
        return {"id": participant, **none, "problem": str(error)}


def _participant(dataset: Dataset, participant: str) -> dict[str, object]:
    folders = dataset.sessions(participant)
    newest = next((state for folder in reversed(folders) if (state := _state(folder)) is not None), None)
    folder = dataset.unfinished(participant)
    left = None if folder is None else _state(folder)
    return {
        "id": participant,
        "problem": "",
        "sessions": [one.label for one in folders],
        "n_sessions": len(folders),
        "history": history_of(folder.path for folder in folders),
        "last": None if newest is None else _chosen(newest),
        "left": None if left is None else _left(left),
        "n_left": sum(1 for _ in dataset.resumable(participant)),
    }


def _state(folder: SessionFolder) -> SessionState | None:
    try:
        return folder.read_state()
    except LandingLabError:
        return None


def _chosen(state: SessionState) -> dict[str, object]:
    """What was chosen for a session, as the next one begins with."""
    protocol = protocol_left(state)
    return {
        "created_at": state.created_at,
        "session": state.session,
        "protocol": state.protocol,
        "title": state.protocol if protocol is None else protocol.title,
        "n_trials": None if protocol is None else protocol.n_trials,
        "conditions": [] if protocol is None else list(protocol.conditions),
        "order": state.settings.get("order"),
        "box_height_m": state.settings.get("box_height_m"),
        "operator": state.settings.get("operator"),
    }


def last_used(people: Sequence[Mapping[str, object]]) -> dict[str, object] | None:
    """What was chosen for the newest session of anybody."""
    found = [one["last"] for one in people if isinstance(one["last"], dict)]
    return max(found, key=lambda one: str(one.get("created_at") or ""), default=None)


def left_session(people: Sequence[Mapping[str, object]]) -> dict[str, object] | None:
    """The newest session of anybody that was begun and can be continued."""
    found = [one["left"] for one in people if isinstance(one["left"], dict)]
    return max(found, key=lambda one: str(one.get("created_at") or ""), default=None)


def _left(state: SessionState) -> dict[str, object]:
    protocol = protocol_left(state)
    return {
        "participant": state.participant,
        "session": state.session,
        "protocol": state.protocol,
        "title": state.protocol if protocol is None else protocol.title,
        "created_at": state.created_at,
        "n_accepted": sum(one.verdict == "accepted" for one in state.trials),
        "n_planned": sum(one.n_trials for one in state.planned),
        "n_open": sum(one.is_open for one in state.trials),
        "settings": {name: state.settings.get(name) for name in ("mass_kg", "box_height_m", "operator", "note")},
        "known_protocol": protocol is not None,
    }


def protocol_left(state: SessionState) -> Protocol | None:
    """The protocol of a session as it was stored with it; None where it cannot be made again."""
    stored = state.settings.get("protocol")
    if isinstance(stored, dict):
        try:
            values: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
            }
            return Protocol(**values)
        except (LandingLabError, TypeError):
            return None
    return next((one for one in PROTOCOLS if one.name == state.protocol), None)
