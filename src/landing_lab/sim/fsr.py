"""Force-sensing resistors behind a divider and a 10-bit converter: cell forces in, counts out.

Part spread, hysteresis, creep, dead band and soft saturation with the sizes of pressure.md (Interlink 400 series);
the loop is a Duhem model, the creep four first-order lags whose sum is a straight line over log time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landing_lab.model import nominal
from landing_lab.model.blocks import CountArray, FloatArray
from landing_lab.sim.setting import ONE_VISIT, SensorSetting

CREEP_TIMES_S = (0.1, 1.0, 10.0, 100.0)
LOOP_REACH = 0.15
"""Part of the load range over which a reversed cell crosses from one side of its loop to the other."""

UNLOADED_N = 0.3
"""Below this a cell forgets its largest load: the next contact starts a new loop."""

CREEP_STRIDE = 10
"""Creep is followed at a tenth of the scan rate: its fastest lag is 0.1 s."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FsrParts:
    """True values of the cells of one insole, each (cells,).

    Conductance G = conductance_at_1_n_s * force^exponent up to the soft saturation at saturation_n.
    """

    conductance_at_1_n_s: FloatArray
    exponent: FloatArray
    saturation_n: FloatArray
    preload_n: FloatArray
    hysteresis: float
    creep_per_decade: float
    noise_lsb: float
    adc_bits: int = nominal.ADC_BITS

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON, without those that are a setting."""
        names = ("conductance_at_1_n_s", "exponent", "saturation_n", "preload_n")
        return {name: getattr(self, name).tolist() for name in names}


def draw_parts(seed: int, *, setting: SensorSetting = ONE_VISIT, gain: FloatArray | float = 1.0) -> FsrParts:
    """Cells of one insole, drawn from the seed; gain: (cells,) by which they read more force in one session."""
    rng = np.random.default_rng(seed)
    n_cells = len(setting.layout)
    exponent = nominal.FSR_CONDUCTANCE_EXPONENT * (1.0 + setting.exponent_sd * rng.standard_normal(n_cells))
    # The spread is one of force: a part reads exp(spread) times the load.
    spread = np.exp(setting.part_sd * rng.standard_normal(n_cells) * exponent)
    return FsrParts(
        conductance_at_1_n_s=nominal.FSR_CONDUCTANCE_AT_1_N_S * spread * gain**exponent,
        exponent=exponent,
        saturation_n=setting.saturation_n * np.exp(setting.saturation_sd * rng.standard_normal(n_cells)),
        preload_n=np.where(rng.random(n_cells) < 0.5, rng.exponential(setting.preload_n, n_cells), 0.0),
        hysteresis=setting.hysteresis,
        creep_per_decade=setting.creep_per_decade,
        noise_lsb=setting.noise_lsb,
        adc_bits=setting.adc_bits,
    )


def ideal_parts(n_cells: int = nominal.INSOLE_CHANNELS) -> FsrParts:
    """Cells exactly as the datasheet draws them: no spread, loop, creep, saturation, preload or noise."""
    return FsrParts(
        conductance_at_1_n_s=np.full(n_cells, nominal.FSR_CONDUCTANCE_AT_1_N_S),
        exponent=np.full(n_cells, nominal.FSR_CONDUCTANCE_EXPONENT),
        saturation_n=np.full(n_cells, np.inf),
        preload_n=np.zeros(n_cells),
        hysteresis=0.0,
        creep_per_decade=0.0,
        noise_lsb=0.0,
    )


def read_cells(
    force_n: FloatArray, parts: FsrParts, *, rng: np.random.Generator, sample_rate_hz: float = nominal.INSOLE_RATE_HZ
) -> CountArray:
    """Counts (n, cells) of the converter for cell forces (n, cells) in N; channel skew included."""
    load = _skewed(force_n, sample_rate_hz) + parts.preload_n
    load = _loop(load, parts.hysteresis) * _creep(load, parts.creep_per_decade, sample_rate_hz)
    load = load / np.sqrt(1.0 + np.square(load / parts.saturation_n))
    load = np.where(load > nominal.FSR_DEAD_BAND_N, load, 0.0)
    conductance_s = parts.conductance_at_1_n_s * load**parts.exponent
    ratio = conductance_s * nominal.DIVIDER_RESISTOR_OHM
    full = 1 << nominal.ADC_BITS
    raw = ratio / (1.0 + ratio) * full + parts.noise_lsb * rng.standard_normal(load.shape)
    coarse = 1 << (nominal.ADC_BITS - parts.adc_bits)
    return np.clip(np.round(raw / coarse) * coarse, 0, full - 1).astype(np.int32)


def late(force_n: FloatArray, lag_s: float, sample_rate_hz: float) -> FloatArray:
    """Force (n, cells) behind a sole that gives way with a first-order lag; 0 for none."""
    if lag_s == 0.0:
        return force_n
    from scipy.signal import lfilter

    keep = float(np.exp(-1.0 / sample_rate_hz / lag_s))
    start = keep * force_n[:1]
    return np.asarray(lfilter([1.0 - keep], [1.0, -keep], force_n, axis=0, zi=start)[0])


def _skewed(force_n: FloatArray, sample_rate_hz: float) -> FloatArray:
    """The force each channel sees when its turn comes: channel j is converted j skews after the scan begins."""
    step = np.diff(force_n, axis=0, append=force_n[-1:])
    late = np.arange(force_n.shape[1]) * nominal.INSOLE_CHANNEL_SKEW_US * 1e-6 * sample_rate_hz
    return np.asarray(force_n + step * late)


def _loop(load: FloatArray, size: float) -> FloatArray:
    """Load with a hysteresis loop `size` wide: more is read while unloading (Duhem model of fusion.md).

    ds = (direction - s) |dF| / (LOOP_REACH * largest load of this contact); the output is F (1 + size s / 2).
    """
    if size == 0.0:
        return load
    change = np.diff(load, axis=0, prepend=load[:1])
    keep = np.exp(-np.abs(change) / (LOOP_REACH * _largest_of_contact(load)))
    pull = np.where(change < 0.0, 1.0, -1.0) * (1.0 - keep)
    state = _relaxed(keep, pull)
    return np.asarray(load * (1.0 + 0.5 * size * state))


def _relaxed(keep: FloatArray, pull: FloatArray) -> FloatArray:
    """State of each column (n, c): keep * the state before + pull, from 0 on."""
    from landing_lab.kernels.relaxation import relax  # numba is loaded for sensors, not for every simulated jump

    state = np.empty(pull.shape)
    relax(np.ascontiguousarray(keep), np.ascontiguousarray(pull), state)
    return state


def _largest_of_contact(load: FloatArray) -> FloatArray:
    """Running maximum of each column since its last unloading, at least 1 N."""
    contact = np.cumsum(np.diff(load < UNLOADED_N, axis=0, prepend=False), axis=0)
    step = float(load.max()) + 1.0
    return np.asarray(np.maximum(np.maximum.accumulate(load + contact * step, axis=0) - contact * step, 1.0))


def _creep(load: FloatArray, per_decade: float, sample_rate_hz: float) -> FloatArray:
    """Factor by which a loaded cell reads more with time: per_decade for each tenfold time under load."""
    if per_decade == 0.0:
        return np.ones_like(load)
    loaded = (load[::CREEP_STRIDE] > 0.5).astype(np.float64)
    decays = np.exp(-CREEP_STRIDE / sample_rate_hz / np.array(CREEP_TIMES_S))
    lags = np.array([_relaxed(np.full_like(loaded, decay), (1.0 - decay) * loaded) for decay in decays])
    factor = 1.0 + per_decade * lags.sum(axis=0)
    return np.repeat(factor, CREEP_STRIDE, axis=0)[: len(load)]
