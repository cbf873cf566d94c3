"""Which session is continued: those that can be, and why another one is not what is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import get_args

from landing_lab.app.record.protocols import Order, Protocol, with_conditions
from landing_lab.errors import ParameterError
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_session import SessionFolder
from landing_lab.io.session_file import PlannedCondition, SessionState

IN_WORDS = {"mass_kg": "body mass in kg", "box_height_m": "box height in m"}
ANALYSIS = tuple(IN_WORDS)
"""Settings that change numbers: a session is never continued with others."""


def planned_conditions(protocol: Protocol) -> tuple[PlannedCondition, ...]:
    """The conditions of a protocol as the state keeps them."""
    return tuple(
        PlannedCondition(task=protocol.name, condition=condition, n_trials=protocol.n_trials)
        for condition in protocol.conditions or ("",)
    )


def with_order(protocol: Protocol, order: str) -> Protocol:
    """The protocol with the order that its session began with."""
    return with_conditions(protocol, protocol.conditions, order)


def candidates(dataset: Dataset, participant: str, session: str | None) -> Iterable[SessionFolder]:
    """The named session, or all that can be continued, newest first."""
    if session is None:
        return dataset.resumable(participant)
    label = session.removeprefix("ses-")
    for folder in dataset.sessions(participant):
        if folder.label == label or (label.isdigit() and folder.number == int(label)):
            return [folder]
    labels = ", ".join(folder.label for folder in dataset.sessions(participant)) or "none"
    raise ParameterError(f"participant {participant} has no session {label} (there are: {labels}); leave out --session")


def differs(state: SessionState, protocol: Protocol, settings: Mapping[str, object]) -> str | None:
    """Why a session is not the one that is wanted now; None where it is."""
    if state.protocol != protocol.name:
        return f"its protocol is {state.protocol}" if state.protocol else "its plan is lost"
    if state.planned != planned_conditions(protocol):
        return "its trials or conditions are others"
    if state.settings.get("order", protocol.order) not in get_args(Order):
        return "the order of its conditions is lost"
    for name in ANALYSIS:
        if state.settings.get(name) != settings.get(name):
            stored = state.settings.get(name)
            return f"its {IN_WORDS[name]} is {'not entered' if stored is None else stored}"
    return None
