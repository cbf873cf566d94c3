"""Rhythm of one load cell's converter: when it converted, told from when the board looked."""

from __future__ import annotations

from typing import Final

import numpy as np

from landing_lab.model.blocks import FloatArray

MIN_READINGS: Final = 8
"""A cell with fewer readings in a recording is taken for one that is not connected."""

LONG_INTERVAL: Final = 1.5
"""Periods between two readings from which one was lost between them: the rhythm is fitted on either side alone."""

STEADY_S: Final = 0.0005
"""SD of readings around their fitted rhythm below which they are taken at the rhythm's instants.

A board looks at its converters within a millisecond of a conversion (hardware.md): uniform, 0.29 ms. The conversions
themselves are regular, and 0.29 ms of a rising landing are 15 N.
"""


def in_rhythm(times_s: FloatArray) -> tuple[FloatArray, float]:
    """Instants of a cell's readings (k,) without the jitter of reading them out, and its conversion period.

    The period is the slope of time against the number of conversions, one intercept for each stretch without losses
    (never 1/80, and never the median interval, which jitter widens).
    """
    apart = np.diff(times_s)
    median = float(np.median(apart))
    lost = apart > LONG_INTERVAL * median
    stretch = np.concatenate([[0], np.cumsum(lost)])
    number = np.arange(len(times_s), dtype=np.float64)
    size = np.bincount(stretch)
    mean_number = (np.bincount(stretch, number) / size)[stretch]
    mean_time = (np.bincount(stretch, times_s) / size)[stretch]
    across = float(np.sum((number - mean_number) ** 2))
    period = float(np.sum((number - mean_number) * (times_s - mean_time))) / across if across > 0.0 else median
    fitted = mean_time + period * (number - mean_number)
    steady = (size >= MIN_READINGS)[stretch] & bool(np.std(times_s - fitted) < STEADY_S)
    return np.where(steady, fitted, times_s), period
