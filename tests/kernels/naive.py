"""The kernels as their definitions read: slow, one reading after another, nothing from kernels/."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

UNKNOWN, UNLOADED, LOADED = -1, 0, 1


@dataclass(frozen=True)
class Settings:
    """What the detector is given: thresholds per signal, hysteresis, hold times in samples, interpolation."""

    threshold: tuple[float, ...]
    band: float
    hold_on: int
    hold_off: int
    interpolate: bool


def signals_of(force: np.ndarray, offset: np.ndarray) -> list[list[float]]:
    """Total first, then (of several) each column, all re-zeroed."""
    columns = [[float(value) - float(offset[j]) for value in force[:, j]] for j in range(force.shape[1])]
    total = []
    for i in range(force.shape[0]):
        value = 0.0
        for column in columns:
            value += column[i]
        total.append(value)
    return [total] if len(columns) == 1 else [total, *columns]


def crossings(force: np.ndarray, offset: np.ndarray, settings: Settings) -> list[dict[str, float]]:
    """Every crossing that held, and those that the end cut off, of a whole recording, as they were decided."""
    confirmed, cut_off = [], []
    for number, signal in enumerate(signals_of(force, offset)):
        for crossing in _of_one(signal, settings.threshold[number], settings):
            crossing["signal"] = number
            (confirmed if crossing["confirmed"] else cut_off).append(crossing)
    confirmed.sort(key=lambda crossing: (crossing["decided"], crossing["signal"]))
    return confirmed + cut_off


def _of_one(signal: list[float], threshold: float, settings: Settings) -> list[dict[str, float]]:
    readings = [(sample, value) for sample, value in enumerate(signal) if math.isfinite(value)]
    found = []
    state = UNKNOWN
    at = 0
    while at < len(readings):
        beyond = LOADED if readings[at][1] >= threshold else UNLOADED
        if beyond == state:
            at += 1
            continue
        outcome, end = _hold(readings, at, beyond, threshold, settings)
        if outcome == "broken":
            at = end  # the reading that broke it may begin another
            continue
        crossing = _crossing(readings, at, beyond, state, threshold, settings)
        crossing["confirmed"] = 1 if outcome == "held" else 0
        crossing["decided"] = readings[end][0] if outcome == "held" else len(signal)
        found.append(crossing)
        if outcome == "cut off":
            break
        state = beyond
        at = end + 1
    return found


def _hold(
    readings: list[tuple[int, float]], start: int, wanted: int, threshold: float, settings: Settings
) -> tuple[str, int]:
    """Whether a state entered at `start` lasts, and the reading that decided it.

    Small returns (within the band) do not break it; a reading on its own side of the threshold confirms it once
    it has lasted the hold time, counted in readings.
    """
    hold = settings.hold_on if wanted == LOADED else settings.hold_off
    for at in range(start, len(readings)):
        value = readings[at][1]
        if wanted == LOADED and value < threshold - settings.band:
            return "broken", at
        if wanted == UNLOADED and value >= threshold + settings.band:
            return "broken", at
        on_its_side = (value >= threshold) == (wanted == LOADED)
        if at - start + 1 >= hold and on_its_side:
            return "held", at
    return "cut off", len(readings) - 1


def _crossing(
    readings: list[tuple[int, float]], at: int, beyond: int, state: int, threshold: float, settings: Settings
) -> dict[str, float]:
    sample, value = readings[at]
    crossing: dict[str, float] = {"kind": 1 if beyond == LOADED else 2, "sample": sample}
    if state == UNKNOWN:
        return {**crossing, "fraction": 0.0, "slope": 0.0, "bridged": -1}
    before, value_before = readings[at - 1]
    assert (value_before >= threshold) != (value >= threshold), "a crossing has its two readings on two sides"
    width = sample - before
    fraction = -(value - threshold) / (value - value_before) * width if settings.interpolate else -0.5 * width
    return {**crossing, "fraction": fraction, "slope": (value - value_before) / width, "bridged": width - 1}


def motion_from_end(
    force: np.ndarray, lead: float, tail: float, edge: float, dt: float, weight: float, gravity: float, last: float
) -> tuple[float, list[float], list[float]]:
    """Velocity at the start, then velocity and position at the samples, of a contact that ends at velocity `last`.

    Trapezoids between the start (force `edge`), the samples and the end (force `edge`); position is 0 at the end.
    """
    times = [-lead * dt, *(i * dt for i in range(len(force))), (len(force) - 1 + tail) * dt]
    acceleration = [(value - weight) / weight * gravity for value in (edge, *force, edge)]
    n = len(times)
    velocity = [
        last - sum(0.5 * (acceleration[k] + acceleration[k + 1]) * (times[k + 1] - times[k]) for k in range(i, n - 1))
        for i in range(n)
    ]
    position = [
        -sum(0.5 * (velocity[k] + velocity[k + 1]) * (times[k + 1] - times[k]) for k in range(i, n - 1))
        for i in range(n)
    ]
    return velocity[0], velocity[1:-1], position[1:-1]
