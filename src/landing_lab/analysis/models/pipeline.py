"""One penalised logistic regression in which everything learned from data is learned inside the fold."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.models.bootstrap import drawn_rows
from landing_lab.analysis.models.folds import Folds, athlete_folds
from landing_lab.analysis.models.libraries import library

Fill: TypeAlias = Literal["mean", "iterative", "complete"]
FILLS: Final = ("mean", "iterative", "complete")
PENALTIES: Final = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0)
"""Candidates of scikit-learn's C, the inverse of the ridge penalty, for scaled predictors."""
INNER_FOLDS: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class OutOfFold:
    """Probability (n,) of every row by a model that never saw its athlete; fold (n,), and the penalty of each fold."""

    probability: NDArray[np.float64]
    fold: NDArray[np.int64]
    penalties: tuple[float, ...]


def pipeline(fill: Fill, penalty: float = 1.0) -> Any:
    """Imputation, scaling, ridge: fitted together."""
    library("sklearn.experimental.enable_iterative_imputer")
    impute = library("sklearn.impute")
    imputer = (
        impute.IterativeImputer(max_iter=10, random_state=0, sample_posterior=False, keep_empty_features=True)
        if fill == "iterative"
        else impute.SimpleImputer(strategy="mean", keep_empty_features=True)
    )
    return library("sklearn.pipeline").Pipeline(
        [
            ("impute", imputer),
            ("scale", library("sklearn.preprocessing").StandardScaler()),
            ("ridge", library("sklearn.linear_model").LogisticRegression(C=penalty, solver="newton-cholesky")),
        ]
    )


def tuned(x: NDArray[np.float64], y: NDArray[np.float64], athlete: NDArray[np.int64], fill: Fill, seed: int) -> Any:
    """The pipeline with the penalty of the best log loss in inner folds, again split by athlete, fitted to all rows."""
    least = min(len(np.unique(athlete[y == value])) for value in (0.0, 1.0))
    inner = athlete_folds(y, athlete, n_folds=max(2, min(INNER_FOLDS, least)), seed=seed)
    with _quick():
        loss = np.zeros(len(PENALTIES))
        for train, test in inner:
            # imputation and scaling do not know the penalty: fitted once per inner fold, on its own rows
            prepare = pipeline(fill)[:-1]
            fitted_on, judged_on = prepare.fit_transform(x[train]), prepare.transform(x[test])
            for i, penalty in enumerate(PENALTIES):
                ridge = pipeline(fill, penalty)[-1].fit(fitted_on, y[train])
                log_odds = judged_on @ ridge.coef_[0] + ridge.intercept_[0]
                loss[i] += float(np.sum(np.logaddexp(0.0, log_odds) - y[test] * log_odds))
        return pipeline(fill, PENALTIES[int(np.argmin(loss))]).fit(x, y)


@contextmanager
def _quick() -> Iterator[None]:
    """scikit-learn without warnings on the screen, and without checking again what frame.py has checked."""
    with warnings.catch_warnings(), library("sklearn").config_context(skip_parameter_validation=True):
        warnings.simplefilter("ignore")
        yield


def out_of_fold(
    x: NDArray[np.float64], y: NDArray[np.float64], athlete: NDArray[np.int64], folds: Folds, *, fill: Fill, seed: int
) -> OutOfFold:
    """Nested cross-validation: outer folds judge, inner folds choose the penalty."""
    probability, label = np.full(len(y), np.nan), np.zeros(len(y), np.int64)
    penalties = []
    for number, (train, test) in enumerate(folds):
        fitted = tuned(x[train], y[train], athlete[train], fill, seed + number)
        probability[test] = fitted.predict_proba(x[test])[:, 1]
        label[test] = number
        penalties.append(float(fitted["ridge"].C))
    return OutOfFold(probability, label, tuple(penalties))


def on_scale(fitted: Any, mean: NDArray[np.float64], sd: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intercept and coefficients (1 + k,) of a fitted pipeline for predictors scaled by this mean and sd."""
    scaler, ridge = fitted["scale"], fitted["ridge"]
    slopes = ridge.coef_[0] / scaler.scale_
    intercept = float(ridge.intercept_[0]) + float(np.sum(slopes * (mean - scaler.mean_)))
    return np.concatenate([[intercept], slopes * sd])


def drawn_coefficients(
    x: NDArray[np.float64], y: NDArray[np.float64], athlete: NDArray[np.int64], *, fill: Fill, penalty: float,
    mean: NDArray[np.float64], sd: NDArray[np.float64], n_draws: int, seed: int,
) -> NDArray[np.float64]:  # fmt: skip
    """Coefficients (draws, 1 + k) of the pipeline refitted on athletes drawn with replacement."""
    with_both = (rows for rows in drawn_rows(athlete, seed=seed) if np.ptp(y[rows]) > 0.0)
    with _quick():
        return np.array(
            [
                on_scale(pipeline(fill, penalty).fit(x[rows], y[rows]), mean, sd)
                for rows in itertools.islice(with_both, n_draws)
            ]
        )
