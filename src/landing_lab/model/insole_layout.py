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
from typing import Final, Literal, TypeAlias, cast, get_args

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

MOST_LETTERS: Final = 64
"""Of the name of a layout or a cell, which stand in tables and pictures (choice)."""

MOST_PROSE: Final = 1000
"""Of its title and source (choice)."""

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
    entries = document.get("cells")
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        raise ParameterError("the layout does not say its cells; docs/layouts.md shows one")
    sensing = "sensing_area_mm2"
    return InsoleLayout(
        name=_text(document, "name", "the layout"),
        title=_text(document, "title" if document.get("title") else "name", "the layout", most=MOST_PROSE),
        source=_text(document, "source", "the layout", most=MOST_PROSE) if document.get("source") else "not stated",
        width_mm=_number(document, "width_mm", "the layout"),
        length_mm=_number(document, "length_mm", "the layout"),
        cells=tuple(_cell(entry, row) for row, entry in enumerate(entries, start=1)),
        sensing_area_mm2=None if document.get(sensing) is None else _number(document, sensing, "the layout"),
    )


def parse_layout(text: str) -> InsoleLayout:
    """The layout in the text of a TOML file; ParameterError with one sentence where it holds none."""
    try:
        return from_document(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"the layout is not TOML ({error}); docs/layouts.md shows one") from error
    except RecursionError as error:
        raise ParameterError("its brackets are nested too deeply for a layout; docs/layouts.md shows one") from error
    except ValueError as error:
        if isinstance(error, ParameterError):
            raise
        raise ParameterError("it holds a number of too many digits; docs/layouts.md shows a layout") from error


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


def _cell(entry: object, row: int) -> LayoutCell:
    """The cell that the row-th entry, from 1, describes."""
    told = f"cell {row} of the layout"
    if not isinstance(entry, Mapping):
        raise ParameterError(f"{told} is no table; start each cell with [[cells]] as docs/layouts.md shows")
    name = _text(entry, "name", told)
    told = f"cell {name!r}"
    cell = LayoutCell(
        name=name,
        region=cast("Region", _text(entry, "region", told)),
        x=_number(entry, "x", told),
        y=_number(entry, "y", told),
        area_mm2=_number(entry, "area_mm2", told),
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


def _number(table: Mapping[str, object], key: str, told: str) -> float:
    value = _said(table, key, told)
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise ParameterError(f"{told} gives {key} as {_shown(value)}, which is no number; docs/layouts.md shows one")
    try:
        return float(value)
    except OverflowError as error:
        raise ParameterError(f"{told} gives {key} as a number of too many digits") from error


def _text(table: Mapping[str, object], key: str, told: str, *, most: int = MOST_LETTERS) -> str:
    value = _said(table, key, told)
    if not isinstance(value, str):
        raise ParameterError(f"{told} gives {key} as {_shown(value)}; write it as text, in quotes")
    if not 0 < len(value) <= most:
        raise ParameterError(f"{told} gives a {key} of {len(value)} letters; give it 1 to {most}")
    return value


def _said(table: Mapping[str, object], key: str, told: str) -> object:
    if key not in table:
        raise ParameterError(f"{told} does not say its {key}; docs/layouts.md shows one")
    return table[key]


def _shown(value: object) -> str:
    """A value as a TOML file writes it, or its kind where that would be long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "a list"
    return repr(value)[:40] if isinstance(value, str) else str(value)[:40]


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
