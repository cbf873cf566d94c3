"""One panel of a trial's picture: force lines, shaded phases, events, and a strip of labels above it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from landing_lab.model.result import ForceSignals, TrialResult
from landing_lab.report.names import event_label, phase_label, side_label
from landing_lab.report.placement import center_between, spread_labels
from landing_lab.report.rounding import format_quantity, format_value
from landing_lab.report.view import (
    View,
    event_marks,
    loading_stretch,
    missing_stretches,
    peak_mark,
    shaded_phases,
)

INK: Final = "#222222"
MUTED: Final = "#555555"
LABEL_PT: Final = 9.5
ROW_PT: Final = 13.5
EVENT_ROW_GAP_PT: Final = 3.0
MOST_ROWS: Final = 4

# Okabe and Ito's palette: told apart by every common kind of colour vision; dashes tell them apart in grey.
LINE_STYLES: Final[dict[str, dict[str, Any]]] = {
    "total": {"color": "#000000", "linestyle": "-", "linewidth": 1.6, "zorder": 4},
    "left": {"color": "#0072B2", "linestyle": (0, (5, 1.6)), "linewidth": 1.5, "zorder": 3},
    "right": {"color": "#D55E00", "linestyle": (0, (1.2, 1.2)), "linewidth": 1.9, "zorder": 3},
}
LINE_STYLES["plate_1"] = LINE_STYLES["left"]
LINE_STYLES["plate_2"] = LINE_STYLES["right"]
PHASE_COLORS: Final = {
    "unweighting": "#9AA5B1",
    "braking": "#E69F00",
    "propulsion": "#009E73",
    "flight": "#56B4E9",
    "landing": "#CC79A7",
    "loading": "#D55E00",
    "attenuation": "#B8A400",
    "stabilising": "#8B7BB5",
}
CURVE_MARKS: Final = ("first_peak", "landing_first_peak", "landing_peak_force")
LOADING_COLOR: Final = "#CC79A7"
OTHER_PHASE_COLOR: Final = "#999999"


@dataclass(frozen=True, slots=True)
class StripLabel:
    """A label to be written above a panel: its centre on the drawn time axis, where its line stands, if any."""

    text: str
    center_s: float
    line_s: float | None


@dataclass(frozen=True, slots=True)
class Strip:
    """Labels placed in rows above a panel; x in points from the panel's left edge, y in points above its top."""

    labels: tuple[tuple[StripLabel, float, float], ...]
    height_pt: float


def text_size_pt(figure: Any, text: str, size_pt: float, weight: str = "normal") -> tuple[float, float]:
    """Width and height of a text in points, as the renderer draws it."""
    probe = figure.text(0, 0, text, fontsize=size_pt, fontweight=weight)
    box = probe.get_window_extent(figure.canvas.get_renderer())
    probe.remove()
    scale = 72.0 / figure.dpi
    return box.width * scale, box.height * scale


def plan_strip(figure: Any, trial: TrialResult, view: View, width_pt: float, *, with_times: bool) -> Strip:
    """Rows of labels above a panel of width_pt: phases nearest the axis, events over them."""
    per_s = width_pt / (view.stop_s - view.start_s)
    phases = []
    for phase in shaded_phases(trial, view):
        text = phase_label(phase.name)
        is_cut = phase.start_s <= view.start_s or phase.stop_s >= view.stop_s
        # A sliver of a phase at the edge goes without a name rather than push the others about.
        if is_cut and (phase.stop_s - phase.start_s) * per_s < text_size_pt(figure, text, LABEL_PT)[0]:
            continue
        phases.append(StripLabel(text, view.relative((phase.start_s + phase.stop_s) / 2), None))
    events = []
    for text, event in event_marks(trial, view):
        at = view.relative(event.time_s)
        # A difference of two instants; the zero itself needs no number.
        told = f"{text} {format_value(at, event.sd_s)} s" if with_times and at != 0 else text
        events.append(StripLabel(told, at, at))
    labels: list[tuple[StripLabel, float, float]] = []
    base = 3.0
    for group in (phases, events):
        if not group:
            continue
        widths = [text_size_pt(figure, label.text, LABEL_PT)[0] for label in group]
        centers = [(label.center_s - view.relative(view.start_s)) * per_s for label in group]
        places = spread_labels(centers, widths, low=0.0, high=width_pt, gap=8.0)
        rows = max(row for _, row in places)
        for label, (center, row) in zip(group, places, strict=True):
            if row < MOST_ROWS:
                labels.append((label, center, base + row * ROW_PT))
            elif label.line_s is not None:
                # Events crowded beyond that many rows keep their line; their names are in the report's table.
                labels.append((replace(label, text=""), center, 0.0))
        base += min(rows + 1, MOST_ROWS) * ROW_PT + EVENT_ROW_GAP_PT
    return Strip(tuple(labels), base)


def draw_strip(axes: Any, strip: Strip) -> None:
    """Write the labels of a planned strip; a line reaches from the axis up to each event's label."""
    from matplotlib.transforms import ScaledTranslation

    figure = axes.figure
    for label, center_pt, base_pt in strip.labels:
        is_event = label.line_s is not None
        if is_event:
            rise = ScaledTranslation(0, base_pt / 72, figure.dpi_scale_trans)
            axes.plot([label.line_s] * 2, [0, 1], transform=axes.get_xaxis_transform(), color=MUTED, lw=0.8, zorder=2)
            axes.annotate(
                "", xy=(label.line_s, 1), xycoords=axes.get_xaxis_transform(), xytext=(label.line_s, 1),
                textcoords=axes.get_xaxis_transform() + rise,
                arrowprops={"arrowstyle": "-", "color": MUTED, "lw": 0.8, "shrinkA": 0, "shrinkB": 0}, zorder=2,
            )  # fmt: skip
        if not label.text:
            continue
        axes.annotate(
            label.text, xy=(0, 1), xycoords="axes fraction", xytext=(center_pt, base_pt), textcoords="offset points",
            ha="center", va="bottom", fontsize=LABEL_PT, color=INK if is_event else MUTED,
            fontstyle="normal" if is_event else "italic", zorder=6, annotation_clip=False,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip


def draw_force(axes: Any, trial: TrialResult, signals: ForceSignals, view: View) -> None:
    """Phases as shading, missing samples as hatching, one line per foot and one for the total."""
    for phase in shaded_phases(trial, view):
        color = PHASE_COLORS.get(phase.name, OTHER_PHASE_COLOR)
        axes.axvspan(view.relative(phase.start_s), view.relative(phase.stop_s), color=color, alpha=0.16, lw=0, zorder=0)
    inside = (signals.times_s >= view.start_s) & (signals.times_s <= view.stop_s)
    times = signals.times_s[inside]
    for index, (start, stop) in enumerate(missing_stretches(times, signals.force_n["total"][inside])):
        axes.axvspan(
            view.relative(start), view.relative(stop), facecolor="none", edgecolor="#999999", hatch="////", lw=0,
            zorder=1, label="missing samples" if index == 0 else None,
        )  # fmt: skip
    for side in sorted(signals.force_n, key=lambda name: name == "total", reverse=True):
        name = f"{side_label(side)} foot" if side in {"left", "right"} else side_label(side)
        axes.plot(times - view.zero_s, signals.force_n[side][inside], label=name, **LINE_STYLES.get(side, {}))
    axes.set_xlim(view.relative(view.start_s), view.relative(view.stop_s))
    axes.set_xlabel(view.label, fontsize=LABEL_PT + 0.5)
    axes.grid(axis="y", color="#dddddd", lw=0.6, zorder=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=LABEL_PT)


def force_range(signals: ForceSignals, view: View) -> tuple[float, float]:
    """Lowest and highest force (N) drawn in a view; (0, 100) where every sample is missing."""
    inside = (signals.times_s >= view.start_s) & (signals.times_s <= view.stop_s)
    drawn = np.concatenate([force[inside] for force in signals.force_n.values()])
    drawn = drawn[np.isfinite(drawn)]
    if not len(drawn):
        return 0.0, 100.0
    low, high = min(float(drawn.min()), 0.0), max(float(drawn.max()), 1.0)
    return low - 0.02 * (high - low), high + 0.06 * (high - low)  # room for a mark on the highest point


def _peak_text(trial: TrialResult, force_n: float, weight_n: float | None) -> str:
    row = trial.table.get("peak_force_n")
    text = f"peak {format_quantity(force_n, row.sd if row else None, 'N')}"
    relative = trial.table.get("peak_force_bw")
    if weight_n and relative is not None and relative.value is not None:
        text += f"\n{format_value(relative.value, relative.sd)} BW"
    return text


def draw_peak(axes: Any, trial: TrialResult, view: View, weight_n: float | None) -> None:
    """Ring on the peak and its value in the free strip above every curve, between the lines of events."""
    mark = peak_mark(trial)
    if mark is None or not view.holds(mark[0]):
        return
    text = _peak_text(trial, mark[1], weight_n)
    width_pt = axes.get_position().width * axes.figure.get_figwidth() * 72
    per_s = width_pt / (view.stop_s - view.start_s)
    at_pt = (mark[0] - view.start_s) * per_s
    lines_pt = [(event.time_s - view.start_s) * per_s for _, event in event_marks(trial, view)]
    label_pt = text_size_pt(axes.figure, text, LABEL_PT)[0]
    center_pt, is_free = center_between(at_pt, label_pt + 12, lines_pt, width_pt)
    axes.plot(view.relative(mark[0]), mark[1], "o", mfc="none", mec="#000000", ms=6, zorder=5)
    # The leader leaves the label on the side of the peak; a label that no gap could hold hides the lines behind it.
    toward = min(max((at_pt - (center_pt - label_pt / 2)) / label_pt, 0.0), 1.0)
    axes.annotate(
        text, xy=(view.relative(mark[0]), mark[1]), xycoords="data", xytext=(center_pt / width_pt, 0.995),
        textcoords=axes.transAxes, ha="center", va="top", fontsize=LABEL_PT, color=INK, zorder=6,
        bbox={"facecolor": "none" if is_free else "white", "edgecolor": "none", "pad": 1.0},
        arrowprops={
            "arrowstyle": "-", "color": MUTED, "lw": 0.7, "shrinkA": 0, "shrinkB": 4, "relpos": (toward, 0.45),
        },
    )  # fmt: skip


def draw_marks(axes: Any, trial: TrialResult, signals: ForceSignals, view: View) -> None:
    """The first peaks and the peak of the landing as small marks on the total's curve."""
    events = [event for name in CURVE_MARKS if (event := trial.events.get(name)) is not None]
    told = "first peaks, landing peak" if len(events) > 1 else "".join(event_label(event.name) for event in events)
    for event in events:
        if not view.holds(event.time_s):
            continue
        height = float(np.interp(event.time_s, signals.times_s, signals.force_n["total"]))
        if np.isfinite(height):
            axes.plot(
                view.relative(event.time_s), height, "D", mfc="white", mec="#000000", ms=4.5, zorder=5,
                linestyle="none", label=told,
            )  # fmt: skip


def draw_contact_details(axes: Any, trial: TrialResult, signals: ForceSignals, view: View) -> None:
    """The 20-80 % loading stretch on the curve and the first and last instant of each foot at the bottom."""
    stretch = loading_stretch(trial)
    if stretch is not None:
        span = np.linspace(*stretch, 50)
        force = np.interp(span, signals.times_s, signals.force_n["total"])
        axes.plot(
            span - view.zero_s, force, color=LOADING_COLOR, lw=6, alpha=0.6, zorder=3.5, solid_capstyle="butt",
            label="20–80 % of peak",
        )  # fmt: skip
    for row, side in enumerate(("left", "right")):
        color = LINE_STYLES[side]["color"]
        for name, marker in (("touchdown", ">"), ("take_off", "<")):
            event = trial.events.get(name, side)  # type: ignore[arg-type]
            if event is not None and view.holds(event.time_s):
                axes.plot(
                    view.relative(event.time_s), 0.05 + 0.09 * row, marker, color=color, ms=6, zorder=5,
                    transform=axes.get_xaxis_transform(), clip_on=False,
                    label=f"{side} foot: first ▸, last ◂ contact" if name == "touchdown" else None,
                )  # fmt: skip
