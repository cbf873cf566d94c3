"""First mode of a plate from a tap with the knuckle, as far as converters at 80 readings a second can see one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landing_lab.calibrate.filter_response import gain_at
from landing_lab.calibrate.plate_readings import CellReadings
from landing_lab.model.blocks import FloatArray

MEMORY_PERIODS = 5
"""The filter shows the tap itself for so many periods at most; what rings after that is the plate."""

RINGING_S = 0.6
"""How long after the tap is looked at."""

FREQUENCIES_HZ = np.arange(4.0, 160.1, 0.5)
"""Modes tried; the high ones so that none of them is taken for its alias."""

HIGHEST_TOLD_HZ = 75.0
"""Above, a filter at 80 readings a second leaves a hundredth (sinc3) or nothing (its first zero)."""

DAMPINGS = (0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.065, 0.08, 0.12, 0.2)
"""Ratios of critical damping tried."""

STRONGEST_DAMPING = 0.05
"""Damping assumed of a mode that was not seen: bolted plates have 1-5 % (fusion.md simulates 4 %)."""

CLEAR = 12.0
"""Log likelihood by which a mode must beat any other frequency to be told."""

FALSE_RINGING = 1e-6
"""Chance at one frequency that noise alone beats silence by as much as a mode must; about a thousand are tried."""

APART_HZ = 3.0
"""Frequencies closer than this are the same mode."""

MIN_REST = 10
"""Readings of each cell before the tap, and after it, that are needed."""

NO_TAP = "no tap was found: knock on the empty plate once, hard, with a knuckle, and wait 2 s before and after"

MIN_TAP_NOISE = 30.0
"""The tap must show this many times the noise in the sum of the cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateMode:
    """First mode in Hz with its damping ratio; or None, a lower bound where the tap gives one, and the sentence why."""

    mode_hz: float | None = None
    damping: float | None = None
    at_least_hz: float | None = None
    reason: str | None = None


def plate_mode(taps: Sequence[Sequence[CellReadings]], *, order: int = 4) -> PlateMode:
    """First mode of a plate from one or several taps on it: per tap the readings of its cells, 1 s or more.

    After the filter has forgotten the tap, a mode is an exact damped sine in every cell. Each cell alone sees up to
    half its rate; cells of different rates together tell a frequency from its aliases, where they can. order: of
    the filter, for how much it takes off a mode that is not seen.
    """
    chance = np.zeros((len(DAMPINGS), len(FREQUENCIES_HZ)))
    bounds_hz: list[float] = []
    n_waves = 0
    for cells in taps:
        after = _after_tap(cells)
        if after is None:
            continue
        ringing, noises, from_s, impulse_counts_s = after
        chance += _gain_of_likelihood(ringing, noises, from_s)
        n_waves += len(ringing)
        bounds_hz.append(_seen_up_to(ringing, noises, impulse_counts_s, order))
    if not bounds_hz:
        return PlateMode(reason=NO_TAP)
    damping, frequency = np.unravel_index(int(np.argmax(chance)), chance.shape)
    best, at_hz = float(chance[damping, frequency]), float(FREQUENCIES_HZ[frequency])
    if best < _beats_silence(n_waves):
        at_least = max(bounds_hz)
        if at_least < FREQUENCIES_HZ[0]:
            return PlateMode(reason="no mode is visible: the tap was too weak to tell anything; knock harder")
        told = f"no ringing is visible: the first mode lies above {at_least:.0f} Hz or dies at once"
        return PlateMode(at_least_hz=at_least, reason=told)
    elsewhere = np.abs(FREQUENCIES_HZ - at_hz) > APART_HZ
    other = int(np.argmax(np.where(elsewhere, chance.max(axis=0), -np.inf)))
    if best - float(chance[:, other].max()) < CLEAR:
        low, high = sorted((at_hz, float(FREQUENCIES_HZ[other])))
        told = f"the plate rings at {low:.0f} or {high:.0f} Hz: readings this slow cannot tell which; tap five times"
        return PlateMode(at_least_hz=low - APART_HZ, reason=told)
    if at_hz > HIGHEST_TOLD_HZ:
        told = f"the plate rings at about {at_hz:.0f} Hz or above, which readings this slow do not show faithfully"
        return PlateMode(at_least_hz=HIGHEST_TOLD_HZ, reason=told)
    return PlateMode(mode_hz=at_hz, damping=float(DAMPINGS[damping]))


def _beats_silence(n_waves: int) -> float:
    """What the likelihood gains by noise alone only with FALSE_RINGING, for so many waves of free size.

    Each gains a unit exponential minus its mean, so that many taps need more.
    """
    from scipy.stats import gamma

    return float(gamma.isf(FALSE_RINGING, n_waves)) - n_waves


def _after_tap(cells: Sequence[CellReadings]) -> tuple[list[CellReadings], list[float], float, float] | None:
    """Readings of the free ringing and their noise, when it begins, and the tap's impulse in counts x seconds.

    None without a tap, or without rest before it: a ringing plate would be taken for a noisy one.
    """
    usable = [cell for cell in cells if len(cell.times_s) > 40]
    if not usable:
        return None
    start, stop = max(cell.times_s[0] for cell in usable), min(cell.times_s[-1] for cell in usable)
    grid = np.arange(start, stop, 0.002)
    total = np.zeros(len(grid))
    for cell in usable:
        total += np.interp(grid, cell.times_s, cell.counts - np.median(cell.counts))
    noise = math.hypot(*(_quiet_noise(cell) for cell in usable))
    if not len(grid) or np.abs(total).max() < MIN_TAP_NOISE * noise:
        return None
    period = max(cell.period_s for cell in usable)
    loud = np.abs(total) > max(0.1 * float(np.abs(total).max()), 5.0 * noise)
    when_s = float(grid[int(np.argmax(loud))]) - period
    from_s = when_s + (MEMORY_PERIODS + 1) * period
    near = (grid >= when_s) & (grid < from_s)
    before = [cell.between(-np.inf, when_s - period) for cell in usable]
    ringing = [cell.between(from_s, from_s + RINGING_S) for cell in usable]
    if min(len(cell.times_s) for cell in (*before, *ringing)) < MIN_REST:
        return None
    noises = [max(0.5, float(np.std(cell.counts))) for cell in before]
    return ringing, noises, from_s, abs(float(total[near].sum()) * 0.002)


def _quiet_noise(cell: CellReadings) -> float:
    """Noise of the quietest quarter: a plate that rings long is not noisy."""
    return min(CellReadings(cell.times_s, part, cell.period_s).noise() for part in np.array_split(cell.counts, 4))


def _gain_of_likelihood(cells: Sequence[CellReadings], noises: Sequence[float], from_s: float) -> FloatArray:
    """How much more likely a damped sine is than none, (dampings, frequencies), log; its size is free in each cell."""
    gain = np.zeros((len(DAMPINGS), len(FREQUENCIES_HZ)))
    for cell, noise in zip(cells, noises, strict=True):
        since = cell.times_s - from_s
        level = np.ones(len(since)) / math.sqrt(len(since))
        seen = cell.counts - cell.counts.mean()
        for row, damping in enumerate(DAMPINGS):
            angular = 2.0 * np.pi * FREQUENCIES_HZ[:, None]
            decay = np.exp(-damping * angular * since)
            waves = [decay * np.cos(angular * since), decay * np.sin(angular * since)]
            first, second = (wave - (wave @ level)[:, None] * level for wave in waves)
            first /= np.linalg.norm(first, axis=1, keepdims=True) + 1e-12
            second -= (first * second).sum(axis=1, keepdims=True) * first
            second /= np.linalg.norm(second, axis=1, keepdims=True) + 1e-12
            explained = np.square(first @ seen) + np.square(second @ seen)
            # Two free sizes per cell explain two units of noise by themselves.
            gain[row] += 0.5 * explained / noise**2 - 1.0
    return gain


def _seen_up_to(cells: Sequence[CellReadings], noises: Sequence[float], impulse_counts_s: float, order: int) -> float:
    """Highest frequency below which every mode of STRONGEST_DAMPING would have been seen after this tap, Hz.

    A tap of impulse J makes a mode of frequency f push with J 2 pi f at first, spread over the cells.
    """
    seen_hz = 0.0
    for frequency in FREQUENCIES_HZ[FREQUENCIES_HZ <= HIGHEST_TOLD_HZ].tolist():
        angular = 2.0 * math.pi * frequency
        power = 0.0
        for cell, noise in zip(cells, noises, strict=True):
            wait_s = (MEMORY_PERIODS + 1) * cell.period_s
            size = impulse_counts_s * angular / len(cells) * gain_at(frequency * cell.period_s, order)
            size *= math.exp(-STRONGEST_DAMPING * angular * wait_s)
            effective = 1.0 / (2.0 * STRONGEST_DAMPING * angular * cell.period_s)  # readings until it has died
            power += 0.5 * size**2 * 0.5 * effective / noise**2
        if power < 2.0 * CLEAR:
            break
        seen_hz = frequency
    return seen_hz
