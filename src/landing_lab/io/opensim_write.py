"""OpenSim storage files (.mot) of ground reaction force, y up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from landing_lab.io.stream_columns import SideForce, side_force
from landing_lab.io.visible import visible
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.recording import Recording
from landing_lab.model.result import TrialResult

_PREFIX: Final[dict[Side, str]] = {
    "left": "ground_force_l",
    "right": "ground_force_r",
    "plate_1": "ground_force_1",
    "plate_2": "ground_force_2",
}
_SHEAR: Final = "landing-lab reads vertical force only: horizontal force (vx, vz) is not here, 0 stands for it."
_NO_COP: Final = (
    "Centre of pressure is unknown: there are no columns px, py, pz. An ExternalForce needs a point: without one "
    "OpenSim applies the force at the origin of the body, and inverse dynamics from this file alone is not valid."
)
_PLATE_COP: Final = (
    "Centre of pressure is known only along the axes of the plate, not of the body: there are no columns px, py, pz, "
    "and inverse dynamics from this file alone is not valid."
)
_COP: Final = (
    "Point of application: px antero-posterior, pz medio-lateral as recorded, py written as 0 (the floor); whether its "
    "origin and directions are those of the markers is not known."
)
_NO_TORQUE: Final = "Free moment is unknown: there are no columns of torque."


def encode(recording: Recording, stream: str, _trials: Sequence[TrialResult]) -> bytes:
    """Force per side as ground_force_r_vx, _vy, _vz in newton, with a point of application where it is known.

    OpenSim's ExternalLoads asks for all three components, so what is unknown is 0, and the header says so in words. A
    point of application that is unknown is left out: a 0 there would be a place. Missing is nan.
    Raises RecordingError where the stream has not one column of force per side at a constant rate.
    """
    force = side_force(recording, stream)
    names, columns, remarks = _columns(force)
    rows = np.column_stack(columns)
    header = [
        visible(recording.source).replace("=", "-"),
        "version=3",
        f"nRows={len(rows)}",
        f"nColumns={len(names)}",
        "inDegrees=no",
        "DataType=double",
        "",
        "Units are S.I. units (second, metre, newton). y is up. Written by landing-lab.",
        *(["SIMULATED: no person was measured."] if recording.simulated else []),
        *remarks,
        "endheader",
        "\t".join(names),
    ]
    body = ["\t".join(map(repr, row)) for row in rows.tolist()]
    return ("\n".join([*header, *body]) + "\n").encode()


def _columns(force: SideForce) -> tuple[list[str], list[FloatArray], list[str]]:
    """Names and values of the columns, and what has to be said about them."""
    names, columns = ["time"], [force.stream.times_s]
    zero = np.zeros(len(force.stream.times_s))
    for side, vertical in force.force_n.items():
        prefix = _PREFIX.get(side, "ground_force")
        names += [f"{prefix}_v{axis}" for axis in "xyz"]
        columns += [zero, vertical, zero]
        cop = force.cop_m.get(side)
        if cop is not None and force.anatomical:
            names += [f"{prefix}_p{axis}" for axis in "xyz"]
            columns += [cop[:, 1], zero, cop[:, 0]]
    known = _NO_COP if not force.cop_m else _COP if force.anatomical else _PLATE_COP
    return names, columns, [_SHEAR, known, _NO_TORQUE]
