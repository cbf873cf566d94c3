"""What the cells under one foot say, beside the force signals of the same recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.model.blocks import FloatArray
from landing_lab.model.insole_layout import InsoleLayout

GATE_N: Final = 50.0
GATE_SHARE: Final = 0.2
"""Centre of pressure and indices are told where force exceeds the larger of 20 % of its peak and 50 N (pressure.md,
decision 3): below, a moment is divided by next to nothing. On real drop jumps the ungated medio-lateral extent of a
foot is 22-348 mm, the gated 18-50 mm."""

MAX_AT_LIMIT: Final = 0.25
"""Share of a peak on cells beyond what they can tell above which the insole no longer shows its shape (fusion.md)."""

HELD: Final = 1e-9
"""A reading held at its limit is that to this share of it: it was scaled, and taken between neighbours (rounding)."""


def gate_n(peak_n: float) -> float:
    """Force of a contact from which on its centre of pressure and indices are told; peak_n: its largest."""
    return max(GATE_N, GATE_SHARE * peak_n)


def at_limit(readings: FloatArray, limits: Sequence[float | None]) -> NDArray[np.bool_]:
    """Which readings (n, c) say as much as their cell can tell; limits: of each cell, None for one without."""
    held = np.array([np.inf if one is None else one * (1.0 - HELD) for one in limits])
    return np.asarray(readings >= held)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FootPressure:
    """Cells of one foot's insole on the time base of the force signals.

    cells_n: (n, c) force in newton of the part of the sole that each cell stands for, offset removed, NaN = missing;
    calibrated on a plate they sum to the force of the foot, uncalibrated they are relative to each other only.
    arms_mm: (c, 2) where the force of each cell acts, medial and anterior from the middle of the heel edge: the
    layout's place, or what a calibration on the plate found. calibrated: whether force and centre of pressure of the
    insole were calibrated (by us on a plate, or by a vendor); False: results are relative and say so.
    force_sd_fraction: relative SD of the sum of the cells; cop_sd_mm: SD of the centre of pressure, (medial,
    anterior); turn_sd_deg: SD of the direction of the foot in it, beside that. place_doubt: the sentence that flags
    what rests on where the force acts. at_limit: (n, c) cells beyond what they can tell, None where no cell was. note:
    the sentence that flags everything that rests on these cells, None where nothing is in doubt. source: how they were
    obtained.
    sole: (c,) what makes of the force of a cell its own pressure times its area, up to a factor common to all; None
    where that is the force itself. Weights of a calibration on a plate make force and centre of pressure right, not
    the share of a single cell: pressures go by what each cell reads, and their sum by the calibration.
    sample_rate_hz: of the insole itself, which may be slower than the signals; None where it is that of the signals.
    """

    layout: InsoleLayout
    cells_n: FloatArray
    arms_mm: FloatArray
    calibrated: bool
    force_sd_fraction: float
    cop_sd_mm: tuple[float, float]
    source: str
    turn_sd_deg: float = 0.0
    place_doubt: str | None = None
    sample_rate_hz: float | None = None
    sole: FloatArray | None = None
    at_limit: NDArray[np.bool_] | None = None
    note: str | None = None

    @property
    def cop_mm(self) -> FloatArray:
        """Centre of pressure (n, 2) in mm, medial and anterior from the middle of the heel edge; NaN without load.

        Under a foot that carries little it is noise: metrics use it above 20 % of the foot's peak and 50 N.
        """
        total_n = self.cells_n.sum(axis=1, keepdims=True)
        return np.asarray(self.cells_n @ self.arms_mm / np.where(total_n > 0.0, total_n, np.nan))

    @property
    def pressure_kpa(self) -> FloatArray:
        """Mean pressure under the part of the sole that each cell stands for, (n, c); times area, the force."""
        return kpa_of(self.cells_n, self.sole, self.layout.area_mm2)


def kpa_of(cells_n: FloatArray, sole: FloatArray | None, area_mm2: FloatArray) -> FloatArray:
    """Pressure (n, c) in kPa of cells (n, c) in newton, shared out by `sole` as in FootPressure."""
    if sole is None:
        return np.asarray(cells_n / area_mm2 * 1000.0)
    own = cells_n * sole
    shared = own.sum(axis=1, keepdims=True)
    scale = np.where(shared == 0.0, 1.0, cells_n.sum(axis=1, keepdims=True) / np.where(shared == 0.0, 1.0, shared))
    return np.asarray(own * scale / area_mm2 * 1000.0)
