"""A session that the page runs: the session of `landing-lab record` in a thread, with the page as its front end."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final, Literal

from landing_lab.app.boards.scenes import TAKES
from landing_lab.app.demo_trial import warm_up
from landing_lab.app.lsl.library import lsl_library
from landing_lab.app.record.events import Command, Event
from landing_lab.app.record.facts import facts_of_session
from landing_lab.app.record.report import SessionReport
from landing_lab.app.record.run import OUTLIVES_S, RecordSettings, also_sent, book_of, calibrations_of
from landing_lab.app.record.session import RecordSession
from landing_lab.app.record.trial import TrialWatch
from landing_lab.app.web.athlete import Athlete, keep_entries
from landing_lab.app.web.boards import ALIVE_S, LabBoards
from landing_lab.app.web.live.feed import LiveFeed
from landing_lab.app.web.page_words import on_page
from landing_lab.app.web.shown import shown_view
from landing_lab.io.dataset import Dataset
from landing_lab.io.layout_files import layouts_wanted
from landing_lab.model.device import DeviceLink
from landing_lab.model.result import TrialResult

FEED_EVERY_S: Final = 0.007
"""Every second turn of the recording: what waits here is late on the screen."""

VIEW_EVERY_S: Final = 0.1
SAID: Final = ("session", "finding")
"""Events whose sentences stand nowhere else on the page."""

JUDGED: Final = ("verdict", "written")
COUNTED_THEN: Final = " is continued: "

Changed = Callable[[], None]


@dataclass(slots=True)
class PageFront:
    """The front end of a session: keeps what the page shows now. Called in the thread that records.

    said: sentences of when the session began, which stay, of the trial that runs, and why it began anew; stops: those
    that speak against it.
    judged: the verdict that was given or taken back last, in words, until there is another result. curve: whether the
    live picture is of the trial whose result is shown, runs on past it, or has nothing in it yet.
    """

    changed: Changed
    feed: LiveFeed = field(default_factory=LiveFeed)
    view: dict[str, object] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    stops: list[str] = field(default_factory=list)
    judged: str = ""
    curve: Literal["own", "past", "none"] = "none"
    session: RecordSession | None = None
    results: dict[int, tuple[TrialResult, ...]] = field(default_factory=dict)
    _ending: bool = False
    _of_session: list[str] | None = None
    _why_anew: list[str] = field(default_factory=list)
    _drawn: set[int] = field(default_factory=set)
    _fed_s: float = 0.0
    _viewed_s: float = 0.0
    _phase: str = ""

    def tell(self, event: Event) -> None:
        """Something happened."""
        self._remember(event)
        if event.kind == "result" and self.session is not None:
            self.results[self.session.run_number] = event.trials
        self._viewed_s = 0.0
        self.changed()

    def _remember(self, event: Event) -> None:
        if event.kind in JUDGED:
            self.judged = event.text
            self._forget_the_count()
        elif event.kind == "result":
            self.judged, self.curve = "", "own"
        if event.kind == "trial":
            self.curve = "past"
            self._of_session = self.said if self._of_session is None else self._of_session
            self.said = [*self._of_session, *self._why_anew]
            self._why_anew = []
        elif event.kind == "idle":
            self._why_anew = [on_page(event.text)]
        elif event.kind in SAID and on_page(event.text) not in self.said:
            self.said = [*self.said, on_page(event.text)]
            if any(one.level == "stop" for one in event.findings):
                self.stops = [*self.stops, on_page(event.text)]

    def _forget_the_count(self) -> None:
        """How many trials were accepted when the session went on holds until the first verdict."""
        self.said = [text for text in self.said if COUNTED_THEN not in text]
        if self._of_session is not None:
            self._of_session = [text for text in self._of_session if COUNTED_THEN not in text]

    def tick(self, session: RecordSession) -> None:
        """Feed the live instrument, and look at the session where it is time to."""
        self.session = session
        if self._ending and not session.interrupted:
            self.end()
        now_s = time.monotonic()
        if session.watch is not None and session.phase == "recording" and now_s - self._fed_s >= FEED_EVERY_S:
            self._fed_s = now_s
            self._drawn.add(session.run_number)
            self._draw(session.watch)
        if now_s - self._viewed_s >= VIEW_EVERY_S or session.phase != self._phase:
            self._viewed_s, self._phase = now_s, session.phase
            self.view = {**shown_view(session.view()), "notes": list(session.notes)}
            self.changed()

    def shown(self) -> dict[str, object]:
        """What the page shows of the session now."""
        return {
            **self.view,
            "said": self.said,
            "stops": self.stops,
            "judged": self.judged,
            "curve": self.curve if self._is_drawn() else "none",
        }

    def _is_drawn(self) -> bool:
        """Whether the trial that is judged was ever drawn by this front end."""
        return self.session is not None and self.session.run_number in self._drawn

    def end(self) -> None:
        """Cut the session off, also one that is only about to begin; it can be continued. From any thread."""
        self._ending = True
        if self.session is not None:
            self.session.interrupted = True
            self.session.submit(Command(kind="quit"))

    def _draw(self, watch: TrialWatch) -> None:
        """Feed the live instrument; whatever is wrong with a picture, it never ends a recording."""
        try:
            self.feed.take(watch)
        except Exception as error:  # noqa: BLE001
            self._fed_s = float("inf")
            text = (
                f"The live picture stopped ({type(error).__name__}: {error}); the recording goes on. Please report it."
            )
            self.tell(Event(kind="finding", text=text))


def run_session(
    boards: LabBoards,
    settings: RecordSettings,
    front: PageFront,
    *,
    athlete: Athlete | None = None,
    undone: RecordSession | None = None,
) -> RecordSession:
    """Record the session to its end; what it needs is opened here and closed again.

    athlete: whose entries are put beside a session that begins. undone: the run of this session whose last verdict is
    taken back first.

    Raises LandingLabError where it cannot begin, or ends before anything was accepted.
    """
    with ExitStack() as stack:
        links = _links_of(boards, settings)
        calibrations = calibrations_of(settings, links, say=lambda text: front.tell(Event(kind="session", text=text)))
        layouts = layouts_wanted(settings.layouts, [link.info for link in links], settings.dataset)
        report = stack.enter_context(SessionReport())
        warm_up()
        book = book_of(settings)
        stack.callback(book.lock.release)
        if athlete is not None and not book.resumed:
            keep_entries(book.folder.path, athlete, by=settings.session.operator)
        if undone is not None:
            report.written = undone.report.written
        session = RecordSession(
            links=links,
            book=book,
            protocol=settings.protocol,
            settings=settings.session,
            calibrations=calibrations,
            layouts=layouts,
            front=front,
            report=report,
            again=None if undone is None else undone.judged,
        )
        front.session = session
        facts = facts_of_session(book.state, settings.protocol, settings.session, calibrations, layouts)
        with also_sent(settings, links, front, facts) as (session.links, session.front):
            session.run()
        if session.closed_links or session.problem or session.missing:
            boards.close()  # so that those that are there are looked for anew
    return session


def _links_of(boards: LabBoards, settings: RecordSettings) -> list[DeviceLink]:
    """The boards of a session; simulated ones act another trial in each session of somebody. Raises as `links_for`."""
    if settings.lsl:
        lsl_library()  # before anything is opened
    take = TAKES * len(Dataset(settings.dataset).sessions(settings.participant))
    alive_s = max(ALIVE_S, settings.session.max_duration_s + OUTLIVES_S)
    return boards.links_for(settings.protocol, take=take, alive_s=alive_s)
