"""The butterfly of both feet: the path of each centre of pressure, and of the common one that moves between them.

On treadmills the combined centre of pressure of many steps draws the wings of a butterfly, from which left and right
are compared. A landing on both feet draws one such path. How far apart the feet stood is not measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.result import TrialResult
from landing_lab.report.panels import INK, LABEL_PT, LINE_STYLES, MUTED
from landing_lab.report.pressure_figure import AXIS_PT, insole_line, sheet_of_paper, write_header
from landing_lab.report.pressure_view import FootView, PressureView, pressure_view
from landing_lab.report.sole import FEET, GAP_MM, on_sheet
from landing_lab.report.sole_drawing import PATH_MARKS, draw_outline, draw_path, mark_path, prepare_sheet, time_colors

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT_IN: Final = 5.6
SHEET: Final = (0.012, 0.500)
FOLDED: Final = (0.620, 0.960)
FOLDED_BOTTOM: Final = 0.165
TIME_STRIP: Final = (0.075, 0.435)
LEAST_WIDTH_MM: Final = 30.0
"""The folded picture shows at least so much of the width of a foot (choice)."""


def butterfly_figure(trial: TrialResult) -> Figure:
    """Picture of the butterfly, 10 x 5.6 inches: paths in place with the common one, and both feet folded together.

    Raises ParameterError where one foot has no insole, or one was not loaded: a butterfly has two wings.
    """
    view = pressure_view(trial)
    feet = {foot.side: foot for foot in view.feet}
    if missing := [side for side in FEET if side not in feet]:
        raise ParameterError(
            f"a butterfly needs both feet; {trial.title} holds no insole of the {missing[0]} foot; "
            "draw the one foot with landing_lab.plot_pressure"
        )
    if whys := list(dict.fromkeys(foot.no_cop for foot in view.feet if foot.no_cop)):
        raise ParameterError(f"a butterfly needs both feet; {trial.title} cannot show it: {'; '.join(whys)}")
    with sheet_of_paper(HEIGHT_IN) as figure:
        told = (
            "Paths of the centre of pressure (COP) during the contact. How far apart the feet stood is not measured: "
            f"the soles are drawn {GAP_MM:.0f} mm apart."
        )
        lines = [told, insole_line(view)]
        top = write_header(figure, view, "butterfly: centre of pressure of both feet", lines) / (HEIGHT_IN * 72)
        axes = figure.add_axes((SHEET[0], 0.16, SHEET[1] - SHEET[0], top - 0.16))
        _draw_in_place(axes, view)
        _time_strip(figure, view)
        folded = figure.add_axes((FOLDED[0], FOLDED_BOTTOM, FOLDED[1] - FOLDED[0], top - FOLDED_BOTTOM - 0.05))
        _draw_folded(folded, view)
    return figure


def _draw_in_place(axes: Any, view: PressureView) -> None:
    layouts = [foot.pressure.layout for foot in view.feet]
    prepare_sheet(
        axes, [layout.width_mm for layout in layouts], max(layout.length_mm for layout in layouts), words_pt=LABEL_PT
    )
    span = float(view.times_s[0]), float(view.times_s[-1])
    for foot in view.feet:
        draw_outline(axes, foot.side, foot.pressure.layout)
        drawn, _ = on_contact(view, foot)
        draw_path(axes, drawn, view.times_s, span)
        mark_path(axes, drawn, view.peak - view.first)
    common = common_path(view)
    draw_path(axes, common, view.times_s, span)
    mark_path(axes, common, view.peak - view.first)
    told = np.flatnonzero(np.isfinite(common).all(axis=1))
    if len(told):
        y = float(common[told, 1].min())
        axes.annotate(
            "both feet", (float(np.mean(common[told, 0])), y), xytext=(0, -9), textcoords="offset points", ha="center",
            va="top", fontsize=LABEL_PT, color=INK, zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip


def on_contact(view: PressureView, foot: FootView) -> tuple[FloatArray, FloatArray]:
    """Path (n, 2) of a foot on the sheet and its force (n,) on the samples of the drawn contact; NaN where not told."""
    course = foot.course
    assert course is not None
    drawn, force = np.full((view.stop - view.first, 2), np.nan), np.full(view.stop - view.first, np.nan)
    began = foot.first - view.first
    there = slice(began, began + len(course.times_s))
    drawn[there] = on_sheet(foot.side, course.cop_mm, foot.pressure.layout.width_mm)
    force[there] = course.force_n
    return drawn, force


def common_path(view: PressureView) -> FloatArray:
    """The centre of pressure of both feet on the drawn sheet, (n, 2): nearer to the foot that carries more.

    A place on a drawing, not a measurement: its width follows from how far apart the soles are drawn. Told while both
    feet are; a foot alone is its own centre of pressure.
    """
    (left, left_n), (right, right_n) = (on_contact(view, foot) for foot in view.feet)
    both_n = np.where(left_n + right_n > 0.0, left_n + right_n, np.nan)
    share = (left_n / both_n)[:, None]
    return np.asarray(left * share + right * (1.0 - share))


def _time_strip(figure: Any, view: PressureView) -> None:
    """The key to colours and marks of the paths."""
    from matplotlib.lines import Line2D

    strip = figure.add_axes((TIME_STRIP[0], 0.085, TIME_STRIP[1] - TIME_STRIP[0], 0.022))
    span = view.time.relative(view.time.start_s), view.time.relative(view.time.stop_s)
    strip.imshow(np.linspace(0, 1, 256)[None], aspect="auto", cmap=time_colors(), extent=(*span, 0.0, 1.0))
    strip.set_yticks([])
    strip.locator_params(axis="x", nbins=5)
    strip.tick_params(labelsize=LABEL_PT)
    strip.set_xlabel("time from touchdown (s)", fontsize=AXIS_PT, labelpad=1)
    handles = [
        Line2D([], [], ls="none", marker=shape, ms=8, mfc="white", mec="#111111", mew=1.4, label=name)
        for name, shape in PATH_MARKS
    ]
    figure.legend(
        handles=handles, loc="lower center", bbox_to_anchor=((FOLDED[0] + FOLDED[1]) / 2, 0.012), ncols=3,
        fontsize=LABEL_PT, frameon=False, borderaxespad=0, handletextpad=0.2, columnspacing=1.2,
    )  # fmt: skip


def _draw_folded(axes: Any, view: PressureView) -> None:
    """Both feet on one foot, medial to the right: where the lines part, the feet rolled differently."""
    told = []
    for foot in view.feet:
        course = foot.course
        assert course is not None
        path = course.cop_mm
        axes.plot(*path.T, label=f"{foot.side} foot", **LINE_STYLES[foot.side])
        mark_path(axes, path, view.peak - foot.first, LINE_STYLES[foot.side]["color"])
        told.append(path[np.isfinite(path).all(axis=1)])
    places = np.vstack(told)
    across = max(float(np.abs(places[:, 0]).max()) * 1.25, LEAST_WIDTH_MM / 2)
    low, high = float(places[:, 1].min()), float(places[:, 1].max())
    room = 0.12 * max(high - low, 20.0)
    axes.set_xlim(-across, across)
    axes.set_ylim(low - room, high + 2.2 * room)
    axes.axvline(0.0, color=MUTED, lw=0.9, zorder=1)
    axes.grid(color="#dddddd", lw=0.6, zorder=0)
    axes.set_xlabel("COP from the middle of the foot (mm)", fontsize=AXIS_PT)
    axes.set_ylabel("COP from the heel edge (mm)", fontsize=AXIS_PT)
    for word, at, align in (("lateral", 0.015, "left"), ("medial", 0.985, "right")):
        axes.text(
            at, 0.015, word, transform=axes.transAxes, ha=align, va="bottom", fontsize=LABEL_PT, color=MUTED,
            fontstyle="italic",
        )  # fmt: skip
    axes.set_title("both feet folded together", fontsize=AXIS_PT + 0.5, color=INK)
    axes.legend(fontsize=LABEL_PT, frameon=False, loc="upper center", ncols=2, borderaxespad=0.1)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=LABEL_PT)
