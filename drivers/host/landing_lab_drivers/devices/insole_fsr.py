"""Pressure insole: force-sensing resistors on the converter of an ATmega, all channels in one SCAN per tick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FLAG_SATURATED, FrameBlock
from landing_lab.model.device import DeviceInfo, LinkStats
from landing_lab.model.recording import SensorKind
from landing_lab_drivers.blocks import empty_block
from landing_lab_drivers.counters import CounterUnwrapper
from landing_lab_drivers.devices._protocol import BlockDecoder
from landing_lab_drivers.wire import SCAN, Frame, encode_frames

# The ATmega's converter has 10 bits; a SCAN carries no flags, so saturation is read from the counts.
FULL_SCALE_COUNTS = 1023


class _ScanDecoder:
    """SCAN frames to rows; nothing waits here."""

    held = 0

    def __init__(self, n_channels: int, stats: LinkStats) -> None:
        self._n_channels = n_channels
        self._stats = stats
        self.counters = CounterUnwrapper(stats)

    def decode(self, frames: Sequence[Frame]) -> FrameBlock:
        """Rows of these frames; FLAG_SATURATED where any channel is at full scale."""
        size = 2 * self._n_channels
        scans = [frame for frame in frames if frame.type == SCAN and len(frame.body) == size]
        self._stats.bad_frames += len(frames) - len(scans)
        if not scans:
            return self.flush()
        _, raw_sequence, raw_ticks, bodies = zip(*scans, strict=True)
        sequence, ticks_us = self.counters.unwrap(raw_sequence, raw_ticks)
        counts = np.frombuffer(b"".join(bodies), "<u2").astype(np.int32).reshape(-1, self._n_channels)
        # Seldom any: one look at all of a turn's counts costs less than one at each scan.
        if counts.max() >= FULL_SCALE_COUNTS:
            flags = np.where(counts.max(axis=1) >= FULL_SCALE_COUNTS, FLAG_SATURATED, 0).astype(np.int64)
        else:
            flags = np.zeros(len(scans), np.int64)
        return FrameBlock(sequence, ticks_us, counts, None, flags)

    def flush(self) -> FrameBlock:
        """No rows."""
        return empty_block(self._n_channels, free_running=False)


@dataclass(frozen=True, slots=True)
class InsoleFsr:
    """FSR insole, 1-122 channels."""

    kind: str = "insole-fsr"
    kind_code: int = 1
    sensor_kind: SensorKind = "fsr_insole"
    title: str = "Pressure insole with force-sensing resistors"

    def decoder(self, info: DeviceInfo, stats: LinkStats) -> BlockDecoder:
        """A fresh decoder for one link."""
        return _ScanDecoder(info.n_channels, stats)

    def encode(self, info: DeviceInfo, frames: FrameBlock) -> list[bytes]:
        """One SCAN per row; flags have no place in it.

        Raises ParameterError for counts outside 0-65535 or another number of channels.
        """
        counts = frames.counts
        if frames.channel is not None or counts.shape[1] != info.n_channels:
            raise ParameterError(
                f"an insole of {info.n_channels} channels sends all of them in every frame; "
                f"got frames of shape {counts.shape}; give one column per channel and no `channel`"
            )
        if counts.size and (counts.min() < 0 or counts.max() > 0xFFFF):
            raise ParameterError(
                f"insole counts must fit 16 bits; got {counts.min()} to {counts.max()}; check the simulated sensor"
            )
        bodies = counts.astype("<u2").view(np.uint8).reshape(len(frames), 2 * info.n_channels)
        return encode_frames(np.full(len(frames), SCAN, np.uint8), frames.sequence, frames.ticks_us, bodies)


DEVICE = InsoleFsr()
