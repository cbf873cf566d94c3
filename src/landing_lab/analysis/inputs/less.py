"""The Landing Error Scoring System: what each item asks, its score, and what the total can tell.

Padua 2009, Am J Sports Med 37:1996, doi:10.1177/0363546509343200; the wording is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from landing_lab.analysis.inputs.field_inputs import LESS_MOST, N_LESS_ITEMS

VALGUS_ITEMS: Final = (5, 15)
"""Items that are an observation of the knee from the front."""
MDC95_POINTS: Final = (2.8, 3.1)
"""Least change of a total beyond its error, 1.96 sqrt(2) SEM, for both published errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessItem:
    """One item: number, name, when and where to look, and what each score means (index = score)."""

    number: int
    name: str
    look: str
    scores: tuple[str, ...]

    @property
    def most(self) -> int:
        """Highest score."""
        return LESS_MOST[self.number]


_CONTACT, _DEEPEST = "at first contact", "at the deepest knee bend"
_ROWS: Final = (
    ("knee flexion at contact", f"side view, {_CONTACT}", "knees bent more than 30 deg", "knees bent 30 deg or less"),
    ("hip flexion at contact", f"side view, {_CONTACT}", "thigh bent on the trunk", "thigh in line with the trunk"),
    ("trunk flexion at contact", f"side view, {_CONTACT}", "trunk leans forward", "trunk upright or leaning back"),
    ("ankle at contact", f"side view, {_CONTACT}", "toes land before the heel", "heel first, or flat foot"),
    ("medial knee position at contact", f"front view, {_CONTACT}", "line down from the kneecap runs over the midfoot",
     "line down from the kneecap runs inside the midfoot"),
    ("trunk lean to the side", f"front view, {_CONTACT}", "trunk not tilted to a side", "trunk tilted to a side"),
    ("stance wide", "front view, whole foot down", "feet not wider than the shoulders",
     "feet wider than the shoulders"),
    ("stance narrow", "front view, whole foot down", "feet not narrower than the shoulders",
     "feet narrower than the shoulders"),
    ("toes in", "front view, contact to deepest knee bend", "feet turned in 30 deg or less",
     "a foot turned in more than 30 deg"),
    ("toes out", "front view, contact to deepest knee bend", "feet turned out 30 deg or less",
     "a foot turned out more than 30 deg"),
    ("symmetric foot contact", f"front view, {_CONTACT}", "both feet land together and alike",
     "one foot lands first, or the feet land differently"),
    ("knee flexion displacement", "side view, contact to deepest knee bend", "knees bend by more than 45 deg",
     "knees bend by 45 deg or less"),
    ("hip flexion at deepest", f"side view, {_DEEPEST}", "thigh bends further on the trunk", "hip bends no further"),
    ("trunk flexion at deepest", f"side view, {_DEEPEST}", "trunk leans further forward", "trunk leans no further"),
    ("medial knee displacement", f"front view, {_DEEPEST}", "line down from the kneecap runs outside the great toe",
     "line down from the kneecap runs through the great toe or inside it"),
    ("joint displacement", "side view, contact to deepest knee bend", "soft: trunk, hips and knees move far",
     "average: they move somewhat", "stiff: they hardly move"),
    ("overall impression", "both views", "excellent: soft, no motion to the side or in rotation",
     "average: all others", "poor: stiff, or much motion to the side or in rotation"),
)  # fmt: skip
ITEMS: Final = tuple(
    LessItem(number=number, name=name, look=look, scores=scores)
    for number, (name, look, *scores_) in enumerate(_ROWS, start=1)
    for scores in (tuple(scores_),)
)
"""All 17 items in the order of Padua 2009."""


@dataclass(frozen=True, slots=True)
class LessTotal:
    """Sum of the rated items, which these are, and the items that nobody rated."""

    points: int
    rated: tuple[int, ...]
    missing: tuple[int, ...]

    @property
    def complete(self) -> bool:
        """Whether every item is rated: only then is the sum a LESS score that may be compared with published ones."""
        return not self.missing


def less_total(scores: Mapping[int, int]) -> LessTotal | None:
    """Total of rated items; None where none is rated."""
    if not scores:
        return None
    rated = tuple(sorted(scores))
    missing = tuple(number for number in range(1, N_LESS_ITEMS + 1) if number not in scores)
    return LessTotal(sum(scores.values()), rated, missing)
