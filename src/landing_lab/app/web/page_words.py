"""What a person at the page can do, where a sentence names a command of the terminal or one of its options."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeVar

Shown = TypeVar("Shown")

_MASSES: Final = r"(?:--mass-kg \S+ ?)+"
HINTS: Final[tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]] = tuple(
    (re.compile(said), instead)
    for said, instead in (
        (r"`?landing-lab calibrate check`?", "“Check the insoles” in the summary"),
        (r"`?landing-lab calibrate (plate|insole)(?: --on-plate)?`?", r"Boards, “Calibrate …” of the \1"),
        (r"`?landing-lab calibrate`?", "Boards, “Calibrate …”"),
        (r" \(--new-session begins another\)", ""),
        (
            r"; its raw data are in .*: look at them with landing-lab analyse, or leave them",
            "; Review shows its numbers, and it is recorded anew",
        ),
        (r"looked at with landing-lab analyse", "looked at in the review"),
        (r" A new report: landing-lab reanalyse .*", "A new report: Review, Files, “Make the report anew”."),
        (r"(, or use| with) landing-lab record --session", " in the review"),
        (r": --insole-layout, docs/layouts\.md", ": docs/layouts.md tells how to say it"),
        (r"choose another --side", "choose another foot"),
        (r"choose a --side", "choose the card of one insole"),
        (r"--corner-mm (\S+) is", r"\1 mm from the middle is"),
        (r" \(--mode-hz\)", ""),
        (r": --port \S+$", ""),
        (_MASSES, lambda found: " ".join(found[0].replace("--mass-kg", "").split()) + " kg"),
        (
            r"worst posture when left out: (.+), off by (.+) \(rms\)",
            r"each posture was also foretold from the others: the worst, \1, was off by \2 (root mean square)",
        ),
        (r"(the|its) converters' filter", r"\1 smoothing by the electronics (converters' filter)"),
    )
)
"""Known hints and what to do at the page instead, in this order."""


def on_page(shown: Shown) -> Shown:
    """The same with every known hint put the page's way; lists and dictionaries through and through."""
    if isinstance(shown, str):
        text: str = shown
        for said, instead in HINTS:
            text = said.sub(instead, text)
        return text  # type: ignore[return-value]
    if isinstance(shown, list):
        return [on_page(one) for one in shown]  # type: ignore[return-value]
    if isinstance(shown, dict):
        return {name: on_page(one) for name, one in shown.items()}  # type: ignore[return-value]
    return shown


def cards_on_page(cards: list[dict[str, object]]) -> list[dict[str, object]]:
    """Cards of trials in the page's words; their rows of metrics stay those of the analysis, to the last letter."""
    return [{name: one if name == "metrics" else on_page(one) for name, one in card.items()} for card in cards]
