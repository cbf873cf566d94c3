"""What a board tells beside its measurements, on the time line of its frames."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict

from landing_lab.model.device import LinkNote, LinkStats, NoteKind
from landing_lab_drivers import wire
from landing_lab_drivers.bodies import BoardStatus, unpack_pong, unpack_status, unpack_sync
from landing_lab_drivers.counters import CounterUnwrapper
from landing_lab_drivers.wire import Frame

# Notes and pings of a caller that never asks for them must not cost memory.
_MAX_NOTES = 4096
_MAX_PINGS = 16


class BoardNotes:
    """Turns STATUS, PONG and SYNC frames into notes, and counts what STATUS says into `stats`.

    board_status is the board's last STATUS, None before the first.
    """

    def __init__(self, stats: LinkStats, counters: CounterUnwrapper) -> None:
        self.board_status: BoardStatus | None = None
        self._stats = stats
        self._counters = counters
        self._pings = 0
        self._sent_s: dict[int, float] = {}
        self._notes: deque[LinkNote] = deque(maxlen=_MAX_NOTES)

    def add(self, time_s: float, kind: NoteKind, **facts: float | str) -> None:
        """One note more."""
        self._notes.append(LinkNote(time_s, kind, facts))

    def take(self) -> list[LinkNote]:
        """The notes since the last call, oldest first."""
        notes = list(self._notes)
        self._notes.clear()
        return notes

    def next_nonce(self) -> int:
        """A number that no ping had before."""
        self._pings += 1
        return self._pings

    def pinged(self, nonce: int, sent_s: float) -> None:
        """A ping was sent whose answer shall become a note."""
        self._sent_s[nonce] = sent_s
        if len(self._sent_s) > _MAX_PINGS:
            del self._sent_s[min(self._sent_s)]

    def new_conversation(self) -> None:
        """The board was reached anew: it counts from zero, and answers to earlier pings will not come."""
        self.board_status = None
        self._sent_s.clear()

    def told(self, time_s: float, frame: Frame) -> None:
        """Take a control frame."""
        if frame.type == wire.STATUS:
            self._status(time_s, frame)
        elif frame.type == wire.PONG:
            self._pong(time_s, frame)
        elif frame.type == wire.SYNC:
            edge = unpack_sync(frame.body)
            at_us = None if edge is None else self._counters.place(frame.sequence, edge[0])
            if edge is not None and at_us is not None:
                self.add(time_s, "sync", ticks_us=at_us, rising=int(edge[1]))

    def _pong(self, time_s: float, frame: Frame) -> None:
        pong = unpack_pong(frame.body)
        sent_s = None if pong is None else self._sent_s.pop(pong[0], None)
        at_us = None if pong is None else self._counters.place(frame.sequence, pong[1])
        if sent_s is not None and at_us is not None:
            self.add(time_s, "pong", sent_s=sent_s, received_s=time_s, ticks_us=at_us)

    def _status(self, time_s: float, frame: Frame) -> None:
        status = unpack_status(frame.body)
        if status is None:
            return
        before = self.board_status or BoardStatus()
        self._stats.dropped_by_board += _more(before.dropped_frames, status.dropped_frames)
        self._stats.converter_timeouts += _more(before.converter_timeouts, status.converter_timeouts)
        self._stats.receive_errors += _more(before.receive_errors, status.receive_errors)
        self.board_status = status
        self.add(time_s, "status", **asdict(status))


def _more(before: int, now: int) -> int:
    """What a board's counter grew by; one that went back started from zero."""
    return now - before if now >= before else now
