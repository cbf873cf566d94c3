"""Soles drawn on one sheet: colours of the cells, their marks and values, the path of the centre of pressure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.report.panels import INK, MUTED
from landing_lab.report.pressure_scale import PressureScale, cell_text
from landing_lab.report.sole import GAP_MM, interpolated, on_sheet, outline_mm, sole_grid

if TYPE_CHECKING:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.image import AxesImage
    from matplotlib.patches import Polygon

MOST_VALUES: Final = 20
"""Cells of one foot whose values are written beside their marks."""

TIME_COLORS: Final = ("#FFFFFF", "#9CC9F0", "#3D8BD4", "#0B3C8C", "#04122E")
"""Along a path from touchdown to take-off: blue, which the scale of pressure does not use."""

PATH_MARKS: Final = (("path begins", "^"), ("peak force", "o"), ("path ends", "s"))


def prepare_sheet(axes: Any, widths_mm: Sequence[float], length_mm: float, *, words_pt: float) -> None:
    """Room for both soles, left one left, with what lies where: foot, medial, lateral, toes."""
    widest = max(widths_mm)
    reach = GAP_MM / 2.0 + widest + 8.0
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-22.0, length_mm + 20.0)
    axes.set_aspect("equal")
    axes.set_axis_off()
    center = GAP_MM / 2.0 + widest / 2.0
    for side, x in (("left", -center), ("right", center)):
        axes.text(x, length_mm + 8.0, f"{side} foot", ha="center", va="bottom", fontsize=words_pt + 1, color=INK)
    for x, word in ((0.0, "medial"), (-center - 0.28 * widest, "lateral"), (center + 0.28 * widest, "lateral")):
        axes.text(x, -8.0, word, ha="center", va="top", fontsize=words_pt, color=MUTED)


def draw_outline(axes: Any, side: Side, layout: InsoleLayout, *, empty: bool = False) -> Polygon:
    """The drawing of a sole, dashed and with words where there was no insole."""
    from matplotlib.patches import Polygon

    drawn = Polygon(
        on_sheet(side, outline_mm(layout), layout.width_mm), fill=False, edgecolor="#555555", lw=1.0, zorder=3,
        ls=(0, (4, 3)) if empty else "-",
    )  # fmt: skip
    axes.add_patch(drawn)
    if empty:
        middle = on_sheet(side, np.array([[0.0, layout.length_mm / 2.0]]), layout.width_mm)[0]
        axes.text(*middle, "no insole", ha="center", va="center", fontsize=9.5, color=MUTED)
    return drawn


def fill_sole(axes: Any, side: Side, layout: InsoleLayout, values: FloatArray, scale: PressureScale) -> AxesImage:
    """Colours of values per cell (cells,), as in the bands of the scale; gives back the picture, to be changed."""
    grid = sole_grid(layout)
    corners = np.column_stack([grid.medial_mm, grid.anterior_mm])
    (left, bottom), (right, top) = on_sheet(side, corners, layout.width_mm).tolist()
    colors, norm = scale.colors()
    picture: AxesImage = axes.imshow(
        grid.filled(values), extent=(left, right, bottom, top), origin="lower", cmap=colors, norm=norm,
        interpolation="nearest", aspect="equal", zorder=1,
    )  # fmt: skip
    return picture


def mark_cells(
    axes: Any, side: Side, layout: InsoleLayout, values: FloatArray, at_limit: Sequence[int], *, words_pt: float
) -> None:
    """A mark at every cell of a few, its value beside it; cells at their limit have a ring and a sign."""
    from matplotlib.patheffects import withStroke

    places = on_sheet(side, layout.place_mm, layout.width_mm)
    halo = [withStroke(linewidth=2.2, foreground="white")]
    if not layout.dense:
        shape = "o" if interpolated(layout) else "."
        axes.plot(*places.T, shape, ms=3.5, mfc="white", mec=INK, mew=0.8, zorder=4)
    if at_limit:
        axes.plot(*places[list(at_limit)].T, "D", ms=9, mfc="none", mec="#04122E", mew=1.6, zorder=4)
    if len(layout) > MOST_VALUES:
        return
    for cell, (place, value) in enumerate(zip(places.tolist(), values.tolist(), strict=True)):
        text = f"≥ {cell_text(value)}" if cell in at_limit else cell_text(value)
        axes.annotate(
            text, place, xytext=(0, 5.5 if cell in at_limit else 3.5), textcoords="offset points", ha="center",
            va="bottom", fontsize=words_pt, color=INK, path_effects=halo, zorder=7,
        )  # fmt: skip


def time_colors() -> LinearSegmentedColormap:
    """Colours of a path from its first to its last instant."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("contact", TIME_COLORS)


def draw_path(axes: Any, drawn: FloatArray, times_s: FloatArray, span_s: tuple[float, float]) -> None:
    """A path (n, 2) on the sheet, coloured by time over span_s with a dark edge; NaN breaks it."""
    from matplotlib.collections import LineCollection

    axes.plot(*drawn.T, color="#111111", lw=4.2, solid_capstyle="round", zorder=5)
    pieces = np.stack([drawn[:-1], drawn[1:]], axis=1)
    whole = np.isfinite(pieces).all(axis=(1, 2))
    path = LineCollection(list(pieces[whole]), cmap=time_colors(), lw=2.4, zorder=5.5, capstyle="round")
    path.set_array(times_s[:-1][whole])
    path.set_clim(*span_s)
    axes.add_collection(path)


def mark_path(axes: Any, drawn: FloatArray, peak: int, color: str = "white") -> None:
    """First and last told place of a path, and that of the frame `peak`, where it is told."""
    told = np.flatnonzero(np.isfinite(drawn).all(axis=1))
    if not len(told):
        return
    places = (int(told[0]), peak, int(told[-1]))
    # The first mark is the largest: where a path ends as it began, both are seen.
    for place, (_, shape), size in zip(places, PATH_MARKS, (11.0, 8.0, 6.5), strict=True):
        if 0 <= place < len(drawn) and np.isfinite(drawn[place]).all():
            axes.plot(*drawn[place], shape, ms=size, mfc=color, mec="#111111", mew=1.4, zorder=8)
