"""Order of the converter's filter from a mass that is taken off quickly: output is at zero exactly N periods later."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from landing_lab.calibrate.filter_response import ramp_response
from landing_lab.calibrate.plate_readings import CellReadings
from landing_lab.model.blocks import FloatArray

ORDERS = (2, 3, 4, 5)
"""Orders compared: the data sheet gives none, settling in four conversions suggests 3 or 4 (hardware.md)."""

LONGEST_RAMP_S = 0.016
RAMPS_S = tuple(np.linspace(0.0, LONGEST_RAMP_S, 9).tolist())
"""How long the mass may take to leave, all equally likely: a hand that pulls takes some milliseconds."""

COARSE_S = np.arange(-0.010, 0.0101, 0.001)
FINE_S = np.arange(-0.001, 0.00101, 0.0001)
"""Instants tried around where the sum has fallen by half."""

READ_JITTER_S = 0.0003
"""SD of the time between ready and read-out: the board looks within a millisecond (hardware.md)."""

SURE = 0.95
"""Probability from which an order is told."""

MAX_MISFIT = 4.0
"""Mean squared misfit in units of its variance above which it was no quick unloading."""

MIN_STEP_NOISE = 50.0
"""The step must be this many times the noise of a reading."""

AROUND_S = (0.05, 0.15)
"""Time before and after the step that is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterOrder:
    """Order of the filter, or None and the reason; probability of each order compared, given the data."""

    order: int | None
    probability: Mapping[int, float]
    reason: str | None = None

    @property
    def sure(self) -> float | None:
        """Probability of the order told."""
        return None if self.order is None else self.probability[self.order]


@dataclass(frozen=True, slots=True, eq=False)
class _Fall:
    """Readings of one cell around a step, (k,), its period, and noise and step in counts."""

    times_s: FloatArray
    counts: FloatArray
    period_s: float
    noise: float
    step: float


def filter_order(unloadings: Sequence[Sequence[CellReadings]]) -> FilterOrder:
    """Order of the sinc filter from one or several quick unloadings of one plate.

    unloadings: per repetition the readings of its cells around the step, at least 0.2 s on both sides. All
    repetitions and cells have the same order and speak together; the instant of the step and how long the mass took
    to leave are unknown in each repetition.
    """
    likelihood = np.zeros(len(ORDERS))
    misfits: list[float] = []
    for cells in unloadings:
        found = _one_unloading(cells)
        if found is None:
            continue
        likelihood += found[0]
        misfits.append(found[1])
    if not misfits:
        return _unknown("no quick unloading was found: take a mass of 10 kg or more off the plate in one quick move")
    chance = np.exp(likelihood - likelihood.max())
    probability = dict(zip(ORDERS, (chance / chance.sum()).tolist(), strict=True))
    best = max(probability, key=lambda order: probability[order])
    if float(np.median(misfits)) > MAX_MISFIT:
        return _unknown("the unloading fits no filter: the mass left too slowly or the plate rang; pull it off quicker")
    if probability[best] < SURE:
        second = sorted(probability, key=lambda order: probability[order])[-2]
        told = f"the filter may be of order {best} or {second}: repeat the unloading five times, as quickly as possible"
        return FilterOrder(order=None, probability=probability, reason=told)
    return FilterOrder(order=best, probability=probability)


def _unknown(reason: str) -> FilterOrder:
    return FilterOrder(order=None, probability=dict.fromkeys(ORDERS, 1.0 / len(ORDERS)), reason=reason)


def _one_unloading(cells: Sequence[CellReadings]) -> tuple[FloatArray, float] | None:
    """Log likelihood of each order and the misfit of the best; None where there is no clear step."""
    about_s = _about_when(cells)
    if about_s is None:
        return None
    near = [_near(cell, about_s) for cell in cells]
    near = [fall for fall in near if len(fall.times_s) > max(ORDERS) + 4]
    if not near:
        return None
    likelihood, misfits = [], []
    readings = sum(len(fall.times_s) for fall in near)
    for order in ORDERS:
        coarse = about_s + COARSE_S
        at_s = coarse[int(np.argmax(_log_likelihood(near, order, coarse).max(axis=0)))]
        table = _log_likelihood(near, order, at_s + FINE_S)
        highest = float(table.max())
        likelihood.append(highest + math.log(float(np.exp(table - highest).mean())))
        misfits.append(-2.0 * highest / readings)
    return np.array(likelihood), min(misfits)


def _about_when(cells: Sequence[CellReadings]) -> float | None:
    """When the sum of the cells has fallen by half; None where no clear step is in it."""
    usable = [cell for cell in cells if len(cell.times_s) > 2 * max(ORDERS) + 4]
    if not usable:
        return None
    start, stop = max(cell.times_s[0] for cell in usable), min(cell.times_s[-1] for cell in usable)
    grid = np.arange(start, stop, 0.001)
    total = np.zeros(len(grid))
    for cell in usable:
        first, last = cell.level(0.1), cell.level(-0.1)
        total += math.copysign(1.0, first - last) * np.interp(grid, cell.times_s, cell.counts)
    if len(grid) < 100:
        return None
    before, after = float(np.median(total[:50])), float(np.median(total[-50:]))
    noise = math.hypot(*(cell.noise() for cell in usable))
    if before - after < MIN_STEP_NOISE * noise:
        return None
    return float(grid[int(np.argmax(total < 0.5 * (before + after)))])


def _near(cell: CellReadings, about_s: float) -> _Fall:
    """The readings around the step; noise and levels are those of all, where the plate is at rest most of the time."""
    inside = cell.between(about_s - AROUND_S[0], about_s + AROUND_S[1])
    return _Fall(inside.times_s, inside.counts, cell.period_s, cell.noise(), cell.level(0.1) - cell.level(-0.1))


def _log_likelihood(falls: Sequence[_Fall], order: int, middle_s: FloatArray) -> FloatArray:
    """Log likelihood of the readings, up to a constant: (ramps, middles), for falls half way at middle_s (m,).

    The levels before and after are fitted in each. Delay of the filter and half the ramp lie before the middle.
    """
    total = np.zeros((len(RAMPS_S), len(middle_s)))
    for fall in falls:
        for row, ramp_s in enumerate(RAMPS_S):
            ramp = ramp_s / fall.period_s
            phase = (fall.times_s - middle_s[:, None]) / fall.period_s + 0.5 * (order + ramp)
            fallen = ramp_response(phase, order, ramp)
            steepness = (ramp_response(phase + 0.02, order, ramp) - fallen) / (0.02 * fall.period_s)
            # Readings on the slope are less sure: nobody knows their instant better than the board's loop.
            excess = 1.0 + np.square(steepness * (fall.step * READ_JITTER_S / fall.noise))
            total[row] -= 0.5 * _misfit(fall.counts / fall.noise, fallen, 1.0 / excess) + 0.5 * np.log(excess).sum(
                axis=1
            )
    return total


def _misfit(seen: FloatArray, shape: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted squares (m,) that the best straight line from shapes (m, k) to seen (k,) leaves."""
    share = weight / weight.sum(axis=1, keepdims=True)
    y = seen - (share * seen).sum(axis=1, keepdims=True)
    x = shape - (share * shape).sum(axis=1, keepdims=True)
    slope = (weight * x * y).sum(axis=1) / np.maximum((weight * x * x).sum(axis=1), 1e-12)
    return np.asarray((weight * np.square(y - slope[:, None] * x)).sum(axis=1))
