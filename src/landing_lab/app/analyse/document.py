"""The analysis document that programs read: schema landing-lab.analysis/1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import landing_lab
from landing_lab.model.result import TrialResult
from landing_lab.model.sensitivity import ThresholdSensitivity
from landing_lab.model.trial_label import TrialLabel

SCHEMA = "landing-lab.analysis/1"


def analysis_document(
    trials: Iterable[TrialResult],
    *,
    errors: Iterable[dict[str, str]] = (),
    sensitivity: Sequence[ThresholdSensitivity | None] | None = None,
    labels: Sequence[TrialLabel | None] | None = None,
    **more: object,
) -> dict[str, object]:
    """All trials with everything known of them; `errors` names the files that could not be read.

    sensitivity: one per trial, or None; becomes the entry "sensitivity" of it. labels: one per trial,
    or None, for trials of a session; become the entries "run", "condition" and, if any, "trial_notes" of it.
    """
    entries = [trial.as_dict() for trial in trials]
    if sensitivity is not None:
        for entry, found in zip(entries, sensitivity, strict=True):
            entry["sensitivity"] = None if found is None else found.as_dict()
    for entry, label in zip(entries, labels or [None] * len(entries), strict=True):
        entry.update({} if label is None else label.as_dict())
    return {
        "schema": SCHEMA,
        "version": landing_lab.__version__,
        "trials": entries,
        "errors": list(errors),
        **more,
    }
