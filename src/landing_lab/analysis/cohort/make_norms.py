"""From means of sessions to norms: one value per athlete first, then their spread; trials are never pooled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.cohort.norms import PERCENTILES, Norm, NormKey, Norms
from landing_lab.analysis.cohort.participants import persons
from landing_lab.analysis.cohort.session_means import SessionMeans
from landing_lab.analysis.cohort.strata import Stratum, every_stratum
from landing_lab.analysis.cohort.trial_columns import MetricKey
from landing_lab.analysis.reference import LEAST_LOCAL_ATHLETES
from landing_lab.analysis.trial_table import LEAST_TRIALS

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AthleteMeans:
    """One value per athlete, task and condition (rows of `keys`) and metric (columns of `metrics`), NaN where none.

    n_trials, n_flagged: trials behind each value, and those of them that are flagged; same shape.
    """

    keys: tuple[tuple[str, str, str], ...]
    metrics: tuple[MetricKey, ...]
    value: Floats
    n_trials: Floats
    n_flagged: Floats


def athlete_means(means: SessionMeans) -> AthleteMeans:
    """Mean of the means of an athlete's sessions with at least LEAST_TRIALS trials; keys: (task, condition, who).

    So neither trials nor sessions of one athlete count as several.
    """
    used = means.n >= LEAST_TRIALS
    athletes: dict[tuple[str, str, str], int] = {}
    keys = ((one.task, one.condition, one.participant) for one in means.sessions)
    of_session = np.array([athletes.setdefault(key, len(athletes)) for key in keys], np.int64)
    shape = (len(athletes), len(means.metrics))
    cell = of_session[means.group[used]] * shape[1] + means.metric[used]

    def summed(values: NDArray[Any]) -> Floats:
        flat = np.bincount(cell, weights=values[used], minlength=shape[0] * shape[1])
        return flat.astype(np.float64).reshape(shape)

    n_sessions = summed(np.ones(len(means.n)))
    with np.errstate(invalid="ignore", divide="ignore"):
        value = summed(means.mean) / n_sessions
    return AthleteMeans(tuple(athletes), means.metrics, value, summed(means.n), summed(means.n_flagged))


def make_norms(means: SessionMeans, participants: pd.DataFrame) -> Norms:
    """Norms of every metric, task and condition by sex and age (strata.py), out of athlete_means.

    participants: as TrialTable has them.
    """
    athletes = athlete_means(means)
    facts = persons(participants)
    norms: dict[NormKey, Norm] = {}
    counts: dict[tuple[str, str, Stratum], int] = {}
    counted = np.any(athletes.n_trials > 0, axis=1)
    for task, condition in sorted({key[:2] for key in athletes.keys}):
        own = [at for at, key in enumerate(athletes.keys) if key[:2] == (task, condition) and counted[at]]
        for stratum in every_stratum():
            rows = [at for at in own if stratum.holds(*facts.get(athletes.keys[at][2], (None, None)))]
            if rows:
                counts[task, condition, stratum] = len(rows)
            for metric, norm in _norms_of(athletes, np.array(rows, np.int64)):
                norms[NormKey(metric.name, metric.side, task, condition, stratum)] = norm
    used = [means.sessions[at] for at in np.unique(means.group[means.n >= LEAST_TRIALS]).tolist()]
    return Norms(
        norms=norms,
        counts=counts,
        n_athletes=len({one.participant for one in used}),
        n_sessions=len({(one.participant, one.session) for one in used}),
        n_trials=_n_trials(means),
        athlete_means=_by_athlete(athletes),
    )


def _n_trials(means: SessionMeans) -> int:
    """Trials of the sessions that count: the most that any metric of each has."""
    most = np.zeros(len(means.sessions), np.int64)
    np.maximum.at(most, means.group, means.n)
    return int(most[most >= LEAST_TRIALS].sum())


def _norms_of(athletes: AthleteMeans, rows: NDArray[np.int64]) -> Iterator[tuple[MetricKey, Norm]]:
    """Norms over the athletes of these rows, of each metric that enough of them have."""
    from scipy.special import stdtrit

    if len(rows) < LEAST_LOCAL_ATHLETES:
        return
    value = athletes.value[rows]
    for number in np.flatnonzero((~np.isnan(value)).sum(axis=0) >= LEAST_LOCAL_ATHLETES).tolist():
        those = rows[~np.isnan(value[:, number])]
        own = athletes.value[those, number]
        n, mean, sd = len(own), float(own.mean()), float(own.std(ddof=1))
        half = float(stdtrit(n - 1, 0.975)) * sd / n**0.5
        n_trials = float(athletes.n_trials[those, number].sum())
        yield (
            athletes.metrics[number],
            Norm(
                unit=athletes.metrics[number].unit,
                n_athletes=n,
                n_trials=int(n_trials),
                mean=mean,
                sd=sd,
                mean_low=mean - half,
                mean_high=mean + half,
                percentiles=tuple(np.percentile(own, PERCENTILES).tolist()),
                flagged_fraction=float(athletes.n_flagged[those, number].sum()) / n_trials,
            ),
        )


def _by_athlete(athletes: AthleteMeans) -> Mapping[str, Mapping[tuple[str, str, str, str], float]]:
    found: dict[str, dict[tuple[str, str, str, str], float]] = {}
    for (task, condition, participant), row in zip(athletes.keys, athletes.value, strict=True):
        own = found.setdefault(participant, {})
        for number in np.flatnonzero(~np.isnan(row)).tolist():
            metric = athletes.metrics[number]
            own[metric.name, metric.side, task, condition] = float(row[number])
    return found
