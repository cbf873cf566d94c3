"""The numbers of the first page by condition: mean and spread over trials, and the plain difference of two means."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from landing_lab.model.result import MetricValue, TrialResult
from landing_lab.model.trial_label import TrialLabel
from landing_lab.report.names import metric_label
from landing_lab.report.rounding import format_mean, format_value, unit_text
from landing_lab.report.rows import find_summary, has_value, summary_columns

NO_CONDITION: Final = "all trials"
NOTHING: Final = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastLine:
    """One metric: its text per condition and per difference; flagged: whether a flagged number is among them."""

    label: str
    unit: str
    means: tuple[str, ...]
    differences: tuple[str, ...]
    flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContrastTable:
    """conditions and differences: headings of the columns. left_out: trials that do not count."""

    conditions: tuple[str, ...]
    differences: tuple[str, ...]
    lines: tuple[ContrastLine, ...]
    left_out: int


def contrast_table(trials: Sequence[TrialResult], labels: Sequence[TrialLabel | None]) -> ContrastTable | None:
    """Mean ± SD between trials and n per condition; None for one trial, and for trials of no session.

    Only accepted trials whose status is ok count. A difference is the later condition minus the earlier, in the
    order in which they were first recorded.
    """
    known = [(trial, label) for trial, label in zip(trials, labels, strict=True) if label is not None]
    if len(known) < 2:
        return None
    conditions = list(dict.fromkeys(label.condition_words or NO_CONDITION for _, label in known))
    pairs = list(combinations(conditions, 2))
    taken = [(trial, label) for trial, label in known if trial.status == "ok" and label.accepted]
    lines = []
    for _, names in summary_columns([trial for trial, _ in known]):
        name = _one_metric([trial for trial, _ in taken], names)
        if name is None:
            continue
        groups: dict[str, list[MetricValue]] = {condition: [] for condition in conditions}
        for trial, label in taken:
            row = find_summary(trial, (name,))
            if row is not None and has_value(row):
                groups[label.condition_words or NO_CONDITION].append(row)
        lines.append(_line(name, groups, pairs))
    return ContrastTable(
        conditions=tuple(conditions),
        differences=tuple(f"{late} minus {early}" for early, late in pairs),
        lines=tuple(lines),
        left_out=len(known) - len(taken),
    )


def _one_metric(trials: Sequence[TrialResult], names: tuple[str, ...]) -> str | None:
    """The one of several metrics that most trials have: body weights and newtons may not share a mean."""
    counts = {
        name: sum((row := find_summary(trial, (name,))) is not None and has_value(row) for trial in trials)
        for name in names
    }
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def _line(name: str, groups: dict[str, list[MetricValue]], pairs: Sequence[tuple[str, str]]) -> ContrastLine:
    rows = [row for group in groups.values() for row in group]
    return ContrastLine(
        label=metric_label(name),
        unit=unit_text(rows[0].unit),
        means=tuple(mean_text(group) for group in groups.values()),
        differences=tuple(_difference(groups[early], groups[late]) for early, late in pairs),
        flagged=any(row.status == "flagged" for row in rows),
    )


def _values(rows: Sequence[MetricValue]) -> list[float]:
    return [row.value for row in rows if row.value is not None]


def _spread(rows: Sequence[MetricValue]) -> float | None:
    """SD between trials; None for fewer than two."""
    values = _values(rows)
    return statistics.stdev(values) if len(values) > 1 else None


def _measured(rows: Sequence[MetricValue]) -> float | None:
    """SD of one measurement, the smallest of the trials."""
    return min((row.sd for row in rows if row.sd is not None), default=None)


def mean_text(rows: Sequence[MetricValue]) -> str:
    """Mean ± SD between trials and how many, to no finer digit than one measurement supports."""
    if not rows:
        return f"{NOTHING} (n = 0)"
    mean, spread = statistics.fmean(_values(rows)), _spread(rows)
    sd = _measured(rows)
    # The SD of the measurement gives the digits of a lone trial, but is no spread between trials.
    told = format_value(mean, sd) if spread is None else format_mean(mean, spread, sd)
    return f"{told} (n = {len(rows)})"


def _difference(early: Sequence[MetricValue], late: Sequence[MetricValue]) -> str:
    if not early or not late:
        return NOTHING
    gap = statistics.fmean(_values(late)) - statistics.fmean(_values(early))
    spreads = [max(_spread(rows) or 0.0, _measured(rows) or 0.0) for rows in (early, late)]
    told = format_value(gap, min(spreads))
    sign = "+" if gap > 0 and any(digit in "123456789" for digit in told) else ""
    return f"{sign}{told} (n = {len(late)}, {len(early)})"
