"""How good the signal of a trial is: what was checked, what was found, what could not be checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from landing_lab.model.channels import Side

Verdict: TypeAlias = Literal["ok", "flagged", "not checked"]


class QualityItem(NamedTuple):
    """One thing that was checked on one side: the figure, its unit, the verdict and a sentence on it.

    value: None where it could not be checked; `text` then says what it would take. A flagged item's text says
    what was found and what to do. flags: names of the metrics that a flagged item makes doubtful, ("all",) for every
    number of the trial; a check may name what metrics need (timing, force, motion), which a result resolves to names.
    """

    name: str
    side: Side
    value: float | None
    unit: str
    verdict: Verdict
    text: str
    flags: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON and tables."""
        return {**self._asdict(), "flags": list(self.flags)}


@dataclass(frozen=True, slots=True)
class Quality:
    """Everything that was checked on the signal of a trial, in the order of reports."""

    items: tuple[QualityItem, ...] = ()

    def __iter__(self) -> Iterator[QualityItem]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def get(self, name: str, side: Side = "total") -> QualityItem | None:
        """The item of this name and side, None where nothing of that name was looked at."""
        return next((item for item in self.items if item.name == name and item.side == side), None)

    @property
    def general_doubts(self) -> tuple[str, ...]:
        """Texts of the flagged items that make every number doubtful."""
        return tuple(item.text for item in self.items if item.verdict == "flagged" and "all" in item.flags)

    @property
    def doubts_by_metric(self) -> dict[str, str]:
        """Metric name -> what makes it doubtful, from the flagged items that name their metrics."""
        found: dict[str, str] = {}
        for item in self.items:
            if item.verdict == "flagged":
                for name in item.flags:
                    if name != "all":
                        found[name] = f"{found[name]}; {item.text}" if name in found else item.text
        return found

    @property
    def doubts(self) -> tuple[str, ...]:
        """Texts of the flagged items."""
        return tuple(item.text for item in self.items if item.verdict == "flagged")
