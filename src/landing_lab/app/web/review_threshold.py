"""What another contact threshold would have made of a trial: `landing_lab.threshold_sensitivity` as a chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from landing_lab.app.web.review_charts import INK, add_hover, add_mark, as_item, axes_figure
from landing_lab.errors import ParameterError
from landing_lab.model.sensitivity import ThresholdRow, ThresholdSensitivity
from landing_lab.report.names import metric_label
from landing_lab.report.rounding import format_value, unit_text

CURVE: Final = "#0072B2"
RULE: Final = "#D55E00"
TICKS_N: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)


def threshold_shown(found: ThresholdSensitivity, metric: str) -> dict[str, object]:
    """Sentence, rules and the chart of one metric. Raises ParameterError for a metric that does not depend on it."""
    names = list(found.units)
    if metric and metric not in names:
        raise ParameterError("this number does not depend on a contact threshold; choose one of the list")
    chosen = metric or (names[0] if names else "")
    spread = found.spread(chosen) if chosen else None
    return {
        **found.as_dict(),
        "metric": chosen,
        "metrics": [
            {"name": name, "label": metric_label(name), "unit": unit_text(found.units[name])} for name in names
        ],
        "spread_shown": None
        if spread is None
        else f"{spread.range_pct:.1f} % ({format_value(spread.minimum, spread.sd)} to "
        f"{format_value(spread.maximum, spread.sd)} {unit_text(spread.unit)})",
        "chart": _chart(found, chosen) if chosen else None,
    }


def _chart(found: ThresholdSensitivity, metric: str) -> dict[str, object] | None:
    usable = [row for row in found.rows if row.threshold_n is not None and row.values[metric] is not None]
    default = found.default
    if not usable or default is None:
        return None
    # thresholds within the noise are in the table: a chart down to them would show nothing of the others
    sound = [row for row in usable if row.status == "ok"]
    values = [_value(row, metric) for row in sound]
    newtons = [row.threshold_n for row in sound if row.threshold_n is not None]
    room = (max(values) - min(values)) or abs(values[0]) * 0.02 or 1.0
    from bokeh.models import NumeralTickFormatter

    unit = unit_text(found.units[metric])
    label = metric_label(metric)
    figure = axes_figure(
        x=(min(newtons) / 1.15, max(newtons) * 1.15), y=(min(values) - 0.1 * room, max(values) + 0.3 * room),
        x_label="contact threshold (N)", y_label=f"{label} ({unit})" if unit else label, log=True,
    )  # fmt: skip
    figure.xaxis.ticker = list(TICKS_N)
    figure.xaxis.formatter = NumeralTickFormatter(format="0")
    line = figure.line(*_columns([row for row in usable if row.kind == "grid"], metric), color=CURVE, line_width=2.2)
    line.hover_glyph = None
    _points(figure, [row for row in usable if row.kind == "grid"], metric, "circle", CURVE, 8, unit)
    _points(figure, [row for row in usable if row.kind == "rule"], metric, "diamond", RULE, 15, unit)
    _points(figure, [default], metric, "square", INK, 13, unit)
    if default.threshold_n is not None:
        add_mark(figure, default.threshold_n, f"landing-lab, {default.threshold_n:.3g} N", 0, dash="dashed")
    return as_item(figure)


def _value(row: ThresholdRow, metric: str) -> float:
    value = row.values[metric]
    assert value is not None
    return value


def _columns(rows: Sequence[ThresholdRow], metric: str) -> tuple[list[float | None], list[float]]:
    return [row.threshold_n for row in rows], [_value(row, metric) for row in rows]


def _points(
    figure: Any, rows: Sequence[ThresholdRow], metric: str, marker: str, colour: str, size: int, unit: str
) -> None:
    """Points of one kind; hollow where there is a doubt."""
    from bokeh.models import ColumnDataSource

    x, y = _columns(rows, metric)
    source = ColumnDataSource(
        data={
            "t": x,
            "y": y,
            "rule": [row.rule for row in rows],
            "doubt": ["" if row.reason is None else row.reason for row in rows],
            "fill": [colour if row.status == "ok" else "#ffffff" for row in rows],
        }
    )
    points = figure.scatter(
        "t", "y", source=source, marker=marker, size=size, line_color=colour, fill_color="fill", line_width=2,
    )  # fmt: skip
    add_hover(figure, [points], "@rule", f"@t{{0.0}} N: @y{{0.0000}} {unit}<br>@doubt")
