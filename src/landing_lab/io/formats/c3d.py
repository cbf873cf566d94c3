"""C3D files: the force plates of a motion-capture recording, through ezc3d."""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any, Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io.force_table import ForceTable, unique_names
from landing_lab.io.registry import Format
from landing_lab.model.blocks import FloatArray

_MIPS: Final = b"\x56"
_FRAME_LIMIT: Final = 65535
_SINGLE_Z: Final = (1, 2)
"""Plate types with one vertical channel, the third: Fx Fy Fz Px Py Tz and Fx Fy Fz Mx My Mz."""


def recognises(head: bytes) -> bool:
    """Whether byte 1 is the C3D key 0x50 and byte 0 the number of a parameter block, in binary surroundings."""
    return len(head) > 511 and head[1] == 0x50 and 0 < head[0] < 0x20 and b"\x00" in head[:512]


def read_c3d(path: Path) -> ForceTable:
    """Vertical force of every plate, named Fz1, Fz2, ... in the order of FORCE_PLATFORM.

    The axis is that of the plate, so that it does not matter which axis of the laboratory points up. A file
    without FORCE_PLATFORM gives its analog channels under their labels. Raises FileFormatError where ezc3d is
    not installed, or there is neither.
    """
    try:
        import ezc3d
    except ImportError as error:
        raise FileFormatError(
            f"{path.name} is a C3D file and reading those needs ezc3d, which is not installed; "
            f'run: pip install "landing-lab[c3d]"',
            path=path,
        ) from error
    _check_whole(path)
    content: Any = ezc3d.c3d(str(path))
    parameters = content["parameters"]
    analogs: FloatArray = content["data"]["analogs"][0]
    labels = [str(label) for label in _value(parameters, "ANALOG", "LABELS")][: len(analogs)]
    if not analogs.size or not labels:
        raise FileFormatError(
            f"{path.name} is a C3D file without analog channels: it holds markers, no vertical force; "
            f"choose the recording that includes the force plates",
            path=path,
        )
    units = [str(unit).strip() or None for unit in _value(parameters, "ANALOG", "UNITS")]
    units += [None] * (len(labels) - len(units))
    columns, names, column_units = _plates(path, parameters, analogs, units)
    if not columns:
        columns, names, column_units = list(analogs), list(unique_names(labels)), units
    return ForceTable(
        what="C3D file",
        names=tuple(names),
        named=True,
        units=tuple(column_units[: len(columns)]),
        values=np.ascontiguousarray(np.column_stack(columns), dtype=np.float64),
        sample_rate_hz=float(_value(parameters, "ANALOG", "RATE")[0]),
    )


def _value(parameters: Any, group: str, name: str) -> Any:
    """A parameter's value, an empty list where the file has none."""
    return parameters[group][name]["value"] if group in parameters and name in parameters[group] else []


def _check_whole(path: Path) -> None:
    """Refuse a file that is cut short or whose parameters do not hang together.

    ezc3d gives fewer samples for a file that ends early without a word, and never returns from one that ends
    within its parameters; both are what a broken copy looks like.
    """
    data = path.read_bytes()
    start = (data[0] - 1) * 512
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
    path: Path, parameters: Any, analogs: FloatArray, units: list[str | None]
) -> tuple[list[FloatArray], list[str], list[str | None]]:
    """Vertical force, name and unit of each plate; empty where the file defines none."""
    used = _value(parameters, "FORCE_PLATFORM", "USED")
    n_plates = int(used[0]) if len(used) else 0
    if not n_plates:
        return [], [], []
    types = _value(parameters, "FORCE_PLATFORM", "TYPE")
    channels = np.atleast_2d(np.asarray(_value(parameters, "FORCE_PLATFORM", "CHANNEL"), dtype=np.int64))
    matrices = np.asarray(_value(parameters, "FORCE_PLATFORM", "CAL_MATRIX"), dtype=np.float64)
    columns, names, column_units = [], [], []
    for plate in range(n_plates):
        rows = channels[:, plate] - 1
        rows = rows[rows >= 0]
        columns.append(_vertical(path, plate, int(types[plate]), analogs[rows], matrices))
        names.append(f"Fz{plate + 1}")
        # the matrix of a type 4 plate turns volts into newton; the others state the unit of their channels
        column_units.append("N" if int(types[plate]) == 4 else units[rows[2]])
    return columns, names, column_units


def _vertical(path: Path, plate: int, kind: int, channels: FloatArray, matrices: FloatArray) -> FloatArray:
    """Vertical force (n,) of one plate from its channels (n_channels, n), in the axes of the plate."""
    if kind in _SINGLE_Z:
        return np.asarray(channels[2])
    if kind == 3:  # Fx12 Fx34 Fy14 Fy23 Fz1 Fz2 Fz3 Fz4
        return np.asarray(channels[4:8].sum(axis=0))
    if kind == 4 and matrices.ndim == 3 and matrices.shape[2] > plate:
        return np.asarray(matrices[2, :, plate] @ channels[:6])
    raise FileFormatError(
        f"{path.name}: force plate {plate + 1} is of C3D type {kind}, which is not supported (1 to 4 are); "
        f"export the force as text",
        path=path,
    )


FORMAT = Format(name="C3D file", recognises=recognises, read=read_c3d, order=10)
