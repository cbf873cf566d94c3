"""The drawing of two soles: where a place under a foot lies on the sheet, the outline, and how cells fill it.

Places under a foot are medial and anterior on either side; this is the only place where pictures mirror a foot: the
left sole lies on the left, the right one on the right, big toes towards the middle, toes up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import InsoleLayout

FEET: Final[tuple[Side, ...]] = ("left", "right")
GAP_MM: Final = 26.0
"""Between the two soles on the sheet (choice); insoles do not know how far apart the feet stood."""

PIXEL_MM: Final = 0.7
"""Of a filled sole (choice): as fine as a printed picture."""

NEARNESS_POWER: Final = 3.0
"""Weight of a cell in the colour between cells is 1 / distance to this power (Shepard 1968, 10.1145/800186.810616):
the value of a cell at the cell, never above the highest or below the lowest."""

EDGE_OF_CELL: Final = 0.75
"""A mat's sole reaches this many cell widths beyond the middle of its outermost cells (choice)."""

SLIT_MM: Final = 8.0
"""Narrower gaps between the cells of a mat are filled (choice)."""

# fmt: off
_OUTLINE: Final = (
    (0.50, 0.000), (0.31, 0.018), (0.20, 0.075), (0.17, 0.150), (0.20, 0.260), (0.215, 0.360), (0.19, 0.470),
    (0.12, 0.580), (0.045, 0.680), (0.01, 0.760), (0.03, 0.850), (0.12, 0.935), (0.25, 0.985), (0.38, 1.000),
    (0.55, 0.985), (0.72, 0.945), (0.87, 0.875), (0.97, 0.790), (1.00, 0.700), (0.985, 0.600), (0.955, 0.480),
    (0.93, 0.360), (0.89, 0.250), (0.85, 0.150), (0.80, 0.075), (0.69, 0.018),
)
# fmt: on
"""An insole in relative (x, y), our own drawing: it shows where a cell lies, not how a person's foot looks."""


def on_sheet(side: Side, places_mm: FloatArray, width_mm: float) -> FloatArray:
    """Places (n, 2), medial and anterior under a foot, as (n, 2) mm on the sheet of both soles.

    x = 0 is the middle between the soles; medial is towards it on either side. NaN stays NaN.
    """
    inwards = places_mm[:, 0] - width_mm / 2.0 - GAP_MM / 2.0
    return np.column_stack([inwards if side == "left" else -inwards, places_mm[:, 1]])


@dataclass(frozen=True, slots=True, eq=False)
class SoleGrid:
    """The pixels of one sole, rows from heel to toes, columns from lateral to medial.

    inside: (rows, columns). weights: (inside pixels, cells) of each cell in each pixel's colour; None where every
    pixel belongs to one cell, nearest: (inside pixels,). medial_mm and anterior_mm: edges of the picture.
    """

    inside: NDArray[np.bool_]
    weights: NDArray[np.float32] | None
    nearest: NDArray[np.intp]
    medial_mm: tuple[float, float]
    anterior_mm: tuple[float, float]

    def filled(self, per_cell: FloatArray) -> FloatArray:
        """The picture (rows, columns) of a value per cell, (cells,); NaN outside the sole and where a cell is NaN."""
        picture = np.full(self.inside.shape, np.nan)
        picture[self.inside] = per_cell[self.nearest] if self.weights is None else self.weights @ per_cell
        return picture


def interpolated(layout: InsoleLayout) -> bool:
    """Whether colours between the cells are interpolated: cells that see only spots of the sole, as an FSR does."""
    return layout.sensing_area_mm2 is not None and not layout.dense


@cache
def outline_places() -> FloatArray:
    """The drawn sole, closed, as relative (x, y), (n, 2): a smooth curve through the points of the drawing."""
    points = np.array(_OUTLINE)
    before, after, beyond = (np.roll(points, shift, axis=0) for shift in (1, -1, -2))
    part = np.linspace(0.0, 1.0, 8, endpoint=False)[:, None, None]
    curve = 0.5 * (
        2.0 * points
        + part * (after - before)
        + part**2 * (2.0 * before - 5.0 * points + 4.0 * after - beyond)
        + part**3 * (3.0 * (points - after) + beyond - before)
    )
    closed = curve.transpose(1, 0, 2).reshape(-1, 2)
    return np.vstack([closed, closed[:1]])


def outline_mm(layout: InsoleLayout) -> FloatArray:
    """The drawn sole in the size of this layout, (n, 2) medial and anterior."""
    return np.array([layout.position_mm(x, y) for x, y in outline_places().tolist()])


def sole_grid(layout: InsoleLayout) -> SoleGrid:
    """The pixels of this layout's sole; made once per layout."""
    if layout.name not in _GRIDS or _GRIDS[layout.name][0] != layout:
        _GRIDS[layout.name] = (layout, _made(layout))
    return _GRIDS[layout.name][1]


_GRIDS: Final[dict[str, tuple[InsoleLayout, SoleGrid]]] = {}


def _made(layout: InsoleLayout) -> SoleGrid:
    from matplotlib.path import Path as Curve

    half, margin = layout.width_mm / 2.0, SLIT_MM if layout.dense else 2.0
    across = np.arange(-half - margin, half + margin, PIXEL_MM) + PIXEL_MM / 2.0
    along = np.arange(-margin, layout.length_mm + margin, PIXEL_MM) + PIXEL_MM / 2.0
    pixels = np.stack(np.meshgrid(across, along), axis=2)
    shape = pixels.shape[:2]
    off_mm = pixels.reshape(-1, 1, 2) - layout.place_mm[None] if not layout.dense else None
    if off_mm is None:
        nearest, inside = _of_a_mat(layout, pixels)
    else:
        square = np.square(off_mm).sum(axis=2)
        nearest = square.argmin(axis=1)
        inside = Curve(outline_mm(layout)).contains_points(pixels.reshape(-1, 2))
    weights = None
    if not interpolated(layout):
        inside &= ~_borders(nearest.reshape(shape)).ravel()
    elif off_mm is not None:
        weights = 1.0 / np.maximum(square[inside], 1e-6) ** (NEARNESS_POWER / 2.0)
        weights = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return SoleGrid(
        inside=inside.reshape(shape),
        weights=weights,
        nearest=nearest[inside],
        medial_mm=(float(across[0]) - PIXEL_MM / 2.0, float(across[-1]) + PIXEL_MM / 2.0),
        anterior_mm=(float(along[0]) - PIXEL_MM / 2.0, float(along[-1]) + PIXEL_MM / 2.0),
    )


def _borders(nearest: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Pixels (rows, columns) between two cells: left white, so that cells of one colour are told apart."""
    border = np.zeros(nearest.shape, dtype=bool)
    border[1:] |= nearest[1:] != nearest[:-1]
    border[:, 1:] |= nearest[:, 1:] != nearest[:, :-1]
    return border


def _of_a_mat(layout: InsoleLayout, pixels_mm: FloatArray) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The nearest cell of every pixel (rows, columns, 2) of a mat, flat, and whether it belongs to a cell at all."""
    from scipy.ndimage import binary_closing
    from scipy.spatial import cKDTree

    places, shape = layout.place_mm, pixels_mm.shape[:2]
    pixels = pixels_mm.reshape(-1, 2)
    _, found = cKDTree(places).query(pixels)
    nearest = np.asarray(found, dtype=np.intp)
    reach_mm = EDGE_OF_CELL * np.sqrt(layout.area_mm2)[nearest]
    inside = (np.abs(pixels - places[nearest]).max(axis=1) <= reach_mm).reshape(shape)
    # Cells that are longer than wide would leave slits between the rows.
    return nearest, np.asarray(binary_closing(inside, iterations=round(SLIT_MM / PIXEL_MM / 2))).ravel()
