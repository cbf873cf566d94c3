"""Some sessions of a dataset in, their trials as columns out: the same function in a process and on a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from landing_lab.analysis.cohort.collect import SESSIONS_PER_BATCH, batches
from landing_lab.analysis.cohort.session_rows import Unread, in_order, session_rows
from landing_lab.analysis.cohort.sessions import check_dataset, known_sessions
from landing_lab.analysis.cohort.trial_columns import TrialColumns, no_trials
from landing_lab.errors import LandingLabError
from landing_lab.io.dataset_session import SessionFolder

SESSIONS_TO_COMPUTE: Final = 4
"""Seconds of analysis, so that the end of a process costs no more than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortBatch:
    """Sessions to collect. number: place of the batch, and of a part of it that was tried alone.

    derivatives: prefer numbers computed again. recompute: analyse the raw files, whatever is stored.
    """

    number: tuple[int, int]
    dataset: Path
    sessions: tuple[SessionFolder, ...]
    derivatives: bool = False
    recompute: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDone:
    """Accepted trials of a batch, in the order of its sessions, and sentences on what was odd or left out."""

    number: tuple[int, int]
    n_sessions: int
    columns: TrialColumns
    notes: tuple[str, ...]
    n_computed: int = 0


def cut(dataset: Path, folders: Sequence[SessionFolder], *, derivatives: bool, recompute: bool) -> list[CohortBatch]:
    """Batches of sessions in their order; the result does not depend on where they are cut."""
    return [
        CohortBatch(
            number=(number, 0), dataset=dataset, sessions=sessions, derivatives=derivatives, recompute=recompute
        )
        for number, sessions in enumerate(batches(folders, SESSIONS_TO_COMPUTE if recompute else SESSIONS_PER_BATCH))
    ]


def collect_batch(batch: CohortBatch) -> BatchDone:
    """Read the stored numbers of the sessions; analyse the raw files where there are none, or where that is asked for.

    Raises ParameterError where this computer does not see the dataset.
    """
    check_dataset(batch.dataset)
    notes: list[str] = []
    sessions = list(known_sessions(batch.dataset, batch.sessions, derivatives=batch.derivatives, notes=notes))
    unread: list[Unread] = []
    if batch.recompute:
        unread = [Unread(session, "its raw files cannot be analysed") for session in sessions if session.accepted]
        parts = [no_trials()]
    else:
        parts = [session_rows(sessions, notes, unread)]
    computed = [_computed(one, batch.dataset, notes) for one in unread]
    parts += [columns for columns in computed if columns is not None]
    return BatchDone(
        number=batch.number,
        n_sessions=len(batch.sessions),
        columns=parts[0] if len(parts) == 1 else in_order(parts, sessions),
        notes=tuple(notes),
        n_computed=sum(columns is not None for columns in computed),
    )


def _computed(unread: Unread, dataset: Path, notes: list[str]) -> TrialColumns | None:
    """The trials of a session from its raw files; None and a note where that cannot be done."""
    from landing_lab.app.cohort.raw_trials import raw_columns

    try:
        return raw_columns(unread.session, dataset, notes)
    except LandingLabError as error:
        notes.append(f"{unread.sentence} ({error})")
    return None


def one_by_one(batch: CohortBatch) -> list[CohortBatch]:
    """Each session of a batch alone."""
    return [replace(batch, number=(batch.number[0], at), sessions=(one,)) for at, one in enumerate(batch.sessions)]


def lost(batch: CohortBatch) -> BatchDone:
    """The result of a session that ends every process that tries it."""
    session = batch.sessions[0]
    note = (
        f"sub-{session.participant} ses-{session.label} was left out: the process at it ended without a result "
        f"(a library crashed on it, or it took more memory than is free); compute it alone with landing-lab reanalyse"
    )
    return BatchDone(number=batch.number, n_sessions=1, columns=no_trials(), notes=(note,))
