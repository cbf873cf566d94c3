"""Left against right foot over the trials of a session: mean and spread of each foot, and of their difference."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Final

from landing_lab.app.web.number_table import unit_shown
from landing_lab.model.result import MetricValue, TrialResult
from landing_lab.report.contrasts import NOTHING, mean_text
from landing_lab.report.names import metric_label
from landing_lab.report.rounding import format_mean
from landing_lab.report.rows import has_value

OF_FEET: Final = (
    "contact_time_s", "peak_force_n", "peak_force_bw", "time_to_peak_force_s", "loading_rate_20_80_bw_per_s",
    "landing_peak_force_bw", "medial_shift_mm", "landing_medial_shift_mm",
)  # fmt: skip
BETWEEN: Final = ("contact_delay_left_right_s", "limb_symmetry_peak_0_100ms_pct")
"""What the analysis itself says of both feet together."""


def feet_means(trials: Sequence[TrialResult], conditions: Sequence[str]) -> list[dict[str, object]]:
    """Mean ± SD between trials of each foot, and of left minus right within a trial, for each condition.

    conditions: of each trial. Only trials that are ok count.
    """
    found: list[dict[str, object]] = []
    for condition in dict.fromkeys(conditions):
        own = [trial for trial, one in zip(trials, conditions, strict=True) if one == condition]
        taken = [one for one in own if one.status == "ok"]
        lines = [line for name in OF_FEET if (line := _line(taken, name)) is not None]
        between = [line for name in BETWEEN if (line := _between(taken, name)) is not None]
        found.append({
            "condition": condition.replace("_", " "), "lines": lines, "between": between,
            "left_out": len(own) - len(taken),
        })  # fmt: skip
    return found


def _row(trial: TrialResult, name: str, side: str) -> MetricValue | None:
    row = next((one for one in trial.table if (one.name, one.side) == (name, side)), None)
    return row if row is not None and has_value(row) else None


def _line(trials: Sequence[TrialResult], name: str) -> dict[str, object] | None:
    """One number of both feet; the difference is of trials that have both."""
    left, right = ([row for one in trials if (row := _row(one, name, side))] for side in ("left", "right"))
    if not left and not right:
        return None
    both = [
        (one.value, two.value)
        for trial in trials
        if (one := _row(trial, name, "left")) and (two := _row(trial, name, "right"))
        if one.value is not None and two.value is not None
    ]
    gaps = [one - two for one, two in both]
    told = NOTHING
    if len(gaps) > 1:
        told = f"{format_mean(statistics.fmean(gaps), statistics.stdev(gaps), None)} (n = {len(gaps)})"
    rows = [*left, *right]
    return {
        "label": metric_label(name), "unit": unit_shown(rows[0].unit),
        "left": mean_text(left), "right": mean_text(right),
        "difference": told, "flagged": any(row.status == "flagged" for row in rows),
    }  # fmt: skip


def _between(trials: Sequence[TrialResult], name: str) -> dict[str, object] | None:
    rows = [row for one in trials if (row := _row(one, name, "left_right"))]
    if not rows:
        return None
    return {"label": metric_label(name), "unit": unit_shown(rows[0].unit), "mean": mean_text(rows)}
