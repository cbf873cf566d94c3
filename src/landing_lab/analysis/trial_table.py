"""The one table that every analysis reads: a row per trial, metric and side, of one athlete or of a thousand."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from landing_lab.errors import ParameterError
from landing_lab.io.visible import snippet

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

TRIAL: Final = ("participant", "session", "run", "task", "condition")
"""What tells one trial from another. condition is "" where the protocol has none."""
COLUMNS: Final = (*TRIAL, "name", "side", "value", "unit", "sd", "status")
"""participant, session: labels without "sub-" and "ses-". value and sd are NaN where refused."""

LEAST_TRIALS: Final = 3
"""A mean of fewer trials of a session or condition is shown at most, never judged by (evidence.md 1d, 2b)."""


@dataclass(frozen=True, slots=True, eq=False)
class TrialTable:
    """Accepted trials in tidy form, and what is known of the athletes.

    rows: data frame with COLUMNS. participants: data frame indexed by participant with what participants.tsv says
    (sex, age_years, mass_kg, team, ...); empty where nothing is known. notes: sentences on what could not be read or
    was left out.
    """

    rows: pd.DataFrame
    participants: pd.DataFrame
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        missing = [name for name in COLUMNS if name not in self.rows.columns]
        if missing:
            raise ParameterError(
                f"a table of trials needs the columns {', '.join(COLUMNS)}; {missing[0]} is missing; read a dataset "
                f"with landing_lab.read_trials"
            )

    def of(self, name: str, side: str, *, condition: str | None = None) -> pd.DataFrame:
        """Rows with a value of one metric and side; of one condition where it is named."""
        rows = self.rows
        chosen = (rows["name"] == name) & (rows["side"] == side) & rows["value"].notna()
        if condition is not None:
            chosen &= rows["condition"] == condition
        return rows[chosen]


def table_of(given: TrialTable | str | Path) -> TrialTable:
    """The table itself, or that of a dataset by its folder. Raises ParameterError for anything else, as read_trials."""
    if isinstance(given, TrialTable):
        return given
    from landing_lab.analysis.cohort.collect import read_trials

    return read_trials(given)


def as_folder(given: str | Path) -> Path:
    """A path that a person or program gave. Raises ParameterError where it is none."""
    from pathlib import Path

    if not isinstance(given, (str, os.PathLike)) or not str(given).strip():
        raise ParameterError(f"a dataset is named by the path of its folder; got {snippet(repr(given))}")
    return Path(given)


def metric_names(names: Collection[str] | str | None) -> tuple[str, ...] | None:
    """Names of metrics that were asked for, one or several; None means all. Raises ParameterError where one is none."""
    if names is None:
        return None
    several = (names,) if isinstance(names, str) else names
    if not isinstance(several, Collection) or not all(isinstance(one, str) for one in several):
        raise ParameterError(f"metrics are named by texts, such as 'contact_time_s'; got {snippet(repr(names))}")
    return tuple(several)
