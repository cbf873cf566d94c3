"""Generalised estimating equations: average effects over repeated trials, continuous or yes-or-no."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np

from landing_lab.analysis.models.coefficient import Coefficient, Effects, data_warnings, sign_warnings
from landing_lab.analysis.models.frame import ModelData, complete, model_data
from landing_lab.analysis.models.libraries import library
from landing_lab.analysis.models.multiplicity import check_declared, with_holm
from landing_lab.analysis.models.split import Design, design, with_corrected
from landing_lab.errors import ParameterError

LEAST_ATHLETES: Final = 20
"""Robust standard errors of fewer clusters are too small even when corrected."""
MANY_ATHLETES: Final = 100
"""From here on the plain sandwich does; below, Mancl and DeRouen 2001 doi:10.1111/j.0006-341X.2001.00126.x.

In null cohorts of 60 athletes with 8 coefficients the plain one is wrong in 6.7 %, the bias-reduced one in 4.9 %.
"""
LEAST_EVENTS: Final = 10
"""Athletes with, and athletes without the outcome."""
ATHLETES_PER_COEFFICIENT: Final = {False: 5, True: 10}
"""By whether the outcome is yes or no: with 5 to 7.5, tests of a yes or no are wrong in 3 % instead of 5 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeeResult(Effects):
    """status: ok or not_converged, with the reason. Coefficients of a binary outcome are log odds ratios.

    correlation: between trials of one athlete, as estimated (None with working independence).
    """

    binary: bool
    correlation: float | None


def fit_gee(
    data: Any,
    outcome: str,
    predictors: Sequence[str],
    *,
    athlete: str = "participant",
    binary: bool = False,
    split: bool = True,
    correlation: Literal["exchangeable", "independence"] = "exchangeable",
    primary: Sequence[str] = (),
) -> GeeResult:
    """Average effects with standard errors that are robust to how trials of an athlete hang together.

    data: one row per trial or limb. split, primary: as in fit_mixed. Under 100 athletes standard errors are
    bias-reduced; t intervals with athletes minus coefficients degrees of freedom. An association, also with an injury,
    may be estimated; it is no prediction for one athlete. Raises ParameterError where the data cannot carry it.
    """
    if correlation not in {"exchangeable", "independence"}:
        raise ParameterError(f"correlation is exchangeable or independence; got {correlation!r}")
    rows = complete(model_data(data, outcome=outcome, predictors=predictors, athlete=athlete, binary=binary))
    declared = check_declared(primary, rows.predictors)
    parts = design(rows, split=split)
    _enough(rows, parts, binary=binary)
    few = rows.n_athletes < MANY_ATHLETES
    fitted, reason = _fit(rows, parts, binary=binary, correlation=correlation, few=few)
    found = () if fitted is None else with_holm(_coefficients(rows, parts, fitted, binary=binary), declared)
    working = getattr(getattr(fitted, "cov_struct", None), "dep_params", None)
    return GeeResult(
        outcome=outcome, binary=binary, status="ok" if fitted is not None else "not_converged", reason=reason,
        coefficients=found,
        correlation=None if working is None or correlation == "independence" else float(working),
        reliability={name: pair[0] for name, pair in parts.reliability.items()},
        n_athletes=rows.n_athletes, n_rows=len(rows.y), left_out=rows.left_out,
        warnings=sign_warnings(found) + data_warnings(rows.left_out, split=split),
        method=f"GEE, {'logit' if binary else 'identity'} link, {correlation} working correlation, "
        f"{'bias-reduced' if few else 'robust'} standard errors by athlete (statsmodels)",
    )  # fmt: skip


def _coefficients(rows: ModelData, parts: Design, fitted: Any, *, binary: bool) -> tuple[Coefficient, ...]:
    df = float(max(rows.n_athletes - len(parts.terms), 1))
    # what corrects a mean for trial noise holds for a straight line only
    shown = parts if not binary else replace(parts, reliability={})
    covariance = parts.back @ np.asarray(fitted.cov_params()) @ parts.back.T
    return with_corrected(shown, parts.back @ np.asarray(fitted.params), covariance, [df] * len(parts.terms))


def _enough(rows: ModelData, parts: Design, *, binary: bool) -> None:
    least = max(LEAST_ATHLETES, ATHLETES_PER_COEFFICIENT[binary] * (len(parts.terms) - 1))
    if rows.n_athletes < least:
        raise ParameterError(
            f"{rows.n_athletes} athletes are too few clusters for GEE with {len(parts.terms) - 1} coefficients; it "
            f"needs at least {least}, and more trials of the same athletes do not replace them"
        )
    if not binary:
        return
    for value, words in ((1.0, "with"), (0.0, "without")):
        n = len(np.unique(rows.athlete[rows.y == value]))
        if n < LEAST_EVENTS:
            raise ParameterError(
                f"{n} athletes {words} the outcome are too few for GEE; at least {LEAST_EVENTS} are needed"
            )


def _fit(rows: ModelData, parts: Design, *, binary: bool, correlation: str, few: bool) -> tuple[Any, str]:
    api = library("statsmodels.api")
    if np.linalg.matrix_rank(parts.scaled) < parts.scaled.shape[1]:
        return None, "two predictors say the same; leave one out"
    structure = api.cov_struct.Exchangeable() if correlation == "exchangeable" else api.cov_struct.Independence()
    family = api.families.Binomial() if binary else api.families.Gaussian()
    # equations of one athlete must stand together; the library wants sorted groups
    order = np.argsort(rows.athlete, kind="stable")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            model = api.GEE(
                rows.y[order], parts.scaled[order], groups=rows.athlete[order], cov_struct=structure, family=family
            )
            fitted = model.fit(cov_type="bias_reduced" if few else "robust", maxiter=100)
        except (np.linalg.LinAlgError, ValueError, ZeroDivisionError):
            return None, "the equations have no solution; a predictor may separate the outcome: leave it out"
    values, errors = np.asarray(fitted.params), np.asarray(fitted.bse)
    if not fitted.converged or not np.isfinite([*values, *errors]).all():
        return None, "the fit did not converge; use fewer predictors or collect more athletes"
    if binary and np.abs(parts.scaled @ values).max() > 30.0:
        return None, "a predictor separates the outcome completely, so that its effect has no size; leave it out"
    return fitted, ""
