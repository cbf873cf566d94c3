"""How far the centre of pressure under each foot moved medially since shortly after touchdown, over the contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from landing_lab.detect.params import at_least_one_sample
from landing_lab.errors import ParameterError
from landing_lab.metrics.pressure_course import REFERENCE_MS, SHIFT_MS
from landing_lab.model.channels import Side
from landing_lab.model.result import MetricValue, TrialResult
from landing_lab.report.foot_panels import foot_panels, say_missing
from landing_lab.report.panels import INK, LABEL_PT, LINE_STYLES, MUTED
from landing_lab.report.pressure_figure import AXIS_PT, insole_line, sheet_of_paper, span_of, write_header
from landing_lab.report.pressure_view import FootView, PressureView, pressure_view
from landing_lab.report.rounding import format_quantity
from landing_lab.report.sole import FEET

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT_IN: Final = 4.7
LEAST_RANGE_MM: Final = 12.0
"""The height axis covers at least this, so that a foot at rest does not look like one that rolls (choice)."""


def medial_shift_figure(trial: TrialResult) -> Figure:
    """Picture of the medial pressure shift of each foot with its standard deviation, 10 x 4.7 inches.

    Raises ParameterError where the trial has no insoles or contact, or neither foot a shift.
    """
    view = pressure_view(trial)
    shown = [foot for foot in view.feet if foot.course is not None and not _no_shift(foot)]
    if not shown:
        whys = "; ".join(dict.fromkeys(_no_shift(foot) for foot in view.feet))
        raise ParameterError(f"{trial.title} has no medial shift to draw: {whys}")
    with sheet_of_paper(HEIGHT_IN) as figure:
        told = (
            f"Centre of pressure, medio-lateral, from where it was {REFERENCE_MS:.0f} ms after touchdown. "
            "Positive: towards the inner edge of the foot. Band: ± 1 SD."
        )
        top_pt = write_header(figure, view, "medial pressure shift", [told, insole_line(view)])
        panels = foot_panels(figure, view, bottom_pt=80.0, top_pt=top_pt)
        feet = {foot.side: foot for foot in view.feet}
        for side in FEET:
            foot = feet.get(side)
            if foot not in shown:
                say_missing(panels[side], "" if foot is None else _no_shift(foot))
                continue
            _draw_shift(panels[side], view, foot)
        _finish(view, panels, shown)
    return figure


def _no_shift(foot: FootView) -> str:
    """Why this foot has no shift; empty where it has one."""
    if foot.no_cop or (foot.course is not None and foot.course.reference is not None):
        return foot.no_cop
    return (
        f"the {foot.side} foot was not loaded enough from {REFERENCE_MS:.0f} ms after touchdown on to tell its "
        "centre of pressure"
    )


def _draw_shift(axes: Any, view: PressureView, foot: FootView) -> None:
    course = foot.course
    assert course is not None
    style = LINE_STYLES[foot.side]
    times = course.times_s - view.time.zero_s
    axes.axhline(0.0, color=MUTED, lw=0.9, zorder=1.5)
    axes.fill_between(
        times, course.shift_mm - course.shift_sd_mm, course.shift_mm + course.shift_sd_mm, color=style["color"],
        alpha=0.20, lw=0, zorder=2,
    )  # fmt: skip
    for edge in (-1.0, 1.0):
        axes.plot(times, course.shift_mm + edge * course.shift_sd_mm, color=style["color"], lw=0.7, alpha=0.6, zorder=2)
    axes.plot(times, course.shift_mm, **style)
    later = at_least_one_sample(SHIFT_MS, view.signals.sample_rate_hz)
    for frame, shape, name, metric in (
        (course.peak, "o", "peak force", "medial_shift_mm"),
        (later, "D", f"{SHIFT_MS:.0f} ms", "medial_shift_100ms_mm"),
    ):
        row = told_row(view, metric, foot.side)
        if row is None:
            continue
        there = [frame] if row.value is not None and frame < len(times) else []
        axes.plot(
            times[there], course.shift_mm[there], shape, ms=7.5, mfc="white", mec=INK, mew=1.3, zorder=6, ls="none",
            label=f"{name}: {told_shift(row)}",
        )  # fmt: skip
    if axes.get_legend_handles_labels()[1]:
        axes.legend(
            fontsize=LABEL_PT, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.20), ncols=1,
            handletextpad=0.3, borderaxespad=0,
        )  # fmt: skip


def told_row(view: PressureView, metric: str, side: Side) -> MetricValue | None:
    """The row of the table that a mark tells; None where the table has none."""
    return view.trial.table.get(metric if view.where == "contact" else f"landing_{metric}", side)


def told_shift(row: MetricValue) -> str:
    """A shift of the table with sign, uncertainty and unit, and its status where that is not ok."""
    if row.value is None:
        return "refused, see the table"
    text = format_quantity(row.value, row.sd, row.unit)
    signed = f"+{text}" if row.value > 0 and not text.startswith("0 ") else text
    return signed if row.status == "ok" else f"{signed} ({row.status})"


def _finish(view: PressureView, panels: dict[Any, Any], shown: list[FootView]) -> None:
    """One height axis for both feet, in mm and in per cent of the width of the foot, with words for its ends."""
    bands = []
    for foot in shown:
        assert foot.course is not None
        bands += [foot.course.shift_mm - foot.course.shift_sd_mm, foot.course.shift_mm + foot.course.shift_sd_mm]
    low, high = span_of(np.concatenate(bands))
    middle, reach = (low + high) / 2, max(high - low, LEAST_RANGE_MM) * 0.56
    left, right = panels["left"], panels["right"]
    left.set_ylim(middle - reach, middle + reach)
    left.set_ylabel("medial shift (mm)", fontsize=AXIS_PT)
    widths = {foot.pressure.layout.width_mm for foot in view.feet}
    if len(widths) == 1:
        width_mm = widths.pop()
        second = right.secondary_yaxis(
            "right", functions=(lambda mm: 100.0 * mm / width_mm, lambda pct: pct * width_mm / 100.0)
        )
        second.set_ylabel("medial shift (% of foot width)", fontsize=AXIS_PT)
        second.tick_params(labelsize=LABEL_PT)
    for word, at in (("medial", 0.97), ("lateral", 0.03)):
        left.text(
            0.012, at, word, transform=left.transAxes, va="top" if at > 0.5 else "bottom", fontsize=LABEL_PT,
            color=MUTED, fontstyle="italic", zorder=6,
        )  # fmt: skip
