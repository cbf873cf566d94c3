"""Raw files of a simulated drop jump, written without links, ports or waiting."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from landing_lab.io.xdf_journal import JournalStream, XdfJournal
from landing_lab.model.blocks import FrameBlock, joined
from landing_lab.sim.devices import SimulatedScene, demo_bodies, trial_scene

STREAMS = ("insole_left", "insole_right", "plate")


@cache
def scene(seed: int) -> SimulatedScene:
    return trial_scene(demo_bodies(1, seed=seed)[0], seed=seed, session=0)


AGAIN_S = 10
"""From one jump of a file to the next: half a second more than a scene, which is missing between them."""


def write_raw(path: Path, *, seed: int = 3, block: int = 100, jumps: int = 1, **metadata: object) -> Path:
    """A whole raw file; block: frames per append, of which nothing that is measured may depend.

    jumps: how often the same trial comes in it, with half a second of lost frames between two.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    devices = scene(seed).devices
    streams = [JournalStream(name, device.info) for name, device in zip(STREAMS, devices, strict=True)]
    facts = {"participant": "P07", "protocol": "drop_jump", "box_height_m": 0.3, **metadata}
    with XdfJournal(path, streams, metadata=facts) as journal:
        for name, device in zip(STREAMS, devices, strict=True):
            frames = _repeated(device.frames, jumps)
            arrival_s = 100.001 + frames.ticks_us / (1 + device.clock_ppm / 1e6) * 1e-6
            for start in range(0, len(frames), block):
                part = slice(start, start + block)
                journal.append(name, arrival_s[part], _part(frames, part))
            journal.conclude(name, {"frames": len(frames), "lost_frames": 0, "ended": "complete"})
    return path


def _repeated(frames: FrameBlock, times: int) -> FrameBlock:
    per_s = len(frames) / (1e-6 * float(frames.ticks_us[-1] - frames.ticks_us[0]))
    later = [
        FrameBlock(
            frames.sequence + round(number * AGAIN_S * per_s), frames.ticks_us + number * AGAIN_S * 1_000_000,
            frames.counts, frames.channel, frames.flags,
        )
        for number in range(times)
    ]  # fmt: skip
    return joined(later)


def _part(frames: FrameBlock, part: slice) -> FrameBlock:
    channel = None if frames.channel is None else frames.channel[part]
    return FrameBlock(frames.sequence[part], frames.ticks_us[part], frames.counts[part], channel, frames.flags[part])
