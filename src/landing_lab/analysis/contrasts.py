"""Two conditions compared: for one athlete against the error of a trial, for a group by athletes, never by trials."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.condition_pairs import ConditionPair, known_pair
from landing_lab.analysis.contrast_rows import by_session, rows_of_both
from landing_lab.analysis.paired_statistics import PairedResult, holm, paired_comparison, welch_of_sessions
from landing_lab.analysis.reliability.measurement_error import Z95, MeasurementError
from landing_lab.analysis.trial_table import LEAST_TRIALS
from landing_lab.io.visible import visible

if TYPE_CHECKING:
    import pandas as pd

    from landing_lab.analysis.trial_table import TrialTable

Judgement: TypeAlias = Literal["real", "within_error", "not_judged"]
Status: TypeAlias = Literal["ok", "flagged", "refused"]

LEAST_ATHLETES: Final = 3
SIGN_FLIP_ATHLETES: Final = 6
"""With fewer, no assignment of signs is rarer than 5 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AthleteContrast:
    """One athlete: second minus first, of trials of the same session; several sessions count equally.

    n_least: fewest trials of a condition in a session; with fewer than LEAST_TRIALS nothing is judged.
    low, high: 95 % interval by Welch from the athlete's own trials; p of the same test; nan where a condition has one
    trial. detectable: least real difference of so many trials by the measurement error; None where no error is known.
    judgement "real" is beyond it; "not_judged" has a reason.
    """

    participant: str
    sessions: tuple[str, ...]
    n_first: int
    n_second: int
    n_least: int
    mean_first: float
    mean_second: float
    difference: float
    low: float
    high: float
    p: float
    detectable: float | None
    judgement: Judgement
    reason: str
    second_always_later: bool

    @property
    def counts(self) -> bool:
        """Whether there are trials enough to judge by, and to be one of a group."""
        return self.n_least >= LEAST_TRIALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One metric and side in two conditions, in `unit`.

    pair: what is known of this pair, None for one of the laboratory's own. athletes: those with both conditions in one
    session. group: means of athletes with LEAST_TRIALS compared, None where they are too few or one
    athlete was asked for. p_holm: the
    group's p of the sign-flip test, adjusted for all contrasts asked for together. error: what was judged by. reason:
    why it is refused or flagged.
    """

    name: str
    side: str
    unit: str
    task: str
    first: str
    second: str
    pair: ConditionPair | None
    athletes: tuple[AthleteContrast, ...]
    group: PairedResult | None
    p_holm: float | None
    error: MeasurementError | None
    status: Status
    reason: str
    notes: tuple[str, ...]

    def of(self, participant: str) -> AthleteContrast | None:
        """What was found for one athlete."""
        return next((one for one in self.athletes if one.participant == participant), None)


def compare_conditions(
    table: TrialTable,
    name: str,
    side: str,
    first: str,
    second: str,
    *,
    participant: str | None = None,
    error: MeasurementError | None = None,
    task: str | None = None,
) -> Contrast:
    """Compare one metric of one side between two conditions of the same sessions; second minus first.

    participant: only that athlete. error: of one trial, in the metric's unit; "real" means beyond its least detectable
    difference within a session. task: needed where the conditions were recorded in several. A metric without values in
    both conditions is a refused contrast with its reason. Raises ParameterError where the conditions are the same or
    not in the table.
    """
    rows = rows_of_both(table, first, second, participant=participant, task=task)
    of_metric = rows[(rows["name"] == name) & (rows["side"] == side)]
    return contrast_of_rows(
        of_metric, name, side, first, second, task=str(rows["task"].iloc[0]), participant=participant, error=error
    )


def contrast_of_rows(
    rows: pd.DataFrame,
    name: str,
    side: str,
    first: str,
    second: str,
    *,
    task: str,
    participant: str | None = None,
    error: MeasurementError | None = None,
) -> Contrast:
    """The same from rows of this metric, side and task alone, which rows_of_both gave."""
    unit = str(rows["unit"].iloc[0]) if len(rows) else ""
    athletes = _athletes(rows[rows["value"].notna()], second, error)
    group = None
    counted = [one for one in athletes if one.counts]
    if participant is None and len(counted) >= LEAST_ATHLETES:
        group = paired_comparison(
            np.array([one.mean_first for one in counted]), np.array([one.mean_second for one in counted])
        )
    pair = known_pair(first, second)
    status, reason = _status(name, side, athletes, group, participant, (first, second))
    return Contrast(
        name=name, side=side, unit=unit, task=task, first=first, second=second, pair=pair, athletes=athletes,
        group=group, p_holm=None if group is None else group.p_sign_flip, error=error, status=status, reason=reason,
        notes=_notes(athletes, pair, group, error, (first, second), participant),
    )  # fmt: skip


def adjusted(contrasts: Sequence[Contrast]) -> tuple[Contrast, ...]:
    """The same contrasts with the group's p adjusted for all of them (Holm 1979)."""
    p = holm([math.nan if one.group is None else one.group.p_sign_flip for one in contrasts])
    return tuple(
        dataclasses.replace(one, p_holm=None if math.isnan(value) else value)
        for one, value in zip(contrasts, p, strict=True)
    )


def _athletes(rows: pd.DataFrame, second: str, error: MeasurementError | None) -> tuple[AthleteContrast, ...]:
    found = []
    for participant, sessions in by_session(rows, second).items():
        whole = {label: one for label, one in sessions.items() if one.is_whole}
        if whole:
            pairs = [(one.trials[False], one.trials[True]) for one in whole.values()]
            later = all(one.second_later for one in whole.values())
            found.append(_athlete(participant, tuple(whole), pairs, error, later=later))
    return tuple(found)


def _athlete(
    participant: str,
    sessions: tuple[str, ...],
    pairs: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
    error: MeasurementError | None,
    *,
    later: bool,
) -> AthleteContrast:
    gap, low, high, p = welch_of_sessions(pairs)
    detectable = None if error is None else _detectable(pairs, error)
    least = min(min(len(one), len(two)) for one, two in pairs)
    if least < LEAST_TRIALS:
        judgement: Judgement = "not_judged"
        reason = f"{least} trial{'s' * (least > 1)} of a condition in a session; {LEAST_TRIALS} are needed to judge"
    elif detectable is None:
        judgement, reason = "not_judged", "the error of a trial is not known; run `landing-lab reliability` first"
    else:
        judgement, reason = ("real" if abs(gap) > detectable else "within_error"), ""
    return AthleteContrast(
        participant=participant, sessions=sessions, n_first=sum(len(one) for one, _ in pairs),
        n_second=sum(len(two) for _, two in pairs), n_least=least,
        mean_first=float(np.mean([one.mean() for one, _ in pairs])),
        mean_second=float(np.mean([two.mean() for _, two in pairs])), difference=gap, low=low, high=high, p=p,
        detectable=detectable, judgement=judgement, reason=reason, second_always_later=later,
    )  # fmt: skip


def _detectable(pairs: list[tuple[NDArray[np.float64], NDArray[np.float64]]], error: MeasurementError) -> float:
    """Least real difference (95 %) of a mean over sessions; in one session that of the measurement error itself."""
    parts = [error.detectable_difference_within_session(len(one), len(two)) / Z95 for one, two in pairs]
    return Z95 * math.sqrt(sum(part**2 for part in parts)) / len(pairs)


def _status(
    name: str,
    side: str,
    athletes: tuple[AthleteContrast, ...],
    group: PairedResult | None,
    participant: str | None,
    conditions: tuple[str, str],
) -> tuple[Status, str]:
    first, second = map(visible, conditions)
    if not athletes:
        who = "nobody" if participant is None else f"participant {visible(participant)}"
        return "refused", (
            f"{who} has {visible(name)} ({visible(side)}) in {first} and {second} within one session; days are not "
            f"compared as conditions"
        )
    if participant is None and group is None:
        n = sum(one.counts for one in athletes)
        return "flagged", (
            f"{n} athletes have {LEAST_TRIALS} or more trials of both conditions; a group needs at least "
            f"{LEAST_ATHLETES}"
        )
    if group is not None and group.n < SIGN_FLIP_ATHLETES:
        return "flagged", f"{group.n} athletes: the sign-flip test cannot fall below {2.0 / 2**group.n:.3g}"
    if all(one.judgement == "not_judged" for one in athletes) and participant is not None:
        return "flagged", athletes[0].reason
    return "ok", ""


def _notes(
    athletes: tuple[AthleteContrast, ...],
    pair: ConditionPair | None,
    group: PairedResult | None,
    error: MeasurementError | None,
    conditions: tuple[str, str],
    participant: str | None,
) -> tuple[str, ...]:
    first, second = map(visible, conditions)
    few = [visible(one.participant) for one in athletes if not one.counts]
    notes = []
    if few and participant is None:
        who = f"{', '.join(few[:8])}{f' and {len(few) - 8} more' if len(few) > 8 else ''}"
        notes.append(f"Not in the group, with fewer than {LEAST_TRIALS} trials of a condition: {who}.")
    later = sum(one.second_always_later for one in athletes)
    if later and pair is not None and pair.ordered:
        notes.append(f"{second} comes after {first} by design: practice and warming up cannot be told from it.")
    elif later:
        who = f"{later} of {len(athletes)} athletes" if len(athletes) > 1 else visible(athletes[0].participant)
        notes.append(
            f"{who} did all of {second} after all of {first}: practice, warming up or "
            f"tiring can look like the condition; record with --order alternating or random."
        )
    if error is not None and error.borrowed:
        notes.append(f"Judged by a borrowed error ({visible(error.source)}), not by this laboratory's own.")
    if group is not None and error is not None and any(one.judgement == "real" for one in athletes):
        notes.append("Of athletes whose landing did not change, about 5 % are beyond the error by chance.")
    return tuple(notes)
