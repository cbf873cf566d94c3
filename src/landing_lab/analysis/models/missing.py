"""What is missing in the data of a model, and how much the answer depends on how that is dealt with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landing_lab.analysis.models.discrimination import discrimination
from landing_lab.analysis.models.folds import athlete_folds
from landing_lab.analysis.models.frame import ModelData, complete, model_data
from landing_lab.analysis.models.pipeline import FILLS, out_of_fold, tuned
from landing_lab.errors import LandingLabError


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingReport:
    """share: of rows, by predictor. patterns: which predictors are missing together -> rows, most frequent first.

    by_outcome: share of rows with something missing, among rows without and with the outcome (binary outcomes).
    """

    n_rows: int
    n_complete: int
    share: Mapping[str, float]
    patterns: Mapping[str, int]
    by_outcome: tuple[float, float] | None

    @property
    def sentence(self) -> str:
        """In words."""
        if self.n_complete == self.n_rows:
            return "Nothing is missing."
        most = max(self.share, key=lambda name: self.share[name])
        said = (
            f"{self.n_rows - self.n_complete} of {self.n_rows} rows miss something, most often {most} "
            f"({100 * self.share[most]:.0f} %)."
        )
        if self.by_outcome and abs(self.by_outcome[1] - self.by_outcome[0]) > 0.1:
            low, high = (100 * one for one in self.by_outcome)
            said += f" Missing differs by outcome ({low:.0f} % without, {high:.0f} % with it): find out why."
        return said


def missing_report(data: ModelData) -> MissingReport:
    """Count what is missing."""
    absent = np.isnan(data.x)
    some: Any = absent.any(axis=1)
    rows, counts = np.unique(absent, axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    patterns = {
        ", ".join(name for name, gone in zip(data.predictors, rows[i], strict=True) if gone) or "nothing": int(
            counts[i]
        )
        for i in order
    }
    binary = bool(np.isin(data.y, (0.0, 1.0)).all())
    return MissingReport(
        n_rows=len(data.y), n_complete=int(np.sum(~some)),
        share={name: float(value) for name, value in zip(data.predictors, absent.mean(axis=0), strict=True)},
        patterns=patterns,
        by_outcome=(float(np.mean(some[data.y == 0])), float(np.mean(some[data.y == 1]))) if binary else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingSensitivity:
    """One way of dealing with what is missing.

    Rows used, out-of-fold AUC with its interval, penalised log odds per SD; or the reason why there is none.
    """

    fill: str
    n_rows: int
    auc: tuple[float, float, float] | None
    log_odds_per_sd: Mapping[str, float]
    reason: str = ""


def missing_sensitivity(
    data: Any, outcome: str, predictors: Sequence[str], *, athlete: str = "participant", n_folds: int = 5, seed: int = 1
) -> tuple[MissingSensitivity, ...]:
    """Fit with the mean, with iterative imputation, and with complete rows only. Raises ParameterError."""
    given = model_data(data, outcome=outcome, predictors=predictors, athlete=athlete, binary=True)
    found = []
    for fill in FILLS:
        rows = complete(given) if fill == "complete" else given
        try:
            parts = athlete_folds(rows.y, rows.athlete, n_folds=n_folds, seed=seed)
            judged = out_of_fold(rows.x, rows.y, rows.athlete, parts, fill=fill, seed=seed)
            ranked = discrimination(rows.y, judged.probability, rows.athlete, fold=judged.fold, seed=seed)
            own = tuned(rows.x, rows.y, rows.athlete, fill, seed)["ridge"].coef_[0]
        except LandingLabError as error:
            found.append(
                MissingSensitivity(fill=fill, n_rows=len(rows.y), auc=None, log_odds_per_sd={}, reason=str(error))
            )
            continue
        found.append(
            MissingSensitivity(
                fill=fill, n_rows=len(rows.y), auc=(ranked.auc, ranked.auc_low, ranked.auc_high),
                log_odds_per_sd={name: float(value) for name, value in zip(rows.predictors, own, strict=True)},
            )
        )  # fmt: skip
    return tuple(found)
