"""A session of two devices in a raw journal, and pyxdf's view of it."""

import errno
import logging
import os
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np
import pyxdf

from landing_lab.io.xdf_journal import JournalStream, XdfJournal
from landing_lab.io.xdf_notes import NOTES_STREAM
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import DeviceInfo
from landing_lab.model.raw import RawStream

logging.getLogger("pyxdf").setLevel(logging.CRITICAL)

INSOLE = DeviceInfo(
    kind="insole-fsr",
    device_id="L-07 <&> ü\x01",
    placement="left",
    firmware_version="1.2",
    protocol_version=1,
    n_channels=8,
    sample_rate_hz=500.0,
    adc_prescaler=16,
    reference_v=5.0,
    channel_skew_us=16.0,
    settle_us=10.0,
    gain=1,
    sensor_kind="fsr_insole",
)
PLATE = DeviceInfo(
    kind="plate-hx711",
    device_id="P",
    placement="total",
    firmware_version="1.0",
    protocol_version=1,
    n_channels=4,
    sample_rate_hz=80.0,
    adc_prescaler=0,
    reference_v=5.0,
    channel_skew_us=0.0,
    settle_us=0.0,
    gain=128,
    sensor_kind="hx711_plate",
)
METADATA = {"participant": "P01 ü <b>", "started_at": "2026-11-02T10:00:00Z", "nested": {"trials": [1, 2, None]}}


class FillingDisk(FileIO):
    """A disk with room for `room` more bytes: it takes a part of what does not fit, as real ones do."""

    room = 2000

    def write(self, data: Any) -> int:
        if self.room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = super().write(memoryview(data)[: self.room])
        self.room -= taken
        return taken


def insole_frames(first: int, n_frames: int) -> FrameBlock:
    rng = np.random.default_rng(first)
    sequence = np.arange(first, first + n_frames) + 2**40
    counts = rng.integers(-(2**31), 2**31 - 1, (n_frames, 8), dtype=np.int32)
    return FrameBlock(sequence, sequence * 2000, counts, None, rng.integers(0, 8, n_frames))


def plate_frames(first: int, n_frames: int) -> FrameBlock:
    rng = np.random.default_rng(first)
    sequence = np.arange(first, first + n_frames)
    channel = sequence % 4
    counts = np.zeros((n_frames, 4), dtype=np.int32)
    counts[np.arange(n_frames), channel] = rng.integers(-(2**23), 2**23, n_frames)
    return FrameBlock(sequence, sequence * 3125, counts, channel, np.zeros(n_frames, dtype=np.int64))


def write_session(path: Path, n_appends: int = 12, *, close: bool = True) -> list[int]:
    """A session of two devices; returns the size of the file after the headers and after each append."""
    journal = XdfJournal(path, [JournalStream("insole", INSOLE), JournalStream("plate", PLATE)], METADATA)
    sizes = [path.stat().st_size]
    for number in range(n_appends):
        journal.append("insole", 100.0 + 0.3 * number, insole_frames(5 * number, 5))
        sizes.append(path.stat().st_size)
        journal.append("plate", 100.1 + 0.3 * number, plate_frames(3 * number, 3))
        sizes.append(path.stat().st_size)
    if close:
        journal.close()
    return sizes


def table(stream: RawStream) -> np.ndarray:
    """What pyxdf calls time_series."""
    frames = stream.frames
    channel = np.full(len(frames), -1) if frames.channel is None else frames.channel
    return np.column_stack(
        [frames.sequence, frames.ticks_us, stream.arrival_s, frames.flags, channel, frames.counts]
    ).astype(float)


def pyxdf_streams(path: Path) -> dict[str, dict]:
    streams, _ = pyxdf.load_xdf(str(path), synchronize_clocks=False, dejitter_timestamps=False)
    return {stream["info"]["name"][0]: stream for stream in streams}


def pyxdf_tables(path: Path) -> dict[str, np.ndarray]:
    """The frames of each device; what was told beside them is no table."""
    return {name: stream["time_series"] for name, stream in pyxdf_streams(path).items() if name != NOTES_STREAM}
