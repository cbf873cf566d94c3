"""The ROC curve of cross-validated scores, with a band over athletes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.analysis.models.bootstrap import athlete_weights, codes

GRID: Final = tuple(round(0.02 * i, 2) for i in range(51))
N_DRAWS: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class RocCurve:
    """Share found (sensitivity) over share of false alarms (1 - specificity), with a pointwise 95 % band."""

    false_alarms: tuple[float, ...]
    found: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def roc_curve(y: Any, score: Any, athlete: Any, *, fold: Any = None, n_draws: int = N_DRAWS, seed: int = 1) -> RocCurve:
    """ROC by placement values: where each row with the outcome stands among those without, of its own fold."""
    truth, value, who = np.asarray(y, float), np.asarray(score, float), codes(athlete)
    part = np.zeros(len(truth), np.int64) if fold is None else codes(fold)
    at = np.array(GRID)
    found = _curve(truth, value, part, np.ones(len(truth)), at)
    drawn = [
        _curve(truth, value, part, one, at)
        for weights in athlete_weights(who, n_draws=n_draws, seed=seed)
        for one in weights
    ]
    low, high = np.nanquantile(np.array(drawn), [0.025, 0.975], axis=0)
    return RocCurve(
        false_alarms=GRID, found=tuple(map(float, found)), low=tuple(map(float, low)), high=tuple(map(float, high))
    )


def _curve(truth: Any, value: Any, part: Any, weight: Any, at: Any) -> NDArray[np.float64]:
    found, total = np.zeros(len(at)), 0.0
    for one in np.unique(part):
        with_it = (part == one) & (truth == 1.0) & (weight > 0.0)
        without = np.flatnonzero((part == one) & (truth == 0.0) & (weight > 0.0))
        if not with_it.any() or not without.size:
            continue
        order = without[np.argsort(value[without])]
        above = np.r_[np.cumsum(weight[order][::-1])[::-1], 0.0]
        placed = above[np.searchsorted(value[order], value[with_it], side="left")] / above[0]
        order = np.argsort(placed)
        reached = np.r_[0.0, np.cumsum(weight[with_it][order])]
        found += reached[np.searchsorted(placed[order], at, side="right")]
        total += reached[-1]
    return found / total if total else np.full(len(at), np.nan)
