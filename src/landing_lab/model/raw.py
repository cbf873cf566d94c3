"""A raw recording: device counts as they arrived, before any calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from landing_lab.model.blocks import FloatArray, FrameBlock
from landing_lab.model.device import DeviceInfo, LinkNote


@dataclass(frozen=True, slots=True, eq=False)
class RawStream:
    """Everything one device sent: frames in order of arrival, arrival_s (n_frames,) on the host clock, its notes."""

    info: DeviceInfo
    frames: FrameBlock
    arrival_s: FloatArray
    notes: tuple[LinkNote, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RawRecording:
    """Raw streams by name, what the session wrote beside them, and what was lost, in sentences."""

    streams: Mapping[str, RawStream]
    metadata: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        streams = ", ".join(
            f"{name} ({stream.info.device_id}, {stream.info.n_channels} channels, {len(stream.frames)} frames)"
            for name, stream in self.streams.items()
        )
        return f"<RawRecording: {streams}>"
