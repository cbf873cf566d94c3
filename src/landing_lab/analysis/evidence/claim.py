"""One published claim: what was found, in whom, by whom, how good it is, and whether somebody here has read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

Grade: TypeAlias = Literal["A", "B", "C", "D", "X"]
"""A consistent meta-analyses or several prospective studies; B moderate; C single, small or cross-sectional;
D conflicting or mostly null; X no direct evidence found."""
Direction: TypeAlias = Literal["higher", "lower", "changed", "none"]
"""Which values of the variable were seen with the outcome; none: no association was found."""
Outcome: TypeAlias = Literal[
    "valgus", "acl_injury", "second_acl_injury", "knee_injury", "any_injury", "patellofemoral_pain", "prevention",
    "landing_mechanics", "measurement", "mechanism",
]  # fmt: skip
Checked: TypeAlias = Literal["page", "memory", "own"]
"""page: read on a page or abstract at that address; memory: not checked, shown as such; own: computed here."""
Chain: TypeAlias = Literal["foot", "ankle", "hip", "control", "structural", "sagittal"]
"""Which part of the kinetic chain a claim speaks of: foot, ankle (bottom up), hip (top down), control of movement,
structure, stiffness in the sagittal plane."""

WEIGHT: Final[Mapping[Grade, float]] = MappingProxyType({"A": 1.0, "B": 0.67, "C": 0.33, "D": 0.0, "X": 0.0})
"""What an indicator counts in a chain by the grade of its evidence; D and X are shown struck through, never scored."""
GRADE_WORDS: Final[dict[Grade, str]] = {
    "A": "strong: several prospective studies or pooled ones agree",
    "B": "moderate",
    "C": "weak: a single, small or cross-sectional study",
    "D": "conflicting or mostly null",
    "X": "no direct evidence found",
}
NOT_SCORED: Final = "not scored"
CHECKED_WORDS: Final[dict[Checked, str]] = {
    "page": "read at the source",
    "memory": "from memory, unverified",
    "own": "computed or searched by landing-lab",
}
WITHHELD: Final = "figure withheld until a full text is read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One row of the registry.

    id: permanent, begins with the short name of the variable, such as "valgus-acl-cronstrom-2020"; variable: a topic
    of the table. finding: what was found, in plain words; effect, sample, population: as published, with interval.
    source: authors, year, journal; address: the page that was read; doi: empty where it is not known to us.
    contradicted_by: ids of rows that say otherwise (both rows name each other). printable: False for figures that stay
    out of print until a full text is read; `shown_effect` then says so. limits: what it cannot say. chain, seed: part
    of the kinetic chain and the common assertion that it speaks for or against, where it does.
    """

    id: str
    variable: str
    outcome: Outcome
    direction: Direction
    finding: str
    effect: str
    sample: str
    population: str
    source: str
    grade: Grade
    checked: Checked
    doi: str = ""
    address: str = ""
    limits: str = ""
    contradicted_by: tuple[str, ...] = ()
    printable: bool = True
    chain: tuple[Chain, ...] = ()
    seed: str = ""

    @property
    def weight(self) -> float:
        """What it may count in a score: 0 for grades D and X, and while its figure is withheld."""
        return WEIGHT[self.grade] if self.printable else 0.0

    @property
    def scored(self) -> bool:
        """Whether it may count at all."""
        return self.weight > 0.0

    @property
    def verified(self) -> bool:
        """Whether somebody here has read it, or computed it."""
        return self.checked != "memory"

    @property
    def badge(self) -> str:
        """The grade in words, with "not scored" where it cannot count."""
        words = f"grade {self.grade}, {GRADE_WORDS[self.grade]}"
        return words if self.scored else f"{words}, {NOT_SCORED}"

    @property
    def shown_effect(self) -> str:
        """The figures, or that they are withheld."""
        return self.effect if self.printable else WITHHELD
