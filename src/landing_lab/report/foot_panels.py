"""Two panels beside each other over the time of a contact: the left foot on the left, the right one on the right."""

from __future__ import annotations

from typing import Any, Final

from landing_lab.model.channels import Side
from landing_lab.report.names import sentence
from landing_lab.report.panels import MUTED, text_size_pt
from landing_lab.report.placement import wrap_measured
from landing_lab.report.pressure_figure import AXIS_PT, shade_phases, time_axis
from landing_lab.report.pressure_view import PressureView
from landing_lab.report.sole import FEET

PANELS: Final[dict[Side, tuple[float, float]]] = {"left": (0.072, 0.478), "right": (0.532, 0.938)}


def foot_panels(figure: Any, view: PressureView, *, bottom_pt: float, top_pt: float) -> dict[Side, Any]:
    """One panel per foot with a common height axis, phases shaded; a foot without an insole says so."""
    height_pt = figure.get_figheight() * 72
    panels: dict[Side, Any] = {}
    for side in FEET:
        left, right = PANELS[side]
        box = (left, bottom_pt / height_pt, right - left, (top_pt - 34.0 - bottom_pt) / height_pt)
        axes = figure.add_axes(box, sharey=panels.get("left"))
        panels[side] = axes
        figure.text((left + right) / 2, (top_pt - 4.0) / height_pt, f"{side} foot", ha="center", va="top", fontsize=11)
        shade_phases(axes, view, named=True)
        time_axis(axes, view)
        if side == "right":
            axes.tick_params(labelleft=False)
    return panels


def say_missing(axes: Any, why: str) -> None:
    """Why a panel is empty, in its middle; without a reason no insole was there."""
    said = why or "no insole was recorded"
    width_pt = axes.get_position().width * axes.figure.get_figwidth() * 72 - 20.0
    lines = wrap_measured(sentence(said), width_pt, lambda text: text_size_pt(axes.figure, text, AXIS_PT)[0])
    axes.text(
        0.5, 0.5, "\n".join(lines), transform=axes.transAxes, ha="center", va="center", fontsize=AXIS_PT, color=MUTED
    )
