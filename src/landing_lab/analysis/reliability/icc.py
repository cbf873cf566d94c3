"""Intraclass correlation in its usual forms from a table of subjects and repeats, with 95 % intervals.

Shrout and Fleiss 1979 (Psychol Bull 86:420) name the forms; the intervals are McGraw and Wong's (1996, Psychol
Methods 1:30): exact F for one-way and consistency, Satterthwaite for absolute agreement.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from landing_lab.errors import ParameterError

Form: TypeAlias = Literal["ICC(1,1)", "ICC(1,k)", "ICC(2,1)", "ICC(2,k)", "ICC(3,1)", "ICC(3,k)"]

WORDS: Final = ((0.5, "poor"), (0.75, "moderate"), (0.9, "good"), (math.inf, "excellent"))
"""Koo and Li 2016, J Chiropr Med 15:155: below 0.5, 0.75, 0.9, and above; meant for the interval, not the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Icc:
    """One form with its 95 % interval; n subjects and k repeats were complete, left_out subjects were not.

    low and high are nan where repeats agree to the last digit.
    """

    form: Form
    value: float
    low: float
    high: float
    n: int
    k: int
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanSquares:
    """Two-way analysis of variance of an (n, k) table: rows subjects, columns repeats; in squares of the unit."""

    n: int
    k: int
    rows: float
    columns: float
    error: float
    within: float


def complete_cases(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """Subjects with every repeat, and how many were left out because one is missing (nan).

    Raises ParameterError for fewer than two subjects or two repeats, or where nothing differs at all.
    """
    table = np.asarray(values, float)
    if table.ndim != 2:
        raise ParameterError(f"reliability needs a table of subjects and repeats; got shape {table.shape}; give (n, k)")
    whole = table[np.isfinite(table).all(axis=1)]
    n, k = whole.shape
    if k < 2 or n < 2:
        raise ParameterError(
            f"reliability needs at least 2 subjects with 2 repeats each; {n} subject{'s' * (n != 1)} "
            f"with {k} repeat{'s' * (k != 1)} are complete; measure more"
        )
    if np.ptp(whole) == 0.0:
        raise ParameterError(f"all {n} subjects have the value {whole[0, 0]:g} in all repeats; nothing can be told")
    return whole, len(table) - n


def mean_squares(whole: NDArray[np.float64]) -> MeanSquares:
    """Mean squares of a complete (n, k) table."""
    n, k = whole.shape
    grand, by_row, by_column = whole.mean(), whole.mean(axis=1), whole.mean(axis=0)
    rows = k * float(((by_row - grand) ** 2).sum())
    columns = n * float(((by_column - grand) ** 2).sum())
    within = float(((whole - by_row[:, None]) ** 2).sum())
    rest = whole - by_row[:, None] - by_column + grand
    return MeanSquares(
        n=n, k=k, rows=rows / (n - 1), columns=columns / (k - 1), error=float((rest**2).sum()) / ((n - 1) * (k - 1)),
        within=within / (n * (k - 1)),
    )  # fmt: skip


def icc_forms(values: NDArray[np.float64]) -> dict[Form, Icc]:
    """Every form of an (n, k) table of subjects and repeats; a subject with a missing repeat is left out (and said).

    (1,.) repeats are different ones for every subject; (2,.) absolute agreement, repeats drawn from many; (3,.)
    consistency, what shifts everybody alike does not count; (.,k) of the mean of k repeats. Raises ParameterError as
    complete_cases.
    """
    whole, left_out = complete_cases(values)
    ms = mean_squares(whole)
    bounds: dict[Form, tuple[float, float, float]] = {}
    bounds["ICC(1,1)"], bounds["ICC(1,k)"] = _by_f(ms, ms.within, ms.n * (ms.k - 1))
    bounds["ICC(2,1)"] = _agreement(ms)
    bounds["ICC(2,k)"] = _stepped_up(bounds["ICC(2,1)"], ms)
    bounds["ICC(3,1)"], bounds["ICC(3,k)"] = _by_f(ms, ms.error, (ms.n - 1) * (ms.k - 1))
    return {
        form: Icc(form=form, value=value, low=low, high=high, n=ms.n, k=ms.k, left_out=left_out)
        for form, (value, low, high) in bounds.items()
    }


def _by_f(ms: MeanSquares, noise: float, df: int) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """One-way or consistency form of one repeat and of the mean of k, by the F ratio rows / noise."""
    from scipy.special import fdtri

    if noise <= 0.0:
        return (1.0, math.nan, math.nan), (1.0, math.nan, math.nan)
    ratio = ms.rows / noise
    low, high = ratio / float(fdtri(ms.n - 1, df, 0.975)), ratio * float(fdtri(df, ms.n - 1, 0.975))
    single = tuple((f - 1.0) / (f + ms.k - 1.0) for f in (ratio, low, high))
    mean = tuple(1.0 - 1.0 / f if f > 0 else -math.inf for f in (ratio, low, high))
    return (single[0], single[1], single[2]), (mean[0], mean[1], mean[2])


def _agreement(ms: MeanSquares) -> tuple[float, float, float]:
    """ICC(2,1) with Satterthwaite degrees of freedom."""
    from scipy.special import fdtri

    n, k = ms.n, ms.k
    below = ms.rows + (k - 1) * ms.error + k * (ms.columns - ms.error) / n
    value = (ms.rows - ms.error) / below
    if value >= 1.0 or ms.error <= 0.0:
        return value, math.nan, math.nan
    a = k * value / (n * (1.0 - value))
    b = 1.0 + a * (n - 1)
    top = (a * ms.columns + b * ms.error) ** 2
    df = top / ((a * ms.columns) ** 2 / (k - 1) + (b * ms.error) ** 2 / ((n - 1) * (k - 1)))
    rest = k * ms.columns + (k * n - k - n) * ms.error
    f_low, f_high = float(fdtri(n - 1, df, 0.975)), float(fdtri(df, n - 1, 0.975))
    low = n * (ms.rows - f_low * ms.error) / (f_low * rest + n * ms.rows)
    high = n * (f_high * ms.rows - ms.error) / (rest + n * f_high * ms.rows)
    return value, low, high


def _stepped_up(single: tuple[float, float, float], ms: MeanSquares) -> tuple[float, float, float]:
    """ICC(2,k) from ICC(2,1) by Spearman and Brown, bounds too."""
    value = (ms.rows - ms.error) / (ms.rows + (ms.columns - ms.error) / ms.n)
    low, high = (spearman_brown(bound, ms.k) for bound in single[1:])
    return value, low, high


def spearman_brown(icc: float, n: float) -> float:
    """ICC of the mean of n repeats from that of one (Spearman 1910, Brown 1910)."""
    return n * icc / (1.0 + (n - 1.0) * icc)


def word(icc: float) -> str:
    """poor, moderate, good or excellent (Koo and Li 2016)."""
    return next(name for below, name in WORDS if icc < below)


def words(low: float, high: float, value: float) -> str:
    """The words of a whole interval, "moderate to good"; of the value where there is no interval."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return word(value)
    first, last = word(low), word(high)
    return first if first == last else f"{first} to {last}"
