"""What keys and words mean to a session; asks for reasons and notes itself, without waiting."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from landing_lab.app.record.events import REASONS, Command, CommandKind, Phase
from landing_lab.app.record.verdict import undoable
from landing_lab.app.terminal.keys import END_OF_INPUT, Typing
from landing_lab.io.visible import visible

if TYPE_CHECKING:
    from landing_lab.app.record.session import RecordSession

Asking: TypeAlias = Literal["", "reason", "own reason", "note", "quit"]

VERDICT_KEYS: Final = "a accept   r reject   p repeat   n note   q quit"
RECORDING_KEYS: Final = "e end the trial now   n note   q quit"
AWAY_KEYS: Final = "q quit"
UNDO_KEY: Final = "u undo the last verdict"
VERDICTS: Final = ("accept", "reject", "repeat")
MAX_TEXT: Final = 300
ENTER: Final = ("\r", "\n")
QUIT_ASKED_S: Final = 5.0
"""Nobody who hit q by mistake stands before the question for longer."""
_WORDS: Final[dict[str, CommandKind]] = {
    "accept": "accept", "a": "accept", "y": "accept", "yes": "accept",
    "reject": "reject", "r": "reject", "no": "reject",
    "repeat": "repeat", "p": "repeat", "undo": "undo", "u": "undo",
    "note": "note", "n": "note", "end": "end", "e": "end", "quit": "quit",
    "q": "quit",
}  # fmt: skip


class KeyCommands:
    """Turns what is typed into commands and hands each over when the session can use it."""

    def __init__(self, typing: Typing, *, now: Callable[[], float] = time.monotonic) -> None:
        self._typing, self._now = typing, now
        self._quit_asked_s = 0.0
        self._moment: tuple[str, str] = ("", "")
        self._commands: deque[Command] = deque()
        self._asking: Asking = ""
        self._text = ""
        self._ended = False
        self.complaint = ""
        self._undoable = False

    def tick(self, session: RecordSession) -> None:
        """Take what was typed and submit what fits the moment; where nobody can be asked, the session decides."""
        self._forget(session)
        self._undoable = bool(undoable(session))
        for typed in self._typing.read():
            if typed == END_OF_INPUT:
                self._ended = True
                if not self._typing.lines:
                    self._commands.append(Command(kind="quit"))
            elif self._typing.lines:
                self._word(typed)
            else:
                self._key(typed, session.phase)
        if session.phase == "away":  # whoever quits does not wait until what was typed before has its moment
            self._commands = deque([one for one in self._commands if one.kind == "quit"] or self._commands)
        while self._commands and self._fits(self._commands[0].kind, session.phase):
            session.submit(self._commands.popleft())
            if session.phase == "verdict":
                return
        if self._ended and self._typing.lines and session.phase == "verdict" and not self._commands:
            session.decide_alone()

    @property
    def asks_reason(self) -> bool:
        """Whether it is being asked why a trial is rejected."""
        return self._asking in ("reason", "own reason")

    def _forget(self, session: RecordSession) -> None:
        """What was said of a key or asked about quitting belongs to its moment."""
        moment = (session.phase, "" if session.watch is None else session.watch.live.stage)
        passed, self._moment = moment != self._moment, moment
        if passed and not self._typing.lines:
            self.complaint = ""
        if self._asking == "quit" and (passed or self._now() - self._quit_asked_s > QUIT_ASKED_S):
            self._asking = ""

    def line(self, phase: Phase) -> str:
        """What can be typed now, or what is being asked; reasons stand in lines of their own."""
        if self._asking == "reason":
            numbered = "\n".join(f"{number} {reason}" for number, reason in enumerate(REASONS, start=1))
            return f"{numbered}\nt other text  (Esc back)"
        if self._asking in ("own reason", "note"):
            return f"{self._asking.capitalize()} (Enter to end, Esc back): {self._text}_"
        if self._asking == "quit":
            return "End the session? It can be continued later.   y yes   any other key: go on"
        known = {"verdict": VERDICT_KEYS, "recording": RECORDING_KEYS, "away": AWAY_KEYS}.get(phase, "")
        if self._undoable and phase == "recording":
            known = f"{known}   {UNDO_KEY}"
        return f"{self.complaint}   {known}" if self.complaint else known

    @staticmethod
    def _fits(kind: CommandKind, phase: Phase) -> bool:
        if kind in VERDICTS:
            return phase == "verdict"
        return kind not in ("end", "undo") or phase == "recording"

    def _word(self, line: str) -> None:
        first, _, text = line.partition(" ")
        kind = _WORDS.get(first.lower())
        if kind is not None:
            self._commands.append(Command(kind=kind, text=visible(text.strip())[:MAX_TEXT]))
        elif line:
            self.complaint = "Please type accept, reject REASON, repeat, note TEXT, undo, end or quit."

    def _key(self, key: str, phase: Phase) -> None:
        self.complaint = ""
        if key == "\x1b":
            self._asking, self._text = "", ""
        elif self._asking in ("own reason", "note"):
            self._letter(key)
        elif self._asking == "reason":
            self._reason(key)
        elif self._asking == "quit":
            self._asking = ""
            if key.lower() in ("y", "q"):
                self._commands.append(Command(kind="quit"))
        else:
            self._first(key.lower(), phase)

    def _first(self, key: str, phase: Phase) -> None:
        if key == "n":
            self._asking, self._text = "note", ""
        elif key == "q":
            self._asking, self._quit_asked_s = "quit", self._now()
        elif phase == "recording" and key == "e":
            self._commands.append(Command(kind="end"))
        elif phase == "recording" and key == "u" and self._undoable:
            self._commands.append(Command(kind="undo"))
        elif phase == "verdict" and key == "a":
            self._commands.append(Command(kind="accept"))
        elif phase == "verdict" and key == "p":
            self._commands.append(Command(kind="repeat"))
        elif phase == "verdict" and key == "r":
            self._asking = "reason"
        elif key.isprintable() and key != " ":
            self.complaint = f"{key} means nothing here."

    def _reason(self, key: str) -> None:
        if key.isdigit() and 1 <= int(key) <= len(REASONS):
            self._commands.append(Command(kind="reject", text=REASONS[int(key) - 1]))
            self._asking = ""
        elif key.lower() == "t":
            self._asking, self._text = "own reason", ""

    def _letter(self, key: str) -> None:
        if key in ENTER:
            if self._text.strip():
                kind: CommandKind = "note" if self._asking == "note" else "reject"
                self._commands.append(Command(kind=kind, text=visible(self._text.strip())))
            self._asking, self._text = "", ""
        elif key in ("\x7f", "\b"):
            self._text = self._text[:-1]
        elif key.isprintable() and len(self._text) < MAX_TEXT:
            self._text += key
