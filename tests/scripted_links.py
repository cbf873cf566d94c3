"""Links whose polls are written down beforehand, for sessions without a port."""

from __future__ import annotations

import numpy as np

from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import Arrival, DeviceInfo, LinkNote, LinkStats
from landing_lab.sim.devices import demo_bodies, trial_scene

INFO = trial_scene(demo_bodies(1, seed=1)[0], seed=1, session=0).devices[0].info


def frames(first: int, n: int) -> FrameBlock:
    sequence = np.arange(first, first + n, dtype=np.int64)
    counts = np.repeat(sequence[:, None] % 1000, INFO.n_channels, axis=1).astype(np.int32)
    return FrameBlock(sequence, sequence * 1000, counts, None, np.zeros(n, dtype=np.int64))


class ScriptedLink:
    """A link whose polls are written down beforehand; an exception in the script is raised."""

    def __init__(self, polls: list[list[Arrival] | Exception], *, info: DeviceInfo = INFO) -> None:
        self.url, self.info, self.stats = "scripted://", info, LinkStats(frames=7)  # of earlier trials
        self.polls = polls
        self.calls: list[str] = []
        self.notes: list[LinkNote] = []

    def start(self) -> None:
        self.calls.append("start")

    def poll(self) -> list[Arrival]:
        step = self.polls.pop(0) if self.polls else []
        if isinstance(step, Exception):
            raise step
        self.stats.frames += sum(len(arrival.frames) for arrival in step)
        return step

    def send_ping(self) -> None:
        self.calls.append("ping")

    def take_notes(self) -> list[LinkNote]:
        notes, self.notes = self.notes, []
        return notes

    def stop(self) -> None:
        self.calls.append("stop")

    def close(self) -> None:
        self.calls.append("close")
