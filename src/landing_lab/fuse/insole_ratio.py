"""Estimator R: the insole times the ratio of the plate to the insole as the plate's filter shows it.

Where both agree on everything slower than the filter, their ratio is the insole's gain of the moment (fusion.md,
0.9 % median and 2.7 % p90 error of the peak in simulation with a calibrated insole). It knows no error of the plate
and no prior of the gain: the baseline beside which the model of `gain_model` is held.
"""

from __future__ import annotations

import numpy as np

from landing_lab.fuse.gain_model import Foot
from landing_lab.model.blocks import FloatArray

USABLE = 0.02
"""Share of the largest filtered shape below which a ratio is noise; the nearest ratio holds."""


def ratio_force(foot: Foot, seen_n: FloatArray, order: int, delay_s: float) -> FloatArray:
    """Force (n,) newton; seen_n (k,): what each reading would be by the shape alone, NaN where it saw a hole."""
    plate, shape = np.zeros(len(foot.times_s)), np.zeros(len(foot.times_s))
    for number, period_s in enumerate(foot.period_s.tolist()):
        mine = np.flatnonzero((foot.cell == number) & np.isfinite(seen_n))
        if len(mine) < 2:
            continue
        middle = foot.read_s[mine] - delay_s - 0.5 * order * period_s
        plate += np.interp(foot.times_s, middle, foot.read_n[mine])
        shape += np.interp(foot.times_s, middle, seen_n[mine])
    usable = np.flatnonzero(shape > USABLE * shape.max(initial=0.0))
    if not len(usable):
        return np.zeros(len(foot.times_s))
    gain = np.interp(np.arange(len(shape)), usable, np.maximum(plate[usable] / shape[usable], 0.0))
    return np.asarray(foot.shape_n * gain)
