"""Whether the source low-passed a force, near which frequency, and what that costs.

A force plate's own noise is white: under a person who stands still the spectrum ends in a flat floor, whatever the
plate (in 11 raw files of seven laboratories 1e-3.5 to 1e-0.8 N^2/Hz, from 40 Hz to half the sample rate). A low-pass
takes the floor away: it falls by 24 dB and more an octave, far below what any plate reads. So the judgement rests on
the calmest stretches under load, where a soft landing cannot be mistaken for a filter.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.kernels.spectrum import band_levels, calmest_windows, fit_low_pass
from landing_lab.model.blocks import FloatArray, IntArray

WINDOW_S: Final = 0.25
WINDOWS: Final = 4
MIN_WIDTH: Final = 16
"""Four windows of a quarter of a second; half as long where no contact holds one."""

LOUDER: Final = 10.0
"""Windows with more than this many times the energy of the calmest one hold an impact."""

LOADED_N: Final = 100.0
"""Force above which the plates carry somebody, or at least a part of him."""

FALL_PER_OCTAVE: Final = 1.8
"""Decades of power per octave: raw force falls as fast only where it is still far above the floor; filters do 2.4+."""

FLOOR: Final = -4.2
"""log10 N^2/Hz below which a fall must end: the quietest raw file reads -3.5."""

SLOW_HZ: Final = 250.0
SLOW_FALL: Final = 0.9
SLOW_FLOOR: Final = -3.9
"""At rates up to SLOW_HZ, where only the beginning of a fall is seen: noise that was not filtered before it was
sampled piles up there (raw files at 100 Hz: -2.5 and more), so a lower floor and any lasting fall is a filter."""

SLOW_FLAT: Final = 0.5
"""Decades of the last octave up to which a slow recording shows the flat floor of raw force."""

LOUD: Final = 1.0
"""log10 N^2/Hz at the lower end of the spectrum above which a window holds an impact and not standing: at SLOW_HZ and
below its spectrum may reach SLOW_FLOOR unfiltered."""

PRIOR: Final = np.array([-2.6, 0.7, 0.35])
"""Mean and SD of log10 floor in raw files, and SD of the level of a band."""

CUTOFFS_HZ: Final = np.geomspace(5.0, 400.0, 40)
"""Cut-offs that are tried, 12 % apart."""

HALF_ORDERS: Final = np.array([4.0, 8.0])
"""Exponents of one pass of Butterworth filters of second and fourth order."""

NOISE_FLOORS: Final = np.linspace(-4.5, -0.5, 9)
SIGNAL_FALLS: Final = np.array([2.0, 4.0, 6.0])
WORTH: Final = 30.0
"""Sum of squares above the best beyond which a cut-off has no weight (3e-7)."""

SYSTEMATIC: Final = (0.18, 0.4)
"""Relative SD of the estimate beside the width of its misfit, from standing and from contacts alone.

Measured on 11 raw files and 20 simulated drop jumps without their standing, filtered by us at 10 to 100 Hz: SD 0.16
to 0.22, and 0.25 to 0.45.
"""

TOO_HIGH: Final = 0.4
"""Share of the sample rate above which a filter is no different from sampling."""

COST_HZ: Final = (10.0, 20.0, 30.0, 50.0, 100.0)
PEAK_LOSS: Final = (0.14, 0.05, 0.024, 0.007, 0.001)
PEAK_LOSS_SD: Final = (0.15, 0.08, 0.047, 0.025, 0.008)
"""Mean, and root mean square over 24 real landings of single plates: sharp peaks lose several times more."""

LOADING_RATE_LOSS: Final = (0.68, 0.57, 0.49, 0.34, 0.18)
EDGE_SMEAR_HZ: Final = (10.0, 20.0, 50.0, 100.0)
EDGE_SMEAR_S: Final = (0.016, 0.006, 0.0018, 0.0008)
"""What a zero-lag low-pass at these frequencies did to real drop jumps (docs/definitions.md); edges above 20 Hz:
median of 40 touchdowns of tests/detect/test_degradation.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LowPass:
    """What the force says about a low-pass at its source.

    cutoff_hz: where it is suspected, None where not; factor_sd: the factor that may be off by (one SD). note: the
    sentence on what was found, or on why nothing could be; None where the force keeps its noise, as raw force does.
    """

    cutoff_hz: float | None = None
    factor_sd: float = 1.0
    note: str | None = None


RAW: Final = LowPass()


def suspected_low_pass(total_n: FloatArray, *, sample_rate_hz: float, resolution_n: float) -> LowPass:
    """Whether the force (n,) newton, NaN = missing, was low-passed before it was stored, and near which frequency.

    resolution_n: smallest step of the readings. Rounding adds noise of its own: a file rounded more coarsely than the
    noise of its plate keeps its secret, and so does one that holds no calm stretch at 250 Hz or less.
    """
    found = _levels(total_n, sample_rate_hz)
    if found is None:
        return LowPass(
            note="whether the source low-passed this force cannot be told: no loaded stretch is long enough for it"
        )
    level, log_f = found
    rounding = math.log10(resolution_n**2 / (6.0 * sample_rate_hz)) if resolution_n > 0.0 else -300.0
    if not _falls_away(level, sample_rate_hz):
        return _untold(level, sample_rate_hz, resolution_n, rounding)
    cutoff_hz, factor_sd = _fit(level, log_f, sample_rate_hz, max(rounding, -12.0))
    if cutoff_hz > TOO_HIGH * sample_rate_hz:
        return LowPass(
            note="whether the source low-passed this force cannot be told: its noise fades only towards half the "
            f"sample rate, as behind any filter that belongs to {sample_rate_hz:g} Hz"
        )
    return LowPass(cutoff_hz=cutoff_hz, factor_sd=factor_sd, note=_note(cutoff_hz, factor_sd))


def _untold(level: FloatArray, sample_rate_hz: float, resolution_n: float, rounding: float) -> LowPass:
    """Raw, or the sentence why that cannot be told."""
    if sample_rate_hz <= SLOW_HZ and level[0] > LOUD:
        return LowPass(
            note=f"whether the source low-passed this force cannot be told: at {sample_rate_hz:g} Hz it takes a second "
            "of quiet standing, and this recording has none"
        )
    if sample_rate_hz <= SLOW_HZ and level[-3] - level[-1] > SLOW_FLAT:
        return LowPass(
            note="whether the source low-passed this force cannot be told: its spectrum still falls where "
            f"{sample_rate_hz:g} Hz end"
        )
    if level[-1] < rounding + 0.5 and _is_round(resolution_n):
        return LowPass(
            note=f"whether the source low-passed this force cannot be told: it is rounded to {resolution_n:g} N, which "
            "hides the noise of the plate; export more digits"
        )
    return RAW


def _is_round(step_n: float) -> bool:
    """Whether a step is one of decimal rounding (1, 2 or 5 times a power of ten) and not a converter's."""
    digit = step_n / 10.0 ** math.floor(math.log10(step_n)) if step_n > 0.0 else 0.0
    return any(abs(digit - whole) < 1e-3 * whole for whole in (1.0, 2.0, 5.0, 10.0))


def edge_smear_s(bandwidth_hz: float | None) -> float:
    """How much too early a touchdown reads after a zero-lag low-pass: 16 ms at 10 Hz, 6 at 20 Hz, 1.8 at 50 Hz.

    Between and beyond by power law (docs/definitions.md, decision 1); 0 for None.
    """
    return _interpolated(bandwidth_hz, EDGE_SMEAR_HZ, EDGE_SMEAR_S)


def peak_loss_fraction(bandwidth_hz: float | None) -> float:
    """Which part of the peak force a low-pass takes: 14 % at 10 Hz to 0.1 % at 100 Hz (docs/definitions.md)."""
    return min(1.0, _interpolated(bandwidth_hz, COST_HZ, PEAK_LOSS))


def peak_loss_sd_fraction(bandwidth_hz: float | None) -> float:
    """How uncertain a low-pass makes a peak, relative: root mean square of what it takes from real landings."""
    return min(1.0, _interpolated(bandwidth_hz, COST_HZ, PEAK_LOSS_SD))


def loading_rate_loss_fraction(bandwidth_hz: float | None) -> float:
    """Which part of the maximal loading rate a low-pass takes: 68 % at 10 Hz, 18 % at 100 Hz (docs/definitions.md)."""
    return min(1.0, _interpolated(bandwidth_hz, COST_HZ, LOADING_RATE_LOSS))


def _interpolated(bandwidth_hz: float | None, at: tuple[float, ...], values: tuple[float, ...]) -> float:
    """Power law through the two points around (or beside) a bandwidth; 0 where there is no limit."""
    if bandwidth_hz is None or bandwidth_hz <= 0.0:
        return 0.0
    right = next((i for i in range(1, len(at) - 1) if bandwidth_hz < at[i]), len(at) - 1)
    slope = math.log(values[right] / values[right - 1]) / math.log(at[right] / at[right - 1])
    return values[right] * math.pow(bandwidth_hz / at[right], slope)


@functools.lru_cache(maxsize=32)
def _grid(width: int, sample_rate_hz: float) -> tuple[FloatArray, FloatArray, IntArray, FloatArray]:
    """Taper, density per squared transform, first bin of each half octave, and log10 of their middle frequencies."""
    taper = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(width) / width)
    bins = np.arange(width // 2)
    differences = 2.0 * np.sin(np.pi * np.maximum(bins, 1) / width)  # gain of one difference
    scale = 2.0 / ((taper**2).sum() * sample_rate_hz * differences**4)
    edges = [width // 2]
    while edges[-1] > 2:
        edges.append(max(2, min(round(edges[-1] / math.sqrt(2.0)), edges[-1] - 1)))
    first = np.array(edges[::-1], dtype=np.int64)
    middle = np.sqrt(first[:-1] * (first[1:] - 1.0)) * sample_rate_hz / width
    return taper, scale, first, np.log10(middle)


def _levels(total_n: FloatArray, sample_rate_hz: float) -> tuple[FloatArray, FloatArray] | None:
    """log10 of power density per half octave in the calmest loaded windows, and log10 of the frequencies."""
    width = max(MIN_WIDTH, 2 ** round(math.log2(WINDOW_S * sample_rate_hz)))
    for length in (width, width // 2):
        if length < MIN_WIDTH:
            return None
        taper, scale, edges, log_f = _grid(length, sample_rate_hz)
        windows = np.empty((WINDOWS, length))
        count = calmest_windows(total_n, length, LOADED_N, LOUDER, taper, windows)
        if count:
            level = np.empty(len(log_f))
            band_levels(np.fft.rfft(windows[:count]), scale, edges, level)
            return level, log_f
    return None


def _falls_away(level: FloatArray, sample_rate_hz: float) -> bool:
    """Whether the spectrum falls as no raw force does: steeply to far below the noise of any plate."""
    values = level.tolist()
    steepest = max(
        (upper - lower for upper, lower in zip(values, values[2:], strict=False) if lower < FLOOR), default=0.0
    )
    if steepest >= FALL_PER_OCTAVE:
        return True
    slow = sample_rate_hz <= SLOW_HZ and values[0] < LOUD
    return bool(slow and values[-1] < SLOW_FLOOR and values[-3] - values[-1] >= SLOW_FALL)


def _fit(level: FloatArray, log_f: FloatArray, sample_rate_hz: float, rounding: float) -> tuple[float, float]:
    """Cut-off in hertz and the factor it may be off by, from the misfit of every candidate."""
    # Near half the sample rate a digital filter falls faster than the model, and far down only rounding is left.
    usable = (log_f < math.log10(0.3 * sample_rate_hz)) & (level > max(rounding - 0.5, -9.0))
    if int(usable.sum()) < 5:
        usable = np.ones(len(level), dtype=bool)
    cost = np.empty(len(CUTOFFS_HZ))
    log_cutoffs = np.log10(CUTOFFS_HZ)
    fit_low_pass(
        log_f[usable], level[usable], rounding, log_cutoffs, HALF_ORDERS, NOISE_FLOORS, SIGNAL_FALLS, PRIOR, WORTH, cost
    )
    weight = np.exp(-0.5 * (cost - cost.min()))
    weight /= weight.sum()
    mean = float(weight @ log_cutoffs)
    spread = math.sqrt(float(weight @ (log_cutoffs - mean) ** 2)) * math.log(10.0)
    return 10.0**mean, 1.0 + math.hypot(spread, SYSTEMATIC[int(level[0] > LOUD)])


def _note(cutoff_hz: float, factor_sd: float) -> str:
    return (
        f"the calmest loaded stretch lacks the noise that every plate has above about {_round(cutoff_hz)} Hz "
        f"({_round(cutoff_hz / factor_sd)}-{_round(cutoff_hz * factor_sd)} Hz): the source low-passed this force there"
    )


def _round(hertz: float) -> str:
    return f"{hertz:.0f}" if hertz < 30.0 else f"{5.0 * round(hertz / 5.0):.0f}"
