"""cohort.parquet: all trials of a dataset in one tidy table, for any program that reads Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from landing_lab.analysis.cohort.participants import persons
from landing_lab.analysis.cohort.trial_columns import STATUSES, TrialColumns
from landing_lab.io.parquet_file import write_query

if TYPE_CHECKING:
    import pandas as pd

NAME: Final = "cohort.parquet"
COLUMNS: Final = (
    "participant", "session", "run", "task", "condition", "name", "side", "value", "unit", "sd", "status", "sex",
    "age_years", "mass_kg", "source", "landing", "recorded_at",
)  # fmt: skip


def write_tidy(columns: TrialColumns, participants: pd.DataFrame, path: Path) -> Path:
    """Write one row per trial, metric and side; NULL where refused or not known. The same rows give the same bytes.

    Raises RecordingError where the file cannot be written.
    """
    query = f"SELECT {', '.join(COLUMNS)} FROM rows_here"  # noqa: S608 - our own names
    return write_query(query, {"rows_here": tidy_frame(columns, participants)}, path)


def tidy_frame(columns: TrialColumns, participants: pd.DataFrame) -> pd.DataFrame:
    """The rows as a data frame whose texts are categories, which DuckDB reads without a copy of each."""
    import pandas as pd

    people = [one.participant for one in columns.trials]
    frame: dict[str, Any] = {
        name: _category([getattr(one, name) for one in columns.trials], columns.trial)
        for name in ("participant", "session", "task", "condition", "source", "recorded_at")
    }
    for name in ("run", "landing"):
        frame[name] = np.array([getattr(one, name) for one in columns.trials], np.int32)[columns.trial]
    for name in ("name", "side", "unit"):
        frame[name] = _category([getattr(one, name) for one in columns.metrics], columns.metric)
    frame["status"] = _category(STATUSES, columns.status)
    known = persons(participants)
    sex_and_age = [known.get(one, (None, None)) for one in people]
    frame["sex"] = _category([sex for sex, _ in sex_and_age], columns.trial)
    frame["age_years"] = np.array([age for _, age in sex_and_age], np.float64)[columns.trial]  # None becomes NaN
    frame["mass_kg"] = np.array(_masses(participants, people), np.float64)[columns.trial]
    return pd.DataFrame({**frame, "value": columns.value, "sd": columns.sd})


def _masses(participants: pd.DataFrame, people: Sequence[str]) -> list[Any]:
    """Mass of each of these people, NaN where it is not known."""
    known = participants["mass_kg"].to_dict() if "mass_kg" in participants.columns else {}
    return [known.get(one, np.nan) for one in people]


def _category(values: Sequence[str | None], places: Any) -> Any:
    """A column of texts out of the few that there are, which are sorted as texts are; None is missing."""
    import pandas as pd

    numbers = {one: number for number, one in enumerate(sorted({one for one in values if one is not None}))}
    codes = np.array([-1 if one is None else numbers[one] for one in values], np.int32)
    return pd.Categorical.from_codes(codes[places], pd.Index(list(numbers), dtype="str"))
