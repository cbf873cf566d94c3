"""Moticon OpenGo text: 16 cells per foot, with the vendor's own force and centre of pressure beside them.

Columns as in the export of moticon-opengo (Apache-2.0): `left pressure 1[N/cm2]`, ..., `left total force[N]`. Nothing
of the vendor's computed columns is used but the force, which tells the area of the cells of other insole sizes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io.insole_recording import FootCells, insole_recording, rows_in_time
from landing_lab.io.insole_text import stated, table_below, times_of
from landing_lab.io.pressure_units import kpa_per
from landing_lab.io.registry import Format
from landing_lab.io.text_lines import is_text, read_lines
from landing_lab.io.visible import snippet
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import InsoleLayout, shipped_layouts
from landing_lab.model.recording import Recording

_START: Final = re.compile(r"\A(?:\xef\xbb\xbf|\ufeff)?# Start time:.*^# Sensor insoles:", re.DOTALL | re.MULTILINE)
_CELL: Final = re.compile(r"(left|right) pressure (\d+)\s*[\[(](.+?)[\])]")
_FORCE: Final = "{side} total force[N]"
_OWN_SIZE: Final = "7"
"""Insole size that the areas of the layout were found for."""

_SAME_AREA: Final = 0.005
"""Relative difference of area below which the vendor's force and the layout's areas agree."""

_ENOUGH_N: Final = 50.0
"""Force from which on the vendor's total tells areas; it writes no centre of pressure below it either."""


def recognises(head: bytes) -> bool:
    """Whether the file begins with the comment lines of OpenGo."""
    return is_text(head) and _START.search(head.decode("utf-8", "replace").replace("\r\n", "\n")) is not None


def read_moticon(path: Path) -> Recording:
    """Pressure of 16 cells per foot in kPa.

    Raises FileFormatError where columns are missing, an insole has another number of cells, or a row is no row.
    """
    lines = read_lines(path)
    above = next((index for index, line in enumerate(lines) if re.match(r"# ?time\t", line)), None)
    if above is None:
        raise FileFormatError(f"{path.name} is a Moticon file without its row of names; export it again", path=path)
    names = tuple(lines[above].lstrip("# ").split("\t"))
    header = "\n".join(lines[:above])
    values, numbers, notes = table_below(path, lines, above + 1, names)
    size = stated(r"^# Size:\s*(\S+)", header) or "not stated"
    feet, told = _feet(path, names, values, size)
    facts = {"recorded": stated(r"^# Start time:\s*(.+)$", header), "insole_size": size, "insole": "Moticon OpenGo"}
    base = rows_in_time(path, times_of(path, values[:, 0]), numbers)
    return insole_recording(path, "Moticon file", feet, base, facts, *told, *notes)


def _feet(path: Path, names: tuple[str, ...], values: FloatArray, size: str) -> tuple[list[FootCells], list[str]]:
    layout = shipped_layouts()["moticon_16"]
    found = [(index, match) for index, name in enumerate(names) if (match := _CELL.fullmatch(name.strip()))]
    feet, told = [], []
    sides: tuple[Side, ...] = ("left", "right")
    for side in sides:
        columns = sorted((int(match[2]), index, match[3]) for index, match in found if match[1] == side)
        if not columns:
            continue
        if [number for number, _, _ in columns] != list(range(1, len(layout) + 1)):
            raise FileFormatError(
                f"{path.name} holds {len(columns)} cells of the {side} insole, and Moticon insoles with {len(layout)} "
                "are known; export every cell, or describe the insole as a layout (docs/layouts.md)",
                path=path,
            )
        kpa = values[:, [index for _, index, _ in columns]] * kpa_per(columns[0][2], path)
        sized, note, doubt = _sized(layout, kpa, _vendors_force(names, values, side), size, side)
        told.append(note)
        described = f"Moticon insole, {side}, size {snippet(size)}, {len(layout)} cells"
        if np.isfinite(kpa).any():
            feet.append(
                FootCells(side=side, samples=kpa, layout=sized, quantity="pressure", description=described, doubt=doubt)
            )
        else:
            told.append(f"The {side} insole holds no numbers and was left out.")
    if not feet:
        raise FileFormatError(f"{path.name} is a Moticon file without pressure; export the pressure columns", path=path)
    return feet, told


def _vendors_force(names: tuple[str, ...], values: FloatArray, side: Side) -> FloatArray | None:
    wanted = _FORCE.format(side=side)
    column = next((index for index, name in enumerate(names) if name.strip() == wanted), None)
    return None if column is None else values[:, column]


def _sized(
    layout: InsoleLayout, kpa: FloatArray, vendors_n: FloatArray | None, size: str, side: Side
) -> tuple[InsoleLayout, str, str | None]:
    """The layout with the areas of this size, the sentence on how they were found, and what is in doubt."""
    force = kpa @ layout.area_mm2 * 1e-3
    loaded = np.zeros(len(force), dtype=bool) if vendors_n is None else np.isfinite(force) & (vendors_n > _ENOUGH_N)
    if vendors_n is None or not loaded.any():
        if size == _OWN_SIZE:
            return layout, f"Areas of the {side} insole are those of size {size}.", None
        doubt = f"the {side} insole is of size {snippet(size)}, and the areas of size {_OWN_SIZE} were used"
        return layout, f"{doubt[0].upper()}{doubt[1:]}.", doubt
    ratio = float(force[loaded] @ vendors_n[loaded] / (force[loaded] @ force[loaded]))
    if abs(ratio - 1.0) > _SAME_AREA and 0.3 < ratio < 3.0:
        layout, force = layout.scaled(ratio), force * ratio
    off = float(np.sqrt(np.mean((force - vendors_n)[np.isfinite(force) & np.isfinite(vendors_n)] ** 2)))
    told = f"Sum of area x pressure of the {side} insole is within {off:.2f} N RMS of the vendor's total force"
    if off > 0.02 * float(np.nanmax(vendors_n)):
        doubt = f"the {side} insole's area x pressure is {off:.0f} N RMS off the vendor's own total force"
        return layout, f"{told}.", doubt
    return layout, f"{told} (areas of size {_OWN_SIZE} x {ratio:.3f}).", None


FORMAT = Format(name="Moticon file", recognises=recognises, read=read_moticon, order=10)
