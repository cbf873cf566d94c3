"""Links that play a simulated scene on a clock of their own, so that a session runs as fast as it can compute."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from landing_lab.errors import DeviceLostError
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import Arrival, LinkNote, LinkStats, SimulatedDevice
from landing_lab.sim.devices import SimulatedScene


@dataclass
class PlayedClock:
    """Seconds that pass only when a session pauses; each pause is step_s long."""

    now_s: float = 1000.0
    step_s: float = 0.04

    def __call__(self) -> float:
        return self.now_s

    def pause(self, _seconds: float) -> None:
        self.now_s += self.step_s


@dataclass
class PlayedLink:
    """One board: every start plays the next of its devices from the beginning."""

    devices: list[SimulatedDevice]
    clock: PlayedClock
    silent_from_s: float = float("inf")
    lost_from_s: float = float("inf")
    url: str = "played://"
    stats: LinkStats = field(default_factory=LinkStats)

    def __post_init__(self) -> None:
        self.info = self.devices[0].info
        self.started_s: float | None = None
        self.n_started = 0
        self.sent = 0

    def start(self) -> None:
        self.started_s, self.sent = self.clock(), 0
        self.n_started += 1

    def poll(self) -> list[Arrival]:
        if self.started_s is None:
            return []
        elapsed_s = self.clock() - self.started_s
        if elapsed_s >= self.lost_from_s:
            raise DeviceLostError(f"{self.info.device_id} has gone; look at its cable")
        frames = self.devices[min(self.n_started, len(self.devices)) - 1].frames
        until = int(np.searchsorted(frames.ticks_us, min(elapsed_s, self.silent_from_s) * 1e6))
        rows, self.sent = slice(self.sent, until), max(until, self.sent)
        if rows.stop <= rows.start:
            return []
        channel = None if frames.channel is None else frames.channel[rows]
        block = FrameBlock(
            frames.sequence[rows], frames.ticks_us[rows], frames.counts[rows], channel, frames.flags[rows]
        )
        self.stats.frames += len(block)
        return [Arrival(self.clock(), block)]

    def send_ping(self) -> None:
        pass

    def take_notes(self) -> list[LinkNote]:
        return []

    def stop(self) -> None:
        self.started_s = None

    def close(self) -> None:
        pass


def played(*scenes: SimulatedScene, clock: PlayedClock) -> list[PlayedLink]:
    """The three boards of scenes that are played one after the other, one at each start."""
    return [PlayedLink([scene.devices[number] for scene in scenes], clock) for number in range(3)]
