"""What an unloaded sensor reads: offset, noise and resolution, from the stretches where nobody stands on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landing_lab.kernels.tare import choose_unloaded, measure_blocks, pool_unloaded, smallest_step
from landing_lab.model.blocks import FloatArray

ROUNDING = 1e-6
"""Steps below this fraction of a column's range are rounding of arithmetic, not of a converter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TareParams:
    """When a stretch of force counts as unloaded.

    max_offset_n: real plates sit up to 25 N off when empty (docs/definitions.md); drift doubles it.
    max_noise_n: SD within a block above which somebody is on the plate; calm_n: a block below this is always
    calm, one above only where the plate is that noisy all the time. block_ms: length of a block.
    min_unloaded_ms: shorter evidence is not used.
    """

    max_offset_n: float = 50.0
    max_noise_n: float = 40.0
    calm_n: float = 10.0
    block_ms: float = 50.0
    min_unloaded_ms: float = 100.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tare:
    """Unloaded reading of each column.

    offset_n: (c,) newton. noise_n: (s,) SD of total, then (for c > 1) of each column, newton.
    resolution_n: (c,) smallest step between successive different readings. unloaded_s: how long the evidence is; 0
    where the sensor was never unloaded, and the offset then stays 0. drift_n: how far the unloaded level of the worst
    column wanders within the recording (5th to 95th percentile of its blocks), beyond what noise explains.
    """

    offset_n: FloatArray
    noise_n: FloatArray
    resolution_n: FloatArray
    unloaded_s: float
    drift_n: float = 0.0


def tare_from_unloaded(force_n: FloatArray, *, sample_rate_hz: float, params: TareParams | None = None) -> Tare:
    """Offset, noise and resolution of vertical force, shape (n, c), from its unloaded blocks.

    A block is unloaded where every column stays near zero and calm; the trimmed pool of these blocks (the
    noisiest tenth holds touchdowns and take-offs) gives the median as offset and the pooled SD as noise.
    """
    rows = np.ascontiguousarray(np.asarray(force_n, dtype=np.float64).T)
    return tare_of_rows(rows, sample_rate_hz=sample_rate_hz, params=params)


def tare_of_rows(rows_n: FloatArray, *, sample_rate_hz: float, params: TareParams | None = None) -> Tare:
    """The same of one signal per row, shape (c, n), C order, writable."""
    settings = params or TareParams()
    c, n = rows_n.shape
    width = max(4, round(settings.block_ms * sample_rate_hz / 1000.0))
    mean, variance = np.empty((c, n // width)), np.empty((c + 1, n // width))
    measure_blocks(rows_n, width, mean, variance)
    chosen = choose_unloaded(mean, variance, settings.max_offset_n, settings.max_noise_n, settings.calm_n)
    resolution = np.array([smallest_step(row, ROUNDING) for row in rows_n])
    offset, noise = np.zeros(c), np.zeros(c + 1)
    drift_n = 0.0
    # A tenth of the unloaded blocks was left out of the pool, not of the evidence.
    enough = len(chosen) * width >= 0.9 * settings.min_unloaded_ms * sample_rate_hz / 1000.0
    if len(chosen) and enough:
        drift_n = pool_unloaded(mean, variance, chosen, width, offset, noise)
    return Tare(
        offset_n=offset,
        noise_n=noise[:1] if c == 1 else noise,
        resolution_n=resolution,
        unloaded_s=len(chosen) * width / sample_rate_hz if len(chosen) and enough else 0.0,
        drift_n=drift_n,
    )


def tare_from_lowest(sum_n: FloatArray, *, sample_rate_hz: float, calm_n: float, window_ms: float) -> slice | None:
    """The stretch of a signal with an arbitrary zero that is most likely without load; None where none is calm.

    sum_n: (n,) newton up to an unknown offset, load only ever adds. Of all windows whose SD stays below calm_n
    the one with the lowest mean is taken. A sensor that was loaded all the time cannot be told from a tare
    here; whoever calls must check that the rest of the signal makes sense.
    """
    width = max(2, round(window_ms * sample_rate_hz / 1000.0))
    usable = len(sum_n) - len(sum_n) % width
    if usable == 0:
        return None
    blocks = sum_n[:usable].reshape(-1, width)
    mean, sd = blocks.mean(axis=1), blocks.std(axis=1)
    calm = np.isfinite(mean) & (sd < calm_n)
    if not calm.any():
        return None
    best = int(np.argmin(np.where(calm, mean, np.inf)))
    return slice(best * width, (best + 1) * width)
