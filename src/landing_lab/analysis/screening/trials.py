"""The trials of one athlete as arrays per session: two-legged landings of one kind, without a challenge."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from landing_lab.analysis.plain_landings import Did, plain_landings
from landing_lab.analysis.trial_table import TrialTable
from landing_lab.io.dataset_names import session_order

if TYPE_CHECKING:
    import pandas as pd

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AthleteTrials:
    """Values of (name, side, session); sessions oldest first; did: the task and condition that all of them are of.

    trials: which trial each value is of. stated_var: sum of the squared standard deviations that the metrics gave with
    them. flagged: how many of them carry a reservation. notes: which other plain landings were left out.
    """

    sessions: tuple[str, ...]
    did: Did | None
    values: Mapping[tuple[str, str, str], Values]
    trials: Mapping[tuple[str, str, str], tuple[tuple[str, int], ...]]
    stated_var: Mapping[tuple[str, str, str], float]
    flagged: Mapping[tuple[str, str, str], int]
    notes: tuple[str, ...]

    @property
    def task(self) -> str | None:
        """Task as it was recorded; None where there is no such landing."""
        return None if self.did is None else self.did.task

    def of(self, name: str, side: str, session: str) -> Values:
        """Values of one session in the order of trials; empty where there is none."""
        return self.values.get((name, side, session), np.empty(0))

    def unseen(self, name: str, side: str, session: str, trial_sd: float) -> float:
        """Error that the metrics state beyond what trials differ by: it is the same in all of them, so it stays."""
        key = (name, side, session)
        return math.sqrt(max(self.stated_var[key] / len(self.values[key]) - trial_sd**2, 0.0))

    def earlier(self, session: str) -> tuple[str, ...]:
        """Sessions before this one, oldest first."""
        return self.sessions[: self.sessions.index(session)]


def athlete_trials(table: TrialTable, participant: str, names: frozenset[str]) -> AthleteTrials:
    """Trials of one athlete for the named metrics, of the plain landing that the newest session has most of."""
    rows = table.rows[table.rows["participant"] == participant]
    sessions = tuple(sorted(set(rows["session"].astype(str)), key=session_order))
    rows = rows[rows["name"].isin(names) & rows["value"].notna()]
    rows, did, notes = plain_landings(rows, session=sessions[-1] if sessions else None)
    return _as_arrays(rows, sessions, did, notes)


def _as_arrays(rows: pd.DataFrame, sessions: tuple[str, ...], did: Did | None, notes: tuple[str, ...]) -> AthleteTrials:
    """By plain dictionaries: a group-by costs more than everything else in a screening."""
    collected: dict[tuple[str, str, str], list[float]] = {}
    trials: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
    stated: dict[tuple[str, str, str], float] = {}
    flagged: dict[tuple[str, str, str], int] = {}
    columns = (rows[name].tolist() for name in ("name", "side", "session", "task", "run", "value", "sd", "status"))
    for name, side, session, task, run, value, sd, status in zip(*columns, strict=True):
        key = (str(name), str(side), str(session))
        collected.setdefault(key, []).append(float(value))
        trials.setdefault(key, []).append((str(task), int(run)))
        stated[key] = stated.get(key, 0.0) + (float(sd) ** 2 if math.isfinite(sd) else 0.0)
        flagged[key] = flagged.get(key, 0) + (status != "ok")
    values = {key: np.asarray(found) for key, found in collected.items()}
    which = {key: tuple(found) for key, found in trials.items()}
    return AthleteTrials(sessions, did, values, which, stated, flagged, notes)
