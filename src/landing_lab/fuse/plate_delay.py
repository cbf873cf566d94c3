"""Order of the converter's filter and delay between plate and insole, by the marginal likelihood of the fusion model.

Least squares of the plate on the insole takes the insole's hysteresis for a shorter delay of the plate (-1.3 ms) and
takes sinc3 for sinc4; the model that may move the gain is off by -0.1 ms, SD 0.3 (fusion.md section 4).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.calibrate.filter_response import ORDERS
from landing_lab.fuse.gain_model import Foot, ReadingError, Wander, equations, misfit
from landing_lab.fuse.plate_cells import slow_force
from landing_lab.model.blocks import IntArray
from landing_lab.model.channels import Side

USUAL_DELAY_S: Final = 0.0005
"""Delay expected: boards look at their converters every millisecond (hardware.md)."""

USUAL_DELAY_SD_S: Final = 0.0015
"""SD of the delay before it is looked for: read-out, and clocks of two boards aligned to about 1 ms (fusion.md)."""

GRID_S: Final = 0.0015
COARSE: Final = (-2, -1, 0, 1, 2)
"""Delays tried around the usual one; a parabola through the best three tells the rest (fusion.md section 6)."""

LIVELY: Final = 0.1
"""A reading tells the delay where the plate changes by more than this share of its fastest change."""

LIVELY_S: Final = 0.15
"""And so do readings this close to it: the gain must be known before and after."""

LEAST_LIVELY_N: Final = 20.0
"""A plate that nowhere changes by more than this from reading to reading tells no delay."""

TIMING_ERROR: Final = ReadingError(1.5, 0.004, 0.008)
"""Error of a reading while the delay is looked for (fusion.md section 6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateTiming:
    """Order of the filter (known: from the plate's calibration) and delay per foot, seconds."""

    order: int
    known: bool
    delay_s: Mapping[Side, float]


def plate_timing(
    feet: Mapping[Side, Foot], parts: Mapping[Side, Sequence[Wander]], known_order: int | None, clock_sd_s: float
) -> PlateTiming:
    """Order, pooled over the feet where nobody settled it on the bench, and each foot's own delay."""
    sd_s = math.hypot(USUAL_DELAY_SD_S, clock_sd_s)
    tried = {}
    for order in (known_order,) if known_order else ORDERS:
        tried[order] = {side: _delay(foot, parts[side], order, sd_s) for side, foot in feet.items()}
    best = min(tried, key=lambda order: sum(cost for cost, _ in tried[order].values()))
    return PlateTiming(
        order=best,
        known=known_order is not None,
        delay_s={side: delay_s for side, (_, delay_s) in tried[best].items()},
    )


def _delay(foot: Foot, parts: Sequence[Wander], order: int, sd_s: float) -> tuple[float, float]:
    """Cost at the best delay, and the delay; the usual one where nothing tells."""
    rows = lively_rows(foot)
    if not len(rows):
        return 0.0, USUAL_DELAY_S

    def cost(delay_s: float) -> float:
        found = misfit(equations(foot, order, delay_s, parts, TIMING_ERROR, chosen=rows))
        return found + 0.5 * ((delay_s - USUAL_DELAY_S) / sd_s) ** 2

    at = {step: cost(USUAL_DELAY_S + step * GRID_S) for step in COARSE}
    best = min(at, key=lambda step: at[step])
    while best in (min(at), max(at)) and len(at) < 3 * len(COARSE):
        beside = best + (1 if best == max(at) else -1)
        at[beside] = cost(USUAL_DELAY_S + beside * GRID_S)
        best = min(at, key=lambda step: at[step])
    before, middle, after = (at.get(best + side, at[best]) for side in (-1, 0, 1))
    bend = before - 2.0 * middle + after
    if not bend > 0.0:
        return at[best], USUAL_DELAY_S + best * GRID_S
    shift = float(np.clip(0.5 * (before - after) / bend, -1.0, 1.0))
    lowest = middle - 0.125 * (before - after) ** 2 / bend
    return lowest, USUAL_DELAY_S + (best + shift) * GRID_S


def lively_rows(foot: Foot) -> IntArray:
    """Which readings of a foot lie around fast changes of its plate: indices into foot.read_s."""
    period_s = float(np.mean(foot.period_s))
    grid = np.arange(foot.times_s[0], foot.times_s[-1], period_s)
    if len(grid) < 3:
        return np.empty(0, dtype=np.int64)
    change = np.abs(np.gradient(slow_force(list(foot.cells), grid)))
    if change.max() < LEAST_LIVELY_N:
        return np.empty(0, dtype=np.int64)
    near = np.convolve(change > LIVELY * change.max(), np.ones(2 * round(LIVELY_S / period_s) + 1), mode="same") > 0.0
    at = np.clip(np.round((foot.read_s - grid[0]) / period_s).astype(np.int64), 0, len(grid) - 1)
    return np.flatnonzero(near[at])
