"""Curves of a dataset: of its accepted trials of one task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from landing_lab.analysis.cohort.collect import dataset_sessions
from landing_lab.analysis.cohort.sessions import check_dataset, known_sessions
from landing_lab.analysis.cohort.trial_columns import TrialKey
from landing_lab.analysis.waveforms.curves import CurveSet, PhaseName, Registration, Signal
from landing_lab.analysis.waveforms.measured_trial import INSOLES, MeasuredTrial, measured, stored
from landing_lab.analysis.waveforms.normalise import Label, check_names, normalise
from landing_lab.errors import LandingLabError, ParameterError
from landing_lab.io.dataset_session import SessionFolder
from landing_lab.io.visible import quoted_path
from landing_lab.model.channels import Side
from landing_lab.model.result import Result, TrialResult

_MOST_TOLD: Final = 3


def normalise_waveforms(
    source: str | Path | TrialResult | Result,
    *,
    signal: Signal = "force_total",
    phase: PhaseName = "contact",
    registration: Registration = "linear",
    task: str | None = None,
    condition: str | None = None,
) -> CurveSet:
    """Curves over a phase, 101 points each, of a dataset's accepted trials or of one analysis.

    source: folder of a dataset, or what landing_lab.analyse gave back. task, condition: of a dataset, only trials
    recorded as such; where it holds several tasks, one must be named. Raises ParameterError where the folder is no
    dataset or nothing was asked for that exists.
    """
    check_names(signal, phase, registration)
    if isinstance(source, (TrialResult, Result)):
        results = source.trials if isinstance(source, Result) else (source,)
        labelled = (
            (Label(participant="this", session="01", run=one.index + 1, task=one.task, condition=""), measured(one))
            for one in results
        )
        return normalise(labelled, signal, phase, registration=registration)
    trials, notes = chosen_trials(Path(source), task=task, condition=condition)
    side: Side = "left" if signal.endswith("left") else "right"
    insole = side if signal.startswith("cop_ml") else None
    return normalise(_stored_trials(trials, insole), signal, phase, registration=registration).noted(notes)


def chosen_trials(
    folder: Path, *, task: str | None, condition: str | None
) -> tuple[list[tuple[SessionFolder, TrialKey]], list[str]]:
    """Accepted trials of one task (and condition), and sentences on the sessions that were left out or rebuilt.

    Raises ParameterError where there is none, or which is unclear.
    """
    dataset, notes = check_dataset(folder), list[str]()
    shown = quoted_path(str(folder))
    folders = dataset_sessions(dataset, None, notes)
    by_label = {(one.participant, one.label): one for one in folders}
    found = [
        (by_label[session.participant, session.label], trial)
        for session in known_sessions(dataset.path, folders, derivatives=False, notes=notes)
        for trial in session.accepted.values()
    ]
    said = "".join(f"; {note}" for note in notes[:_MOST_TOLD])
    tasks = sorted({trial.task for _, trial in found})
    if task is None and len(tasks) > 1:
        raise ParameterError(f"{shown} holds the tasks {', '.join(tasks)}; curves are of one task: name it with --task")
    kept = [(session, trial) for session, trial in found if task is None or trial.task == task]
    if not kept:
        which = f" of task {task!r}" if task else ""
        raise ParameterError(f"{shown} has no accepted trial{which}; it has {', '.join(tasks) or 'none'}{said}")
    conditions = sorted({trial.condition for _, trial in kept})
    if condition is not None:
        kept = [(session, trial) for session, trial in kept if trial.condition == condition]
        if not kept:
            raise ParameterError(
                f"{shown} has no accepted trial of condition {condition!r}; it has "
                f"{', '.join(one or '(none)' for one in conditions)}{said}"
            )
    return kept, notes


def _stored_trials(
    trials: list[tuple[SessionFolder, TrialKey]], insole: Side | None
) -> Iterator[tuple[Label, MeasuredTrial | str]]:
    for session, trial in trials:
        label = Label(
            participant=session.participant, session=session.label, run=trial.run, task=trial.task,
            condition=trial.condition,
        )  # fmt: skip
        try:
            stem = session.trial_stem(trial.task, trial.run)
            description = stem.with_name(f"{stem.name}.json")
            if not description.is_file():
                yield label, _not_stored(session, trial)
                continue
            yield label, stored(description, insole=insole if insole in INSOLES else None)
        except (LandingLabError, OSError) as error:
            yield label, str(error)


def _not_stored(session: SessionFolder, trial: TrialKey) -> str:
    """Why there is no curve of a trial whose numbers alone are there, and what helps."""
    if session.raw_path(trial.task, trial.run).is_file():
        return "its curve is not stored; landing-lab reanalyse makes it from the raw file"
    return "its curve is not stored, nor its raw file to make it from; copy the raw files into the dataset"
