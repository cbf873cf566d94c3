"""Single cells of an insole on the bench: known forces on each cell, up and down, give its power law."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from landing_lab.calibrate.counts import conductance_s, flattened_n, unflattened_n
from landing_lab.calibrate.layouts import insole_layout
from landing_lab.errors import CalibrationError
from landing_lab.model import nominal
from landing_lab.model.blocks import CountArray, FloatArray
from landing_lab.model.calibration import InsoleCalibration
from landing_lab.model.device import DeviceInfo
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.model.software import software
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

MIN_MASSES = 5
"""Different masses per cell: two for the law, one for its bend, two to see an error."""

MIN_SCANS = 20
LAST_SHARE = 0.5
"""The later part of a step counts: a cell creeps, most in its first second."""

SATURATION_TRIED = np.geomspace(0.7, 6.0, 60)
"""Saturation forces tried, as multiples of the largest load."""

SATURATION_GAIN = 0.5
"""A saturation must at least halve the squared misfit of the plain power law to be told."""

EXPONENT_LIMITS = (0.5, 2.5)
"""Exponents that an FSR can have (Interlink: 1.28; parts spread some percent)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellLoad:
    """A known mass on one cell, or none on any (mass_kg 0): counts (n, n_channels) while it rested."""

    label: str
    cell: int
    mass_kg: float
    counts: CountArray


@dataclass(frozen=True, slots=True, eq=False)
class _Law:
    """Law of one cell, force = weight ratio^exponent, with its saturation, relative SD and hysteresis."""

    exponent: float
    weight_n: float
    saturation_n: float | None
    sd_fraction: float
    hysteresis_pct: float | None


def fit_insole_bench(
    info: DeviceInfo, loads: Sequence[CellLoad], *, cells: InsoleLayout | None = None, made_at: str | None = None
) -> InsoleCalibration:
    """Calibration of each cell from its loads in the order in which they were put on.

    Every cell needs a step without load (one for all is enough) and five masses, better up and down again, on its
    whole sensing area. cells: the insole's layout, the usual one where None. Newton are then those on the cells alone,
    not of the foot. Raises CalibrationError for too few masses and for cells that do not behave like an FSR.
    """
    empty = [load for load in loads if load.mass_kg == 0.0]
    if not empty:
        raise CalibrationError("no step without load; record one before the first mass")
    zero = np.median([_ratio(load, info.n_channels) for load in empty], axis=0)
    names = [channel.name for channel in insole_layout(info, cells).channels]
    laws = []
    for cell, name in enumerate(names):
        mine = [load for load in loads if load.cell == cell and load.mass_kg > 0.0]
        ratio = np.array([_ratio(load, info.n_channels)[cell] - zero[cell] for load in mine])
        laws.append(_law(np.array([load.mass_kg * GRAVITY for load in mine]), ratio, name))
    loops = [law.hysteresis_pct for law in laws if law.hysteresis_pct is not None]
    findings = (
        () if len(loops) == len(laws) else ("not every cell was unloaded step by step: its hysteresis is unknown",)
    )
    return InsoleCalibration(
        device_id=info.device_id,
        made_at=made_at or datetime.now(UTC).isoformat(timespec="seconds"),
        method="bench",
        software=software(),
        n_cells=info.n_channels,
        zero_s=tuple((zero * nominal.FSR_CONDUCTANCE_AT_1_N_S).tolist()),
        exponent=tuple(law.exponent for law in laws),
        weight_n=tuple(law.weight_n for law in laws),
        saturation_n=tuple(law.saturation_n for law in laws),
        force_sd_fraction=max(law.sd_fraction for law in laws),
        hysteresis_pct=max(loops) if loops else None,
        layout=None if cells is None else cells.name,
        side=info.placement,
        findings=findings,
    )


def _ratio(load: CellLoad, n_channels: int) -> FloatArray:
    """Conductance of every cell over the nominal one at 1 N, median of the later part of a step: (c,)."""
    if not (math.isfinite(load.mass_kg) and 0.0 <= load.mass_kg <= 100.0):
        raise CalibrationError(f"step {load.label!r}: a mass on one cell is 0 to 100 kg; got {load.mass_kg}")
    if load.counts.ndim != 2 or load.counts.shape[1] != n_channels or len(load.counts) < MIN_SCANS:
        raise CalibrationError(
            f"step {load.label!r} has counts of shape {load.counts.shape}; record at least {MIN_SCANS} scans of "
            f"{n_channels} channels"
        )
    late = load.counts[round((1.0 - LAST_SHARE) * len(load.counts)) :]
    return np.asarray(np.mean(conductance_s(late), axis=0) / nominal.FSR_CONDUCTANCE_AT_1_N_S)


def _law(force_n: FloatArray, ratio: FloatArray, name: str) -> _Law:
    masses = len(np.unique(np.round(force_n, 3)))
    if masses < MIN_MASSES:
        cell = name.replace("_", " ")
        raise CalibrationError(f"the cell {cell} was loaded with {masses} different masses; use at least {MIN_MASSES}")
    used = ratio > 0.0
    if len(np.unique(np.round(force_n[used], 3))) < MIN_MASSES - 1:
        raise CalibrationError(f"{name} does not respond to most of its masses; check its wires and where they stood")
    force, log_ratio = force_n[used], np.log(ratio[used])
    plain = _line(log_ratio, np.log(force))
    tried = [(limit, _line(log_ratio, np.log(flattened_n(force, limit)))) for limit in SATURATION_TRIED * force.max()]
    limit, bent = min(tried, key=lambda one: one[1][2])
    flattens = bent[2] < SATURATION_GAIN * plain[2] and limit < SATURATION_TRIED[-1] * force.max()
    exponent, weight, _ = bent if flattens else plain
    if not EXPONENT_LIMITS[0] <= exponent <= EXPONENT_LIMITS[1]:
        raise CalibrationError(
            f"{name} follows no law of an FSR (exponent {exponent:.2f}); check that each mass stood on this cell alone"
        )
    read_n = unflattened_n(weight * np.maximum(ratio, 0.0) ** exponent, limit if flattens else np.inf)
    off = np.log(read_n[used] / force)
    return _Law(
        exponent=exponent,
        weight_n=weight,
        saturation_n=float(limit) if flattens else None,
        sd_fraction=math.sqrt(float(off @ off) / max(1, used.sum() - 2 - flattens)),
        hysteresis_pct=_loop_pct(force_n, read_n),
    )


def _line(log_ratio: FloatArray, log_force: FloatArray) -> tuple[float, float, float]:
    """Exponent, weight and sum of squares of log force = log weight + exponent log ratio."""
    if np.ptp(log_ratio) == 0.0:
        return float("nan"), float("nan"), float("inf")
    slope, intercept = np.polyfit(log_ratio, log_force, 1)
    misfit = log_force - intercept - slope * log_ratio
    return float(slope), float(np.exp(intercept)), float(misfit @ misfit)


def _loop_pct(force_n: FloatArray, predicted_n: FloatArray) -> float | None:
    """Largest difference of equal loads reached from above and below, in percent of the load; None without such."""
    found: dict[tuple[float, bool], list[float]] = defaultdict(list)
    before = 0.0
    for force, seen in zip(force_n.tolist(), predicted_n.tolist(), strict=True):
        if force != before:
            found[round(force, 3), force > before].append(seen)
        before = force
    loops = [
        abs(float(np.mean(found[force, False])) - float(np.mean(seen))) / force
        for (force, loading), seen in found.items()
        if loading and (force, False) in found
    ]
    return 100.0 * max(loops) if loops else None
