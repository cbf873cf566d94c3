"""A fitted model in a few honest lines, and its card as a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from landing_lab.analysis.models.coefficient import BY_CHANCE, PART_WORDS, Coefficient
from landing_lab.analysis.models.gee import GeeResult
from landing_lab.analysis.models.logistic import LogisticResult
from landing_lab.analysis.models.mixed import MixedResult
from landing_lab.analysis.models.sample_size import SampleSize
from landing_lab.io.visible import quoted_name, visible
from landing_lab.report.rounding import MINUS

_MARKUP: Final = str.maketrans({one: f"&#{ord(one)};" for one in "&<>|`[]"})
_NARROW: Final = 44


def sample_size_lines(size: SampleSize) -> list[str]:
    """How many athletes, and why."""
    rows = [f"  {name:<34}{athletes:>7} athletes" for name, athletes in size.by_criterion.items()]
    return [size.sentence, *rows]


def logistic_lines(result: LogisticResult) -> list[str]:
    """What was fitted, how it does on unseen athletes, what it may be used for."""
    model, ranked, calibrated = result.model, result.discrimination, result.calibration
    chance = f"{ranked.prevalence:.2f}"
    lines = [
        f"Model of '{quoted_name(model.outcome)}' ({quoted_name(model.outcome_definition)})",
        (
            f"{model.n_athletes} athletes, {model.n_rows} rows (one per {model.unit_of_analysis}), "
            f"{model.n_events} athletes with the outcome. {result.missing.sentence}"
        ),
        *([f"Note: {result.repeats}"] if result.repeats else []),
        f"On athletes it never saw ({result.folds}):",
        f"  AUC               {_range(ranked.auc, ranked.auc_low, ranked.auc_high)}   0.5 is chance",
        f"  PR-AUC            {_range(ranked.pr_auc, ranked.pr_low, ranked.pr_high)}   {chance} is chance",
        f"  calibration slope {_range(calibrated.slope, calibrated.slope_low, calibrated.slope_high)}   1 is right"
        if not calibrated.reason
        else f"  calibration slope none: {calibrated.reason}",
        f"  Brier score       {calibrated.brier:.3f} (scaled {calibrated.brier_scaled:.2f}; 0: as good as the mean)",
        "Penalised odds ratio per standard deviation, 95 % interval over athletes:",
    ]
    width = max(len(quoted_name(name)) for name in result.odds_ratios)
    lines += [f"  {quoted_name(name):<{width}}  {_range(*values)}" for name, values in result.odds_ratios.items()]
    if result.primary:
        lines.append("Declared as primary before, each alone by permutation over athletes:")
        lines += [
            f"  {quoted_name(one.predictor):<{width}}  {_p(one.p_value)}, Holm-adjusted {_p(one.p_holm)}"
            for one in result.primary
        ]
    lines.append(result.decision.sentence)
    lines += [f"Group {_group(one)}" for one in result.groups]
    lines.append(
        "VALIDATED IN THIS LABORATORY (internally):" if model.validated else "NOT VALIDATED, exploratory only:"
    )
    lines += [f"  [{'met' if met else 'NOT MET'}] {name}: {seen}" for name, (met, seen) in model.criteria.items()]
    lines.append("It speaks of the outcome as recorded here, never of an injury, and is not a diagnosis.")
    return lines


def effects_lines(result: MixedResult | GeeResult) -> list[str]:
    """Effects within and between athletes, the warnings first."""
    lines = [
        f"Effects on '{quoted_name(result.outcome)}': {result.n_athletes} athletes, {result.n_rows} trials",
        f"Method: {result.method}",
    ]
    if result.status == "not_converged":
        return [*lines, f"No result: {result.reason}."]
    if result.reason:
        lines.append(f"Note: {result.reason}.")
    lines += [f"{'Note:' if BY_CHANCE in one else '!'} {visible(one)}" for one in result.warnings]
    width = max(len(quoted_name(one.predictor)) for one in result.coefficients)
    for one in result.coefficients:
        if one.part != "intercept":
            lines.append(_effect(one, width))
    lines.append(_declared(result))
    if isinstance(result, MixedResult):
        lines.append(
            f"Explained variance: {100 * result.r2_marginal:.0f} % by the predictors, "
            f"{100 * result.r2_conditional:.0f} % with who the athlete is."
        )
    lines.append("An association in this group of athletes; it does not say what a change would do in one of them.")
    return lines


def _declared(result: MixedResult | GeeResult) -> str:
    declared = [one for one in result.coefficients if one.p_holm is not None]
    if not declared:
        return "No predictor was declared as primary before: every p is exploratory, none is adjusted."
    tests = f"{len(declared)} effects" if len(declared) > 1 else "one effect"
    return f"Adjusted for the {tests} of predictors declared as primary (Holm); other p are exploratory."


def card_markdown(card: Mapping[str, Any]) -> str:
    """The model card as a page."""
    state = "Validated in this laboratory (internally)." if card["validated"] else "NOT VALIDATED: exploratory only."
    lines = [
        f"# Model card: {_cell(quoted_name(str(card['outcome'])))}",
        "",
        f"**{state}** {_cell(card['intended_use'])}",
        "",
        "| criterion | met | seen |",
        "|---|---|---|",
        *(
            f"| {_cell(name)} | {'yes' if met else 'NO'} | {_cell(seen)} |"
            for name, (met, seen) in card["criteria"].items()
        ),
        "",
        f"Use: {_cell(card['decision'])}",
        "",
        *([visible(str(card["repeated_rows"])), ""] if card.get("repeated_rows") else []),
        f"## TRIPOD+AI ({card['filled']} of {card['items']} parts filled; the others are the laboratory's)",
        "",
        "| item | topic | report | by |",
        "|---|---|---|---|",
        *(
            f"| {number} | {_cell(topic)} | {_cell(text)} | {by} |"
            for number, (topic, text, by) in card["tripod_ai"].items()
        ),
        "",
        "## Self-check after PROBAST",
        "",
        "| question | answer | why |",
        "|---|---|---|",
        *(
            f"| {_cell(question)} | {_cell(answer)} | {_cell(why)} |"
            for question, (answer, why) in card["self_check"].items()
        ),
        "",
        "Made with " + _cell(", ".join(f"{name} {one}" for name, one in card["made_with"].items())) + ".",
        "",
    ]
    return "\n".join(lines)


def _cell(text: object) -> str:
    """Text in which nothing is markup: names of columns and outcomes come from outside."""
    return visible(str(text)).translate(_MARKUP)


def _group(one: Any) -> str:
    auc = _range(one.ranked.auc, one.ranked.auc_low, one.ranked.auc_high) if one.ranked else f"none: {one.reason}"
    return (
        f"{quoted_name(one.column)} {quoted_name(one.level)} ({one.n_athletes} athletes): AUC {auc}; observed "
        f"{100 * one.observed:.0f} %, predicted {100 * one.predicted:.0f} %"
    )


def _effect(one: Coefficient, width: int) -> str:
    p = _p(one.p_value) if one.p_holm is None else f"{_p(one.p_value)}, Holm-adjusted {_p(one.p_holm)}"
    values = f"{_number(one.value)} ({_number(one.low)} to {_number(one.high)})"
    return f"  {quoted_name(one.predictor):<{width}}  {PART_WORDS[one.part]:<{_NARROW - 3}} {values}, {p}"


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", MINUS)


def _range(value: float, low: float, high: float) -> str:
    return f"{two_digits(value)} ({two_digits(low)} to {two_digits(high)})"


def two_digits(value: float) -> str:
    """A number with two decimals; what rounds to 0 has no sign."""
    told = f"{value:.2f}"
    return "0.00" if told == "-0.00" else told.replace("-", MINUS)
