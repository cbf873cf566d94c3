"""What the cells of an insole must sum to: force and moments of the plate, as its filter shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landing_lab.calibrate.filter_response import impulse_response
from landing_lab.calibrate.foot_series import CellLaw, Corner, FootSeries
from landing_lab.model.blocks import FloatArray
from landing_lab.model.pressure import GATE_N, gate_n

ROW_SD = (20.0, 0.05)
"""Misfit of the force expected of an insole: newton, and share of force (fusion.md section 6)."""

COP_SD_MM = 15.0
"""Misfit expected of its centre of pressure: 8 cells see a sample of the sole (pressure.md: 7-8.5 mm published)."""

SHARE_FLOOR_N = 2.5
"""Keeps the share of a corner defined where the plate is empty: a quarter each (fusion.md section 6)."""

LIFTED_N = 20.0
"""A foot that carries less has left the plate."""

PLACES = 4
"""Columns for the unknown place of the foot on the plate: two axes, each in both directions."""


@dataclass(frozen=True, slots=True, eq=False)
class FootEquations:
    """Equations by posture.

    cells (m, c) and force_n (m,): force of the cells and of the plate, as the plate's filter shows them; parts: their
    weighted normal equations. loaded: cells (k, c) and the plate's centre of pressure (k, 2) in mm from its middle,
    at the same instants and equally smooth, while the foot carries enough for one; empty (k = 0) for a posture in
    which the foot leaves the plate and comes back, as in hops: nobody knows where it came down.
    """

    names: tuple[str, ...]
    n_cells: int
    cells: Mapping[str, FloatArray]
    force_n: Mapping[str, FloatArray]
    parts: Mapping[str, tuple[FloatArray, FloatArray, float]]
    loaded: Mapping[str, tuple[FloatArray, FloatArray]]

    def normal(self, names: Sequence[str]) -> tuple[FloatArray, FloatArray, float]:
        """Sum over postures of A'A (u, u), A'y (u,) and y'y."""
        chosen = [self.parts[name] for name in names]
        return (
            np.sum([gram for gram, _, _ in chosen], axis=0),
            np.sum([right for _, right, _ in chosen], axis=0),
            float(sum(energy for _, _, energy in chosen)),
        )

    def sums_n(self, names: Sequence[str]) -> tuple[float, float]:
        """Sum over all readings of these postures of the plate's force, and of all cells'."""
        return (
            float(sum(self.force_n[name].sum() for name in names)),
            float(sum(self.cells[name].sum() for name in names)),
        )

    def mean_force_n(self, name: str) -> float:
        """Mean force of the plate in a posture."""
        return float(np.mean(self.force_n[name])) if len(self.force_n[name]) else 0.0

    def force_error_n(self, name: str, weight: FloatArray) -> FloatArray:
        """Force of the weighted cells minus the plate's, (m,)."""
        return np.asarray(self.cells[name] @ weight[: self.n_cells] - self.force_n[name])

    def cop_span_mm(self, names: Sequence[str]) -> float:
        """Travel of the plate's centre of pressure from heel to toe over these postures, 5th to 95th percentile."""
        cop = np.concatenate([self.loaded[name][1] for name in names])
        return float(np.ptp(np.percentile(cop[:, 1], (5, 95)))) if len(cop) else 0.0


def foot_equations(
    series: FootSeries, postures_s: Mapping[str, tuple[float, float]], law: CellLaw, order: int, delay_s: float
) -> FootEquations:
    """Equations of each posture for one law, filter order and delay; one row per reading of the first corner."""
    at = {name: _inside(series.corners[0], between) for name, between in postures_s.items()}
    at_s = np.concatenate(list(at.values()))
    seen = _seen_cells(series, at_s, law, order, delay_s)
    corner_n = np.array([np.interp(at_s, corner.times_s, corner.force_n) for corner in series.corners])
    places = np.array([corner.place_mm for corner in series.corners])
    force, moment = corner_n.sum(axis=0), places.T @ corner_n
    smooth, true_force, cop = _together(series, at_s, law, order, delay_s)
    cells, forces, parts, loaded = {}, {}, {}, {}
    start = 0
    for name, times in at.items():
        rows = slice(start, start + len(times))
        start += len(times)
        cells[name], forces[name] = seen[rows], force[rows]
        stays = times_down(true_force[rows]) <= 1
        places_mm = series.place_mm if stays else np.full_like(series.place_mm, np.nan)
        parts[name] = _normal(seen[rows], force[rows], moment[:, rows], places_mm)
        gate = stays & (true_force[rows] > gate_n(float(true_force[rows].max(initial=0.0))))
        loaded[name] = smooth[rows][gate], cop[rows][gate]
    return FootEquations(tuple(at), seen.shape[1], cells, forces, parts, loaded)


def times_down(force_n: FloatArray) -> int:
    """How often a foot came down, the first time included where it stood there from the beginning."""
    told = np.where(force_n > GATE_N, 1, np.where(force_n < LIFTED_N, 0, -1))
    return int(np.sum(np.diff(told[told >= 0], prepend=0) == 1))


def _together(
    series: FootSeries, at_s: FloatArray, law: CellLaw, order: int, delay_s: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Cells (m, c), force (m,) and centre of pressure (m, 2) of the plate at the same instants, equally smooth.

    Converters run at rates of their own, so that their delays differ by milliseconds: in a hop the sum of what they
    say at one moment would have its centre of pressure millimetres off. Each is moved by its own delay.
    """
    moved = [corner.times_s - delay_s - 0.5 * order * corner.period_s for corner in series.corners]
    corner_n = np.array(
        [np.interp(at_s, times, corner.force_n) for times, corner in zip(moved, series.corners, strict=True)]
    )
    force = corner_n.sum(axis=0)
    places = np.array([corner.place_mm for corner in series.corners])
    cop = (places.T @ corner_n / np.maximum(force, 1.0)).T
    period_s = float(np.mean([corner.period_s for corner in series.corners]))
    used = (series.times_s > at_s.min() - 0.2) & (series.times_s < at_s.max() + 0.2)
    times = series.times_s[used]
    cells = _filter(times, at_s + 0.5 * order * period_s, period_s, order) @ law.force_n(series.above[used])
    return cells, force, cop


def _inside(corner: Corner, between_s: tuple[float, float]) -> FloatArray:
    return corner.times_s[(corner.times_s >= between_s[0]) & (corner.times_s < between_s[1])]


def _seen_cells(series: FootSeries, at_s: FloatArray, law: CellLaw, order: int, delay_s: float) -> FloatArray:
    """Each cell's own force as the corners of the plate would show it, summed: (m, c).

    Corner j sees its share of the force through its own filter; shares and readings are interpolated between
    readings in the same way as the plate's own force, so that nothing is compared at two instants.
    """
    used = (series.times_s > at_s.min() - 0.2) & (series.times_s < at_s.max() + 0.2)
    times = series.times_s[used]
    shape = law.force_n(series.above[used])
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
