"""Boards that say what a test makes them say, followed as a trial is, for tests of what the page draws live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from landing_lab.app.record.protocols import protocol_of
from landing_lab.app.record.trial import TrialWatch, first_of
from landing_lab.calibrate.convert import counts_to_newton
from landing_lab.model.blocks import FloatArray, FrameBlock
from landing_lab.model.calibration import Calibration, PlateCalibration
from landing_lab.model.device import Arrival, DeviceInfo, LinkStats
from landing_lab.sim.devices import insole_info, plate_info

COUNTS_PER_N = 100.0


def plate_of(info: DeviceInfo) -> PlateCalibration:
    """A calibration by which a count is a hundredth of a newton, and zero is zero."""
    n = info.n_channels
    return PlateCalibration(
        device_id=info.device_id, made_at=datetime.now(tz=UTC).isoformat(timespec="seconds"),
        valid_days=3650.0, method="known masses", software="test",
        gain=info.gain or 128, n_cells=n, zero_counts=(0.0,) * n, counts_per_n=(COUNTS_PER_N,) * n,
        cell_scale_sd_fraction=(0.01,) * n, position_mm=(None,) * n,
        side=tuple("left" if cell < n // 2 else "right" for cell in range(n)), scale_sd_fraction=0.01,
        linearity_pct=None, corner_error_pct=None, hysteresis_pct=None, repeatability_pct=None, noise_n=1.0, steps=(),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class PlayedLink:
    """As much of a link as a trial looks at."""

    info: DeviceInfo
    stats: LinkStats = field(default_factory=LinkStats)


def watch_of(infos: Sequence[DeviceInfo], calibrations: Mapping[str, Calibration] | None = None) -> TrialWatch:
    """A trial of these boards; what arrives is given to `hear`."""
    protocol = protocol_of("drop_jump")
    return TrialWatch([PlayedLink(info) for info in infos], protocol, calibrations or {}, first_of(protocol))  # type: ignore[misc]


def hear(watch: TrialWatch, name: str, frames: FrameBlock, arrived_s: float) -> None:
    """Frames of a board arrive."""
    watch.on_arrival(name, Arrival(arrived_s, frames))


def plate_frames(ticks_us: Sequence[int], channel: Sequence[int], force_n: Sequence[float], n: int = 8) -> FrameBlock:
    """Single readings of load cells, one per tick, by the calibration of `plate_of`."""
    rows = np.arange(len(ticks_us))
    counts = np.zeros((len(rows), n), np.int32)
    counts[rows, list(channel)] = np.rint(np.array(force_n) * COUNTS_PER_N)
    return FrameBlock(rows, np.array(ticks_us), counts, np.array(channel), np.zeros(len(rows), np.int64))


def scans(ticks_us: Sequence[int], counts: FloatArray, first: int = 0) -> FrameBlock:
    """Scans of an insole, counts (n, cells)."""
    n = len(ticks_us)
    return FrameBlock(
        first + np.arange(n), np.array(ticks_us), counts.astype(np.int32), None, np.zeros(n, np.int64)
    )  # fmt: skip


__all__ = ["counts_to_newton", "hear", "insole_info", "plate_frames", "plate_info", "plate_of", "scans", "watch_of"]
