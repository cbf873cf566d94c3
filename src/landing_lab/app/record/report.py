"""The report of a session, made anew after each accepted trial by a process of its own, so that no sample waits."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Self

from landing_lab.app.processes.ctrl_c import kept_from_children
from landing_lab.app.processes.start import start_in_background
from landing_lab.app.record.account import SessionAccount, told_of
from landing_lab.model.trial_label import TrialLabel

_MOST_S = 1.0
"""How long a process that was killed is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOrder:
    """All that a report is made of: raw files of the accepted trials, a label for each, and what was entered.

    account: what the first page says beside the numbers; None leaves that page out.
    """

    files: tuple[Path, ...]
    labels: tuple[TrialLabel, ...]
    folder: Path
    mass_kg: float | None
    box_height_m: float | None
    session: Mapping[str, object]
    account: SessionAccount | None = None


def write_session_report(order: ReportOrder, *, out: Path | None = None, pdf: bool | None = None) -> list[Path]:
    """Analyse the raw files and write report.html, metrics.csv, analysis.json and a picture per trial.

    out: where, the session's folder by default. pdf: also report.pdf; None writes it where the library for it is there.
    Raises RecordingError where the folder cannot be written, FileFormatError where a file is damaged.
    """
    from landing_lab.app.analyse.document import analysis_document
    from landing_lab.app.analyse.outputs import write_outputs
    from landing_lab.io.read import read
    from landing_lab.metrics.analyse import analyse
    from landing_lab.report.moved_events import with_moved
    from landing_lab.report.opening import opening_of
    from landing_lab.report.pdf import can_write_pdf

    found = [
        (trial, label)
        for file, label in zip(order.files, with_moved(order.labels, order.files, order.folder), strict=True)
        for trial in analyse(read(file), mass_kg=order.mass_kg, box_height_m=order.box_height_m).trials
    ]
    trials, labels = [trial for trial, _ in found], [label for _, label in found]
    document = analysis_document(trials, session=dict(order.session), labels=labels)
    return write_outputs(
        trials, document, order.folder if out is None else out, session=order.session, labels=labels,
        opening=None if order.account is None else opening_of(trials, labels, told_of(order.account, trials, labels)),
        pdf=can_write_pdf() if pdf is None else pdf,
    )  # fmt: skip


def _start() -> None:
    """Make ready before the first order comes; recording goes first."""
    start_in_background()
    import landing_lab.app.analyse.outputs
    import landing_lab.metrics.analyse
    import landing_lab.report.write  # noqa: F401


class SessionReport:
    """Keeps the report of a session up to date in the background; a context manager."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._at_work: Future[list[Path]] | None = None
        self._next: ReportOrder | None = None
        self._handed: ReportOrder | None = None
        self._workers: list[BaseProcess] = []
        self._withdrawn = False
        self.written: Sequence[Path] = ()

    def __enter__(self) -> Self:
        """Start the process, so that it is ready when the first trial is accepted."""
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_start)
        others = active_children()
        with kept_from_children():
            self._pool.submit(os.getpid)
        self._workers = [process for process in active_children() if process not in others]
        return self

    def __exit__(self, *_: object) -> None:
        """End the process, whatever it is at."""
        if self._pool is None:
            return
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in self._workers:
            process.kill()  # a request to end is kept from it, and it may take seconds to start
            process.join(_MOST_S)

    def abandon(self) -> None:
        """Give up the report that is made now; the files of an older one stay whole."""
        self._next = None
        self.__exit__()
        self._pool = None
        if self._handed is not None:
            for staged in self._handed.folder.glob(".*-????????.tmp"):
                with suppress(OSError):
                    staged.unlink()

    def order(self, order: ReportOrder) -> None:
        """Ask for a report; of several asked for while one is made only the newest is made."""
        self._next, self._withdrawn = order, False
        self.step()

    def withdraw(self) -> None:
        """No trial is accepted any more: the files of the report go, as soon as nothing writes them."""
        self._next, self._withdrawn = None, True
        self.step()

    def step(self) -> None:
        """Hand the next order out where the one before is done; remove what was withdrawn."""
        if self._withdrawn and (self._at_work is None or self._at_work.done()):
            self._remove()
        if self._next is None or (self._at_work is not None and not self._at_work.done()):
            return
        self._handed, self._next = self._next, None
        if self._pool is None:
            self.written = write_session_report(self._handed)
            return
        try:
            with kept_from_children():
                self._at_work = self._pool.submit(write_session_report, self._handed)
        except BrokenProcessPool:
            self._handed = None  # `finish` makes it

    def _remove(self) -> None:
        with suppress(Exception):  # what failed has written nothing
            self.written = self._at_work.result() if self._at_work is not None else self.written
        for path in self.written:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        self.written, self._withdrawn, self._handed, self._at_work = (), False, None, None

    def finish(self, last: ReportOrder | None) -> None:
        """Wait until the report is that of `last`; where its process failed it is made here. `written` are its files.

        Raises RecordingError where the folder cannot be written.
        """
        if last is None:
            if self._withdrawn:
                with suppress(Exception):  # only its end is waited for
                    self._at_work is None or self._at_work.exception()
                self._remove()
            return
        if self._at_work is not None:
            try:
                self.written = self._at_work.result()
            except Exception:  # noqa: BLE001 - made here once more, which says what is wrong if it still is
                self._handed = None
        if self._handed != last:
            self._handed = last
            self.written = write_session_report(last)
