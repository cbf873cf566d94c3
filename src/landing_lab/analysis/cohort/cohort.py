"""A dataset as a whole: its table of trials, norms, trends and queries, from one reading."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from landing_lab.analysis.cohort.collect import read_columns
from landing_lab.analysis.cohort.make_norms import make_norms
from landing_lab.analysis.cohort.norms import Norms
from landing_lab.analysis.cohort.query import query
from landing_lab.analysis.cohort.session_means import SessionMeans, session_means
from landing_lab.analysis.cohort.tidy_file import tidy_frame, write_tidy
from landing_lab.analysis.cohort.trends import Trend, trend
from landing_lab.analysis.cohort.trial_columns import TrialColumns, columns_of
from landing_lab.analysis.trial_table import TrialTable
from landing_lab.errors import ParameterError
from landing_lab.io.visible import snippet, visible

if TYPE_CHECKING:
    import pandas as pd

    from landing_lab.analysis.reliability.measurement_error import MeasurementError


@dataclass(frozen=True)
class Cohort:
    """All accepted trials of a dataset. participants, notes: as TrialTable has them."""

    columns: TrialColumns
    participants: pd.DataFrame
    notes: tuple[str, ...] = ()

    @cached_property
    def means(self) -> SessionMeans:
        """Mean of the trials of each session, task, condition, metric and side."""
        return session_means(self.columns)

    @cached_property
    def norms(self) -> Norms:
        """Spread of the athletes' means by sex and age, for groups of at least 30 athletes."""
        return make_norms(self.means, self.participants)

    def table(self) -> TrialTable:
        """The trials as every analysis reads them."""
        return TrialTable(self.columns.to_pandas(), self.participants, self.notes)

    def write(self, path: str | Path) -> Path:
        """Write the tidy table as Parquet. Raises RecordingError where the file cannot be written."""
        return write_tidy(self.columns, self.participants, Path(path))

    def trend(
        self,
        participant: str,
        name: str,
        side: str = "total",
        *,
        task: str | None = None,
        condition: str | None = None,
        error: MeasurementError | None = None,
    ) -> Trend | None:
        """One athlete over sessions (None where there is no value); by default in what the athlete did most often.

        error: what a change is judged by, as `landing-lab reliability` finds it. Raises ParameterError for an unknown
        participant.
        """
        people = sorted({one.participant for one in self.columns.trials})
        if participant not in people:
            raise ParameterError(
                f"participant {snippet(repr(participant))} has no accepted trial; there are {', '.join(people[:8])}"
                f"{' and more' if len(people) > 8 else ''}"
            )
        usual = self.usual(participant, task)
        if usual is None:
            return None
        chosen = (usual[0], usual[1] if condition is None else condition)
        return trend(self.means, participant, name, side, task=chosen[0], condition=chosen[1], error=error)

    def usual(self, participant: str, task: str | None = None) -> tuple[str, str] | None:
        """Task and condition that an athlete did in most sessions, then trials; None where there is none."""
        sessions: dict[tuple[str, str], set[str]] = {}
        trials: dict[tuple[str, str], int] = {}
        for one in self.columns.trials:
            if one.participant == participant and task in (None, one.task):
                sessions.setdefault((one.task, one.condition), set()).add(one.session)
                trials[one.task, one.condition] = trials.get((one.task, one.condition), 0) + 1
        return min(sessions, key=lambda key: (-len(sessions[key]), -trials[key], key)) if sessions else None

    def query(self, sql: str) -> pd.DataFrame:
        """The answer to one SELECT over the tables `trials` (tidy) and `participants`; read-only, no files.

        Raises ParameterError for anything else.
        """
        tables = {
            "trials": tidy_frame(self.columns, self.participants),
            "participants": self.participants.rename_axis("participant").reset_index(),
        }
        return query(sql, tables)


def cohort(dataset: str | Path | TrialTable, *, participant: str | None = None, derivatives: bool = False) -> Cohort:
    """All accepted trials of a dataset (or table, see read_trials), with norms, trends and queries.

    dataset: its path, or the TrialTable that read_trials made of it. Raises as read_trials does, and ParameterError
    for anything else.
    """
    if isinstance(dataset, TrialTable):
        return _cohort_of(dataset, participant)
    if not isinstance(dataset, str | Path):
        raise ParameterError(
            f"norms and cohorts are made of a dataset's folder or of what read_trials made of it; got a "
            f"{type(dataset).__name__}; give one of the two"
        )
    columns, people, notes = read_columns(Path(dataset), participant=participant, derivatives=derivatives)
    return Cohort(columns, people, notes)


def _cohort_of(table: TrialTable, participant: str | None) -> Cohort:
    """The cohort of trials that are read already."""
    columns = columns_of(table)
    if participant is not None:
        columns = columns.of([one.participant == participant for one in columns.trials])
        if not len(columns):
            raise ParameterError(f"participant {visible(participant)!r} has no trial in this table; check the name")
    return Cohort(columns, table.participants, table.notes)


def norms(dataset: str | Path | TrialTable, *, derivatives: bool = False) -> Norms:
    """Norms by sex and age out of the trials of a dataset, as `landing-lab cohort` writes them to norms.json.

    dataset: as in cohort. Raises as cohort does.
    """
    return cohort(dataset, derivatives=derivatives).norms
