"""How well scores rank those with the outcome above those without: AUC and PR-AUC, resampled by athlete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.models.bootstrap import athlete_weights, codes
from landing_lab.errors import ParameterError

N_DRAWS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrimination:
    """AUC (0.5 = chance) and PR-AUC (chance = prevalence) with 95 % intervals over athletes drawn with replacement."""

    auc: float
    auc_low: float
    auc_high: float
    pr_auc: float
    pr_low: float
    pr_high: float
    prevalence: float
    n_athletes: int
    n_rows: int
    n_events: int
    n_draws: int
    method: str


def discrimination(
    y: Any, score: Any, athlete: Any, *, fold: Any = None, n_draws: int = N_DRAWS, seed: int = 1
) -> Discrimination:
    """Rank scores against a yes-or-no outcome, each (n,); athlete (n,) labels.

    fold: (n,), where scores come from cross-validation: then only pairs of one fold are compared, because models of
    different folds have different zeros. Intervals: normal on the logit scale with the standard error of the athlete
    bootstrap. Raises ParameterError where one class is absent.
    """
    truth, value, who, part = _checked(y, score, athlete, fold)
    auc = float(weighted_auc(truth, value, np.ones((1, len(truth))), part)[0])
    pr = float(weighted_precision(truth, value, np.ones((1, len(truth))))[0])
    drawn, drawn_pr = [], []
    for weights in athlete_weights(who, n_draws=n_draws, seed=seed):
        drawn.append(weighted_auc(truth, value, weights, part))
        drawn_pr.append(weighted_precision(truth, value, weights))
    low, high = logit_interval(auc, np.concatenate(drawn))
    pr_low, pr_high = logit_interval(pr, np.concatenate(drawn_pr))
    return Discrimination(
        auc=auc, auc_low=low, auc_high=high, pr_auc=pr, pr_low=pr_low, pr_high=pr_high, prevalence=float(truth.mean()),
        n_athletes=int(who.max()) + 1, n_rows=len(truth), n_events=int(truth.sum()), n_draws=n_draws,
        method=f"AUC of pairs{' within folds' if fold is not None else ''}; 95 % interval from {n_draws} draws of "
        f"athletes with replacement",
    )  # fmt: skip


def weighted_auc(
    truth: NDArray[np.float64], score: NDArray[np.float64], weights: NDArray[np.float64], fold: NDArray[np.int64]
) -> NDArray[np.float64]:
    """AUC (draws,) of weights (draws, n); a tie counts one half; NaN where a draw has no pair."""
    concordant = np.zeros(len(weights))
    pairs = np.zeros(len(weights))
    for one in np.unique(fold):
        inside = np.flatnonzero(fold == one)
        order = inside[np.argsort(score[inside], kind="stable")]
        starts = np.flatnonzero(np.r_[True, np.diff(score[order]) > 0.0])
        with_it = np.add.reduceat(weights[:, order] * truth[order], starts, axis=1)
        without = np.add.reduceat(weights[:, order] * (1.0 - truth[order]), starts, axis=1)
        below = np.cumsum(without, axis=1) - without
        concordant += (with_it * (below + 0.5 * without)).sum(axis=1)
        pairs += with_it.sum(axis=1) * without.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(concordant / pairs)


def weighted_precision(
    truth: NDArray[np.float64], score: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Average precision (draws,) of weights (draws, n): the area under the precision-recall steps."""
    order = np.argsort(-score, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) < 0.0])
    with_it = np.add.reduceat(weights[:, order] * truth[order], starts, axis=1)
    all_of_them = np.cumsum(np.add.reduceat(weights[:, order], starts, axis=1), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(all_of_them > 0.0, np.cumsum(with_it, axis=1) / all_of_them, 0.0)
        return np.asarray((with_it * precision).sum(axis=1) / with_it.sum(axis=1))


def logit_interval(value: float, drawn: NDArray[np.float64]) -> tuple[float, float]:
    """95 % interval of a share from draws of it; plain quantiles where the logit has no size."""
    usable = drawn[np.isfinite(drawn)]
    if usable.size < 20:
        return float("nan"), float("nan")
    inside = usable[(usable > 0.0) & (usable < 1.0)]
    if not 0.0 < value < 1.0 or inside.size < 0.95 * usable.size:
        low, high = np.quantile(usable, [0.025, 0.975])
        return float(min(low, value)), float(max(high, value))
    se = float(np.std(np.log(inside / (1.0 - inside)), ddof=1))
    centre = np.log(value / (1.0 - value))
    low, high = (1.0 / (1.0 + np.exp(-(centre + sign * 1.96 * se))) for sign in (-1.0, 1.0))
    return float(low), float(high)


def _checked(y: Any, score: Any, athlete: Any, fold: Any) -> tuple[Any, Any, Any, Any]:
    truth, value, who = np.asarray(y, float).ravel(), np.asarray(score, float).ravel(), codes(athlete)
    part = np.zeros(len(truth), np.int64) if fold is None else codes(fold)
    if not len(truth) == len(value) == len(who) == len(part):
        raise ParameterError(
            f"outcome, score and athlete are of one length; got {len(truth)}, {len(value)} and {len(who)}"
        )
    if not np.isin(truth, (0.0, 1.0)).all() or not np.isfinite(value).all():
        raise ParameterError("the outcome is 0 or 1 and scores are finite numbers; leave rows without them out")
    if truth.min(initial=1.0) == truth.max(initial=0.0):
        raise ParameterError("every row has the same outcome, so that nothing can be told apart; collect both")
    return truth, value, who, part
