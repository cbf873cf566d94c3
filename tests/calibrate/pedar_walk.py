"""A real walk on 99 cells per foot (pedar), seen through a few simulated FSR cells and a simulated HX711 plate.

The truth of force and moments is that of the 99 cells. The sensors' parts are drawn anew for every seed. Each of the
few cells sees the pressure of the pedar cell under its middle, on its own small area. Nothing here is known to the
calibration but what boards would send: conductances, readings of four load cells, and the layout's drawing.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from landing_lab.calibrate.counts import conductance_s, fsr_force_n
from landing_lab.calibrate.foot_arms import FootStand
from landing_lab.calibrate.foot_series import Corner, FootSeries
from landing_lab.model import nominal
from landing_lab.model.blocks import CountArray, FloatArray
from landing_lab.model.insole_layout import AXIS_X, InsoleLayout, shipped_layouts
from landing_lab.sim import fsr
from landing_lab.sim.devices import insole_info
from landing_lab.sim.hx711 import draw_plate, read_plate
from landing_lab.sim.setting import TYPICAL, SensorSetting
from reference import require_reference_data

Foot = Literal["left", "right"]

N_CELLS = 99
GEOMETRY_MM = 303.66
"""Length of one unit of the generic geometry: with it the parts nearest to inner cells have the cells' own areas."""

HALF_CELL = (0.0155, 0.033)
"""Half of a cell in units of the geometry: from its middle to the edge of the insole."""

UNLOADED_S = 3.0
"""Both feet in the air before the walk, as a calibration begins."""

CALM_S = 2.3
HALF_S = UNLOADED_S + 7.5
"""End of the half that calibrates."""

GATE_N, GATE_SHARE = 50.0, 0.2
"""As in pressure.md, decision 3."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Walk:
    """One foot at 1 kHz: pressure_kpa (n, 99), force_n (n,), cop_mm (n, 2) medial and anterior; of the 99 cells."""

    times_s: FloatArray
    pressure_kpa: FloatArray
    force_n: FloatArray
    cop_mm: FloatArray
    medial_lateral: FloatArray
    place_mm: FloatArray
    size_mm: tuple[float, float]

    @property
    def steps_s(self) -> list[tuple[float, float]]:
        """From a little before to a little after each contact with the ground."""
        edges = np.diff((self.force_n > GATE_N).astype(int), prepend=0, append=0)
        starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) - 1
        return [
            (float(self.times_s[start]) - 0.15, float(self.times_s[stop]) + 0.1)
            for start, stop in zip(starts, stops, strict=True)
            if self.times_s[stop] - self.times_s[start] > 0.3
        ]


@dataclass(frozen=True, kw_only=True, eq=False)
class SensedWalk:
    """A walk as boards send it. above (n, c): conductance over the zero at 1 kHz; judged (n,): second half, loaded."""

    walk: Walk
    layout: InsoleLayout
    series: FootSeries
    postures_s: dict[str, tuple[float, float]]
    stand: FootStand
    order: int
    counts: CountArray
    above: FloatArray
    judged: NDArray[np.bool_]
    parts: fsr.FsrParts

    @property
    def raw_n(self) -> FloatArray:
        """Cells by nominal values, (n, c)."""
        return fsr_force_n(self.counts)


@cache
def walk_of(side: Foot) -> Walk:
    """One foot of the pedar walk."""
    folder = require_reference_data()
    text = (folder / "pressure" / "pedar" / "pedar_example.asc").read_text(encoding="latin-1")
    rows = [line.split() for line in text.splitlines()]
    table = np.array([row for row in rows if len(row) == 1 + 2 * N_CELLS and row[0][0].isdigit()], dtype=np.float64)
    geometry = np.loadtxt(folder / "reference" / "pedar_geometry_generic.csv", delimiter=",", skiprows=1)[:N_CELLS]
    place, area_m2 = geometry[:, 1:3], geometry[:, 3]
    low, high = place.min(axis=0) - HALF_CELL, place.max(axis=0) + HALF_CELL
    # The first insole of the geometry is the left one from above, medial to the right; the right one mirrors it.
    place_mm = (place - [0.5 * (low[0] + high[0]), low[1]]) * GEOMETRY_MM
    pressure = table[:, 1 : 1 + N_CELLS] if side == "left" else table[:, 1 + N_CELLS :]
    from_s = np.concatenate([[0.0, UNLOADED_S - 0.3], UNLOADED_S + table[:, 0] - table[0, 0]])
    times_s = np.arange(0.0, from_s[-1], 1.0 / nominal.INSOLE_RATE_HZ)
    pressure = np.vstack([np.zeros((2, N_CELLS)), pressure])
    fine = np.column_stack([np.interp(times_s, from_s, column) for column in pressure.T])
    cells_n = fine * area_m2 * 1000.0
    force = cells_n.sum(axis=1)
    width_mm, length_mm = ((high - low) * GEOMETRY_MM).tolist()
    axis_mm = (0.5 - AXIS_X[0]) * width_mm + (AXIS_X[0] - AXIS_X[1]) * width_mm * place_mm[:, 1] / length_mm
    side_of = np.where(place_mm[:, 0] > axis_mm, 1.0, -1.0)
    some = np.maximum(force, 1e-9)
    return Walk(
        times_s=times_s,
        pressure_kpa=fine,
        force_n=force,
        cop_mm=cells_n @ place_mm / some[:, None],
        medial_lateral=cells_n @ side_of / some,
        place_mm=place_mm,
        size_mm=(width_mm, length_mm),
    )


def layout_on(walk: Walk, name: str) -> InsoleLayout:
    """A shipped layout in the size of the pedar insole."""
    return dataclasses.replace(shipped_layouts()[name], width_mm=walk.size_mm[0], length_mm=walk.size_mm[1])


def sensed(side: Foot, name: str, seed: int, *, drift: float = 0.0) -> SensedWalk:
    """The walk through FSR cells of a layout and a plate, all drawn from the seed.

    drift: how far the gain of each cell goes astray after the first half, each way at random.
    """
    walk = walk_of(side)
    layout = layout_on(walk, name)
    rng = np.random.default_rng([seed, side == "right", len(layout)])
    setting = dataclasses.replace(TYPICAL, layout=layout)
    parts = fsr.draw_parts(int(rng.integers(1 << 30)), setting=setting)
    under = np.argmin(np.square(walk.place_mm[None] - layout.place_mm[:, None]).sum(axis=2), axis=1)
    force = walk.pressure_kpa[:, under] * 1e3 * nominal.FSR_SENSING_AREA_M2
    gain = 1.0 + drift * rng.choice([-1.0, 1.0], len(layout))
    counts = fsr.read_cells(force * np.where(walk.times_s[:, None] < HALF_S, 1.0, gain), parts, rng=rng)
    ratio = conductance_s(counts) / nominal.FSR_CONDUCTANCE_AT_1_N_S
    zero = np.median(ratio[walk.times_s < CALM_S], axis=0)
    above = np.maximum(ratio - zero, 0.0)
    stand = FootStand(
        heel_mm=tuple((rng.normal(0.0, 8.0, 2) - (0.0, 110.0)).tolist()), toe_out_deg=rng.normal(5.0, 4.0)
    )
    order, corners = _plate(walk, stand, setting, rng)
    series = FootSeries(
        info=insole_info(0 if side == "left" else 1),
        names=tuple(cell.name for cell in layout.cells),
        times_s=walk.times_s[::2],
        above=above[::2],
        zero_s=zero * nominal.FSR_CONDUCTANCE_AT_1_N_S,
        layout=layout,
        corners=corners,
    )
    steps = [step for step in walk.steps_s if step[1] < HALF_S]
    loaded = walk.force_n > max(GATE_N, GATE_SHARE * float(walk.force_n.max()))
    return SensedWalk(
        walk=walk,
        layout=layout,
        series=series,
        postures_s={"feet_up": (0.0, CALM_S), **{f"step_{at}": step for at, step in enumerate(steps)}},
        stand=stand,
        order=order,
        counts=counts,
        above=above,
        judged=loaded & (walk.times_s >= HALF_S),
        parts=parts,
    )


def _plate(
    walk: Walk, stand: FootStand, setting: SensorSetting, rng: np.random.Generator
) -> tuple[int, tuple[Corner, ...]]:
    """Filter order and readings of the plate under the walk; the foot stands on it as `stand` says."""
    fine_s = np.arange(0.0, walk.times_s[-1], 1e-4)
    force = np.interp(fine_s, walk.times_s, walk.force_n)
    moment = np.column_stack([np.interp(fine_s, walk.times_s, axis * walk.force_n) for axis in walk.cop_mm.T])
    angle = np.radians(stand.toe_out_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    on_plate = moment / np.maximum(force, 1.0)[:, None] @ turn.T + np.array(stand.heel_mm)
    parts = draw_plate(int(rng.integers(1 << 30)), setting=setting)
    readings = read_plate(force, on_plate, parts, rng=rng)
    corners = []
    for cell, place in enumerate(nominal.PLATE_CELLS_MM):
        mine = readings.cell == cell
        times, newton = readings.time_s[mine], readings.counts[mine] / nominal.HX711_COUNTS_PER_N
        newton = newton - np.median(newton[times < CALM_S])
        corners.append(Corner(times, newton, float(np.median(np.diff(times))), place))
    return parts.order, tuple(corners)
