"""How far a batch is: a bar for a person at a terminal, a line now and then for a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_LINE_EVERY_S: Final = 10.0

Advance = Callable[[int, int], None]


@contextmanager
def batch_progress(n_files: int, *, what: str = "files", doing: str = "Analysing") -> Iterator[Advance]:
    """A function of the number of files done and of those that could not be read; it shows both on stderr."""
    if not sys.stderr.isatty():
        yield _lines(n_files, what)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        *(TextColumn(doing), BarColumn(), MofNCompleteColumn(), TextColumn(f"{what}{{task.fields[unread]}},")),
        *(TimeRemainingColumn(compact=True), TextColumn("left")),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=n_files, unread="")

        def advance(n_done: int, n_errors: int) -> None:
            bar.update(task, completed=n_done, unread=f", {n_errors} not readable" if n_errors else "")

        yield advance


def _lines(n_files: int, what: str) -> Advance:
    started = said = time.monotonic()

    def advance(n_done: int, n_errors: int) -> None:
        nonlocal said
        now = time.monotonic()
        if now - said < _LINE_EVERY_S or not 0 < n_done < n_files:
            return
        said = now
        left = duration((now - started) * (n_files - n_done) / n_done)
        unread = f", {n_errors} not readable" if n_errors else ""
        print(f"{n_done} of {n_files} {what}{unread}, about {left} left", file=sys.stderr, flush=True)

    return advance


def duration(seconds: float) -> str:
    """A duration as people say it: 4.2 s, 58 s, 3 min 05 s, 2 h 10 min."""
    if seconds < 59.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"
