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
from landing_lab.sim.roll import medial_shifts_mm
from landing_lab.sim.truth_force import THRESHOLD_N, MetricKey, Table, all_crossings, rest, touches
from landing_lab.sim.truth_motion import centre_of_mass, symmetry, timing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DropJumpTruth:
    """Truth of one drop jump, times in seconds from the start of the recording.

    threshold_times_s: touchdown, take_off, landing of (name, side) at the 20 N crossings of the noise-free force;
    zero_force_times_s: the same at the instants of zero force. feature_times_s: first_peak, peak_force,
    landing_first_peak and landing_peak_force of each side, lowest_point and stabilised of the total; a first peak
    that does not exist has no entry. metrics: (name, side) -> value in the unit of the name, with the 20 N
    convention. absent: metrics that this jump does not have (no first peak, no spring). facts: further numbers of
    the motion (lowest_s, step_off_s, quiet_from_s, ...).
    """

    threshold_times_s: Mapping[MetricKey, float]
    zero_force_times_s: Mapping[MetricKey, float]
    feature_times_s: Mapping[MetricKey, float]
    metrics: Mapping[MetricKey, float]
    absent: frozenset[MetricKey]
    facts: Mapping[str, float]

    @property
    def events(self) -> Mapping[MetricKey, float]:
        """Every event that an analysis is asked for: the 20 N crossings and what lies between them."""
        return {**self.threshold_times_s, **self.feature_times_s}

    def shifted(self, seconds: float) -> DropJumpTruth:
        """The same truth on a time base that begins `seconds` earlier."""
        return replace(
            self,
            threshold_times_s={key: value + seconds for key, value in self.threshold_times_s.items()},
            zero_force_times_s={key: value + seconds for key, value in self.zero_force_times_s.items()},
            feature_times_s={key: value + seconds for key, value in self.feature_times_s.items()},
            facts={name: value + seconds if name.endswith("_at_s") else value for name, value in self.facts.items()},
        )

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "schema": "landing-lab.truth/1",
            "threshold_n": THRESHOLD_N,
            "events": _rows(self.events, "time_s"),
            "events_zero_force": _rows(self.zero_force_times_s, "time_s"),
            "metrics": _rows(self.metrics, "value"),
            "absent": [{"name": name, "side": side} for name, side in sorted(self.absent)],
            "facts": dict(self.facts),
        }


def describe(body: DropJumpBody, motion: Motion) -> DropJumpTruth:
    """The truth of this motion."""
    crossings = all_crossings(motion)
    weight_n = body.mass_kg * GRAVITY
    moved, touched = centre_of_mass(body, motion, crossings), touches(motion, crossings, weight_n)
    rested = rest(motion, crossings["landing", "total"], weight_n)
    return DropJumpTruth(
        threshold_times_s=crossings,
        zero_force_times_s=_zero_force(motion),
        feature_times_s={**touched.events, **moved.events, **rested.events},
        metrics={
            **timing(motion, crossings),
            **moved.metrics,
            **touched.metrics,
            **rested.metrics,
            **symmetry(motion, crossings),
        },
        absent=frozenset(moved.absent | touched.absent | rested.absent),
        facts={
            "step_off_at_s": motion.step_off_s,
            "lowest_at_s": motion.lowest_s,
            "quiet_from_at_s": motion.quiet_from_s,
            "mass_kg": body.mass_kg,
            "touchdown_velocity_m_per_s": -float(np.sqrt(2.0 * GRAVITY * body.drop_height_m)),
            "take_off_velocity_m_per_s": motion.take_off_up_m_per_s,
            "com_rise_m": motion.take_off_up_m_per_s**2 / (2.0 * GRAVITY),
            "intended_medial_shift_left_mm": body.medial_shifts_mm[0],
            "intended_medial_shift_right_mm": body.medial_shifts_mm[1],
        },
    )


def with_roll(truth: DropJumpTruth, motion: Motion, cop: FloatArray) -> DropJumpTruth:
    """The truth with the medial shifts of each foot, from its centre of pressure (m, 2, 2) at 1 kHz, relative (x, y).

    `medial_shift_mm` from 20 ms after touchdown to the foot's peak force (absent where that comes within 20 ms more),
    `medial_shift_100ms_mm` to 100 ms after touchdown, both also of the landing (pressure.md).
    """
    shifts: Table = {}
    absent: set[MetricKey] = set()
    time_s = motion.time_s[:: round((len(motion.time_s) - 1) / max(len(cop), 1))][: len(cop)]
    sides: tuple[Side, Side] = ("left", "right")
    for foot, side in enumerate(sides):
        for prefix, event in (("", "touchdown"), ("landing_", "landing")):
            start_s = truth.threshold_times_s[event, side]
            peak_s = truth.feature_times_s[f"{prefix}peak_force", side]
            found = medial_shifts_mm(time_s, -nominal.INSOLE_WIDTH_MM * cop[:, foot, 0], start_s, peak_s)
            for name, value in zip(("medial_shift_mm", "medial_shift_100ms_mm"), found, strict=True):
                if value is None:
                    absent.add((f"{prefix}{name}", side))
                else:
                    shifts[f"{prefix}{name}", side] = value
    return replace(truth, metrics={**truth.metrics, **shifts}, absent=truth.absent | absent)


def _rows(table: Mapping[MetricKey, float], value: str) -> list[dict[str, object]]:
    return [{"name": name, "side": side, value: float(number)} for (name, side), number in table.items()]


def _zero_force(motion: Motion) -> Table:
    """Instants of zero force."""
    table: Table = {
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
