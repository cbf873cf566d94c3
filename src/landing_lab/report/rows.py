"""Tables as text, before they become a page or a terminal table: labels, rounded numbers, reasons."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from landing_lab.model.channels import WHOLE
from landing_lab.model.result import MetricValue, TrialResult
from landing_lab.report.names import metric_label, sentence, side_label, status_label
from landing_lab.report.rounding import format_in_sds, format_number, format_quantity, format_value, unit_text

Truth: TypeAlias = Mapping[tuple[str, str], float]
"""(metric name, side) -> true value in the metric's unit, from a simulation."""

LANDING_PEAK: Final = "landing peak force"
SUMMARY: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("jump height", ("jump_height_flight_time_m",)),
    ("contact time", ("contact_time_s",)),
    ("reactive strength index", ("rsi_flight_time_m_per_s",)),
    ("peak vertical force", ("peak_force_bw", "peak_force_n")),
    (LANDING_PEAK, ("landing_peak_force_bw", "landing_peak_force_n")),
    ("limb symmetry", ("limb_symmetry_peak_0_100ms_pct",)),
)
"""The headline numbers: title and the metrics that may fill it, best first.

Only one method each: two ways to a jump height differ by centimetres and may not share a column.
"""

FOOT_SUMMARY: Final[tuple[tuple[str, tuple[str, ...], str], ...]] = tuple(
    (f"medial pressure shift, {side}", ("medial_shift_mm", "landing_medial_shift_mm"), side)
    for side in ("left", "right")
)
"""Headline numbers of one foot, for trials with insoles: title, the metrics that may fill it, side."""


@dataclass(frozen=True, slots=True)
class MetricLine:
    """One metric as it is printed; every field is filled, a refused value reads "refused"."""

    name: str
    label: str
    side: str
    value: str
    unit: str
    status: str
    status_word: str
    reason: str
    method: str
    truth: str = ""
    has_truth: bool = False
    difference: str = ""
    sds: str = ""


@dataclass(frozen=True, slots=True)
class Headline:
    """A summary card: title, number with uncertainty or "refused", and a line below it."""

    title: str
    value: str
    spread: str
    unit: str
    status: str
    status_word: str
    note: str


def has_value(row: MetricValue) -> bool:
    """Whether the row holds a number that may be shown."""
    return row.status != "refused" and row.value is not None and not math.isnan(row.value)


def _side_text(row: MetricValue) -> str:
    """Side of a row; a symmetry also says which limb had the larger value."""
    text = side_label(row.side)
    return f"{text}, {side_label(row.stronger_side)} stronger" if row.stronger_side else text


def metric_line(row: MetricValue, truth: Truth | None = None) -> MetricLine:
    """A metric as text, compared with the simulation's truth where that knows it."""
    shown = has_value(row)
    true_value = truth.get((row.name, row.side)) if truth else None
    difference, sds = ("–", "–") if true_value is None else ("refused", "refused")
    if true_value is not None and shown and row.value is not None:
        gap = row.value - true_value
        difference = format_value(gap, row.sd)
        if gap > 0 and any(digit in "123456789" for digit in difference):
            difference = f"+{difference}"
        sds = format_in_sds(gap, row.sd)
    return MetricLine(
        name=row.name,
        label=metric_label(row.name),
        side=_side_text(row),
        value=format_number(row.value, row.sd) if shown else "refused",
        unit=unit_text(row.unit) or "–",
        status=row.status if shown else "refused",
        status_word=status_label(row.status if shown else "refused"),
        reason=row.reason or ("" if shown else "no reason given"),
        method=row.method,
        # One digit more than the measurement: truth must not look wrong for being rounded.
        truth=format_value(true_value, None if row.sd is None else row.sd / 10.0)
        if true_value is not None
        else "not simulated",
        has_truth=true_value is not None,
        difference=difference,
        sds=sds,
    )


def metric_lines(trial: TrialResult, truth: Truth | None = None) -> list[MetricLine]:
    """Every metric of a trial as text, in the order of its table."""
    lines = [metric_line(row, truth) for row in trial.table]
    if trial.signals is None or "plate_1" not in trial.signals.force_n:
        return lines
    # Where nobody said which foot stood on which plate, left and right are not to be spoken of.
    return [
        replace(
            line,
            label=line.label.replace("left minus right", "plate 1 minus plate 2"),
            side=line.side.replace("left vs right", "plate 1 vs plate 2"),
        )
        for line in lines
    ]


def find_summary(trial: TrialResult, names: tuple[str, ...], sides: tuple[str, ...] = WHOLE) -> MetricValue | None:
    """The row that fills a summary card: the first with a value, else the first refused one, else None."""
    rows = [row for name in names for row in trial.table if row.name == name and row.side in sides]
    return next((row for row in rows if has_value(row)), rows[0] if rows else None)


def headlines(trial: TrialResult) -> list[Headline]:
    """The summary cards of a trial; a quantity the task does not have gets no card.

    The second landing is a headline only where the task has no contact before its flight. What is told of each foot
    comes last, and only where there was an insole.
    """
    cards = []
    rows = {title: find_summary(trial, names) for title, names in SUMMARY}
    if rows["peak vertical force"] is not None:
        del rows[LANDING_PEAK]
    rows |= {title: find_summary(trial, names, (side,)) for title, names, side in foot_summary_columns([trial])}
    for title, row in rows.items():
        if row is None:
            continue
        line = metric_line(row)
        value, _, spread = line.value.partition(" ± ")
        note = "" if title.startswith(line.label) else line.label
        if row.stronger_side:
            note += f", {side_label(row.stronger_side)} stronger"
        if line.reason:
            told = sentence(line.reason)
            note = told if line.status == "refused" else f"{sentence(note)}. {told}".removeprefix(". ")
        cards.append(Headline(title, value, spread, unit_text(row.unit), line.status, line.status_word, sentence(note)))
    return cards


def summary_columns(trials: Sequence[TrialResult]) -> list[tuple[str, tuple[str, ...]]]:
    """The headline numbers that at least one of the trials has, as columns for comparing them."""
    used = [(title, names) for title, names in SUMMARY if any(find_summary(trial, names) for trial in trials)]
    titles = {title for title, _ in used}
    return [column for column in used if not (column[0] == LANDING_PEAK and "peak vertical force" in titles)]


def foot_summary_columns(trials: Sequence[TrialResult]) -> list[tuple[str, tuple[str, ...], str]]:
    """The headline numbers of each foot, for the feet of which at least one of the trials has an insole."""
    insoles = {side for trial in trials if trial.signals is not None for side in trial.signals.pressure}
    return [
        (title, names, side)
        for title, names, side in FOOT_SUMMARY
        if side in insoles and any(find_summary(trial, names, (side,)) for trial in trials)
    ]


def summary_cell(trial: TrialResult, names: tuple[str, ...], sides: tuple[str, ...] = WHOLE) -> tuple[str, str]:
    """Text and status of one cell in the comparison of trials; never empty."""
    row = find_summary(trial, names, sides)
    if row is None:
        return ("refused", "refused") if trial.status == "refused" else ("not measured", "absent")
    if not has_value(row):
        return "refused", "refused"
    return format_quantity(row.value, row.sd, row.unit), row.status


def setting_text(value: object) -> str:
    """A setting, note or session entry as text: numbers short, missing values in words."""
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}" if math.isfinite(value) else "not available"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {setting_text(item)}" for key, item in value.items()) or "none"
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(setting_text(item) for item in value) or "none"
    return str(value)
