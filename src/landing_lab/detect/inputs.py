"""What a person typed, checked before anything is read or recorded."""

from __future__ import annotations

import math
from typing import get_args

from landing_lab.errors import ParameterError
from landing_lab.model.recording import Recording
from landing_lab.model.result import Task

MASS_KG = (15.0, 300.0)
BOX_HEIGHT_M = (0.02, 1.5)


def check_recording(recording: object) -> None:
    """Raise ParameterError for anything but a recording."""
    if not isinstance(recording, Recording):
        raise ParameterError(
            f"an analysis takes a Recording; got {type(recording).__name__}; make one with landing_lab.read or "
            "from_arrays"
        )


def check_inputs(mass_kg: float | None, box_height_m: float | None, task: str = "auto") -> None:
    """Raise ParameterError for a mass, box height or task that cannot be meant."""
    check_range("mass_kg", mass_kg, *MASS_KG, unit="kg")
    check_range("box_height_m", box_height_m, *BOX_HEIGHT_M, unit="m")
    known = ["auto", *(name for name in get_args(Task) if name != "unknown")]
    if task not in known:
        raise ParameterError(f"there is no task {task!r}; choose one of {', '.join(known)}")


def check_range(name: str, value: float | None, low: float, high: float, *, unit: str) -> None:
    """Raise ParameterError where a number is not between two others; None is not checked."""
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ParameterError(f"{name} must be a number in {unit}; got {value!r}; leave it out or give a number")
    if not (math.isfinite(value) and low <= value <= high):
        raise ParameterError(
            f"{name}={value:g} {unit} is outside {low:g}-{high:g} {unit}; look at the number and its unit"
        )
