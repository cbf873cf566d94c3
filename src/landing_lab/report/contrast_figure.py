"""Picture of two conditions: every athlete's two means joined, and the differences against the error of a trial."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from landing_lab.report.contrast_table import interval, p_text
from landing_lab.report.figure import DPI, WIDTH_IN, drawable, figure_style
from landing_lab.report.names import metric_label, sentence, side_label, task_label
from landing_lab.report.panels import INK, MUTED
from landing_lab.report.rounding import unit_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from landing_lab.analysis.contrasts import AthleteContrast, Contrast

BLUE: Final = "#0072B2"
ORANGE: Final = "#C24E00"
GREY: Final = "#98A2AA"
TEXT_PT: Final = 10.0
STYLES: Final = {
    "real": (ORANGE, "D", "beyond the error"),
    "within_error": (BLUE, "o", "within the error"),
    "not_judged": (GREY, "o", "not judged"),
}


def contrast_figure(contrast: Contrast) -> Figure:
    """Left: means of both conditions, a line per athlete. Right: differences with 95 % intervals and the error.

    Marks and colours say whether a difference is beyond the error of measurement. Without athletes it says why.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from landing_lab.report.shown_figure import ShownFigure

    athletes = sorted(contrast.athletes, key=lambda one: one.difference)
    with figure_style():
        height = max(3.4 if len(athletes) < 3 else 4.8, 2.4 + 0.2 * len(athletes))
        figure = ShownFigure(figsize=(WIDTH_IN, height), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        title = (
            f"{sentence(metric_label(contrast.name))}, {side_label(contrast.side)}: "
            f"{_words(contrast.second)} minus {_words(contrast.first)} ({task_label(contrast.task)})"
        )
        figure.text(0.012, 1 - 0.12 / height, drawable(title, 100), ha="left", va="top", fontsize=12,
                    fontweight="bold", color=INK)  # fmt: skip
        if not athletes:
            figure.text(0.5, 0.5, drawable(contrast.reason, 100), ha="center", va="center", fontsize=11, color=MUTED)
            return figure
        box = (0.95 / height, 1 - 1.55 / height)
        left = figure.add_axes((0.085, box[0], 0.27, box[1]))
        right = figure.add_axes((0.49, box[0], 0.48, box[1]))
        _draw_slopes(left, contrast, athletes)
        _draw_differences(right, contrast, athletes)
        figure.text(0.012, 0.09 / height, _caption(contrast), ha="left", va="bottom", fontsize=9.5, color=MUTED)
    return figure


def _words(condition: str) -> str:
    return drawable(condition.replace("_", " "), 30)


def _unit(contrast: Contrast) -> str:
    shown = unit_text(contrast.unit)
    return f" ({shown})" if shown else ""


def _draw_slopes(axes: Any, contrast: Contrast, athletes: list[AthleteContrast]) -> None:
    for one in athletes:
        color, mark, _ = STYLES[one.judgement]
        axes.plot([0, 1], [one.mean_first, one.mean_second], color=color, lw=1.2, marker=mark, ms=5, alpha=0.85)
    if contrast.group is not None:
        axes.plot([0, 1], [contrast.group.mean_first, contrast.group.mean_second], color=INK, lw=3.0, zorder=4)
    # A difference within the error must not fill the picture.
    least = 4.0 * max((one.detectable or 0.0 for one in athletes), default=0.0)
    low, high = axes.get_ylim()
    room = max(least - (high - low), 0.0) / 2.0
    axes.set_ylim(low - room, high + room)
    axes.set_xlim(-0.25, 1.25)
    axes.set_xticks([0, 1], [_words(contrast.first), _words(contrast.second)], fontsize=TEXT_PT)
    axes.set_ylabel(drawable(f"mean of an athlete{_unit(contrast)}"), fontsize=TEXT_PT)
    _bare(axes)


def _draw_differences(axes: Any, contrast: Contrast, athletes: list[AthleteContrast]) -> None:
    axes.axvline(0.0, color=INK, lw=0.8)
    seen = set()
    for row, one in enumerate(athletes):
        color, mark, name = STYLES[one.judgement]
        if one.detectable is not None:
            axes.fill_betweenx([row - 0.5, row + 0.5], -one.detectable, one.detectable, color="#E7EBEE", lw=0, zorder=0)
        if math.isfinite(one.low):
            axes.plot([one.low, one.high], [row, row], color=color, lw=1.6)
        axes.plot([one.difference], [row], mark, color=color, ms=6, label=None if name in seen else name)
        seen.add(name)
    ticks = [drawable(one.participant, 12) for one in athletes]
    rows = list(range(len(athletes)))
    if contrast.group is not None:
        group, top = contrast.group, len(athletes) + 0.2
        axes.plot([group.low, group.high], [top, top], color=INK, lw=3.0)
        axes.plot([group.difference], [top], "s", color=INK, ms=8)
        ticks.append("mean of all")
        axes.set_ylim(-0.6, top + 0.7)
        axes.set_yticks([*rows, top], ticks, fontsize=9)
    else:
        axes.set_ylim(-0.6, len(athletes) - 0.4)
        axes.set_yticks(rows, ticks, fontsize=9)
    axes.locator_params(axis="x", nbins=6)
    axes.set_xlabel(drawable(f"difference with 95 % interval{_unit(contrast)}"), fontsize=TEXT_PT)
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, frameon=False, fontsize=9, handletextpad=0.3,
                borderaxespad=0.1, columnspacing=1.2)  # fmt: skip
    _bare(axes)


def _bare(axes: Any) -> None:
    axes.tick_params(labelsize=TEXT_PT)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _caption(contrast: Contrast) -> str:
    error = contrast.error
    if error is None:
        band = "No error of a trial is known, so no athlete is judged."
    else:
        whose = "borrowed" if error.borrowed else "laboratory's"
        band = (
            f"Grey: differences within the error of a trial ({whose} error), which athletes are judged by; lines: 95 % "
            f"intervals of their own trials."
        )
    group = contrast.group
    if group is None:
        return band
    told = interval(group.difference, group.low, group.high, contrast.unit)
    return f"{band}\nAll: {told}, sign-flip p {p_text(group.p_sign_flip)}, adjusted {p_text(contrast.p_holm)}."
