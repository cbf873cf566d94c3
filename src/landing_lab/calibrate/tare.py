"""What an unloaded sensor reads: offset, noise and resolution, from the stretches where nobody stands on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landing_lab.model.blocks import FloatArray


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
    resolution_n: (c,) smallest step between readings. unloaded_s: how long the evidence is; 0 where the
    sensor was never unloaded, and the offset then stays 0. drift_n: how far the unloaded level of the worst
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
    settings = params or TareParams()
    n, c = force_n.shape
    width = max(4, round(settings.block_ms * sample_rate_hz / 1000.0))
    resolution = np.array([_resolution(force_n[:, j]) for j in range(c)])
    blocks = force_n[: n - n % width].reshape(-1, width, c)
    spread = blocks.std(axis=1).max(axis=1)
    quiet = (np.abs(blocks.mean(axis=1)) < settings.max_offset_n).all(axis=1) & (spread < settings.max_noise_n)
    if quiet.any():
        # Noisy plates are let in, but not the touchdowns of calm ones.
        quiet &= spread < max(settings.calm_n, 4.0 * float(np.median(spread[quiet])))
    chosen = blocks[quiet]
    if len(chosen) * width < settings.min_unloaded_ms * sample_rate_hz / 1000.0:
        zero = np.zeros(c)
        return Tare(offset_n=zero, noise_n=np.zeros(_signals(c)), resolution_n=resolution, unloaded_s=0.0)
    total_variance = chosen.sum(axis=2).var(axis=1)
    keep = np.argsort(total_variance, kind="stable")[: max(1, int(np.ceil(0.9 * len(chosen))))]
    chosen = chosen[keep]
    column_sd = np.sqrt(chosen.var(axis=1).mean(axis=0))
    noise = column_sd if c == 1 else np.concatenate([[np.sqrt(total_variance[keep].mean())], column_sd])
    return Tare(
        offset_n=np.median(chosen.mean(axis=1), axis=0),  # of block means: finer than one step of the converter
        noise_n=noise,
        resolution_n=resolution,
        unloaded_s=len(chosen) * width / sample_rate_hz,
        drift_n=_drift(chosen.mean(axis=1), noise=float(column_sd.max()) / width**0.5),
    )


def _drift(level_n: FloatArray, *, noise: float) -> float:
    """Wander of unloaded block means, (k, c) newton, less the four SD that noise gives them."""
    low, high = np.percentile(level_n, [5.0, 95.0], axis=0)
    return max(0.0, float((high - low).max()) - 4.0 * noise)


def _signals(columns: int) -> int:
    return 1 if columns == 1 else columns + 1


def _resolution(column: FloatArray) -> float:
    """Smallest step between different readings, from at most 20 000 of them."""
    values = np.unique(column[np.isfinite(column)][:20_000])
    steps = np.diff(values)
    return float(steps.min()) if len(steps) else 0.0


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
