"""A link that survives a pulled cable: it looks for its board and goes on where it was."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from landing_lab.errors import DeviceError, DeviceLostError
from landing_lab.model.device import Arrival, DeviceInfo, LinkNote
from landing_lab_drivers import wire
from landing_lab_drivers.conversation import Conversation
from landing_lab_drivers.link import FrameLink
from landing_lab_drivers.wire import Frame

_LOOK_EVERY_S = 0.2
_LEAST_ATTEMPT_S = 0.3
# More than the deadlines of one attempt to open a port and to start the board behind it.
_JOIN_WITHIN_S = 5.0
# By these a decoder, a calibration and a raw file know the board; its firmware may be another.
_SAME = ("placement", "n_channels", "gain")

Reach = Callable[[str, float], tuple[Conversation, DeviceInfo]]
"""Opens a port and identifies the board behind it within so many seconds; raises DeviceError."""


class Found(NamedTuple):
    """A conversation with the lost board, and what it said since it was started again."""

    conversation: Conversation
    heard: list[tuple[float, list[Frame]]]


class Search:
    """A thread that looks for one board until it is found, time is up or nobody wants it any more.

    candidates() names the ports to try, the likeliest first. streaming: start the board again once it is there.
    trouble: what stood in the way last beyond its absence, a sentence; None where it was not there.
    """

    def __init__(
        self, info: DeviceInfo, reach: Reach, candidates: Callable[[], Sequence[str]], *, give_up_s: float,
        attempt_s: float, streaming: bool, before: Callable[[], None],
    ) -> None:  # fmt: skip
        self.streaming = streaming
        self.trouble: str | None = None
        self._info, self._reach, self._candidates, self._before = info, reach, candidates, before
        self._attempt_s = attempt_s
        self._deadline = time.monotonic() + give_up_s
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._found: Found | None = None
        self._thread = threading.Thread(target=self._run, name=f"landing-lab search {info.device_id}", daemon=True)
        self._thread.start()

    def take(self) -> Found | None:
        """The board, once it is there."""
        return None if self._thread.is_alive() else self._found

    @property
    def over(self) -> bool:
        """Whether the search has ended, with or without the board."""
        return not self._thread.is_alive()

    def wait(self) -> None:
        """Until the search is over; its own deadline ends it."""
        while self._thread.is_alive():
            # In steps, so that Ctrl-C is heard on every system.
            self._thread.join(_LOOK_EVERY_S)

    def end(self) -> None:
        """Look no further; a board that was found meanwhile is let go."""
        with self._lock:
            self._ending.set()
            found, self._found = self._found, None
        if found is not None:
            found.conversation.pipe.close()
        self._thread.join(_JOIN_WITHIN_S)

    def _run(self) -> None:
        self._guarded(self._let_go)
        while not self._ending.is_set() and time.monotonic() < self._deadline:
            if self._guarded(self._look):
                return
            self._ending.wait(_LOOK_EVERY_S)

    def _guarded(self, work: Callable[[], bool]) -> bool:
        """The result of a part of the search; what goes wrong in it is kept, for nobody sees a thread die."""
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - whatever one round meets, the next may find the board
            self.trouble = f"looking for it met {type(error).__name__}: {error}"
            return False

    def _let_go(self) -> bool:
        self._before()
        return False

    def _look(self) -> bool:
        """Whether the board is behind one of the ports, or nobody wants it any more."""
        return any(self._ending.is_set() or self._try(url) for url in self._candidates())

    def _try(self, url: str) -> bool:
        """Whether the board is behind this port and does what it did."""
        left_s = self._deadline - time.monotonic()
        try:
            conversation, info = self._reach(url, max(_LEAST_ATTEMPT_S, min(self._attempt_s, left_s)))
        except DeviceError:
            return False
        heard: list[tuple[float, list[Frame]]] = []
        conversation.on_frames = lambda time_s, frames: heard.append((time_s, frames))
        try:
            if self._is_the_same(info, url) and self._started(conversation):
                with self._lock:
                    if not self._ending.is_set():
                        self._found = Found(conversation, heard)
                        return True
        except BaseException:
            conversation.pipe.close()
            raise
        conversation.pipe.close()
        return False

    def _is_the_same(self, info: DeviceInfo, url: str) -> bool:
        """Whether this is the board that was lost, set as it was."""
        was = self._info
        if (info.kind, info.device_id) != (was.kind, was.device_id):
            return False
        changes = [
            f"{name} {getattr(info, name)} instead of {getattr(was, name)}"
            for name in _SAME
            if getattr(info, name) != getattr(was, name)
        ]
        if changes:
            self.trouble = f"a {info.kind} {info.device_id} on {url} has {', '.join(changes)} and was not taken for it"
        return not changes

    def _started(self, conversation: Conversation) -> bool:
        try:
            return not self.streaming or conversation.acknowledged(wire.START)
        except DeviceError:
            return False


class ReconnectingLink:
    """DeviceLink around another that looks for its board for give_up_s after losing it.

    Meanwhile poll() is empty; afterwards frame numbers and ticks go on with the gap in them, and the frames of the
    gap count as lost. The notes say "lost" and "back". Not for several threads at once.
    """

    def __init__(
        self, link: FrameLink, reach: Reach, candidates: Callable[[str], Callable[[], Sequence[str]]], *,
        give_up_s: float, attempt_s: float, clock: Callable[[], float],
    ) -> None:  # fmt: skip
        self.url = link.url
        self.info = link.info
        self.stats = link.stats
        self._link = link
        self._reach, self._candidates = reach, candidates
        self._give_up_s, self._attempt_s = give_up_s, attempt_s
        self._clock = clock
        self._away_since_s = 0.0
        # Whether the caller wants frames: a board that went around STOP comes back silent.
        self._wanted = False
        self._search: Search | None = None
        self._closed = False

    def start(self) -> None:
        """Ask the board to stream; waits for one that is away.

        Raises DeviceTimeoutError after three unanswered requests, DeviceLostError where the board does not come back.
        """
        self._wanted = True
        if self._search is None:
            try:
                self._link.start()
            except DeviceLostError:
                if self._closed:
                    raise
                self._lose("the port is gone")
            else:
                return
        assert self._search is not None
        self._search.wait()
        self._take_back()
        self._link.start()

    def poll(self) -> list[Arrival]:
        """What arrived since the last call, oldest first; empty while the board is away.

        Raises DeviceLostError where it did not come back in time.
        """
        if self._search is None or self._closed:
            try:
                return self._link.poll()
            except DeviceLostError as error:
                if not self._closed:
                    self._lose(str(error))
                return []
        if not self._search.over:
            return []
        self._take_back()
        return self._link.poll()

    def send_ping(self) -> None:
        """Ask for the board's clock without waiting; nothing where the board is away."""
        if self._search is None:
            try:
                self._link.send_ping()
            except DeviceLostError:
                if self._closed:
                    raise
                # poll finds the same, after it gave what was received

    def take_notes(self) -> list[LinkNote]:
        """What was told beside the frames since the last call, oldest first."""
        return self._link.take_notes()

    def stop(self) -> None:
        """Ask the board to be silent; safe to call twice and while it is away."""
        self._wanted = False
        if self._search is not None:
            if self._search.take() is None:
                # One that is being started just now is stopped when it is taken back.
                self._search.streaming = False
                return
            self._take_back()
        self._link.stop()

    def close(self) -> None:
        """Look no further, stop the board and free the port; also while another thread waits in `start`."""
        self._closed = True
        search = self._search  # the other thread may just have taken its board back
        if search is not None:
            search.end()
        self._link.close()

    def _lose(self, reason: str) -> None:
        """Begin to look for the board."""
        streamed = self._link.interrupted
        now_s = self._clock()
        self._away_since_s = self._link.heard_s if streamed else now_s
        self._link.notes.add(now_s, "lost", reason=reason)
        self._search = Search(
            self.info,
            self._reach,
            self._candidates(self.url),
            give_up_s=self._give_up_s,
            attempt_s=self._attempt_s,
            streaming=streamed and self._wanted,
            # A port that is still held comes back under another name.
            before=self._link.release,
        )

    def _take_back(self) -> None:
        """Go on with the board that was found. Raises DeviceLostError where none was."""
        assert self._search is not None
        found = self._search.take()
        if found is None:
            trouble = "" if self._search.trouble is None else f" ({self._search.trouble})"
            raise DeviceLostError(
                f"the {self.info.kind} {self.info.device_id} was on {self.url}, went away and did not come back within "
                f"{self._give_up_s:g} s{trouble}; look at its cable and supply, plug it in and open it again",
                url=self.url,
            )
        wanted = self._search.streaming
        self._search = None
        self.stats.reconnects += 1
        self.url = found.conversation.url
        # Its first word, not the moment at which somebody asked: what it sent since then is dated earlier.
        back_s = found.heard[0][0] if found.heard else self._clock()
        self._link.notes.add(back_s, "back", away_s=back_s - self._away_since_s, url=self.url)
        if not wanted and found.heard:
            with contextlib.suppress(DeviceLostError):
                # Its frames belong to no trial, so the link does not hear of them.
                found.conversation.acknowledged(wire.STOP)
        self._link.carry_on(found.conversation, found.heard if wanted else [])
