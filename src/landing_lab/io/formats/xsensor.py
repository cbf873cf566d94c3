"""XSENSOR text (.csv of XSENSOR Pro and Foot & Gait): frames of one or two insoles, toes in the first row.

Written from public descriptions of the export (pressuRe, XSensorPressureMat); no real file belongs to the reference
recordings. Keys stand with or without colon, between empty lines or not; groups of cells that follow are left out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io.insole_recording import FootCells, insole_recording, rows_in_time
from landing_lab.io.insole_text import frames_below, positive_number
from landing_lab.io.pressure_frames import NOT_TRIED, check_cell_mm, check_grid, foot_of_frames, sole_of_load
from landing_lab.io.pressure_units import kpa_per
from landing_lab.io.registry import Format
from landing_lab.io.text_lines import is_text, read_lines
from landing_lab.io.visible import snippet
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Recording

_START: Final = re.compile(r"^\"?FRAME:?\"?,.*^\"?SENSELS:?\"?", re.DOTALL | re.MULTILINE | re.IGNORECASE)
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2}):(\d{2}(?:[.,]\d+)?)")
_FOOT: Final = {
    "left": re.compile(r"\bLF\b|\bleft\b", re.IGNORECASE),
    "right": re.compile(r"\bRF\b|\bright\b", re.IGNORECASE),
}
_DAY_S: Final = 86_400.0
_MOST_ABSENT: Final = 10
"""Frames of a recording per frame of one of its feet, at most."""
_NOT_TRIED: Final = NOT_TRIED.format(kind="XSENSOR")


@dataclass(slots=True)
class _Insole:
    """Where the frames of one sensor begin (line index), and what its header says."""

    shape: tuple[int, int]
    cell_mm: tuple[float, float]
    firsts: list[int] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)


def recognises(head: bytes) -> bool:
    """Whether the text names frames and sensels."""
    return is_text(head) and _START.search(head.decode("latin-1").replace("\r\n", "\n")) is not None


def read_xsensor(path: Path) -> Recording:
    """Pressure of the cells of each foot in kPa.

    Raises FileFormatError where header, times or frames are damaged, or no sensor says which foot it is.
    """
    lines = [_plain(line) for line in read_lines(path)]
    insoles, clocks, unit = _survey(path, lines)
    scale = kpa_per(unit, path)
    times = np.array(clocks)
    times += _DAY_S * np.cumsum(np.concatenate([[0.0], np.diff(times)]) < -_DAY_S / 2)
    base = rows_in_time(path, times - times[0])
    feet = [_foot(path, side, insole, lines, len(clocks), scale) for side, insole in insoles.items()]
    return insole_recording(
        path,
        "XSENSOR file",
        feet,
        base,
        {"insole": "XSENSOR"},
        f"{_NOT_TRIED[0].upper()}{_NOT_TRIED[1:]}.",
        "Cells outside those that were ever loaded were left out.",
    )


def _plain(line: str) -> str:
    """A line whose quoted fields, and decimal commas in them, are unquoted."""
    if '"' not in line:
        return line
    return ",".join(field.replace(",", ".") for field in next(csv.reader([line])))


def _survey(path: Path, lines: list[str]) -> tuple[dict[Side, _Insole], list[float], str]:
    """Insole by side, time of each frame in seconds of the day, and the unit of pressure."""
    insoles: dict[Side, _Insole] = {}
    clocks: list[float] = []
    header: dict[str, str] = {}
    unit, frames = "", 0
    for index, key, value in _entries(lines):
        if key == "units":
            unit = value
        elif key == "frame":
            frames += 1
        elif key == "time" and frames > len(clocks):
            clocks.append(_seconds(path, value, index))
        elif key in ("sensor", "group"):
            header = {"kind": key, "name": value}
        elif key == "sensels":
            if header.get("kind") == "sensor":
                _check_clock(path, frames, len(clocks), index)
                _add(path, insoles, header, index + 1, frames - 1)
            header = {}
        else:
            header[key] = value
    if not insoles:
        raise FileFormatError(f"{path.name} is an XSENSOR file without sensels; export the frames", path=path)
    _check_clock(path, frames, len(clocks), len(lines) - 1)
    return insoles, clocks, unit


def _entries(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """Index, key and value of every line that begins with a word."""
    for index, line in enumerate(lines):
        if line[:1].isalpha():
            key, _, rest = line.partition(",")
            yield index, key.strip().rstrip(":").lower(), rest.strip(" ,")


def _check_clock(path: Path, frames: int, clocks: int, index: int) -> None:
    if clocks != frames or not frames:
        raise FileFormatError(
            f"{path.name}: frame {frames} (before line {index + 1}) has no time; export it with Date/Time fields: "
            "Frame Timestamp",
            path=path,
        )


def _seconds(path: Path, text: str, index: int) -> float:
    match = _CLOCK.search(text)
    if match is None:
        raise FileFormatError(
            f'{path.name}: line {index + 1} holds the time "{snippet(text)}" and not hours:minutes:seconds; export it '
            "again",
            path=path,
        )
    return 3600.0 * int(match[1]) + 60.0 * int(match[2]) + float(match[3].replace(",", "."))


def _add(path: Path, insoles: dict[Side, _Insole], header: dict[str, str], first: int, frame: int) -> None:
    """Remember where one frame of one sensor begins."""
    name = header["name"]
    sides: list[Side] = [side for side in ("left", "right") if _FOOT[side].search(name)]
    if len(sides) != 1:
        raise FileFormatError(
            f'{path.name}: sensor "{snippet(name)}" does not say which foot it is (LF, RF, left or right in its name); '
            "name the sensors in XSENSOR and export again",
            path=path,
        )
    if sides[0] not in insoles:
        rows, columns = (_number(path, header, key) for key in ("rows", "columns"))
        width, height = (10.0 * _number(path, header, f"sensel {key} (cm)") for key in ("width", "height"))
        check_cell_mm(path, width, height)
        insoles[sides[0]] = _Insole(check_grid(path, rows, columns), (width, height))
    insole = insoles[sides[0]]
    if insole.frames and insole.frames[-1] == frame:
        raise FileFormatError(f"{path.name} holds two sensors of the {sides[0]} foot; export one pair", path=path)
    insole.firsts.append(first)
    insole.frames.append(frame)


def _number(path: Path, header: dict[str, str], key: str) -> float:
    return positive_number(path, header.get(key), f"sensor's {key}")


def _foot(path: Path, side: Side, insole: _Insole, lines: list[str], n_frames: int, scale: float) -> FootCells:
    if n_frames > _MOST_ABSENT * len(insole.frames):
        raise FileFormatError(
            f"{path.name}: the {side} foot is in {len(insole.frames)} of {n_frames} frames only; export the frames in "
            "which both were measured",
            path=path,
        )
    found: FloatArray = frames_below(path, lines, insole.firsts, insole.shape, separator=",") * scale
    kpa = np.full((n_frames, *insole.shape), np.nan)
    kpa[insole.frames] = found
    return foot_of_frames(
        path,
        side,
        kpa,
        sole_of_load(found),
        cell_mm=insole.cell_mm,
        name="xsensor_grid",
        title="XSENSOR insole",
        doubt=_NOT_TRIED,
    )


FORMAT = Format(name="XSENSOR file", recognises=recognises, read=read_xsensor, order=10)
