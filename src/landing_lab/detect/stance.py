"""Quiet standing: the stretch of a recording that weighs the person."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from landing_lab.detect.params import TaskParams
from landing_lab.kernels.stance import quietest_window
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

    def moved(self, samples: int) -> QuietStance:
        """The same window counted from `samples` earlier."""
        return QuietStance(
            body_weight_n=self.body_weight_n,
            sd_n=self.sd_n,
            window_sd_n=self.window_sd_n,
            start=self.start + samples,
            stop=self.stop + samples,
        )


def find_quiet_stance(
    total_n: FloatArray, *, sample_rate_hz: float, params: TaskParams, noise_n: float = 0.0
) -> QuietStance | None:
    """The quietest window of standing in total force, shape (n,); None where none is quiet enough.

    A window qualifies with a mean above MIN_STANDING_N and an SD below quiet_sd_fraction of it
    (docs/definitions.md). Missing samples disqualify the windows they lie in. noise_n: SD of the empty plates,
    which is no movement of the person: a mean over a second hardly feels it.
    """
    width = round(params.quiet_window_s * sample_rate_hz)
    if width < 2 or len(total_n) < width:
        return None
    found = np.empty(2)
    start = quietest_window(total_n, width, MIN_STANDING_N, found)
    mean, window_sd = found.tolist()
    if start < 0:
        return None
    sway = math.sqrt(max(window_sd**2 - noise_n**2, 0.0))
    if not sway < params.quiet_sd_fraction * mean:
        return None
    independent = max(1.0, _SWAY_SAMPLES_PER_S * params.quiet_window_s)
    return QuietStance(
        body_weight_n=mean,
        sd_n=max(window_sd / independent**0.5, 1e-4 * mean),
        window_sd_n=window_sd,
        start=start,
        stop=start + width,
    )
