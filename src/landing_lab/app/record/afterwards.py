"""What is to be made of a trial's file once its recording has ended, whatever ended it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from landing_lab.acquire.session import TrialFile
from landing_lab.app.record.events import CommandKind
from landing_lab.app.record.gates import findings_of, of_failure
from landing_lab.app.record.trial import numbers_of
from landing_lab.app.record.verdict import Recorded, take_back
from landing_lab.io.session_file import TrialEntry

if TYPE_CHECKING:
    from landing_lab.app.record.session import RecordSession

MOST_IDLE: Final = 2
"""How often a session that nobody watches waits anew where nothing happens."""

NOTHING, BY_HAND, QUIT = "nothing happened", "ended by hand", "the session was ended"
UNDO = "the last verdict was taken back"
WORDS: Final[Mapping[CommandKind, str]] = {"end": BY_HAND, "quit": QUIT, "undo": UNDO}
"""Commands that end a running trial -> why it then ended."""


def after(session: RecordSession, entry: TrialEntry, file: TrialFile) -> Recorded | None:
    """The trial whose verdict is to be asked for; None where there is none to ask for."""
    assert session.watch is not None
    if file.ended == UNDO:
        session.watch.links.end()
    if file.ended in (NOTHING, UNDO) or (file.ended == QUIT and session.watch.nothing_happened):
        session.book.withdraw(entry)
        if file.ended == UNDO and session.judged is not None:
            return take_back(session, session.judged)
        _nothing_came(session, file.ended)
        return None
    entry = session.book.update(entry, link_statistics=file.link_statistics)
    if file.ended in ("interrupted", QUIT):
        session.interrupted = session.interrupted or file.ended == "interrupted"
        session.quitting = True
        session.tell("verdict", f"The trial keeps its raw file ({file.path}) but is not in the report.")
        return None
    if file.lost:
        session.problem = f"{file.lost}; what had arrived by then is kept in {file.path}"
        session.tell("verdict", "The trial was cut short: it keeps its raw file but is not in the report.")
        return None
    return session.measure(entry, file)


def left_open(session: RecordSession) -> Recorded | None:
    """The trial that was measured and left without its verdict, measured again; None where there is none."""
    entry = session.book.awaited
    if entry is None or entry.open_verdict is None:
        return None
    session.planned = next(one for one in session.book.remaining() if one.condition == entry.condition)
    session.attempts, session.phase, session.run_number = 1, "measuring", entry.run
    session.front.tick(session)
    path, settings = session.book.raw_path(entry), session.settings
    try:
        result = numbers_of(path, mass_kg=settings.mass_kg, box_height_m=settings.box_height_m)
        session.findings = findings_of(entry.open_verdict)
    except Exception as error:  # noqa: BLE001 - as when it was recorded
        result, session.findings = None, (of_failure(error),)
    session.notes, session.trials = list(entry.open_verdict.notes), () if result is None else result.trials
    text = f"{session.book.name_of(entry)} was measured before and has no verdict yet; raw data in {path}"
    session.tell("result", text, findings=session.findings, trials=session.trials)
    return Recorded(entry=entry, result=result, findings=session.findings)


def _nothing_came(session: RecordSession, ended: str) -> None:
    if ended == QUIT:
        session.quitting = True
        return
    session.idle += 1
    silent = "; ".join(finding.text for finding in session.findings if finding.name.startswith("silent "))
    because = f" ({silent})" if silent else ""
    waited_s = session.settings.max_duration_s
    session.tell("idle", f"Nothing happened for {waited_s:.0f} s{because}; waiting again.")
    if session.settings.auto_accept and session.idle > MOST_IDLE:
        why = silent or "nobody jumped"
        session.problem = (
            f"{why}; nothing happened in {session.idle} times {waited_s:.0f} s, so the session was ended; start it "
            "again to continue it"
        )
