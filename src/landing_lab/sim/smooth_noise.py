"""Coloured noise without a filter library: white noise shaped in frequency, periodic over its own length."""

from __future__ import annotations

import numpy as np

from landing_lab.model.blocks import FloatArray


def correlated_noise(rng: np.random.Generator, n: int, channels: int, *, time_scale_samples: float) -> FloatArray:
    """(n, channels) of unit variance with exponential autocorrelation exp(-lag / time_scale_samples)."""
    spectrum = np.fft.rfft(rng.standard_normal((n, channels)), axis=0)
    angle = 2.0 * np.pi * np.fft.rfftfreq(n) * time_scale_samples
    spectrum *= (1.0 / np.sqrt(1.0 + angle * angle))[:, None]
    return _unit(np.fft.irfft(spectrum, n, axis=0))


def band_noise(rng: np.random.Generator, n: int, channels: int, *, highest_cycles: float) -> FloatArray:
    """(n, channels) of unit variance without content above highest_cycles (cycles over the whole length)."""
    spectrum = np.fft.rfft(rng.standard_normal((n, channels)), axis=0)
    cycles = np.arange(len(spectrum))
    spectrum *= np.exp(-0.5 * (cycles / max(highest_cycles, 1.0)) ** 4)[:, None]
    spectrum[0] = 0.0
    return _unit(np.fft.irfft(spectrum, n, axis=0))


def _unit(noise: FloatArray) -> FloatArray:
    """The noise with standard deviation 1 per channel; all zero where there is none."""
    spread = noise.std(axis=0)
    return np.asarray(noise / np.where(spread > 0.0, spread, 1.0), dtype=np.float64)
