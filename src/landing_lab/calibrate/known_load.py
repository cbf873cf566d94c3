"""A known load on a plate and what each cell read under it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from landing_lab.errors import CalibrationError
from landing_lab.model import nominal
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SATURATED, FLAG_SUSPECT, FloatArray, FrameBlock
from landing_lab.model.channels import Side

SETTLE_S = 0.1
"""What the beginning of a step is left out for: the memory of the slowest filter at 80 SPS, twice."""

MIN_READINGS = 8
"""Readings of a cell that a mean needs."""

RESTLESS_N = 5.0
RESTLESS_SHARE = 0.02
"""A load moves, or is a person, where a cell's readings scatter by more than this (nominal newton, share of load)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KnownLoad:
    """Some seconds of a board's frames while a known mass rested on one plate, or nothing (mass_kg 0).

    side: the plate that carries it; "total" for a board with one plate, or for nothing on any plate. position_mm:
    (medial, anterior) from the centre of the plate, None where it was not measured.
    """

    label: str
    side: Side
    mass_kg: float
    frames: FrameBlock
    position_mm: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LoadReading:
    """Means under one load: time_s of its middle on the board's clock, mean, sd and count per channel (c,)."""

    load: KnownLoad
    time_s: float
    mean: FloatArray
    sd: FloatArray
    count: FloatArray


def read_load(load: KnownLoad) -> LoadReading:
    """Mean counts of every channel under a load, (c,) NaN where a channel sent too little.

    Raises CalibrationError for a mass that cannot be, a cell at the end of its range, and a load that moved.
    """
    if not (math.isfinite(load.mass_kg) and 0.0 <= load.mass_kg <= 1000.0):
        raise CalibrationError(
            f"step {load.label!r}: a mass is 0 to 1000 kg; got {load.mass_kg}; state it in kilograms"
        )
    frames = load.frames
    n_channels = frames.counts.shape[1]
    mean, sd, count = np.full(n_channels, np.nan), np.full(n_channels, np.nan), np.zeros(n_channels)
    late = frames.ticks_us >= (frames.ticks_us[0] if len(frames) else 0) + SETTLE_S * 1e6
    good = late & ((frames.flags & (FLAG_SUSPECT | FLAG_NOT_READY)) == 0)
    for channel in range(n_channels):
        mine = good if frames.channel is None else good & (frames.channel == channel)
        counts = frames.counts[mine, channel]
        if (frames.flags[mine] & FLAG_SATURATED).any():
            raise CalibrationError(
                f"step {load.label!r}: cell_{channel + 1} is at the end of its range; use a smaller load "
                "or check its wires"
            )
        if len(counts) >= MIN_READINGS:
            # A corrupted reading that no flag names would move a mean of 200 by newtons.
            near = np.abs(counts - np.median(counts)) <= 6.0 * max(1.4826 * _mad(counts), 1.0)
            mean[channel], sd[channel], count[channel] = counts[near].mean(), counts[near].std(), near.sum()
            _check_rest(load, channel, counts)
    middle = float(frames.ticks_us.mean()) * 1e-6 if len(frames) else 0.0
    return LoadReading(load, middle, mean, sd, count)


def _mad(counts: FloatArray) -> float:
    return float(np.median(np.abs(counts - np.median(counts))))


def _check_rest(load: KnownLoad, channel: int, counts: FloatArray) -> None:
    """Refuse a step in which the level of a cell moved; lone spikes do not count."""
    third = len(counts) // 3
    levels = [float(np.median(part)) for part in (counts[:third], counts[third : 2 * third], counts[2 * third :])]
    wander_n = max((max(levels) - min(levels)), 2.0 * _mad(counts)) / nominal.HX711_COUNTS_PER_N
    allowed_n = max(RESTLESS_N, RESTLESS_SHARE * load.mass_kg * 10.0)
    if wander_n > allowed_n:
        raise CalibrationError(
            f"step {load.label!r}: the load was not at rest, cell_{channel + 1} moved by about {wander_n:.0f} N; "
            "use a mass that lies still, wait two seconds and repeat the step"
        )
