"""How far repeats of one number lie apart: standard errors of measurement, limits of agreement."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.reliability.icc import complete_cases, mean_squares
from landing_lab.analysis.reliability.interval import Interval
from landing_lab.analysis.reliability.measurement_error import Z95
from landing_lab.errors import ParameterError

LEAST_FOR_TREND: Final = 10
"""Fewer athletes cannot show that the error grows with the value."""

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sem:
    """Standard errors of one repeat in the unit: agreement counts what shifts everybody alike, consistency does not."""

    agreement: float
    consistency: Interval
    mdc95_agreement: float
    mdc95_consistency: float
    n: int
    k: int
    left_out: int


def standard_errors(values: _Floats) -> Sem:
    """SEM and MDC95 = 1.96 sqrt(2) SEM of an (n, k) table (Weir 2005; interval Hopkins 2000, by chi-square).

    Raises ParameterError as icc.complete_cases.
    """
    from scipy.special import chdtri

    whole, left_out = complete_cases(values)
    ms = mean_squares(whole)
    df = (ms.n - 1) * (ms.k - 1)
    consistency = math.sqrt(ms.error)
    bounds = [math.sqrt(ms.error * df / float(chdtri(df, upper))) for upper in (0.025, 0.975)]
    agreement = math.sqrt(ms.error + max(ms.columns - ms.error, 0.0) / ms.n)
    return Sem(
        agreement=agreement, consistency=Interval(consistency, *bounds), mdc95_agreement=Z95 * math.sqrt(2) * agreement,
        mdc95_consistency=Z95 * math.sqrt(2) * consistency, n=ms.n, k=ms.k, left_out=left_out,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Mean difference (second minus first) and 95 % limits of agreement, each with its 95 % interval, in the unit.

    sd: of a difference of two single measurements. n: subjects.
    """

    mean: Interval
    lower: Interval
    upper: Interval
    sd: float
    n: int


def limits_of_agreement(first: Sequence[_Floats], second: Sequence[_Floats]) -> Limits:
    """Limits for single measurements where each subject was measured several times by both, and did not change.

    first, second: one array of repeats per subject, in any number, also one. Variance of a difference: that of the
    subjects' mean differences plus what averaging took off (Bland and Altman 2007, J Biopharm Stat 17:571, section 2);
    intervals by recovered variances (Zou 2013, Stat Methods Med Res 22:630). Raises ParameterError for fewer than
    three subjects or an empty one.
    """
    n = len(first)
    if n < 3 or len(second) != n or any(len(one) == 0 for one in (*first, *second)):
        raise ParameterError(
            f"limits of agreement need at least 3 subjects measured both times; got {n} and {len(second)}; measure more"
        )
    gaps = np.array([two.mean() - one.mean() for one, two in zip(first, second, strict=True)])
    parts = [(float(gaps.var(ddof=1)), n - 1)]
    for groups in (first, second):
        share = 1.0 - float(np.mean([1.0 / len(one) for one in groups]))
        df = sum(len(one) - 1 for one in groups)
        if df:
            parts.append((share * sum(float(((one - one.mean()) ** 2).sum()) for one in groups) / df, df))
    return _limits(float(gaps.mean()), math.sqrt(parts[0][0] / n), parts, n)


def _limits(mean: float, se: float, parts: list[tuple[float, int]], n: int) -> Limits:
    """Limits from a mean with its standard error, and variances that add up with their degrees of freedom."""
    from scipy.special import chdtri, stdtrit

    variance = sum(one for one, _ in parts)
    sd = math.sqrt(variance)
    down = math.sqrt(sum((one * (1.0 - df / float(chdtri(df, 0.025)))) ** 2 for one, df in parts))
    up = math.sqrt(sum((one * (df / float(chdtri(df, 0.975)) - 1.0)) ** 2 for one, df in parts))
    narrow, wide = math.sqrt(max(variance - down, 0.0)), math.sqrt(variance + up)
    half = float(stdtrit(n - 1, 0.975)) * se
    inner, outer = math.hypot(half, Z95 * (sd - narrow)), math.hypot(half, Z95 * (wide - sd))
    low, high = mean - Z95 * sd, mean + Z95 * sd
    return Limits(
        mean=Interval(mean, mean - half, mean + half), lower=Interval(low, low - outer, low + inner),
        upper=Interval(high, high - inner, high + outer), sd=sd, n=n,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Whether the error grows with the value: Spearman's rho of |difference| and mean over n subjects, and its p."""

    rho: float
    p: float
    n: int

    @property
    def grows(self) -> bool:
        """Whether limits in the unit are too wide for small values and too narrow for large ones."""
        return self.rho > 0 and self.p < 0.05


def error_trend(means: _Floats, differences: _Floats) -> Trend | None:
    """Spearman correlation of |difference from the mean difference| with the mean; None for fewer than ten subjects."""
    if len(means) < LEAST_FOR_TREND:
        return None
    from scipy.stats import spearmanr

    gaps = np.abs(differences - np.mean(differences))
    if np.ptp(gaps) == 0 or np.ptp(means) == 0:
        return None
    found = spearmanr(gaps, means)
    return Trend(rho=float(found.statistic), p=float(found.pvalue), n=len(means))


def ratio_limits(first: Sequence[_Floats], second: Sequence[_Floats]) -> Limits:
    """Limits of agreement as ratios second / first, for an error that grows with the value: limits of the logarithms.

    sd is that of the log ratio. Raises ParameterError where a value is not above 0.
    """
    if any((one <= 0).any() for one in (*first, *second)):
        raise ParameterError("ratios need values above 0; some are not; use the limits in the unit instead")
    logs = limits_of_agreement([np.log(one) for one in first], [np.log(one) for one in second])
    back = [Interval(math.exp(i.value), math.exp(i.low), math.exp(i.high)) for i in (logs.mean, logs.lower, logs.upper)]
    return Limits(mean=back[0], lower=back[1], upper=back[2], sd=logs.sd, n=logs.n)
