"""Mean of the trials of one session under one condition: the smallest thing that norms and trends count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.cohort.trial_columns import STATUSES, MetricKey, TrialColumns


class SessionKey(NamedTuple):
    """Trials of one task under one condition of one session; recorded_at as in TrialKey."""

    participant: str
    session: str
    task: str
    condition: str
    recorded_at: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class SessionMeans:
    """One entry per session, metric and side with at least one value, as parallel arrays.

    group, metric: places in `sessions` and `metrics`. n: trials with a value; n_flagged: those of them that are
    flagged. mean, sd: over these trials, in the unit of the metric; sd is NaN of one trial.
    """

    sessions: tuple[SessionKey, ...]
    metrics: tuple[MetricKey, ...]
    group: NDArray[np.int32]
    metric: NDArray[np.int32]
    n: NDArray[np.int32]
    n_flagged: NDArray[np.int32]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]


def session_means(columns: TrialColumns) -> SessionMeans:
    """Means of the trials of each session; a trial without a value of a metric does not count for it."""
    groups: dict[SessionKey, int] = {}
    keys = (
        SessionKey(one.participant, one.session, one.task, one.condition, one.recorded_at) for one in columns.trials
    )
    of_trial = np.array([groups.setdefault(key, len(groups)) for key in keys], np.int64)
    known = ~np.isnan(columns.value)
    n_metrics = len(columns.metrics)
    key = of_trial[columns.trial[known]] * n_metrics + columns.metric[known] if known.any() else np.empty(0, np.int64)
    value = columns.value[known]
    size = len(groups) * n_metrics
    n = np.bincount(key, minlength=size)
    flagged = np.bincount(key, weights=columns.status[known] == STATUSES.index("flagged"), minlength=size)
    there = np.flatnonzero(n)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(key, weights=value, minlength=size) / n
        squares = np.bincount(key, weights=(value - mean[key]) ** 2, minlength=size)
        sd = np.where(n > 1, np.sqrt(squares / (n - 1)), np.nan)
    return SessionMeans(
        sessions=tuple(groups),
        metrics=columns.metrics,
        group=(there // max(n_metrics, 1)).astype(np.int32),
        metric=(there % max(n_metrics, 1)).astype(np.int32),
        n=n[there].astype(np.int32),
        n_flagged=flagged[there].astype(np.int32),
        mean=mean[there],
        sd=sd[there],
    )
