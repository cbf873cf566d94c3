"""What a dataset holds of repeats: per task and condition, and in plain words what can be estimated from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from landing_lab.analysis.condition_pairs import KNOWN_PAIRS, canonical
from landing_lab.errors import ParameterError
from landing_lab.io.dataset_names import session_order
from landing_lab.io.visible import visible

if TYPE_CHECKING:
    import pandas as pd

    from landing_lab.analysis.trial_table import TrialTable

LEAST_ATHLETES: Final = 5
"""Fewer athletes give no error that screening should use: the interval of an ICC would be most of its range."""
FEW_ATHLETES: Final = 15
"""With fewer the intervals are wide, and that is said."""
WANTED_TRIALS: Final = 5
"""Trials per session that the evidence asks for (evidence.md 1d: PMC2953289)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyDesign:
    """Repeats of one task in one condition ("" where there is none).

    athletes: with at least two trials in some session. repeated: of these, with two sessions or more. sessions: the
    largest number of one athlete. labels: of all sessions. trials: accepted trials per athlete and session, the fewest,
    the median, the most.
    """

    task: str
    condition: str
    athletes: int
    repeated: int
    sessions: int
    labels: tuple[str, ...]
    trials: tuple[int, int, int]

    @property
    def estimates_sessions(self) -> bool:
        """Whether what a day adds can be estimated."""
        return self.repeated >= LEAST_ATHLETES

    @property
    def possible(self) -> bool:
        """Whether anything can be estimated."""
        return self.athletes >= LEAST_ATHLETES

    @property
    def where(self) -> str:
        """Task and condition in words."""
        of = f", condition {visible(self.condition)}" if self.condition else ""
        return f"{visible(self.task)}{of}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, what can be estimated, what cannot, what would help."""
        low, middle, high = self.trials
        trials = f"{middle}" if low == high else f"{low} to {high}"
        sessions = "1 session each" if self.sessions == 1 else f"up to {self.sessions} sessions"
        found = (
            f"{self.where}: {_count(self.athletes, 'athlete')} with repeats, {sessions}, {trials} trials in a session."
        )
        return (found, self._can(), *self._advice())

    def _can(self) -> str:
        if not self.possible:
            return (
                f"Nothing can be estimated: {_count(self.athletes, 'athlete')} with two trials or more; "
                f"at least {LEAST_ATHLETES} are needed."
            )
        if self.estimates_sessions:
            return (
                f"Trial error and session error can be estimated ({self.repeated} athletes came back), so a change "
                f"between sessions can be judged."
            )
        came = "nobody came back" if self.repeated == 0 else f"only {_count(self.repeated, 'athlete')} came back"
        return (
            f"Trial error can be estimated. Session error cannot ({came}; {LEAST_ATHLETES} are needed): a change "
            f"between sessions cannot be judged by it."
        )

    def _advice(self) -> tuple[str, ...]:
        said = []
        if self.possible and self.athletes < FEW_ATHLETES:
            said.append(f"With fewer than {FEW_ATHLETES} athletes the intervals are wide; read them, not the values.")
        if self.possible and self.trials[1] < WANTED_TRIALS:
            said.append(f"Fewer than {WANTED_TRIALS} trials per session; {WANTED_TRIALS} or more are recommended.")
        return tuple(said)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def study_designs(table: TrialTable, *, sessions: Sequence[str] | None = None) -> tuple[StudyDesign, ...]:
    """Every task and condition of a table with what it holds, the one with the most repeats first.

    sessions: labels that count as repeats; all by default. Raises ParameterError where there is no trial, or a session
    is not there.
    """
    rows = table.rows if sessions is None else of_sessions(table.rows, sessions)
    trials = rows[["task", "condition", "participant", "session", "run"]].drop_duplicates()
    if trials.empty:
        raise ParameterError(
            "there is no accepted trial to learn from; record at least two trials of several athletes, then try again"
        )
    of_one = ["task", "condition"]
    counts = trials.groupby([*of_one, "participant", "session"], observed=True).size().rename("n").reset_index()
    found = [
        _design(str(group["task"].iloc[0]), str(group["condition"].iloc[0]), group)
        for _, group in counts.groupby(of_one, observed=True)
    ]
    return tuple(sorted(found, key=_best_first))


def _best_first(one: StudyDesign) -> tuple[int, int, bool, str, str]:
    """Most repeats first; among equals the reference condition of a known pair before its challenge."""
    challenge = canonical(one.condition) in {pair.second for pair in KNOWN_PAIRS}
    return -one.repeated, -one.athletes, challenge, one.task, one.condition


def of_sessions(rows: pd.DataFrame, sessions: Sequence[str]) -> pd.DataFrame:
    """Rows of some sessions. Raises ParameterError where one is not there."""
    there = sorted(set(rows["session"]), key=session_order)
    for one in sessions:
        if one not in there:
            raise ParameterError(
                f"no session is called {visible(one)!r}; there are {', '.join(map(visible, there[:12])) or 'none'}"
            )
    chosen: pd.DataFrame = rows[rows["session"].isin(list(sessions))]
    return chosen


def _design(task: str, condition: str, counts: pd.DataFrame) -> StudyDesign:
    """counts: participant, session, n of one task and condition."""
    most = counts.groupby("participant", observed=True)["n"].transform("max")
    used = counts[most >= 2]
    sessions = used.groupby("participant", observed=True).size().to_numpy(int)
    numbers = np.sort((used if len(used) else counts)["n"].to_numpy(int))
    return StudyDesign(
        task=task, condition=condition, athletes=len(sessions), repeated=int(np.count_nonzero(sessions >= 2)),
        sessions=int(sessions.max(initial=1)),
        labels=tuple(sorted({str(one) for one in used["session"]}, key=session_order)),
        trials=(int(numbers[0]), int(numbers[(len(numbers) - 1) // 2]), int(numbers[-1])),
    )  # fmt: skip


def choose_design(
    designs: Sequence[StudyDesign], *, task: str | None, condition: str | None
) -> tuple[StudyDesign, tuple[str, ...]]:
    """The one asked for, or the first; with a sentence on what else there is. Raises ParameterError for none."""
    left = [
        one
        for one in designs
        if (task is None or one.task == task) and (condition is None or one.condition == condition)
    ]
    if not left:
        there = "; ".join(one.where for one in designs)
        raise ParameterError(f"there is no trial of that task and condition; there is: {there}")
    others = "; ".join(one.where for one in left[1:])
    if not others:
        return left[0], ()
    said = (
        f"Tasks and conditions are never mixed: {left[0].where} is used, there is also {others} "
        f"(choose with task and condition)."
    )
    return left[0], (said,)
