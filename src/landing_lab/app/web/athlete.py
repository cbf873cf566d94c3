"""Who jumps, as it is entered on the page: a pseudonym, and what no sensor can know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from landing_lab.app.web.entered import number_of, text_of
from landing_lab.detect.inputs import MASS_KG, check_range
from landing_lab.errors import LandingLabError, ParameterError
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_names import check_pseudonym

HISTORY: Final = ("prior_injury", "prior_injury_side", "prior_injury_reconstructed")
"""Entries of the analysis layer that are asked for before a session: they hold from one session to the next."""

ALIKE: Final = str.maketrans({"o": "0", "i": "1", "l": "1"})
"""Signs that are taken for each other in handwriting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Athlete:
    """A participant and what was entered; entries: of `FieldInputs`, empty where nobody asked."""

    participant: str
    mass_kg: float | None = None
    entries: Mapping[str, Any] = field(default_factory=dict)


def athlete_wanted(dataset: Dataset, asked: Mapping[str, Any]) -> tuple[Athlete, list[str]]:
    """Who was entered, and whose pseudonyms look like that of a new athlete.

    Raises ParameterError where it is no pseudonym, a new one is taken, or an entry is wrong.
    """
    participant = check_pseudonym(text_of(asked, "participant"))
    known = dataset.names() if dataset.exists else []
    dataset.sessions(participant)  # refuses a folder that leads out of the dataset
    near: list[str] = []
    if asked.get("new") is True:
        if participant in known:
            raise ParameterError(f"{participant} is in this dataset already; choose it from the list, or another one")
        near = looks_like(participant, known)
        same = [one for one in near if one.lower() == participant.lower()]
        if same:
            raise ParameterError(
                f"{participant} differs from {same[0]} only in upper and lower case, which some disks cannot tell "
                f"apart; choose {same[0]} or another pseudonym"
            )
    elif participant not in known:
        raise ParameterError(f"{participant} is not in this dataset; enter it as a new athlete")
    mass_kg = number_of(asked, "mass_kg")
    check_range("the body mass", mass_kg, *MASS_KG, unit="kg")
    entries = {name: asked[name] for name in HISTORY if asked.get(name) not in (None, "")}
    if entries.get("prior_injury") == "none":
        entries = {"prior_injury": "none"}
    if entries:
        entries = checked_entries(entries if mass_kg is None else {**entries, "mass_kg": mass_kg})
    return Athlete(participant=participant, mass_kg=mass_kg, entries=entries), near


def checked_entries(entries: Mapping[str, Any]) -> dict[str, Any]:
    """Entries as the analysis layer takes them. Raises ParameterError in one sentence where one is wrong."""
    from landing_lab.analysis.inputs.files import entries_of, inputs_from

    return entries_of(inputs_from(entries))


def looks_like(participant: str, known: Iterable[str]) -> list[str]:
    """Those who are taken for each other: P7 and P07, PO7 and P07, p07 and P07."""
    wanted = _plain(participant)
    return [one for one in known if one != participant and _plain(one) == wanted]


def _plain(name: str) -> str:
    """A pseudonym without what is misread: case, zeros before a number, letters that look like digits."""
    return re.sub(r"0+(?=[0-9])", "", name.lower().translate(ALIKE))


def keep_entries(session_folder: Path, athlete: Athlete, *, by: str | None) -> None:
    """Put what was entered beside a session that begins. Raises RecordingError where the disk does not take it."""
    if not athlete.entries:
        return
    from landing_lab.analysis.inputs.files import inputs_from, write_session_inputs

    write_session_inputs(session_folder, inputs_from(athlete.entries), by=by)


def history_of(session_folders: Iterable[Path]) -> dict[str, Any]:
    """The history that was entered last, of sessions from oldest to newest; empty where nobody asked."""
    from landing_lab.analysis.inputs.files import entries_of, session_inputs

    for folder in reversed(list(session_folders)):
        try:
            inputs = session_inputs(folder)
        except LandingLabError:
            continue
        if inputs is not None:
            found = entries_of(inputs)
            return {name: found[name] for name in HISTORY if name in found}
    return {}
