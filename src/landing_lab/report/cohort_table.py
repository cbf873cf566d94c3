"""A cohort for a terminal: who is in it, the norms of its athletes, the sessions of one of them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from landing_lab.analysis.cohort.norms import PERCENTILES, Norm, NormKey, Norms
from landing_lab.analysis.cohort.strata import every_stratum
from landing_lab.analysis.cohort.trends import Trend
from landing_lab.analysis.reference import LEAST_LOCAL_ATHLETES
from landing_lab.analysis.trial_table import LEAST_TRIALS
from landing_lab.model.channels import WHOLE
from landing_lab.report.names import SIDE_LABELS, metric_label, task_label
from landing_lab.report.rounding import format_number, format_value, unit_text

MAIN: Final = (
    ("contact_time_s", "total"),
    ("rsi_flight_time_m_per_s", "total"),
    ("jump_height_flight_time_m", "total"),
    ("peak_force_bw", "total"),
    ("time_to_peak_force_s", "total"),
    ("loading_rate_20_80_bw_per_s", "total"),
    ("vertical_stiffness_peak_kn_per_m", "total"),
    ("landing_peak_force_bw", "total"),
    ("contact_delay_left_right_s", "left_right"),
    ("limb_symmetry_peak_0_100ms_pct", "left_right"),
    ("medial_shift_mm", "left"),
    ("medial_shift_mm", "right"),
)
"""What is shown where no metric is named."""


def did(task: str, condition: str) -> str:
    """A task and its condition as people read them."""
    words = task_label(task) if task else "task not known"
    return f"{words}, {condition.replace('_', ' ')}" if condition else words


def metric_words(name: str, side: str, unit: str) -> str:
    """A metric, its side where it is not of the whole person, and its unit."""
    label = metric_label(name)
    side_text = "" if side in WHOLE else f", {SIDE_LABELS.get(side, side)}"
    shown = unit_text(unit)
    return f"{label}{side_text}{f' ({shown})' if shown else ''}"


def norm_blocks(norms: Norms, wanted: Sequence[tuple[str, str]]) -> Iterator[list[str]]:
    """Lines for each task, condition and group with a norm of these metrics, the widest group first.

    A metric takes two lines, so that its name is never cut and the block fits a terminal of 80 columns. Groups of the
    same athletes are one block.
    """
    for task, condition in sorted({(key.task, key.condition) for key in norms.norms}):
        blocks: dict[tuple[tuple[tuple[str, str], Norm], ...], list[str]] = {}
        for stratum in every_stratum():
            keys = [NormKey(name, side, task, condition, stratum) for name, side in wanted]
            found = [(key, norms.norms[key]) for key in keys if key in norms.norms]
            if found:
                same = tuple(((key.name, key.side), norm) for key, norm in found)
                blocks.setdefault(same, []).append(stratum.words)
        for same, (widest, *others) in blocks.items():
            also = f" (the same athletes: {'; '.join(others)})" if others else ""
            yield [f"{did(task, condition)}: {widest}{also}", *_rows(same)]


_COLUMNS: Final = ("athletes", "mean", "95 % interval", "SD", *(f"{one} %" for one in PERCENTILES))


def _rows(found: Sequence[tuple[tuple[str, str], Norm]]) -> Iterator[str]:
    cells = [_cells(norm) for _, norm in found]
    widths = [max(len(row[at]) for row in (_COLUMNS, *cells)) for at in range(len(_COLUMNS))]

    def line(row: Sequence[str]) -> str:
        return "  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))

    yield line(_COLUMNS)
    for ((name, side), norm), row in zip(found, cells, strict=True):
        yield metric_words(name, side, norm.unit)
        yield line(row)


def _cells(norm: Norm) -> tuple[str, ...]:
    """Numbers of one norm, to the digit that the error of its mean supports."""
    error = norm.sd / norm.n_athletes**0.5
    low, high = (format_value(one, error) for one in (norm.mean_low, norm.mean_high))
    mean, sd, *percentiles = (format_value(one, error) for one in (norm.mean, norm.sd, *norm.percentiles))
    return (str(norm.n_athletes), mean, f"{low} to {high}", sd, *percentiles)


def count_lines(norms: Norms, width: int = 96) -> Iterator[str]:
    """How many athletes each group has, and which are too few for a norm."""
    for task, condition in sorted({(task, condition) for task, condition, _ in norms.counts}):
        yield did(task, condition)
        own = [
            (one, norms.counts[task, condition, one])
            for one in every_stratum()
            if (task, condition, one) in norms.counts
        ]
        enough = "; ".join(f"{one.words} {n}" for one, n in own if n >= LEAST_LOCAL_ATHLETES)
        too_few = "; ".join(f"{one.words} {n}" for one, n in own if n < LEAST_LOCAL_ATHLETES)
        if enough:
            yield from textwrap.wrap(enough, width, initial_indent="  ", subsequent_indent="  ")
        if too_few:
            text = f"too few for a norm: {too_few}"
            yield from textwrap.wrap(text, width, initial_indent="  ", subsequent_indent="    ")


NORM_RULE: Final = (
    f"One athlete is one value: the mean of each session with {LEAST_TRIALS} or more trials, then the mean of the "
    f"sessions; trials are never pooled. Groups of fewer than {LEAST_LOCAL_ATHLETES} athletes are counted and have no "
    f"norm. A norm says how your athletes spread, not what is good."
)


def trend_lines(trend: Trend) -> Iterator[str]:
    """One athlete's sessions in one metric: a line each, then the slope and the change."""
    unit = unit_text(trend.unit)
    yield metric_words(trend.name, trend.side, trend.unit)
    for point in trend.points:
        date = f", {point.recorded_at:%d %b %Y}" if point.recorded_at is not None else ""
        few = "" if point.counts else f"; fewer than {LEAST_TRIALS} trials, not judged by"
        flagged = f"; {point.n_flagged} flagged" if point.n_flagged else ""
        trials = "1 trial" if point.n == 1 else f"{point.n} trials"
        shown = format_number(point.mean, point.se)
        yield f"  ses-{point.session}{date}: {shown} {unit}".rstrip() + f" ({trials}{flagged}{few})"
    yield f"  {slope_words(trend)}"
    yield f"  {change_words(trend)}"


def slope_words(trend: Trend) -> str:
    """The slope with its interval, or why there is none."""
    slope = trend.slope
    if slope is None:
        return "slope: needs three sessions with three trials each"
    error = (slope.high - slope.low) / 4.0
    unit = f" {unit_text(trend.unit)}".rstrip()
    low, high = format_value(slope.low, error), format_value(slope.high, error)
    return (
        f"slope: {format_value(slope.value, error)}{unit} per {slope.per} "
        f"(95 % interval {low} to {high}, {slope.n_sessions} sessions)"
    )


def change_words(trend: Trend) -> str:
    """Last session against the first, and whether that is more than the error makes."""
    change = trend.change
    if change is None:
        return "change: needs two sessions with three trials each"
    first, last = trend.counted[0], trend.counted[-1]
    error = change.se
    unit = f" {unit_text(trend.unit)}".rstrip()
    start = f"change, ses-{last.session} against ses-{first.session}: {format_value(change.value, error)}{unit}; "
    if change.mdc95 is None:
        return f"{start}not judged, because {change.reason}"
    borrowed = ", borrowed" if change.borrowed else ""
    size = f"{format_value(change.mdc95, error)}{unit}"
    if change.state == "beyond":
        return f"{start}more than the least detectable change of {size} ({change.reason}{borrowed})"
    return f"{start}not more than trials and days make by themselves ({size}, {change.reason}{borrowed})"
