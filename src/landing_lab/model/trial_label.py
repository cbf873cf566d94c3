"""Which trial of a session a result belongs to: its run, its condition and what was noted when it was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialLabel:
    """run: number of the trial in its session. condition: "" where the protocol has none. notes: of the recording.

    accepted: whether the trial counts in means of its condition. moved: sentences on events that a person set to
    another time; pages show them, no number and no document holds them.
    """

    run: int
    condition: str = ""
    notes: tuple[str, ...] = ()
    accepted: bool = True
    moved: tuple[str, ...] = ()

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, Any]) -> Self | None:
        """The label that a raw file holds; None where it was recorded outside of a session."""
        run = metadata.get("run")
        if not isinstance(run, int) or isinstance(run, bool):
            return None
        return cls(run=run, condition=str(metadata.get("condition") or ""))

    @property
    def short(self) -> str:
        """Name of the trial where the session is known: "run 02"."""
        return f"run {self.run:02d}"

    @property
    def condition_words(self) -> str:
        """The condition as people read it; "" where there is none."""
        return self.condition.replace("_", " ")

    def as_dict(self) -> dict[str, object]:
        """Entries that the trial gets in the schema landing-lab.analysis/1; "notes" are those of the analysis."""
        entries: dict[str, object] = {"run": self.run, "condition": self.condition or None}
        return {**entries, "trial_notes": list(self.notes)} if self.notes else entries
