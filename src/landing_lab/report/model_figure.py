"""Pictures of a fitted model: how it ranks, whether its probabilities hold, what acting on it gains, its effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from landing_lab.analysis.models.coefficient import PART_WORDS
from landing_lab.analysis.models.gee import GeeResult
from landing_lab.analysis.models.logistic import LogisticResult
from landing_lab.analysis.models.mixed import MixedResult
from landing_lab.io.visible import quoted_name
from landing_lab.report.figure import drawable, figure_style
from landing_lab.report.model_text import two_digits
from landing_lab.report.panels import INK, MUTED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OURS: Final = "#0072B2"
OTHER: Final = "#C24E00"
THIRD: Final = "#007F5C"
_WIDTH_IN: Final = 11.0
_TEXT_PT: Final = 10.0
_MOST_NAME: Final = 34
_MOST_TICKS: Final = 8


def model_figure(result: LogisticResult) -> Figure:
    """ROC, calibration, net benefit and odds ratios of a logistic model on athletes it never saw."""
    from landing_lab.report.shown_figure import ShownFigure

    with figure_style():
        figure = ShownFigure(figsize=(_WIDTH_IN, 10.2), facecolor="white")
        axes = figure.subplots(2, 2)
        figure.subplots_adjust(left=0.075, right=0.975, bottom=0.075, top=0.83, hspace=0.44, wspace=0.27)
        _header(figure, result)
        _roc(axes[0, 0], result)
        _calibration(axes[0, 1], result)
        _decision(axes[1, 0], result)
        _odds_ratios(axes[1, 1], result)
        for one in axes.flat:
            _tidy(one)
    return figure


def effects_figure(result: MixedResult | GeeResult) -> Figure:
    """Effects within and between athletes with their 95 % intervals."""
    from landing_lab.report.shown_figure import ShownFigure

    shown = [one for one in result.coefficients if one.part != "intercept"]
    height = 1.9 + 0.42 * max(len(shown), 1) + 0.3 * len(result.warnings)
    binary = isinstance(result, GeeResult) and result.binary
    with figure_style():
        figure = ShownFigure(figsize=(_WIDTH_IN, height), facecolor="white")
        title = f"Effects on {drawable(quoted_name(result.outcome))}, within and between athletes"
        figure.text(0.03, 1.0 - 0.32 / height, title, fontsize=14, fontweight="bold", color=INK, va="center")
        said = f"{result.n_athletes} athletes, {result.n_rows} trials · 95 % intervals · an association, not a cause"
        figure.text(0.03, 1.0 - 0.62 / height, said, fontsize=_TEXT_PT, color=MUTED, va="center")
        axes = figure.add_axes((0.36, 0.72 / height, 0.61, 0.42 * max(len(shown), 1) / height))
        rows = [(one.value, one.low, one.high) for one in shown]
        names = [f"{drawable(quoted_name(one.predictor), _MOST_NAME)}\n{PART_WORDS[one.part]}" for one in shown]
        colors = [OTHER if one.part == "within" else OURS for one in shown]
        _forest(axes, rows, names, colors, centre=0.0)
        per = "log odds" if binary else f"change of {drawable(quoted_name(result.outcome))}"
        axes.set_xlabel(f"{per} per unit of the predictor", fontsize=_TEXT_PT)
        flips = [one for one in result.warnings if "SIGN FLIPS" in one]
        for i, one in enumerate(flips):
            short = one.split(":", maxsplit=1)[0] + ": never pool trials of several athletes."
            at = 1.0 - (0.92 + 0.28 * i) / height
            figure.text(0.03, at, drawable(short), fontsize=_TEXT_PT + 1, color=OTHER, fontweight="bold", va="center")
        _tidy(axes)
    return figure


def _header(figure: Any, result: LogisticResult) -> None:
    model = result.model
    title = f"Local model of “{drawable(quoted_name(model.outcome), 60)}”"
    figure.text(0.03, 0.965, title, fontsize=15, fontweight="bold", color=INK, va="center")
    state = "Validated in this laboratory (internally)" if model.validated else "NOT VALIDATED: exploratory only"
    color = THIRD if model.validated else OTHER
    figure.text(0.03, 0.935, state, fontsize=_TEXT_PT + 1, color=color, fontweight="bold", va="center")
    said = (
        f"{model.n_athletes} athletes ({model.n_needed} needed), {model.n_events} with the outcome · every panel but "
        f"the last on athletes the model never saw · bands: 95 % over athletes"
    )
    figure.text(0.03, 0.91, said, fontsize=_TEXT_PT, color=MUTED, va="center")


def _roc(axes: Any, result: LogisticResult) -> None:
    curve, ranked = result.roc, result.discrimination
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1.0, linestyle=(0, (4, 3)))
    axes.text(0.74, 0.66, "chance", color=MUTED, fontsize=9, ha="left")
    axes.fill_between(curve.false_alarms, curve.low, curve.high, color=OURS, alpha=0.18, linewidth=0, step="post")
    axes.step(curve.false_alarms, curve.found, color=OURS, linewidth=2.0, where="post")
    told = f"{two_digits(ranked.auc)} ({two_digits(ranked.auc_low)} to {two_digits(ranked.auc_high)})"
    _square(axes)
    _title(axes, "How well it ranks (ROC)", f"AUC {told}; chance: 0.5")
    axes.set_xlabel("false alarms: share of those without the outcome", fontsize=_TEXT_PT)
    axes.set_ylabel("found: share of those with it", fontsize=_TEXT_PT)


def _calibration(axes: Any, result: LogisticResult) -> None:
    found, curve = result.calibration, result.calibration.curve
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1.0, linestyle=(0, (4, 3)))
    if curve.predicted:
        axes.fill_between(curve.predicted, curve.low, curve.high, color=OURS, alpha=0.18, linewidth=0)
        axes.plot(curve.predicted, curve.observed, color=OURS, linewidth=2.0)
    for value, at, up in ((1.0, 1.0, -1), (0.0, 0.0, 1)):
        chosen = np.asarray(result.probability)[np.asarray(result.y) == value]
        counts, edges = np.histogram(chosen, bins=40, range=(0.0, 1.0))
        heights = 0.09 * counts / max(counts.max(), 1)
        axes.bar(edges[:-1], up * heights, width=0.025, bottom=at, align="edge", color=MUTED, alpha=0.45, linewidth=0)
    slope, level = (
        f"{name} {two_digits(value)} ({two_digits(low)} to {two_digits(high)}), right: {right}"
        for name, value, low, high, right in (
            ("slope", found.slope, found.slope_low, found.slope_high, 1),
            ("intercept", found.intercept, found.intercept_low, found.intercept_high, 0),
        )
    )
    said = f"{drawable(found.reason, 80) if found.reason else slope}\n{level}; Brier score {found.brier:.3f}"
    _square(axes)
    _title(axes, "Whether probabilities hold (calibration)", said)
    axes.set_xlabel("predicted probability; bars: athletes with (top), without (bottom)", fontsize=_TEXT_PT)
    axes.set_ylabel("observed share", fontsize=_TEXT_PT)


def _decision(axes: Any, result: LogisticResult) -> None:
    curve = result.decision
    at, model = np.array(curve.thresholds), np.array(curve.model)
    everyone = np.array(curve.train_everyone)
    most = min(0.95, max(0.5, float(np.quantile(result.probability, 0.99)) + 0.05))
    shown = at <= most
    axes.axhline(0.0, color=MUTED, linewidth=1.4, linestyle=(0, (1.5, 1.5)), label="train nobody")
    axes.plot(at[shown], everyone[shown], color=OTHER, linewidth=1.8, linestyle=(0, (6, 2)), label="train everyone")
    best = np.maximum(everyone, 0.0)
    low, high = best + np.array(curve.gain_low), best + np.array(curve.gain_high)
    axes.fill_between(at[shown], low[shown], high[shown], color=OURS, alpha=0.18, linewidth=0)
    axes.plot(at[shown], model[shown], color=OURS, linewidth=2.0, label="train those the model names")
    top = max(float(everyone[0]), float(high[shown].max()))
    axes.set_ylim(-0.25 * top, 1.1 * top)
    axes.set_xlim(0.0, most)
    if curve.useful is not None:
        low_at, high_at = curve.useful
        ends = (low_at - 0.005, high_at + 0.005)
        axes.plot(
            ends, [0.0, 0.0], color=THIRD, linewidth=7.0, solid_capstyle="butt", clip_on=False, zorder=6,
            transform=axes.get_xaxis_transform(),
        )  # fmt: skip
        where = f"from {low_at:.2f} to {high_at:.2f}" if high_at > low_at else f"at {low_at:.2f}"
        said = f"surely better than both: {where} (bar)"
    else:
        said = "surely better than both: nowhere"
    axes.legend(loc="upper right", fontsize=9, frameon=True, framealpha=0.9, edgecolor="none")
    _title(axes, "Whether acting on it gains anything (net benefit)", said)
    axes.set_xlabel("threshold probability (0.2: four trained in vain are worth one found)", fontsize=_TEXT_PT)
    axes.set_ylabel("net benefit per athlete", fontsize=_TEXT_PT)


def _odds_ratios(axes: Any, result: LogisticResult) -> None:
    ratios = result.odds_ratios
    names = [drawable(quoted_name(name), _MOST_NAME) for name in ratios]
    _forest(axes, list(ratios.values()), names, [OURS] * len(names), centre=1.0)
    box = axes.get_position()
    inset = 0.055 if max(map(len, names)) < 12 else 0.13
    axes.set_position((box.x0 + inset, box.y0, box.width - inset, box.height))
    axes.set_xscale("log")
    low, high = min(axes.get_xlim()[0], 0.65), max(axes.get_xlim()[1], 1.55)
    axes.set_xlim(low, high)
    ticks = _log_ticks(low, high)
    axes.set_xticks(ticks, [f"{one:g}" for one in ticks])
    axes.set_xticks([], minor=True)
    _title(axes, "What goes with the outcome", "odds ratio, 95 % interval; 1: nothing")
    axes.set_xlabel("odds ratio per standard deviation (penalised)", fontsize=_TEXT_PT)


def _forest(
    axes: Any, rows: list[tuple[float, float, float]], names: list[str], colors: list[str], *, centre: float
) -> None:
    axes.axvline(centre, color=MUTED, linewidth=1.0, linestyle=(0, (4, 3)))
    for i, ((value, low, high), color) in enumerate(zip(rows, colors, strict=True)):
        axes.plot([low, high], [-i, -i], color=color, linewidth=2.2, solid_capstyle="butt")
        axes.plot([value], [-i], color=color, marker="o", markersize=7)
    axes.set_yticks([-i for i in range(len(rows))], names, fontsize=9)
    axes.set_ylim(-len(rows) + 0.4, 0.6)


def _log_ticks(low: float, high: float) -> list[float]:
    """Places on an axis of ratios, at least three of them around 1 and no more than have room."""
    fine = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
    for step in (fine, (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)):
        ticks = [one for one in step if low <= one <= high]
        if len(ticks) <= _MOST_TICKS and low >= 0.1 and high <= 10.0:
            return ticks
    return [one for one in (10.0**power for power in range(-9, 10)) if low <= one <= high]


def _title(axes: Any, title: str, numbers: str) -> None:
    """What a panel asks, and its answer in numbers below: inside, they would lie on curves."""
    axes.set_title(f"{title}\n", fontsize=12, loc="left", color=INK, pad=6 + 12 * numbers.count("\n"))
    axes.text(0.0, 1.02, numbers, transform=axes.transAxes, fontsize=_TEXT_PT, color=OURS, va="bottom", linespacing=1.2)


def _square(axes: Any) -> None:
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.01)


def _tidy(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(MUTED)
    axes.tick_params(colors=INK, labelsize=9)
    axes.xaxis.label.set_color(INK)
    axes.yaxis.label.set_color(INK)
