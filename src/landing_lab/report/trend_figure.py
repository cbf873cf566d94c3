"""The picture of one athlete over sessions: means with their errors, and what trials and days make by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from landing_lab.analysis.cohort.trends import DAYS_PER_MONTH, SessionPoint, Trend
from landing_lab.analysis.trial_table import LEAST_TRIALS
from landing_lab.errors import ParameterError
from landing_lab.report.cohort_table import change_words, did, metric_words, slope_words
from landing_lab.report.figure import DPI, drawable, figure_style
from landing_lab.report.panels import INK, LABEL_PT, MUTED, text_size_pt
from landing_lab.report.placement import wrap_measured

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_IN: Final = 10.0
ROW_IN: Final = 3.1
HEAD_IN: Final = 1.0
MOST_PANELS: Final = 8
LINE: Final = "#0072B2"
BAND: Final = "#E4E4E4"
_MOST_DATES: Final = 6


def trend_figure(trends: Sequence[Trend]) -> Figure:
    """One panel per trend of one athlete, task and condition, at most eight.

    A dot is the mean of a session, its whiskers one standard error; hollow dots have too few trials to judge by. The
    grey band is the least detectable change (95 %) around the first session that counts.

    Raises ParameterError without a trend.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from landing_lab.report.shown_figure import ShownFigure

    if not trends:
        raise ParameterError("there is no session with a value to draw; choose another metric or condition")
    shown = trends[:MOST_PANELS]
    n_columns = min(2, len(shown))
    n_rows = -(-len(shown) // n_columns)
    height_in = HEAD_IN + n_rows * ROW_IN
    with figure_style():
        figure = ShownFigure(figsize=(WIDTH_IN, height_in), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        _write_head(figure, shown, height_in)
        width = 1.0 / n_columns
        for number, trend in enumerate(shown):
            row, column = divmod(number, n_columns)
            top = (height_in - HEAD_IN - row * ROW_IN) / height_in
            box = (column * width + 0.075, top - (ROW_IN - 1.0) / height_in, width - 0.1, (ROW_IN - 1.38) / height_in)
            _draw(figure, trend, box, height_in)
        return figure


def _write_head(figure: Any, trends: Sequence[Trend], height_in: float) -> None:
    first = trends[0]
    title = f"{drawable(first.participant, 30)}  ·  {drawable(did(first.task, first.condition), 60)}  ·  over sessions"
    few = f"fewer than {LEAST_TRIALS} trials, not judged by"
    key = f"Dot: mean of a session; whiskers: one standard error; hollow: {few}."
    if any(_has_band(one) for one in trends):
        key += (
            " Grey band: least detectable change (95 %) around the first session that counts; only a session outside "
            "it differs by more than trials and days make by themselves (one in twenty does so by chance)."
        )
    left, top = 14 / (WIDTH_IN * 72), 1.0 - 9 / (height_in * 72)
    figure.text(left, top, title, ha="left", va="top", fontsize=12, fontweight="bold", color=INK)
    lines = wrap_measured(key, WIDTH_IN * 72 - 28, lambda text: text_size_pt(figure, text, LABEL_PT)[0], most_lines=3)
    figure.text(
        left, top - 19 / (height_in * 72), "\n".join(lines), ha="left", va="top", fontsize=LABEL_PT, color=MUTED,
        linespacing=1.35,
    )  # fmt: skip


def _draw(figure: Any, trend: Trend, box: tuple[float, float, float, float], height_in: float) -> None:
    axes = figure.add_axes(box)
    dated = all(point.recorded_at is not None for point in trend.points) and _span_days(trend.points) >= 1.0
    x = _places(trend.points, dated=dated)
    if _has_band(trend):
        assert trend.change is not None
        assert trend.change.mdc95 is not None
        baseline = trend.counted[0].mean
        axes.axhspan(baseline - trend.change.mdc95, baseline + trend.change.mdc95, color=BAND, lw=0, zorder=1)
        axes.axhline(baseline, color=MUTED, lw=0.8, ls=(0, (4, 3)), zorder=2)
    _draw_slope(axes, trend, x, dated=dated)
    for at, point in zip(x, trend.points, strict=True):
        face = LINE if point.counts else "white"
        error = None if point.se != point.se else point.se
        axes.errorbar(
            at, point.mean, yerr=error, fmt="o", ms=7, mfc=face, mec=LINE, ecolor=LINE, elinewidth=1.4, capsize=4,
            zorder=5,
        )  # fmt: skip
    _dress(axes, trend, x, dated=dated)
    width_pt = box[2] * WIDTH_IN * 72 + 30
    title = drawable(metric_words(trend.name, trend.side, trend.unit), 70)
    start = box[0] - 30 / (WIDTH_IN * 72)
    above = box[1] + box[3]
    figure.text(start, above + 8 / (height_in * 72), title, ha="left", va="bottom", fontsize=10.5, fontweight="bold")
    said = f"{_sentence(slope_words(trend))}. {_sentence(change_words(trend))}."
    lines = wrap_measured(said, width_pt, lambda text: text_size_pt(figure, text, 8.5)[0], most_lines=4)
    figure.text(
        start, box[1] - 22 / (height_in * 72), "\n".join(lines), ha="left", va="top", fontsize=8.5, color=INK,
        linespacing=1.3,
    )  # fmt: skip


def _has_band(trend: Trend) -> bool:
    return bool(trend.counted) and trend.change is not None and trend.change.mdc95 is not None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _span_days(points: Sequence[SessionPoint]) -> float:
    dates = [point.recorded_at for point in points if point.recorded_at is not None]
    return (max(dates) - min(dates)).total_seconds() / 86_400 if dates else 0.0


def _places(points: Sequence[SessionPoint], *, dated: bool) -> list[float]:
    """Where the sessions stand: days after the first, or one after the other."""
    if not dated:
        return [float(number) for number in range(len(points))]
    dates = [point.recorded_at for point in points if point.recorded_at is not None]
    return [(date - dates[0]).total_seconds() / 86_400 for date in dates]


def _draw_slope(axes: Any, trend: Trend, x: Sequence[float], *, dated: bool) -> None:
    """The fitted line through the sessions that count."""
    if trend.slope is None or (trend.slope.per == "month") != dated:
        return
    counted = [(at, point.mean) for at, point in zip(x, trend.points, strict=True) if point.counts]
    middle_x = sum(at for at, _ in counted) / len(counted)
    middle_y = sum(mean for _, mean in counted) / len(counted)
    slope = trend.slope.value / DAYS_PER_MONTH if dated else trend.slope.value
    ends = (counted[0][0], counted[-1][0])
    axes.plot(ends, [middle_y + slope * (end - middle_x) for end in ends], color=LINE, lw=1.2, alpha=0.6, zorder=3)


def _dress(axes: Any, trend: Trend, x: Sequence[float], *, dated: bool) -> None:
    span = max(x) - min(x) or 1.0
    axes.set_xlim(min(x) - 0.08 * span, max(x) + 0.08 * span)
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.06 * (high - low), high + 0.06 * (high - low))
    axes.set_xticks(*_ticks(trend.points, x, span, dated=dated))
    axes.grid(axis="y", color="#e3e3e3", lw=0.6, zorder=0)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=LABEL_PT)


def _ticks(
    points: Sequence[SessionPoint], x: Sequence[float], span: float, *, dated: bool
) -> tuple[list[float], list[str]]:
    """Places and names of sessions, so that none covers another."""
    places: list[float] = []
    names: list[str] = []
    for at, point in zip(x, points, strict=True):
        if places and at - places[-1] < span / _MOST_DATES:
            continue
        places.append(at)
        names.append(f"{point.recorded_at:%d %b %y}" if dated and point.recorded_at else f"ses-{point.session}")
    return places, names
