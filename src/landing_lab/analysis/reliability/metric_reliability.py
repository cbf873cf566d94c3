"""How well one metric on one side repeats: error of a trial and of a mean, ICC, limits between two sessions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.reliability.agreement import (
    Limits,
    Sem,
    Trend,
    error_trend,
    limits_of_agreement,
    ratio_limits,
    standard_errors,
)
from landing_lab.analysis.reliability.components import NestedComponents, nested_components
from landing_lab.analysis.reliability.design import LEAST_ATHLETES
from landing_lab.analysis.reliability.error_file import OWN
from landing_lab.analysis.reliability.icc import Form, Icc, complete_cases, icc_forms, words
from landing_lab.analysis.reliability.interval import Interval
from landing_lab.analysis.reliability.measurement_error import Z95, MeasurementError
from landing_lab.errors import ParameterError
from landing_lab.io.dataset_names import session_order

if TYPE_CHECKING:
    import pandas as pd

Status: TypeAlias = Literal["ok", "flagged", "refused"]
MOST_KEEP: Final = 0.8
"""A table of repeats has no holes: as many repeats are used as at least this share of the athletes has."""
POOR_ICC: Final = 0.5

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPair:
    """First and second session of the athletes who have both: means (n,), limits for single trials, limits for means.

    ratios: limits as second / first, where the error grows with the value. trend: None for few athletes.
    """

    participants: tuple[str, ...]
    first_means: _Floats
    second_means: _Floats
    limits: Limits
    limits_of_means: Limits
    trend: Trend | None
    ratios: Limits | None

    @property
    def shift_is_clear(self) -> bool:
        """Whether the mean moved between the sessions beyond chance: practice or set-up."""
        return self.limits.mean.low > 0 or self.limits.mean.high < 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricReliability:
    """One metric on one side. refused: nothing but reason is to be used.

    error: for the error file; its icc is that of one trial. icc: of the mean of n_mean trials. sem, mdc95: of one
    trial and of that mean; mdc95 is None where no session repeats. cv_pct: error of one trial in %, None where values
    are not all above 0. forms, sem_of_table: ICC(2,1) ... and SEM by agreement and by consistency of an (athletes,
    repeats) table; repeats is "sessions" (their means) or "trials" (of the first session). pair: None without a second
    session.
    """

    name: str
    side: str
    unit: str
    status: Status
    reason: str
    n_athletes: int = 0
    n_sessions: int = 0
    n_values: int = 0
    n_mean: int = 0
    components: NestedComponents | None = None
    error: MeasurementError | None = None
    icc: Interval | None = None
    icc_words: str = ""
    sem_one: Interval | None = None
    sem_mean: Interval | None = None
    mdc95_one: float | None = None
    mdc95_mean: float | None = None
    cv_pct: float | None = None
    forms: dict[Form, Icc] | None = None
    sem_of_table: Sem | None = None
    repeats: str = ""
    pair: SessionPair | None = None
    notes: tuple[str, ...] = ()


def metric_reliability(name: str, side: str, rows: pd.DataFrame, n_mean: int) -> MetricReliability:
    """One metric on one side, from the rows of one task and condition; n_mean: trials of the mean that is reported.

    Session error is part of it where at least five athletes came back. Too little data is a refused result.
    """
    unit = str(rows["unit"].iloc[0])
    refused = int(rows["value"].isna().sum())
    rows = rows[rows["value"].notna()]
    trials = _by_athlete(rows)
    usable = {who: own for who, own in trials.items() if any(len(one) >= 2 for one in own)}
    if len(usable) < LEAST_ATHLETES:
        why = f"{len(usable)} athletes have two values in a session; at least {LEAST_ATHLETES} are needed"
        return MetricReliability(name=name, side=side, unit=unit, status="refused", reason=why)
    y, athlete, session = _flat(trials)
    if np.ptp(y) == 0.0:
        why = f"all {len(y)} values are {y[0]:g}: nothing can be told"
        return MetricReliability(name=name, side=side, unit=unit, status="refused", reason=why)
    repeated = sum(len(own) >= 2 for own in trials.values())
    if repeated < LEAST_ATHLETES:  # a few who came back would pretend to tell what a day adds
        trials = {who: own[:1] for who, own in usable.items()}
        y, athlete, session = _flat(trials)
    found = nested_components(y, athlete, session)
    if found.trial_sd.value == 0.0:
        why = "no two trials of a session differ: an error of 0 is none, so nothing can be told"
        return MetricReliability(name=name, side=side, unit=unit, status="refused", reason=why)
    return _told(name, side, unit, trials, found, _cv(y, athlete, session, side), n_mean, refused)


def _by_athlete(rows: pd.DataFrame) -> dict[str, list[_Floats]]:
    """Values of each athlete by session, sessions in their order, trials in that of their runs."""
    # By text: a category sorts in the order in which it was first seen.
    who, when = (rows[column].astype(str).to_numpy(str) for column in ("participant", "session"))
    labels, place = np.unique(when, return_inverse=True)
    rank = np.argsort(sorted(range(len(labels)), key=lambda at: session_order(str(labels[at]))))
    order = np.lexsort((rows["run"].to_numpy(), rank[place], who))
    who, when, y = who[order], when[order], rows["value"].to_numpy(float)[order]
    edges = np.flatnonzero((who[1:] != who[:-1]) | (when[1:] != when[:-1])) + 1
    found: dict[str, list[_Floats]] = {}
    for start, part in zip([0, *edges.tolist()], np.split(y, edges), strict=True):
        if len(part):
            found.setdefault(str(who[start]), []).append(part)
    return found


def _flat(trials: dict[str, list[_Floats]]) -> tuple[_Floats, NDArray[np.int64], NDArray[np.int64]]:
    """All values with numbers of their athlete and session."""
    cells = [(i, j, one) for i, own in enumerate(trials.values()) for j, one in enumerate(own)]
    sizes = [len(one) for _, _, one in cells]
    return (
        np.concatenate([one for _, _, one in cells]),
        np.repeat([i for i, _, _ in cells], sizes),
        np.repeat([j for _, j, _ in cells], sizes),
    )


def _cv(y: _Floats, athlete: NDArray[np.int64], session: NDArray[np.int64], side: str) -> float | None:
    """Error of one trial in % by logarithms; None for values that are not all above 0, or compare two sides."""
    if side == "left_right" or (y <= 0).any():
        return None
    return 100.0 * math.expm1(nested_components(np.log(y), athlete, session).sem(1).value)


def _told(
    name: str, side: str, unit: str, trials: dict[str, list[_Floats]], found: NestedComponents, cv: float | None,
    n_mean: int, refused: int,
) -> MetricReliability:  # fmt: skip
    has_sessions = found.point.session is not None
    one, mean = found.icc(1), found.icc(n_mean)
    between = "another session" if has_sessions else "the same session"
    session_sd = found.session_sd
    per_session = int(np.median([len(one) for own in trials.values() for one in own]))
    n_sessions = max(len(own) for own in trials.values())
    error = MeasurementError(
        name=name, side=side, unit=unit, trial_sd=found.trial_sd.value,
        session_sd=None if session_sd is None else session_sd.value, source=OWN, borrowed=False, icc=one.value,
        icc_low=one.low, icc_high=one.high, icc_form=f"of one trial, against {between} (nested components)",
        n_athletes=found.n_athletes, n_sessions=n_sessions, n_trials=per_session,
    )  # fmt: skip
    pair = _pair(trials, side)
    notes = _notes(found, pair, unit, has_sessions=has_sessions, refused=refused)
    table, repeats = _table(trials, has_sessions=has_sessions)
    poor = mean.value < POOR_ICC
    sem_one, sem_mean = found.sem(1), found.sem(n_mean)
    scale = Z95 * math.sqrt(2.0)
    return MetricReliability(
        name=name, side=side, unit=unit, status="flagged" if poor else "ok",
        reason="athletes differ less than their own repeats do; a single value hardly tells them apart" if poor else "",
        n_athletes=found.n_athletes, n_sessions=n_sessions, n_values=found.n_values, n_mean=n_mean, components=found,
        error=error, icc=mean, icc_words=words(mean.low, mean.high, mean.value), sem_one=sem_one, sem_mean=sem_mean,
        mdc95_one=scale * sem_one.value if has_sessions else None,
        mdc95_mean=scale * sem_mean.value if has_sessions else None, cv_pct=cv, notes=notes, pair=pair,
        forms=None if table is None else icc_forms(table),
        sem_of_table=None if table is None else standard_errors(table), repeats=repeats,
    )  # fmt: skip


def _notes(
    found: NestedComponents, pair: SessionPair | None, unit: str, *, has_sessions: bool, refused: int
) -> tuple[str, ...]:
    notes = []
    if pair is not None and pair.shift_is_clear:
        moved = f"{pair.limits.mean.value:+.2g} {unit}".rstrip()
        notes.append(f"second session minus first {moved} on average, beyond chance: practice or set-up; part of SEM")
    if "sessions" in found.set_to_zero:
        notes.append("sessions differed less than their trials explain: the session part came out negative, set to 0")
    if "athletes" in found.set_to_zero:
        notes.append("athletes differed less than their sessions explain: the athlete part came out negative, set to 0")
    if not has_sessions:
        notes.append("one session: what a day adds is not in this error")
    if refused:
        notes.append(f"{refused} refused values are left out")
    return tuple(notes)


def _table(trials: dict[str, list[_Floats]], *, has_sessions: bool) -> tuple[_Floats | None, str]:
    """A table of repeats for the classical formulas, None where it has too few whole rows.

    It holds session means of athletes who came back, or the trials of the first session.
    """
    if has_sessions:
        series = [np.array([one.mean() for one in own]) for own in trials.values() if len(own) >= 2]
    else:
        series = [own[0] for own in trials.values() if len(own[0]) >= 2]
    lengths = np.array([len(one) for one in series])
    k = max(int(one) for one in np.unique(lengths) if np.mean(lengths >= one) >= MOST_KEEP)
    table = np.full((len(trials), k), np.nan)
    for row, one in zip(table, series, strict=False):
        row[: len(one)] = one[:k]
    try:
        complete_cases(table)
    except ParameterError:
        return None, ""
    return table, "sessions" if has_sessions else "trials"


def _pair(trials: dict[str, list[_Floats]], side: str) -> SessionPair | None:
    """First against second session of those who have both; None where they are too few."""
    both = {who: own for who, own in trials.items() if len(own) >= 2}
    if len(both) < LEAST_ATHLETES:
        return None
    first, second = ([own[i] for own in both.values()] for i in (0, 1))
    one, two = (np.array([trials_of.mean() for trials_of in group]) for group in (first, second))
    trend = error_trend((one + two) / 2.0, two - one)
    positive = side != "left_right" and all((own > 0).all() for own in (*first, *second))
    singles = ([np.array([mean]) for mean in means] for means in (one, two))
    return SessionPair(
        participants=tuple(both), first_means=one, second_means=two, limits=limits_of_agreement(first, second),
        limits_of_means=limits_of_agreement(*singles),
        trend=trend, ratios=ratio_limits(first, second) if trend is not None and trend.grows and positive else None,
    )  # fmt: skip
