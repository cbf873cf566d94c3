"""What it means that athletes have several rows in a model of a yes-or-no outcome, said where it is so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from landing_lab.analysis.models.frame import ModelData


def repeated_rows(rows: ModelData, unit_of_analysis: str) -> str:
    """What the probability is of, how many athletes have both outcomes, what was counted how; "" without repeats."""
    n_of_each = np.bincount(rows.athlete, minlength=rows.n_athletes)
    if n_of_each.max(initial=0) < 2:
        return ""
    share = np.bincount(rows.athlete, weights=rows.y, minlength=rows.n_athletes) / np.maximum(n_of_each, 1)
    both = int(np.count_nonzero((share > 0.0) & (share < 1.0)))
    has = "1 athlete has both outcomes and counts" if both == 1 else f"{both} athletes have both outcomes and count"
    return (
        f"Repeated rows are used: {len(rows.y)} rows of {rows.n_athletes} athletes, up to {n_of_each.max()} of one. "
        f"The probability is of a row ({unit_of_analysis}), not of an athlete; {has} among those with the outcome. The "
        f"prevalence ({100 * rows.y.mean():.0f} %) is of rows; Riley's count is of athletes at that prevalence."
    )
