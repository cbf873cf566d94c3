"""How a model does in groups of athletes, limbs or teams."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.analysis.models.discrimination import Discrimination, discrimination
from landing_lab.analysis.models.frame import ModelData
from landing_lab.analysis.models.pipeline import OutOfFold

LEAST_ATHLETES: Final = 10
"""With, and without the outcome: below that a group's AUC is no more than chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPerformance:
    """One level of one column: observed share, mean predicted probability, and the AUC or why there is none."""

    column: str
    level: str
    n_athletes: int
    n_rows: int
    observed: float
    predicted: float
    ranked: Discrimination | None
    reason: str


def by_group(rows: ModelData, judged: OutOfFold, columns: Sequence[str], *, seed: int) -> tuple[GroupPerformance, ...]:
    """Out-of-fold performance in every level of these columns; a row without a level counts as "not stated"."""
    found = []
    for column in columns:
        levels = (
            rows.frame[column].astype(object).where(rows.frame[column].notna(), "not stated").astype(str).to_numpy()
        )
        for level in np.unique(levels):
            inside = levels == level
            y, p, who = rows.y[inside], judged.probability[inside], rows.athlete[inside]
            least = min(len(np.unique(who[y == value])) for value in (0.0, 1.0))
            enough = least >= LEAST_ATHLETES
            found.append(
                GroupPerformance(
                    column=column, level=str(level), n_athletes=len(np.unique(who)), n_rows=int(inside.sum()),
                    observed=float(y.mean()), predicted=float(p.mean()),
                    ranked=discrimination(y, p, who, fold=judged.fold[inside], seed=seed) if enough else None,
                    reason="" if enough else f"only {least} athletes with (or without) the outcome",
                )
            )  # fmt: skip
    return tuple(found)
