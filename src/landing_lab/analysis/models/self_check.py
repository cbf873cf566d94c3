"""A short self-check after PROBAST: what would make a reader distrust a model."""

from __future__ import annotations

from landing_lab.analysis.models.logistic import LogisticResult
from landing_lab.analysis.models.tripod import TO_FILL


def self_check(result: LogisticResult) -> dict[str, list[str]]:
    """Question -> [answer, why]; answers are yes, no, or to be filled (Moons 2019, doi:10.7326/M18-1377)."""
    model, ask = result.model, [TO_FILL, "only the laboratory knows"]
    enough = model.n_athletes >= model.n_needed
    complete = result.missing.n_complete == result.missing.n_rows
    return {
        "Participants: a consecutive or random sample of those the model is for?": ask,
        "Predictors: measured the same way in everybody, before and without knowledge of the outcome?": ask,
        "Outcome: defined before, rated the same way in everybody, without knowledge of the predictors?": ask,
        "Outcome: predictors are not part of its definition?": ask,
        "Analysis: enough athletes with the outcome?": [
            "yes" if enough else "no", f"{model.n_athletes} athletes of {model.n_needed} needed",
        ],
        "Analysis: no predictor turned into classes, none selected by its p value?": ["yes", "linear, all kept"],
        "Analysis: everybody included, missing values handled?": [
            "yes" if complete or model.fill == "mean" else "no", result.missing.sentence,
        ],
        "Analysis: repeated rows of an athlete accounted for?": ["yes", result.folds],
        "Analysis: discrimination and calibration both reported, out of fold?": ["yes", "see item 23a"],
        "Analysis: overfitting and optimism accounted for?": ["yes", "penalty tuned in inner folds, judged in outer"],
    }  # fmt: skip
