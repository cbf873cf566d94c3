"""C3D files: the force plates of a motion-capture recording, through ezc3d."""

from __future__ import annotations

import math
import struct
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.installation import pip_line
from landing_lab.io.c3d_content import C3dContent, read_in_child, vertical_force_of
from landing_lab.io.c3d_cop import cop_columns_of
from landing_lab.io.c3d_write import encode
from landing_lab.io.cop_columns import FROM_MOMENTS
from landing_lab.io.force_table import ForceTable, unique_names
from landing_lab.io.registry import Format
from landing_lab.model.blocks import FloatArray, IntArray

_MIPS: Final = b"\x56"
_FRAME_LIMIT: Final = 65535
_SINGLE_Z: Final = (1, 2)
"""Plate types with one vertical channel, the third: Fx Fy Fz Px Py Tz and Fx Fy Fz Mx My Mz."""


def recognises(head: bytes) -> bool:
    """Whether byte 1 is the C3D key 0x50 and byte 0 the number of a parameter block, in binary surroundings."""
    return len(head) > 511 and head[1] == 0x50 and 0 < head[0] < 0x20 and b"\x00" in head[:512]


def read_c3d(path: Path) -> ForceTable:
    """Vertical force of every plate, named Fz1, Fz2, ... in the order of FORCE_PLATFORM; then centres of pressure.

    The axis is that of the plate, so that it does not matter which axis of the laboratory points up. A file
    without FORCE_PLATFORM gives its analog channels under their labels. Raises FileFormatError where ezc3d is
    not installed, does not survive the file, or there is neither.
    """
    if find_spec("ezc3d") is None:
        raise FileFormatError(
            f"{path.name} is a C3D file and reading those needs ezc3d, which is not installed; run: {pip_line('c3d')}",
            path=path,
        )
    _check_whole(path)
    content = read_in_child(path)
    try:
        return _table(path, content)
    except (IndexError, ValueError, TypeError, OverflowError) as error:
        raise FileFormatError(
            f"{path.name} is a damaged C3D file: its parameters do not agree with its channels; export it again",
            path=path,
        ) from error


def _table(path: Path, content: C3dContent) -> ForceTable:
    """The table in what ezc3d found. Raises IndexError or ValueError where its parts do not fit together."""
    analogs = content.analogs
    labels = content.labels[: len(analogs)]
    if not analogs.size or not labels:
        raise FileFormatError(
            f"{path.name} is a C3D file without analog channels: it holds markers, no vertical force; "
            f"choose the recording that includes the force plates",
            path=path,
        )
    units = [unit.strip() or None for unit in content.units]
    units += [None] * (len(analogs) - len(units))
    columns, names, column_units = _plates(path, content, units)
    for name, column in cop_columns_of(content, units).items():
        columns.append(column)
        names.append(name)
        column_units.append("m")
    if not columns:
        columns, names, column_units = list(analogs[: len(labels)]), list(unique_names(labels)), units
    return ForceTable(
        what="C3D file",
        names=tuple(names),
        named=True,
        units=tuple(column_units[: len(columns)]),
        values=np.ascontiguousarray(np.column_stack(columns), dtype=np.float64),
        sample_rate_hz=content.rate_hz,
        notes=(FROM_MOMENTS,) if "COPx1" in names else (),
    )


def _check_whole(path: Path) -> None:
    """Refuse a file that is cut short or whose parameters do not hang together.

    ezc3d gives fewer samples for a file that ends early without a word, and never returns from one that ends
    within its parameters; both are what a broken copy looks like.
    """
    data = path.read_bytes()
    start = (data[0] - 1) * 512
    if len(data) < start + 512:
        raise FileFormatError(
            f"{path.name} is cut short: it holds {len(data)} bytes and its parameters begin at {start}; copy it again",
            path=path,
        )
    order = ">" if data[start + 3 : start + 4] == _MIPS else "<"
    words = np.frombuffer(data[:512], dtype=f"{order}u2").astype(int)
    points, analogs, first, last, data_block = words[1], words[2], words[3], words[4], words[8]
    scale_sign = data[{b"\x55": 13, _MIPS: 12}.get(data[start + 3 : start + 4], 15)] & 0x80
    expected = (data_block - 1) * 512
    if last < _FRAME_LIMIT:  # else it is longer than the header can say
        expected += (last - first + 1) * (4 * points + analogs) * (4 if scale_sign else 2)
    if len(data) < expected:
        raise FileFormatError(
            f"{path.name} is cut short: it holds {len(data)} bytes and its header announces {expected}; copy it again",
            path=path,
        )
    if not _parameters_hang_together(data[start : start + 512 * max(data[start + 2], 1)], order):
        raise FileFormatError(
            f"{path.name} is a damaged C3D file: its parameters do not hang together; copy it again", path=path
        )


def _parameters_hang_together(section: bytes, order: str) -> bool:
    """Whether each parameter points to the next, forwards and within the section."""
    position = 4
    while position + 2 < len(section):
        length = abs(int.from_bytes(section[position : position + 1], signed=True))
        if length == 0:
            return True
        pointer = position + 2 + length
        if pointer + 2 > len(section):
            return False
        (step,) = struct.unpack_from(f"{order}h", section, pointer)
        if step == 0:
            return True
        if step < 2 or not (_is_group(section, position) or _value_fits(section[pointer + 2 : pointer + step])):
            return False
        position = pointer + step
    return position <= len(section)


def _is_group(section: bytes, position: int) -> bool:
    """Whether an entry of the parameter section is a group: its number is negative."""
    return section[position + 1] > 127


def _value_fits(entry: bytes) -> bool:
    """Whether the size of a parameter agrees with the room it has: type, number of dimensions, dimensions, data."""
    if len(entry) < 2 or len(entry) < 2 + entry[1]:
        return False
    size = {255: 1, 1: 1, 2: 2, 4: 4}.get(entry[0])
    return size is not None and 2 + entry[1] + size * math.prod(entry[2 : 2 + entry[1]]) <= len(entry)


def _plates(
    path: Path, content: C3dContent, units: list[str | None]
) -> tuple[list[FloatArray], list[str], list[str | None]]:
    """Vertical force, name and unit of each plate; empty where the file defines none."""
    columns: list[FloatArray] = []
    names: list[str] = []
    column_units: list[str | None] = []
    for plate in range(content.n_plates):
        rows = content.channels[:, plate] - 1
        rows = rows[rows >= 0]
        kind = content.types[plate]
        columns.append(_vertical(path, plate, kind, content.analogs[rows], content.matrices))
        names.append(_foot(content, rows) or f"Fz{plate + 1}")
        # the matrix of a type 4 plate turns volts into newton; the others state the unit of their channels
        column_units.append("N" if kind == 4 else units[rows[2]])
    return columns, names, column_units


def _foot(content: C3dContent, rows: IntArray) -> str:
    """Name of a foot's column where the description of its vertical force says which foot, as in files we write."""
    told = content.descriptions[rows[2]] if len(rows) > 2 and rows[2] < len(content.descriptions) else ""
    return next((f"{side}_n" for side in ("left", "right") if told == vertical_force_of(side)), "")


def _vertical(path: Path, plate: int, kind: int, channels: FloatArray, matrices: FloatArray) -> FloatArray:
    """Vertical force (n,) of one plate from its channels (n_channels, n), in the axes of the plate."""
    if kind in _SINGLE_Z:
        return np.asarray(channels[2])
    if kind == 3:  # Fx12 Fx34 Fy14 Fy23 Fz1 Fz2 Fz3 Fz4
        with np.errstate(all="ignore"):
            return np.asarray(channels[4:8].sum(axis=0))
    if kind == 4 and matrices.ndim == 3 and matrices.shape[2] > plate:
        with np.errstate(all="ignore"):
            return np.asarray(matrices[2, :, plate] @ channels[:6])
    raise FileFormatError(
        f"{path.name}: force plate {plate + 1} is of C3D type {kind}, which is not supported (1 to 4 are); "
        f"export the force as text",
        path=path,
    )


FORMAT = Format(name="C3D file", recognises=recognises, read=read_c3d, order=10, suffix=".c3d", encode=encode)
