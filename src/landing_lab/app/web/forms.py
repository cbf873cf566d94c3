"""The session that a page asks for, checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from landing_lab.app.record.facts import SessionSettings
from landing_lab.app.record.protocols import Protocol, protocol_of, with_conditions
from landing_lab.app.record.run import RecordSettings
from landing_lab.app.web.entered import number_of, text_of, words_of, yes_of
from landing_lab.app.web.resume import protocol_left
from landing_lab.errors import ParameterError
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_names import check_pseudonym

if TYPE_CHECKING:
    from landing_lab.app.web.lab import Lab

LONGEST_WAIT_S: Final = 120.0
LSL_WAIT_S: Final = 30.0
"""As `landing-lab record` where nothing else was typed."""


def session_wanted(lab: Lab, asked: Mapping[str, Any]) -> RecordSettings:
    """What to record. `continue`: the label of an unfinished session of the participant, with what was entered then."""
    participant = check_pseudonym(text_of(asked, "participant", default=lab.participant))
    label = text_of(asked, "continue", default="")
    if label:
        return _continued(lab, participant, label)
    protocol = _protocol(asked)
    session = _entered(lab, participant, protocol, asked)
    return RecordSettings(
        dataset=lab.dataset,
        participant=participant,
        protocol=protocol,
        session=session,
        new_session=True,
        lsl=yes_of(asked, "lsl"),
        lsl_wait_s=LSL_WAIT_S,
    )


def _protocol(asked: Mapping[str, Any]) -> Protocol:
    """What is done, as chosen from the list and changed."""
    # a page names protocols of this version only: a path typed there must not be read
    name = text_of(asked, "protocol")
    if name.endswith(".toml"):
        raise ParameterError("a page names a protocol of the list; use landing-lab record --protocol FILE for others")
    protocol = protocol_of(name)
    n_trials = number_of(asked, "n_trials")
    box_height_m = number_of(asked, "box_height_m")
    if n_trials is not None:
        if n_trials != int(n_trials):
            raise ParameterError(f"{n_trials:g} trials cannot be recorded; give a whole number")
        protocol = dataclasses.replace(protocol, n_trials=int(n_trials))
    if box_height_m is not None:
        protocol = dataclasses.replace(protocol, box_height_m=box_height_m)
    conditions, order = words_of(asked, "conditions"), text_of(asked, "order", default="") or None
    if conditions is not None or (order is not None and protocol.conditions):
        protocol = with_conditions(protocol, conditions or protocol.conditions, order)
    return protocol


def _entered(lab: Lab, participant: str, protocol: Protocol, asked: Mapping[str, Any]) -> SessionSettings:
    """What was entered beside the protocol; safe where nothing was."""
    mass_kg = number_of(asked, "mass_kg")
    if mass_kg is None and lab.athlete is not None and lab.athlete.participant == participant:
        mass_kg = lab.athlete.mass_kg
    max_duration_s = number_of(asked, "max_duration_s")
    return SessionSettings(
        mass_kg=mass_kg,
        box_height_m=protocol.box_height_m,
        max_duration_s=LONGEST_WAIT_S if max_duration_s is None else max_duration_s,
        accept_clean=yes_of(asked, "accept_clean"),
        operator=text_of(asked, "operator", default="") or None,
        note=text_of(asked, "note", default="") or None,
    )


def _continued(lab: Lab, participant: str, label: str) -> RecordSettings:
    for folder in Dataset(lab.dataset).resumable(participant):
        if folder.label != label:
            continue
        state = folder.read_state()
        protocol = protocol_left(state)
        if protocol is None:
            break
        stored = state.settings
        settings = {name: stored.get(name) for name in ("mass_kg", "box_height_m", "operator", "note")}
        if not all(isinstance(settings[name], str | None) for name in ("operator", "note")):
            break  # somebody has written in the file
        return RecordSettings(
            dataset=lab.dataset,
            participant=participant,
            protocol=protocol,
            session=SessionSettings(**settings),  # type: ignore[arg-type]
            continued=label,
        )
    raise ParameterError(
        f"session {label} of {participant} cannot be continued here; begin another, or use landing-lab record --session"
    )
