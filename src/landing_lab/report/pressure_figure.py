"""Parts that every picture of pressure shares: the sheet of paper, its header, force over time, shaded phases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from landing_lab.model.blocks import FloatArray
from landing_lab.report.figure import DPI, WIDTH_IN, drawable, figure_style
from landing_lab.report.names import event_label, phase_label, sentence, task_label
from landing_lab.report.panels import INK, LABEL_PT, LINE_STYLES, MUTED, OTHER_PHASE_COLOR, PHASE_COLORS, text_size_pt
from landing_lab.report.placement import wrap_measured
from landing_lab.report.pressure_view import PressureView
from landing_lab.report.view import ZERO_EVENTS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEFT_PT: Final = 12.0
AXIS_PT: Final = LABEL_PT + 0.5


@contextmanager
def sheet_of_paper(height_in: float, *, width_in: float = WIDTH_IN, dpi: int = DPI) -> Iterator[Figure]:
    """An empty figure on an Agg canvas in the style of all our pictures."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from landing_lab.report.shown_figure import ShownFigure

    with figure_style():
        figure = ShownFigure(figsize=(width_in, height_in), dpi=dpi, facecolor="white")
        FigureCanvasAgg(figure)
        yield figure


def write_header(figure: Any, view: PressureView, what: str, lines: Sequence[str] = ()) -> float:
    """Source, task and subject in bold, lines of explanation below; gives back the free height in points."""
    trial = view.trial
    width_pt, height_pt = figure.get_figwidth() * 72, figure.get_figheight() * 72
    number = f"  ·  trial {trial.index + 1}" if trial.n_in_source > 1 else ""
    simulated = "  ·  SIMULATED" if trial.simulated else ""
    for longest in (60, 45, 30, 20):
        source = drawable(trial.source, longest)
        title = f"{source}{number}  ·  {task_label(trial.task)}  ·  {what}{simulated}"
        if text_size_pt(figure, title, 12, "bold")[0] <= width_pt - 2 * LEFT_PT:
            break
    top = height_pt - 8.0
    figure.text(
        LEFT_PT / width_pt, top / height_pt, title, ha="left", va="top", fontsize=12, fontweight="bold", color=INK
    )
    top -= 12 * 1.55
    for line in lines:
        for part in wrap_measured(
            sentence(drawable(line)), width_pt - 2 * LEFT_PT, lambda text: text_size_pt(figure, text, 9)[0],
            most_lines=2,
        ):  # fmt: skip
            figure.text(LEFT_PT / width_pt, top / height_pt, part, ha="left", va="top", fontsize=9, color=MUTED)
            top -= 9 * 1.4
    return float(top - 2.0)


def insole_line(view: PressureView) -> str:
    """What the insoles are and whether their numbers are newton and kilopascal or relative only."""
    titles = dict.fromkeys(foot.pressure.layout.title for foot in view.feet)
    return f"Insoles: {'; '.join(titles)}; {calibration_words(view)}."


def calibration_words(view: PressureView) -> str:
    """Whether numbers are newton and kilopascal, or relative only."""
    return "calibrated" if view.scale.calibrated else "NOT CALIBRATED, numbers compare within one foot only"


def shade_phases(axes: Any, view: PressureView, *, named: bool) -> None:
    """Phases as shading over a time axis; their names above it."""
    for phase in view.phases:
        color = PHASE_COLORS.get(phase.name, OTHER_PHASE_COLOR)
        span = view.time.relative(phase.start_s), view.time.relative(phase.stop_s)
        axes.axvspan(*span, color=color, alpha=0.16, lw=0, zorder=0)
    if named:
        _name_phases(axes, view)


def _name_phases(axes: Any, view: PressureView) -> None:
    """Names of the phases that are wide enough to bear them, above the axis."""
    per_s = axes.get_position().width * axes.figure.get_figwidth() * 72 / (view.time.stop_s - view.time.start_s)
    for phase in view.phases:
        text = phase_label(phase.name)
        if (phase.stop_s - phase.start_s) * per_s < text_size_pt(axes.figure, text, LABEL_PT)[0] + 4.0:
            continue
        axes.annotate(
            text, (view.time.relative((phase.start_s + phase.stop_s) / 2), 1), xycoords=axes.get_xaxis_transform(),
            xytext=(0, 3), textcoords="offset points", ha="center", va="bottom", fontsize=LABEL_PT, color=MUTED,
            fontstyle="italic", annotation_clip=False,
        )  # fmt: skip


def zero_word(view: PressureView) -> str:
    """The event that times are counted from."""
    return next((event_label(name) for name in ZERO_EVENTS if view.trial.events.get(name) is not None), "the start")


def time_axis(axes: Any, view: PressureView) -> None:
    """The axis of the contact, with a light grid."""
    axes.set_xlim(view.time.relative(view.time.start_s), view.time.relative(view.time.stop_s))
    axes.set_xlabel(f"time from {zero_word(view)} (s)", fontsize=AXIS_PT)
    axes.grid(axis="y", color="#dddddd", lw=0.6, zorder=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=LABEL_PT)


def draw_forces(axes: Any, view: PressureView, *, columns: int = 3) -> None:
    """Vertical force of each foot, and in total, over the contact; the legend in a free strip above every line."""
    part = slice(view.first, view.stop)
    for side in sorted(view.signals.force_n, key=lambda name: name == "total", reverse=True):
        name = f"{side} foot" if side in {"left", "right"} else side.replace("_", " ")
        axes.plot(view.times_s, view.signals.force_n[side][part], label=name, **LINE_STYLES.get(side, {}))
    low, high = span_of(np.concatenate([force[part] for force in view.signals.force_n.values()]))
    axes.set_ylim(min(low, 0.0) - 0.02 * (high - low), high + (0.25 if columns > 1 else 0.42) * (high - low))
    axes.set_ylabel("vertical force (N)", fontsize=AXIS_PT)
    legend = axes.legend(
        fontsize=9, facecolor="white", edgecolor="none", framealpha=0.9, loc="upper center", ncols=columns,
        handlelength=2.0, borderaxespad=0.1, borderpad=0.2, columnspacing=1.0, labelspacing=0.25,
    )  # fmt: skip
    legend.set_zorder(6)  # above the line at the instant of the picture
    time_axis(axes, view)


def span_of(values: FloatArray) -> tuple[float, float]:
    """Lowest and highest finite value; (0, 1) where there is none."""
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
