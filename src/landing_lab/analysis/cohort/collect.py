"""A dataset folder as one table of trials: what its sessions computed, of accepted trials only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from landing_lab.analysis.cohort.foreign_table import foreign_table, read_table
from landing_lab.analysis.cohort.one_unit import in_one_unit
from landing_lab.analysis.cohort.participants import read_participants
from landing_lab.analysis.cohort.session_rows import Unread, session_rows
from landing_lab.analysis.cohort.sessions import (
    check_dataset,
    check_participant,
    known_sessions,
    participants_of,
    session_folders,
)
from landing_lab.analysis.cohort.trial_columns import TrialColumns, joined
from landing_lab.analysis.trial_table import TrialTable, as_folder
from landing_lab.io.dataset import Dataset
from landing_lab.io.dataset_session import SessionFolder

if TYPE_CHECKING:
    import pandas as pd

SESSIONS_PER_BATCH: Final = 64
"""Read at a stretch: enough that a query's beginning is nothing, few enough that memory stays small."""
ReadSessions: TypeAlias = Callable[[Path, Sequence[SessionFolder], list[str]], TrialColumns]
"""Dataset and sessions in; their accepted trials out, sentences on what is odd into the list."""


def read_trials(dataset: str | Path, *, participant: str | None = None, derivatives: bool = False) -> TrialTable:
    """Every accepted trial of a dataset, or of one participant of it.

    dataset: the folder; or a table of metrics that `landing-lab analyse FOLDER`, `landing-lab cohort` or
    export_metrics wrote (.parquet, .csv, or the folder with metrics.parquet), where the names of the files say whose
    they are (sub-P07_ses-01_task-dropJump_run-01.c3d) and participants.tsv may lie beside it. derivatives: prefer what
    this version computed again (derivatives/landing-lab-<version>) over what a session stored. Verdict and condition
    are those of session.json. A further landing in one raw file is a trial of its own, with a run number that no file
    of its session has. What cannot be read is left out and named in `notes`; so are values in
    another unit than most of their metric.

    Raises ParameterError where the folder is no dataset or has no such participant, FileFormatError where a table
    cannot be read.
    """
    columns, people, notes = read_columns(dataset, participant=participant, derivatives=derivatives)
    return TrialTable(columns.to_pandas(), people, notes)


def read_columns(
    dataset: str | Path, *, participant: str | None = None, derivatives: bool = False, read: ReadSessions | None = None
) -> tuple[TrialColumns, pd.DataFrame, tuple[str, ...]]:
    """What read_trials reads, as columns, with what is known of the participants, and notes. Raises as it does.

    read: how the sessions of a dataset are read, such as by several processes; by default here, one after the other.
    """
    dataset = as_folder(dataset)
    notes: list[str] = []
    table = foreign_table(dataset)
    if table is not None:
        columns = in_one_unit(_of_table(table, participant, notes), notes)
        return columns, read_participants(table.parent, notes), tuple(notes)
    found = check_dataset(dataset)
    folders = dataset_sessions(found, participant, notes)
    if read is not None:
        columns = read(found.path, folders, notes)
    else:
        own = [read_sessions(found.path, batch, derivatives=derivatives, notes=notes) for batch in batches(folders)]
        columns = joined(own)
    columns = in_one_unit(columns, notes)
    return columns, read_participants(found.path, notes), tuple(notes)


def dataset_sessions(dataset: Dataset, participant: str | None, notes: list[str]) -> list[SessionFolder]:
    """Sessions of everybody, or of one; in order of participant and session.

    Raises ParameterError where the dataset has no such participant.
    """
    people = participants_of(dataset, participant, notes)
    lower: dict[str, str] = {}
    for one in people:
        other = lower.setdefault(one.lower(), one)
        if other != one:
            notes.append(f"{other} and {one} differ only in upper and lower case; they count as two participants")
    return [session for one in people for session in session_folders(dataset, one, notes)]


def batches(folders: Sequence[SessionFolder], size: int = SESSIONS_PER_BATCH) -> Iterator[tuple[SessionFolder, ...]]:
    """Sessions in batches; where they are cut depends on nothing but their order."""
    return (tuple(folders[at : at + size]) for at in range(0, len(folders), size))


def read_sessions(
    dataset: Path, folders: Sequence[SessionFolder], *, derivatives: bool, notes: list[str]
) -> TrialColumns:
    """Accepted trials of sessions as columns; what is odd goes to notes."""
    unread: list[Unread] = []
    found = session_rows(list(known_sessions(dataset, folders, derivatives=derivatives, notes=notes)), notes, unread)
    notes += [one.sentence for one in unread]
    return found


def _of_table(path: Path, participant: str | None, notes: list[str]) -> TrialColumns:
    columns = read_table(path, notes)
    if participant is None:
        return columns
    check_participant(participant, sorted({one.participant for one in columns.trials}), path)
    return columns.of([one.participant == participant for one in columns.trials])
