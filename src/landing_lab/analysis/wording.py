"""Words that no text of landing-lab may use of an athlete, and what may be said of the knee without an observation."""

from __future__ import annotations

import re
from typing import Final

_INJURY: Final = r"(?:injur\w+|acl|ligament|ruptures?|tears?|re-?injury)"
_CHANCE: Final = r"(?:risks?|probabilit(?:y|ies)|likelihood|chances?)"
_PER_CENT: Final = r"(?:%|per\s?cent)"
_JUDGED: Final = r"(?:to\b|landings?|knees?|athletes?|return|jumps?|movements?|technique|range|zone)"
BANNED: Final[dict[str, re.Pattern[str]]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "a diagnosis": r"\bdiagnos(?:e|es|ed|ing|is|tic|tics)\b",
        "at risk": r"\bat\s+(?:\w+\s+)?risk\b",
        "per cent of risk": rf"\d\s*{_PER_CENT}\s+(?:\w+\s+){{0,3}}(?:risk|chance)\b",
        "a risk in per cent": rf"\b(?:risk|chance)[\s:=,]+(?:\w+[\s:=,]+){{0,4}}\d+(?:\.\d+)?\s*{_PER_CENT}",
        "a risk of injury": rf"\b(?:{_CHANCE}|odds)\s+(?:of|for)\s+(?:an?\s+|the\s+)?(?:\w+\s+)?{_INJURY}\b",
        "an injury risk": rf"\b{_INJURY}[\s-]+(?:{_CHANCE}|odds)\b",
        "a class of risk": r"\b(?:high|low|higher|lower|elevated|increased|moderate)[\s-]+risk\b",
        "a prophecy": rf"\b(?:will|going\s+to|likely\s+to)\s+(?:be\s+injured|get\s+injured|{_INJURY})\b",
        "a cause": r"\bweak\s+(?:\w+\s+){0,2}(?:glut\w+|hips?|abductors?|muscles?)\s+(?:\w+\s+){0,2}"
        r"(?:cause\w*|lead\w*\s+to|mak\w+)\b",
        "a verdict of safety": rf"\b(?:un)?safe\s+{_JUDGED}|\b(?:is|are|looks?|lands?)\s+(?:un)?safe(?:ly)?\b",
        "a traffic light": r"\btraffic[\s-]+lights?\b"
        r"|\b(?:green|red|amber)[\s-]+(?:light|zone|verdict|result|rating|score)\b",
    }.items()
}
"""What stands in no text that users see, by name. A probability of a laboratory's own outcome is none of it; that of an
injury is."""
ALLOWED: Final = (
    "not a diagnosis",
    "no diagnosis",
    "no probability of injury",
    "not a probability of injury",
    "never a probability of injury",
    "no injury probability",
    "never an injury probability",
    "no injury risk",
    "not an injury risk",
    "is not a risk of injury",
    "safe to call",
)
"""Phrases that say what the software does not do, or speak of code."""
_HINT: Final = re.compile(
    r"diagnos|risk|probab|likel|chance|odds|injur|tear|rupture|weak|safe|traffic|green|\bred\b|amber", re.IGNORECASE
)
"""Holds in every text that can hold a banned word; most texts are done with it."""

VALGUS: Final = re.compile(
    r"\bvalgus\b|\bknees?[\s-]+abduct\w*|\bknock[\s-]*knee\w*|\bkissing[\s-]+knees?\b|\bmedial\s+(?:knee|collapse)\b"
    r"|\bknees?\s+(?:\w+\s+){0,3}(?:inwards?|collaps\w*|cav(?:e|es|ed|ing))\b|\bcollaps\w+\s+of\s+the\s+knee\b",
    re.IGNORECASE,
)
NO_OBSERVATION: Final = "cannot be judged without a knee observation"
"""Ends a sentence on valgus of an athlete of whom no observation was entered."""
VALGUS_ALLOWED: Final = (
    NO_OBSERVATION,
    "do not measure knee angle",
    "cannot see the knee",
    "no observation of the knee was entered",
    "no statement about knee valgus",
    "nothing is said about knee valgus",
    "nothing is said about how the knees move",
    "in laboratories with cameras",
)
"""A sentence may speak of valgus without an observation only where it holds one of these."""


def banned_words(text: str) -> list[str]:
    """What is banned in a text, as it stands there; empty where nothing is."""
    if not _HINT.search(text):
        return []
    cleaned = " ".join(text.split())
    for phrase in ALLOWED:
        cleaned = re.sub(re.escape(phrase), "", cleaned, flags=re.IGNORECASE)
    return [found.group(0) for pattern in BANNED.values() for found in pattern.finditer(cleaned)]


def ungated_valgus(text: str) -> list[str]:
    """Sentences that speak of valgus and hold none of VALGUS_ALLOWED: there are none without an observation."""
    sentences = re.split(r"(?<=[.!?;:])\s+|\n\s*\n|\s*[•|]\s*", text)
    return [
        " ".join(one.split())
        for one in sentences
        if VALGUS.search(one) and not any(phrase in " ".join(one.lower().split()) for phrase in VALGUS_ALLOWED)
    ]
