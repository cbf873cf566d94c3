"""C3D files: the force plates of a motion-capture recording, through ezc3d."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io.force_table import ForceTable, unique_names
from landing_lab.io.registry import Format
from landing_lab.model.blocks import FloatArray

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
    _check_whole(path, parameters)
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


def _check_whole(path: Path, parameters: Any) -> None:
    """Refuse a file that is shorter than its header says: ezc3d reads the rest without a word."""
    with path.open("rb") as stream:
        words = np.frombuffer(stream.read(512), dtype="<u2").astype(int)
    points, analogs, first, last, data_block = words[1], words[2], words[3], words[4], words[8]
    if last == _FRAME_LIMIT:  # longer than the header can say
        return
    size = 4 if float(_value(parameters, "POINT", "SCALE")[0]) < 0 else 2
    expected = (data_block - 1) * 512 + (last - first + 1) * (4 * points + analogs) * size
    found = path.stat().st_size
    if found < expected:
        raise FileFormatError(
            f"{path.name} is cut short: it holds {found} bytes and its header announces {expected}; copy it again",
            path=path,
        )


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
