"""From frames of a pressure mat to the cells of a foot: which lie under it, where, and which foot it is."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.insole_recording import FootCells
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.layout_grid import layout_of_centres

MOST_CELLS: Final = 2000
"""Cells of one foot: twice as many as the densest insole (F-Scan) has."""

FROM_GRID: Final = "made from the grid in the file; regions by position (landing_lab.model.layout_grid)"
"""Source of such a layout."""

MOST_ROWS: Final = 256
"""Rows or columns of an insole's grid: an F-Scan has 60 x 21."""

CELL_MM: Final = (0.5, 50.0)
"""Width and height of a cell of any insole or platform (choice)."""

NOT_TRIED: Final = (
    "the reader of {kind} files was written from public descriptions of the format, without a real file to try it on: "
    "compare one trial with the vendor's software"
)

BY_SHAPE: Final = (
    "which foot it is is not stated: the {side} one by the arch of its print; if it is the other, medial and lateral "
    "are swapped"
)


def check_cell_mm(path: Path, *sizes_mm: float) -> None:
    """Raise FileFormatError where a cell is of no size that cells have."""
    if not all(CELL_MM[0] <= size <= CELL_MM[1] for size in sizes_mm):
        told = " x ".join(f"{size:.3g}" for size in sizes_mm)
        raise FileFormatError(
            f"{path.name} states cells of {told} mm, and they are between {CELL_MM[0]:g} and {CELL_MM[1]:g} mm; export "
            "it again, with lengths in mm, cm or inches",
            path=path,
        )


def check_grid(path: Path, rows: float, columns: float) -> tuple[int, int]:
    """Rows and columns of an insole's grid. Raises FileFormatError where no insole has so many."""
    if max(rows, columns) > MOST_ROWS:
        raise FileFormatError(
            f"{path.name} states {rows:.0f} rows and {columns:.0f} columns, and an insole has up to {MOST_ROWS}; "
            "export it again",
            path=path,
        )
    return int(rows), int(columns)


def foot_of_frames(
    path: Path,
    side: Side,
    kpa: FloatArray,
    sole: NDArray[np.bool_],
    *,
    cell_mm: tuple[float, float],
    name: str,
    title: str,
    doubt: str | None = None,
) -> FootCells:
    """The cells of a sole, (rows, columns) True, out of frames (n, rows, columns) in kPa with the toes in row 0.

    cell_mm: width and height. Raises FileFormatError where such a sole is none.
    """
    row, column = np.nonzero(sole)
    if not len(row):
        raise FileFormatError(f"{path.name}: nobody stood on the {side} insole; choose the file with steps", path=path)
    if len(row) > MOST_CELLS:
        raise FileFormatError(
            f"{path.name} holds {len(row)} cells under one foot, and insoles have up to {MOST_CELLS}; export one foot",
            path=path,
        )
    centres = np.column_stack([column * cell_mm[0], -row * cell_mm[1]]).astype(np.float64)
    try:
        layout = layout_of_centres(name, title, FROM_GRID, centres_mm=centres, cell_mm=cell_mm, side=side)
    except ParameterError as error:
        raise FileFormatError(f"{path.name}: {error}; export the frames of one whole foot", path=path) from error
    return FootCells(
        side=side,
        samples=kpa[:, row, column],
        layout=layout,
        quantity="pressure",
        description=f"{title}, {side}, {len(row)} cells",
        doubt=doubt,
    )


def sole_of_load(kpa: FloatArray) -> NDArray[np.bool_]:
    """Cells under the sole, (rows, columns): in every row all between the outermost that were ever loaded."""
    loaded = np.nanmax(np.where(np.isnan(kpa), 0.0, kpa), axis=0) > 0.0
    from_left = np.logical_or.accumulate(loaded, axis=1)
    from_right = np.logical_or.accumulate(loaded[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(from_left & from_right)


def toes_up(kpa: FloatArray) -> FloatArray:
    """Frames (n, rows, columns) of one step turned so that what was loaded last, the toes, lies in the first rows."""
    force = np.nansum(kpa, axis=(1, 2))
    loaded = np.flatnonzero(force > 0.1 * force.max())
    fifth = max(1, len(loaded) // 5)
    rows = np.arange(kpa.shape[1])
    first, last = (
        float(rows @ np.nansum(kpa[part], axis=(0, 2)) / max(np.nansum(kpa[part]), 1e-12))
        for part in (loaded[:fifth], loaded[-fifth:])
    )
    return kpa if last <= first else kpa[:, ::-1, ::-1]


def side_by_print(kpa: FloatArray) -> Side:
    """Which foot a print with its toes in row 0 is of: in the midfoot the lateral side carries, the arch does not."""
    summed = np.nansum(kpa, axis=0)
    filled = np.flatnonzero(summed.sum(axis=1) > 0.0)
    first, length = int(filled[0]), int(filled[-1] - filled[0]) + 1
    columns = np.arange(kpa.shape[2])

    def middle(low: float, high: float, weight: FloatArray) -> tuple[float, float]:
        """Row and column that the load between two heights (from the heel, relative) is centred on."""
        part = slice(first + int((1.0 - high) * length), first + max(int((1.0 - low) * length), 1))
        area = weight[part]
        total = max(float(area.sum()), 1e-12)
        rows = np.arange(part.start, part.start + len(area))
        return float(rows @ area.sum(axis=1) / total), float(area.sum(axis=0) @ columns / total)

    heel, ball = middle(0.0, 0.25, summed), middle(0.6, 0.78, summed)
    arch = middle(0.33, 0.5, summed)
    part = (arch[0] - heel[0]) / (ball[0] - heel[0]) if ball[0] != heel[0] else 0.5
    return "right" if arch[1] > heel[1] + part * (ball[1] - heel[1]) else "left"
