"""Charts of the review: Bokeh figures with everything but the samples, which the page fits to its width itself.

Each curve has a data source "curve-<name>" that begins empty; beside the figure go its samples, whole. The page puts
the lowest and the highest sample of every column of pixels into the source, so a drawn peak is a sample.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from landing_lab.model.blocks import FloatArray

FONT: Final = "system-ui, 'Segoe UI', Roboto, 'Liberation Sans', 'DejaVu Sans', sans-serif"
AXIS_PX: Final = "15px"
LABEL_PX: Final = "14px"
INK: Final = "#16232e"
TIP: Final = '<div style="font:15px/1.35 {font};color:#16232e;padding:2px 4px"><strong>{name}</strong><br>{lines}</div>'
PALETTE: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#8A6D00", "#56B4E9", "#000000", "#E69F00")
"""Okabe and Ito's, the yellow one darker; told apart by every common kind of colour vision."""
DASHES: Final = ("solid", "dashed", "dotted", "dotdash", "dashdot")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """Samples of one line: times_s and values are (n,), NaN = missing. group: what switches it on and off.

    marker: draws a mark at each sample instead of a line.
    """

    name: str
    label: str
    group: str
    times_s: FloatArray
    values: FloatArray
    colour: str
    dash: str = "solid"
    width: float = 1.8
    marker: str = ""

    def as_dict(self, times: int) -> dict[str, object]:
        """For the page: little-endian float64 in base64, so that nothing is rounded; times: which of the times sent."""
        return {
            "name": self.name,
            "label": self.label,
            "group": self.group,
            "times": times,
            "values": _packed(self.values),
            "colour": self.colour,
            "dash": self.dash,
            "marker": self.marker,
        }


def _packed(values: FloatArray) -> str:
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f8").tobytes()).decode("ascii")


def force_figure(
    curves: Sequence[Curve],
    *,
    x: tuple[float, float],
    x_label: str,
    y_label: str = "vertical force (N)",
    told: str = "@y{0.0} N",
) -> Any:
    """An empty figure for curves over time; x: what it shows first, s. told: Bokeh's template of a value."""
    from bokeh.models import ColumnDataSource

    figure = _figure(x=x, y=_heights(curves, x), x_label=x_label, y_label=y_label)
    for curve in curves:
        source = ColumnDataSource(data={"t": [], "y": []}, name=f"curve-{curve.name}")
        if curve.marker:
            figure.scatter(
                "t", "y", source=source, name=curve.label, color=curve.colour, marker=curve.marker, size=9,
                tags=[curve.name],
            )  # fmt: skip
        else:
            figure.line(
                "t", "y", source=source, name=curve.label, color=curve.colour, line_dash=curve.dash,
                line_width=curve.width, tags=[curve.name],
            )  # fmt: skip
    add_hover(figure, figure.renderers[:], "$name", f"@t{{0.0000}} s<br>{told}")
    return figure


def _heights(curves: Sequence[Curve], x: tuple[float, float]) -> tuple[float, float]:
    """The axis over the samples between two times, with room for names above."""
    low, high = 0.0, 0.0
    for curve in curves:
        shown = curve.values[(curve.times_s >= x[0]) & (curve.times_s <= x[1])]
        finite = shown[np.isfinite(shown)]
        if len(finite):
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    room = (high - low) or 1.0
    return low - 0.04 * room, high + 0.26 * room


def _figure(*, x: tuple[float, float], y: tuple[float, float], x_label: str, y_label: str, **more: Any) -> Any:
    from bokeh.models import PanTool, Range1d, WheelZoomTool
    from bokeh.plotting import figure

    pan, wheel = PanTool(dimensions="width"), WheelZoomTool(dimensions="width")
    made = figure(
        sizing_mode="stretch_both", toolbar_location=None, x_range=Range1d(*x), y_range=Range1d(*y), tools=[pan, wheel],
        active_scroll=wheel, active_drag=pan, x_axis_label=x_label, y_axis_label=y_label, background_fill_color="#fff",
        border_fill_color="#fff", outline_line_color="#c9d3db", min_border_right=18, **more,
    )  # fmt: skip
    for axis in (*made.xaxis, *made.yaxis):
        axis.axis_label_text_font = axis.major_label_text_font = FONT
        axis.axis_label_text_font_size, axis.major_label_text_font_size = AXIS_PX, LABEL_PX
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_color = axis.major_label_text_color = INK
    made.grid.grid_line_color = "#dde3e8"
    return made


def axes_figure(*, x: tuple[float, float], y: tuple[float, float], x_label: str, y_label: str, log: bool) -> Any:
    """An empty figure over another axis than time."""
    return _figure(x=x, y=y, x_label=x_label, y_label=y_label, x_axis_type="log" if log else "linear")


def add_hover(figure: Any, renderers: Sequence[Any], name: str, lines: str) -> None:
    """What is told of the point under the pointer; name and lines are Bokeh's templates of ours, values are escaped."""
    from bokeh.models import HoverTool

    tip = TIP.format(font=FONT.replace("'", ""), name=name, lines=lines)
    figure.add_tools(HoverTool(renderers=list(renderers), tooltips=tip, mode="mouse", line_policy="nearest"))


def add_band(figure: Any, start: float, stop: float, colour: str, *, alpha: float = 0.16, hatch: bool = False) -> None:
    """Shade a stretch of the horizontal axis."""
    from bokeh.models import BoxAnnotation

    figure.add_layout(
        BoxAnnotation(
            left=start, right=stop, fill_color=None if hatch else colour, fill_alpha=alpha, line_color=None,
            hatch_pattern="right_diagonal_line" if hatch else None, hatch_color=colour, hatch_alpha=0.5,
            level="underlay", propagate_hover=True,
        )
    )  # fmt: skip


def add_mark(
    figure: Any, at: float, text: str, row: int, *, colour: str = INK, dash: str = "solid", name: str | None = None
) -> None:
    """A line across the figure with its name in one of the rows at the top, row 0 the highest."""
    from bokeh.models import Label, Span

    low, high = figure.y_range.start, figure.y_range.end
    figure.add_layout(
        Span(location=at, dimension="height", line_color=colour, line_dash=dash, line_width=1.6, name=name)
    )
    if text:
        figure.add_layout(
            Label(
                x=at, y=high - (0.012 + 0.062 * row) * (high - low), x_offset=4, text=text, text_font=FONT,
                text_font_size=LABEL_PX, text_color=colour, text_baseline="top", background_fill_color="#fff",
                background_fill_alpha=0.8,
            )
        )  # fmt: skip


def add_pointer(figure: Any) -> None:
    """The line that shows where an event would be moved to; hidden until the page places it."""
    from bokeh.models import Span

    figure.add_layout(
        Span(location=0, dimension="height", line_color="#a3162b", line_width=3, visible=False, name="pointer")
    )


def as_item(figure: Any, curves: Sequence[Curve] = ()) -> dict[str, object]:
    """The figure and its samples as plain values."""
    from bokeh.embed import json_item

    bases = {id(one.times_s): one.times_s for one in curves}
    places = {base: number for number, base in enumerate(bases)}
    return {
        "item": json_item(figure),
        "times": [_packed(times_s) for times_s in bases.values()],
        "curves": [one.as_dict(places[id(one.times_s)]) for one in curves],
        "x": [figure.x_range.start, figure.x_range.end],
    }
