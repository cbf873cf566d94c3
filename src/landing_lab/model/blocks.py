"""What travels from a device: raw frames, then samples in physical units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
CountArray: TypeAlias = NDArray[np.int32]

FLAG_SATURATED = 1
FLAG_SUSPECT = 2
FLAG_NOT_READY = 4


@dataclass(frozen=True, slots=True, eq=False)
class FrameBlock:
    """Decoded frames of one device, still in device units.

    sequence: (n,) running number, unwrapped, one per timer tick: a missing number is a lost frame.
    ticks_us: (n,) device clock in microseconds, unwrapped.
    counts: (n, n_channels) converter counts. Where `channel` is given only column channel[i] of row i is a
    reading (converters that run free of each other, as HX711 do); the other entries are 0.
    flags: (n,) bits FLAG_*.
    """

    sequence: IntArray
    ticks_us: IntArray
    counts: CountArray
    channel: IntArray | None
    flags: IntArray

    def __len__(self) -> int:
        return len(self.sequence)

    def rows(self, which: slice | NDArray[np.bool_]) -> FrameBlock:
        """The frames of a slice or a mask (n,)."""
        return FrameBlock(
            self.sequence[which],
            self.ticks_us[which],
            self.counts[which],
            None if self.channel is None else self.channel[which],
            self.flags[which],
        )


def joined(blocks: Sequence[FrameBlock]) -> FrameBlock:
    """One block of the frames of several (at least one) of the same device, in their order."""
    if len(blocks) == 1:
        return blocks[0]
    channels = [block.channel for block in blocks if block.channel is not None]
    return FrameBlock(
        np.concatenate([block.sequence for block in blocks]),
        np.concatenate([block.ticks_us for block in blocks]),
        np.concatenate([block.counts for block in blocks]),
        np.concatenate(channels) if channels else None,
        np.concatenate([block.flags for block in blocks]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Samples that never arrived: n_samples missing before sample index `sample`, for a stated reason."""

    sample: int
    n_samples: int
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class SampleBlock:
    """Consecutive samples in physical units: samples is (n_samples, n_channels) float64, NaN = missing.

    first_sample is the running index of row 0; gap tells what was lost just before it.
    """

    first_sample: int
    samples: FloatArray
    gap: Gap | None = None
