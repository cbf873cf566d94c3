"""What becomes of a recorded trial: accepted, rejected, repeated, or left without a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from landing_lab.acquire.session import TrialFile
from landing_lab.app.record.events import Command
from landing_lab.app.record.facts import report_order
from landing_lab.app.record.gates import Finding
from landing_lab.io.session_file import TrialEntry
from landing_lab.model.result import Result

if TYPE_CHECKING:
    from landing_lab.app.record.session import RecordSession

MOST_REPEATS: Final = 2
"""How often a trial is repeated by itself before it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recorded:
    """A trial on disk, what the analysis of the file says of it, and what speaks against it."""

    entry: TrialEntry
    file: TrialFile
    result: Result
    findings: tuple[Finding, ...]


def decide(session: RecordSession, recorded: Recorded) -> None:
    """Accept, reject or repeat, as told or, where nobody is asked, as the gates say."""
    command = _automatic(recorded) if session.settings.auto_accept else _asked(session, recorded)
    if command.kind == "accept":
        _accept(session, recorded)
    elif command.kind == "quit":
        session.quitting = True
        session.tell("verdict", f"The trial has no verdict: its raw file is kept as {recorded.file.path}")
    else:
        reason = command.text or ("repeated" if command.kind == "repeat" else "no reason given")
        session.book.reject(recorded.entry, reason, session.notes)
        session.tell("verdict", f"Trial {session.number} rejected ({reason}): not in the report, kept under rejected")
        if session.settings.auto_accept and session.attempts > MOST_REPEATS:
            session.book.leave_out(session.number)
            session.tell("verdict", f"Trial {session.number} is left out after {session.attempts} attempts.")


def _automatic(recorded: Recorded) -> Command:
    stops = [finding.text for finding in recorded.findings if finding.level == "stop"]
    return Command(kind="repeat", text="; ".join(stops)) if stops else Command(kind="accept")


def _asked(session: RecordSession, recorded: Recorded) -> Command:
    session.tell("ask", "Accept, reject or repeat this trial?", findings=session.findings)
    while not session.settings.auto_accept:
        session.front.tick(session)
        session.report.step()
        while (command := session.next_command()) is not None:
            if command.kind not in ("note", "end"):
                return command
            if command.kind == "note":
                session.notes.append(command.text)
        session.pause(0.02)
    return _automatic(recorded)


def _accept(session: RecordSession, recorded: Recorded) -> None:
    session.phase = "writing"
    session.front.tick(session)
    session.book.accept(recorded.entry, recorded.result, session.notes)
    session.report.order(report_order(session.book, session.protocol, session.settings))
    session.tell("written", f"Trial {session.number} accepted.")
