"""What becomes of a recorded trial: accepted, rejected, repeated, or left without a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from landing_lab.app.record.events import Command
from landing_lab.app.record.facts import report_order
from landing_lab.app.record.gates import Finding, noted, open_verdict
from landing_lab.app.record.plan import PlannedTrial
from landing_lab.io.session_file import TrialEntry
from landing_lab.model.result import Result

if TYPE_CHECKING:
    from landing_lab.app.record.session import RecordSession

MOST_REPEATS: Final = 2
"""How often a trial is repeated by itself before it is left out."""

ALL_THE_SAME: Final = "a again to accept it all the same"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recorded:
    """A trial on disk, what the analysis of the file says of it (None: it cannot be read), what speaks against it.

    again: its verdict was taken back by somebody, who is asked for another.
    """

    entry: TrialEntry
    result: Result | None
    findings: tuple[Finding, ...]
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """A verdict that may still be taken back: the trial before it, its entry after it, and what was typed for it."""

    recorded: Recorded
    entry: TrialEntry
    planned: PlannedTrial
    notes: tuple[str, ...]


def undoable(session: RecordSession) -> str:
    """The verdict that can be taken back now, in words; "" where nobody gave one, or the next trial has begun."""
    judged, watch = session.judged, session.watch
    if judged is None or session.phase != "recording" or watch is None or not watch.nothing_happened:
        return ""
    return f"trial {judged.planned.number} {judged.entry.verdict}"


def take_back(session: RecordSession, judged: Judged) -> Recorded:
    """Undo a verdict: files and state are those of before it, and it is asked for anew."""
    before = judged.recorded
    asked = replace(before.entry, open_verdict=open_verdict(before.findings, judged.notes))
    entry = session.book.take_back(judged.entry, asked)
    session.run_number = entry.run
    session.judged, session.planned, session.attempts = None, judged.planned, max(0, session.attempts - 1)
    session.notes, session.findings = list(judged.notes), before.findings
    session.trials, session.provisional = before.result.trials if before.result is not None else (), False
    if session.book.accepted:
        session.report.order(report_order(session.book, session.protocol, session.settings))
    else:
        session.report.withdraw()
    session.tell("verdict", f"Trial {judged.planned.number}: its verdict ({judged.entry.verdict}) is taken back.")
    return replace(before, entry=entry, again=True)


def decide(session: RecordSession, recorded: Recorded) -> None:
    """Accept, reject or repeat, as told or, where nobody is asked, as the gates say."""
    clean = session.settings.accept_clean and not recorded.again and not _stops(recorded)
    alone = session.settings.auto_accept or recorded.result is None or clean
    command = _automatic(recorded) if alone else _asked(session, recorded)
    if command.kind == "accept" and recorded.result is not None:
        _accept(session, recorded, recorded.result)
    elif command.kind == "quit":
        session.quitting = True
        name, path = session.book.name_of(recorded.entry), session.book.raw_path(recorded.entry)
        session.tell("verdict", f"{name} has no verdict: you are asked about it when the session is continued ({path})")
    else:
        reason = command.text or ("repeated" if command.kind == "repeat" else "no reason given")
        entry = session.book.reject(recorded.entry, reason, _notes(session, recorded))
        _remember(session, recorded, entry)
        session.tell("verdict", f"Trial {session.number} rejected ({reason}): not in the report, kept under rejected")
        if session.settings.auto_accept and session.attempts > MOST_REPEATS:
            session.book.leave_out(session.number)
            session.tell("verdict", f"Trial {session.number} is left out after {session.attempts} attempts.")


def _remember(session: RecordSession, recorded: Recorded, entry: TrialEntry) -> None:
    """What a person decided, or let be decided, may be taken back; the gates alone would only decide the same again."""
    if session.settings.auto_accept or session.planned is None:
        session.judged = None
        return
    session.judged = Judged(recorded=recorded, entry=entry, planned=session.planned, notes=tuple(session.notes))


def _automatic(recorded: Recorded) -> Command:
    stops = _stops(recorded)
    return Command(kind="repeat", text="; ".join(stops)) if stops else Command(kind="accept")


def _stops(recorded: Recorded) -> list[str]:
    return [finding.text for finding in recorded.findings if finding.level == "stop"]


def _notes(session: RecordSession, recorded: Recorded) -> Sequence[str]:
    return noted(open_verdict(recorded.findings, session.notes))


def _asked(session: RecordSession, recorded: Recorded) -> Command:
    session.tell("ask", "Accept, reject or repeat this trial?", findings=session.findings)
    try:
        return _answer(session, recorded)
    finally:
        session.confirming = False


def _answer(session: RecordSession, recorded: Recorded) -> Command:
    """What is answered; accepting what must not be is asked once more."""
    while not session.settings.auto_accept:
        session.front.tick(session)
        session.report.step()
        while (command := session.next_command()) is not None:
            if command.kind == "accept" and _stops(recorded) and not session.confirming:
                session.confirming = True
                session.tell("ask", f"Something speaks against it ({'; '.join(_stops(recorded))}): {ALL_THE_SAME}")
            elif command.kind == "note":
                session.notes.append(command.text)
                asked = open_verdict(recorded.findings, session.notes)
                session.book.update(recorded.entry, open_verdict=asked)
            elif command.kind not in ("end", "undo"):
                return command
        session.pause(0.02)
    return _automatic(recorded)


def _accept(session: RecordSession, recorded: Recorded, result: Result) -> None:
    session.phase = "writing"
    session.front.tick(session)
    entry = session.book.accept(recorded.entry, result, _notes(session, recorded))
    _remember(session, recorded, entry)
    session.report.order(report_order(session.book, session.protocol, session.settings))
    session.tell("written", f"Trial {session.number} accepted.")
