"""What an HX711's digital filter does to force: a B-spline of three or four conversion periods."""

from __future__ import annotations

import numpy as np

from landing_lab.model.blocks import FloatArray

ORDERS = (3, 4)
"""sinc3 or sinc4: the data sheet gives neither, only four conversions of settling (hardware.md)."""


def response(order: int, period_s: float, step_s: float) -> FloatArray:
    """Impulse response of a sinc filter, (k,) weights that sum to 1, newest sample first.

    A sinc filter of this order is a box of one conversion period convolved with itself; sampled at step_s.
    """
    box_samples = period_s / step_s
    whole = int(box_samples)
    # A box of a fractional number of samples: the last one counts in part, which keeps the mean delay exact.
    box = np.concatenate([np.ones(whole), [box_samples - whole]]) / box_samples
    weights = box
    for _ in range(order - 1):
        weights = np.convolve(weights, box)
    return weights


def filtered(force: FloatArray, weights: FloatArray) -> FloatArray:
    """Force as the converter averages it, (n,), causal: sample i sees force[i], force[i-1], ..."""
    held = np.concatenate([np.full(len(weights) - 1, force[0]), force])
    return np.convolve(held, weights, mode="valid")
