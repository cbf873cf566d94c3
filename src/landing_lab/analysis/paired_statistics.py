"""Paired comparison of athletes: t, sign flips, standardised effect, and what many comparisons cost (Holm)."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.permutations import Permutations, PermutationSettings, sign_flips
from landing_lab.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedResult:
    """n pairs, second minus first; low and high: 95 % interval of the mean difference in the metric's unit.

    p: paired t; p_sign_flip: exact or by random signs; g: Hedges g_av with its 95 % interval; nan where all
    differences are equal.
    """

    n: int
    mean_first: float
    mean_second: float
    difference: float
    sd_of_differences: float
    low: float
    high: float
    t: float
    p: float
    p_sign_flip: float
    g: float
    g_low: float
    g_high: float


def paired_comparison(first: NDArray[np.float64], second: NDArray[np.float64]) -> PairedResult:
    """Compare athletes' means in two conditions, arrays (n,) in one order of athletes.

    g_av divides the mean difference by the root mean square of both SDs (Cumming 2012) and corrects for few athletes
    (Hedges 1981); its interval is Algina and Keselman's (2003, Educ Psychol Meas 63:537). Raises ParameterError for
    fewer than three athletes or values that are not finite.
    """
    from scipy.special import stdtr, stdtrit

    one, two = np.asarray(first, float), np.asarray(second, float)
    n = len(one)
    if one.shape != two.shape or one.ndim != 1 or n < 3 or not (np.isfinite(one).all() and np.isfinite(two).all()):
        raise ParameterError(
            f"a paired comparison needs the means of at least 3 athletes in both conditions; got {one.shape} and "
            f"{two.shape}; measure more athletes in both"
        )
    gaps = two - one
    mean, sd = float(gaps.mean()), float(gaps.std(ddof=1))
    se = sd / math.sqrt(n)
    t = mean / se if se > 0 else math.copysign(math.inf, mean) if mean else 0.0
    half = float(stdtrit(n - 1, 0.975)) * se
    g, g_low, g_high = _hedges(one, two, t)
    return PairedResult(
        n=n, mean_first=float(one.mean()), mean_second=float(two.mean()), difference=mean, sd_of_differences=sd,
        low=mean - half, high=mean + half, t=t, p=float(2.0 * stdtr(n - 1, -abs(t))), p_sign_flip=sign_flip_p(gaps),
        g=g, g_low=g_low, g_high=g_high,
    )  # fmt: skip


def _hedges(one: NDArray[np.float64], two: NDArray[np.float64], t: float) -> tuple[float, float, float]:
    """g_av and its interval: bounds of the noncentral t, scaled to the SD of the conditions, corrected like g."""
    n = len(one)
    covariance = np.cov(one, two)
    average = math.sqrt((covariance[0, 0] + covariance[1, 1]) / 2.0)
    spread = math.sqrt(max(float(covariance[0, 0] + covariance[1, 1] - 2.0 * covariance[0, 1]), 0.0))
    if average == 0.0 or spread == 0.0 or not math.isfinite(t):
        return math.nan, math.nan, math.nan
    correction = 1.0 - 3.0 / (4.0 * (2 * n - 2) - 1.0)
    scale = correction * spread / average / math.sqrt(n)
    low, high = _noncentral(t, n - 1)
    return t * scale, low * scale, high * scale


def _noncentral(t: float, df: int) -> tuple[float, float]:
    """Noncentralities whose 97.5 and 2.5 % points are t: a 95 % interval of the noncentrality."""
    from scipy.optimize import brentq
    from scipy.special import nctdtr

    reach = 8.0 * math.sqrt(1.0 + t**2 / (2.0 * df))

    def beyond(noncentrality: float, target: float) -> float:
        share = float(nctdtr(df, noncentrality, t))
        # The library gives nan far in the tails, where the share is 0 or 1.
        return (share if math.isfinite(share) else float(noncentrality < t)) - target

    low, high = (float(brentq(beyond, t - reach, t + reach, args=(share,), xtol=1e-6)) for share in (0.975, 0.025))
    return low, high


def sign_flip_p(differences: NDArray[np.float64]) -> float:
    """Two-sided p of a mean difference when each athlete's sign is exchangeable, as the test of waveforms makes it.

    Exact up to 13 athletes, by 10 000 random assignments beyond that; never 0. With n athletes it cannot be below
    2 / 2^n: five cannot reach 0.05. Nichols and Holmes 2002, Hum Brain Mapp 15:1.
    """
    gaps = np.asarray(differences, float)
    flips = _flips(len(gaps))
    return float(flips.p_of(np.abs(flips.weights @ gaps), abs(float(flips.observed @ gaps))))


@functools.lru_cache(maxsize=4)
def _flips(n: int) -> Permutations:
    """The same assignments for every metric of as many athletes."""
    return sign_flips(n, PermutationSettings())


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm-adjusted p values (Holm 1979, Scand J Stat 6:65), in the order given; nan stays nan and does not count."""
    p = np.asarray(p_values, float)
    adjusted = np.full(len(p), math.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    m = len(order)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * (m - np.arange(m))))
    return tuple(adjusted.tolist())


def welch_of_sessions(
    sessions: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> tuple[float, float, float, float]:
    """Mean over sessions of (second - first), its 95 % interval by Welch 1947, and p; trials (n,) of each condition.

    Sessions count equally; degrees of freedom by Satterthwaite over all groups of trials. interval and p are nan where
    no group has two trials, or a group has one (its spread is not known).
    """
    from scipy.special import stdtr, stdtrit

    count = len(sessions)
    gap = float(np.mean([two.mean() - one.mean() for one, two in sessions]))
    groups = [group for pair in sessions for group in pair]
    if any(len(group) < 2 for group in groups):
        return gap, math.nan, math.nan, math.nan
    parts = np.array([group.var(ddof=1) / len(group) for group in groups]) / count**2
    variance = float(parts.sum())
    if variance == 0.0:
        return gap, gap, gap, math.nan
    df = variance**2 / float(sum(part**2 / (len(group) - 1) for part, group in zip(parts, groups, strict=True)))
    se = math.sqrt(variance)
    half = float(stdtrit(df, 0.975)) * se
    return gap, gap - half, gap + half, float(2.0 * stdtr(df, -abs(gap) / se))
