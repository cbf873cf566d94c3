"""Curves of smooth noise, as forces over a phase are smooth."""

from __future__ import annotations

import math

import numpy as np


def smooth(n: int, seed: int, q: int = 101, width: float = 8.0) -> np.ndarray:
    """(n, q) curves of smooth Gaussian noise with SD 1."""
    rng = np.random.default_rng(seed)
    at = np.arange(-int(4 * width), int(4 * width) + 1)
    kernel = np.exp(-0.5 * (at / width) ** 2)
    kernel /= math.sqrt(float((kernel**2).sum()))
    return np.array([np.convolve(rng.normal(0, 1, q + len(at) - 1), kernel, "valid") for _ in range(n)])


def bump(height: float, q: int = 101, at: float = 50.0, width: float = 8.0) -> np.ndarray:
    """(q,) one hill."""
    return height * np.exp(-0.5 * ((np.arange(q) - at) / width) ** 2)
