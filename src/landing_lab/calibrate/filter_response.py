"""What a sinc filter of an HX711 makes of a step: integrals of a B-spline of its order."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from landing_lab.model.blocks import FloatArray

ORDERS: Final = (3, 4)
"""sinc3 or sinc4: the data sheet gives neither, only four conversions of settling (hardware.md). Where no calibration
tells which, the slower is taken, or both are tried."""


def ramp_response(periods: FloatArray, order: int, ramp: float) -> FloatArray:
    """Output, 0 to 1, of a sinc filter of this order some conversion periods after force begins to rise.

    periods: any shape. ramp: time in which force rises in a straight line, in periods; 0 is a step. The filter's
    impulse response is a B-spline of `order` boxes of one period (Schoenberg 1946), so that the output is 1 exactly
    order + ramp periods after the beginning.
    """
    if ramp <= 1e-6:
        return _integral(periods, order, 1)
    return (_integral(periods, order, 2) - _integral(periods - ramp, order, 2)) / ramp


def impulse_response(periods: FloatArray, order: int) -> FloatArray:
    """Output per conversion period for a unit impulse, periods after it: the B-spline itself."""
    return _integral(periods, order, 0)


def gain_at(frequency_periods: float, order: int) -> float:
    """What a sinc filter leaves of a sine with this many cycles per conversion period."""
    return float(np.abs(np.sinc(frequency_periods)) ** order)


def _integral(x: FloatArray, order: int, times: int) -> FloatArray:
    """The B-spline of `order` unit boxes integrated 0, 1 or 2 times from 0, by truncated powers."""
    degree = order - 1 + times
    inside = np.clip(x, 0.0, order)  # beyond its end the sum of large powers would lose all digits
    total = np.zeros_like(inside)
    for knot in range(order + 1):
        weight = (-1) ** knot * math.comb(order, knot) / math.factorial(degree)
        total += weight * np.maximum(inside - knot, 0.0) ** degree
    if times == 2:
        total += np.maximum(x - order, 0.0)
    return total if times else np.where((x > 0.0) & (x < order), total, 0.0)
