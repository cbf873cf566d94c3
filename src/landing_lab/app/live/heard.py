"""How the boards are heard while a trial is recorded, and all frames of it so far."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from landing_lab.acquire.session import stream_names
from landing_lab.model.blocks import FrameBlock, joined
from landing_lab.model.device import Arrival, DeviceInfo, DeviceLink, LinkStats
from landing_lab.model.raw import RawRecording, RawStream

RATE_OVER_S: Final = 2.0
"""The stretch of the board's clock over which its rate is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkHealth:
    """One board as it is heard now.

    rate_hz: scans per second by the board's own clock; of a plate, readings per connected cell. None in the first
    half second. silent_s: since it was last heard. lost, frames: of this trial. away: how often it went and came back.
    """

    name: str
    info: DeviceInfo
    rate_hz: float | None
    frames: int
    lost: int
    jitter_ms: float | None
    silent_s: float
    away: int = 0

    @property
    def lost_fraction(self) -> float:
        """Share of the frames that never came."""
        return self.lost / (self.frames + self.lost) if self.lost > 0 else 0.0


@dataclass(slots=True)
class _Heard:
    info: DeviceInfo
    stats: LinkStats
    before: LinkStats
    last_s: float
    arrivals: list[Arrival] = field(default_factory=list)
    recent: deque[tuple[int, int]] = field(default_factory=deque)
    cells: set[int] = field(default_factory=set)

    def take(self, arrival: Arrival, now_s: float) -> None:
        """Remember frames and when they came."""
        frames = arrival.frames
        self.last_s = now_s
        self.arrivals.append(arrival)
        self.recent.append((int(frames.ticks_us[-1]), len(frames)))
        while self.recent[-1][0] - self.recent[0][0] > RATE_OVER_S * 1e6:
            self.recent.popleft()
        if frames.channel is not None and len(self.cells) < self.info.n_channels:
            self.cells.update(frames.channel.tolist())

    def rate_hz(self) -> float | None:
        """Frames per second over the recent stretch, per cell where cells run free of each other."""
        span_us = self.recent[-1][0] - self.recent[0][0] if self.recent else 0
        if span_us < 0.5e6:
            return None
        received = sum(count for _, count in self.recent) - self.recent[0][1]
        return received / (span_us * 1e-6) / max(1, len(self.cells))


class LiveLinks:
    """What every link of a trial brought so far."""

    def __init__(self, links: Sequence[DeviceLink], *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        begun_s = now()
        self._ended_s: float | None = None
        self._heard = {
            name: _Heard(link.info, link.stats, link.stats.since(LinkStats()), begun_s)
            for name, link in zip(stream_names(links), links, strict=True)
        }

    def on_arrival(self, name: str, arrival: Arrival) -> None:
        """Take new frames in."""
        if len(arrival.frames):
            self._heard[name].take(arrival, self._now())

    def end(self) -> None:
        """The trial is over: from now on silence is no fault."""
        self._ended_s = max(heard.last_s for heard in self._heard.values())

    def health(self) -> tuple[LinkHealth, ...]:
        """Every board as it is heard now."""
        now_s = self._now() if self._ended_s is None else self._ended_s
        return tuple(
            LinkHealth(
                name=name,
                info=heard.info,
                rate_hz=heard.rate_hz(),
                frames=heard.stats.frames - heard.before.frames,
                lost=heard.stats.lost_frames - heard.before.lost_frames,
                jitter_ms=heard.stats.jitter_ms,
                silent_s=now_s - heard.last_s,
                away=heard.stats.reconnects - heard.before.reconnects,
            )
            for name, heard in self._heard.items()
        )

    def arrivals_from(self, name: str, first: int) -> Sequence[Arrival]:
        """What a board sent in this trial, from the first-th arrival on."""
        return self._heard[name].arrivals[first:]

    def newest(self, name: str, seconds: float) -> FrameBlock | None:
        """Frames of the last so many seconds of a board's clock, None before the first."""
        arrivals = self._heard[name].arrivals
        first = len(arrivals)
        while first and arrivals[-1].frames.ticks_us[-1] - arrivals[first - 1].frames.ticks_us[0] < seconds * 1e6:
            first -= 1
        blocks = [arrival.frames for arrival in arrivals[first:] or arrivals[-1:]]
        return joined(blocks) if blocks else None

    def so_far(self, metadata: Mapping[str, object]) -> RawRecording:
        """All that has arrived, as the file will hold it but for the boards' notes."""
        streams = {}
        for name, heard in self._heard.items():
            if heard.arrivals:
                frames = joined([arrival.frames for arrival in heard.arrivals])
                times_s = [np.full(len(arrival.frames), arrival.time_s) for arrival in heard.arrivals]
                streams[name] = RawStream(info=heard.info, frames=frames, arrival_s=np.concatenate(times_s))
        return RawRecording(streams=streams, metadata=metadata)
