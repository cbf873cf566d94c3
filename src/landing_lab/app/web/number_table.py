"""The numbers of trials as a table of texts: a column for each number of the first page, a cell for each trial."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from landing_lab.model.channels import WHOLE
from landing_lab.model.result import TrialResult
from landing_lab.report.names import metric_label, side_label
from landing_lab.report.rounding import unit_text
from landing_lab.report.rows import find_summary, foot_summary_columns, metric_line, summary_columns


class Column(NamedTuple):
    """A number of the first page: the metrics that may fill it, and the sides that count."""

    title: str
    names: tuple[str, ...]
    sides: tuple[str, ...]


def unit_shown(unit: str) -> str:
    """A unit as a table of the page has it; nothing for a number without one."""
    shown = unit_text(unit)
    return "" if shown == "–" else shown


def named(name: str, side: str, unit: str) -> dict[str, object]:
    """What a row of a table is of: the metric and its side, as they are and in words, and the unit."""
    side_text = "" if side in WHOLE else side_label(side)
    return {"name": name, "side": side, "label": metric_label(name), "side_label": side_text, "unit": unit_shown(unit)}


def columns_of(trials: Sequence[TrialResult]) -> list[Column]:
    """What the first page says of these trials: of both feet together, then of each."""
    whole = [Column(title, names, WHOLE) for title, names in summary_columns(trials)]
    return whole + [Column(title, names, (side,)) for title, names, side in foot_summary_columns(trials)]


def heading(trials: Sequence[TrialResult], column: Column) -> dict[str, str]:
    """Title and unit."""
    row = next((row for one in trials if (row := find_summary(one, column.names, column.sides)) is not None), None)
    return {"title": column.title, "unit": "" if row is None else unit_text(row.unit)}


def cell(trial: TrialResult | None, column: Column, *, why: str = "") -> dict[str, object]:
    """One number as text, with the number itself beside it as the analysis gives it; why: there is no trial."""
    row = None if trial is None else find_summary(trial, column.names, column.sides)
    if row is None:
        return {"value": "–", "spread": "", "status": "absent", "reason": why, "exact": None}
    line = metric_line(row)
    value, _, spread = line.value.partition(" ± ")
    return {"value": value, "spread": spread, "status": line.status, "reason": line.reason, "exact": row.value}
