"""A session on played boards that is sent to the Lab Streaming Layer and heard on this machine."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.test_record_session import DROP_JUMP, Ordered, Script, book_at, scene
from landing_lab.app.lsl.links import sent_links
from landing_lab.app.lsl.outlets import LslOutlets
from landing_lab.app.record.book import SessionBook
from landing_lab.app.record.events import Command
from landing_lab.app.record.facts import SessionSettings, facts_of_session
from landing_lab.app.record.markers import MarkingFront
from landing_lab.app.record.protocols import Protocol
from landing_lab.app.record.session import RecordSession
from lsl_loopback import Heard, Reader, all_sent, foreign_emg, write_as_labrecorder
from played_links import PlayedClock, PlayedLink, played

BOARDS = ("insole_left", "insole_right", "plate")
NAMES = (*BOARDS, "landing-lab.markers", "landing-lab.notes")
WITH_EMG = "beside_emg.xdf"


class ToldLink(PlayedLink):
    """A link whose board also tells its clock."""

    def take_notes(self) -> list[Any]:
        from landing_lab.model.device import LinkNote

        if self.started_s is None or self.clock() - self.started_s < 1.0 or getattr(self, "told", 0) == self.n_started:
            return []
        self.told = self.n_started
        ticks = int((self.clock() - self.started_s) * 1e6)
        facts = {"sent_s": self.clock() - 0.002, "received_s": self.clock(), "ticks_us": ticks}
        return [LinkNote(self.clock(), "pong", facts)]


def links_of(*numbers: int) -> list[PlayedLink]:
    clock = PlayedClock()
    return [ToldLink(link.devices, clock) for link in played(*(scene(number) for number in numbers), clock=clock)]


def run_sent(
    links: list[PlayedLink],
    outlets: LslOutlets,
    marking: MarkingFront,
    *,
    book: SessionBook,
    protocol: Protocol,
    settings: SessionSettings,
) -> RecordSession:
    """A session to its end, sent as `record --lsl` does."""
    session = RecordSession(
        links=sent_links(links, outlets, on_stop=marking.stopped), book=book, protocol=protocol, settings=settings,
        calibrations={}, front=marking, report=Ordered(), pause=links[0].clock.pause, now=links[0].clock,
    )  # fmt: skip
    session.run()
    book.lock.release()
    return session


@dataclass
class Sent:
    session: RecordSession
    outlets: LslOutlets
    front: Script
    heard: dict[str, Heard]
    folder: Path


def sent_session(
    folder: Path, pylsl: Any, *, n_trials: int = 2, answers: list[Command] | None = None, names: tuple[str, ...] = NAMES
) -> Sent:
    """A session on played boards that is sent, and what a reader heard of these streams."""
    links, front = links_of(0, 1), Script(answers)
    protocol = dataclasses.replace(DROP_JUMP, n_trials=n_trials)
    settings = SessionSettings(box_height_m=0.3, auto_accept=answers is None)
    book = book_at(folder, protocol)
    facts = facts_of_session(book.state, protocol, settings, {}, {})
    boards = dict(zip(BOARDS, (link.info for link in links), strict=True))
    with LslOutlets(boards, facts, clock=links[0].clock) as outlets:
        reader = Reader(pylsl, names)
        marking = MarkingFront(front, outlets)
        session = run_sent(links, outlets, marking, book=book, protocol=protocol, settings=settings)
        heard = reader.stop(all_sent(outlets))
    return Sent(session, outlets, front, heard, folder)


def as_labrecorder(sent: Sent) -> Path:
    """What LabRecorder would have written of it beside EMG."""
    streams = [(heard.xml, heard.chunks) for heard in sent.heard.values()]
    return write_as_labrecorder(sent.folder / WITH_EMG, [foreign_emg(), *streams])
