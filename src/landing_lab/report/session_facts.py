"""What the first page says of a session: when it was recorded, which trials are not in it, what was noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from landing_lab.model.trial_label import TrialLabel
from landing_lab.report.names import one_line, sentence

BOX: Final = "box height"
WHO: Final = ("participant", "recorded", "protocol", BOX)
"""Entries of a session that stand at the top of the page."""
REJECTED: Final = "rejected trials"
WITHOUT_VERDICT: Final = "trials without verdict"
LONGEST: Final = 80
"""Of an entry at the top: one line of paper; the whole one stands with the recording."""
OF_ONE_TRIAL: Final = ("condition of ", "notes on ")
"""How the names of entries begin that stand with the trial itself."""
STOP: Final = "STOP: "
"""How a note begins that the checks of a recording made against it (app/record)."""
BOARDS: Final = {"insole_left": "left insole", "insole_right": "right insole"}
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialHeading:
    """How a trial is called in tables: a short name, the full one, its condition ("" where there is none).

    stops: what spoke against it when a person accepted it all the same.
    """

    name: str
    full: str
    condition: str
    stops: tuple[str, ...] = ()


def heading(title: str, label: TrialLabel | None, jump: int = 0) -> TrialHeading:
    """The run of a session, and which jump of it where it has several; elsewhere the name of the recording itself."""
    full = one_line(title)
    if label is None:
        return TrialHeading(name=full, full=full, condition="")
    name = f"{label.short}, jump {jump}" if jump else label.short
    return TrialHeading(name=name, full=full, condition=one_line(label.condition_words), stops=stops_of(label))


def jumps(labels: Sequence[TrialLabel | None]) -> list[int]:
    """Which jump of its run each trial is, from 1; 0 where it is the only one, and outside of a session."""
    runs = [None if label is None else label.run for label in labels]
    return [0 if run is None or runs.count(run) == 1 else runs[: k + 1].count(run) for k, run in enumerate(runs)]


def stops_of(label: TrialLabel | None) -> tuple[str, ...]:
    """What spoke against a trial that was accepted, in the words of people."""
    notes = () if label is None or not label.accepted else label.notes
    return tuple(board_words(one_line(note.removeprefix(STOP))) for note in notes if note.startswith(STOP))


def board_words(text: str) -> str:
    """A text with boards named as people do."""
    for name, words in BOARDS.items():
        text = text.replace(name, words)
    return text


def length_words(text: str) -> str:
    """A length as it was typed, in centimetres."""
    number, _, unit = text.partition(" ")
    try:
        return f"{100 * float(number):g} cm" if unit == "m" else text
    except ValueError:
        return text


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
    written = {"recorded": plain_time, BOX: length_words}
    return [(name, written.get(name, _one_line_of_paper)(text)) for name, text in told if text]


def _one_line_of_paper(text: str) -> str:
    return one_line(text, LONGEST)


def left_out(session: Mapping[str, object]) -> str:
    """Which trials of the session are not in the report: "1 rejected, 2 without a verdict"; "" outside of one."""
    counts = [(session.get(REJECTED), "rejected"), (session.get(WITHOUT_VERDICT), "without a verdict")]
    told = [f"{count} {what}" for count, what in counts if isinstance(count, int)]
    return f"not in this report: {', '.join(told)}" if told else ""


def findings(labels: Sequence[TrialLabel | None]) -> list[tuple[str, str]]:
    """Short name of a trial and a note on it, for every note and every event that a person moved.

    A file with several jumps has its notes once.
    """
    noted = dict.fromkeys(
        (label.short, one_line(note)) for label in labels if label is not None for note in (*label.notes, *label.moved)
    )
    return [(name, sentence(board_words(note.removeprefix("note: ")))) for name, note in noted]


def in_short(session: Mapping[str, object], short: Mapping[str, str]) -> dict[str, Any]:
    """The session without what stands with its trials, and with short names for files; short: file -> name."""
    found: dict[str, Any] = {}
    for name, value in session.items():
        if short and name.startswith(OF_ONE_TRIAL):
            continue
        ending = next((file for file in short if name.endswith(f" {file}")), None)
        found[name if ending is None else name.removesuffix(ending) + short[ending]] = value
    if BOX in found:
        found[BOX] = length_words(str(found[BOX]))
    if "recorded" in found:
        found["recorded"] = plain_time(str(found["recorded"]))
    return found
