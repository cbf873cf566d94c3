"""A reliability study as lines of text: the same in the terminal and on the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from landing_lab.report.names import metric_label, side_label
from landing_lab.report.rounding import format_value, unit_text
from landing_lab.report.terminal import FIRST

if TYPE_CHECKING:
    from rich.table import Table

    from landing_lab.analysis.reliability.icc import Icc
    from landing_lab.analysis.reliability.interval import Interval
    from landing_lab.analysis.reliability.metric_reliability import MetricReliability
    from landing_lab.analysis.reliability.study import ReliabilityStudy

NOTHING: Final = "–"
FORMS: Final = ("ICC(2,1)", "ICC(2,k)", "ICC(3,1)", "ICC(3,k)")
OF_FEET: Final = ("medial_shift_mm", "peak_force_bw")
"""Metrics of each foot that are printed without being asked for."""
FEW: Final = 24
WIDE: Final = 92
"""Columns of a terminal from which every number has a column of its own."""
WIDE_FORMS: Final = 132
"""The same of the four forms of ICC, each with its interval beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityLine:
    """One metric and side as text; note: why it is flagged or refused, or what was set to 0."""

    label: str
    side: str
    n: str
    icc: str
    words: str
    sem_one: str
    sem_mean: str
    mdc95: str
    cv: str
    status: str
    note: str


def first_metrics(metrics: Iterable[MetricReliability], *, show_all: bool) -> list[MetricReliability]:
    """What is shown without being asked for: the first numbers of a trial; everything where there is little."""
    found = list(metrics)
    if show_all or len(found) <= FEW:
        return found
    return [
        one
        for one in found
        if (one.name in FIRST and one.side not in {"left", "right"}) or (one.name in OF_FEET and one.side != "total")
    ] or found


def reliability_line(one: MetricReliability) -> ReliabilityLine:
    """One metric and side as text."""
    if one.icc is None or one.sem_one is None or one.sem_mean is None:
        return ReliabilityLine(
            label=metric_label(one.name), side=side_label(one.side), n=NOTHING, icc=NOTHING, words=NOTHING,
            sem_one=NOTHING, sem_mean=NOTHING, mdc95=NOTHING, cv=NOTHING, status=one.status, note=one.reason,
        )  # fmt: skip
    return ReliabilityLine(
        label=metric_label(one.name), side=side_label(one.side), n=f"{one.n_athletes} x {one.n_sessions}",
        icc=interval_text(one.icc), words=one.icc_words, sem_one=with_unit(one.sem_one.value, one.unit),
        sem_mean=with_unit(one.sem_mean.value, one.unit),
        mdc95=NOTHING if one.mdc95_mean is None else with_unit(one.mdc95_mean, one.unit),
        cv=NOTHING if one.cv_pct is None else format_value(one.cv_pct, one.cv_pct / 10.0), status=one.status,
        note="; ".join(filter(None, (one.reason, *one.notes))),
    )  # fmt: skip


def interval_text(one: Interval | Icc) -> str:
    """A coefficient with its interval, "0.94 (0.88 to 0.98)"."""
    if one.low != one.low:  # nan
        return f"{one.value:.2f}"
    return f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})".replace("(-", "(−")


def with_unit(value: float, unit: str) -> str:
    """An error with its unit, to two digits."""
    shown = unit_text(unit)
    return f"{format_value(value, value / 10.0)}{' ' + shown if shown else ''}"


def reliability_terminal(
    study: ReliabilityStudy, metrics: list[MetricReliability], *, width: int
) -> tuple[Table, list[str]]:
    """The table of a terminal, and the lines below it that its numbers in brackets point to.

    width: of the terminal in characters; where it is below WIDE, the error in per cent stands below that of one trial.
    """
    from rich.table import Table
    from rich.text import Text

    n_mean = next((one.n_mean for one in metrics if one.n_mean), study.design.trials[1])
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2 if width >= WIDE else 1, 0, 0))
    table.add_column("metric", overflow="fold", min_width=14)
    table.add_column("side", overflow="fold", max_width=13 if width >= WIDE else 7)
    table.add_column(f"ICC, mean of {n_mean}\n(95 % interval)", no_wrap=True, overflow="ignore")
    one_trial = "SEM of\none trial" if width >= WIDE else "SEM of one\ntrial, CV"
    table.add_column(one_trial, justify="right", no_wrap=True, overflow="ignore")
    table.add_column(f"SEM of\nmean of {n_mean}", justify="right", no_wrap=True, overflow="ignore")
    table.add_column(f"MDC95,\nmean of {n_mean}", justify="right", no_wrap=True, overflow="ignore")
    if width >= WIDE:
        table.add_column("CV %", justify="right", no_wrap=True, overflow="ignore")
    reasons: dict[str, int] = {}
    for line in map(reliability_line, metrics):
        mark = f" [{reasons.setdefault(line.note, len(reasons) + 1)}]" if line.note else ""
        told = "refused" if line.status == "refused" else line.words
        icc = Text(f"{told}{mark}", style={"flagged": "yellow", "refused": "red"}.get(line.status, ""))
        if line.status != "refused":
            icc = Text(f"{line.icc}\n".replace("−", "-")) + icc
        numbers = [_plain(cell) for cell in (line.sem_one, line.sem_mean, line.mdc95, line.cv)]
        if width < WIDE:
            cv = numbers.pop()
            numbers[0] += f"\n{cv} %" if line.cv != NOTHING else ""
        plain = [Text(cell) for cell in (line.label, line.side, *numbers)]
        table.add_row(*plain[:2], icc, *plain[2:])
    return table, [f"[{number}] {reason}" for reason, number in reasons.items()]


def _plain(cell: str) -> str:
    return "-" if cell == NOTHING else cell.replace("−", "-")


def forms_terminal(metrics: list[MetricReliability], *, width: int) -> Table:
    """Every form of ICC, with which repeats it was computed.

    width: of the terminal in characters; where it is below WIDE_FORMS, intervals stand below their values.
    """
    from rich.table import Table
    from rich.text import Text

    wide = width >= WIDE_FORMS
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2 if wide else 1, 0, 0))
    table.add_column("metric, side\nrepeats", overflow="fold", min_width=14)
    for form in FORMS:
        table.add_column(f"{form}\n95 % interval", no_wrap=True, overflow="ignore")
    for one in metrics:
        if one.forms:
            any_form = next(iter(one.forms.values()))
            what = "session means" if one.repeats == "sessions" else one.repeats
            told = f"{metric_label(one.name)}, {side_label(one.side)}\n{any_form.n} athletes, {any_form.k} {what}"
            forms = {str(form): interval_text(icc) for form, icc in one.forms.items()}
            cells = [forms[form] if wide else forms[form].replace(" (", "\n").rstrip(")") for form in FORMS]
            table.add_row(*(Text(cell.replace("−", "-")) for cell in (told, *cells)))
    return table
