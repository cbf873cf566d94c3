"""A session on a terminal: one screen that is redrawn in place, or plain lines where it is no terminal."""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from landing_lab.app.record.events import Event, Phase, SessionView
from landing_lab.app.record.keys import KeyCommands
from landing_lab.app.record.screen import key_numbers, screen
from landing_lab.io.visible import visible

if TYPE_CHECKING:
    from rich.live import Live

    from landing_lab.app.record.session import RecordSession

REDRAW_EVERY_S: Final = 0.125
BELLS: Final = ("result", "idle")


class PlainView:
    """Lines for a file or a pipe: each stage once, each result as a table."""

    def __init__(self, keys: KeyCommands, *, bell: bool) -> None:
        self._keys, self._bell = keys, bell

    def tell(self, event: Event) -> None:
        """Print what happened."""
        from landing_lab.report.terminal import print_trials

        if event.kind == "provisional":
            print(f"  first numbers: {key_numbers(event.trials, provisional=True)}")
        elif event.kind == "finding":
            print("\n".join(f"  {line}" for line in marked(event)))
        elif event.kind != "ask":
            print(f"{'  ' if event.kind == 'stage' else ''}{visible(event.text)}")
        if event.kind == "result":
            if event.trials:
                print_trials(event.trials)
            for line in marked(event):
                print(f"  {line}")
        if event.kind == "ask":
            print(f"{event.text} (accept, reject REASON, repeat, note TEXT, quit)")
        if self._bell and rings(event):
            print("\a", end="")
        sys.stdout.flush()

    def tick(self, session: RecordSession) -> None:
        """Hand over what was typed."""
        self._keys.tick(session)
        if self._keys.complaint:
            print(self._keys.complaint)
            self._keys.complaint = ""


class ScreenView:
    """The live screen; what has been said scrolls away above it."""

    def __init__(self, keys: KeyCommands, live: Live, *, bell: bool, now: Callable[[], float] = time.monotonic) -> None:
        self._keys, self._live, self._bell, self._now = keys, live, bell, now
        self._drawn_s = 0.0
        self._begun = False
        self._phase: Phase = "starting"
        self._drawn: tuple[str, ...] = ()

    def tell(self, event: Event) -> None:
        """Keep what must not scroll by unseen: what is said once, and verdicts."""
        from rich.text import Text

        self._begun = self._begun or event.kind == "trial"
        lines: list[str] = []
        if event.kind in ("session", "verdict", "written", "idle"):
            lines.append(visible(event.text))
        elif event.kind == "result":
            lines.append(f"{visible(event.text)}\n  {key_numbers(event.trials, provisional=False)}")
        if event.findings and (event.kind == "result" or (event.kind == "finding" and not self._begun)):
            lines.extend(f"  {line}" for line in marked(event))
        for line in lines:
            self._live.console.print(Text(line))
        if self._bell and rings(event):
            self._live.console.bell()
        self._drawn_s = 0.0

    def tick(self, session: RecordSession) -> None:
        """Draw, at most every REDRAW_EVERY_S and only what has changed."""
        self._keys.tick(session)
        now_s = self._now()
        if now_s - self._drawn_s < REDRAW_EVERY_S and session.phase == self._phase:
            return
        self._drawn_s, self._phase = now_s, session.phase
        self.draw(session.view())

    def draw(self, view: SessionView) -> None:
        """Draw this view where it differs from what is shown."""
        from rich.text import Text

        size = self._live.console.size
        if self._keys.asks_reason:
            view = dataclasses.replace(view, headline="WHY REJECTED?", instruction="a number, or t for another reason")
        lines = screen(view, self._keys.line(view.phase), width=size.width, height=size.height)
        shown = tuple(f"{style}|{text}" for text, style in lines)
        if shown == self._drawn:
            return
        self._drawn = shown
        drawing = Text(no_wrap=True, overflow="crop")
        for number, (text, style) in enumerate(lines):
            drawing.append(text if number == len(lines) - 1 else f"{text}\n", style=style)
        self._live.update(drawing, refresh=True)


def marked(event: Event) -> list[str]:
    """Findings of an event, one per line, with how serious they are."""
    return [visible(one.marked) for one in event.findings]


def rings(event: Event) -> bool:
    """Whether a person who does not look at the screen is to be called."""
    stops = event.kind in ("finding", "stage") and any(finding.level == "stop" for finding in event.findings)
    return event.kind in BELLS or event.stage == "armed" or stops
