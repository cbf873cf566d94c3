"""Pressure under a foot, and what small cells see of it.

A smooth field of anatomical regions, bent by a random deviation of the subject and tilted so that force and centre
of pressure (COP) are reproduced exactly; each cell samples a patch of it. Eight cells then see 5-10 % of the force,
a share that changes with posture, subject and time: no single gain undoes it, as with real insoles.
Sizes follow the study in fusion.md section 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from landing_lab.model import nominal
from landing_lab.model.blocks import FloatArray
from landing_lab.model.insole_layout import AXIS_X, InsoleLayout
from landing_lab.sim.setting import ONE_VISIT, SensorSetting
from landing_lab.sim.smooth_noise import correlated_noise

REGIONS = np.array(
    [  # x, y, width x, width y: 0 medial .. 1 lateral, 0 heel .. 1 toe
        (0.65, 0.16, 0.35, 0.087),  # heel
        (0.44, 0.43, 0.35, 0.107),  # midfoot
        (0.36, 0.50, 0.16, 0.116),  # arch
        (0.63, 0.75, 0.35, 0.039),  # heads of the metatarsals
        (1.00, 0.54, 0.20, 0.092),  # lateral midfoot
        (0.19, 0.92, 0.16, 0.041),  # hallux
        (1.00, 0.41, 0.09, 0.128),  # lateral edge
    ]
)
"""Smooth parts whose sum is the mean pressure under a walking foot: fitted by us to a pedar walk of 99 cells per foot
(Telfer/pressuRe, MIT) averaged over both feet at eight places of the COP, which they follow with r 0.93-0.98."""

POSTURES = np.array([0.20, 0.28, 0.36, 0.45, 0.55, 0.64, 0.71, 0.77])
"""COP along the foot at which REGION_SHARES holds; a walk has it no further ahead."""

REGION_SHARES = np.array(
    [
        (0.80, 0.10, 0.01, 0.01, 0.02, 0.02, 0.04),
        (0.67, 0.23, 0.00, 0.01, 0.03, 0.03, 0.04),
        (0.46, 0.37, 0.00, 0.02, 0.04, 0.06, 0.04),
        (0.27, 0.38, 0.07, 0.07, 0.07, 0.10, 0.04),
        (0.11, 0.28, 0.17, 0.15, 0.10, 0.15, 0.03),
        (0.03, 0.14, 0.28, 0.23, 0.11, 0.19, 0.03),
        (0.00, 0.00, 0.36, 0.29, 0.11, 0.22, 0.02),
        (0.00, 0.00, 0.35, 0.30, 0.10, 0.23, 0.02),
    ]
)
"""Share of the force on each of REGIONS, from the same fit."""

FLOOR_PER_M2 = 3.0
"""Pressure everywhere per newton of foot force; the mean is about 50."""

COP_AP_GRID = np.linspace(0.10, 0.88, 27)
COP_ML_GRID = np.linspace(0.26, 0.74, 9)
SPREAD_GRID = np.array([0.85, 1.15])
"""Exponent of the base field: contact flattens under load, from 1.15 at 0 N to 0.85 at FLAT_AT_N (fusion.md)."""

FLAT_AT_N = 1500.0
PATCH_M = 0.008
SUBJECT_SCALE_M = 0.025
TEXTURE_SCALE = 0.15
FLUCTUATION_S = 0.08
TOE_BEND_AT, TOE_BEND_WIDTH = 0.66, 0.035
PART_ENDS = (0.30, 0.60, 0.83)
"""Along the foot, where heel, midfoot and forefoot end and the next part begins (choice: between REGIONS)."""

_CENTRE = np.array([0.5, 0.45])
_X, _Y = np.linspace(0.04, 0.96, 12), np.linspace(0.02, 0.98, 27)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FootField:
    """One subject's foot on one insole.

    sensitivity: (COP_AP_GRID, COP_ML_GRID, SPREAD_GRID, cells) pressure at a cell per newton of foot force, 1/m2.
    toe_bend: (cells,) false load of the bent forefoot, as a fraction. fluctuation: (cells, cells) root of the
    covariance of the field's random change. area_m2: (cells,) that respond to pressure. shares: (the same grids, 5)
    of heel, midfoot, forefoot, toes and the medial half in the force of the foot.
    """

    sensitivity: FloatArray
    toe_bend: FloatArray
    fluctuation: FloatArray
    area_m2: FloatArray
    shares: FloatArray


@lru_cache(maxsize=4)
def draw_foot(
    subject_seed: int, *, slip_mm: tuple[float, float] = (0.0, 0.0), setting: SensorSetting = ONE_VISIT
) -> FootField:
    """A foot drawn from the seed; slip_mm (medial, anterior) is how far the insole lies off from its usual place.

    The last ones are kept, since all trials of a visit have the same.
    """
    rng = np.random.default_rng(subject_seed)
    size_m = _size_m(setting.layout)
    places, area_m2 = _grid(size_m)
    cells = np.array(setting.cells) + rng.normal(0.0, 0.02, 2)
    cells = cells + np.array([-slip_mm[0], slip_mm[1]]) / 1000.0 / size_m
    deviation = np.exp(setting.subject_sd * _smooth_field(rng, places * size_m, SUBJECT_SCALE_M))
    field = _tilt(_base(places, area_m2) * deviation, places, area_m2)
    patch = np.exp(-_square_distance(cells * size_m, places * size_m) / (2.0 * PATCH_M**2))
    patch /= patch.sum(axis=1, keepdims=True)
    texture = _texture(rng, setting)
    bend = setting.toe_bend * rng.uniform(0.2, 0.9) * np.exp(-(((cells[:, 1] - 0.7) / 0.13) ** 2))
    return FootField(
        sensitivity=(field @ patch.T) * texture[:, None, None, :],
        toe_bend=bend,
        fluctuation=_alike(cells * size_m, setting),
        area_m2=sensing_m2(setting.layout),
        shares=field @ (_parts(places) * area_m2[:, None]),
    )


def cell_forces(
    field: FootField,
    force_n: FloatArray,
    cop: FloatArray,
    *,
    rng: np.random.Generator,
    sample_rate_hz: float,
    same_bend: bool = False,
) -> FloatArray:
    """Force (n, cells) in N on each cell for a foot force (n,) and its COP (n, 2) in relative (x, y).

    The contact fluctuates with an 80 ms memory, and the bent forefoot loads cells differently in every contact;
    same_bend: as much as in a heel raise in all of them, as when somebody hops on the forefeet on purpose.
    """
    share = _look_up(field.sensitivity, force_n, cop)
    noise = correlated_noise(rng, len(force_n), share.shape[1], time_scale_samples=FLUCTUATION_S * sample_rate_hz)
    starts = np.flatnonzero(np.diff(force_n > 0.0, prepend=False) & (force_n > 0.0))
    sizes = rng.uniform(0.2, 1.2, len(starts))
    bend_size = np.concatenate([[1.0], np.ones(len(starts)) if same_bend else sizes])
    contact = np.searchsorted(starts, np.arange(len(force_n)), side="right")
    bent = bend_size[contact] / (1.0 + np.exp(-(cop[:, 1] - TOE_BEND_AT) / TOE_BEND_WIDTH))
    pressure = share * force_n[:, None] * np.exp(noise @ field.fluctuation.T) * (1.0 + bent[:, None] * field.toe_bend)
    return np.asarray(pressure * field.area_m2)


def part_shares(field: FootField, force_n: FloatArray, cop: FloatArray) -> FloatArray:
    """Shares (n, 5) of heel, midfoot, forefoot, toes and the medial half in a force (n,) with its COP (n, 2)."""
    return _look_up(field.shares, force_n, cop)


def _size_m(layout: InsoleLayout) -> FloatArray:
    return np.array([layout.width_mm, layout.length_mm]) / 1000.0


def sensing_m2(layout: InsoleLayout) -> FloatArray:
    """Area (cells,) that responds; cells that cover the sole are taken as FSR cells at the same places."""
    area_mm2 = layout.sensing_area_mm2
    return np.full(len(layout), nominal.FSR_SENSING_AREA_M2 if area_mm2 is None else area_mm2 * 1e-6)


def _parts(places: FloatArray) -> FloatArray:
    """Which part of the foot each place (m, 2) belongs to, (m, 5): heel to toes, and the medial half."""
    part = np.searchsorted(PART_ENDS, places[:, 1], side="right")
    medial = places[:, 0] < AXIS_X[0] + (AXIS_X[1] - AXIS_X[0]) * places[:, 1]
    return np.column_stack([part[:, None] == np.arange(len(PART_ENDS) + 1), medial]).astype(np.float64)


def _grid(size_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Points (m, 2) inside the outline of a foot, and the area of each in m2."""
    x, y = np.meshgrid(_X, _Y)
    places = np.column_stack([x.ravel(), y.ravel()])
    left = np.interp(places[:, 1], [0.0, 0.12, 0.45, 0.7, 0.9, 1.0], [0.3, 0.17, 0.25, 0.03, 0.08, 0.25])
    right = np.interp(places[:, 1], [0.0, 0.12, 0.45, 0.7, 0.85, 1.0], [0.7, 0.85, 0.93, 0.98, 0.90, 0.55])
    places = places[(places[:, 0] >= left) & (places[:, 0] <= right)]
    return places, np.full(len(places), (_X[1] - _X[0]) * (_Y[1] - _Y[0]) * size_m.prod())


def _base(places: FloatArray, area_m2: FloatArray) -> FloatArray:
    """Pressure (COP_AP_GRID, m) of the mean foot per newton, not yet normalised."""
    z = (places[:, None, :] - REGIONS[None, :, :2]) / REGIONS[None, :, 2:]
    maps = np.exp(-0.5 * np.sum(z * z, axis=2))
    maps /= maps.sum(axis=0)
    shares = np.array([np.interp(COP_AP_GRID, POSTURES, column) for column in REGION_SHARES.T])
    return np.asarray(shares.T @ maps.T / area_m2[0] + FLOOR_PER_M2)


def _tilt(base: FloatArray, places: FloatArray, area_m2: FloatArray) -> FloatArray:
    """Fields (ap, ml, spread, m) with integral 1 and the COP of the grids: base^spread exp(tilt . place), by Newton."""
    shape = (len(COP_AP_GRID), len(COP_ML_GRID), len(SPREAD_GRID))
    ap, ml, spread = (axis.ravel() for axis in np.meshgrid(range(shape[0]), COP_ML_GRID, SPREAD_GRID, indexing="ij"))
    wanted = np.column_stack([ml, COP_AP_GRID[ap]]) - _CENTRE
    log_base = spread[:, None] * np.log(base[ap])
    off = places - _CENTRE
    tilt = np.zeros((len(ap), 2))
    for _ in range(40):
        weight = np.exp(log_base + tilt @ off.T) * area_m2
        weight /= weight.sum(axis=1, keepdims=True)
        mean = weight @ off
        missing = wanted - mean
        if np.abs(missing).max() < 1e-4:
            break
        square = np.einsum("km,mi,mj->kij", weight, off, off, optimize=True) - mean[:, :, None] * mean[:, None, :]
        step = np.linalg.solve(square + 1e-5 * np.eye(2), missing[:, :, None])[:, :, 0]
        tilt += step * np.minimum(1.0, 4.0 / np.maximum(np.abs(step).max(axis=1), 1e-9))[:, None]
    return np.asarray((weight / area_m2).reshape(*shape, len(places)))


def _texture(rng: np.random.Generator, setting: SensorSetting) -> FloatArray:
    """Factor (COP_AP_GRID, cells) by which a cell's contact differs from the smooth field, changing with posture."""
    smooth = np.exp(-np.square(COP_AP_GRID[:, None] - COP_AP_GRID[None]) / (2.0 * TEXTURE_SCALE**2))
    root = np.linalg.cholesky(smooth + 1e-6 * np.eye(len(smooth)))
    n_cells = len(setting.layout)
    wave = setting.texture_sd * (root @ rng.standard_normal((len(smooth), n_cells)))
    return np.asarray(np.exp(wave + setting.cell_texture_sd * rng.standard_normal(n_cells)))


def _alike(cells_m: FloatArray, setting: SensorSetting) -> FloatArray:
    """Root (cells, cells) of the covariance of the field's random change."""
    scale_m = max(setting.fluctuation_scale_mm, 1e-3) / 1000.0
    near = np.exp(-_square_distance(cells_m, cells_m) / (2.0 * scale_m**2))
    return np.asarray(setting.fluctuation_sd * np.linalg.cholesky(near + 1e-6 * np.eye(len(cells_m))))


def _smooth_field(rng: np.random.Generator, places_m: FloatArray, scale_m: float) -> FloatArray:
    """Gaussian random field (m,) of unit variance with this length scale."""
    covariance = np.exp(-_square_distance(places_m, places_m) / (2.0 * scale_m**2))
    return np.asarray(
        np.linalg.cholesky(covariance + 1e-6 * np.eye(len(covariance))) @ rng.standard_normal(len(places_m))
    )


def _square_distance(a: FloatArray, b: FloatArray) -> FloatArray:
    """Squared distances (len(a), len(b))."""
    return np.asarray(np.square(a[:, None, :] - b[None, :, :]).sum(axis=2))


def _look_up(table: FloatArray, force_n: FloatArray, cop: FloatArray) -> FloatArray:
    """Trilinear interpolation (n, cells) of the sensitivity at COP (x, y) and load."""
    spread = SPREAD_GRID[1] - (SPREAD_GRID[1] - SPREAD_GRID[0]) * np.clip(force_n / FLAT_AT_N, 0.0, 1.0)
    places = [_place(COP_AP_GRID, cop[:, 1]), _place(COP_ML_GRID, cop[:, 0]), _place(SPREAD_GRID, spread)]
    out = np.zeros((len(force_n), table.shape[-1]))
    for corner in np.ndindex(2, 2, 2):
        weight = np.ones(len(force_n))
        for bit, (_, part) in zip(corner, places, strict=True):
            weight *= part if bit else 1.0 - part
        rows = tuple(cell + bit for bit, (cell, _) in zip(corner, places, strict=True))
        out += weight[:, None] * table[rows]
    return out


def _place(grid: FloatArray, value: FloatArray) -> tuple[NDArray[np.intp], FloatArray]:
    """Cell and fraction of values on an even grid, held at its ends."""
    at = np.clip((value - grid[0]) / (grid[1] - grid[0]), 0.0, len(grid) - 1.0)
    cell = np.minimum(at.astype(np.intp), len(grid) - 2)
    return cell, at - cell
