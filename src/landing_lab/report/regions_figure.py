"""How heel, midfoot, forefoot and toes share the load of each foot over the contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.metrics.pressure_course import FootCourse
from landing_lab.model.blocks import FloatArray
from landing_lab.model.result import TrialResult
from landing_lab.report.foot_panels import foot_panels, say_missing
from landing_lab.report.panels import LABEL_PT
from landing_lab.report.pressure_figure import AXIS_PT, insole_line, sheet_of_paper, span_of, write_header
from landing_lab.report.pressure_view import PressureView, pressure_view
from landing_lab.report.sole import FEET
from landing_lab.report.view import body_weight_n

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT_IN: Final = 4.5
PART_COLORS: Final = {"heel": "#0072B2", "midfoot": "#56B4E9", "forefoot": "#E69F00", "toes": "#F0E442"}
"""Okabe and Ito's palette, dark to light from heel to toes; hatches tell the parts apart in grey."""

PART_HATCHES: Final = {"heel": "", "midfoot": "....", "forefoot": "", "toes": "////"}


def regions_figure(trial: TrialResult) -> Figure:
    """Picture of the load of heel, midfoot, forefoot and toes over the contact, stacked, 10 x 4.5 inches.

    Newton and body weights for calibrated insoles; per cent of the foot's highest sum of cells otherwise.
    Raises ParameterError where the trial has no insoles or contact, or neither foot was loaded.
    """
    view = pressure_view(trial)
    if all(foot.course is None for foot in view.feet):
        whys = "; ".join(dict.fromkeys(foot.missing for foot in view.feet))
        raise ParameterError(f"{trial.title} has no regional loads to draw: {whys}")
    with sheet_of_paper(HEIGHT_IN) as figure:
        top_pt = write_header(figure, view, "load of the parts of each foot", [f"Stacked. {insole_line(view)}"])
        panels = foot_panels(figure, view, bottom_pt=66.0, top_pt=top_pt)
        feet = {foot.side: foot for foot in view.feet}
        highest = 0.0
        for side in FEET:
            foot = feet.get(side)
            if foot is None or foot.course is None:
                say_missing(panels[side], "" if foot is None else foot.missing)
                continue
            loads = part_loads(foot.course, calibrated=view.scale.calibrated)
            _stack(panels[side], view, foot.course, loads)
            highest = max(highest, span_of(loads.sum(axis=1))[1])
            if view.scale.calibrated and not foot.course.by_cells:
                highest = max(highest, span_of(foot.course.force_n)[1])
        panels["left"].set_ylim(0.0, 1.06 * max(highest, 1.0))
        _finish(figure, view, panels)
    return figure


def part_loads(course: FootCourse, *, calibrated: bool) -> FloatArray:
    """Load of each part, (n, parts): newton, or per cent of the highest sum of all parts in this contact."""
    if calibrated:
        return course.part_n
    highest = span_of(course.part_n.sum(axis=1))[1]
    return course.part_n * (100.0 / highest if highest > 0.0 else 0.0)


def _stack(axes: Any, view: PressureView, course: FootCourse, loads: FloatArray) -> None:
    times = course.times_s - view.time.zero_s
    below = np.zeros(len(times))
    for number, part in enumerate(course.parts):
        above = below + loads[:, number]
        axes.fill_between(
            times, below, above, facecolor=PART_COLORS[part], hatch=PART_HATCHES[part], edgecolor="#55555599",
            lw=0.5, zorder=2, label=part,
        )  # fmt: skip
        below = above
    if view.scale.calibrated and not course.by_cells:
        axes.plot(times, course.force_n, color="#000000", lw=1.4, zorder=4, label="force of the foot")


def _finish(figure: Any, view: PressureView, panels: dict[Any, Any]) -> None:
    """Units on both sides, one legend for both feet."""
    left, right = panels["left"], panels["right"]
    if view.scale.calibrated:
        left.set_ylabel("load (N)", fontsize=AXIS_PT)
        weight_n = body_weight_n(view.trial)
        if weight_n is not None:
            second = right.secondary_yaxis("right", functions=(lambda n: n / weight_n, lambda bw: bw * weight_n))
            second.set_ylabel("load (body weights)", fontsize=AXIS_PT)
            second.tick_params(labelsize=LABEL_PT)
    else:
        left.set_ylabel("load (% of the foot's highest)", fontsize=AXIS_PT)
    entries: dict[str, Any] = {}
    for axes in panels.values():
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    figure.legend(
        entries.values(), entries.keys(), loc="lower center", bbox_to_anchor=(0.5, 0.012), ncols=5,
        fontsize=LABEL_PT, frameon=False, borderaxespad=0,
    )  # fmt: skip
