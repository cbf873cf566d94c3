"""What the page shows of a trial: the headline numbers as text, and every number as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from landing_lab.model.result import TrialResult
from landing_lab.report.names import task_label
from landing_lab.report.rows import headlines

CARD_METRICS: Final = (
    "jump_height_flight_time_m",
    "contact_time_s",
    "rsi_flight_time_m_per_s",
    "peak_force_bw",
    "landing_peak_force_bw",
    "limb_symmetry_peak_0_100ms_pct",
    "medial_shift_mm",
    "landing_medial_shift_mm",
)
"""The metrics that a card may show, whose values go to the page in full."""


def cards(trials: Sequence[TrialResult], *, provisional: bool) -> list[dict[str, object]]:
    """One card per trial of a recording; values are those of the analysis to the last digit."""
    return [
        {
            "task": trial.task,
            "task_label": task_label(trial.task),
            "status": trial.status,
            "reason": trial.reason,
            "provisional": provisional,
            "headlines": [asdict(one) for one in headlines(trial)],
            "metrics": [row.as_dict() for row in trial.table if row.name in CARD_METRICS],
            "doubts": [item.text for item in trial.quality if item.verdict == "flagged"],
        }
        for trial in trials
    ]
