"""What the cells of an insole must sum to: force and moments of the plate, as its filter shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landing_lab.calibrate.filter_response import impulse_response
from landing_lab.calibrate.foot_series import Corner, FootSeries
from landing_lab.model.blocks import FloatArray

ROW_SD = (20.0, 0.05)
"""Misfit of the force expected of an insole: newton, and share of force (fusion.md section 6)."""

COP_SD_MM = 15.0
"""Misfit expected of its centre of pressure: 8 cells see a sample of the sole (pressure.md: 7-8.5 mm published)."""

SHARE_FLOOR_N = 2.5
"""Keeps the share of a corner defined where the plate is empty: a quarter each (fusion.md section 6)."""

LOADED_N = 50.0
"""Force from which a centre of pressure means something."""

PLACES = 4
"""Columns for the unknown place of the foot on the plate: two axes, each in both directions."""


@dataclass(frozen=True, slots=True, eq=False)
class FootEquations:
    """Equations by posture: force of the cells (m, c), of the plate (m,), and weighted normal equations."""

    names: tuple[str, ...]
    n_cells: int
    cells: Mapping[str, FloatArray]
    force_n: Mapping[str, FloatArray]
    moment_ap_nmm: Mapping[str, FloatArray]
    parts: Mapping[str, tuple[FloatArray, FloatArray, float]]

    def normal(self, names: Sequence[str]) -> tuple[FloatArray, FloatArray, float]:
        """Sum over postures of A'A (u, u), A'y (u,) and y'y."""
        chosen = [self.parts[name] for name in names]
        return (
            np.sum([gram for gram, _, _ in chosen], axis=0),
            np.sum([right for _, right, _ in chosen], axis=0),
            float(sum(energy for _, _, energy in chosen)),
        )

    def mean_force_n(self, name: str) -> float:
        """Mean force of the plate in a posture."""
        return float(np.mean(self.force_n[name])) if len(self.force_n[name]) else 0.0

    def force_error_n(self, name: str, weight: FloatArray) -> FloatArray:
        """Force of the weighted cells minus the plate's, (m,)."""
        return np.asarray(self.cells[name] @ weight[: self.n_cells] - self.force_n[name])

    def cop_span_mm(self, names: Sequence[str]) -> float:
        """Travel of the plate's centre of pressure from heel to toe over these postures, 5th to 95th percentile."""
        force = np.concatenate([self.force_n[name] for name in names])
        moment = np.concatenate([self.moment_ap_nmm[name] for name in names])
        loaded = force > LOADED_N
        return float(np.ptp(np.percentile(moment[loaded] / force[loaded], (5, 95)))) if loaded.any() else 0.0


def foot_equations(
    series: FootSeries, postures_s: Mapping[str, tuple[float, float]], exponent: float, order: int, delay_s: float
) -> FootEquations:
    """Equations of each posture at one exponent, filter order and delay; one row per reading of the first corner."""
    at = {name: _inside(series.corners[0], between) for name, between in postures_s.items()}
    at_s = np.concatenate(list(at.values()))
    seen = _seen_cells(series, at_s, exponent, order, delay_s)
    corner_n = np.array([np.interp(at_s, corner.times_s, corner.force_n) for corner in series.corners])
    places = np.array([corner.place_mm for corner in series.corners])
    force, moment = corner_n.sum(axis=0), places.T @ corner_n
    cells, forces, moments, parts = {}, {}, {}, {}
    start = 0
    for name, times in at.items():
        rows = slice(start, start + len(times))
        start += len(times)
        cells[name], forces[name], moments[name] = seen[rows], force[rows], moment[1, rows]
        parts[name] = _normal(seen[rows], force[rows], moment[:, rows], series.place_mm)
    return FootEquations(tuple(at), seen.shape[1], cells, forces, moments, parts)


def _inside(corner: Corner, between_s: tuple[float, float]) -> FloatArray:
    return corner.times_s[(corner.times_s >= between_s[0]) & (corner.times_s < between_s[1])]


def _seen_cells(series: FootSeries, at_s: FloatArray, exponent: float, order: int, delay_s: float) -> FloatArray:
    """Each cell's z = above^exponent as the corners of the plate would show it, summed: (m, c).

    Corner j sees its share of the force through its own filter; shares and readings are interpolated between
    readings in the same way as the plate's own force, so that nothing is compared at two instants.
    """
    used = (series.times_s > at_s.min() - 0.2) & (series.times_s < at_s.max() + 0.2)
    times = series.times_s[used]
    shape = series.above[used] ** exponent
    shares = _shares(series, times, order, delay_s)
    seen = np.zeros((len(at_s), shape.shape[1]))
    for corner, share in zip(series.corners, shares, strict=True):
        near = (corner.times_s > at_s.min() - 0.1) & (corner.times_s < at_s.max() + 0.1)
        readings = corner.times_s[near]
        filtered = _filter(times, readings - delay_s, corner.period_s, order) @ (shape * share[:, None])
        seen += np.column_stack([np.interp(at_s, readings, column) for column in filtered.T])
    return seen


def _shares(series: FootSeries, times: FloatArray, order: int, delay_s: float) -> FloatArray:
    """Share of the force that each corner carries, (corners, n), its filter's delay taken out."""
    force = np.array(
        [
            np.interp(times, corner.times_s - delay_s - 0.5 * order * corner.period_s, corner.force_n)
            for corner in series.corners
        ]
    )
    lifted = np.maximum(force, 0.0) + SHARE_FLOOR_N
    return np.asarray(lifted / lifted.sum(axis=0))


def _filter(times: FloatArray, readings: FloatArray, period_s: float, order: int) -> Any:
    """Sparse matrix (readings, times): weights of the filter that ends at each reading, each row summing to 1."""
    from scipy.sparse import csr_matrix

    step = float(times[1] - times[0])
    taps = int(np.ceil(order * period_s / step)) + 1
    last = np.floor((readings - times[0]) / step).astype(np.int64)
    columns = np.clip(last[:, None] - np.arange(taps), 0, len(times) - 1)
    weights = impulse_response((readings[:, None] - times[columns]) / period_s, order)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    rows = np.repeat(np.arange(len(readings)), taps)
    return csr_matrix((weights.ravel(), (rows, columns.ravel())), shape=(len(readings), len(times)))


def _normal(
    cells: FloatArray, force_n: FloatArray, moment_nmm: FloatArray, place_mm: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Normal equations of one posture: force, and both moments where the layout knows the cells' places.

    Unknowns: weights (c,), then how far the foot stands from the plate's centre: +x, -x, +y, -y in mm.
    """
    sd = np.hypot(ROW_SD[0], ROW_SD[1] * force_n)
    nothing = np.zeros((len(force_n), PLACES))
    rows = [np.column_stack([cells, nothing]) / sd[:, None]]
    wanted = [force_n / sd]
    if np.isfinite(place_mm).all():
        moment_sd = np.hypot(ROW_SD[0] * 50.0, COP_SD_MM * force_n)
        for axis in (0, 1):
            there = nothing.copy()
            there[:, 2 * axis], there[:, 2 * axis + 1] = force_n, -force_n
            rows.append(np.column_stack([cells * place_mm[:, axis], there]) / moment_sd[:, None])
            wanted.append(moment_nmm[axis] / moment_sd)
    matrix, right = np.concatenate(rows), np.concatenate(wanted)
    return matrix.T @ matrix, matrix.T @ right, float(right @ right)
