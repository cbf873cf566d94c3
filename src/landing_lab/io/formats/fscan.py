"""Tekscan F-Scan text (.asf): frames of a trimmed insole, one foot per file, toes in the first row, B = no cell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io.insole_recording import insole_recording, rows_in_time
from landing_lab.io.insole_text import MOST_DIGITS, cut_short, frames_below, number_stated, stated
from landing_lab.io.pressure_frames import BY_SHAPE, check_cell_mm, check_grid, foot_of_frames, side_by_print
from landing_lab.io.pressure_units import kpa_per
from landing_lab.io.registry import Format
from landing_lab.io.text_lines import is_text, read_lines
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Recording

_FRAME: Final = re.compile(r"Frame (\d+)\s*")
_LENGTHS_MM: Final = {"mm": 1.0, "millimeters": 1.0, "cm": 10.0, "centimeters": 10.0, "in": 25.4, "inches": 25.4}


def recognises(head: bytes) -> bool:
    """Whether the file begins as a Tekscan movie in ASCII does."""
    return is_text(head) and head.removeprefix(b"\xef\xbb\xbf").startswith(b"DATA_TYPE MOVIE")


def read_fscan(path: Path) -> Recording:
    """Pressure of every cell of the trimmed insole in kPa.

    Raises FileFormatError where the header is damaged, the movie holds raw sums or was mirrored, or a frame is cut.
    """
    lines = read_lines(path)
    firsts = [index for index, line in enumerate(lines) if _FRAME.fullmatch(line)]
    header = "\n".join(lines[: firsts[0] if firsts else len(lines)])
    if not firsts:
        raise FileFormatError(f"{path.name} is a Tekscan movie without a frame; export its frames", path=path)
    shape = _shape(path, header)
    cell_mm = (_length_mm(path, header, "COL_SPACING"), _length_mm(path, header, "ROW_SPACING"))
    if "1" in (stated(r"^MIRROR_ROW\s+(\d)", header), stated(r"^MIRROR_COL\s+(\d)", header)):
        raise FileFormatError(
            f"{path.name} was exported mirrored, so medial and lateral cannot be told; export it without mirroring",
            path=path,
        )
    scale = kpa_per(stated(r"^UNITS\s+(\S+)", header) or "", path)
    step_s = number_stated(path, r"^SECONDS_PER_FRAME\s+(\S+)", header, "time between frames")
    for index in firsts:
        if len(lines[index].split()[1]) > MOST_DIGITS:
            raise cut_short(path, index, "a frame number of too many digits")
    kpa = _frames(path, lines, firsts, shape) * scale
    numbers = [int(match[1]) for index in firsts if (match := _FRAME.fullmatch(lines[index]))]
    side, doubt = _side(header, kpa)
    foot = foot_of_frames(
        path,
        side,
        kpa,
        np.asarray(~np.isnan(kpa).all(axis=0)),
        cell_mm=cell_mm,
        name="fscan_grid",
        title="Tekscan F-Scan insole",
        doubt=doubt,
    )
    base = rows_in_time(path, (np.array(numbers, dtype=np.float64) - numbers[0]) * step_s)
    facts = {"recorded": stated(r"^TIME\s+(.+)$", header), "insole": "Tekscan F-Scan"}
    return insole_recording(path, "F-Scan file", [foot], base, facts, *_told(header, numbers, side, doubt))


def _frames(path: Path, lines: list[str], firsts: list[int], shape: tuple[int, int]) -> FloatArray:
    """Frames (n, rows, columns) as they stand there, NaN where there is no cell."""
    body = ["" if line.strip() == "@@" else line for line in lines]
    frames = frames_below(path, body, [index + 1 for index in firsts], shape, separator=",", blank="B")
    blank = np.isnan(frames)
    if (blank != blank[0]).any():
        frame = int(np.argmax((blank != blank[0]).any(axis=(1, 2))))
        raise cut_short(path, firsts[frame], "other blank cells than the first")
    return frames


def _shape(path: Path, header: str) -> tuple[int, int]:
    rows, columns = (
        number_stated(path, rf"^{name}\s+(\d+)\s*$", header, "rows and columns") for name in ("ROWS", "COLS")
    )
    return check_grid(path, rows, columns)


def _length_mm(path: Path, header: str, name: str) -> float:
    unit = (stated(rf"^{name}\s+\S+\s+(\S+)", header) or "").lower()
    number = number_stated(path, rf"^{name}\s+(\S+)", header, "spacing of cells")
    if unit not in _LENGTHS_MM:
        raise FileFormatError(f"{path.name} states no spacing of cells in mm, cm or inches; export it again", path=path)
    check_cell_mm(path, number * _LENGTHS_MM[unit])
    return number * _LENGTHS_MM[unit]


def _side(header: str, kpa: FloatArray) -> tuple[Side, str | None]:
    """The foot that the movie is named after, else by the shape of its print, which is then in doubt."""
    name = re.sub(r"\.\w+$", "", stated(r"^FILENAME\s+(.+)$", header) or "").rstrip()
    ending = re.search(r"(?:^|[^A-Za-z])(left|right)[^A-Za-z]*$|([LR])\d*$", name, re.IGNORECASE)
    if ending is not None and (ending[1] or ending[2].isupper()):
        return ("left" if (ending[1] or ending[2]).lower().startswith("l") else "right"), None
    if not np.nansum(kpa) > 0.0:
        return "left", BY_SHAPE.format(side="left")
    side = side_by_print(kpa)
    return side, BY_SHAPE.format(side=side)


def _told(header: str, numbers: list[int], side: Side, doubt: str | None) -> list[str]:
    told = [f"The {side} foot, by the name of the movie." if doubt is None else f"{doubt[0].upper()}{doubt[1:]}."]
    last = stated(r"^END_FRAME\s+(\d{1,9})\s*$", header)
    if last is not None and int(last) != numbers[-1]:
        told.append(f"The header announces frames up to {last} and the last one is {numbers[-1]}: it may be cut short.")
    return told


FORMAT = Format(name="F-Scan file", recognises=recognises, read=read_fscan, order=10)
