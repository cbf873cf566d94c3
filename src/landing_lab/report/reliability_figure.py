"""Pictures of a reliability study: ICC of every metric with its interval, and session against session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from landing_lab.report.figure import DPI, WIDTH_IN, drawable, figure_style
from landing_lab.report.names import metric_label, sentence, side_label
from landing_lab.report.panels import INK, MUTED
from landing_lab.report.reliability_table import interval_text, with_unit
from landing_lab.report.rounding import MINUS, format_value, unit_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from landing_lab.analysis.reliability.interval import Interval
    from landing_lab.analysis.reliability.metric_reliability import MetricReliability, SessionPair

BLUE: Final = "#0072B2"
ORANGE: Final = "#C24E00"
GREY: Final = "#98A2AA"
ROW_IN: Final = 0.36
BANDS: Final = ((0.0, 0.5, "poor"), (0.5, 0.75, "moderate"), (0.75, 0.9, "good"), (0.9, 1.0, "excellent"))
SHADES: Final = ("#F1F3F5", "#E7EBEE", "#DDE3E8", "#D2DAE0")
TEXT_PT: Final = 10.0


def icc_forest_figure(metrics: list[MetricReliability]) -> Figure:
    """One row per metric and side: ICC of the mean with its 95 % interval over the words of Koo and Li.

    metrics without a result are left out; without any, the picture says so.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from landing_lab.report.shown_figure import ShownFigure

    shown = [one for one in metrics if one.icc is not None]
    with figure_style():
        height = 1.5 + ROW_IN * max(len(shown), 2)
        figure = ShownFigure(figsize=(WIDTH_IN, height), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        if not shown:
            figure.text(0.5, 0.5, "no metric has enough repeats", ha="center", va="center", fontsize=13, color=MUTED)
            return figure
        axes = figure.add_axes((0.385, 0.62 / height, 0.40, (height - 1.35) / height))
        for (low, high, name), shade in zip(BANDS, SHADES, strict=True):
            axes.axvspan(low, high, color=shade, lw=0, zorder=0)
            axes.text((low + high) / 2, 1.0 + 0.06 / (height - 1.35), name, transform=axes.get_xaxis_transform(),
                      ha="center", va="bottom", fontsize=9 if high < 1 else 8.5, color=MUTED)  # fmt: skip
        for row, one in enumerate(shown):
            _draw_row(axes, row, one)
        axes.set_xlim(min(0.0, *(max(one.icc.low, -0.3) for one in shown if one.icc)), 1.0)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.set_yticks([])
        axes.set_xlabel(f"ICC of the mean of {shown[0].n_mean} trials, with 95 % interval", fontsize=TEXT_PT)
        axes.tick_params(labelsize=TEXT_PT)
        _bare(axes, "left", "right", "top")
        figure.text(0.012, 1 - 0.12 / height, _forest_title(shown), ha="left", va="top", fontsize=12,
                    fontweight="bold", color=INK)  # fmt: skip
    return figure


def _forest_title(shown: list[MetricReliability]) -> str:
    return f"How well athletes are told apart ({shown[0].n_athletes} athletes, {shown[0].n_sessions} sessions)"


def _draw_row(axes: Any, row: int, one: MetricReliability) -> None:
    icc = one.icc
    assert icc is not None
    color = ORANGE if one.status == "flagged" else BLUE
    axes.plot([icc.low, icc.high], [row, row], color=color, lw=2.0, solid_capstyle="butt")
    axes.plot([icc.value], [row], "D" if one.status == "flagged" else "o", color=color, ms=6)
    label = f"{metric_label(one.name)}, {side_label(one.side)}"
    axes.text(-0.02, row, drawable(label, 50), transform=axes.get_yaxis_transform(), ha="right", va="center",
              fontsize=9.5, color=INK)  # fmt: skip
    axes.text(1.02, row, interval_text(icc), transform=axes.get_yaxis_transform(), ha="left", va="center",
              fontsize=9.5, color=INK)  # fmt: skip


def bland_altman_figure(one: MetricReliability) -> Figure:
    """Second session minus first over the mean of both: an athlete a point, limits for means and for single trials.

    Without a second session it says so.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from landing_lab.report.shown_figure import ShownFigure

    with figure_style():
        figure = ShownFigure(figsize=(WIDTH_IN, 5.6), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        title = f"{sentence(metric_label(one.name))}, {side_label(one.side)}: second session minus first"
        figure.text(0.012, 0.977, drawable(title, 100), ha="left", va="top", fontsize=12, fontweight="bold", color=INK)
        if one.pair is None:
            figure.text(0.5, 0.5, "too few athletes with a second session", ha="center", va="center", fontsize=13)
            return figure
        axes = figure.add_axes((0.095, 0.235, 0.655, 0.66))
        gaps = one.pair.second_means - one.pair.first_means
        axes.plot(
            (one.pair.first_means + one.pair.second_means) / 2, gaps, "o", color=BLUE, ms=7, mec="white", zorder=5
        )
        axes.axhline(0.0, color=INK, lw=0.8, zorder=1)
        _draw_limits(axes, one)
        unit = unit_text(one.unit)
        inside = f" ({unit})" if unit else ""
        axes.set_xlabel(drawable(f"mean of both sessions{inside}"), fontsize=TEXT_PT + 0.5)
        axes.set_ylabel(drawable(f"second minus first{inside}"), fontsize=TEXT_PT + 0.5)
        axes.tick_params(labelsize=TEXT_PT)
        _bare(axes, "top", "right")
        figure.text(0.012, 0.028, _caption(one), ha="left", va="bottom", fontsize=9.5, color=MUTED, linespacing=1.4)
    return figure


def _draw_limits(axes: Any, one: MetricReliability) -> None:
    pair = one.pair
    assert pair is not None
    every = [pair.limits.lower.low, pair.limits.upper.high]
    room = 0.06 * (every[1] - every[0])
    axes.set_ylim(every[0] - room, every[1] + room)
    low, high = axes.get_xlim()
    axes.set_xlim(low, high)
    for limits, color, style in ((pair.limits, GREY, (0, (4, 2))), (pair.limits_of_means, ORANGE, "-")):
        for bound in (limits.lower, limits.upper):
            axes.axhline(bound.value, color=color, lw=1.6, ls=style, zorder=2)
            axes.fill_between([low, high], bound.low, bound.high, color=color, alpha=0.13, lw=0, zorder=0)
    axes.axhline(pair.limits.mean.value, color=BLUE, lw=1.6, zorder=2)
    axes.fill_between([low, high], pair.limits.mean.low, pair.limits.mean.high, color=BLUE, alpha=0.15, lw=0, zorder=0)
    marks: list[tuple[float, str, str]] = [(pair.limits.mean.value, "mean", BLUE)]
    for limits, name, color in ((pair.limits_of_means, "means", ORANGE), (pair.limits, "single trials", MUTED)):
        marks += [(bound.value, f"95 % of {name}", color) for bound in (limits.lower, limits.upper)]
    _label_lines(axes, marks)


def _label_lines(axes: Any, marks: list[tuple[float, str, str]]) -> None:
    """Name and value of each line at its right end, pushed apart where they would touch."""
    low, high = axes.get_ylim()
    least = 0.062 * (high - low)
    at = -np.inf
    for value, name, color in sorted(marks):
        at = max(value, at + least)
        told = format_value(value, (high - low) / 200.0)
        axes.text(1.015, (at - low) / (high - low), f"{name}: {told}", transform=axes.transAxes, ha="left",
                  va="center", fontsize=9.5, color=color)  # fmt: skip


def _caption(one: MetricReliability) -> str:
    pair = one.pair
    assert pair is not None
    shift = pair.limits.mean
    chance = "more than chance (practice, set-up)" if pair.shift_is_clear else "maybe chance"
    moved = f"{pair.limits.n} athletes. Between sessions the mean moved by {_signed(shift, one.unit)}: {chance}."
    return f"Dots: athletes. Shades: 95 % intervals of the lines.\n{drawable(moved)}\n{drawable(_trend(pair))}"


def _trend(pair: SessionPair) -> str:
    if pair.trend is None:
        return "Too few athletes to tell whether the error grows with the value."
    rho = f"{pair.trend.rho:+.2f}".replace("-", MINUS)
    told = f"(rho {rho}, p {pair.trend.p:.2g})"
    if not pair.trend.grows:
        return f"The error does not clearly grow with the value {told}."
    if pair.ratios is None:
        return f"The error grows with the value {told}: limits are too wide for small values and too narrow else."
    low, high = pair.ratios.lower.value, pair.ratios.upper.value
    return (
        f"The error grows with the value {told}: a trial of the second session is {low:.2f} to {high:.2f} times one of "
        "the first (95 %)."
    )


def _signed(one: Interval, unit: str) -> str:
    digit = max((one.high - one.low) / 4.0, 1e-12)
    told = f"{format_value(one.value, digit)} ({format_value(one.low, digit)} to {format_value(one.high, digit)})"
    return f"{told} {unit_text(unit)}".strip()


def _bare(axes: Any, *sides: str) -> None:
    for side in sides:
        axes.spines[side].set_visible(False)


def error_words(one: MetricReliability) -> str:
    """The standard error of the mean in a caption, "SEM of a mean of 5: 0.14 BW"."""
    return "" if one.sem_mean is None else f"SEM of a mean of {one.n_mean}: {with_unit(one.sem_mean.value, one.unit)}"
