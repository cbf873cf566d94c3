"""What slower sensors and filters make of a force: models of rate, converter and low-pass, sharing no code with ours.

All take force (n, k) newton at rate_hz and give force (m, k); a phase in [0, 1) is where in its period the slow
sensor's first reading falls. Delays are removed: only what a reading averages over counts.
"""

from __future__ import annotations

import numpy as np
from scipy import signal

from landing_lab.model.blocks import FloatArray

HX711_HZ = 80.0
SETTLING_S = 0.050
"""Four conversions at 80 SPS: the worst that the HX711's data sheet allows (definitions.md, what 80 Hz costs)."""


def read_at(force: FloatArray, rate_hz: float, times_s: FloatArray) -> FloatArray:
    """Force at instants after the first sample, linear between samples, (m, k)."""
    own = np.arange(len(force)) / rate_hz
    return np.column_stack([np.interp(times_s, own, column) for column in force.T])


def reading_times(n_samples: int, rate_hz: float, to_hz: float, phase: float, *, margin_s: float = 0.0) -> FloatArray:
    """Instants at which a sensor at to_hz reads, seconds after the first sample, margin_s away from both ends."""
    last_s = (n_samples - 1) / rate_hz
    times = (np.arange(int(last_s * to_hz) + 1) + phase) / to_hz
    return times[(times >= margin_s) & (times <= last_s - margin_s)]


def point_sampled(force: FloatArray, rate_hz: float, to_hz: float, phase: float) -> FloatArray:
    """Instantaneous readings at to_hz."""
    return read_at(force, rate_hz, reading_times(len(force), rate_hz, to_hz, phase))


def averaged(force: FloatArray, rate_hz: float, to_hz: float, phase: float, *, over_s: float) -> FloatArray:
    """Readings at to_hz that are the mean of force over the over_s around their instant."""
    own = np.arange(len(force)) / rate_hz
    steps = 0.5 * (force[1:] + force[:-1]) / rate_hz
    integral = np.vstack([np.zeros((1, force.shape[1])), np.cumsum(steps, axis=0)])
    at = reading_times(len(force), rate_hz, to_hz, phase, margin_s=0.5 * over_s)
    return np.column_stack(
        [
            (np.interp(at + 0.5 * over_s, own, column) - np.interp(at - 0.5 * over_s, own, column)) / over_s
            for column in integral.T
        ]
    )


def conversion_mean(force: FloatArray, rate_hz: float, phase: float) -> FloatArray:
    """A converter at 80 SPS that averages over one period."""
    return averaged(force, rate_hz, HX711_HZ, phase, over_s=1.0 / HX711_HZ)


def hx711_settling(force: FloatArray, rate_hz: float, phase: float) -> FloatArray:
    """A converter at 80 SPS that averages over its whole settling time."""
    return averaged(force, rate_hz, HX711_HZ, phase, over_s=SETTLING_S)


def hx711_sinc(force: FloatArray, rate_hz: float, *, order: int) -> tuple[FloatArray, float]:
    """Force behind the sinc filter of a converter at 80 SPS, and its rate; to be read at 80 Hz.

    `order` means over one conversion period, one after the other.
    """
    fine_hz = 4000.0
    fine = read_at(force, rate_hz, np.arange(int((len(force) - 1) / rate_hz * fine_hz)) / fine_hz)
    width = round(fine_hz / HX711_HZ)
    for _ in range(order):
        total = np.vstack([np.zeros((1, fine.shape[1])), np.cumsum(fine, axis=0)])
        fine = (total[width:] - total[:-width]) / width
    return fine, fine_hz


def low_passed(force: FloatArray, rate_hz: float, cutoff_hz: float) -> FloatArray:
    """Butterworth of second order, forwards and backwards (zero lag), at the rate of the recording."""
    sos = signal.butter(2, cutoff_hz, fs=rate_hz, output="sos")
    return np.asarray(signal.sosfiltfilt(sos, force, axis=0), dtype=np.float64)


def quantised(force: FloatArray, step_n: float = 2.8) -> FloatArray:
    """Readings in whole steps: 2.8 N is the step of gidiel/Dual-DJ-Fz.txt."""
    return np.round(force / step_n) * step_n


def noisy(force: FloatArray, sd_n: float, seed: int) -> FloatArray:
    """White noise of this SD on every column."""
    return force + np.random.default_rng(seed).normal(0.0, sd_n, force.shape)
