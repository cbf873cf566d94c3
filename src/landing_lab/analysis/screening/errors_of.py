"""Which measurement error a value is judged by: the laboratory's own, a borrowed one, or the athlete's own trials."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landing_lab.analysis.reliability.error_file import ErrorFile
from landing_lab.analysis.reliability.error_for import error_for
from landing_lab.analysis.reliability.measurement_error import Z90, MeasurementError
from landing_lab.analysis.screening.trials import Values

LEAST_SESSIONS = 3
"""From so many sessions of an athlete on, what days differ by can be read off them at all."""
OWN_SOURCE = "this athlete's own trials"


def error_of(
    name: str, side: str, unit: str, errors: ErrorFile | None, sessions: Sequence[Values], *, task: str | None
) -> MeasurementError | None:
    """As error_for; else the error of the athlete's sessions, newest last. task: None for an entry."""
    return error_for(errors, name, side, unit=unit, task=task) or own_error(name, side, unit, sessions)


def own_error(name: str, side: str, unit: str, sessions: Sequence[Values]) -> MeasurementError | None:
    """Error from the trials of one athlete, widened by Student's t over 1.645 because they are few.

    sessions: values of each, newest last; the newest tells only about trials, so that a real change does not become
    error. What days differ by is known from three earlier sessions on. None below three trials.
    """
    from scipy.special import stdtrit

    usable = [values for values in sessions if len(values) >= 2]
    df = sum(len(values) - 1 for values in usable)
    if df < 2:
        return None
    trial_var = sum(float(np.var(values, ddof=1)) * (len(values) - 1) for values in usable) / df
    wider = float(stdtrit(df, 0.95)) / Z90
    earlier = [values for values in sessions[:-1] if len(values) >= 2]
    session_sd = None
    if len(earlier) >= LEAST_SESSIONS:
        means = [float(values.mean()) for values in earlier]
        by_trials = trial_var * float(np.mean([1.0 / len(values) for values in earlier]))
        between = max(float(np.var(means, ddof=1)) - by_trials, 0.0) ** 0.5
        session_sd = between * float(stdtrit(len(earlier) - 1, 0.95)) / Z90
    return MeasurementError(
        name=name, side=side, unit=unit, trial_sd=wider * trial_var**0.5, session_sd=session_sd, source=OWN_SOURCE,
        borrowed=False, n_athletes=1, n_sessions=len(sessions), n_trials=sum(map(len, usable)),
    )  # fmt: skip
