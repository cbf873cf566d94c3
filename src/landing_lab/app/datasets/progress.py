"""How much has been loaded: a bar for a person at a terminal, a line now and then for a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

_LINE_EVERY_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class BytesProgress:
    """file: told which file comes next; advance: told how many bytes have come, fewer than none where some are lost."""

    file: Callable[[str], None]
    advance: Callable[[int], None]


def megabytes(n_bytes: int | None) -> str:
    """A size as people say it: 12 kB, 3.4 MB, 17.9 GB."""
    if n_bytes is None:
        return "size not known"
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= 0.995 * factor:
            value = n_bytes / factor
            return f"{value:.1f} {unit}" if value < 99.95 and unit != "kB" else f"{value:.0f} {unit}"
    return f"{n_bytes} bytes"


@contextmanager
def bytes_progress(n_bytes: int | None) -> Iterator[BytesProgress]:
    """Shows on stderr how far loading is; n_bytes are all there are, with those kept already; None: not known."""
    if not sys.stderr.isatty():
        yield _lines(n_bytes)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (
        *(TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn()),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=n_bytes)
        yield BytesProgress(lambda name: bar.update(task, description=name), lambda n: bar.advance(task, n))


def _lines(n_bytes: int | None) -> BytesProgress:
    loaded, said = 0, time.monotonic()
    current = ""

    def file(name: str) -> None:
        nonlocal current
        current = name

    def advance(n: int) -> None:
        nonlocal loaded, said
        loaded += n
        if time.monotonic() - said >= _LINE_EVERY_S:
            said = time.monotonic()
            of = f" of {megabytes(n_bytes)}" if n_bytes is not None else ""
            print(f"{megabytes(loaded)}{of} loaded, now {current}", file=sys.stderr, flush=True)

    return BytesProgress(file, advance)
