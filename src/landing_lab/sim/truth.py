"""What is exactly true of a simulated drop jump: events and metrics by their names in the report.

Computed on the noise-free 10 kHz force with the 20 N convention and from the athlete's own motion; nothing here
shares code with the analysis that it will be compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from landing_lab.model import nominal
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from landing_lab.sim.body import DropJumpBody
from landing_lab.sim.motion import Motion

THRESHOLD_N = 20.0
"""Threshold of touchdown and take-off (Owen 2014 and common use; definitions.md)."""

EARLY_S = 0.1
"""Window after touchdown for the limb symmetry of peaks (definitions.md)."""

MetricKey = tuple[str, Side]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DropJumpTruth:
    """Truth of one drop jump, times in seconds from the start of the recording.

    threshold_times_s: touchdown, take_off, landing of (name, side) at the 20 N crossings of the noise-free force;
    zero_force_times_s: the same at the instants of zero force. metrics: (name, side) -> value in the unit of the
    name, with the 20 N convention. facts: further numbers of the motion (lowest_s, step_off_s, quiet_from_s, ...).
    """

    threshold_times_s: Mapping[MetricKey, float]
    zero_force_times_s: Mapping[MetricKey, float]
    metrics: Mapping[MetricKey, float]
    facts: Mapping[str, float]

    @property
    def events(self) -> Mapping[MetricKey, float]:
        """The 20 N events, which are what an analysis is asked for."""
        return self.threshold_times_s

    def shifted(self, seconds: float) -> DropJumpTruth:
        """The same truth on a time base that begins `seconds` earlier."""
        return replace(
            self,
            threshold_times_s={key: value + seconds for key, value in self.threshold_times_s.items()},
            zero_force_times_s={key: value + seconds for key, value in self.zero_force_times_s.items()},
            facts={name: value + seconds if name.endswith("_at_s") else value for name, value in self.facts.items()},
        )

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "schema": "landing-lab.truth/1",
            "threshold_n": THRESHOLD_N,
            "events": _rows(self.threshold_times_s, "time_s"),
            "events_zero_force": _rows(self.zero_force_times_s, "time_s"),
            "metrics": _rows(self.metrics, "value"),
            "facts": dict(self.facts),
        }


def describe(body: DropJumpBody, motion: Motion) -> DropJumpTruth:
    """The truth of this motion."""
    crossings = _all_crossings(motion)
    return DropJumpTruth(
        threshold_times_s=crossings,
        zero_force_times_s=_zero_force(motion),
        metrics={**_timing(motion, crossings), **_loading(body, motion, crossings), **_sides(motion, crossings)},
        facts={
            "step_off_at_s": motion.step_off_s,
            "lowest_at_s": motion.lowest_s,
            "quiet_from_at_s": motion.quiet_from_s,
            "mass_kg": body.mass_kg,
            "touchdown_velocity_m_per_s": -float(np.sqrt(2.0 * GRAVITY * body.drop_height_m)),
            "take_off_velocity_m_per_s": motion.take_off_up_m_per_s,
            "com_rise_m": motion.take_off_up_m_per_s**2 / (2.0 * GRAVITY),
            "intended_medial_shift_mm": body.medial_shift_mm,
        },
    )


def with_roll(truth: DropJumpTruth, motion: Motion, cop: FloatArray) -> DropJumpTruth:
    """The truth with `medial_shift_mm` per foot, from its centre of pressure (m, 2, 2) at 1 kHz in relative (x, y).

    Movement from touchdown + 20 ms to the foot's peak force, taken between 40 and 100 ms after touchdown
    (pressure.md).
    """
    shifts: dict[MetricKey, float] = {}
    time_s = motion.time_s[:: round((len(motion.time_s) - 1) / max(len(cop), 1))][: len(cop)]
    sides: tuple[Side, Side] = ("left", "right")
    for foot, side in enumerate(sides):
        start_s = truth.threshold_times_s["touchdown", side]
        early = (motion.time_s >= start_s) & (motion.time_s <= start_s + EARLY_S)
        peak_s = float(motion.time_s[early][np.argmax(motion.feet_n[early, foot])])
        across = np.interp([start_s + 0.02, max(peak_s, start_s + 0.04)], time_s, cop[:, foot, 0])
        shifts["medial_shift_mm", side] = float(across[0] - across[1]) * nominal.INSOLE_WIDTH_MM
    return replace(truth, metrics={**truth.metrics, **shifts})


def _rows(table: Mapping[MetricKey, float], value: str) -> list[dict[str, object]]:
    return [{"name": name, "side": side, value: float(number)} for (name, side), number in table.items()]


def _signals(motion: Motion) -> dict[Side, FloatArray]:
    return {"total": motion.total_n, "left": motion.feet_n[:, 0], "right": motion.feet_n[:, 1]}


def _zero_force(motion: Motion) -> dict[MetricKey, float]:
    """Instants of zero force."""
    table: dict[MetricKey, float] = {
        ("touchdown", "total"): motion.touchdown_s,
        ("take_off", "total"): motion.take_off_s,
        ("landing", "total"): motion.landing_s,
    }
    for name, pair in (
        ("touchdown", motion.feet_touchdown_s),
        ("take_off", motion.feet_take_off_s),
        ("landing", motion.feet_landing_s),
    ):
        table[name, "left"], table[name, "right"] = pair
    return table


def _all_crossings(motion: Motion) -> dict[MetricKey, float]:
    """First contact, its end, and the second landing at 20 N, for the total and each foot."""
    table: dict[MetricKey, float] = {}
    middle = int(np.searchsorted(motion.time_s, motion.lowest_s))
    flight = int(np.searchsorted(motion.time_s, motion.take_off_s)) + 1
    for side, force in _signals(motion).items():
        on = int(np.argmax(force >= THRESHOLD_N))
        off = middle + int(np.argmax(force[middle:] < THRESHOLD_N))
        again = flight + int(np.argmax(force[flight:] >= THRESHOLD_N))
        for name, row in (("touchdown", on), ("take_off", off), ("landing", again)):
            table[name, side] = _crossing_s(motion.time_s, force, row, THRESHOLD_N)
    return table


def _crossing_s(time_s: FloatArray, force: FloatArray, row: int, level: float) -> float:
    """Time between row - 1 and row at which the force is `level`."""
    part = (level - force[row - 1]) / (force[row] - force[row - 1])
    return float(time_s[row - 1] + part * (time_s[row] - time_s[row - 1]))


def _timing(motion: Motion, at: Mapping[MetricKey, float]) -> dict[MetricKey, float]:
    """Times, and what follows from times alone."""
    touchdown, take_off, landing = (at[name, "total"] for name in ("touchdown", "take_off", "landing"))
    contact, flight = take_off - touchdown, landing - take_off
    height = GRAVITY * flight**2 / 8.0
    return {
        ("contact_time_s", "total"): contact,
        ("flight_time_s", "total"): flight,
        ("jump_height_flight_time_m", "total"): height,
        ("jump_height_impulse_m", "total"): motion.take_off_up_m_per_s**2 / (2.0 * GRAVITY),
        ("rsi_flight_time_m_per_s", "total"): height / contact,
        ("flight_contact_ratio", "total"): flight / contact,
        ("braking_time_s", "total"): motion.lowest_s - touchdown,
        ("propulsion_time_s", "total"): take_off - motion.lowest_s,
    }


def _loading(body: DropJumpBody, motion: Motion, at: Mapping[MetricKey, float]) -> dict[MetricKey, float]:
    """Forces, rates and displacements of the first contact."""
    weight_n = body.mass_kg * GRAVITY
    touchdown_s, take_off_s = at["touchdown", "total"], at["take_off", "total"]
    inside = (motion.time_s >= touchdown_s) & (motion.time_s <= take_off_s)
    time_s, force = motion.time_s[inside], motion.total_n[inside]
    top = int(np.argmax(force))
    peak_n = float(force[top])
    edges = [_crossing_s(time_s, force, int(np.argmax(force >= part * peak_n)), part * peak_n) for part in (0.2, 0.8)]
    height_m = float(np.interp(touchdown_s, motion.time_s, motion.com_height_m))
    down_m_per_s = float(np.interp(touchdown_s, motion.time_s, motion.com_up_m_per_s))
    up_m_per_s = float(np.interp(take_off_s, motion.time_s, motion.com_up_m_per_s))
    return {
        ("body_weight_n", "total"): weight_n,
        ("peak_force_n", "total"): peak_n,
        ("peak_force_bw", "total"): peak_n / weight_n,
        ("time_to_peak_force_s", "total"): float(time_s[top]) - touchdown_s,
        ("loading_rate_20_80_bw_per_s", "total"): 0.6 * peak_n / (edges[1] - edges[0]) / weight_n,
        ("drop_height_flight_anchored_m", "total"): body.drop_height_m,
        ("com_depth_m", "total"): float(height_m - np.min(motion.com_height_m[inside])),
        ("braking_impulse_ns", "total"): -body.mass_kg * down_m_per_s,
        ("propulsion_impulse_ns", "total"): body.mass_kg * up_m_per_s,
    }


def _sides(motion: Motion, at: Mapping[MetricKey, float]) -> dict[MetricKey, float]:
    """What is said of each foot and of the difference between them."""
    sides: tuple[Side, Side] = ("left", "right")
    start_s = at["touchdown", "total"]
    early = (motion.time_s >= start_s) & (motion.time_s <= start_s + EARLY_S)
    contact = (motion.time_s >= start_s) & (motion.time_s <= at["take_off", "total"])
    left, right = (float(motion.feet_n[early, column].max()) for column in (0, 1))
    table: dict[MetricKey, float] = {
        ("limb_symmetry_peak_0_100ms_pct", "left_right"): 100.0 * min(left, right) / max(left, right),
        ("contact_delay_left_right_s", "left_right"): at["touchdown", "left"] - at["touchdown", "right"],
    }
    for column, side in enumerate(sides):
        table["contact_time_s", side] = at["take_off", side] - at["touchdown", side]
        table["peak_force_n", side] = float(motion.feet_n[contact, column].max())
    return table
