"""How many athletes a model of a yes-or-no outcome needs before it is worth fitting."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.errors import ParameterError

SHRINKAGE: Final = 0.9
"""Least acceptable shrinkage of the coefficients (Riley 2020)."""
OPTIMISM: Final = 0.05
"""Most that Nagelkerke's R2 may look better in the data than it is (Riley 2020)."""
MARGIN: Final = 0.05
"""Half width of the interval of the outcome's overall proportion (Riley 2020)."""
_NODES: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSize:
    """Athletes and events needed; by_criterion: athletes each of Riley's criteria asks for.

    r_squared: Cox-Snell R2 that is expected of the model, max_r_squared the highest possible at this prevalence.
    """

    athletes: int
    events: int
    prevalence: float
    predictors_n: int
    c_statistic: float | None
    r_squared: float
    max_r_squared: float
    by_criterion: Mapping[str, int]

    @property
    def binding(self) -> str:
        """The criterion that asks for most."""
        return max(self.by_criterion, key=lambda name: self.by_criterion[name])

    @property
    def sentence(self) -> str:
        """The result in words."""
        predictors = "predictor" if self.predictors_n == 1 else "predictors"
        expected = "" if self.c_statistic is None else f" and an expected AUC of {self.c_statistic:g}"
        return (
            f"{self.athletes} athletes, {self.events} of them with the outcome, are needed for {self.predictors_n} "
            f"{predictors} at a prevalence of {100 * self.prevalence:.3g} %{expected} (Riley 2020; what asks for most: "
            f"{self.binding}). Count athletes, not trials."
        )


def sample_size(
    *,
    prevalence: float,
    predictors_n: int,
    c_statistic: float | None = None,
    r_squared: float | None = None,
    shrinkage: float = SHRINKAGE,
) -> SampleSize:
    """Riley's criteria for a model of a binary outcome: small overfitting, small optimism, a precise mean risk.

    prevalence: share of athletes with the outcome (0-1). Give the expected c_statistic (AUC, 0.5-1) or the Cox-Snell
    r_squared. Riley 2020 doi:10.1136/bmj.m441; R2 from the C statistic: Riley 2021 doi:10.1002/sim.8806, here by
    integration where the paper simulates. Raises ParameterError.
    """
    _check(prevalence, predictors_n, c_statistic, r_squared, shrinkage)
    r2 = cox_snell_from_c(c_statistic, prevalence) if c_statistic is not None else float(r_squared or 0.0)
    most = highest_r_squared(prevalence)
    if not 0.0 < r2 < min(most, shrinkage):
        raise ParameterError(
            f"r_squared must lie above 0 and below {min(most, shrinkage):.3f}, the highest possible at this "
            f"prevalence; got {r2:g}"
        )
    small_optimism = r2 / (r2 + OPTIMISM * most)
    criteria = {
        f"shrinkage of at least {shrinkage:g}": _at_shrinkage(predictors_n, r2, shrinkage),
        f"optimism of R2 below {OPTIMISM:g}": _at_shrinkage(predictors_n, r2, small_optimism),
        f"prevalence known within {MARGIN:g}": _whole((1.96 / MARGIN) ** 2 * prevalence * (1.0 - prevalence)),
    }
    athletes = max(criteria.values())
    return SampleSize(
        athletes=athletes, events=_whole(athletes * prevalence), prevalence=prevalence, predictors_n=predictors_n,
        c_statistic=c_statistic, r_squared=r2, max_r_squared=most, by_criterion=criteria,
    )  # fmt: skip


def cox_snell_from_c(c_statistic: float, prevalence: float) -> float:
    """Expected Cox-Snell R2 of a model with this AUC: linear predictors normal with equal variance in both groups."""
    from scipy.special import expit, log_expit, ndtri

    apart = math.sqrt(2.0) * float(ndtri(c_statistic))
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    weights = weights / weights.sum()
    log_odds = math.log(prevalence / (1.0 - prevalence)) - apart**2 / 2.0

    def mean(values: object) -> float:
        return float(np.sum(weights * np.asarray(values)))

    with_it = mean(log_expit(log_odds + apart * (nodes + apart)))
    without = mean(np.log(expit(-(log_odds + apart * nodes))))
    gained = prevalence * with_it + (1.0 - prevalence) * without - _null_log_likelihood(prevalence)
    return 1.0 - math.exp(-2.0 * gained)


def highest_r_squared(prevalence: float) -> float:
    """Cox-Snell R2 of a perfect model at this prevalence."""
    return 1.0 - math.exp(2.0 * _null_log_likelihood(prevalence))


def _null_log_likelihood(prevalence: float) -> float:
    return prevalence * math.log(prevalence) + (1.0 - prevalence) * math.log(1.0 - prevalence)


def _at_shrinkage(predictors_n: int, r2: float, shrinkage: float) -> int:
    return _whole(predictors_n / ((shrinkage - 1.0) * math.log(1.0 - r2 / shrinkage)))


def _whole(athletes: float) -> int:
    """Rounded up, but not for what rounding of floats adds."""
    return math.ceil(athletes - 1e-6)


def _check(
    prevalence: float, predictors_n: int, c_statistic: float | None, r_squared: float | None, shrinkage: float
) -> None:
    if not 0.0 < prevalence < 1.0:
        raise ParameterError(f"prevalence is a share between 0 and 1, such as 0.3; got {prevalence:g}")
    if predictors_n < 1:
        raise ParameterError(f"predictors_n counts the candidate predictors, at least 1; got {predictors_n}")
    if (c_statistic is None) == (r_squared is None):
        raise ParameterError("give what the model is expected to reach: either c_statistic or r_squared, not both")
    if c_statistic is not None and not 0.5 < c_statistic < 1.0:
        raise ParameterError(f"c_statistic is an AUC above 0.5 and below 1; got {c_statistic:g}")
    if not 0.5 <= shrinkage < 1.0:
        raise ParameterError(f"shrinkage lies between 0.5 and 1, usually 0.9; got {shrinkage:g}")
