"""What an HX711's digital filter does to force: a B-spline of three or four conversion periods."""

from __future__ import annotations

import functools

import numpy as np

from landing_lab.calibrate.filter_response import impulse_response
from landing_lab.model.blocks import FloatArray

PER_PERIOD = 256
"""Steps of a tabulated response to a conversion period: linear between them it is exact to 2e-6."""


@functools.lru_cache(maxsize=8)
def tabulated(order: int) -> FloatArray:
    """Impulse response of a sinc filter, PER_PERIOD steps to a conversion period, newest first, over `order` periods.

    The kernels know a filter by this table alone.
    """
    return impulse_response(np.arange(order * PER_PERIOD + 1) / PER_PERIOD, order)
