"""What force does in one contact of one side, and between two instants of it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from landing_lab.detect.params import ImpactWindows
from landing_lab.detect.task import Contact
from landing_lab.kernels.impact import IMPACT_DTYPE, SPAN_DTYPE, measure_impact, measure_span
from landing_lab.model.blocks import FloatArray

ALIKE = 0.05
"""Share of the prominence (0.005 body weights) by which extremes may differ and still be the same to a slower sensor.

Without it a maximum or valley of a noise-free file would be timed to a fraction of a sample; in 33 real landings read
at 200 and 500 Hz broad valleys moved by 5 to 10 ms.
"""


class Impact(NamedTuple):
    """One contact of one side as kernels.impact measures it: samples of the recording, newton, newton samples.

    NaN stands for "there is none", or for "missing samples hide it".
    """

    first: float
    last: float
    missing: float
    peak_n: float
    peak: float
    loss_n: float
    flat: float
    first_peak_n: float
    first_peak: float
    first_loss_n: float
    first_passed: float
    first_flat: float
    rise_20: float
    rise_80: float
    slope_n: float
    slope: float
    valley_n: float
    valley: float
    valley_flat: float
    short_impulse: float
    long_impulse: float
    short_end_n: float
    long_end_n: float


class Span(NamedTuple):
    """Force of one side between two instants; units as in Impact."""

    missing: float
    peak_n: float
    peak: float
    loss_n: float
    impulse: float
    start_n: float
    stop_n: float


def impact_of(
    force_n: FloatArray,
    contact: Contact,
    windows: ImpactWindows,
    *,
    threshold_n: float,
    noise_n: float,
    amplitude_sd_fraction: float,
    prominence_n: float | None,
) -> Impact:
    """Measure one contact in force, (n,) newton; prominence_n is None where body weight is unknown."""
    out = np.empty(1, IMPACT_DTYPE)
    measure_impact(
        force_n,
        contact.start.position,
        contact.stop.position,
        threshold_n,
        max(2.0 * noise_n, 0.0 if prominence_n is None else ALIKE * prominence_n),
        amplitude_sd_fraction,
        math.nan if prominence_n is None else prominence_n,
        windows.first_peak,
        windows.slope,
        windows.short,
        windows.long,
        out,
    )
    return Impact._make(out.item())


def span_of(force_n: FloatArray, start: float, stop: float, *, start_n: float = math.nan) -> Span:
    """Maximum and impulse of force, (n,) newton, between two positions; start_n: force at the start, if known."""
    out = np.empty(1, SPAN_DTYPE)
    measure_span(force_n, start, stop, start_n, out)
    return Span._make(out.item())
