"""What happens in a session, as markers of the Lab Streaming Layer.

A marker is a word, the run and what there is to say, with slashes between: `landed/run-03`, `rejected/run-03/lost
balance`. MNE selects by any part of such a name, EEGLAB and everybody else by its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from landing_lab.acquire.session import stream_names
from landing_lab.app.record.events import Event, FrontEnd
from landing_lab.io.visible import visible
from landing_lab.model.device import DeviceLink

if TYPE_CHECKING:
    from landing_lab.app.lsl.outlets import LslOutlets
    from landing_lab.app.record.session import RecordSession

_SHOWN: Final = 200
_STAGES: Final = ("weighed", "armed", "moving", "landed")


class MarkingFront:
    """A front end that also sends markers; everything goes on to the front end behind it."""

    def __init__(self, front: FrontEnd, outlets: LslOutlets) -> None:
        self._front, self._outlets = front, outlets
        self._session: RecordSession | None = None
        self._run, self._n_notes = 0, 0
        self._running = self._told_failure = False

    def tell(self, event: Event) -> None:
        """Something happened."""
        if event.kind == "ended":
            self._outlets.begin(0)
            self._outlets.mark("session_ends")
        elif self._session is not None:
            self._mark(event, self._session)
        self._front.tell(event)

    def tick(self, session: RecordSession) -> None:
        """As of a front end."""
        self._session = session
        if self._run:  # what is typed between trials goes with the next one
            for note in session.notes[self._n_notes :]:
                self._outlets.mark(self._named("note", note))
            self._n_notes = len(session.notes)
        if self._outlets.failure is not None and not self._told_failure:
            self._told_failure = True
            self._front.tell(Event(kind="session", text=f"Note: {self._outlets.failure}."))
        self._front.tick(session)

    def stopped(self) -> None:
        """The boards of the trial are being silenced; their last frames are still on their way."""
        if self._running:
            self._running = False
            self._outlets.mark(self._named("trial_ends"))

    def _mark(self, event: Event, session: RecordSession) -> None:
        trials = session.book.state.trials
        if event.kind == "trial" and trials:
            self._run, self._n_notes, self._running = trials[-1].run, 0, True
            self._outlets.begin(self._run)
            self._outlets.mark(self._named("trial_begins", trials[-1].condition))
        elif event.kind == "stage" and event.stage in _STAGES:
            self._outlets.mark(self._named(event.stage))
        elif event.kind in ("result", "idle", "written", "verdict"):
            self._outlets.begin(0)
            if event.kind == "result" and self._run != session.run_number:  # recorded before
                self._run, self._n_notes = session.run_number, len(session.notes)
            if event.kind == "idle":
                self._outlets.mark(self._named("nothing_happened"))
            elif event.kind != "result" and (judged := next((one for one in trials if one.run == self._run), None)):
                self._outlets.mark(self._named(judged.verdict, judged.reason or ""))
                self._run = 0  # a second sentence on the same trial is no second verdict

    def _named(self, word: str, more: str = "") -> str:
        """A marker; what people typed keeps its words and loses what would look like another part."""
        parts = [word, f"run-{self._run:02d}"]
        if more:
            parts.append(visible(more).replace("/", "|")[:_SHOWN])
        return "/".join(parts)


@contextmanager
def sending(
    links: Sequence[DeviceLink], front: FrontEnd, facts: Mapping[str, object], *, wait_s: float = 0.0
) -> Iterator[tuple[list[DeviceLink], FrontEnd]]:
    """Links and front end that also send, until the end; facts: what every stream says of the session.

    wait_s: how long somebody who reads is waited for, so that the first trial is recorded from its beginning on.
    """
    from landing_lab.app.lsl.links import sent_links
    from landing_lab.app.lsl.outlets import LslOutlets

    boards = {name: link.info for name, link in zip(stream_names(links), links, strict=True)}
    with LslOutlets(boards, facts) as outlets:
        front.tell(Event(kind="session", text=f"On the Lab Streaming Layer: {', '.join(outlets.names)}."))
        if wait_s > 0.0:
            told = (
                f"Waiting up to {wait_s:.0f} s for somebody who records them (LabRecorder: Update, Select All, Start)."
            )
            front.tell(Event(kind="session", text=told))
            read = outlets.wait_for_readers(wait_s)
            front.tell(Event(kind="session", text="They are read." if read else "Nobody reads them yet; going on."))
        marking = MarkingFront(front, outlets)
        yield sent_links(links, outlets, on_stop=marking.stopped), marking
