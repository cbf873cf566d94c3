"""From arrivals to the journal: a few writes each second, and the disk told beside them."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Final, Self

import numpy as np

from landing_lab.errors import RecordingError
from landing_lab.io.xdf_journal import XdfJournal
from landing_lab.model import blocks
from landing_lab.model.device import Arrival, LinkNote

WRITE_EVERY_S: Final = 0.035
"""How long frames wait for others to be written with: what kill -9 loses, with one turn of the session's loop."""
WRITE_FROM: Final = 96
"""So many frames are written at once: where the computer was busy, they have waited long enough."""
SYNC_EVERY_S: Final = 0.8
"""How often the disk is told: a power cut loses this and the time that the disk takes, together under a second."""


def joined(arrivals: list[Arrival]) -> Arrival:
    """Arrivals (at least one) of one device as one, which came when the last did."""
    if len(arrivals) == 1:
        return arrivals[0]
    return Arrival(arrivals[-1].time_s, blocks.joined([arrival.frames for arrival in arrivals]))


class JournalWriter:
    """Gathers the frames of each stream for WRITE_EVERY_S and appends them; a thread of its own tells the disk.

    However long the disk takes, frames go on being appended: the operating system keeps them, also when this program
    dies. Every method raises RecordingError once the journal or its disk failed.
    """

    def __init__(self, journal: XdfJournal) -> None:
        self._journal = journal
        self._waiting: dict[str, list[Arrival]] = {}
        self._n_waiting = 0
        self._due_s = float("inf")
        self._failure: RecordingError | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._tell_disk, name="landing-lab disk", daemon=True)
        self._thread.start()

    def add(self, name: str, arrivals: list[Arrival]) -> None:
        """Take frames of a stream; they are appended by the next `write_due` after WRITE_EVERY_S at the latest."""
        if not self._waiting:
            self._due_s = time.monotonic() + WRITE_EVERY_S
        self._waiting.setdefault(name, []).extend(arrivals)
        self._n_waiting += sum(len(arrival.frames) for arrival in arrivals)

    def note(self, name: str, note: LinkNote) -> None:
        """Append a note at once."""
        self._journal.note(name, note)

    def write_due(self) -> None:
        """Append what has waited long enough; to be called every few milliseconds."""
        if self._failure is not None:
            raise self._failure
        if self._n_waiting >= WRITE_FROM or time.monotonic() >= self._due_s:
            self.write()

    def write(self) -> None:
        """Append everything that waits."""
        for name, arrivals in tuple(self._waiting.items()):
            arrival_s = np.repeat(
                [arrival.time_s for arrival in arrivals], [len(arrival.frames) for arrival in arrivals]
            )
            self._journal.append(name, arrival_s, joined(arrivals).frames)
            # not before: whoever presses Ctrl-C in between finds some frames twice in the file rather than none
            del self._waiting[name]
        self._n_waiting, self._due_s = 0, float("inf")

    def close(self) -> None:
        """Append what waits and end the thread; the journal stays open."""
        try:
            self.write()
        finally:
            self._ending.set()
            self._thread.join()
        if self._failure is not None:
            raise self._failure

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _tell_disk(self) -> None:
        due_s = time.monotonic() + SYNC_EVERY_S
        while not self._ending.wait(max(0.0, due_s - time.monotonic())):
            # from start to start, so that a slow disk does not widen what a power cut loses
            due_s = time.monotonic() + SYNC_EVERY_S
            try:
                self._journal.sync()
            except RecordingError as error:
                self._failure = error
                return
