"""Two conditions compared, as lines of text for a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from landing_lab.report.names import metric_label, side_label
from landing_lab.report.rounding import MINUS, format_value, unit_text

if TYPE_CHECKING:
    from rich.table import Table

    from landing_lab.analysis.contrasts import AthleteContrast, Contrast

JUDGED: Final = {"real": "beyond the error", "within_error": "within the error", "not_judged": "not judged"}
NOTHING: Final = "-"
WIDE: Final = 92
"""Columns of a terminal from which there is room between the columns."""


def signed(value: float, spread: float, unit: str = "") -> str:
    """A difference with its sign, to the digit that `spread` supports."""
    told = format_value(value, spread if spread > 0 else None).replace(MINUS, "-")
    sign = "+" if value > 0 and any(digit in "123456789" for digit in told) else ""
    return f"{sign}{told}{' ' + unit_text(unit) if unit_text(unit) else ''}"


def interval(value: float, low: float, high: float, unit: str) -> str:
    """A difference with its 95 % interval, "-2.6 (-3.2 to -1.9) mm"."""
    if math.isnan(low):
        return signed(value, abs(value) / 10.0, unit)
    digit = (high - low) / 4.0
    shown = unit_text(unit)
    return f"{signed(value, digit)} ({signed(low, digit)} to {signed(high, digit)}){' ' + shown if shown else ''}"


def p_text(p: float | None) -> str:
    """A p value as papers print it."""
    if p is None or math.isnan(p):
        return NOTHING
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def group_table(contrasts: list[Contrast], *, width: int) -> tuple[Table, list[str]]:
    """Group results, one row per metric and side, and the reasons its numbers in brackets point to.

    width: of the terminal in characters.
    """
    table = _table(wide=width >= WIDE)
    for title in ("n", "difference\n(95 % interval)", "g", "p", "p\nadjusted", "beyond\nerror"):
        table.add_column(title, justify="left" if title.startswith("diff") else "right", no_wrap=True)
    reasons: dict[str, int] = {}
    for one in contrasts:
        group = one.group
        mark = f" [{reasons.setdefault(one.reason, len(reasons) + 1)}]" if one.reason else ""
        real = beyond_error(one)
        told = "refused" if group is None else _two_lines(group.difference, group.low, group.high, one.unit)
        g = NOTHING if group is None or math.isnan(group.g) else signed(group.g, 0.03)
        effect = (g, NOTHING if group is None else p_text(group.p_sign_flip))
        _add(table, one, str(len(one.athletes)), f"{told}{mark}", *effect, p_text(one.p_holm), real)
    return table, [f"[{number}] {reason}" for reason, number in reasons.items()]


def beyond_error(contrast: Contrast) -> str:
    """How many of the athletes that are judged differ by more than the error of their trials."""
    judged = [athlete for athlete in contrast.athletes if athlete.judgement != "not_judged"]
    return f"{sum(athlete.judgement == 'real' for athlete in judged)} of {len(judged)}" if judged else NOTHING


def athlete_table(contrasts: list[Contrast], participant: str, *, width: int) -> tuple[Table, list[str]]:
    """One athlete's results, one row per metric and side, and the reasons its numbers in brackets point to.

    The interval is by what the athlete is judged by, the error of a trial; by the own trials where none is known.
    """
    table = _table(wide=width >= WIDE)
    table.add_column("trials", justify="right", no_wrap=True)
    table.add_column("difference\n(95 % interval)", no_wrap=True)
    table.add_column("least real\ndifference", justify="right", no_wrap=True)
    table.add_column("judgement", overflow="fold")
    reasons: dict[str, int] = {}
    for one in contrasts:
        own = one.of(participant)
        reason = one.reason if own is None else own.reason
        mark = f" [{reasons.setdefault(reason, len(reasons) + 1)}]" if reason else ""
        if own is None:
            _add(table, one, NOTHING, "refused", NOTHING, f"not judged{mark}")
        else:
            low, high = athlete_interval(own)
            told = _two_lines(own.difference, low, high, one.unit)
            judged = f"{JUDGED[own.judgement]}{mark}"
            _add(table, one, f"{own.n_first} + {own.n_second}", told, _detectable(own, one.unit), judged)
    return table, [f"[{number}] {reason}" for reason, number in reasons.items()]


def athlete_interval(own: AthleteContrast) -> tuple[float, float]:
    """The interval that leaves out 0 where, and only where, a difference is beyond the error.

    By the spread of the athlete's own trials where no error is known.
    """
    if own.detectable is None:
        return own.low, own.high
    return own.difference - own.detectable, own.difference + own.detectable


def _two_lines(value: float, low: float, high: float, unit: str) -> str:
    """A difference, and its interval below it."""
    if math.isnan(low):
        return signed(value, abs(value) / 10.0, unit)
    digit = (high - low) / 4.0
    return f"{signed(value, digit, unit)}\n({signed(low, digit)} to {signed(high, digit)})"


def _detectable(own: AthleteContrast, unit: str) -> str:
    if own.detectable is None:
        return NOTHING
    shown = unit_text(unit)
    return f"{format_value(own.detectable, own.detectable / 10.0)}{' ' + shown if shown else ''}"


def _table(*, wide: bool) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2 if wide else 1, 0, 0))
    table.add_column("metric", overflow="fold", min_width=14)
    table.add_column("side", overflow="fold", max_width=13 if wide else 7)
    return table


def _add(table: Table, one: Contrast, *cells: str) -> None:
    from rich.text import Text

    table.add_row(*(Text(cell) for cell in (metric_label(one.name), side_label(one.side), *cells)))
