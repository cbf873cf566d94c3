"""Units a number may carry in its name, and how the name says so."""

from __future__ import annotations

from typing import Final

STANDARD_GRAVITY_M_PER_S2: Final = 9.80665
"""Standard gravity (CGPM 1901); local gravity differs by at most 0.3 %."""

UNIT_SUFFIX: Final[dict[str, str]] = {
    "s": "_s",
    "m": "_m",
    "mm": "_mm",
    "N": "_n",
    "BW": "_bw",
    "N s": "_ns",
    "mm/s": "_mm_per_s",
    "kPa s": "_kpa_s",
    "BW/s": "_bw_per_s",
    "m/s": "_m_per_s",
    "kN/m": "_kn_per_m",
    "W/kg": "_w_per_kg",
    "%": "_pct",
    "% of width": "_pct_width",
    "% of length": "_pct_length",
    "kPa": "_kpa",
    "cm2": "_cm2",
    "ratio": "",
}
"""Unit -> suffix of every metric and setting name; the only list of suffixes in the project."""
