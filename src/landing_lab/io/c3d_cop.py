"""Centre of pressure of the plates of a C3D file, from forces and moments and where the file puts each plate."""

from __future__ import annotations

from typing import Final

import numpy as np

from landing_lab.io.c3d_content import C3dContent
from landing_lab.io.cop_columns import metres_per, position_from_moments
from landing_lab.model.blocks import FloatArray

_SIX: Final = (2, 4)
"""Plate types that give Fx Fy Fz Mx My Mz, type 4 through its matrix."""
_AXES: Final = "XYZ"
_METRES: Final = {"m": 1.0, "cm": 0.01, "mm": 0.001}
_LEVEL: Final = 0.05
"""Sine of the tilt up to which a plate is level with two axes of the laboratory."""


def cop_columns_of(content: C3dContent, units: list[str | None]) -> dict[str, FloatArray]:
    """Columns (n,) in metres by name: COP_lab_X1 where the file says where plate 1 stands, else COPx1 in its axes.

    All plates with six channels; none at all where one plate's unit of moment is not stated, NaN below 10 N.
    """
    columns: dict[str, FloatArray] = {}
    for plate in range(content.n_plates):
        if content.types[plate] not in _SIX:
            continue
        rows = content.channels[:, plate] - 1
        six = content.analogs[rows[rows >= 0]][:6]
        if content.types[plate] == 4:
            if content.matrices.ndim != 3 or content.matrices.shape[2] <= plate:
                continue
            with np.errstate(all="ignore"):
                six = content.matrices[:, : len(six), plate] @ six
            unit = units[rows[3]] if (units[rows[3]] or "").lower().startswith("n") else "Nmm"
        else:
            unit = units[rows[3]]
        scale = metres_per(unit or "", moments=True)
        if scale is None or len(six) < 6:
            return {}
        columns.update(_of_plate(content, plate, six, scale))
    return columns


def _of_plate(content: C3dContent, plate: int, six: FloatArray, scale: float) -> dict[str, FloatArray]:
    """The two columns of one plate from its forces (N) and moments, (6, n); scale: metres in moment over newton."""
    if np.isnan(six[3:]).all():  # written by a program that knew force only, such as ours
        return {}
    metres = _METRES.get(content.length_unit)
    force, moment = six[:3], six[3:] * scale
    placed = _placed(content, plate, metres) if metres is not None else None
    with np.errstate(all="ignore"):
        if placed is None:
            position = position_from_moments(force[2], moment[0], moment[1])
            return {f"COPx{plate + 1}": position[:, 0], f"COPy{plate + 1}": position[:, 1]}
        origin, centre, x_axis, y_axis = placed
        # moments about the middle of the surface: M + F x o, where o leads there from the origin of the moments
        about_x = moment[0] + force[1] * origin[2] - force[2] * origin[1]
        about_y = moment[1] + force[2] * origin[0] - force[0] * origin[2]
        on_plate = position_from_moments(force[2], about_x, about_y)
        there = centre + on_plate[:, :1] * x_axis + on_plate[:, 1:] * y_axis
    up = int(np.argmax(np.abs(np.cross(x_axis, y_axis))))
    return {f"COP_lab_{_AXES[axis]}{plate + 1}": there[:, axis] for axis in range(3) if axis != up}


def _placed(
    content: C3dContent, plate: int, metres: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray] | None:
    """Origin of the moments to the middle of the surface, that middle, and the plate's axes; None where not stated."""
    if content.corners.ndim != 3 or content.corners.shape[:2] != (3, 4) or content.corners.shape[2] <= plate:
        return None
    if content.origins.shape[0] != 3 or content.origins.shape[1] <= plate:
        return None
    corners = content.corners[:, :, plate] * metres
    origin = content.origins[:, plate] * metres
    if origin[2] > 0:  # the surface lies above the origin, in plates whose z points down; some files turn the vector
        origin = -origin
    x_edge, y_edge = corners[:, 0] - corners[:, 1], corners[:, 0] - corners[:, 3]
    if not (np.isfinite(corners).all() and np.isfinite(origin).all()):
        return None
    sides = float(np.linalg.norm(x_edge)), float(np.linalg.norm(y_edge))
    if min(sides) < 0.1:  # corners that were never filled in
        return None
    x_axis, y_axis = x_edge / sides[0], y_edge / sides[1]
    normal = np.abs(np.cross(x_axis, y_axis))
    if np.sort(normal)[1] > _LEVEL or normal.max() < 0.9:
        return None
    return origin, corners.mean(axis=1), x_axis, y_axis
