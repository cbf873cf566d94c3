"""The analysis document that programs read: schema landing-lab.analysis/1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import landing_lab
from landing_lab.model.result import TrialResult
from landing_lab.model.sensitivity import ThresholdSensitivity

SCHEMA = "landing-lab.analysis/1"


def analysis_document(
    trials: Iterable[TrialResult],
    *,
    errors: Iterable[dict[str, str]] = (),
    sensitivity: Sequence[ThresholdSensitivity | None] | None = None,
    **more: object,
) -> dict[str, object]:
    """All trials with everything known of them; `errors` names the files that could not be read.

    sensitivity: one per trial, or None; becomes the entry "sensitivity" of it.
    """
    entries = [trial.as_dict() for trial in trials]
    if sensitivity is not None:
        for entry, found in zip(entries, sensitivity, strict=True):
            entry["sensitivity"] = None if found is None else found.as_dict()
    return {
        "schema": SCHEMA,
        "version": landing_lab.__version__,
        "trials": entries,
        "errors": list(errors),
        **more,
    }
