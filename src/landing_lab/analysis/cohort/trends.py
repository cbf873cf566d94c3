"""One athlete over sessions: the mean of each, the slope with its interval, and what counts as a change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

import numpy as np

from landing_lab.analysis.cohort.session_means import SessionMeans
from landing_lab.analysis.reliability.measurement_error import MeasurementError
from landing_lab.analysis.trial_table import LEAST_TRIALS
from landing_lab.io.dataset_names import session_order

LEAST_SESSIONS: Final = 3
"""Through two points goes every line."""
DAYS_PER_MONTH: Final = 30.4375
ChangeState: TypeAlias = Literal["beyond", "within", "not judged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPoint:
    """Mean of the n trials of one session; se: of that mean, from the spread of trials within sessions.

    counts: whether it has LEAST_TRIALS trials; others are shown and not judged by. recorded_at: None where not known.
    """

    session: str
    recorded_at: datetime | None
    n: int
    n_flagged: int
    mean: float
    se: float
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """Straight line through the sessions' means by least squares, per month or per session; 95 % interval."""

    per: Literal["month", "session"]
    value: float
    low: float
    high: float
    n_sessions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Last session against the first that counts; se: of the difference, from the spread of trials within sessions.

    mdc95: the least change that trials and days do not make by themselves (95 %); None where nobody knows it, and
    `reason` says why. borrowed: whether it comes from elsewhere.
    """

    value: float
    se: float
    mdc95: float | None
    state: ChangeState
    reason: str
    borrowed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One metric and side of one athlete in one task and condition; points in the order of sessions."""

    participant: str
    name: str
    side: str
    unit: str
    task: str
    condition: str
    points: tuple[SessionPoint, ...]
    slope: Slope | None
    change: Change | None

    @property
    def counted(self) -> tuple[SessionPoint, ...]:
        """The sessions that are judged by."""
        return tuple(point for point in self.points if point.counts)


def trend(
    means: SessionMeans,
    participant: str,
    name: str,
    side: str,
    *,
    task: str,
    condition: str,
    error: MeasurementError | None = None,
) -> Trend | None:
    """The sessions of an athlete, None where none has a value; error: what a change is judged by.

    Differences between conditions are no trend: one task and one condition at a time.
    """
    rows = [
        at
        for at in range(len(means.n))
        if means.metrics[means.metric[at]][:2] == (name, side)
        and means.sessions[means.group[at]].participant == participant
        and means.sessions[means.group[at]].task == task
        and means.sessions[means.group[at]].condition == condition
    ]
    if not rows:
        return None
    points = _in_order(_points(means, rows))
    counted = [point for point in points if point.counts]
    return Trend(
        participant=participant,
        name=name,
        side=side,
        unit=means.metrics[means.metric[rows[0]]].unit,
        task=task,
        condition=condition,
        points=points,
        slope=_slope(counted),
        change=_change(counted, error),
    )


def _points(means: SessionMeans, rows: Sequence[int]) -> tuple[SessionPoint, ...]:
    n, sd = means.n[rows], means.sd[rows]
    several = n > 1
    freedom = float((n[several] - 1).sum())
    trial_sd = math.sqrt(float(((n[several] - 1) * sd[several] ** 2).sum()) / freedom) if freedom else math.nan
    return tuple(
        SessionPoint(
            session=means.sessions[means.group[at]].session,
            recorded_at=when(means.sessions[means.group[at]].recorded_at),
            n=int(means.n[at]),
            n_flagged=int(means.n_flagged[at]),
            mean=float(means.mean[at]),
            se=trial_sd / math.sqrt(means.n[at]),
            counts=bool(means.n[at] >= LEAST_TRIALS),
        )
        for at in rows
    )


def _in_order(points: Sequence[SessionPoint]) -> tuple[SessionPoint, ...]:
    """By date where every date is known, else by label: a table keeps its rows as somebody sorted them."""
    ordered = sorted(points, key=lambda point: session_order(point.session))
    dates = {point.session: point.recorded_at for point in points if point.recorded_at is not None}
    return tuple(sorted(ordered, key=lambda one: dates[one.session]) if len(dates) == len(points) else ordered)


def when(text: str) -> datetime | None:
    """A time in ISO 8601 with its offset; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _slope(points: Sequence[SessionPoint]) -> Slope | None:
    """Least squares over at least three sessions; in months where every date is known and they differ."""
    if len(points) < LEAST_SESSIONS:
        return None
    from scipy.special import stdtrit

    dates = [point.recorded_at for point in points]
    first = dates[0]
    days = [(one - first).total_seconds() / 86_400 for one in dates if one is not None and first is not None]
    dated = len(days) == len(points) and max(days) - min(days) >= 1.0
    x = np.array(days) / DAYS_PER_MONTH if dated else np.arange(len(points), dtype=float)
    y = np.array([point.mean for point in points])
    from_mean = x - x.mean()
    spread = float(from_mean @ from_mean)
    value = float(from_mean @ y) / spread
    rest = y - y.mean() - value * from_mean
    freedom = len(points) - 2
    half = float(stdtrit(freedom, 0.975)) * math.sqrt(float(rest @ rest) / freedom / spread)
    per: Literal["month", "session"] = "month" if dated else "session"
    return Slope(per=per, value=value, low=value - half, high=value + half, n_sessions=len(points))


def _change(points: Sequence[SessionPoint], error: MeasurementError | None) -> Change | None:
    """Last against first; the smaller number of trials of the two decides what can be told."""
    if len(points) < 2:
        return None
    value = points[-1].mean - points[0].mean
    se = math.hypot(points[0].se, points[-1].se)
    if error is None:
        reason = "no measurement error is known for it; landing-lab reliability finds it"
        return Change(value=value, se=se, mdc95=None, state="not judged", reason=reason)
    mdc95 = error.detectable_change(min(points[0].n, points[-1].n))
    if mdc95 is None:
        reason = "its error between sessions is not known; landing-lab reliability finds it from repeated sessions"
        return Change(value=value, se=se, mdc95=None, state="not judged", reason=reason, borrowed=error.borrowed)
    state: ChangeState = "beyond" if abs(value) > mdc95 else "within"
    return Change(
        value=value, se=se, mdc95=mdc95, state=state, reason=f"by the error of {error.source}", borrowed=error.borrowed
    )
