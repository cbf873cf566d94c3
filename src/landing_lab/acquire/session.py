"""A recording session: open links in, one raw file per trial out, whatever happens in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from landing_lab.errors import DeviceError, DeviceLostError, RecordingError
from landing_lab.io.xdf_journal import JournalStream, XdfJournal
from landing_lab.model.device import Arrival, DeviceLink

POLL_S = 0.02
"""How often links are emptied: 20 ms of data is the most that kill -9 can lose."""

OnArrival = Callable[[str, Arrival], bool]
"""Called with stream name and frames as they come; True ends the trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFile:
    """What one trial left on disk, and why it ended.

    ended: "complete", "time limit", "interrupted", or the message of the error that cut it short.
    link_statistics: stream name -> LinkStats as plain numbers.
    """

    path: Path
    ended: str
    lost: str | None
    link_statistics: Mapping[str, Mapping[str, int]]


def stream_names(links: Sequence[DeviceLink]) -> list[str]:
    """One name per link for files and displays: insole_left, insole_right, plate; numbered where two agree."""
    names: list[str] = []
    for link in links:
        base = "plate" if link.info.sensor_kind == "hx711_plate" else f"insole_{link.info.placement}"
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
    pause: Callable[[float], None] = time.sleep,
) -> TrialFile:
    """Stream all links into a new raw file until on_arrival says so, time is up, or a link is lost.

    Everything received is in the file before this returns or raises, also on Ctrl-C and on a lost device.
    Raises RecordingError where the file cannot be made, DeviceError where a board does not start.
    """
    if not links:
        raise RecordingError("no device is connected, so there is nothing to record; plug one in or use --sim")
    names = stream_names(links)
    streams = [JournalStream(name=name, info=link.info) for name, link in zip(names, links, strict=True)]
    with XdfJournal(path, streams, metadata=metadata) as journal:
        ended, lost = "complete", None
        before = [link.stats.as_dict() for link in links]
        try:
            for link in links:
                link.start()
            ended = _run(links, names, journal, on_arrival, max_duration_s, pause)
        except KeyboardInterrupt:
            ended = "interrupted"
        except DeviceLostError as error:
            ended = lost = str(error)
        finally:
            _finish(links, names, journal)
            statistics = {
                # of this trial, not of the session so far
                name: {what: count - was[what] for what, count in link.stats.as_dict().items()}
                for name, link, was in zip(names, links, before, strict=True)
            }
            for name, facts in statistics.items():
                journal.conclude(name, {**facts, "ended": ended})
    return TrialFile(path=path, ended=ended, lost=lost, link_statistics=statistics)


def _run(
    links: Sequence[DeviceLink],
    names: Sequence[str],
    journal: XdfJournal,
    on_arrival: OnArrival,
    max_duration_s: float,
    pause: Callable[[float], None],
) -> str:
    deadline = time.monotonic() + max_duration_s
    while time.monotonic() < deadline:
        complete = False
        for name, link in zip(names, links, strict=True):
            for arrival in link.poll():
                journal.append(name, arrival.time_s, arrival.frames)
                complete = on_arrival(name, arrival) or complete
        if complete:
            return "complete"
        pause(POLL_S)
    return "time limit"


def _finish(links: Sequence[DeviceLink], names: Sequence[str], journal: XdfJournal) -> None:
    """Silence every board and keep what was still on its way; a lost board has already given its last bytes."""
    for name, link in zip(names, links, strict=True):
        with suppress(DeviceError):  # a board that does not confirm STOP has still sent a whole trial
            link.stop()
        with suppress(DeviceError):
            for arrival in link.poll():
                journal.append(name, arrival.time_s, arrival.frames)
