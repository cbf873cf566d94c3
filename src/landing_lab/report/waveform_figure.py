"""Curves of two conditions or groups, what they differ by, and where that is more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from landing_lab.analysis.waveforms.comparison import WaveformComparison, p_text
from landing_lab.errors import ParameterError
from landing_lab.io.visible import snippet
from landing_lab.report.figure import drawable
from landing_lab.report.panels import INK, LABEL_PT, MUTED, OTHER_PHASE_COLOR, PHASE_COLORS, text_size_pt
from landing_lab.report.placement import wrap_measured
from landing_lab.report.pressure_figure import AXIS_PT, LEFT_PT, sheet_of_paper

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT_IN: Final = 9.6
BAND_STYLES: Final[tuple[dict[str, Any], ...]] = (
    {"color": "#0072B2", "linestyle": (0, (5, 1.6))},
    {"color": "#D55E00", "linestyle": "-"},
)
"""Okabe and Ito's palette; dashes tell the two apart in grey."""
BEYOND: Final = "#CC79A7"
_PARTS: Final = {"contact": ("braking", "propulsion"), "landing": ("loading", "after the peak")}
_MOST_CAPTION_LINES: Final = 11


def plot_waveforms(found: WaveformComparison) -> Figure:
    """Picture of a comparison of curves, 10 x 9.6 inches: curves, difference with intervals, t with its threshold."""
    if not isinstance(found, WaveformComparison):
        raise ParameterError(
            f"a comparison of curves is drawn, as landing_lab.compare_waveforms gives it; got {snippet(repr(found))}"
        )
    with sheet_of_paper(HEIGHT_IN) as figure:
        top_pt = _header(figure, found)
        bottom_pt = _caption(figure, found)
        panels = _panels(figure, bottom_pt, top_pt)
        _draw_curves(panels[0], found)
        _draw_effect(panels[1], found)
        _draw_t(panels[2], found)
        for axes in panels:
            _finish(axes, found)
        panels[2].set_xlabel(
            f"% of {found.phase} (100 % = {found.duration_s:.3f} s on average)", fontsize=AXIS_PT, color=INK
        )
    return figure


def _header(figure: Any, found: WaveformComparison) -> float:
    """Title in bold, who was measured below; gives back the free height in points."""
    width_pt, height_pt = figure.get_figwidth() * 72, figure.get_figheight() * 72
    simulated = "  ·  SIMULATED" if found.curves.simulated else ""
    said = _in_words(found, found.title)
    for longest in (110, 85, 65, 50):
        title = f"{drawable(f'{said[0].upper()}{said[1:]}', longest)}{simulated}"
        if text_size_pt(figure, title, 12, "bold")[0] <= width_pt - 2 * LEFT_PT:
            break
    top = height_pt - 9.0
    figure.text(
        LEFT_PT / width_pt, top / height_pt, title, ha="left", va="top", fontsize=12, fontweight="bold", color=INK
    )
    return float(top - 12 * 1.9)


def _caption(figure: Any, found: WaveformComparison) -> float:
    """What was found and what it cannot say, at the foot of the sheet; gives back its height in points."""
    width_pt, height_pt = figure.get_figwidth() * 72, figure.get_figheight() * 72
    lines: list[str] = []
    for sentence in found.sentences:
        lines += wrap_measured(
            drawable(_in_words(found, sentence), 400),
            width_pt - 2 * LEFT_PT,
            lambda text: text_size_pt(figure, text, 9)[0],
            most_lines=2,
        )
    lines = lines[:_MOST_CAPTION_LINES]
    for number, line in enumerate(lines):
        y_pt = 8.0 + (len(lines) - 1 - number) * 9 * 1.4
        figure.text(LEFT_PT / width_pt, y_pt / height_pt, line, ha="left", va="bottom", fontsize=9, color=MUTED)
    return 8.0 + len(lines) * 9 * 1.4


def _panels(figure: Any, bottom_pt: float, top_pt: float) -> list[Any]:
    """Three panels above each other that share the % of the phase."""
    height_pt = figure.get_figheight() * 72
    low, high = (bottom_pt + 46.0) / height_pt, (top_pt - 18.0) / height_pt
    grid = figure.add_gridspec(
        3, 1, left=0.105, right=0.97, bottom=low, top=high, hspace=0.2, height_ratios=[1.5, 1.0, 1.1]
    )
    first = figure.add_subplot(grid[0])
    return [first, *(figure.add_subplot(grid[row], sharex=first) for row in (1, 2))]


def _draw_curves(axes: Any, found: WaveformComparison) -> None:
    percent = found.curves.percent
    for style, band in zip(BAND_STYLES, found.bands, strict=True):
        axes.fill_between(
            percent, band.mean - band.sd, band.mean + band.sd, facecolor=style["color"], alpha=0.16, lw=0, zorder=2
        )
        label = (
            f"{_spoken(found, band.label or '(no condition)', 44)}: mean of {band.n} athletes, band 1 SD between them"
        )
        axes.plot(percent, band.mean, lw=1.8, zorder=4, label=label, **style)
    axes.set_ylabel(_axis_words(found), fontsize=AXIS_PT, color=INK)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.28 * (high - low))  # room for the legend above the curves
    axes.legend(loc="upper right", fontsize=LABEL_PT, frameon=False, ncols=1)


def _in_words(found: WaveformComparison, text: str) -> str:
    """A sentence in which conditions and groups stand as people say them."""
    if found.regressor is None:
        for name in found.names:
            text = text.replace(name, name.replace("_", " ")) if name else text
    return text


def _spoken(found: WaveformComparison, name: str, most: int) -> str:
    """A condition or group as people say it; the name of a regressor stays as it is entered."""
    return drawable(name.replace("_", " ") if found.regressor is None else name, most)


def _axis_words(found: WaveformComparison) -> str:
    if found.curves.signal.startswith("force"):
        return "force, body weights (BW)"
    return "centre of pressure, mm\n(up = medial)"


def _draw_effect(axes: Any, found: WaveformComparison) -> None:
    test, percent = found.test, found.percent
    axes.axhline(0.0, color=MUTED, lw=0.8, zorder=1)
    if test.refusal is None:
        axes.fill_between(
            percent, test.simultaneous_low, test.simultaneous_high, facecolor="#999999", alpha=0.22, lw=0, zorder=2,
            label="95 % interval of the whole curve at once",
        )  # fmt: skip
    axes.fill_between(
        percent, test.pointwise_low, test.pointwise_high, facecolor="#555555", alpha=0.35, lw=0, zorder=3,
        label="95 % interval at each point for itself",
    )  # fmt: skip
    axes.plot(percent, test.effect, color="#000000", lw=1.6, zorder=4)
    if found.regressor is None:
        second, first = (_spoken(found, one, 40) for one in (found.names[1], found.names[0]))
        words = _fitting(axes, found.curves.unit, f"({second} minus {first})")
    else:
        words = _fitting(axes, found.curves.unit, f"per unit of {drawable(found.names[0], 60)}")
    axes.set_ylabel(words, fontsize=AXIS_PT, color=INK)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.22 * (high - low))
    axes.legend(loc="upper right", fontsize=LABEL_PT, frameon=False, ncols=2)


def _fitting(axes: Any, unit: str, names: str) -> str:
    """Label of the panel of effects; without the names, which stand in the title, where they are longer than it."""
    fits = text_size_pt(axes.figure, names, AXIS_PT)[0] <= axes.bbox.height * 72 / axes.figure.dpi
    if names.startswith("per unit"):
        return f"slope, {unit}\n{names if fits else 'per unit'}"
    return f"difference, {unit}\n{names if fits else '(second minus first)'}"


def _draw_t(axes: Any, found: WaveformComparison) -> None:
    test, percent = found.test, found.percent
    axes.axhline(0.0, color=MUTED, lw=0.8, zorder=1)
    axes.plot(percent, test.t, color="#000000", lw=1.6, zorder=4)
    what = "difference" if found.regressor is None else "slope"
    axes.set_ylabel(f"t ({what} in units\nof its standard error)", fontsize=AXIS_PT, color=INK)
    told = (
        f"threshold ±{test.threshold:.2f}: chance alone goes beyond it somewhere in {100 * test.alpha:g} % of studies"
    )
    if test.refusal is not None:
        told = "too few athletes for a test"
    axes.text(1.0, 1.03, told, transform=axes.transAxes, ha="right", va="bottom", fontsize=LABEL_PT, color=INK)
    if test.refusal is not None:
        return
    most = max(float(abs(test.t).max()), test.threshold)
    axes.set_ylim(-1.45 * most, 1.45 * most)
    for sign in (1.0, -1.0):
        axes.axhline(sign * test.threshold, color=BEYOND, lw=1.3, linestyle=(0, (4, 2)), zorder=3)
    for one in test.clusters:
        part = slice(one.start, one.stop)
        axes.fill_between(
            percent[part], one.sign * test.threshold, test.t[part], facecolor=BEYOND, alpha=0.55, lw=0, zorder=2
        )
        middle = float(percent[(one.start + one.stop - 1) // 2])
        height = -1.24 * most if one.sign < 0 else 1.24 * most
        axes.text(
            min(max(middle, 6.0), 94.0), height, p_text(one.p), ha="center",
            va="bottom", fontsize=LABEL_PT, fontweight="bold", color=INK, zorder=6,
            bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip


def _finish(axes: Any, found: WaveformComparison) -> None:
    """What all panels share: limits, the landmark, stretches beyond the threshold."""
    axes.set_xlim(0.0, 100.0)
    axes.tick_params(labelsize=LABEL_PT, colors=INK)
    axes.yaxis.set_label_coords(-0.07, 0.5)
    for name in ("top", "right"):
        axes.spines[name].set_visible(False)
    for one in found.test.clusters:
        stretch = found.stretch(one)
        axes.axvspan(stretch.start_pct, stretch.stop_pct, facecolor=BEYOND, alpha=0.12, lw=0, zorder=0)
    mark = found.curves.mean_landmark_pct
    parts = _PARTS.get(found.phase)
    first = axes.get_subplotspec().is_first_row()
    axes.tick_params(labelbottom=axes.get_subplotspec().is_last_row())
    if mark is None or parts is None:
        return
    axes.axvline(mark, color=MUTED, lw=0.9, linestyle=(0, (1, 2)), zorder=1)
    if first:
        for name, middle in zip(parts, (mark / 2.0, (100.0 + mark) / 2.0), strict=True):
            axes.text(
                middle, 1.015, name, transform=axes.get_xaxis_transform(), ha="center", va="bottom",
                fontsize=LABEL_PT, color=INK,
                bbox={
                    "facecolor": PHASE_COLORS.get(name, OTHER_PHASE_COLOR), "alpha": 0.3, "edgecolor": "none",
                    "pad": 2.0,
                },
            )  # fmt: skip
