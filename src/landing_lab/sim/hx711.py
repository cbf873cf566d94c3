"""A plate of four load cells with an HX711 each: slow, smoothed, every converter on its own clock.

The converter's filter is unpublished; settling in four conversions suggests sinc3 or sinc4 (fusion.md). Its impulse
response is a B-spline of 3 or 4 boxes, each one conversion period long.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model import nominal
from landing_lab.model.blocks import FloatArray, IntArray
from landing_lab.sim.contact import FINE_STEP_S
from landing_lab.sim.setting import ONE_VISIT, SensorSetting

OFFSET_COUNTS = 40_000
PERIOD_JITTER = 2e-4
READ_DELAY_S = 1e-3
"""The board finds a reading up to this long after it is ready (polling loop)."""

STRIDE = 5
"""The filter works on the mean of five fine steps: 2 kHz, a fortieth of its first zero."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlateParts:
    """True values of one foot's plate: filter order and per cell (4,) period, gain and offset; noise of each cell.

    step_n: readings are whole multiples of it, 0 for none. mode_hz and mode_damping: first mode, None for none.
    """

    order: int
    period_s: FloatArray
    gain: FloatArray
    offset_counts: FloatArray
    noise_n: float
    drift_n_per_root_s: float
    step_n: float
    mode_hz: float | None
    mode_damping: float

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON, without those that are a setting."""
        arrays = {name: getattr(self, name).tolist() for name in ("period_s", "gain", "offset_counts")}
        return {"filter_order": self.order, **arrays}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Readings:
    """What one plate's converters gave, in order of time: each (n,). cell is 0-3, counts are 24 bit."""

    time_s: FloatArray
    cell: IntArray
    counts: IntArray


def draw_plate(seed: int, *, setting: SensorSetting = ONE_VISIT) -> PlateParts:
    """One plate, drawn from the seed; its order is that of the setting, drawn where that names none."""
    rng = np.random.default_rng(seed)
    n_cells = len(nominal.PLATE_CELLS_MM)
    order = int(rng.integers(3, 5))
    return PlateParts(
        order=setting.filter_order or order,
        period_s=1.0 / rng.uniform(*setting.cell_rates_hz, n_cells),
        gain=1.0 + setting.corner_gain_sd * rng.standard_normal(n_cells),
        offset_counts=np.round(rng.uniform(-OFFSET_COUNTS, OFFSET_COUNTS, n_cells)),
        noise_n=setting.plate_noise_n,
        drift_n_per_root_s=setting.plate_drift_n_per_root_s,
        step_n=setting.plate_step_n,
        mode_hz=setting.mode_hz,
        mode_damping=setting.mode_damping,
    )


def draw_board(seed: int, *, setting: SensorSetting = ONE_VISIT) -> tuple[PlateParts, PlateParts]:
    """The left and the right plate of one board: converters of one type, so that both filter alike."""
    if setting.filter_order is None:
        setting = dataclasses.replace(setting, filter_order=int(np.random.default_rng([seed, 711]).integers(3, 5)))
    left, right = (draw_plate(2 * seed + foot + 900_000, setting=setting) for foot in (0, 1))
    return left, right


def cell_shares(cop_mm: FloatArray) -> FloatArray:
    """Share (n, 4) of the force on each cell for a COP (n, 2) in mm (medial, anterior) from the plate's centre.

    A rigid plate on four equal corners: bilinear in the COP.
    """
    corner = np.array(nominal.PLATE_CELLS_MM)
    part = 0.5 * (1.0 + cop_mm[:, None, :] / corner[None, :, :])
    return np.asarray(part.prod(axis=2))


def read_plate(
    force_n: FloatArray,
    cop_mm: FloatArray,
    parts: PlateParts,
    *,
    rng: np.random.Generator,
    spike_rate_per_s: float = 0.0,
) -> Readings:
    """Readings of a plate under a force (n,) in N on the fine grid (10 kHz) and its COP (n, 2) in mm.

    spike_rate_per_s: corrupted readings 2^n - 1, as a late clock pulse causes them; no flag tells, only that the
    next conversion is lost, so that the interval to the next reading is two periods.
    Raises ParameterError for a negative rate or one above 5 per second.
    """
    if not 0.0 <= spike_rate_per_s <= 5.0:
        raise ParameterError(f"spike_rate_per_s must be 0 to 5; got {spike_rate_per_s}; 0 switches spikes off")
    if parts.mode_hz is not None:
        force_n = ringing(force_n, parts.mode_hz, parts.mode_damping)
    n_coarse = len(force_n) // STRIDE
    coarse = force_n[: n_coarse * STRIDE].reshape(n_coarse, STRIDE).mean(axis=1)
    share = cell_shares(cop_mm[STRIDE // 2 :: STRIDE][:n_coarse])
    times, cells, counts = [], [], []
    for cell in range(share.shape[1]):
        time_s, raw = _convert(coarse * share[:, cell], parts, cell, rng)
        time_s, raw = _spoil(time_s, raw, spike_rate_per_s, rng)
        times.append(time_s)
        counts.append(raw)
        cells.append(np.full(len(raw), cell, dtype=np.int64))
    time_s = np.concatenate(times)
    order = np.argsort(time_s, kind="stable")
    return Readings(time_s=time_s[order], cell=np.concatenate(cells)[order], counts=np.concatenate(counts)[order])


def _convert(
    force_n: FloatArray, parts: PlateParts, cell: int, rng: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    """Read-out times (k,) and counts (k,) of one converter that sees force_n (n,) at 2 kHz."""
    dt = STRIDE * FINE_STEP_S
    period_s = float(parts.period_s[cell]) * (1.0 + PERIOD_JITTER * float(rng.standard_normal()))
    ready_s = np.arange(rng.random() * period_s, len(force_n) * dt, period_s)
    seen_n = filter_sinc(force_n, dt, ready_s, period_s, parts.order)
    drift_n = np.cumsum(parts.drift_n_per_root_s * math.sqrt(period_s) * rng.standard_normal(len(ready_s)))
    seen_n = seen_n * parts.gain[cell] + drift_n + parts.noise_n * rng.standard_normal(len(ready_s))
    if parts.step_n > 0.0:
        seen_n = np.round(seen_n / parts.step_n) * parts.step_n
    raw = np.round(seen_n * nominal.HX711_COUNTS_PER_N + parts.offset_counts[cell])
    raw = np.clip(raw, nominal.HX711_LOWEST_COUNT, nominal.HX711_HIGHEST_COUNT).astype(np.int64)
    return ready_s + rng.uniform(0.0, READ_DELAY_S, len(ready_s)), raw


def ringing(force_n: FloatArray, mode_hz: float, damping: float) -> FloatArray:
    """Force (n,) that reaches the cells: the load through one damped mode, by its exact response to a held input."""
    from scipy.signal import lfilter, lfilter_zi

    angular = 2.0 * math.pi * mode_hz
    decay = math.exp(-damping * angular * FINE_STEP_S)
    swing = angular * math.sqrt(1.0 - damping**2) * FINE_STEP_S
    poles = [1.0, -2.0 * decay * math.cos(swing), decay**2]
    held = [0.0, sum(poles)]
    at_rest = lfilter_zi(held, poles) * force_n[0]
    return np.asarray(lfilter(held, poles, force_n, zi=at_rest)[0])


def filter_sinc(force_n: FloatArray, dt: float, at_s: FloatArray, period_s: float, order: int) -> FloatArray:
    """Output (k,) at the times at_s of a causal sinc^order filter over force_n (n,), whose row i is at (i + 0.5) dt.

    Before the first row the force is taken as its first value.
    """
    taps = math.ceil(order * period_s / dt) + 1
    last = np.floor(at_s / dt - 0.5).astype(np.int64)
    rows = last[:, None] - np.arange(taps)
    weight = _b_spline((at_s[:, None] - (rows + 0.5) * dt) / period_s, order)
    weight /= weight.sum(axis=1, keepdims=True)
    return np.asarray((force_n[np.clip(rows, 0, len(force_n) - 1)] * weight).sum(axis=1))


def _b_spline(x: FloatArray, order: int) -> FloatArray:
    """Cardinal B-spline of `order` unit boxes on 0..order, by truncated powers (Schoenberg 1946)."""
    total = np.zeros_like(x)
    for knot in range(order):
        weight = (-1) ** knot * math.comb(order, knot) / math.factorial(order - 1)
        total += weight * np.maximum(x - knot, 0.0) ** (order - 1)
    return np.where((x > 0.0) & (x < order), total, 0.0)


def _spoil(
    time_s: FloatArray, counts: IntArray, rate_per_s: float, rng: np.random.Generator
) -> tuple[FloatArray, IntArray]:
    """Readings with 2^n - 1 spikes, each of which costs the reading after it."""
    if rate_per_s == 0.0:
        return time_s, counts
    period_s = float(np.median(np.diff(time_s)))
    hit = np.flatnonzero(rng.random(len(counts) - 1) < rate_per_s * period_s)
    hit = hit[np.diff(hit, prepend=-2) > 1]
    counts = counts.copy()
    counts[hit] = (1 << rng.integers(16, 23, len(hit))) - 1
    return np.delete(time_s, hit + 1), np.delete(counts, hit + 1)
