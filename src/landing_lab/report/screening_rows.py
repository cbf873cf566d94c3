"""A screening as lines of text: what the page and the terminal both show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from landing_lab.analysis.evidence.claim import GRADE_WORDS, WEIGHT
from landing_lab.analysis.screening.chains import Ranking
from landing_lab.analysis.screening.entered_alone import EnteredAlone
from landing_lab.analysis.screening.finding import Finding
from landing_lab.analysis.screening.gate import Statement
from landing_lab.analysis.screening.indicators import CHAIN_LABELS
from landing_lab.analysis.screening.local_model import outcome_words
from landing_lab.analysis.screening.numbers import quantity
from landing_lab.analysis.screening.references import (
    BASELINE_NEEDS,
    DAYS_LEFT_OUT,
    LAB_DAYS,
    NO_NORMS,
    TEST_ERROR_UNKNOWN,
)
from landing_lab.analysis.screening.screening import Screening
from landing_lab.analysis.wording import ungated_valgus
from landing_lab.io.visible import visible
from landing_lab.report.names import sentence

STATE_WORDS: Final = {
    "outside": "stands out",
    "within": "usual",
    "indeterminate": "cannot be told",
    "not_measured": "not measured",
}
SIDE_WORDS: Final = {"left": "left", "right": "right", "total": "both", "left_right": "left/right"}
GRADE_LEGEND: Final = tuple(
    f"{grade}: {words}{'' if WEIGHT[grade] else ', never counted'}" for grade, words in GRADE_WORDS.items()
)
REFERENCE_WORDS: Final = {
    "baseline": "your own earlier sessions",
    "local": "athletes of this laboratory",
    "published": "published values",
}
FOUND_WORDS: Final = {"heel_lift_helps": ("no change", "changed")}
SAME_OBSERVATION: Final = "heel_lift_no_help"
"""The other face of heel_lift_helps, for another chain: shown once."""
NOTHING: Final = "nothing to compare it with: "
FLAG: Final = "!"
FLAG_LEGEND: Final = f"{FLAG} this number carries a reservation; the report of the session says which"
WITHHELD: Final = "about the knee; shown once an observation of the knee is entered"


@dataclass(frozen=True, slots=True)
class Badge:
    """A row of the evidence table beside a sentence."""

    claim: str
    grade: str
    unverified: bool


def badges(result: Screening | EnteredAlone, ids: Sequence[str]) -> tuple[Badge, ...]:
    """Grade and id of each row."""
    known = {one.id: one for one in result.claims}
    return tuple(Badge(one, known[one].grade, not known[one].verified) for one in ids)


def said(result: Screening | EnteredAlone, statements: Sequence[Statement]) -> list[dict[str, Any]]:
    """Sentences with their badges."""
    return [{"text": one.text, "badges": badges(result, one.evidence)} for one in statements]


def landings_words(result: Screening) -> str:
    """Which landings were judged: "2 two-legged landings (drop jump, flat) in session 01; others do not count"."""
    of = f" ({visible(result.landing)})" if result.landing else ""
    only = "; trials of another condition do not count" if "," in result.landing else ""
    return f"{result.n_trials} two-legged landings{of} in session {visible(result.session)}{only}"


def model_sentence(result: Screening) -> str:
    """What the laboratory's model says, with the names of the form of entries; "" without a model."""
    if result.model is None:
        return ""
    return replace(result.model, outcome=outcome_words(result.model.outcome)).sentence


def missing_words(result: Screening) -> list[str]:
    """What was not measured or not entered, with the leg where the other one was."""
    found: dict[str, list[Finding]] = {}
    for one in result.findings:
        if one.id != SAME_OBSERVATION:
            found.setdefault(one.id, []).append(one)
    words = []
    for own in found.values():
        gone = [one for one in own if one.state == "not_measured"]
        only = "" if len(gone) == len(own) else f" ({' and '.join(SIDE_WORDS[one.side] for one in gone)} only)"
        words += [f"{gone[0].label}{only}"] if gone else []
    return words


def unclear_words(result: Screening) -> list[tuple[str, str]]:
    """Reason and labels of what counts and could not be told; what varies from day to day is said once elsewhere."""
    reasons: dict[str, dict[str, None]] = {}
    for one in result.findings:
        if one.state == "indeterminate" and not one.struck and one.reason != BASELINE_NEEDS:
            reasons.setdefault(one.reason.removesuffix(f"; {DAYS_LEFT_OUT}"), {})[one.label] = None
    return [(reason, "; ".join(labels)) for reason, labels in reasons.items()]


def reference_words(result: Screening) -> str:
    """What landings are compared with, and how many of their numbers really are."""
    used = [one for one in result.findings if one.kind == "metric" and one.value is not None]
    compared = sum(one.reference is not None for one in used)
    words = REFERENCE_WORDS[result.declared]
    if not used:
        return "nothing yet: there are too few landings of one condition"
    if compared == len(used):
        return words
    if not compared:
        return f"nothing yet: {words} would serve, and there are none that fit"
    return f"{words}: {compared} of {len(used)} numbers of your landings; nothing fits the others yet"


def lab_lines(result: Screening) -> list[str]:
    """What only the laboratory can change, with commands; the athlete needs none of it."""
    reasons = " ".join(one.reason for one in result.findings)
    unjudged = dict.fromkeys(one.found.reason for one in result.answers if one.found.judgement == "not_judged")
    lines = [f"To go further: {result.level.why_not_higher}."] if result.level.why_not_higher else []
    if result.model_refusal and result.model_refusal not in result.level.why_not_higher:
        lines.append(f"The model says nothing: {result.model_refusal}.")
    if any(one.lacks_days for one in result.findings):
        lines.append(f"{sentence(LAB_DAYS)}.")
    lines += [f"A comparison of conditions was not judged: {reason}." for reason in unjudged]
    if NO_NORMS in reasons:
        lines.append("Norms of this laboratory are made with landing-lab cohort, of 30 athletes or more.")
    unknown = dict.fromkeys(one.label for one in result.findings if one.reason == TEST_ERROR_UNKNOWN)
    if unknown:
        lines.append(
            f"Error not known: {', '.join(unknown)}; test some athletes on two days (landing-lab reliability)."
        )
    if result.observed is not None:
        lines += [
            f"{one.limb.capitalize()} leg, no part named: {'; '.join(one.why_not)}."
            for one in result.rankings
            if one.why_not
        ]
    return lines


def value_text(one: Finding) -> str:
    """Value with the half-width of its 90 % interval is for the figure; here value and standard error."""
    if one.value is None:
        return "–"
    if one.kind == "finding":
        return FOUND_WORDS.get(one.id, ("no", "yes"))[int(one.value)]
    value = quantity(one.value, one.decimals, "")
    error = f" ± {quantity(one.standard_error, one.decimals, '')}" if one.standard_error is not None else ""
    unit = "" if one.unit == "ratio" else f" {one.unit}"
    return f"{value}{error}{unit}"


def usual_text(one: Finding) -> str:
    """Which values are usual, or a dash where nothing is known to compare with."""
    limits = [quantity(limit, one.decimals, "") for limit in one.limits]
    unit = "" if one.unit == "ratio" else f" {one.unit}"
    if not limits:
        return "–"
    if len(limits) == 2:
        return f"{limits[0]} to {limits[1]}{unit}"
    return f"{'at least' if one.unfavourable == 'lower' else 'at most'} {limits[0]}{unit}"


def finding_line(result: Screening, one: Finding) -> dict[str, Any]:
    """One row of the table of everything that was looked at."""
    change = one.change.sentence if one.change is not None else ""
    reason = one.reason.removesuffix(DAYS_LEFT_OUT).removesuffix(BASELINE_NEEDS).removesuffix("; ")
    nothing = reason.startswith(NOTHING)
    if nothing:
        compared, _, reason = reason.partition("; ")
    elif one.reference is not None:
        compared = f"{one.reference.group} ({one.reference.source})"
    else:
        compared = "a convention" if one.limits else ""
    if one.n_flagged:
        reason = f"{reason}; " if reason else ""
        reason += f"{one.n_flagged} of {one.n} trials carry a reservation"
    source = f"{'borrowed: ' if one.error_borrowed else ''}{one.error_source}" if one.error_source else ""
    return {
        "label": sentence(one.label),
        "side": SIDE_WORDS[one.side],
        "value": value_text(one),
        "n": one.n if one.kind == "metric" else "",
        "usual": usual_text(one),
        "reference": f"nothing: {compared.removeprefix(NOTHING)}" if nothing else compared,
        "state": one.state,
        "word": "" if one.kind == "finding" else STATE_WORDS[one.state],
        "reason": reason,
        "change": "" if one.change is not None and one.change.real is None else change,
        "flagged": one.flagged,
        "error": source,
        "struck": one.struck,
        "badges": badges(result, one.evidence),
    }


def shown_findings(result: Screening) -> list[Finding]:
    """Findings with a value or a state, each observation once."""
    return [one for one in result.findings if one.state != "not_measured" and one.id != SAME_OBSERVATION]


def chain_lines(ranking: Ranking) -> list[dict[str, str]]:
    """Chains of one limb as rows; those that nothing can count for say so."""
    return [
        {
            "label": CHAIN_LABELS[one.chain],
            "measured": f"{one.measured} of {one.expected}" if one.expected else "nothing that may count",
            "score": "–" if one.score is None else f"{one.score:.1f}",
            "interval": "–" if one.low is None or one.high is None else f"{one.low:.1f} to {one.high:.1f}",
            "first": "–" if one.p_first is None else f"{100 * one.p_first:.0f} %",
            "outside": str(len(one.outside)) if one.measured else "–",
            "missing": ", ".join(one.missing) or "–",
        }
        for one in ranking.chains
    ]


def claim_lines(result: Screening | EnteredAlone) -> list[dict[str, str]]:
    """Every row of evidence that was used; what speaks of the knee is withheld where nobody observed it."""
    lines = []
    for one in result.claims:
        texts = {"finding": one.finding, "effect": one.shown_effect, "source": one.source, "limits": one.limits}
        if result.observed is None:
            texts = {name: WITHHELD if ungated_valgus(text) else text for name, text in texts.items()}
        lines.append(
            {
                "id": one.id,
                "grade": one.grade,
                "sample": f"{one.sample}; {one.population}",
                "doi": one.doi,
                "checked": "" if one.verified else "unverified",
                "against": ", ".join(one.contradicted_by),
                **texts,
            }
        )
    return lines


def level_words(result: Screening) -> str:
    """Level reached."""
    reached = result.level
    if reached.number is None:
        return f"Too little was measured to say how you land: {reached.why_not_higher}."
    says = [level.may_say for level in reached.levels if level.has_inputs and level.number <= reached.number]
    return f"Level {reached.number} of 4: {'; '.join(says)}."
