"""A calibration on a terminal: one screen redrawn in place, or plain lines where it is no terminal."""

from __future__ import annotations

import math
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO

from landing_lab.app.boards.links import SILENT_S
from landing_lab.app.calibration.events import COMMANDS, CalibrationView, Command, Event, FrontEnd, Script, StepLine
from landing_lab.app.calibration.view import view_of
from landing_lab.app.terminal.keys import END_OF_INPUT, Typing, keyboard
from landing_lab.io.visible import visible
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

if TYPE_CHECKING:
    from rich.live import Live

    from landing_lab.app.calibration.session import CalibrationSession

REDRAW_EVERY_S: Final = 0.125
KEYS: Final[dict[str, Command]] = {
    "g": "go", "\r": "go", "\n": "go", "r": "redo", "k": "keep", "s": "skip", "b": "back", "f": "finish",
}  # fmt: skip
STYLES: Final = {
    "measure": "bold black on yellow",
    "ready": "bold black on green",
    "problem": "bold white on red",
}


class TypedCommands:
    """Turns keys or words into commands; throwing all away is asked for twice."""

    def __init__(self, typing: Typing) -> None:
        self._typing = typing
        self._asking = False
        self.complaint = ""

    def tick(self, session: CalibrationSession) -> None:
        """Take what was typed; where nobody can be asked any more, a script decides."""
        for typed in self._typing.read():
            if typed == END_OF_INPUT:
                if self._typing.lines:
                    session.script = session.script or Script()
                else:
                    session.submit("quit")
            elif self._typing.lines:
                self._word(typed, session)
            else:
                self._key(typed.lower(), session)

    def line(self, view: CalibrationView) -> str:
        """What can be typed now."""
        if self._asking:
            return "Throw this calibration away?   y yes   any other key: go on"
        parts = ["k keep it anyway", "r read again"] if view.phase == "problem" else ["g read now", "r again"]
        parts += ["s skip"] if view.step is not None and view.step.optional else []
        return "   ".join([self.complaint, *parts, "b back", "f finish early", "q quit"][not self.complaint :])

    def _word(self, line: str, session: CalibrationSession) -> None:
        word = line.strip().lower()
        command = next((one for one in COMMANDS if word == one), None)
        if command is not None:
            session.submit(command)
        elif word:
            self.complaint = f"Please type one of {', '.join(COMMANDS)}."

    def _key(self, key: str, session: CalibrationSession) -> None:
        self.complaint = ""
        if self._asking:
            self._asking = False
            if key == "y":
                session.submit("quit")
        elif key == "q":
            self._asking = True
        elif key in KEYS:
            session.submit(KEYS[key])
        elif key.isprintable() and key != " ":
            self.complaint = f"{visible(key)} means nothing here."


class PlainView:
    """Lines for a file or a pipe: each step, its result, each problem."""

    def __init__(self, keys: TypedCommands, file: TextIO) -> None:
        self._keys, self._file = keys, file

    def tell(self, event: Event) -> None:
        """Print what happened."""
        lead = {"step": "", "done": "  ok    ", "problem": "  STOP  ", "note": "  note  "}[event.kind]
        print(f"{lead}{visible(event.text)}", file=self._file, flush=True)

    def tick(self, session: CalibrationSession) -> None:
        """Hand over what was typed."""
        self._keys.tick(session)
        if self._keys.complaint:
            print(self._keys.complaint, file=self._file, flush=True)
            self._keys.complaint = ""


class ScreenView:
    """The live screen; problems and notes stay above it."""

    def __init__(self, keys: TypedCommands, live: Live, *, now: Callable[[], float] = time.monotonic) -> None:
        self._keys, self._live, self._now = keys, live, now
        self._drawn_s = 0.0
        self._drawn: list[tuple[str, str]] = []

    def tell(self, event: Event) -> None:
        """Keep what must not scroll by unseen, and call whoever does not look."""
        from rich.text import Text

        if event.kind == "note":
            self._live.console.print(Text(visible(event.text)))
        if event.kind in ("done", "problem"):
            self._live.console.bell()
        self._drawn_s = 0.0

    def tick(self, session: CalibrationSession) -> None:
        """Draw, at most every REDRAW_EVERY_S and only what has changed."""
        from rich.text import Text

        self._keys.tick(session)
        if self._now() - self._drawn_s < REDRAW_EVERY_S:
            return
        self._drawn_s = self._now()
        size = self._live.console.size
        view = view_of(session)
        lines = screen(view, self._keys.line(view), width=size.width, height=size.height)
        if lines == self._drawn:
            return
        self._drawn = lines
        drawing = Text(no_wrap=True, overflow="crop")
        for number, (text, style) in enumerate(lines):
            drawing.append(text if number == len(lines) - 1 else f"{text}\n", style=style)
        self._live.update(drawing, refresh=True)


@contextmanager
def terminal_front(*, aside: bool = False) -> Iterator[FrontEnd]:
    """The live screen on a terminal, lines anywhere else; aside: lines on stderr, where a program reads the output."""
    from rich.console import Console
    from rich.live import Live

    with keyboard() as typing:
        keys = TypedCommands(typing)
        console = Console()
        if aside or not console.is_terminal:
            yield PlainView(keys, sys.stderr if aside else sys.stdout)
            return
        with Live(console=console, auto_refresh=False, transient=True) as live:
            yield ScreenView(keys, live)


def screen(view: CalibrationView, keys: str, *, width: int, height: int) -> list[tuple[str, str]]:
    """The whole screen from top to bottom as (text, style), no line longer than width, no more lines than fit."""
    width = max(40, width) - 1
    left = f"{view.left_s:.0f} s" if view.left_s < 100.0 else f"{round(view.left_s / 60.0)} min"
    right = f"step {min(view.number, view.n_steps)} of {view.n_steps}, about {left} left"
    top = [(f"{view.title[: width - len(right) - 2]:<{width - len(right)}}{right}", "bold")]
    style = STYLES.get(view.phase, "bold white on blue")
    spaced = " ".join(view.headline) if 2 * len(view.headline) < width - 2 else view.headline
    top += [(" " * width, style), (f"{spaced:^{width}}", style), (f"{_clock(view):^{width}}", style)]
    top += [(line, "bold") for line in textwrap.wrap(view.instruction, width)]
    top += [(line, "bold red") for line in textwrap.wrap(_trouble(view), width)]
    top += [("", ""), *_forces(view, width), ("", "")]
    bottom = [("", ""), *((line, "bold") for line in textwrap.wrap(keys, width) or [""])]
    room = max(2, height - 2 - len(top) - len(bottom))
    lines = [*top, *_steps(view, width, room), *bottom]
    return [(visible(text)[:width], how) for text, how in lines]


def _clock(view: CalibrationView) -> str:
    if view.phase == "ready" and view.remaining_s:
        return f"begin in {math.ceil(view.remaining_s)} s"
    if view.phase == "measure" and view.remaining_s:
        hops = f", {view.seen} hops" if view.step is not None and view.step.posture == "hops" else ""
        return f"{math.ceil(view.remaining_s)} s more{hops}"
    if view.step is not None and view.step.repeats > 1:
        return f"{view.seen} of {view.step.repeats} done"
    return ""


def _trouble(view: CalibrationView) -> str:
    if view.silent_s > SILENT_S:
        return f"The board has been silent for {view.silent_s:.0f} s: look at its cable and its power."
    return f"{view.problem[:1].upper()}{view.problem[1:]}." if view.problem else ""


def _forces(view: CalibrationView, width: int) -> Iterator[tuple[str, str]]:
    if not view.zeroed:
        yield "forces are shown once the empty plates have been read", "dim"
        return
    for side in dict.fromkeys(view.sides.values()):
        cells = [(name, force) for name, force in view.cells_n.items() if view.sides[name] == side]
        if not cells:
            continue
        what = "plate" if side == "total" else f"{side}"
        yield f"{what:<6}{sum(force for _, force in cells):8.1f} N in all", ""
        row = "".join(f"  {name} {force:7.1f} N" for name, force in cells)
        yield from ((f"  {line}", "dim") for line in textwrap.wrap(row, width - 2, drop_whitespace=True))
    for side, (insole, plate) in view.insoles_n.items():
        if insole is None:
            yield f"{side} insole: newton after flat standing", "dim"
        else:
            apart = f" ({100.0 * (insole / plate - 1.0):+.0f} %)" if plate > 50.0 else ""
            yield f"{side} insole {insole:6.0f} N, plate {plate:6.0f} N{apart}", ""


def _steps(view: CalibrationView, width: int, room: int) -> Iterator[tuple[str, str]]:
    """The last steps with what they said, and the next ones."""
    now = next((number for number, line in enumerate(view.lines) if line.status == "now"), len(view.lines))
    wide = min(30, max((len(line.step.key) for line in view.lines), default=0))
    first = max(0, min(now - room + 2, len(view.lines) - room))
    for line in view.lines[first : first + room]:
        mark = {"done": "ok", "kept": "!!", "skipped": "--", "now": ">>", "open": "  "}[line.status]
        yield f"{mark} {line.step.key[:wide]:<{wide}} {_said(line)}"[:width], "dim" if line.status == "open" else ""


def _said(line: StepLine) -> str:
    if line.residual_n is not None:
        return f"{line.step.mass_kg * GRAVITY:7.1f} N true, {line.residual_n:+6.1f} N off"
    return line.told
