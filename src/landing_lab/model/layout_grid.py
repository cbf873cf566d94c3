"""Layouts of pressure mats, made from where their cells lie instead of being drawn cell by cell."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import AXIS_X, InsoleLayout, LayoutCell, Region

HEEL_END: Final = 0.27
MIDFOOT_END: Final = 0.55
FOREFOOT_END: Final = 0.80
"""Where heel, midfoot and forefoot end, in lengths of the foot from the heel (choice: usual masks of pressure mats)."""

RAYS: Final = ((0.30, "m1"), (0.47, "m2"), (0.64, "m3"), (0.81, "m4"), (1.0, "m5"))
"""Lateral ends of the metatarsal heads in widths of the forefoot from the medial edge (choice: likewise)."""

HALLUX_END: Final = 0.36
"""Lateral end of the hallux in widths of the sole at the toes, from the medial edge (choice: likewise)."""

SECOND_RAY: Final = 0.385
"""Where the second metatarsal head lies between medial and lateral edge of the forefoot: the middle of m2 above."""

MOST_OFF: Final = 0.55
"""How far a cell may lie from the axis of the heel, in widths of the drawing."""

TURNS: Final = 3
"""Times that heel and forefoot are looked for: turning changes which cells they are (choice; the third moves < 0.1)."""

MIN_CELLS: Final = 20
"""Fewer loaded cells make no foot."""


def region_at(across: float, along: float) -> Region:
    """The region of a place: across from 0 (medial edge of the sole there) to 1, along from 0 (heel) to 1 (toe)."""
    medial = across < 0.5
    if along < HEEL_END:
        return "heel_medial" if medial else "heel_lateral"
    if along < MIDFOOT_END:
        return "midfoot_medial" if medial else "midfoot_lateral"
    if along >= FOREFOOT_END:
        return "hallux" if across < HALLUX_END else "toes"
    named: list[Region] = ["m1", "m2", "m3", "m4", "m5"]
    return named[next((i for i, (end, _) in enumerate(RAYS) if across < end), len(RAYS) - 1)]


def layout_of_centres(
    name: str, title: str, source: str, *, centres_mm: FloatArray, cell_mm: tuple[float, float], side: Side
) -> InsoleLayout:
    """The layout of equal cells of one foot by their middles.

    centres_mm: (c, 2) to the right and forward, the foot seen from above with its toes up. cell_mm: width and height
    of a cell. The drawing is turned so that the heel and the second metatarsal lie on the axis of all layouts.
    Raises ParameterError where so many cells in such an outline are no sole.
    """
    if len(centres_mm) < MIN_CELLS:
        raise ParameterError(f"only {len(centres_mm)} cells lie under the {side} foot, and a sole covers more")
    # Seen from above with the toes up, the lateral edge of a left foot is its left one.
    turned = _turned(centres_mm * np.array([-1.0 if side == "left" else 1.0, 1.0]), max(cell_mm))
    length = float(np.ptp(turned[:, 1])) + cell_mm[1]
    y = (turned[:, 1] - turned[:, 1].min() + cell_mm[1] / 2) / length
    # The heel stays in the middle; an outline that leans far to one side gets a wider drawing.
    width = max(float(np.ptp(turned[:, 0])) + cell_mm[0], float(np.abs(turned[:, 0]).max()) / MOST_OFF)
    x = 0.5 + turned[:, 0] / width
    across = across_of(x, y, 1.01 * max(cell_mm) / length)
    digits = len(str(len(x)))
    cells = tuple(
        LayoutCell(
            name=f"c{number:0{digits}d}",
            region=region_at(share, along),
            x=round(at, 5),
            y=round(along, 5),
            area_mm2=round(cell_mm[0] * cell_mm[1], 6),
        )
        for number, (at, along, share) in enumerate(zip(x.tolist(), y.tolist(), across.tolist(), strict=True), start=1)
    )
    return InsoleLayout(
        name=name, title=title, source=source, width_mm=round(width, 3), length_mm=round(length, 3), cells=cells
    )


def _turned(lateral_mm: FloatArray, cell_mm: float) -> FloatArray:
    """Centres (c, 2), lateral and forward, turned about the middle of the heel, which becomes lateral 0."""
    placed = lateral_mm
    for _ in range(TURNS):
        along = (placed[:, 1] - placed[:, 1].min()) / max(float(np.ptp(placed[:, 1])), cell_mm)
        heel, ball = placed[(along > 0.05) & (along < 0.2)], placed[(along > 0.66) & (along < 0.78)]
        if len(heel) < 2 or len(ball) < 2:  # no outline of a whole foot: it stays as it lies
            return np.asarray(placed - [(placed[:, 0].max() + placed[:, 0].min()) / 2, 0.0])
        low, high = ball[:, 0].min(), ball[:, 0].max()
        middle = np.array([(heel[:, 0].min() + heel[:, 0].max()) / 2, heel[:, 1].mean()])
        second = np.array([low + SECOND_RAY * (high - low), ball[:, 1].mean()])
        wanted = math.atan((AXIS_X[1] - AXIS_X[0]) * float(np.ptp(placed[:, 0])) / float(np.ptp(placed[:, 1])))
        found = math.atan2(second[0] - middle[0], second[1] - middle[1])
        sine, cosine = math.sin(found - wanted), math.cos(found - wanted)
        placed = (placed - middle) @ np.array([[cosine, sine], [-sine, cosine]])
    return placed


def across_of(x: FloatArray, y: FloatArray, row: float) -> FloatArray:
    """Where each cell lies between the edges of the sole at its height, (c,) from 0 medial to 1 lateral.

    row: how far above and below a cell the others count for its edges, relative like y.
    """
    across = np.empty_like(x)
    for i, (at, height) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        near = x[np.abs(y - height) <= row]
        low, high = float(near.min()), float(near.max())
        across[i] = (at - low) / (high - low) if high > low else 0.5
    return across
