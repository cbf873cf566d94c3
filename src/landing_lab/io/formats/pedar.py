"""novel pedar text (.asc): up to 99 cells per foot in kPa, left before right, as its mask lists them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from landing_lab.errors import FileFormatError
from landing_lab.io.insole_recording import FootCells, insole_recording, rows_in_time
from landing_lab.io.insole_text import stated, table_below, times_of
from landing_lab.io.pressure_units import kpa_per
from landing_lab.io.registry import Format
from landing_lab.io.text_lines import is_text, read_lines
from landing_lab.io.visible import snippet
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import InsoleLayout, shipped_layouts
from landing_lab.model.recording import Recording

_START: Final = re.compile(
    r"\A(?:\xef\xbb\xbf|\ufeff)?file name:.*^pressure values in", re.DOTALL | re.MULTILINE | re.IGNORECASE
)
_MASK: Final = re.compile(r"^(left|right) insole:\s*([\d,\s]*)$", re.MULTILINE | re.IGNORECASE)
_NAMES: Final = re.compile(r"^\s*time\s*\[(m?)secs?\]", re.IGNORECASE)
_OWN_SIZE: Final = "y"

AREAS_MM2: Final[dict[str, float]] = {
    "a": 23969.0,
    "u": 12589.0,
    "v": 13931.0,
    "w": 15542.0,
    "x": 17208.0,
    "y": 19113.0,
    "z": 21472.0,
    "uw": 14170.0,
    "vw": 15893.0,
    "xw": 19639.0,
}
"""Area of all cells by insole size (pressuRe, MIT, Copyright (c) 2023 pressuRe authors; y agrees with the example)."""


def recognises(head: bytes) -> bool:
    """Whether the file begins with the header of a pedar export."""
    return is_text(head) and _START.search(head.decode("latin-1").replace("\r\n", "\n")) is not None


def read_pedar(path: Path) -> Recording:
    """Pressure of the cells of each foot in kPa.

    Raises FileFormatError where header or columns are damaged, or a row is not one of so many cells.
    """
    lines = read_lines(path)
    above, named = next(
        ((index, match) for index, line in enumerate(lines) if (match := _NAMES.match(line))), (0, None)
    )
    if named is None:
        raise FileFormatError(f"{path.name} is a pedar file without its row of cells; export it again", path=path)
    header = "\n".join(lines[:above])
    cells = _cells(path, header, lines[above])
    count = sum(len(one) for one in cells.values())
    names = ("time", *(f"{side} {cell}" for side, own in cells.items() for cell in own))
    values, numbers, notes = table_below(path, lines, above + 1, names)
    kpa = values[:, 1 : 1 + count] * kpa_per(stated(r"^pressure values in\s+(\S+)", header) or "", path)
    layout, told, doubt = _sized(stated(r"^sensor type:\s*([A-Za-z]+)", header) or "not stated")
    feet, start = [], 0
    for side, own in cells.items():
        feet.append(
            FootCells(
                side=side,
                samples=kpa[:, start : start + len(own)],
                layout=layout.part_of([cell - 1 for cell in own]),
                quantity="pressure",
                description=f"pedar insole, {side}, {len(own)} cells",
                doubt=doubt,
            )
        )
        start += len(own)
    facts = {"recorded": stated(r"date/time\s*(.+)$", header), "insole": "novel pedar"}
    base = rows_in_time(path, times_of(path, values[:, 0]) * (1e-3 if named[1] else 1.0), numbers)
    return insole_recording(path, "pedar file", feet, base, facts, told, *notes)


def _cells(path: Path, header: str, names: str) -> dict[Side, list[int]]:
    """Numbers of the cells of each foot, in order of the columns."""
    masks: dict[Side, list[int]] = {}
    for side, listed in _MASK.findall(header):
        found = [int(number) for number in re.findall(r"\d+", listed)]
        if found:
            masks["left" if side.lower() == "left" else "right"] = found
    named = [int(field) for field in names.split("\t")[1:] if field.strip().isdigit()]
    of_masks = [cell for own in masks.values() for cell in own]
    most = len(shipped_layouts()["pedar_99"])
    if not of_masks or named != of_masks or not all(1 <= cell <= most for cell in named):
        raise FileFormatError(
            f"{path.name}: its masks list {len(of_masks)} cells and its columns are {len(named)}, of a pedar insole's "
            f"{most} per foot; the header is damaged: export it again",
            path=path,
        )
    if any(len(set(own)) < len(own) for own in masks.values()):
        raise FileFormatError(f"{path.name}: a mask lists a cell twice; export it again", path=path)
    return masks


def _sized(size: str) -> tuple[InsoleLayout, str, str | None]:
    """The layout in this size, the sentence on it, and what is in doubt where nobody knows the size."""
    layout, known = shipped_layouts()["pedar_99"], AREAS_MM2.get(size.lower())
    if known is None:
        doubt = f'insole type "{snippet(size)}" is not in the table of pedar sizes: areas of size {_OWN_SIZE} were used'
        return layout, f"{doubt[0].upper()}{doubt[1:]}.", doubt
    sized = layout if size.lower() == _OWN_SIZE else layout.scaled(known / AREAS_MM2[_OWN_SIZE])
    return sized, f"Insole size {size.lower()}: {known / 100:.2f} cm² per foot, cells at generic places.", None


FORMAT = Format(name="pedar file", recognises=recognises, read=read_pedar, order=10)
