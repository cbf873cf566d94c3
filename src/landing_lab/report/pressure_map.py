"""Pressure under both feet at one instant, or the highest of a contact, with the path of the centre of pressure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from landing_lab.model.pressure import GATE_SHARE
from landing_lab.model.result import TrialResult
from landing_lab.report.panels import INK, LABEL_PT, MUTED, text_size_pt
from landing_lab.report.placement import wrap_measured
from landing_lab.report.pressure_figure import (
    draw_forces,
    insole_line,
    shade_phases,
    sheet_of_paper,
    span_of,
    write_header,
    zero_word,
)
from landing_lab.report.pressure_scale import cell_text, draw_scale
from landing_lab.report.pressure_view import FootView, PressureView, cells_at_limit, cells_kpa, pressure_view, sample_at
from landing_lab.report.sole import FEET, interpolated, on_sheet
from landing_lab.report.sole_drawing import (
    MOST_VALUES,
    PATH_MARKS,
    draw_outline,
    draw_path,
    fill_sole,
    mark_cells,
    mark_path,
    prepare_sheet,
    time_colors,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT_IN: Final = 6.2
SOLES: Final = (0.012, 0.465)
SCALE: Final = (0.485, 0.560)
SIDE_PANEL: Final = (0.665, 0.980)
WORDS_PT: Final = 9.0


def pressure_map(trial: TrialResult, at: str | float = "peak") -> Figure:
    """Picture of the pressure under both feet, 10 x 6.2 inches, with the path of each centre of pressure over it.

    at: "peak" (instant of peak force), "maximum" (each cell at its own highest of the contact), or seconds after
    touchdown. Raises ParameterError where the trial has no insoles or contact, or the time is outside it.
    """
    view = pressure_view(trial)
    sample = sample_at(view, at)
    with sheet_of_paper(HEIGHT_IN) as figure:
        lines = [f"{_when(view, at, sample)}. {insole_line(view)}"]
        free_pt = write_header(figure, view, "pressure under the feet", lines)
        top = free_pt / (HEIGHT_IN * 72)
        soles = figure.add_axes((SOLES[0], 0.015, SOLES[1] - SOLES[0], top - 0.015))
        draw_soles(soles, view, sample)
        scale = figure.add_axes((SCALE[0], 0.18, SCALE[1] - SCALE[0], top - 0.34))
        draw_scale(scale, view.scale, size_pt=LABEL_PT)
        title = view.scale.title.replace(" (", "\n(").replace("foot's ", "foot's\n")
        scale.text(0.0, 1.03, title, transform=scale.transAxes, fontsize=LABEL_PT, va="bottom", color=INK)
        force = figure.add_axes((SIDE_PANEL[0], 0.56, SIDE_PANEL[1] - SIDE_PANEL[0], top - 0.56 - 0.055))
        _draw_force(force, view, sample)
        _write_key(figure, view, sample)
    return figure


def _when(view: PressureView, at: str | float, sample: int | None) -> str:
    if sample is None:
        return "Each cell at its own highest of the contact"
    after = f"{1000 * view.relative(sample):.0f} ms after {zero_word(view)}"
    return f"At peak force, {after}" if at == "peak" else after


def draw_soles(axes: Any, view: PressureView, sample: int | None) -> None:
    """Both feet: colours, cells with their values, path of the centre of pressure; a missing foot is an empty sole."""
    layouts = [foot.pressure.layout for foot in view.feet]
    prepare_sheet(
        axes, [layout.width_mm for layout in layouts], max(layout.length_mm for layout in layouts), words_pt=WORDS_PT
    )
    for side in FEET:
        if side not in {foot.side for foot in view.feet}:
            draw_outline(axes, side, layouts[0], empty=True)
    span = float(view.times_s[0]), float(view.times_s[-1])
    for foot in view.feet:
        layout = foot.pressure.layout
        values = view.scale.values(cells_kpa(view, foot, sample), foot.highest_kpa)
        fill_sole(axes, foot.side, layout, values, view.scale)
        if not layout.dense:  # a mat has its own edge
            draw_outline(axes, foot.side, layout)
        mark_cells(axes, foot.side, layout, values, cells_at_limit(view, foot, sample), words_pt=WORDS_PT)
        if foot.course is None or foot.no_cop:
            continue
        drawn = on_sheet(foot.side, foot.course.cop_mm, layout.width_mm)
        draw_path(axes, drawn, foot.course.times_s - view.time.zero_s, span)
        mark_path(axes, drawn, view.peak - foot.first)


def _draw_force(axes: Any, view: PressureView, sample: int | None) -> None:
    """Force over the contact with the instant of the picture; the strip below it is the key to the colours of paths."""
    draw_forces(axes, view)
    shade_phases(axes, view, named=True)
    if sample is not None:
        axes.axvline(view.relative(sample), color=INK, lw=1.2, zorder=5)
    strip = axes.inset_axes((0.0, -0.36, 1.0, 0.055))
    span = axes.get_xlim()
    strip.imshow(np.linspace(0, 1, 256)[None], aspect="auto", cmap=time_colors(), extent=(*span, 0.0, 1.0))
    strip.set_xticks([])
    strip.set_yticks([])
    strip.set_xlabel("colour of the path of the centre of pressure", fontsize=WORDS_PT, labelpad=3)


def _write_key(figure: Any, view: PressureView, sample: int | None) -> None:
    """Marks of the path, and what was measured and what was only drawn between."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], ls="none", marker=shape, ms=8, mfc="white", mec="#111111", mew=1.4, label=name)
        for name, shape in PATH_MARKS
    ]
    left, right = SIDE_PANEL[0] - 0.055, SIDE_PANEL[1]
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(left, 0.375), ncols=3, fontsize=WORDS_PT, frameon=False,
        borderaxespad=0, handletextpad=0.2, columnspacing=1.2,
    )  # fmt: skip
    width_pt = (right - left) * figure.get_figwidth() * 72
    y = 0.315
    for text in _notes(view, sample):
        for line in wrap_measured(text, width_pt, lambda one: text_size_pt(figure, one, WORDS_PT)[0], most_lines=4):
            figure.text(left, y, line, fontsize=WORDS_PT, color=MUTED, va="top")
            y -= WORDS_PT * 1.35 / (HEIGHT_IN * 72)
        y -= 0.008


def _highest(view: PressureView, foot: FootView, sample: int | None) -> str:
    values = view.scale.values(cells_kpa(view, foot, sample), foot.highest_kpa)
    return f"{foot.side} {cell_text(span_of(values)[1])} {view.scale.unit}"


def _notes(view: PressureView, sample: int | None) -> list[str]:
    layouts = {foot.pressure.layout.name: foot.pressure.layout for foot in view.feet}.values()
    notes = []
    if any(interpolated(layout) for layout in layouts):
        notes.append("Measured at the dots only, beside them their values; colours between are interpolated.")
    elif all(layout.dense for layout in layouts):
        notes.append("Each patch between white lines is one cell.")
    else:
        notes.append("Each patch between white lines is the part of the sole that one cell stands for.")
    if any(len(layout) > MOST_VALUES for layout in layouts):
        highest = [_highest(view, foot, sample) for foot in view.feet]
        notes.append(f"Highest cell: {', '.join(highest)}.")
    limited = [
        f"{count} of the {foot.side} foot" for foot in view.feet if (count := len(cells_at_limit(view, foot, sample)))
    ]
    if limited:
        notes.append(f"◇ cells at their limit ({', '.join(limited)}): the true pressure is higher.")
    reasons: dict[str, list[str]] = {}
    for foot in view.feet:
        if foot.no_cop:
            reasons.setdefault(foot.no_cop, []).append(foot.side)
    notes += [f"No path for the {' and '.join(sides)} foot: {why}." for why, sides in reasons.items()]
    if not all(foot.no_cop for foot in view.feet):
        notes.append(f"The path is drawn while the foot carries more than {_gate_words(view)}.")
    return notes


def _gate_words(view: PressureView) -> str:
    """The gate of each path in newton; in per cent of the peak where newton mean nothing."""
    told = [(foot.side, foot.course) for foot in view.feet if foot.course is not None and not foot.no_cop]
    if any(course.by_cells and not course.calibrated for _, course in told):
        return f"{100.0 * GATE_SHARE:.0f} % of its peak force"
    return " and ".join(f"{course.gate_n:.0f} N ({side})" for side, course in told)
