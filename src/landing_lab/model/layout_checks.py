"""What looks wrong in a layout that can be used: a side drawn the wrong way round, areas that do not fit the sole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from landing_lab.model.insole_layout import AXIS_X, InsoleLayout, LayoutCell, Part

PART_SPAN: Final[Mapping[Part, tuple[float, float]]] = {
    "heel": (0.0, 0.45),
    "midfoot": (0.15, 0.70),
    "forefoot": (0.45, 0.95),
    "toes": (0.70, 1.0),
}
"""Where the middle of a cell of each part can lie, in lengths of the foot from the heel (choice, generous)."""

AREA_SHARE: Final = (0.4, 0.95)
"""Area of all cells, as a share of width x length: a sole fills two thirds of its rectangle."""

BESIDE_AXIS: Final = 0.15
"""How far across the axis a cell of a medial or lateral region may lie, in widths: the arch makes soles lateral."""

MEDIAL: Final = ("heel_medial", "midfoot_medial", "forefoot_medial", "m1", "hallux")
LATERAL: Final = ("heel_lateral", "midfoot_lateral", "forefoot_lateral", "m4", "m5")


SHIFT_CELLS: Final = 8
"""Least number of cells from which a centre of pressure, and so a medial shift, is told (pressure.md)."""


def doubts_of(layout: InsoleLayout) -> tuple[str, ...]:
    """One sentence per thing that is probably a mistake; empty where nothing is."""
    medial = layout.medial_share
    told = [*_misplaced(layout), *_areas(layout)]
    if not medial.any() or not (1.0 - medial).any():
        side = "lateral" if medial.any() else "medial"
        told.append(f"no cell lies on the {side} side of the axis from heel to second toe, so no shift can be measured")
    return tuple(told)


def limits_of(layout: InsoleLayout) -> tuple[str, ...]:
    """One sentence per thing that no recording with this layout can tell."""
    if len(layout) >= SHIFT_CELLS:
        return ()
    needs = f"medial shift and centre of pressure need {SHIFT_CELLS} or more and are not told"
    return (f"{len(layout)} cells: {needs}; loads and pressures of the regions are",)


def _misplaced(layout: InsoleLayout) -> list[str]:
    """Cells whose region and place contradict each other."""
    told = []
    wrong = [cell for cell in layout.cells if _across_axis(cell)]
    if len(wrong) > 1 and len(wrong) >= len([cell for cell in layout.cells if cell.region in (*MEDIAL, *LATERAL)]) / 2:
        told.append(
            f"{len(wrong)} cells of medial or lateral regions lie on the other side: x goes from 0 (medial) to 1 "
            "(lateral) on both feet; is the drawing mirrored?"
        )
    else:
        told += [f"cell {cell.name} is in {cell.region} and lies at x {cell.x:g}, on the other side" for cell in wrong]
    for cell in layout.cells:
        low, high = PART_SPAN[cell.part]
        if not low <= cell.y <= high:
            told.append(f"cell {cell.name} is in {cell.region} and lies at y {cell.y:g} (0 is the heel, 1 the toes)")
    return told


def _across_axis(cell: LayoutCell) -> bool:
    """Whether a cell of a medial or lateral region lies on the other side of the axis."""
    off = AXIS_X[0] + (AXIS_X[1] - AXIS_X[0]) * cell.y - cell.x
    return (cell.region in MEDIAL and off < -BESIDE_AXIS) or (cell.region in LATERAL and off > BESIDE_AXIS)


def _areas(layout: InsoleLayout) -> list[str]:
    """Areas that do not fit the sole, or the sensing area."""
    told = []
    share = float(layout.area_mm2.sum()) / (layout.width_mm * layout.length_mm)
    if not AREA_SHARE[0] <= share <= AREA_SHARE[1]:
        told.append(
            f"the cells stand for {layout.area_mm2.sum() / 100:.0f} cm², {100 * share:.0f} % of width x length; a sole "
            "fills about two thirds, and each cell stands for its part of the sole, not for its own size"
        )
    if layout.sensing_area_mm2 is not None and layout.sensing_area_mm2 > layout.area_mm2.min():
        told.append("sensing_area_mm2 is larger than the part of the sole that a cell stands for")
    return told
