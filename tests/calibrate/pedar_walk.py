"""A real walk on 99 pressure cells per foot, as a few FSR cells at the places of a layout would have felt it.

The force on an FSR cell is the mean of the measured pressure around it (Gaussian patch of 8 mm, as in sim/foot.py)
times its sensing area; parts, hysteresis, creep and the converter are those of sim/fsr.py, drawn from a seed. Force and
centre of pressure of all 99 cells are the truth. The recording is read where it lies and is never copied.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Literal

import numpy as np

from landing_lab.model.insole_layout import InsoleLayout, shipped_layouts
from landing_lab.sim import fsr
from landing_lab.sim.foot import PATCH_M, sensing_m2
from landing_lab.sim.setting import TYPICAL, SensorSetting
from reference import require_reference_data

RATE_HZ = 100.0
CELLS = 99
STEP = 10
"""The FSR model runs at 1 kHz: the walk is interpolated, and every tenth scan kept."""

WIDTH_MM = 76.6
"""Distance between the outermost middles of cells (reference/insole_layout_simulation.txt); the geometry itself
has no unit, and at this width the outline holds the areas that its cells state."""

MOVED_V = (0.035, 0.93)
"""Where along the foot the rows of cells begin, and how far they reach (the outline extends beyond the middles)."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DenseWalk:
    """One foot: pressure_pa (n, 99), area_m2 (99,), place (99, 2) relative (x, y), and the size in mm they refer to."""

    pressure_pa: np.ndarray
    area_m2: np.ndarray
    place: np.ndarray
    size_mm: tuple[float, float]

    @property
    def force_n(self) -> np.ndarray:
        """Force of the foot, (n,)."""
        return self.pressure_pa @ self.area_m2

    @property
    def cop_mm(self) -> np.ndarray:
        """Centre of pressure of all cells, (n, 2): medial and anterior from the middle of the heel edge."""
        middle = (np.array([0.5, 0.0]) - self.place) * np.array([1.0, -1.0]) * self.size_mm
        force = self.force_n
        moment = (self.pressure_pa * self.area_m2) @ middle
        return moment / np.where(force > 1.0, force, np.nan)[:, None]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampledWalk:
    """One foot at 100 Hz: counts (n, c) of the converter, cells_n (n, c) true force on the cells, and the truth.

    layout has the size of the measured insole, so that its places are those at which the pressure was sampled.
    """

    layout: InsoleLayout
    counts: np.ndarray
    cells_n: np.ndarray
    force_n: np.ndarray
    cop_mm: np.ndarray


@cache
def dense_walk(side: Literal["left", "right"]) -> DenseWalk:
    """The walk on one foot, read from the reference data (skips the test where they are absent)."""
    data = require_reference_data()
    table = np.loadtxt(data / "pressure" / "pedar" / "pedar_example.asc", skiprows=10, encoding="latin1")
    geometry = np.genfromtxt(data / "reference" / "pedar_geometry_generic.csv", delimiter=",", skip_header=1)
    own = slice(0, CELLS) if side == "left" else slice(CELLS, 2 * CELLS)
    x, y, area = geometry[own, 1], geometry[own, 2], geometry[own, 3]
    u = (x - x.min()) / np.ptp(x)
    v = MOVED_V[0] + MOVED_V[1] * (y - y.min()) / np.ptp(y)
    place = np.column_stack([1.0 - u if side == "left" else u, v])
    size_mm = (WIDTH_MM, WIDTH_MM * float(np.ptp(y) / np.ptp(x)) / MOVED_V[1])
    return DenseWalk(pressure_pa=table[:, 1:][:, own] * 1000.0, area_m2=area, place=place, size_mm=size_mm)


def cells_of_walk(walk: DenseWalk, layout: InsoleLayout) -> np.ndarray:
    """True force (n, c) on the cells of a layout."""
    size_m = np.array(walk.size_mm) / 1000.0
    cells = np.array([(cell.x, cell.y) for cell in layout.cells])
    apart = ((cells[:, None, :] - walk.place[None]) * size_m).T
    patch = np.exp(-np.square(apart).sum(axis=0).T / (2.0 * PATCH_M**2))
    patch /= patch.sum(axis=1, keepdims=True)
    return walk.pressure_pa @ patch.T * sensing_m2(layout)


def sampled_walk(
    side: Literal["left", "right"],
    layout_name: str = "infotronic_8",
    *,
    seed: int = 0,
    setting: SensorSetting = TYPICAL,
    drift_sd: float = 0.0,
) -> SampledWalk:
    """The walk of one foot through the FSR model; drift_sd: spread (log) of gains that change after half of it."""
    walk = dense_walk(side)
    layout = dataclasses.replace(shipped_layouts()[layout_name], width_mm=walk.size_mm[0], length_mm=walk.size_mm[1])
    setting = dataclasses.replace(setting, layout=layout)
    cells_n = cells_of_walk(walk, layout)
    rng = np.random.default_rng([seed, 99])
    drift = np.exp(drift_sd * rng.standard_normal(len(layout)))
    felt = cells_n * np.where(np.arange(len(cells_n))[:, None] < len(cells_n) // 2, 1.0, drift)
    fine = np.arange((len(felt) - 1) * STEP + 1) / STEP
    often = np.column_stack([np.interp(fine, np.arange(len(felt)), column) for column in felt.T])
    parts = fsr.draw_parts(2 * seed + (side == "right") + 500_000, setting=setting)
    counts = fsr.read_cells(often, parts, rng=rng)[::STEP]
    return SampledWalk(layout=layout, counts=counts, cells_n=cells_n, force_n=walk.force_n, cop_mm=walk.cop_mm)
