"""Simulated boards as a raw recording, and what may happen to their frames."""

from __future__ import annotations

import dataclasses

import numpy as np

from landing_lab.model.blocks import FrameBlock
from landing_lab.model.raw import RawRecording, RawStream
from landing_lab.sim.devices import SimulatedScene, trial_scene
from landing_lab.sim.drop_jump import draw_body

NAMES = ("insole_left", "insole_right", "plate")


def scene_of(seed: int) -> SimulatedScene:
    """One jump of a drawn athlete on drawn sensors."""
    return trial_scene(draw_body(seed, empty_s=1.6, quiet_s=2.5), seed=seed, session=0)


def raw_of(scene: SimulatedScene, *, seed: int = 0) -> RawRecording:
    """The frames as a host would have received them: exponentially late by 1 ms on average."""
    rng = np.random.default_rng(seed)
    streams = {}
    for name, device in zip(NAMES, scene.devices, strict=True):
        arrival = device.frames.ticks_us * 1e-6 + rng.exponential(0.001, len(device.frames))
        streams[name] = RawStream(device.info, device.frames, np.maximum.accumulate(arrival))
    return RawRecording(streams)


def keep(stream: RawStream, rows: np.ndarray) -> RawStream:
    """Only these frames of a stream."""
    frames = stream.frames
    return RawStream(
        stream.info,
        FrameBlock(
            sequence=frames.sequence[rows],
            ticks_us=frames.ticks_us[rows],
            counts=frames.counts[rows],
            channel=None if frames.channel is None else frames.channel[rows],
            flags=frames.flags[rows],
        ),
        stream.arrival_s[rows],
    )


def changed(stream: RawStream, **fields: np.ndarray) -> RawStream:
    """A stream with other counts or flags."""
    return RawStream(stream.info, dataclasses.replace(stream.frames, **fields), stream.arrival_s)


def with_streams(raw: RawRecording, **streams: RawStream | None) -> RawRecording:
    """A recording with other streams; None leaves one out."""
    merged = {**raw.streams, **streams}
    return RawRecording({name: stream for name, stream in merged.items() if stream is not None})
