"""Rows of two conditions: in which task, and each athlete's trials by session and condition."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from landing_lab.errors import ParameterError
from landing_lab.io.visible import visible

if TYPE_CHECKING:
    import pandas as pd

    from landing_lab.analysis.trial_table import TrialTable


def rows_of_both(
    table: TrialTable, first: str, second: str, *, participant: str | None = None, task: str | None = None
) -> pd.DataFrame:
    """Rows of both conditions in the one task in which they were recorded. Raises as compare_conditions."""
    if first == second:
        raise ParameterError(f"{visible(first)!r} cannot be compared with itself; name two conditions")
    rows = table.rows
    if participant is not None:
        rows = rows[rows["participant"] == participant]
    if task is not None:
        tasks = sorted(set(rows["task"]))
        rows = rows[rows["task"] == task]
        if rows.empty:
            there = ", ".join(map(visible, tasks)) or "none"
            raise ParameterError(f"no accepted trial is of the task {visible(str(task))!r}; there is {there}")
    known = sorted(set(rows["condition"]))
    for condition in (first, second):
        if condition not in known:
            there = (
                ", ".join(visible(one) for one in known if one)
                or "none (`landing-lab record --conditions` records them)"
            )
            raise ParameterError(f"no accepted trial has the condition {visible(condition)!r}; there is {there}")
    rows = rows[rows["condition"].isin([first, second])]
    tasks = sorted(set(rows[rows["condition"] == first]["task"]) & set(rows[rows["condition"] == second]["task"]))
    if len(tasks) != 1:
        told = "were recorded in different tasks" if not tasks else f"were recorded in {', '.join(map(visible, tasks))}"
        raise ParameterError(
            f"{visible(first)} and {visible(second)} {told}; tasks are not mixed"
            + ("; record both in one" if not tasks else "; name one with task")
        )
    chosen: pd.DataFrame = rows[rows["task"] == tasks[0]]
    return chosen


@dataclass(slots=True)
class ConditionSession:
    """Values and runs of one session of one athlete; True is the second condition, False the first."""

    trials: dict[bool, NDArray[np.float64]] = dataclasses.field(default_factory=dict)
    runs: dict[bool, NDArray[np.int64]] = dataclasses.field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether both conditions have a value."""
        return len(self.trials) == 2

    @property
    def second_later(self) -> bool:
        """Whether every trial of the second condition came after every one of the first."""
        return bool(self.runs[True].min() > self.runs[False].max())


def by_session(rows: pd.DataFrame, second: str) -> dict[str, dict[str, ConditionSession]]:
    """Athlete -> session -> values of both conditions, sorted by text: categories sort in any order."""
    if rows.empty:
        return {}
    who, when = (rows[column].astype(str).to_numpy(str) for column in ("participant", "session"))
    is_second, run = (rows["condition"] == second).to_numpy(bool), rows["run"].to_numpy(np.int64)
    order = np.lexsort((run, is_second, when, who))
    who, when, is_second, run = who[order], when[order], is_second[order], run[order]
    y = rows["value"].to_numpy(float)[order]
    changed = (who[1:] != who[:-1]) | (when[1:] != when[:-1]) | (is_second[1:] != is_second[:-1])
    starts = [0, *(np.flatnonzero(changed) + 1).tolist()]
    found: dict[str, dict[str, ConditionSession]] = {}
    for start, stop in zip(starts, [*starts[1:], len(y)], strict=True):
        session = found.setdefault(str(who[start]), {}).setdefault(str(when[start]), ConditionSession())
        session.trials[bool(is_second[start])] = y[start:stop]
        session.runs[bool(is_second[start])] = run[start:stop]
    return found
