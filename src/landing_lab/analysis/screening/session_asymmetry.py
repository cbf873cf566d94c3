"""Whether the landings of one session load one leg more than the other, condition by condition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from landing_lab.analysis.screening.asymmetry import AsymmetryVerdict, judge_athlete, signed_asymmetry_pct
from landing_lab.model.result import TrialResult
from landing_lab.model.trial_label import TrialLabel

SYMMETRY: Final = "limb_symmetry_peak_0_100ms_pct"
PLATES: Final = ("plate 2", "plate 1")
"""Names of the positive and the negative side where nobody said which foot stood on which plate."""


def session_asymmetry(
    trials: Sequence[TrialResult], labels: Sequence[TrialLabel | None]
) -> dict[str, AsymmetryVerdict]:
    """Condition in words ("" where there is none) -> verdict on its accepted landings, by their own scatter.

    Peak force in the first 100 ms of both feet; empty where no landing of the session has it.
    """
    signed: dict[str, list[tuple[float, float | None]]] = {}
    sides = None
    for trial, label in zip(trials, labels, strict=True):
        row = next((row for row in trial.table if row.name == SYMMETRY and row.side == "left_right"), None)
        if label is None or not label.accepted or row is None or row.value is None or row.status == "refused":
            continue
        if not row.stronger_side:
            continue
        if row.stronger_side.startswith("plate"):
            sides = PLATES
        found = signed.setdefault(label.condition_words, [])
        found.append((signed_asymmetry_pct(row.value, row.stronger_side), row.sd))
    return {
        condition: judge_athlete([value for value, _ in found], [sd for _, sd in found], sides=sides)
        for condition, found in signed.items()
    }
