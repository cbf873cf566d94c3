"""Conditions that are compared on purpose: what a pair is for, what published work says of it, what it cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HEEL_LIFT_EVIDENCE: Final = ("heel-lift-bell-2008", "heel-lift-padua-2012")
ARCH_EVIDENCE: Final = ("arch-support-dj", "arch-support-cut")
FATIGUE_EVIDENCE: Final = ("fatigue-valgus-abbasi-2025", "fatigue-valgus-meta-null")
CUE_EVIDENCE: Final = ("cue-biofeedback",)
TOE_EVIDENCE: Final = ("toe-angle-valgus",)
EVIDENCE_IDS: Final = (*HEEL_LIFT_EVIDENCE, *ARCH_EVIDENCE, *FATIGUE_EVIDENCE, *CUE_EVIDENCE, *TOE_EVIDENCE)
"""Every row of the evidence registry that a known pair names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionPair:
    """first is the reference, second the challenge; ordered: second can only come after first (fatigue)."""

    first: str
    second: str
    title: str
    meaning: str
    limits: str
    evidence_ids: tuple[str, ...]
    ordered: bool = False


_HEEL = ConditionPair(
    first="flat",
    second="heel_lift",
    title="flat / heel lift",
    meaning="A lift under the heels gives the ankle room: what changes with it may depend on how far the ankle bends.",
    limits="In squats of small groups it told a stiff ankle from the hip; force and pressure cannot see the knee.",
    evidence_ids=HEEL_LIFT_EVIDENCE,
)
_ARCH = ConditionPair(
    first="shod",
    second="arch_support",
    title="shod / arch support",
    meaning="A support under the arch changes how the foot is loaded; this shows what it does to the landing.",
    limits="Published changes at the knee are about 1 degree, less than cameras can tell; expect small effects.",
    evidence_ids=ARCH_EVIDENCE,
)
_FATIGUE = ConditionPair(
    first="pre_fatigue",
    second="post_fatigue",
    title="before / after fatigue",
    meaning="How the landing drifts with fatigue.",
    limits="The order cannot be changed: practice and warming up look the same as fatigue; published work disagrees.",
    evidence_ids=FATIGUE_EVIDENCE,
    ordered=True,
)
_CUE = ConditionPair(
    first="uncued",
    second="cued",
    title="uncued / cued",
    meaning="Whether an instruction changes the landing at once: what changes on a word can be trained by practice.",
    limits="It shows what the athlete can do when told to, not what stays.",
    evidence_ids=CUE_EVIDENCE,
)
_TOE_IN = ConditionPair(
    first="toe_neutral",
    second="toe_in",
    title="feet straight / toes in",
    meaning="How the landing depends on where the feet point; toe angle should be the same in every test.",
    limits="Toes in raised knee abduction in laboratories with cameras; force and pressure do not show it.",
    evidence_ids=TOE_EVIDENCE,
)
_TOE_OUT = ConditionPair(
    first="toe_neutral",
    second="toe_out",
    title="feet straight / toes out",
    meaning=_TOE_IN.meaning,
    limits="Toes out lowered knee abduction in laboratories with cameras; force and pressure do not show it.",
    evidence_ids=TOE_EVIDENCE,
)

KNOWN_PAIRS: Final = (_HEEL, _ARCH, _FATIGUE, _CUE, _TOE_IN, _TOE_OUT)

_SAME: Final[dict[str, str]] = {
    "barefoot": "shod",
    "no_support": "shod",
    "pre": "pre_fatigue",
    "post": "post_fatigue",
    "fresh": "pre_fatigue",
    "fatigued": "post_fatigue",
    "no_cue": "uncued",
    "cue": "cued",
    "neutral": "toe_neutral",
    "no_lift": "flat",
}
"""Names that laboratories use for the same condition."""


_REFERENCES: Final = frozenset(("", *(pair.first for pair in KNOWN_PAIRS)))


def canonical(condition: str) -> str:
    """The name that the known pairs have for a condition; any other is its own."""
    return _SAME.get(condition, condition)


def is_reference(condition: str) -> bool:
    """Whether a condition is none at all, or what a known pair starts from: no challenge, under any of its names."""
    return canonical(condition) in _REFERENCES


def known_pair(first: str, second: str) -> ConditionPair | None:
    """The pair as it is known, whichever of the two is named first; None for a pair of a laboratory's own."""
    names = {canonical(first), canonical(second)}
    return next((pair for pair in KNOWN_PAIRS if {pair.first, pair.second} == names), None)


def usual_order(conditions: tuple[str, ...]) -> tuple[str, str] | None:
    """The one known pair among some conditions, reference first, as they are named there; None for none or several."""
    found = [
        (first, second)
        for first in conditions
        for second in conditions
        for pair in KNOWN_PAIRS
        if (canonical(first), canonical(second)) == (pair.first, pair.second)
    ]
    return found[0] if len(found) == 1 else None
