"""The picture of a trial: vertical ground reaction force with phases and events, and its contact enlarged.

Drawn with matplotlib's object interface, never pyplot, so that threads of a server may draw; the style is set
here, so that a user's matplotlibrc changes nothing and equal input gives equal bytes.
"""

from __future__ import annotations

import functools
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from landing_lab.errors import RecordingError
from landing_lab.model.result import ForceSignals, TrialResult
from landing_lab.report.names import metric_label, one_line, sentence, status_label, task_label
from landing_lab.report.panels import (
    INK,
    LABEL_PT,
    MUTED,
    draw_contact_details,
    draw_force,
    draw_marks,
    draw_peak,
    draw_strip,
    force_range,
    plan_strip,
    text_size_pt,
)
from landing_lab.report.placement import wrap_measured
from landing_lab.report.rounding import format_quantity, format_rate
from landing_lab.report.rows import has_value
from landing_lab.report.view import View, body_weight_n, close_up, overview

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_IN: Final = 10.0
HEIGHT_IN: Final = 7.0
DPI: Final = 150
FONT: Final = "DejaVu Sans"
LEFT: Final = 0.078
RIGHT: Final = 0.925
CLOSE_UP_RIGHT: Final = 0.64
CLOSE_UP_BOTTOM_PT: Final = 40.0
CLOSE_UP_HEIGHT_PT: Final = 118.0
PEAK_ROOM_PT: Final = 32.0
REFUSED_COLOR: Final = "#A33B00"
KEY_METRICS: Final = ("contact_time_s", "flight_time_s", "jump_height_flight_time_m", "flight_contact_ratio")
KEY_SHORT: Final = {"jump_height_flight_time_m": "jump height"}

_STYLE_LOCK: Final = threading.Lock()


@contextmanager
def figure_style() -> Iterator[None]:
    """The defaults of matplotlib with our font; the lock is there because rcParams belong to the process."""
    import matplotlib as mpl

    ours: Any = {
        "font.family": FONT,
        "text.parse_math": False,  # a "$" in a file name is a "$"
        "svg.hashsalt": "landing-lab",
        "svg.fonttype": "path",
        "hatch.linewidth": 0.6,
    }
    with _STYLE_LOCK, mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(ours)
        yield


@functools.cache
def _glyphs() -> frozenset[int]:
    from matplotlib.font_manager import findfont
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(findfont(FONT)).get_charmap())


def drawable(text: object, longest: int = 0) -> str:
    """The text on one line with characters the font has; others become "?"."""
    return "".join(char if ord(char) in _glyphs() else "?" for char in one_line(text, longest))


def _title(figure: Any, trial: TrialResult, width_pt: float) -> str:
    """Source, trial, task and rate on one line; a long name of the source gives way."""
    rate = format_rate(trial.sample_rate_hz)
    number = f"trial {trial.index + 1}  ·  " if trial.n_in_source > 1 else ""
    rest = f"{number}{task_label(trial.task)}  ·  {rate}{'  ·  SIMULATED' if trial.simulated else ''}"
    for longest in (60, 45, 30, 20):
        title = f"{drawable(trial.source, longest)}  ·  {rest}"
        if text_size_pt(figure, title, 12, "bold")[0] <= width_pt:
            break
    return title


def _write_header(figure: Any, trial: TrialResult) -> float:
    """Title, reason and origin of the force at the top; gives back the free height below them in points."""
    width_pt, top = WIDTH_IN * 72, HEIGHT_IN * 72 - 8
    left_pt = 12.0
    title = _title(figure, trial, width_pt - 2 * left_pt)
    lines: list[tuple[str, dict[str, Any]]] = [(title, {"fontsize": 12, "fontweight": "bold", "color": INK})]
    if trial.status != "ok":
        said = f"{status_label(trial.status).capitalize()}: {drawable(trial.reason or 'no reason given')}"
        lines += [
            (line, {"fontsize": 10, "fontweight": "bold", "color": REFUSED_COLOR})
            for line in wrap_measured(
                said, width_pt - 2 * left_pt, lambda text: text_size_pt(figure, text, 10, "bold")[0]
            )
        ]
    if trial.signals is not None:
        wrapped = wrap_measured(
            drawable(sentence(trial.signals.source)), width_pt - 2 * left_pt,
            lambda text: text_size_pt(figure, text, 9)[0], most_lines=2,
        )  # fmt: skip
        lines += [(line, {"fontsize": 9, "color": MUTED}) for line in wrapped]
    for text, style in lines:
        figure.text(left_pt / width_pt, top / (HEIGHT_IN * 72), text, ha="left", va="top", **style)
        top -= style["fontsize"] * 1.45
    return top - 2


def _add_panel(figure: Any, *, bottom_pt: float, top_pt: float, right: float) -> Any:
    height_pt = HEIGHT_IN * 72
    return figure.add_axes((LEFT, bottom_pt / height_pt, right - LEFT, (top_pt - bottom_pt) / height_pt))


def _draw_overview(figure: Any, trial: TrialResult, signals: ForceSignals, bottom_pt: float, top_pt: float) -> Any:
    """The whole trial with body weights on a second axis; bottom_pt and top_pt bound axes and label strip."""
    view = overview(trial, signals)
    strip = plan_strip(figure, trial, view, (RIGHT - LEFT) * WIDTH_IN * 72, with_times=False)
    axes = _add_panel(figure, bottom_pt=bottom_pt, top_pt=top_pt - strip.height_pt, right=RIGHT)
    draw_force(axes, trial, signals, view)
    low, high = force_range(signals, view)
    # A free strip above every curve, for the value of the peak in two lines.
    axes.set_ylim(low, low + (high - low) / (1 - PEAK_ROOM_PT / (top_pt - strip.height_pt - bottom_pt)))
    weight_n = body_weight_n(trial)
    if weight_n is not None:
        row = trial.table.get("body_weight_n")
        told = format_quantity(weight_n, row.sd if row else None, "N")
        axes.axhline(weight_n, color=MUTED, lw=1.0, ls=(0, (8, 3, 1, 3)), zorder=2, label=f"body weight {told}")
        second = axes.secondary_yaxis("right", functions=(lambda n: n / weight_n, lambda bw: bw * weight_n))
        second.set_ylabel("force (body weights)", fontsize=LABEL_PT + 0.5)
        second.tick_params(labelsize=LABEL_PT)
    axes.set_ylabel("vertical force (N)", fontsize=LABEL_PT + 0.5)
    draw_marks(axes, trial, signals, view)
    draw_peak(axes, trial, view, weight_n)
    draw_strip(axes, strip)
    return axes


def _draw_close_up(figure: Any, trial: TrialResult, signals: ForceSignals, view: View, strip: Any) -> Any:
    bottom = CLOSE_UP_BOTTOM_PT
    axes = _add_panel(figure, bottom_pt=bottom, top_pt=bottom + CLOSE_UP_HEIGHT_PT, right=CLOSE_UP_RIGHT)
    draw_force(axes, trial, signals, view)
    draw_contact_details(axes, trial, signals, view)
    draw_marks(axes, trial, signals, view)
    axes.set_ylim(*force_range(signals, view))
    axes.set_ylabel("vertical force (N)", fontsize=LABEL_PT + 0.5)
    draw_strip(axes, strip)
    return axes


def _key_values(trial: TrialResult) -> str:
    lines = []
    for name in KEY_METRICS:
        row = trial.table.get(name)
        if row is not None:
            told = format_quantity(row.value, row.sd, row.unit) if has_value(row) else "refused"
            lines.append(f"{KEY_SHORT.get(name, metric_label(name))}: {told}")
    return "\n".join(lines)


def _legend_entries(panels: list[Any]) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for axes in panels:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            entries.setdefault(label, handle)
    return entries


def _write_legend(figure: Any, trial: TrialResult, panels: list[Any], *, beside: bool) -> None:
    """The legend and the key values beside the close-up, or the legend alone along the bottom."""
    entries = _legend_entries(panels)
    common = {"fontsize": 9, "frameon": False, "handlelength": 3.0, "borderaxespad": 0, "labelspacing": 0.35}
    if not beside:
        figure.legend(
            entries.values(), entries.keys(), loc="lower center", bbox_to_anchor=(0.5, 0.012), ncols=5, **common
        )
        return
    left, top = CLOSE_UP_RIGHT + 0.025, (CLOSE_UP_BOTTOM_PT + CLOSE_UP_HEIGHT_PT + 24) / (HEIGHT_IN * 72)
    legend = figure.legend(entries.values(), entries.keys(), loc="upper left", bbox_to_anchor=(left, top), **common)
    box = legend.get_window_extent(figure.canvas.get_renderer())
    figure.text(
        left + 0.004, box.y0 / (HEIGHT_IN * figure.dpi) - 0.016, _key_values(trial), ha="left", va="top",
        fontsize=9, color=INK, linespacing=1.4,
    )  # fmt: skip


def trial_figure(trial: TrialResult) -> Figure:
    """Picture of one trial, 10 x 7 inches: force of each foot and in total, phases, events, contact enlarged.

    A refused trial shows the signal there is and says why it was refused; one without a signal says so. The
    figure belongs to an Agg canvas and to no pyplot window.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from landing_lab.report.shown_figure import ShownFigure

    with figure_style():
        figure = ShownFigure(figsize=(WIDTH_IN, HEIGHT_IN), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        top_pt = _write_header(figure, trial)
        signals = trial.signals
        if signals is None or len(signals.times_s) < 2:
            figure.text(0.5, 0.5, "no force signal to draw", ha="center", va="center", fontsize=13, color=MUTED)
            return figure
        view = close_up(trial, signals)
        if view is None:
            panels = [_draw_overview(figure, trial, signals, 76.0, top_pt)]
        else:
            strip = plan_strip(figure, trial, view, (CLOSE_UP_RIGHT - LEFT) * WIDTH_IN * 72, with_times=True)
            bottom = CLOSE_UP_BOTTOM_PT + CLOSE_UP_HEIGHT_PT + strip.height_pt + 44
            panels = [
                _draw_overview(figure, trial, signals, bottom, top_pt),
                _draw_close_up(figure, trial, signals, view, strip),
            ]
        _write_legend(figure, trial, panels, beside=view is not None)
    return figure


def figure_bytes(figure: Figure, kind: Literal["png", "svg"] = "png") -> bytes:
    """The picture as PNG (150 dpi) or SVG (text as outlines); equal figures give equal bytes, no date inside."""
    metadata = {"Software": None} if kind == "png" else {"Date": None, "Creator": "landing-lab"}
    buffer = io.BytesIO()
    with figure_style():
        figure.savefig(buffer, format=kind, dpi=DPI, metadata=metadata)
    return buffer.getvalue()


def save_figure(figure: Figure, path: str | Path) -> Path:
    """Write a picture; the ending of the name, .png or .svg, chooses the kind.

    Raises RecordingError where the ending is another one or the file cannot be written.
    """
    from landing_lab.io.write import write_whole

    target = Path(path)
    kind = target.suffix.lower().removeprefix(".")
    if kind not in {"png", "svg"}:
        raise RecordingError(f"pictures are written as .png or .svg; got {target.name!r}; change the ending")
    return write_whole(target, figure_bytes(figure, "png" if kind == "png" else "svg"))
