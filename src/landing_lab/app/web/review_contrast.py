"""Conditions over athletes and sessions of one athlete, compared as `landing-lab contrast` and `cohort` do it."""

from __future__ import annotations

import base64
import dataclasses
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from landing_lab.app.web.number_table import named
from landing_lab.errors import ParameterError
from landing_lab.io.write import plain
from landing_lab.report.names import task_label
from landing_lab.report.rounding import MINUS, format_number, format_value

if TYPE_CHECKING:
    from landing_lab.analysis.cohort.trends import Change, Trend
    from landing_lab.analysis.contrast_set import ContrastSet
    from landing_lab.analysis.contrasts import AthleteContrast, Contrast
    from landing_lab.analysis.paired_statistics import PairedResult
    from landing_lab.analysis.trial_table import TrialTable

NOTHING: Final = "–"
TOO_FEW: Final = (
    "The accepted trials of {who} were not recorded in two conditions, so there is nothing to compare. Record one "
    "session in both, such as flat and heel lift: the protocol step has a field for conditions."
)
OF_ONE: Final = (
    "Interval and judgement: by the error of a trial; where none is known, the interval is by the spread of the "
    "athlete's own trials (Welch)."
)
STATES: Final = {"beyond": "beyond the error", "within": "within the error", "not judged": "not judged"}
GROUP_COLUMNS: Final = ("Athletes", "{first}", "{second}", "Difference", "g", "p", "p adjusted", "Beyond error")
ATHLETE_COLUMNS: Final = ("Trials", "{first}", "{second}", "Difference", "Least real difference", "Judgement")


def contrast_shown(dataset: Path, asked: Mapping[str, object]) -> dict[str, object]:
    """Two conditions compared in the first numbers of a trial, of all athletes or of one.

    Raises ParameterError where one of the conditions is not there.
    """
    table, participant = _table(dataset, asked)
    conditions = _conditions(table)
    answer: dict[str, object] = {"conditions": [{"name": one, "label": _words(one)} for one in conditions]}
    if len(conditions) < 2:
        who = participant or "this dataset"
        return {**answer, "refusal": TOO_FEW.format(who=who), "rows": [], "columns": [], "notes": list(table.notes)}
    return {**answer, "refusal": "", **_shown(_found(dataset, table, conditions, asked, participant))}


def contrast_picture(dataset: Path, asked: Mapping[str, object]) -> dict[str, object]:
    """The picture that the command draws of one row. Raises ParameterError where there is no such row."""
    from landing_lab.report.contrast_figure import contrast_figure
    from landing_lab.report.figure import figure_bytes

    table, participant = _table(dataset, asked)
    found = _found(dataset, table, _conditions(table), asked, participant)
    one = found.get(str(asked.get("metric", "")), str(asked.get("of_side", "")))
    if one is None:
        raise ParameterError("there is no such number in this comparison; choose one of the list")
    return {"png": base64.b64encode(figure_bytes(contrast_figure(one), "png")).decode("ascii")}


def _table(dataset: Path, asked: Mapping[str, object]) -> tuple[TrialTable, str | None]:
    from landing_lab.analysis.cohort.collect import read_trials

    participant = str(asked.get("participant", "")) if asked.get("who") == "one" else None
    return read_trials(dataset, participant=participant), participant


def _conditions(table: TrialTable) -> tuple[str, ...]:
    """Conditions of the accepted trials, in the usual order where two of them are known as a pair."""
    from landing_lab.analysis.condition_pairs import usual_order

    there = tuple(sorted({str(one) for one in table.rows["condition"]} - {""}))
    return usual_order(there) or there


def _found(
    dataset: Path, table: TrialTable, conditions: Sequence[str], asked: Mapping[str, object], participant: str | None
) -> ContrastSet:
    """The comparison of `landing-lab contrast` with nothing but conditions given."""
    from landing_lab.analysis.contrast_set import contrast
    from landing_lab.analysis.reliability.error_file import read_error_file
    from landing_lab.app.reliability.contrast import first_names

    if len(conditions) < 2:
        raise ParameterError("there are no two conditions to compare; choose what the page lists")
    first, second = str(asked.get("first", "")) or conditions[0], str(asked.get("second", "")) or conditions[1]
    return contrast(
        table, first, second, names=first_names(table), participant=participant, errors=read_error_file(dataset)
    )


def _shown(found: ContrastSet) -> dict[str, object]:
    heads = GROUP_COLUMNS if found.participant is None else ATHLETE_COLUMNS
    words = {"first": _words(found.first), "second": _words(found.second)}
    reasons = Reasons()
    return {
        "first": found.first,
        "second": found.second,
        "title": f"{words['second']} minus {words['first']}, {task_label(found.task)}",
        "columns": [one.format(**words) for one in heads],
        "rows": [_row(one, found.participant, reasons) for one in found.contrasts],
        "reasons": reasons.told,
        "legend": _legend(found),
        "pair": "" if found.pair is None else f"{found.pair.meaning} {found.pair.limits}",
        "notes": [
            one.replace(found.first, words["first"]).replace(found.second, words["second"]) for one in found.notes
        ],
        "exact": plain(found.document()["contrasts"]),
    }


class Reasons:
    """Sentences that numbers in brackets point to, each once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def mark(self, reason: str) -> str:
        """The number of a sentence in brackets; nothing for none."""
        return f"[{self._known.setdefault(reason, len(self._known) + 1)}]" if reason else ""

    @property
    def told(self) -> list[str]:
        """Every sentence behind its number."""
        return [f"[{number}] {reason}" for reason, number in self._known.items()]


def _legend(found: ContrastSet) -> str:
    """What the columns are; what is said of one athlete names no option of the command."""
    from landing_lab.app.reliability.contrast import legend

    return legend(found) if found.participant is None else OF_ONE


def _reason(one: Contrast, participant: str | None) -> str:
    own = None if participant is None else one.of(participant)
    return one.reason if own is None else own.reason


def _row(one: Contrast, participant: str | None, reasons: Reasons) -> dict[str, object]:
    """One metric and side; its cells in the order of the columns."""
    if participant is None:
        cells = [str(len(one.athletes)), *_group_cells(one, one.group)]
    else:
        cells = _athlete_cells(one.of(participant))
    return {
        **named(one.name, one.side, one.unit),
        "status": one.status,
        "cells": [cell.replace("-", MINUS) if cell != NOTHING else cell for cell in cells],
        "mark": reasons.mark(_reason(one, participant)),
    }


def _group_cells(one: Contrast, group: PairedResult | None) -> list[str]:
    from landing_lab.report.contrast_table import beyond_error, p_text, signed

    if group is None:
        return [NOTHING, NOTHING, "refused", NOTHING, NOTHING, NOTHING, _dash(beyond_error(one))]
    return [
        *_means(group.mean_first, group.mean_second, group.low, group.high),
        _difference(group.difference, group.low, group.high),
        NOTHING if math.isnan(group.g) else signed(group.g, 0.03),
        _dash(p_text(group.p_sign_flip)),
        _dash(p_text(one.p_holm)),
        _dash(beyond_error(one)),
    ]


def _athlete_cells(own: AthleteContrast | None) -> list[str]:
    from landing_lab.report.contrast_table import JUDGED, athlete_interval

    if own is None:
        return [NOTHING, NOTHING, NOTHING, "refused", NOTHING, JUDGED["not_judged"]]
    low, high = athlete_interval(own)
    detectable = NOTHING if own.detectable is None else format_value(own.detectable, own.detectable / 10.0)
    return [
        f"{own.n_first} + {own.n_second}",
        *_means(own.mean_first, own.mean_second, low, high),
        _difference(own.difference, low, high),
        detectable,
        JUDGED[own.judgement],
    ]


def _means(first: float, second: float, low: float, high: float) -> list[str]:
    """Two means, to the digit that their difference supports."""
    digit = abs(second - first) / 10.0 if math.isnan(low) else (high - low) / 4.0
    return [format_value(one, digit if digit > 0 else None) for one in (first, second)]


def _difference(value: float, low: float, high: float) -> str:
    from landing_lab.report.contrast_table import interval

    return interval(value, low, high, "")


def _dash(text: str) -> str:
    return NOTHING if text == "-" else text


def _words(condition: str) -> str:
    return condition.replace("_", " ")


def sessions_shown(dataset: Path, participant: str) -> dict[str, object]:
    """The sessions of one athlete in the metrics that `landing-lab cohort --athlete` prints, and what changed.

    Raises ParameterError where the athlete has no accepted trial with numbers.
    """
    from landing_lab.analysis.cohort.cohort import cohort
    from landing_lab.app.cohort.athlete import athlete_trends
    from landing_lab.app.cohort.run import CohortSettings
    from landing_lab.report.cohort_table import did

    found, notes = athlete_trends(
        dataset, cohort(dataset, participant=participant), CohortSettings(athlete=participant)
    )
    labels = list(dict.fromkeys(point.session for trend in found for point in trend.points))
    reasons = Reasons()
    return {
        "title": f"{participant}, {did(found[0].task, found[0].condition)}",
        "sessions": [f"session {one}" for one in labels],
        "rows": [_trend_row(trend, labels, reasons) for trend in found],
        "reasons": reasons.told,
        "notes": list(notes),
    }


def _trend_row(trend: Trend, labels: Sequence[str], reasons: Reasons) -> dict[str, object]:
    points = {point.session: point for point in trend.points}
    means: list[dict[str, object] | None] = []
    for label in labels:
        point = points.get(label)
        told = None if point is None else {"value": format_number(point.mean, point.se), "n": point.n}
        means.append(told)
    change = trend.change
    return {
        **named(trend.name, trend.side, trend.unit),
        "means": means,
        "exact": plain(None if change is None else dataclasses.asdict(change)),
        **_change(change, reasons),
    }


def _change(change: Change | None, reasons: Reasons) -> dict[str, object]:
    """The newest session against the first, and whether that is more than the error makes."""
    if change is None:
        mark = reasons.mark("needs two sessions with three trials each")
        return {"change": NOTHING, "detectable": NOTHING, "judgement": STATES["not judged"], "mark": mark}
    told = format_value(change.value, change.se)
    sign = "+" if change.value > 0 and any(digit in "123456789" for digit in told) else ""
    borrowed = ", borrowed" if change.borrowed else ""
    return {
        "change": f"{sign}{told}",
        "detectable": NOTHING if change.mdc95 is None else format_value(change.mdc95, change.se),
        "judgement": STATES[change.state],
        "mark": reasons.mark(f"{change.reason}{borrowed}"),
    }
