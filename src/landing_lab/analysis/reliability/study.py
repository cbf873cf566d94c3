"""A reliability study: every metric of one task and condition, from a table of trials to the laboratory's errors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landing_lab.analysis.reliability.agreement import Sem
from landing_lab.analysis.reliability.design import StudyDesign, choose_design, of_sessions, study_designs
from landing_lab.analysis.reliability.error_file import SCHEMA, ErrorFile
from landing_lab.analysis.reliability.icc import Icc
from landing_lab.analysis.reliability.interval import Interval
from landing_lab.analysis.reliability.measurement_error import MeasurementError
from landing_lab.analysis.reliability.metric_reliability import MetricReliability, metric_reliability
from landing_lab.analysis.trial_table import TrialTable, metric_names, table_of
from landing_lab.errors import ParameterError
from landing_lab.io.visible import visible
from landing_lab.io.write import stamped
from landing_lab.model.software import software

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityStudy:
    """What was found for every metric asked for, in which design; notes: what was chosen or left out."""

    design: StudyDesign
    metrics: tuple[MetricReliability, ...]
    notes: tuple[str, ...]

    @property
    def errors(self) -> tuple[MeasurementError, ...]:
        """What goes into the error file."""
        return tuple(one.error for one in self.metrics if one.error is not None)

    @property
    def error_file(self) -> ErrorFile:
        """The errors as contrasts and trends take them, without a file."""
        return ErrorFile(errors=self.errors, task=self.design.task, condition=self.design.condition)

    def document(self) -> dict[str, Any]:
        """The study as JSON holds it, schema landing-lab.reliability/1; error_file.write_error_file writes it."""
        design = self.design
        return stamped(SCHEMA, {
            "software": software(),
            "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "task": design.task,
            "condition": design.condition,
            "design": {
                "athletes": design.athletes, "athletes_with_two_sessions": design.repeated,
                "sessions": design.labels, "trials_per_session": design.trials, "says": design.sentences,
            },
            "errors": [_row(one) for one in self.metrics if one.error is not None],
            "refused": [
                {"name": one.name, "side": one.side, "reason": one.reason}
                for one in self.metrics
                if one.error is None
            ],
            "notes": self.notes,
        })  # fmt: skip

    def get(self, name: str, side: str) -> MetricReliability | None:
        """One metric on one side."""
        return next((one for one in self.metrics if (one.name, one.side) == (name, side)), None)


def reliability(
    table: TrialTable | str | Path,
    *,
    names: Sequence[str] | str | None = None,
    task: str | None = None,
    condition: str | None = None,
    sessions: Sequence[str] | None = None,
    n_trials: int | None = None,
) -> ReliabilityStudy:
    """Measurement error and ICC of every metric (or of names) from repeats of the same task and condition.

    table: as read_trials gives it, or the folder of a dataset. task, condition: the one with the most repeats by
    default; never mixed. sessions: labels that count as repeats, all by default. n_trials: of the mean that is
    reported, the median of a session by default. Raises ParameterError where nothing repeats, or a name, task,
    condition or session is not there.
    """
    table, names = table_of(table), metric_names(names)
    design, notes = choose_design(study_designs(table, sessions=sessions), task=task, condition=condition)
    if n_trials is not None and n_trials < 1:
        raise ParameterError(f"a mean has at least 1 trial; got {n_trials}")
    rows = table.rows if sessions is None else of_sessions(table.rows, sessions)
    rows = rows[(rows["task"] == design.task) & (rows["condition"] == design.condition)]
    rows = _named(rows, names)
    n_mean = design.trials[1] if n_trials is None else n_trials
    metrics = tuple(
        metric_reliability(str(name), str(side), group, n_mean)
        for (name, side), group in rows.groupby(["name", "side"], sort=False, observed=True)
    )
    return ReliabilityStudy(design=design, metrics=metrics, notes=(*notes, *table.notes))


def _named(rows: pd.DataFrame, names: Sequence[str] | None) -> pd.DataFrame:
    if names is None:
        return rows
    there = set(rows["name"])
    for name in names:
        if name not in there:
            raise ParameterError(
                f"no trial has a metric {visible(name)!r}; there are {len(there)}: {', '.join(sorted(there)[:6])}, ..."
            )
    chosen: pd.DataFrame = rows[rows["name"].isin(list(names))]
    return chosen


def _row(one: MetricReliability) -> dict[str, Any]:
    """One metric in the file: the error as screening reads it, and beside it what a reader may want to check."""
    error, found = one.error, one.components
    assert error is not None
    assert found is not None
    return {
        "name": one.name, "side": one.side, "unit": one.unit, "trial_sd": error.trial_sd,
        "session_sd": error.session_sd, "bias": error.bias, "source": error.source, "borrowed": error.borrowed,
        "icc": error.icc, "icc_low": error.icc_low, "icc_high": error.icc_high, "icc_form": error.icc_form,
        "n_athletes": error.n_athletes, "n_sessions": error.n_sessions, "n_trials": error.n_trials,
        "status": one.status, "reason": one.reason, "notes": one.notes,
        "trial_sd_interval": _pair(found.trial_sd),
        "session_sd_interval": None if found.session_sd is None else _pair(found.session_sd),
        "athlete_sd": found.athlete_sd.value, "athlete_sd_interval": _pair(found.athlete_sd),
        "mean_of": one.n_mean, "icc_of_mean": _interval(one.icc), "icc_words": one.icc_words,
        "sem_of_one": _interval(one.sem_one), "sem_of_mean": _interval(one.sem_mean), "mdc95_of_one": one.mdc95_one,
        "mdc95_of_mean": one.mdc95_mean, "cv_pct": one.cv_pct, "repeats": one.repeats,
        "sem_of_repeats": None if one.sem_of_table is None else _sem(one.sem_of_table),
        "forms": [_form(icc) for icc in (one.forms or {}).values()],
        "between_sessions": _between(one),
    }  # fmt: skip


def _sem(one: Sem) -> dict[str, Any]:
    """Standard errors of one repeat of the table that `forms` are of."""
    return {
        "agreement": one.agreement, "mdc95_agreement": one.mdc95_agreement, "consistency": _interval(one.consistency),
        "mdc95_consistency": one.mdc95_consistency, "n_athletes": one.n, "n_repeats": one.k,
    }  # fmt: skip


def _interval(one: Interval | None) -> dict[str, float] | None:
    return None if one is None else {"value": one.value, "low": one.low, "high": one.high}


def _pair(one: Interval) -> list[float]:
    return [one.low, one.high]


def _form(icc: Icc) -> dict[str, Any]:
    return {
        "form": icc.form, "value": icc.value, "low": icc.low, "high": icc.high, "n": icc.n, "k": icc.k,
        "left_out": icc.left_out,
    }  # fmt: skip


def _between(one: MetricReliability) -> dict[str, Any] | None:
    """Second session minus first: mean and limits of single trials, whether the error grows with the value."""
    pair = one.pair
    if pair is None:
        return None
    told = {"n": pair.limits.n, "mean": _interval(pair.limits.mean), "lower": _interval(pair.limits.lower),
            "upper": _interval(pair.limits.upper)}  # fmt: skip
    if pair.trend is not None:
        told["trend"] = {"rho": pair.trend.rho, "p": pair.trend.p, "grows": pair.trend.grows}
    if pair.ratios is not None:
        told["ratio_lower"], told["ratio_upper"] = _interval(pair.ratios.lower), _interval(pair.ratios.upper)
    return told
