"""Where the cells of an insole lie, what part of the sole each stands for, and which region it belongs to.

Layouts are data: the ones that ship are TOML files in `model/layouts/`, a lab adds its own as another such file.
Positions are relative, x from 0 (medial) to 1 (lateral) and y from 0 (heel) to 1 (toe), so one file serves both feet:
this is the only place where a left and a right insole are made of the same drawing.
"""

from __future__ import annotations

import dataclasses
import math
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FloatArray

# fmt: off
Region: TypeAlias = Literal[
    "heel", "heel_medial", "heel_lateral", "midfoot", "midfoot_medial", "midfoot_lateral",
    "forefoot", "forefoot_medial", "forefoot_lateral", "m1", "m2", "m3", "m4", "m5", "hallux", "toes",
]
# fmt: on
"""m1 to m5: heads of the metatarsals."""

Part: TypeAlias = Literal["heel", "midfoot", "forefoot", "toes"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
"""Of a foot, from behind: what every layout can be summed to."""

AXIS_X: Final = (0.5, 0.4)
"""Where the axis from the middle of the heel to the second toe crosses y = 0 and y = 1 (choice of the drawing)."""

ON_AXIS: Final = 0.02
"""A cell whose middle lies within this share of the width from the axis counts half on either side."""

DENSE_CELLS: Final = 50
"""From so many cells on, indices made for pressure mats make sense (pressure.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutCell:
    """One cell: its middle in relative (x, y), and the area of the sole in mm2 that its reading stands for."""

    name: str
    region: Region
    x: float
    y: float
    area_mm2: float

    @property
    def part(self) -> Part:
        """The part of the foot that its region belongs to."""
        if self.region.startswith("heel"):
            return "heel"
        if self.region.startswith("midfoot"):
            return "midfoot"
        return "toes" if self.region in ("hallux", "toes") else "forefoot"


@dataclass(frozen=True, slots=True, kw_only=True)
class InsoleLayout:
    """Cells of one kind of insole, in channel order, with the size that the relative positions refer to.

    source: where the drawing comes from. sensing_area_mm2: active area of a cell where that is smaller than the part
    of the sole it stands for (FSR); None where cells cover the sole.
    """

    name: str
    title: str
    source: str
    width_mm: float
    length_mm: float
    cells: tuple[LayoutCell, ...]
    sensing_area_mm2: float | None = None

    def __post_init__(self) -> None:
        _check(self)

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def dense(self) -> bool:
        """Whether it is a pressure mat rather than a handful of cells."""
        return len(self.cells) >= DENSE_CELLS

    @property
    def area_mm2(self) -> FloatArray:
        """Area that each cell stands for, (c,)."""
        return np.array([cell.area_mm2 for cell in self.cells])

    @property
    def place_mm(self) -> FloatArray:
        """Middle of each cell, (c, 2): medial and anterior from the middle of the heel edge, on either foot."""
        return np.array([self.position_mm(cell.x, cell.y) for cell in self.cells])

    def position_mm(self, x: float, y: float) -> tuple[float, float]:
        """(medial, anterior) in mm from the middle of the heel edge of a relative place."""
        return (0.5 - x) * self.width_mm, y * self.length_mm

    @property
    def medial_share(self) -> FloatArray:
        """Part of each cell, (c,), that lies on the medial side of the axis from heel to second toe.

        The only cell of a part of the foot, such as one for all toes, says nothing of sides: half counts on either.
        """
        off = np.array([AXIS_X[0] + (AXIS_X[1] - AXIS_X[0]) * cell.y - cell.x for cell in self.cells])
        parts = Counter(cell.part for cell in self.cells)
        alone = np.array([parts[cell.part] == 1 for cell in self.cells])
        return np.where(alone | (np.abs(off) <= ON_AXIS), 0.5, (off > 0.0).astype(np.float64))

    def scaled(self, area_ratio: float) -> InsoleLayout:
        """The same drawing for a sole of area_ratio times the area: lengths go with its square root."""
        lengths = math.sqrt(area_ratio)
        cells = tuple(dataclasses.replace(one, area_mm2=one.area_mm2 * area_ratio) for one in self.cells)
        return dataclasses.replace(
            self, width_mm=self.width_mm * lengths, length_mm=self.length_mm * lengths, cells=cells
        )

    def part_of(self, kept: Sequence[int]) -> InsoleLayout:
        """The layout of some of its cells, by index, in that order."""
        return dataclasses.replace(self, cells=tuple(self.cells[index] for index in kept))

    def as_document(self) -> dict[str, object]:
        """Plain values, as in a TOML file."""
        head = {name: getattr(self, name) for name in ("name", "title", "source", "width_mm", "length_mm")}
        cells = [
            {"name": one.name, "region": one.region, "x": one.x, "y": one.y, "area_mm2": one.area_mm2}
            for one in self.cells
        ]
        sensing = {} if self.sensing_area_mm2 is None else {"sensing_area_mm2": self.sensing_area_mm2}
        return {**head, **sensing, "cells": cells}


def from_document(document: object) -> InsoleLayout:
    """The layout that a document (as of `as_document`, or a parsed TOML file) describes; ParameterError otherwise."""
    if not isinstance(document, Mapping):
        raise ParameterError("this is no layout of an insole; docs/layouts.md shows one")
    known = {"name", "title", "source", "width_mm", "length_mm", "sensing_area_mm2", "cells"}
    if unknown := sorted(set(map(str, document)) - known):
        raise ParameterError(f"a layout has no {', '.join(unknown)}; it has {', '.join(sorted(known))}")
    try:
        cells = tuple(_cell(entry) for entry in document["cells"])
        return InsoleLayout(
            name=str(document["name"]),
            title=str(document.get("title") or document["name"]),
            source=str(document.get("source") or "not stated"),
            width_mm=float(document["width_mm"]),
            length_mm=float(document["length_mm"]),
            cells=cells,
            sensing_area_mm2=_optional(document.get("sensing_area_mm2")),
        )
    except KeyError as error:
        raise ParameterError(f"the layout does not say its {error.args[0]}; docs/layouts.md shows one") from error
    except (TypeError, ValueError) as error:
        if isinstance(error, ParameterError):
            raise
        raise ParameterError(f"the layout holds what is no number ({error}); docs/layouts.md shows one") from error


def parse_layout(text: str) -> InsoleLayout:
    """The layout in the text of a TOML file; ParameterError with one sentence where it holds none."""
    try:
        return from_document(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"the layout is not TOML ({error}); docs/layouts.md shows one") from error


@cache
def shipped_layouts() -> Mapping[str, InsoleLayout]:
    """The layouts that come with landing-lab, by name."""
    folder = files("landing_lab.model") / "layouts"
    found = [parse_layout(entry.read_text("utf-8")) for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return {layout.name: layout for layout in sorted(found, key=lambda one: one.name)}


BY_CHANNELS: Final = {8: "infotronic_8", 16: "fsr402_16"}
"""What an FSR insole of so many channels is taken for where nobody says."""


def default_layout(n_channels: int) -> InsoleLayout | None:
    """The layout that an insole of so many channels is taken for; None where there is none of that number."""
    name = BY_CHANNELS.get(n_channels)
    return None if name is None else shipped_layouts()[name]


def _cell(entry: Any) -> LayoutCell:
    cell = LayoutCell(
        name=str(entry["name"]),
        region=entry["region"],
        x=float(entry["x"]),
        y=float(entry["y"]),
        area_mm2=float(entry["area_mm2"]),
    )
    if cell.region not in get_args(Region):
        raise ParameterError(
            f"cell {cell.name!r} is in region {cell.region!r}; regions are {', '.join(get_args(Region))}"
        )
    if not (-0.1 <= cell.x <= 1.1 and -0.1 <= cell.y <= 1.1):
        raise ParameterError(
            f"cell {cell.name!r} is at x {cell.x}, y {cell.y}; x goes from 0 (medial) to 1 (lateral), y from 0 (heel) "
            "to 1 (toe)"
        )
    if not (math.isfinite(cell.area_mm2) and 0.0 < cell.area_mm2 <= 50_000.0):
        raise ParameterError(f"cell {cell.name!r} stands for {cell.area_mm2} mm2; give the part of the sole it covers")
    return cell


def _optional(value: Any) -> float | None:
    return None if value is None else float(value)


def _check(layout: InsoleLayout) -> None:
    if not layout.name or not all(sign.isalnum() or sign in "_-" for sign in layout.name):
        raise ParameterError(f"a layout is named with letters, digits, _ and -; got {layout.name!r}")
    if not layout.cells:
        raise ParameterError(f"layout {layout.name} has no cells")
    names = [cell.name for cell in layout.cells]
    if len(set(names)) < len(names):
        raise ParameterError(f"layout {layout.name} has two cells of one name")
    if not (40.0 <= layout.width_mm <= 160.0 and 100.0 <= layout.length_mm <= 400.0):
        raise ParameterError(
            f"layout {layout.name} is {layout.width_mm} x {layout.length_mm} mm; an insole is 40-160 x 100-400 mm"
        )
    if layout.sensing_area_mm2 is not None and not 0.0 < layout.sensing_area_mm2 <= 5000.0:
        raise ParameterError(f"layout {layout.name} has cells of {layout.sensing_area_mm2} mm2")
