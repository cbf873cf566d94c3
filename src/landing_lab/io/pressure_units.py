"""Pressure as vendors write it, to kilopascal: the one list of units."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from landing_lab.errors import FileFormatError
from landing_lab.io.visible import snippet

_KPA: Final[dict[str, float]] = {
    "kpa": 1.0,
    "n/cm2": 10.0,
    "psi": 6.894757,
    "mmhg": 0.1333224,
    "kg/cm2": 98.0665,
    "kgf/cm2": 98.0665,
    "mpa": 1000.0,
    "pa": 0.001,
}
"""Kilopascal in one unit (BIPM SI brochure, 9th edition; psi and mmHg to seven digits)."""


def kpa_per(unit: str, path: Path) -> float:
    """Kilopascal in one unit of pressure. Raises FileFormatError where a file's unit is not one of pressure."""
    plain = unit.strip().strip("[]()\"' ").lower().replace("²", "2").replace("^2", "2").replace(" ", "")
    found = _KPA.get(plain)
    if found is None:
        raise FileFormatError(
            f'{path.name} holds pressure in "{snippet(unit.strip())}", and known are kPa, N/cm2, psi, mmHg, kg/cm2; '
            "calibrate the sensor in the vendor's program and export pressure in one of them",
            path=path,
        )
    return found
