"""What a fallible rater does to a model, and effects corrected for known sensitivity and specificity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.models.coefficient import Coefficient, Part, coefficient
from landing_lab.analysis.models.frame import complete, model_data
from landing_lab.errors import ParameterError

ATHLETES_PER_PREDICTOR: Final = 40
"""With 30, tests in null cohorts are wrong in 3 % instead of 5 %: too timid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterResult:
    """Log odds ratios for the true outcome; prevalence as rated and as it truly is."""

    outcome: str
    coefficients: tuple[Coefficient, ...]
    rated_prevalence: float
    true_prevalence: float
    n_athletes: int
    n_rows: int
    method: str

    def effect(self, predictor: str) -> Coefficient:
        """The effect of one predictor. Raises ParameterError."""
        for one in self.coefficients:
            if one.predictor == predictor:
                return one
        raise ParameterError(f"{predictor} is not in the model; name one of its predictors")


def true_prevalence(rated: float, sensitivity: float, specificity: float) -> float:
    """Share truly with the outcome behind a rated share (Rogan and Gladen 1978)."""
    _check(sensitivity, specificity)
    return float(np.clip((rated + specificity - 1.0) / (sensitivity + specificity - 1.0), 0.0, 1.0))


def fit_rated(
    data: Any, outcome: str, predictors: Sequence[str], *, sensitivity: float, specificity: float,
    athlete: str = "participant",
) -> RaterResult:  # fmt: skip
    """Logistic regression of the true outcome where only fallible ratings of it exist.

    Maximum likelihood of P(rated) = (1 - specificity) + (sensitivity + specificity - 1) P(true), Magder and Hughes
    1997 doi:10.1093/oxfordjournals.aje.a009251; errors at random; standard errors by athlete. Raises ParameterError.
    """
    _check(sensitivity, specificity)
    rows = complete(model_data(data, outcome=outcome, predictors=predictors, athlete=athlete, binary=True))
    least = ATHLETES_PER_PREDICTOR * len(rows.predictors)
    if rows.n_athletes < least:
        raise ParameterError(
            f"{rows.n_athletes} athletes are too few to correct {len(rows.predictors)} effects for rating errors; "
            f"at least {least} are needed"
        )
    scale = rows.x.std(axis=0)
    columns = np.column_stack([np.ones(len(rows.y)), (rows.x - rows.x.mean(axis=0)) / scale])
    values, covariance = _likelihood(rows.y, columns, rows.athlete, sensitivity, specificity)
    df = float(rows.n_athletes - columns.shape[1])
    part: Part = "pooled"
    found = tuple(
        coefficient(
            name, part, float(values[i + 1] / scale[i]), float(np.sqrt(covariance[i + 1, i + 1]) / scale[i]), df
        )
        for i, name in enumerate(rows.predictors)
    )
    rated = float(rows.y.mean())
    return RaterResult(
        outcome=outcome, coefficients=found, rated_prevalence=rated,
        true_prevalence=true_prevalence(rated, sensitivity, specificity), n_athletes=rows.n_athletes,
        n_rows=len(rows.y), method=f"logistic regression corrected for ratings of sensitivity {sensitivity:g} and "
        f"specificity {specificity:g} (Magder and Hughes 1997), standard errors by athlete",
    )  # fmt: skip


def _likelihood(
    y: NDArray[np.float64], columns: NDArray[np.float64], athlete: NDArray[np.int64], se: float, sp: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Estimates and their sandwich covariance."""
    from scipy.optimize import minimize
    from scipy.special import expit

    informative = se + sp - 1.0

    def parts(values: Any) -> tuple[Any, Any]:
        p = expit(columns @ values)
        rated = np.clip((1.0 - sp) + informative * p, 1e-12, 1 - 1e-12)
        return rated, informative * p * (1.0 - p)

    def score(values: Any) -> Any:
        rated, slope = parts(values)
        return columns * ((y - rated) / (rated * (1.0 - rated)) * slope)[:, None]

    def loss(values: Any) -> Any:
        rated, _ = parts(values)
        return -np.sum(y * np.log(rated) + (1.0 - y) * np.log(1.0 - rated))

    found = minimize(loss, np.zeros(columns.shape[1]), jac=lambda values: -score(values).sum(axis=0), method="BFGS")
    rated, slope = parts(found.x)
    information = (columns * (slope**2 / (rated * (1.0 - rated)))[:, None]).T @ columns
    if np.abs(found.x).max() > 15.0 or np.linalg.cond(information) > 1e10:
        raise ParameterError(
            "ratings this fallible leave the effects without size in so few athletes; collect more, or rate twice"
        )
    by_athlete = np.zeros((int(athlete.max()) + 1, columns.shape[1]))
    np.add.at(by_athlete, athlete, score(found.x))
    n = len(by_athlete)
    bread = np.linalg.inv(information)
    return found.x, bread @ (by_athlete.T @ by_athlete) @ bread * n / (n - columns.shape[1])


def _check(sensitivity: float, specificity: float) -> None:
    if not (0.0 < sensitivity <= 1.0 and 0.0 < specificity <= 1.0) or sensitivity + specificity <= 1.0:
        raise ParameterError(
            f"sensitivity and specificity are shares whose sum is above 1 (a rater better than chance); got "
            f"{sensitivity:g} and {specificity:g}"
        )
