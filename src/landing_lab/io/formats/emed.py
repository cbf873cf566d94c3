"""novel emed text (.lst): pages of one step on a pressure platform, each a picture or a part of one.

Written from public descriptions of the export (pressuRe); no real file belongs to the reference recordings. Nothing in
it says which foot it is, or which end the toes are: both are taken from the print, and the side is in doubt.
"""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io.insole_recording import insole_recording, rows_in_time
from landing_lab.io.insole_text import MOST_DIGITS, cut_short, number_stated
from landing_lab.io.pressure_frames import (
    BY_SHAPE,
    NOT_TRIED,
    check_cell_mm,
    foot_of_frames,
    side_by_print,
    sole_of_load,
    toes_up,
)
from landing_lab.io.registry import Format
from landing_lab.io.text_lines import is_text, read_lines
from landing_lab.model.blocks import FloatArray
from landing_lab.model.recording import Recording

_PICTURE: Final = re.compile(r"Pict-No\.?:\s*(\S+)")
_SIZE: Final = re.compile(r"Sensor size:\s*([\d.,]+)\s*x\s*([\d.,]+)\s*(cm|mm)")
_MATRIX: Final = re.compile(r"Matrix:\s*(\d{1,9})\s*x\s*(\d{1,9})(?!\d)")
_MOST_CELLS: Final = 40_000
"""Of a whole platform: the largest emed has 6080 (95 x 64); longer ones are built of several."""
_MOST_READINGS: Final = 20_000_000
"""Cells times pictures: half a minute of the largest platform at 100 Hz."""
MOST_FORCE_N: Final = 1e6
"""Far beyond any step: what is more, or no number, is damage."""
_SAME_FORCE: Final = 0.02


def recognises(head: bytes) -> bool:
    """Whether the text has pages with numbered pictures of a platform."""
    text = head.decode("latin-1")
    return is_text(head) and "Time/picture" in text and _PICTURE.search(text) is not None


def read_emed(path: Path) -> Recording:
    """Pressure under one foot in kPa, the cells as a layout along the axis of the foot.

    Raises FileFormatError where the header or a page is damaged, or nobody stood on the platform.
    """
    lines = read_lines(path)
    text = "\n".join(lines[:40])
    step_ms = number_stated(path, r"Time/picture:\s*([\d.,]+)\s*ms", text, "time per picture in ms")
    cell_mm = _cell_mm(path, text)
    pictures, kpa, off_n = _pictures(path, lines, _shape(path, text), cell_mm[0] * cell_mm[1])
    if not kpa.max() > 0.0:
        raise FileFormatError(f"{path.name}: nobody stood on the platform; choose the file with the step", path=path)
    turned = toes_up(kpa)
    side = side_by_print(turned)
    doubt = BY_SHAPE.format(side=side)
    not_tried = NOT_TRIED.format(kind="emed")
    told = [
        f"{not_tried[0].upper()}{not_tried[1:]}.",
        "A platform lies on the floor: one step of one foot.",
        f"{doubt[0].upper()}{doubt[1:]}.",
    ]
    if off_n > _SAME_FORCE * float(kpa.sum(axis=(1, 2)).max()) * cell_mm[0] * cell_mm[1] * 1e-3:
        told.append(f"The force that the file states differs by up to {off_n:.0f} N from area x pressure.")
        doubt += "; the force that the file states is not area x pressure, so its unit may not be kPa"
    foot = foot_of_frames(
        path,
        side,
        turned,
        sole_of_load(turned),
        cell_mm=cell_mm,
        name="emed_grid",
        title="novel emed platform",
        doubt=f"{not_tried}; {doubt}",
    )
    base = rows_in_time(path, (pictures - pictures[0]) * step_ms * 1e-3)
    return insole_recording(path, "emed file", [foot], base, {"insole": "novel emed"}, *told)


def _pictures(
    path: Path, lines: list[str], shape: tuple[int, int], cell_mm2: float
) -> tuple[FloatArray, FloatArray, float]:
    """Numbers of the pictures (n,), pressure (n, rows, columns), and how far their stated force is off at most, N."""
    pages = [(index, match[1]) for index, line in enumerate(lines) if (match := _PICTURE.search(line))]
    digits = [(index, number) for index, number in pages if number.isdecimal()]  # MPP, MVP: pictures of the whole
    for index, number in digits:
        if len(number) > MOST_DIGITS:
            raise cut_short(path, index, "a picture number of too many digits")
    numbered = [(index, int(number)) for index, number in digits]
    if not numbered:
        raise FileFormatError(f"{path.name} is an emed file without numbered pictures; export all of them", path=path)
    pictures = sorted({number for _, number in numbered})
    if len(pictures) * shape[0] * shape[1] > _MOST_READINGS:
        raise FileFormatError(f"{path.name} holds {len(pictures)} pictures, and no step has so many", path=path)
    row_of = {number: row for row, number in enumerate(pictures)}
    kpa = np.zeros((len(pictures), *shape))
    off_n = [_place(path, lines, index, kpa[row_of[number]], cell_mm2) for index, number in numbered]
    return np.array(pictures, dtype=np.float64), kpa, max(off_n)


def _cell_mm(path: Path, text: str) -> tuple[float, float]:
    match = _SIZE.search(text)
    scale = 1.0 if match is not None and match[3] == "mm" else 10.0
    try:
        width, height = (scale * float(size.replace(",", ".")) for size in match.groups()[:2]) if match else (0.0, 0.0)
    except ValueError:
        width = height = 0.0
    if not width * height > 0.0:
        raise FileFormatError(f"{path.name} does not say its sensor size in cm or mm; export it again", path=path)
    check_cell_mm(path, width, height)
    return width, height


def _shape(path: Path, text: str) -> tuple[int, int]:
    """Rows and columns of the platform."""
    match = _MATRIX.search(text)
    columns, rows = (int(match[1]), int(match[2])) if match else (0, 0)
    if not (0 < rows <= _MOST_CELLS and 0 < columns <= _MOST_CELLS and rows * columns <= _MOST_CELLS):
        raise FileFormatError(f"{path.name} does not say how many cells its platform has; export it again", path=path)
    return rows, columns


def _place(path: Path, lines: list[str], index: int, picture: FloatArray, cell_mm2: float) -> float:
    """Put the page whose picture number stands at line `index` where it belongs; how far its stated force is off, N."""
    at = index + 1
    while at < len(lines) and not lines[at].strip():
        at += 1
    fields = lines[at].split() if at < len(lines) else []
    columns = [int(field) for field in takewhile(_is_number, fields)]
    if any(map(_is_number, fields[len(columns) :])):
        raise cut_short(path, at, f"a column named {fields[len(columns)][:20]!r}")
    if not columns or max(columns) > picture.shape[1] or min(columns) < 1:
        raise cut_short(path, index, "no row of column numbers")
    placed = 0.0
    for number in range(at + 1, len(lines)):
        fields = lines[number].split()
        if not fields or not fields[0][0].isdigit():
            return _off(path, number, fields, placed * cell_mm2 * 1e-3)
        try:
            row, values = int(fields[0]), np.array(fields[1 : 1 + len(columns)], dtype=np.float64)
        except ValueError as error:
            raise cut_short(path, number, "what is no number") from error
        if not 1 <= row <= picture.shape[0] or len(values) < len(columns) or not np.isfinite(values).all():
            raise cut_short(path, number, f"{len(values)} of {len(columns)} cells")
        picture[row - 1, np.array(columns) - 1] = values
        placed += float(values.sum())
    raise cut_short(path, index, "no end")


def _is_number(field: str) -> bool:
    return field.isdecimal() and len(field) <= MOST_DIGITS


def _off(path: Path, number: int, fields: list[str], force_n: float) -> float:
    """Difference of the page's force to what its last row states, 0 where it states nothing."""
    if not fields or fields[0] != "Force":
        return 0.0
    try:
        stated_n = float(fields[-1].replace(",", "."))
    except ValueError:
        stated_n = float("nan")
    if not abs(stated_n) < MOST_FORCE_N:
        raise cut_short(path, number, "a force that no foot has")
    return abs(stated_n - force_n)


FORMAT = Format(name="emed file", recognises=recognises, read=read_emed, order=10)
