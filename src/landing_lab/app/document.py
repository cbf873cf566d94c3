"""The analysis document that programs read: schema landing-lab.analysis/1."""

from __future__ import annotations

from collections.abc import Iterable

import landing_lab
from landing_lab.model.result import TrialResult

SCHEMA = "landing-lab.analysis/1"


def analysis_document(
    trials: Iterable[TrialResult], *, errors: Iterable[dict[str, str]] = (), **more: object
) -> dict[str, object]:
    """All trials with everything known of them; `errors` names the files that could not be read."""
    return {
        "schema": SCHEMA,
        "version": landing_lab.__version__,
        "trials": [trial.as_dict() for trial in trials],
        "errors": list(errors),
        **more,
    }
