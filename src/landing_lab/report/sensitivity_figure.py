"""The picture of a threshold sensitivity: change in per cent over the threshold, rules as marks, values below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from landing_lab.model.sensitivity import ThresholdRow, ThresholdSensitivity
from landing_lab.report.figure import DPI, HEIGHT_IN, WIDTH_IN, drawable, figure_style
from landing_lab.report.names import metric_label, task_label
from landing_lab.report.panels import INK, LABEL_PT, MUTED, ROW_PT, text_size_pt
from landing_lab.report.placement import spread_labels, wrap_measured
from landing_lab.report.rounding import unit_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRAWN: Final = ("rsi_flight_time_m_per_s", "jump_height_flight_time_m", "flight_time_s", "contact_time_s")
"""Metrics in the picture; the others are in the table."""
INSTEAD: Final = ("landing_loading_time_s", "time_to_peak_force_s")
"""Drawn where a trial has none of those."""
STYLES: Final[dict[str, dict[str, Any]]] = {
    "rsi_flight_time_m_per_s": {"color": "#C24E00", "linestyle": "-", "linewidth": 2.0},
    "jump_height_flight_time_m": {"color": "#007F5C", "linestyle": (0, (6, 1.6)), "linewidth": 1.8},
    "flight_time_s": {"color": "#0072B2", "linestyle": (0, (3, 1.4, 1, 1.4)), "linewidth": 1.8},
    "contact_time_s": {"color": "#8B4C99", "linestyle": (0, (1.3, 1.2)), "linewidth": 2.2},
    "landing_loading_time_s": {"color": "#C24E00", "linestyle": "-", "linewidth": 2.0},
    "time_to_peak_force_s": {"color": "#007F5C", "linestyle": (0, (6, 1.6)), "linewidth": 1.8},
}
"""A metric looks the same in the pictures of all tasks."""
SHORT: Final = {
    "rsi_flight_time_m_per_s": "reactive strength index",
    "jump_height_flight_time_m": "jump height (flight time)",
}
LEFT_PT: Final = 58.0
RIGHT_PT: Final = 158.0
BOTTOM_PT: Final = 42.0
SMALL_PT: Final = 108.0
TICKS_N: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True, slots=True)
class _Line:
    """One metric of the picture: its points (newton, value) and its value with the default threshold."""

    name: str
    unit: str
    points: tuple[tuple[float, float], ...]
    default: float
    style: dict[str, Any]

    def percent(self, value: float) -> float:
        return 100.0 * (value / self.default - 1.0)

    @property
    def label(self) -> str:
        return SHORT.get(self.name, metric_label(self.name))


def _points(rows: tuple[ThresholdRow, ...], name: str) -> tuple[tuple[float, float], ...]:
    found = [
        (row.threshold_n, value)
        for row in rows
        if row.threshold_n is not None and (value := row.values.get(name)) is not None
    ]
    return tuple(sorted(found))


def _lines(sensitivity: ThresholdSensitivity, default: ThresholdRow) -> list[_Line]:
    names = [name for name in DRAWN if name in sensitivity.units] or [
        name for name in INSTEAD if name in sensitivity.units
    ]
    lines = []
    for name in names:
        middle = default.values.get(name)
        if middle:
            points = _points((*sensitivity.curve, *sensitivity.rules, default), name)
            lines.append(_Line(name, sensitivity.units[name], points, middle, STYLES[name]))
    return lines


def sensitivity_figure(sensitivity: ThresholdSensitivity, *, with_summary: bool = True) -> Figure:
    """Picture of a threshold sensitivity, 10 x 7 inches; without rows it says why there are none.

    with_summary: whether the sentence stands in the picture; a page prints it above.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from landing_lab.report.shown_figure import ShownFigure

    with figure_style():
        figure = ShownFigure(figsize=(WIDTH_IN, HEIGHT_IN), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        top_pt = _write_header(figure, sensitivity, with_summary=with_summary)
        default = sensitivity.default
        lines = _lines(sensitivity, default) if default is not None else []
        if default is None or default.threshold_n is None or not lines:
            figure.text(0.5, 0.5, "no threshold curve to draw", ha="center", va="center", fontsize=13, color=MUTED)
            return figure
        span = _span(lines)
        bottom = BOTTOM_PT + SMALL_PT + 62.0
        _draw_changes(figure, sensitivity, lines, span, default.threshold_n, (bottom, top_pt))
        _draw_values(figure, lines, span, default.threshold_n)
    return figure


def _span(lines: list[_Line]) -> tuple[float, float]:
    newtons = [newton for line in lines for newton, _ in line.points]
    return 0.92 * min(newtons), 1.08 * max(newtons)


def _write_header(figure: Any, sensitivity: ThresholdSensitivity, *, with_summary: bool) -> float:
    width_pt, top = WIDTH_IN * 72 - 24, HEIGHT_IN * 72 - 8
    rest = f"trial {sensitivity.index + 1}  ·  {task_label(sensitivity.task)}  ·  contact threshold"
    for longest in (60, 45, 30, 20):
        title = f"{drawable(sensitivity.source, longest)}  ·  {rest}"
        if text_size_pt(figure, title, 12, "bold")[0] <= width_pt:
            break
    said = drawable(sensitivity.summary) if with_summary else ""
    wrapped = wrap_measured(said, width_pt, lambda text: text_size_pt(figure, text, 9.5)[0], most_lines=4)
    for text, size, weight, color in [(title, 12, "bold", INK), *((line, 9.5, "normal", MUTED) for line in wrapped)]:
        figure.text(
            12 / (WIDTH_IN * 72), top / (HEIGHT_IN * 72), text, ha="left", va="top", fontsize=size, fontweight=weight,
            color=color,
        )  # fmt: skip
        top -= size * 1.45
    return top - 4


def _axes(figure: Any, box_pt: tuple[float, float, float, float], span: tuple[float, float]) -> Any:
    """Axes in a box (left, bottom, right, top in points) with the threshold on a logarithmic axis."""
    left, bottom, right, top = box_pt
    width, height = WIDTH_IN * 72, HEIGHT_IN * 72
    axes = figure.add_axes((left / width, bottom / height, (right - left) / width, (top - bottom) / height))
    axes.set_xscale("log")
    axes.set_xlim(*span)
    axes.minorticks_off()
    ticks = [tick for tick in TICKS_N if span[0] <= tick <= span[1]]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.grid(color="#e3e3e3", lw=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=LABEL_PT)
    return axes


def _draw_changes(
    figure: Any,
    sensitivity: ThresholdSensitivity,
    lines: list[_Line],
    span: tuple[float, float],
    default_n: float,
    bounds_pt: tuple[float, float],
) -> None:
    """Every metric in % of its value at the default, with the rules named above."""
    right_pt = WIDTH_IN * 72 - RIGHT_PT
    rules = _rule_labels(figure, sensitivity, default_n, span, right_pt - LEFT_PT)
    rows = max((row for _, _, row, _ in rules), default=0) + 1
    bottom, top = bounds_pt
    axes = _axes(figure, (LEFT_PT, bottom, right_pt, top - rows * ROW_PT - 8), span)
    axes.axhline(0, color=MUTED, lw=0.8)
    for line in lines:
        newtons, values = zip(*line.points, strict=True)
        axes.plot(newtons, [line.percent(value) for value in values], label=line.label, **line.style)
        color = line.style["color"]
        for status, inside, rim in (("ok", color, "white"), ("flagged", "white", color)):
            marked = _points(tuple(row for row in sensitivity.rules if row.status == status), line.name)
            axes.plot(
                [newton for newton, _ in marked], [line.percent(value) for _, value in marked], "o", ms=4.5,
                color=inside, mec=rim, mew=0.8, zorder=4,
            )  # fmt: skip
    axes.set_ylabel("change against the default (%)", fontsize=LABEL_PT + 0.5)
    axes.set_xlabel("contact threshold (N), logarithmic", fontsize=LABEL_PT + 0.5)
    _write_rules(axes, rules)
    _write_ends(figure, axes, lines)


Rule = tuple[str, float, int, tuple[float, bool]]


def _rule_labels(
    figure: Any, sensitivity: ThresholdSensitivity, default_n: float, span: tuple[float, float], width_pt: float
) -> list[Rule]:
    """Name, newton, row and (centre in points, is the default) of each rule's label."""
    import math

    named: dict[float, list[str]] = {}
    for row in sensitivity.rules:
        if row.threshold_n is not None and span[0] <= row.threshold_n <= span[1] and row.threshold_n != default_n:
            named.setdefault(row.threshold_n, []).append(row.rule)
    found = [(" / ".join(names), newton, False) for newton, names in named.items()]
    found.append((f"default {default_n:.3g} N", default_n, True))
    per_log = width_pt / math.log(span[1] / span[0])
    centers = [math.log(newton / span[0]) * per_log for _, newton, _ in found]
    widths = [
        text_size_pt(figure, text, LABEL_PT, "bold" if is_default else "normal")[0] for text, _, is_default in found
    ]
    places = spread_labels(centers, widths, low=0.0, high=width_pt, gap=7.0)
    return [
        (text, newton, row, (center, is_default))
        for (text, newton, is_default), (center, row) in zip(found, places, strict=True)
    ]


def _write_rules(axes: Any, rules: list[Rule]) -> None:
    """A thin line per rule up to its name; the default's is strong."""
    from matplotlib.transforms import ScaledTranslation

    for text, newton, row, (center_pt, is_default) in rules:
        color, width = (INK, 1.6) if is_default else ("#9a9a9a", 0.7)
        axes.axvline(newton, color=color, lw=width, zorder=1.5)
        rise_pt = 4 + row * ROW_PT
        rise = ScaledTranslation(0, rise_pt / 72, axes.figure.dpi_scale_trans)
        axes.annotate(
            "", xy=(newton, 1), xycoords=axes.get_xaxis_transform(), xytext=(newton, 1),
            textcoords=axes.get_xaxis_transform() + rise,
            arrowprops={"arrowstyle": "-", "color": color, "lw": width, "shrinkA": 0, "shrinkB": 0}, zorder=1.5,
        )  # fmt: skip
        axes.annotate(
            text, xy=(0, 1), xycoords="axes fraction", xytext=(center_pt, rise_pt), textcoords="offset points",
            ha="center", va="bottom", fontsize=LABEL_PT, color=INK if is_default else MUTED,
            fontweight="bold" if is_default else "normal", annotation_clip=False, zorder=6,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip


def _write_ends(figure: Any, axes: Any, lines: list[_Line]) -> None:
    """The name of each metric at the right end of its curve, moved apart where curves end together."""
    box = axes.get_position()
    height_pt = box.height * HEIGHT_IN * 72
    low, high = axes.get_ylim()
    wanted = [(line.percent(line.points[-1][1]) - low) / (high - low) * height_pt for line in lines]
    texts = [
        "\n".join(wrap_measured(line.label, RIGHT_PT - 24, lambda text: text_size_pt(figure, text, LABEL_PT)[0]))
        for line in lines
    ]
    heights = [text_size_pt(figure, text, LABEL_PT)[1] + 5 for text in texts]
    for index, center in zip(*_apart(wanted, heights, height_pt), strict=True):
        axes.annotate(
            texts[index], xy=(1, 0), xycoords="axes fraction", xytext=(12, center), textcoords="offset points",
            ha="left", va="center", fontsize=LABEL_PT, color=lines[index].style["color"], annotation_clip=False,
        )  # fmt: skip


def _apart(wanted: list[float], heights: list[float], span: float) -> tuple[list[int], list[float]]:
    """Indices from the lowest on and centres that keep each label's height free within [0, span]."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    placed: list[float] = []
    floor = 0.0
    for index in order:
        center = max(wanted[index], floor + heights[index] / 2)
        placed.append(center)
        floor = center + heights[index] / 2
    ceiling = span
    for place in range(len(order) - 1, -1, -1):
        half = heights[order[place]] / 2
        placed[place] = min(placed[place], ceiling - half)
        ceiling = placed[place] - half
    return order, placed


def _draw_values(figure: Any, lines: list[_Line], span: tuple[float, float], default_n: float) -> None:
    """One small panel per metric in its own unit; the value at the default is written on it."""
    ordered = list(reversed(lines))
    gap = 50.0
    width = (WIDTH_IN * 72 - LEFT_PT - 14 - gap * (len(ordered) - 1)) / max(len(ordered), 2)
    for column, line in enumerate(ordered):
        left = LEFT_PT + column * (width + gap)
        axes = _axes(figure, (left, BOTTOM_PT, left + width, BOTTOM_PT + SMALL_PT - 22), span)
        newtons, values = zip(*line.points, strict=True)
        axes.plot(newtons, values, **line.style)
        axes.axvline(default_n, color=INK, lw=1.2, zorder=1.5)
        axes.plot([default_n], [line.default], "o", ms=5, color=INK, zorder=5)
        axes.margins(y=0.12)
        axes.locator_params(axis="y", nbins=4)
        axes.set_xlabel("threshold (N)", fontsize=LABEL_PT)
        unit = f" {unit_text(line.unit)}" if unit_text(line.unit) else ""
        heading = wrap_measured(line.label, width + 20, lambda text: text_size_pt(figure, text, LABEL_PT)[0])
        axes.annotate(
            f"{chr(10).join(heading)}\n{line.default:.3f}{unit} at default", xy=(0, 1), xycoords="axes fraction",
            xytext=(-6, 5), textcoords="offset points", ha="left", va="bottom", fontsize=LABEL_PT,
            color=line.style["color"], annotation_clip=False,
        )  # fmt: skip
