"""One metric, one unit: values in another one than most are left out and named, never mixed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landing_lab.analysis.cohort.trial_columns import MetricKey, TrialColumns


def in_one_unit(columns: TrialColumns, notes: list[str]) -> TrialColumns:
    """The same without values whose unit is not that of most values of their metric; notes name them.

    A row without a value stays: it has nothing to be mixed. Both sides of a metric are of one unit.
    """
    units: dict[str, dict[str, int]] = {}
    n_values = np.bincount(columns.metric[~np.isnan(columns.value)], minlength=len(columns.metrics)).tolist()
    for one, n in zip(columns.metrics, n_values, strict=True):
        units.setdefault(one.name, {}).setdefault(one.unit, 0)
        units[one.name][one.unit] += n
    usual = {name: max(counts, key=lambda unit: counts[unit]) for name, counts in units.items()}
    if all(len(counts) == 1 for counts in units.values()):
        return columns
    metrics: dict[MetricKey, int] = {}
    place = [metrics.setdefault(one._replace(unit=usual[one.name]), len(metrics)) for one in columns.metrics]
    other = np.array([one.unit != usual[one.name] for one in columns.metrics])[columns.metric]
    dropped = other & ~np.isnan(columns.value)
    notes += _named(columns, np.flatnonzero(dropped).tolist(), usual)
    kept = ~dropped
    return TrialColumns(
        trials=columns.trials,
        metrics=tuple(metrics),
        trial=columns.trial[kept],
        metric=np.array(place, np.int32)[columns.metric[kept]],
        status=columns.status[kept],
        value=columns.value[kept],
        sd=columns.sd[kept],
    )


def _named(columns: TrialColumns, rows: Sequence[int], usual: dict[str, str]) -> list[str]:
    """A sentence for each metric and unit that was left out."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        metric, trial = columns.metrics[columns.metric[row]], columns.trials[columns.trial[row]]
        found.setdefault(metric[::2], []).append(f"sub-{trial.participant} ses-{trial.session}")
    notes = []
    for (name, unit), where in found.items():
        sessions = list(dict.fromkeys(where))
        more = f" and {len(sessions) - 1} more session(s)" if len(sessions) > 1 else ""
        notes.append(
            f"{name}: {len(where)} value(s) of {sessions[0]}{more} were left out: they are in {unit or 'no unit'}, "
            f"most are in {usual[name] or 'no unit'}; compute them again with landing-lab reanalyse"
        )
    return notes
