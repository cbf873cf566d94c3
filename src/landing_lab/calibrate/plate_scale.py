"""Newton per count of each cell of one plate by least squares, with what its uncertainty does to force."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from landing_lab.errors import CalibrationError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.calibration import PlateMethod

REST_SD_N = 0.3
"""What a mean of some seconds may be off by: drift of four cells within a minute (fusion.md: 0.03 N per root s)."""

STRAIGHT_SD_FRACTION = 0.0005
"""Departure of a good cell from a straight line (class C3 of OIML R 60 allows 0.023 % of its range)."""

PLACEMENT_SD_MM = 5.0
"""How well somebody puts a weight where the plan says (choice)."""

MAX_SCALE_SD = 0.01
"""Above this the places of the loads do not separate the cells."""

CELL_SPREAD = 0.05
"""SD of the sensitivity among cells of one order: 2.0 +- 0.1 mV/V of cheap sheets (choice; unverified)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlateScale:
    """Counts per newton (c,) of each cell, its relative SD (c,), and that of the plate's force where people stand."""

    counts_per_n: FloatArray
    cell_sd_fraction: FloatArray
    sd_fraction: float
    findings: tuple[str, ...] = ()


def fit_scale(
    response: FloatArray,
    force_n: FloatArray,
    at_mm: FloatArray,
    places_mm: FloatArray,
    *,
    method: PlateMethod,
    mass_sd_fraction: float,
    plate: str,
) -> PlateScale:
    """Scale from responses (p, c) in counts above zero to forces (p,) at (p, 2) mm, NaN where the place is unknown.

    Rows: sum of the cells = force, and where the place is known sum of cell force times its place (c, 2) = force
    times place. Raises CalibrationError where the loads do not separate the cells.
    """
    if method == "common scale":
        return _common_scale(response, force_n, mass_sd_fraction)
    rows, wanted = _equations(response, force_n, at_mm, places_mm)
    size = np.sqrt(np.mean(np.square(rows), axis=0))
    solved, _, rank, _ = np.linalg.lstsq(rows / size, wanted, rcond=1e-9)
    n_cells = response.shape[1]
    if rank < n_cells or (solved == 0.0).any():
        raise CalibrationError(_apart(plate, None))
    n_per_count = solved / size
    misfit = rows @ n_per_count - wanted
    free = len(wanted) - n_cells
    factor = max(1.0, float(misfit @ misfit) / free) if free > 0 else 1.0
    relative = np.linalg.inv((rows * n_per_count).T @ (rows * n_per_count)) * factor
    by_fit = math.sqrt(max(float(share @ relative @ share) for share in standing_shares(n_cells)))
    if by_fit > MAX_SCALE_SD:
        raise CalibrationError(_apart(plate, by_fit))
    return PlateScale(
        counts_per_n=1.0 / n_per_count,
        cell_sd_fraction=np.hypot(np.sqrt(np.diag(relative)), mass_sd_fraction),
        sd_fraction=math.hypot(by_fit, mass_sd_fraction),
    )


def standing_shares(n_cells: int) -> list[FloatArray]:
    """Shares of force on the cells, each (c,): in the middle and half the way from there to each cell."""
    middle = np.full(n_cells, 1.0 / n_cells)
    return [middle, *(0.5 * (middle + cell) for cell in np.eye(n_cells))]


def _equations(
    response: FloatArray, force_n: FloatArray, at_mm: FloatArray, places_mm: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Equations (rows, c) and their right sides (rows,), each divided by its SD; the unknowns are N per count."""
    sd_n = np.hypot(REST_SD_N, STRAIGHT_SD_FRACTION * force_n)
    rows, wanted = [response / sd_n[:, None]], [force_n / sd_n]
    known = np.isfinite(at_mm).all(axis=1)
    for axis in (0, 1):
        arm = places_mm[:, axis]
        sd = np.hypot(sd_n * np.abs(arm).max(), PLACEMENT_SD_MM * force_n)[known]
        rows.append(response[known] * arm / sd[:, None])
        wanted.append(force_n[known] * at_mm[known, axis] / sd)
    return np.concatenate(rows), np.concatenate(wanted)


def _apart(plate: str, by_fit: float | None) -> str:
    seen = "" if by_fit is None else f" (force would be off by {100 * by_fit:.1f} %)"
    return (
        f"the loads on {plate} do not separate its cells{seen}; put one mass near each corner too, or ask for the "
        "common scale, which is right only where the loads lay"
    )


def _common_scale(response: FloatArray, force_n: FloatArray, mass_sd_fraction: float) -> PlateScale:
    """One scale for all cells: each load's sum over its force."""
    sign = np.where(response.sum(axis=0) < 0.0, -1.0, 1.0)  # cells wired backwards read less under load
    total = (response * sign).sum(axis=1)
    sd_n = np.hypot(REST_SD_N, STRAIGHT_SD_FRACTION * force_n)
    weight = np.square(force_n / sd_n)
    if not np.abs(total).min() > 0.0:
        raise CalibrationError("a load did not change the sum of the cells; check the wiring and repeat")
    scale = float(np.sum(weight * total / force_n) / weight.sum())
    misfit = float(np.sum(np.square((total / scale - force_n) / sd_n))) / max(1, len(force_n) - 1)
    by_fit = math.sqrt(max(1.0, misfit) / weight.sum())
    n_cells = response.shape[1]
    middle, *aside = standing_shares(n_cells)
    by_cells = CELL_SPREAD * max((float(np.linalg.norm(share - middle)) for share in aside), default=0.0)
    told = (
        "one common scale for all cells: force is right where the loads lay, and off by about "
        f"{100 * by_cells:.1f} % half the way to a corner"
    )
    return PlateScale(
        counts_per_n=scale * sign,
        cell_sd_fraction=np.full(n_cells, math.hypot(CELL_SPREAD, mass_sd_fraction)),
        sd_fraction=math.hypot(by_fit, by_cells, mass_sd_fraction),
        findings=(told,),
    )
