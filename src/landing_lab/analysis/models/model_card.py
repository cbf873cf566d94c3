"""The model card: TRIPOD+AI items that the run knows, the others left to the laboratory by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from landing_lab.analysis.models.logistic import LogisticResult
from landing_lab.analysis.models.model_file import LocalModel
from landing_lab.analysis.models.self_check import self_check
from landing_lab.analysis.models.tripod import ITEMS, TO_FILL
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name

NOT_DONE: Final = "not done"
USE: Final = (
    "Research and screening in this laboratory: how probable it is that its own raters would record the outcome. Not "
    "a diagnosis, not a statement about injury, not for another laboratory before it has been validated there."
)


def model_card(result: LogisticResult, *, facts: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The card as a document: summary, primary tests, items (number -> [topic, text, filled by]), self-check.

    facts: what the laboratory says, by item number such as "5b" or "17". Raises ParameterError where a number is no
    item.
    """
    told = dict(facts or {})
    wrong = [number for number in told if number not in ITEMS]
    if wrong:
        raise ParameterError(f"TRIPOD+AI has no item {quoted_name(wrong[0])}; items are {', '.join(ITEMS)}")
    known = _known(result)
    items = {}
    for number, topic in ITEMS.items():
        own, lab = known.get(number, ""), told.get(number, "")
        by = "run and laboratory" if own and lab else "run" if own else "laboratory" if lab else "nobody yet"
        items[number] = [topic, " ".join(one for one in (own, lab) if one) or TO_FILL, by]
    model = result.model
    return {
        "outcome": model.outcome,
        "outcome_definition": model.outcome_definition,
        "intended_use": USE,
        "validated": model.validated,
        "criteria": {name: list(one) for name, one in model.criteria.items()},
        "primary": [asdict(one) for one in result.primary],
        "tripod_ai": items,
        "filled": sum(one[1] != TO_FILL for one in items.values()),
        "items": len(ITEMS),
        "self_check": self_check(result),
        "decision": result.decision.sentence,
        "repeated_rows": result.repeats,
        "made_with": dict(model.made_with),
    }


def with_card(result: LogisticResult, card: Mapping[str, Any]) -> LocalModel:
    """The model that carries its card."""
    return replace(result.model, card=dict(card))


def _known(result: LogisticResult) -> dict[str, str]:
    """What the run can say of each item."""
    model, missing = result.model, result.missing
    return {
        "1": f"Development and internal validation of a local model of '{model.outcome}' ({model.outcome_definition}).",
        "3b": USE,
        "4": _declared(result),
        "7": "Trials that landing-lab refused and values without a result are not in the data; rows without the "
        f"outcome or left out: {result.left_out}.",
        "8a": f"{model.outcome_definition}.",
        "9a": f"{len(model.predictors)} candidates, all kept (no selection by data): "
        f"{', '.join(_named(one.name, one.unit) for one in model.predictors)}.",
        "10": f"{result.needed.sentence} Here: {model.n_athletes} athletes, {model.n_events} with the outcome.",
        "11": f"{missing.sentence} {_fill(model.fill)}",
        "12a": f"All data were used to develop; performance is out of fold: {result.folds}, seed {result.seed}.",
        "12b": "Continuous, linear on the log odds, scaled by mean and SD inside each fold; no cut-offs.",
        "12c": "Logistic regression with a ridge penalty, tuned by log loss in inner folds that are split by athlete "
        f"too (penalties chosen, as scikit-learn's C: {', '.join(f'{one:g}' for one in result.penalties)}).",
        "12d": "All rows of an athlete stay in one fold; intervals draw whole athletes."
        + (f" {result.folds}." if "site" in result.folds else ""),
        "12e": "AUC and PR-AUC, calibration slope and intercept, Brier score, expected calibration error, net benefit "
        "against training everyone.",
        "12f": NOT_DONE,
        "12g": "1 / (1 + exp(-(intercept + sum of coefficient x (value - mean) / sd))), all in model.json.",
        "13": f"Prevalence {100 * result.discrimination.prevalence:.0f} %; classes were not resampled or weighted, so "
        "that probabilities stay calibrated.",
        "14": "Performance is reported by group (23a)." if result.groups else "",
        "15": "A probability, with its interval over athletes (95 %); no threshold is built in.",
        "16": "None: the data of development and evaluation are the same athletes, in different folds.",
        "18f": "landing-lab " + model.made_with.get("landing-lab", "") + ", MIT licence; the command and seed above.",
        "20a": f"{model.n_athletes} athletes, {model.n_rows} rows (one per {model.unit_of_analysis}); "
        f"{model.n_events} athletes with the outcome; {result.left_out} rows left out. {result.repeats}".strip(),
        "20b": _characteristics(result),
        "21": f"{model.n_athletes} athletes and {model.n_events} with the outcome in every fold together.",
        "22": _specification(result),
        "23a": _performance(result),
        "23b": _by_site(result),
        "24": NOT_DONE,
        "26": _limits(result),
        "27a": "An input outside the range seen, or more than a third of the inputs missing, is refused with the "
        f"reason. {_fill(model.fill)}",
        "27c": "Validate in new athletes of the same laboratory, then elsewhere, before anything depends on it.",
    }


def _declared(result: LogisticResult) -> str:
    if not result.primary:
        return "No primary analysis was declared before: exploratory."
    tests = ", ".join(f"{one.predictor} (p {one.p_value:.3f}, Holm {one.p_holm:.3f})" for one in result.primary)
    return (
        f"Declared before as primary: {tests}. Each alone by permutation over athletes, adjusted for all of them "
        f"(Holm); other predictors are exploratory."
    )


def _named(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


def _fill(fill: str) -> str:
    return (
        "What is missing takes the mean, learned inside each fold."
        if fill == "mean"
        else "Imputation (if any) was learned inside each fold; at use a missing input is refused."
    )


def _characteristics(result: LogisticResult) -> str:
    rows = (
        f"{_named(one.name, one.unit)}: mean {one.mean:.3g}, SD {one.sd:.3g}, range {one.low:.3g} to {one.high:.3g}, "
        f"{100 * result.missing.share[one.name]:.0f} % missing"
        for one in result.model.predictors
    )
    return "; ".join(rows) + "."


def _specification(result: LogisticResult) -> str:
    ratios = (
        f"{name} {value:.2f} ({low:.2f} to {high:.2f})" for name, (value, low, high) in result.odds_ratios.items()
    )
    return (
        f"Intercept {result.model.intercept:.3f}; penalised odds ratio per SD (95 % interval): {'; '.join(ratios)}. "
        f"Everything needed is in model.json."
    )


def _performance(result: LogisticResult) -> str:
    ranked, calibrated = result.discrimination, result.calibration
    said = (
        f"Out of fold: AUC {ranked.auc:.2f} ({ranked.auc_low:.2f} to {ranked.auc_high:.2f}), PR-AUC "
        f"{ranked.pr_auc:.2f} ({ranked.pr_low:.2f} to {ranked.pr_high:.2f}; chance {ranked.prevalence:.2f}), "
        f"Brier {calibrated.brier:.3f} (scaled {calibrated.brier_scaled:.2f}), ECE {calibrated.ece:.3f}, "
    )
    said += calibrated.reason or (
        f"calibration slope {calibrated.slope:.2f} ({calibrated.slope_low:.2f} to {calibrated.slope_high:.2f}), "
        f"intercept {calibrated.intercept:.2f} ({calibrated.intercept_low:.2f} to {calibrated.intercept_high:.2f})"
    )
    return f"{said}. {result.decision.sentence} {_groups(result)}".strip()


def _groups(result: LogisticResult) -> str:
    found = []
    for one in result.groups:
        auc = (
            f"AUC {one.ranked.auc:.2f} ({one.ranked.auc_low:.2f} to {one.ranked.auc_high:.2f})"
            if one.ranked
            else f"no AUC ({one.reason})"
        )
        found.append(
            f"{one.column} {quoted_name(one.level)}: {one.n_athletes} athletes, {auc}, observed "
            f"{100 * one.observed:.0f} %, predicted {100 * one.predicted:.0f} %"
        )
    return "By group: " + "; ".join(found) + "." if found else ""


def _by_site(result: LogisticResult) -> str:
    if "site" not in result.folds:
        return ""
    return f"{result.folds}: the performance above is that at sites the model never saw."


def _limits(result: LogisticResult) -> str:
    said = ["Internal validation only.", "The rater's errors are in the outcome and make the AUC smaller."]
    said += [f"Not met: {name} ({seen})." for name, (met, seen) in result.model.criteria.items() if not met]
    return " ".join(said)
