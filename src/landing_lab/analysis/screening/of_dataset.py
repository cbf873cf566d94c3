"""One athlete's screening from a dataset folder, with everything that the laboratory keeps there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from landing_lab.analysis.cohort.collect import read_trials
from landing_lab.analysis.cohort.foreign_table import laboratory_folder
from landing_lab.analysis.cohort.norms import read_norms
from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.inputs.files import FILE_NAME, inputs_from, read_inputs, session_inputs
from landing_lab.analysis.reliability.error_file import read_error_file
from landing_lab.analysis.screening.references import Declared
from landing_lab.analysis.screening.screen import METRICS
from landing_lab.analysis.screening.screen import screen as screen_table
from landing_lab.analysis.screening.screening import Screening
from landing_lab.analysis.screening.session_facts import session_facts
from landing_lab.analysis.screening.settings import ScreeningSettings
from landing_lab.analysis.trial_table import as_folder
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_session import SessionFolder

if TYPE_CHECKING:
    from landing_lab.analysis.models.model_file import LocalModel

_LATER: Final = "What was entered is that of session {}, which has no accepted landing; the landings are of session {}."
_OLDER: Final = (
    "What was entered in session {} is not used for session {}: enter again what still holds (landing-lab inputs set)."
)


def screen(
    dataset: str | Path,
    participant: str,
    inputs: FieldInputs | Mapping[str, Any] | str | Path | None = None,
    *,
    reference: Declared | None = None,
    model: LocalModel | str | Path | None = None,
    settings: ScreeningSettings | None = None,
) -> Screening:
    """Screening of one athlete's newest session, judged by the dataset's own errors (reliability.json) and norms.

    inputs: as an object, plain values by name, or a file (TOML, JSON); None reads field_inputs.json of that session,
    or of a later one without landings. reference: baseline, local or published; None is local where there are norms,
    else baseline. model: the laboratory's own, or its file. Raises ParameterError for an unknown athlete or reference,
    FileFormatError for a damaged file.
    """
    from landing_lab.analysis.models.model_file import read_model

    folder = as_folder(dataset)
    table = read_trials(folder, participant=participant)
    used = read_model(model) if isinstance(model, (str, Path)) else model
    newest = _newest(laboratory_folder(folder), participant, table.rows["session"])
    entered, notes = _inputs(laboratory_folder(folder), newest, inputs)
    return screen_table(
        replace(table, notes=(*table.notes, *notes)), participant, inputs=entered, errors=read_error_file(folder),
        norms=read_norms(folder), reference=reference, model=used, settings=settings,
        facts=None if newest is None else session_facts(newest.path, METRICS),
    )  # fmt: skip


def _newest(folder: Path, participant: str, sessions: Any) -> SessionFolder | None:
    """The newest session with trials; None where the trials are in no folder of their own."""
    with_trials = set(sessions.astype(str))
    found = reversed(Dataset(folder).sessions(participant))
    return next((session for session in found if session.label in with_trials), None)


def _inputs(folder: Path, newest: SessionFolder | None, inputs: Any) -> tuple[FieldInputs | None, tuple[str, ...]]:
    """What is given, or was entered since the newest session with trials began; and what is to be said of it."""
    if isinstance(inputs, FieldInputs):
        return inputs, ()
    if isinstance(inputs, Mapping):
        return inputs_from(inputs), ()
    if inputs is not None:
        return read_inputs(inputs), ()
    if newest is None:
        return None, ()
    sessions = Dataset(folder).sessions(newest.participant)
    at = [session.label for session in sessions].index(newest.label)
    for session in reversed(sessions[at:]):  # symptoms are entered also where no landing was accepted
        if (found := session_inputs(session.path)) is not None:
            later = () if session.label == newest.label else (_LATER.format(session.label, newest.label),)
            return found, later
    older = [session.label for session in sessions[:at] if (session.path / FILE_NAME).is_file()]
    return None, (_OLDER.format(older[-1], newest.label),) if older else ()
