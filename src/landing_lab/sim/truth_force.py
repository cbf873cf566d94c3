"""What the noise-free 10 kHz force of a simulated drop jump says: when the feet touch, how force rises and rests.

Written from docs/definitions.md in whole arrays, where the analysis goes through samples one by one: the two share
nothing but the definitions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.sim.contact import FINE_STEP_S
from landing_lab.sim.motion import Motion

THRESHOLD_N = 20.0
"""Threshold of touchdown and take-off (Owen 2014 and common use; definitions.md)."""

FIRST_PEAK_S = 0.060
PROMINENCE_BW = 0.1
"""A first peak comes within this time, and force falls by this much after it before it rises above it."""

SLOPE_S = 0.005
"""Window of the greatest loading rate."""

WINDOWS_S = {"0_50ms": 0.05, "0_100ms": 0.1}
"""Impulse windows from the touchdown of a side."""

REST_BW = 0.05
HOLD_S = 1.0
STABILITY_S = 3.0
"""Stabilised: from here on within 5 % of body weight for 1 s; window of the stability index, from the landing."""

MetricKey: TypeAlias = tuple[str, Side]
Table: TypeAlias = dict[MetricKey, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Facts:
    """What is being collected: metrics and events by (name, side), and what this jump does not have."""

    metrics: Table = field(default_factory=dict)
    events: Table = field(default_factory=dict)
    absent: set[MetricKey] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretch:
    """Force (n,) in newton at times (n,) in s, both ends exactly where the stretch begins and stops."""

    time_s: FloatArray
    force_n: FloatArray

    @property
    def top(self) -> int:
        """Row of the maximum."""
        return int(np.argmax(self.force_n))

    @property
    def peak_n(self) -> float:
        """Greatest force."""
        return float(self.force_n.max())

    @property
    def impulse_ns(self) -> float:
        """Integral of force, body weight included."""
        return float(np.trapezoid(self.force_n, self.time_s))


def signals(motion: Motion) -> dict[Side, FloatArray]:
    """Force of the total and of each foot, (n,) each."""
    return {"total": motion.total_n, "left": motion.feet_n[:, 0], "right": motion.feet_n[:, 1]}


def stretch(motion: Motion, force_n: FloatArray, start_s: float, stop_s: float) -> Stretch:
    """Force (n,) of the motion's grid between two times, with the values at both ends interpolated."""
    first, last = np.searchsorted(motion.time_s, (start_s, stop_s))
    rows = slice(int(first), int(last))
    ends = np.interp((start_s, stop_s), motion.time_s, force_n)
    return Stretch(
        time_s=np.concatenate(([start_s], motion.time_s[rows], [stop_s])),
        force_n=np.concatenate((ends[:1], force_n[rows], ends[1:])),
    )


def all_crossings(motion: Motion) -> Table:
    """First contact, its end, and the second landing at 20 N, for the total and each foot."""
    table: Table = {}
    middle = int(np.searchsorted(motion.time_s, motion.lowest_s))
    flight = int(np.searchsorted(motion.time_s, motion.take_off_s)) + 1
    for side, force in signals(motion).items():
        on = int(np.argmax(force >= THRESHOLD_N))
        off = middle + int(np.argmax(force[middle:] < THRESHOLD_N))
        again = flight + int(np.argmax(force[flight:] >= THRESHOLD_N))
        for name, row in (("touchdown", on), ("take_off", off), ("landing", again)):
            table[name, side] = crossing_s(motion.time_s, force, row, THRESHOLD_N)
    return table


def crossing_s(time_s: FloatArray, force: FloatArray, row: int, level: float) -> float:
    """Time between row - 1 and row at which the force is `level`; the first time where row is the first."""
    if row == 0:
        return float(time_s[0])
    part = (level - force[row - 1]) / (force[row] - force[row - 1])
    return float(time_s[row - 1] + part * (time_s[row] - time_s[row - 1]))


def touches(motion: Motion, at: Mapping[MetricKey, float], weight_n: float) -> Facts:
    """Peaks, loading rates and impulses of the first contact and of the landing, and their events."""
    facts = Facts()
    end_s = float(motion.time_s[-1])
    for side, force in signals(motion).items():
        contact = stretch(motion, force, at["touchdown", side], at["take_off", side])
        landing = stretch(motion, force, at["landing", side], end_s)
        for touch, prefix, time_name in (
            (contact, "", "time_to_peak_force_s"),
            (landing, "landing_", "landing_loading_time_s"),
        ):
            _peak(facts, touch, side, prefix, time_name, weight_n)
            _impulses(facts, motion, force, touch, side, prefix)
            _first_peak(facts, touch, side, prefix, weight_n)
            if side == "total":
                _rates(facts, touch, prefix, weight_n)
        if side == "total":
            _attenuation(facts, landing, weight_n)
    return facts


def _peak(facts: Facts, touch: Stretch, side: Side, prefix: str, time_name: str, weight_n: float) -> None:
    peak_s = float(touch.time_s[touch.top])
    facts.events[f"{prefix}peak_force", side] = peak_s
    facts.metrics[f"{prefix}peak_force_n", side] = touch.peak_n
    facts.metrics[f"{prefix}peak_force_bw", side] = touch.peak_n / weight_n
    facts.metrics[time_name, side] = peak_s - float(touch.time_s[0])


def _impulses(facts: Facts, motion: Motion, force: FloatArray, touch: Stretch, side: Side, prefix: str) -> None:
    start_s, stop_s = float(touch.time_s[0]), float(touch.time_s[-1])
    for name, width_s in WINDOWS_S.items():
        key = (f"{prefix}impulse_{name}_ns", side)
        if start_s + width_s > stop_s:
            facts.absent.add(key)
        else:
            facts.metrics[key] = stretch(motion, force, start_s, start_s + width_s).impulse_ns


def _first_peak(facts: Facts, touch: Stretch, side: Side, prefix: str, weight_n: float) -> None:
    """The first local maximum before the greatest from which force falls by 0.1 BW before it rises above it."""
    rise = touch.force_n[: touch.top + 1]
    fallen = np.flatnonzero(np.maximum.accumulate(rise) - rise >= PROMINENCE_BW * weight_n)
    highest = int(np.argmax(rise[: fallen[0]])) if len(fallen) else -1
    since_s = float(touch.time_s[highest] - touch.time_s[0])
    found = highest >= 0 and since_s <= FIRST_PEAK_S
    if found:
        facts.events[f"{prefix}first_peak", side] = float(touch.time_s[highest])
    if side == "total":
        for name, value in (("force_n", float(rise[highest])), ("time_s", since_s)):
            key: MetricKey = (f"{prefix}first_peak_{name}", side)
            if found:
                facts.metrics[key] = value
            else:
                facts.absent.add(key)


def _rates(facts: Facts, touch: Stretch, prefix: str, weight_n: float) -> None:
    """Mean, 20-80 % and greatest loading rate up to the peak, BW/s."""
    time_s, force, peak_n = touch.time_s[: touch.top + 1], touch.force_n[: touch.top + 1], touch.peak_n
    metrics = facts.metrics
    metrics[f"{prefix}loading_rate_mean_bw_per_s", "total"] = peak_n / weight_n / float(time_s[-1] - time_s[0])
    metrics[f"{prefix}loading_rate_20_80_bw_per_s", "total"] = rate_20_80(time_s, force) / weight_n
    late_s = time_s[time_s >= time_s[0] + SLOPE_S]
    key: MetricKey = (f"{prefix}loading_rate_max_bw_per_s", "total")
    if len(late_s) == 0:
        facts.absent.add(key)
        return
    rises = np.interp(late_s, time_s, force) - np.interp(late_s - SLOPE_S, time_s, force)
    metrics[key] = float(rises.max()) / SLOPE_S / weight_n


def rate_20_80(time_s: FloatArray, force: FloatArray) -> float:
    """Loading rate from 20 to 80 % of the peak in N/s, by its first crossings; both (n,) end at the peak."""
    peak_n = float(force[-1])
    low_s, high_s = (crossing_s(time_s, force, int(np.argmax(force >= p * peak_n)), p * peak_n) for p in (0.2, 0.8))
    return 0.6 * peak_n / (high_s - low_s) if high_s > low_s else np.inf


def _attenuation(facts: Facts, landing: Stretch, weight_n: float) -> None:
    """Peak to the first valley: the lowest force before it rises again by 0.1 BW."""
    time_s, force = landing.time_s[landing.top :], landing.force_n[landing.top :]
    risen = np.flatnonzero(force - np.minimum.accumulate(force) >= PROMINENCE_BW * weight_n)
    key: MetricKey = ("landing_attenuation_time_s", "total")
    if len(risen) == 0:
        facts.absent.add(key)
        return
    facts.metrics[key] = float(time_s[int(np.argmin(force[: risen[0]]))] - time_s[0])


def rest(motion: Motion, landing_s: float, weight_n: float) -> Facts:
    """When force comes to rest after the landing, and its stability index; nothing where it is recorded too briefly."""
    facts = Facts()
    if motion.time_s[-1] - landing_s < STABILITY_S:
        return facts
    shaken = stretch(motion, motion.total_n, landing_s, landing_s + STABILITY_S)
    square = np.square(shaken.force_n / weight_n - 1.0)
    mean_square = float(np.trapezoid(square, shaken.time_s)) / STABILITY_S
    facts.metrics["vertical_stability_index", "total"] = float(np.sqrt(mean_square))
    after = stretch(motion, motion.total_n, landing_s, float(motion.time_s[-1]))
    outside = np.flatnonzero(np.abs(after.force_n / weight_n - 1.0) > REST_BW)
    ends_s = np.append(after.time_s[outside[1:]], after.time_s[-1] + FINE_STEP_S)
    calm = outside[ends_s - after.time_s[outside] > HOLD_S]
    key: MetricKey = ("time_to_stabilisation_s", "total")
    if len(calm) == 0:
        facts.absent.add(key)
        return facts
    facts.events["stabilised", "total"] = float(after.time_s[calm[0] + 1])
    facts.metrics[key] = float(after.time_s[calm[0] + 1] - landing_s)
    return facts
