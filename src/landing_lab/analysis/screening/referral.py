"""When somebody should look at the person: by symptoms and wishes alone, never by a score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from landing_lab.analysis.inputs.field_inputs import FieldInputs

GUIDE: Final = "referral-consensus"
RED_FLAGS: Final = "referral-red-flags-consensus"
NOT_ASKED: Final = "Nothing about pain or other symptoms was entered; ask before you train."
RULES: Final[tuple[tuple[str, str, str], ...]] = (
    ("pain_persistent", "pain that does not go away", GUIDE),
    ("loss_of_function", "something you can no longer do", GUIDE),
    ("suspected_structural", "a suspicion that something is damaged or built differently", GUIDE),
    ("swelling", "a swollen knee", RED_FLAGS),
    ("giving_way", "a knee that gives way", RED_FLAGS),
    ("recent_injury", "a recent injury", RED_FLAGS),
    ("post_operative", "a recent operation", RED_FLAGS),
    ("wants_plan", "your wish for a plan of your own", GUIDE),
)
"""Entry, its words, and the row it rests on; all of them consensus (evidence.md P1-4)."""
PAINFUL: Final = {"at_rest": "pain at rest", "during_sport": "pain during sport"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Whether to see a physiotherapist or a doctor first, and for which of the entered symptoms."""

    advised: bool
    reasons: tuple[str, ...]
    sentence: str
    evidence: tuple[str, ...]


def referral(inputs: FieldInputs | None) -> Referral:
    """By what was entered about symptoms and by nothing else."""
    if inputs is None:
        return Referral(advised=False, reasons=(), sentence=NOT_ASKED, evidence=(GUIDE,))
    found = [(words, row) for name, words, row in RULES if getattr(inputs, name)]
    if inputs.pain in PAINFUL:
        found.insert(0, (PAINFUL[inputs.pain], GUIDE))
    if found:
        reasons = tuple(words for words, _ in found)
        sentence = f"See a physiotherapist or a doctor before training on: {_and(reasons)}."
        rows = tuple(dict.fromkeys(row for _, row in found))
        return Referral(advised=True, reasons=reasons, sentence=sentence, evidence=rows)
    asked = inputs.pain is not None or any(getattr(inputs, name) is not None for name, _, _ in RULES)
    none = "No symptom was entered that asks for a physiotherapist or a doctor."
    return Referral(advised=False, reasons=(), sentence=none if asked else NOT_ASKED, evidence=(GUIDE,))


def _and(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
