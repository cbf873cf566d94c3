"""A recording session: open links in, one raw file per trial out, whatever happens in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from landing_lab.acquire.starting import started
from landing_lab.acquire.writer import JournalWriter, joined
from landing_lab.errors import DeviceError, DeviceLostError, LandingLabError, RecordingError
from landing_lab.io.xdf_journal import JournalStream, XdfJournal
from landing_lab.model.device import READ_EVERY_S, Arrival, DeviceLink, LinkStats

AFTER_READ_S: Final = 0.0004
"""Links are emptied so long after the ports are read: with the work of one turn, 5 ms from a byte to its event."""

_LEAST_PAUSE_S: Final = 1e-5
"""A clock too coarse for the rest of a turn must not keep the loop where it is."""

PING_EVERY_S: Final = 1.0

OnArrival: TypeAlias = Callable[[str, Arrival], bool]
"""Called with stream name and frames as they come; True ends the trial."""

OnTick: TypeAlias = Callable[[], str | None]
"""Called in each turn of the loop, every few milliseconds; a word ends the trial and says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFile:
    """What one trial left on disk, and why it ended.

    ended: "complete", "time limit", "interrupted", what on_tick said, or the message of the error that cut it short.
    link_statistics: stream name -> LinkStats as plain numbers.
    """

    path: Path
    ended: str
    lost: str | None
    link_statistics: Mapping[str, Mapping[str, int | float]]


def stream_names(links: Sequence[DeviceLink]) -> list[str]:
    """One name per link for files and displays: insole_left, insole_right, plate; numbered where two agree."""
    names: list[str] = []
    for link in links:
        insole = link.info.sensor_kind in ("fsr_insole", "pressure_insole")
        base = f"insole_{link.info.placement}" if insole else "plate"
        same = sum(1 for name in names if name == base or name.startswith(f"{base}_"))
        names.append(base if same == 0 else f"{base}_{same + 1}")
    return names


def record_trial(
    links: Sequence[DeviceLink],
    path: Path,
    *,
    metadata: Mapping[str, object],
    on_arrival: OnArrival,
    max_duration_s: float,
    on_tick: OnTick | None = None,
    streaming: bool = False,
    pause: Callable[[float], None] = time.sleep,
) -> TrialFile:
    """Stream all links into a new raw file until on_arrival or on_tick says so, time is up, or a link is lost.

    Everything received is in the file before this returns or raises, also on Ctrl-C and on a lost device. What a link
    received since the last turn comes to on_arrival at once, as one Arrival. Each board is asked for its clock once a
    second; what boards and links tell beside the frames is in the file too. streaming: the boards stream
    already, by `started`.
    Raises DeviceError where a board does not start, and then leaves no file; RecordingError where the file cannot be
    made or written any further, which then holds what came before.
    """
    if not links:
        raise RecordingError("no device is connected, so there is nothing to record; plug one in or use --sim")
    named = dict(zip(stream_names(links), links, strict=True))
    streams = [JournalStream(name=name, info=link.info) for name, link in named.items()]
    with XdfJournal(path, streams, metadata=metadata) as journal:
        before = {name: link.stats.since(LinkStats()) for name, link in named.items()}
        ended, lost = "the program failed", None
        if not streaming:
            _begun(links, journal)
        try:
            with JournalWriter(journal) as writer:
                try:
                    ended = _run(named, writer, on_arrival, on_tick, max_duration_s, pause)
                finally:
                    _finish(named, writer)
        except KeyboardInterrupt:
            ended = "interrupted"
        except DeviceLostError as error:
            ended = lost = str(error)
        except LandingLabError as error:
            ended = str(error)
            raise
        finally:
            # of this trial, not of the session so far
            statistics = {name: link.stats.since(before[name]).as_dict() for name, link in named.items()}
            for name, facts in statistics.items():
                journal.conclude(name, {**facts, "ended": ended})
    return TrialFile(path=path, ended=ended, lost=lost, link_statistics=statistics)


def _begun(links: Sequence[DeviceLink], journal: XdfJournal) -> None:
    """Let every board stream; where one does not, leave no file of a trial that never began."""
    try:
        started(links)
    except BaseException:
        journal.discard()
        raise


def _run(
    named: Mapping[str, DeviceLink],
    writer: JournalWriter,
    on_arrival: OnArrival,
    on_tick: OnTick | None,
    max_duration_s: float,
    pause: Callable[[float], None],
) -> str:
    now_s = ping_s = time.monotonic()
    deadline_s = now_s + max_duration_s
    while now_s < deadline_s:
        if now_s >= ping_s:
            ping_s = now_s + PING_EVERY_S
            for link in named.values():
                with suppress(DeviceError):  # a port that takes nothing is told by poll
                    link.send_ping()
        # before and after: where the computer was busy, what waits must not wait for what has come meanwhile;
        # and all of it is on its way to the file before anything is made of it
        writer.write_due()
        arrived = [(name, arrivals) for name, link in named.items() if (arrivals := _take(name, link, writer))]
        writer.write_due()
        complete = False
        for name, arrivals in arrived:
            complete = on_arrival(name, joined(arrivals)) or complete
        if complete:
            return "complete"
        if on_tick is not None and (word := on_tick()) is not None:
            return word
        pause(_until_next_turn_s(time.monotonic()))
        now_s = time.monotonic()
    return "time limit"


def _until_next_turn_s(now_s: float) -> float:
    wait_s = READ_EVERY_S - (now_s - AFTER_READ_S) % READ_EVERY_S
    return max(wait_s, _LEAST_PAUSE_S)


def _take(name: str, link: DeviceLink, writer: JournalWriter) -> list[Arrival]:
    """What a link received and was told, now also on its way to the file."""
    arrivals = link.poll()
    if arrivals:
        writer.add(name, arrivals)
    for note in link.take_notes():
        writer.note(name, note)
    return arrivals


def _finish(named: Mapping[str, DeviceLink], writer: JournalWriter) -> None:
    """Silence every board and keep what was still on its way; a lost board has already given its last bytes."""
    try:
        writer.write()  # a board that does not answer keeps the rest waiting for seconds
    finally:
        for link in named.values():
            with suppress(DeviceError):  # a board that does not confirm STOP has still sent a whole trial
                link.stop()
    for name, link in named.items():
        with suppress(DeviceError):
            _take(name, link, writer)
