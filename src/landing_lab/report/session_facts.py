"""What the first page says of a session: when it was recorded, which trials are not in it, what was noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from landing_lab.model.trial_label import TrialLabel
from landing_lab.report.names import one_line, sentence

WHO: Final = ("participant", "recorded", "protocol", "box height")
"""Entries of a session that stand at the top of the page."""
REJECTED: Final = "rejected trials"
WITHOUT_VERDICT: Final = "trials without verdict"
OF_ONE_TRIAL: Final = ("condition of ", "notes on ")
"""How the names of entries begin that stand with the trial itself."""
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialHeading:
    """How a trial is called in tables: a short name, the full one, its condition ("" where there is none)."""

    name: str
    full: str
    condition: str


def heading(title: str, label: TrialLabel | None) -> TrialHeading:
    """The run of a session; elsewhere the name of the recording itself."""
    full = one_line(title)
    if label is None:
        return TrialHeading(name=full, full=full, condition="")
    return TrialHeading(name=label.short, full=full, condition=one_line(label.condition_words))


def plain_time(text: str) -> str:
    """An ISO 8601 instant in the time of this computer, "22 November 2026, 22:25"; any other text as it is."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    local = at if at.tzinfo is None else at.astimezone()
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"


def who(session: Mapping[str, object]) -> list[tuple[str, str]]:
    """The entries of WHO that the session has, as text."""
    told = [(name, str(session.get(name, ""))) for name in WHO]
    return [(name, plain_time(text) if name == "recorded" else text) for name, text in told if text]


def left_out(session: Mapping[str, object]) -> str:
    """Which trials of the session are not in the report: "1 rejected, 2 without a verdict"; "" outside of one."""
    counts = [(session.get(REJECTED), "rejected"), (session.get(WITHOUT_VERDICT), "without a verdict")]
    told = [f"{count} {what}" for count, what in counts if isinstance(count, int)]
    return f"not in this report: {', '.join(told)}" if told else ""


def findings(labels: Sequence[TrialLabel | None]) -> list[tuple[str, str]]:
    """Short name of a trial and a note on it, for every note; a file with several jumps has its notes once."""
    noted = dict.fromkeys(
        (label.short, one_line(note)) for label in labels if label is not None for note in label.notes
    )
    return [(name, sentence(note.removeprefix("note: "))) for name, note in noted]


def in_short(session: Mapping[str, object], short: Mapping[str, str]) -> dict[str, Any]:
    """The session without what stands with its trials, and with short names for files; short: file -> name."""
    found: dict[str, Any] = {}
    for name, value in session.items():
        if short and name.startswith(OF_ONE_TRIAL):
            continue
        ending = next((file for file in short if name.endswith(f" {file}")), None)
        found[name if ending is None else name.removesuffix(ending) + short[ending]] = value
    if "recorded" in found:
        found["recorded"] = plain_time(str(found["recorded"]))
    return found
