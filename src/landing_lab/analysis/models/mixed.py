"""Mixed-effects models of a continuous outcome over repeated trials."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from landing_lab.analysis.models.coefficient import Coefficient, Effects, data_warnings, sign_warnings
from landing_lab.analysis.models.frame import ModelData, complete, model_data
from landing_lab.analysis.models.libraries import library
from landing_lab.analysis.models.multiplicity import check_declared, with_holm
from landing_lab.analysis.models.split import Design, degrees_of_freedom, design, with_corrected
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name

LEAST_ATHLETES: Final = 8
"""Fewer athletes do not tell between athletes from chance; the variance between them is not estimable."""
_MOST_VARIANCE: Final = 100.0
"""Of athletes, in variances of all rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedResult(Effects):
    """Effects, variances and what to read before them.

    status: ok, boundary (a variance is estimated as 0) or not_converged (then there are no coefficients), with the
    reason.

    variances: by level (athlete, nested names, trial) in squared units of the outcome. r2_marginal, r2_conditional:
    share explained by the predictors, and with athletes (Nakagawa and Schielzeth 2013). reliability: of athletes'
    means, by predictor. warnings: sentences to be read before the numbers.
    """

    variances: dict[str, float]
    r2_marginal: float
    r2_conditional: float


def fit_mixed(
    data: Any,
    outcome: str,
    predictors: Sequence[str],
    *,
    athlete: str = "participant",
    nested: Sequence[str] = (),
    split: bool = True,
    primary: Sequence[str] = (),
) -> MixedResult:
    """Random intercept per athlete (and per level of each column in `nested`, such as limb or session).

    data: one row per trial. Predictors are split into the athlete's mean and the difference from it unless split is
    False. primary: predictors declared before the data were seen; the p of their effects are adjusted together (Holm).
    REML; t intervals with the degrees of freedom of the level at which a predictor changes. Rows that miss a predictor
    are left out. Raises ParameterError where the data cannot carry the model.
    """
    rows = complete(model_data(data, outcome=outcome, predictors=predictors, athlete=athlete, others=nested))
    declared = check_declared(primary, rows.predictors)
    _enough(rows, nested)
    parts = design(rows, split=split)
    fitted, trouble = _fit(rows, parts, nested)
    if fitted is None:
        return _result(outcome, rows, "not_converged", trouble, nested)
    variances = _variances(fitted, nested)
    found = with_holm(_coefficients(rows, parts, fitted, variances), declared)
    explained = float(np.var(parts.scaled @ np.asarray(fitted.fe_params)))
    random = sum(variances.values()) - variances["trial"]
    total = explained + random + variances["trial"]
    zero = [name for name, value in variances.items() if value <= 1e-6 * total]
    return _result(
        outcome, rows, "boundary" if zero else "ok",
        f"the variance between levels of {zero[0]} is estimated as 0" if zero else "", nested,
        coefficients=found, variances=variances, r2_marginal=explained / total,
        r2_conditional=(explained + random) / total,
        reliability={name: pair[0] for name, pair in parts.reliability.items()},
        warnings=_warnings(rows, parts, found, split=split),
    )  # fmt: skip


def _enough(rows: ModelData, nested: Sequence[str]) -> None:
    if rows.n_athletes < LEAST_ATHLETES:
        raise ParameterError(
            f"{rows.n_athletes} athletes are too few for a mixed model; it needs at least {LEAST_ATHLETES}, and more "
            f"trials of the same athletes do not replace them"
        )
    if len(rows.y) < 2 * rows.n_athletes:
        raise ParameterError(
            f"{len(rows.y)} rows of {rows.n_athletes} athletes are hardly repeated; use a regression of athletes' "
            f"means, or record at least 2 trials each"
        )
    for name in nested:
        if rows.frame[name].isna().any():
            raise ParameterError(
                f"column {quoted_name(name)} is empty in some rows; fill it, or leave it out of nested"
            )


def _fit(rows: ModelData, parts: Design, nested: Sequence[str]) -> tuple[Any, str]:
    """The fitted model, or None and why there is none; the library's warnings become a reason, never text."""
    mixed = library("statsmodels.regression.mixed_linear_model").MixedLM
    if np.linalg.matrix_rank(parts.scaled) < parts.scaled.shape[1]:
        return None, "two predictors say the same; leave one out"
    words: dict[str, Any] = {"groups": rows.athlete}
    if nested:
        words |= {"exog_vc": _nested(rows, nested), "exog_re": np.ones((len(rows.y), 1))}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for method in ("lbfgs", "bfgs", "powell"):
            try:
                fitted = mixed(rows.y, parts.scaled, **words).fit(reml=True, method=method)
            except (np.linalg.LinAlgError, ValueError, ZeroDivisionError):
                continue
            if fitted.converged and np.isfinite(np.asarray(fitted.bse_fe)).all() and _plausible(fitted, rows):
                return fitted, ""
    return None, "the fit did not converge; use fewer predictors or fewer nested levels, or collect more athletes"


def _plausible(fitted: Any, rows: ModelData) -> bool:
    """The library calls a search converged that has run off to an endless variance, or to an endless likelihood."""
    random = float(np.sum(fitted.cov_re)) + float(np.sum(fitted.vcomp))
    return bool(np.isfinite(fitted.llf)) and random <= _MOST_VARIANCE * float(np.var(rows.y))


def _nested(rows: ModelData, nested: Sequence[str]) -> Any:
    """Indicator columns of each nested level within each athlete, as the library wants them."""
    components = library("statsmodels.regression.mixed_linear_model").VCSpec
    matrices: list[list[Any]] = []
    labels: list[list[list[str]]] = []
    for name in nested:
        own, texts = [], []
        for code in np.unique(rows.athlete):
            values = rows.frame[name].to_numpy()[rows.athlete == code]
            levels = list(dict.fromkeys(values))
            own.append(np.column_stack([values == level for level in levels]).astype(float))
            texts.append([str(level) for level in levels])
        matrices.append(own)
        labels.append(texts)
    return components(list(nested), labels, matrices)


def _coefficients(
    rows: ModelData, parts: Design, fitted: Any, variances: Mapping[str, float]
) -> tuple[Coefficient, ...]:
    nested = {name: variances[name] for name in variances if name not in {"athlete", "trial"}}
    df = degrees_of_freedom(rows, parts, nested=nested, trial=variances["trial"])
    k = len(parts.terms)
    values = parts.back @ np.asarray(fitted.fe_params)
    covariance = parts.back @ np.asarray(fitted.cov_params())[:k, :k] @ parts.back.T
    return with_corrected(parts, values, covariance, df)


def _variances(fitted: Any, nested: Sequence[str]) -> dict[str, float]:
    found = {"athlete": float(np.asarray(fitted.cov_re)[0, 0])}
    found |= {name: float(value) for name, value in zip(nested, fitted.vcomp, strict=True)}
    return {**found, "trial": float(fitted.scale)}


def _warnings(rows: ModelData, parts: Design, found: tuple[Coefficient, ...], *, split: bool) -> tuple[str, ...]:
    said = list(sign_warnings(found))
    for name, (share, _) in parts.reliability.items():
        if share < 0.8:
            said.append(
                f"Means of {name} are {100 * max(share, 0.0):.0f} % athletes and the rest trial noise: the effect "
                f"between means is mixed with the one within; read the corrected one, or record more trials."
            )
    return tuple(said) + data_warnings(rows.left_out, split=split)


def _result(
    outcome: str, rows: ModelData, status: str, reason: str, nested: Sequence[str], **found: Any
) -> MixedResult:
    nothing: dict[str, Any] = {
        "coefficients": (), "variances": {}, "r2_marginal": float("nan"), "r2_conditional": float("nan"),
        "reliability": {}, "warnings": (),
    }  # fmt: skip
    levels = ", ".join(["athlete", *(f"{name} in athlete" for name in nested)])
    return MixedResult(
        outcome=outcome, status=status, reason=reason, n_athletes=rows.n_athletes, n_rows=len(rows.y),
        left_out=rows.left_out, method=f"linear mixed model, random intercepts: {levels}; REML (statsmodels MixedLM)",
        **{**nothing, **found},
    )  # fmt: skip
