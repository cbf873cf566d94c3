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

ALL_THE_SAME: Final = "a again to accept it all the same"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recorded:
    """A trial on disk, what the analysis of the file says of it (None: it cannot be read), what speaks against it."""

    entry: TrialEntry
    file: TrialFile
    result: Result | None
    findings: tuple[Finding, ...]


def decide(session: RecordSession, recorded: Recorded) -> None:
    """Accept, reject or repeat, as told or, where nobody is asked, as the gates say."""
    alone = session.settings.auto_accept or recorded.result is None
    command = _automatic(recorded) if alone else _asked(session, recorded)
    if command.kind == "accept" and recorded.result is not None:
        _accept(session, recorded, recorded.result)
    elif command.kind == "quit":
        session.quitting = True
        name = session.book.name_of(recorded.entry)
        session.tell("verdict", f"{name} has no verdict: its raw file is kept as {recorded.file.path}")
    else:
        reason = command.text or ("repeated" if command.kind == "repeat" else "no reason given")
        session.book.reject(recorded.entry, reason, _notes(session, recorded))
        session.tell("verdict", f"Trial {session.number} rejected ({reason}): not in the report, kept under rejected")
        if session.settings.auto_accept and session.attempts > MOST_REPEATS:
            session.book.leave_out(session.number)
            session.tell("verdict", f"Trial {session.number} is left out after {session.attempts} attempts.")


def _automatic(recorded: Recorded) -> Command:
    stops = _stops(recorded)
    return Command(kind="repeat", text="; ".join(stops)) if stops else Command(kind="accept")


def _stops(recorded: Recorded) -> list[str]:
    return [finding.text for finding in recorded.findings if finding.level == "stop"]


def _notes(session: RecordSession, recorded: Recorded) -> list[str]:
    """What was typed, and what was found, which stays with the trial whatever its verdict."""
    found = [f"{'STOP' if one.level == 'stop' else 'note'}: {one.text}" for one in recorded.findings]
    return [*session.notes, *found]


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
            elif command.kind != "end":
                return command
        session.pause(0.02)
    return _automatic(recorded)


def _accept(session: RecordSession, recorded: Recorded, result: Result) -> None:
    session.phase = "writing"
    session.front.tick(session)
    session.book.accept(recorded.entry, result, _notes(session, recorded))
    session.report.order(report_order(session.book, session.protocol, session.settings))
    session.tell("written", f"Trial {session.number} accepted.")
