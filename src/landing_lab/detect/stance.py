"""Quiet standing: the stretch of a recording that weighs the person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landing_lab.detect.params import TaskParams
from landing_lab.model.blocks import FloatArray

MIN_STANDING_N = 100.0
"""A lighter quiet stretch is an empty or half-loaded plate, not a person."""

_SWAY_SAMPLES_PER_S = 4.0
"""Independent readings per second of standing: sway keeps its sign for about a quarter of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietStance:
    """Body weight from a window [start, stop) of samples: mean, its standard uncertainty, SD within, newton."""

    body_weight_n: float
    sd_n: float
    window_sd_n: float
    start: int
    stop: int


def find_quiet_stance(total_n: FloatArray, *, sample_rate_hz: float, params: TaskParams) -> QuietStance | None:
    """The quietest window of standing in total force, shape (n,); None where none is quiet enough.

    A window qualifies with a mean above MIN_STANDING_N and an SD below quiet_sd_fraction of it
    (docs/definitions.md). Missing samples disqualify the windows they lie in.
    """
    width = round(params.quiet_window_s * sample_rate_hz)
    if width < 2 or len(total_n) < width:
        return None
    valid = np.isfinite(total_n)
    filled = np.where(valid, total_n, 0.0)
    centre = float(filled.mean())  # sums of squares around zero would lose digits
    first = np.concatenate([[0.0], np.cumsum(filled - centre)])
    second = np.concatenate([[0.0], np.cumsum((filled - centre) ** 2)])
    count = np.concatenate([[0], np.cumsum(valid)])
    mean = (first[width:] - first[:-width]) / width
    variance = np.maximum((second[width:] - second[:-width]) / width - mean**2, 0.0)
    mean = mean + centre
    standing = (count[width:] - count[:-width] == width) & (mean > MIN_STANDING_N)
    relative = np.where(standing, np.sqrt(variance) / np.where(standing, mean, 1.0), np.inf)
    best = int(np.argmin(relative))
    if not relative[best] < params.quiet_sd_fraction:
        return None
    window_sd = float(np.sqrt(variance[best]))
    independent = max(1.0, _SWAY_SAMPLES_PER_S * params.quiet_window_s)
    return QuietStance(
        body_weight_n=float(mean[best]),
        sd_n=max(window_sd / independent**0.5, 1e-4 * float(mean[best])),
        window_sd_n=window_sd,
        start=best,
        stop=best + width,
    )
