"""What is true of the centre of mass in a simulated drop jump, and of the difference between its feet."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from landing_lab.sim.body import DropJumpBody
from landing_lab.sim.motion import Motion
from landing_lab.sim.truth_force import Facts, MetricKey, Table, stretch

SPRING_R = -0.8
"""A contact whose force and displacement correlate less is no spring and has no stiffness (definitions.md)."""

EARLY_S = 0.1
LANDING_S = 0.3
"""Symmetry windows from touchdown and landing of the total (definitions.md)."""


def timing(motion: Motion, at: Mapping[MetricKey, float]) -> Table:
    """Times, and what follows from times alone."""
    touchdown, take_off, landing = (at[name, "total"] for name in ("touchdown", "take_off", "landing"))
    contact, flight = take_off - touchdown, landing - take_off
    height = GRAVITY * flight**2 / 8.0
    table: Table = {
        ("contact_time_s", "total"): contact,
        ("flight_time_s", "total"): flight,
        ("contact_delay_left_right_s", "left_right"): at["touchdown", "left"] - at["touchdown", "right"],
        ("jump_height_flight_time_m", "total"): height,
        ("jump_height_impulse_m", "total"): motion.take_off_up_m_per_s**2 / (2.0 * GRAVITY),
        ("rsi_flight_time_m_per_s", "total"): height / contact,
        ("flight_contact_ratio", "total"): flight / contact,
        ("braking_time_s", "total"): motion.lowest_s - touchdown,
        ("propulsion_time_s", "total"): take_off - motion.lowest_s,
    }
    table["contact_time_s", "left"] = at["take_off", "left"] - at["touchdown", "left"]
    table["contact_time_s", "right"] = at["take_off", "right"] - at["touchdown", "right"]
    return table


def centre_of_mass(body: DropJumpBody, motion: Motion, at: Mapping[MetricKey, float]) -> Facts:
    """Impulses, depth, power and stiffness of the first contact, from the athlete's own motion."""
    touchdown_s, take_off_s = at["touchdown", "total"], at["take_off", "total"]
    force = stretch(motion, motion.total_n, touchdown_s, take_off_s)
    height = stretch(motion, motion.com_height_m, touchdown_s, take_off_s).force_n
    up = stretch(motion, motion.com_up_m_per_s, touchdown_s, take_off_s).force_n
    depth_m = float(height[0] - height.min())
    braking_n = stretch(motion, motion.total_n, touchdown_s, motion.lowest_s).peak_n
    pushing_n = stretch(motion, motion.total_n, motion.lowest_s, take_off_s).peak_n
    spring_r = float(np.corrcoef(force.force_n, height)[0, 1])
    facts = Facts()
    metrics = facts.metrics
    metrics["body_weight_n", "total"] = body.mass_kg * GRAVITY
    metrics["drop_height_flight_anchored_m", "total"] = body.drop_height_m
    metrics["drop_height_reverse_m", "total"] = body.drop_height_m
    metrics["com_depth_m", "total"] = depth_m
    metrics["braking_impulse_ns", "total"] = -body.mass_kg * float(up[0])
    metrics["propulsion_impulse_ns", "total"] = body.mass_kg * float(up[-1])
    metrics["peak_braking_to_propulsive_force_ratio", "total"] = braking_n / pushing_n
    metrics["peak_power_w_per_kg", "total"] = float(np.max(force.force_n * up)) / body.mass_kg
    metrics["spring_correlation", "total"] = spring_r
    facts.events["lowest_point", "total"] = motion.lowest_s
    contact, flight = take_off_s - touchdown_s, at["landing", "total"] - take_off_s
    both = flight + contact
    stiffness = {
        "vertical_stiffness_peak_kn_per_m": braking_n / depth_m / 1000.0,
        "vertical_stiffness_dalleau_kn_per_m": (
            body.mass_kg * np.pi * both / (contact**2 * (both / np.pi - contact / 4.0)) / 1000.0
        ),
    }
    for name, value in stiffness.items():
        if spring_r <= SPRING_R:
            metrics[name, "total"] = float(value)
        else:
            facts.absent.add((name, "total"))
    return facts


def symmetry(motion: Motion, at: Mapping[MetricKey, float]) -> Table:
    """100 x smaller / larger of peak or impulse of the feet, in every window that a metric has."""
    touchdown_s, take_off_s, landing_s = (at[name, "total"] for name in ("touchdown", "take_off", "landing"))
    windows = {
        "limb_symmetry_peak_0_100ms_pct": (touchdown_s, touchdown_s + EARLY_S),
        "limb_symmetry_impulse_0_100ms_pct": (touchdown_s, touchdown_s + EARLY_S),
        "limb_symmetry_peak_contact_pct": (touchdown_s, take_off_s),
        "limb_symmetry_peak_braking_pct": (touchdown_s, motion.lowest_s),
        "limb_symmetry_impulse_braking_pct": (touchdown_s, motion.lowest_s),
        "limb_symmetry_peak_propulsion_pct": (motion.lowest_s, take_off_s),
        "limb_symmetry_impulse_propulsion_pct": (motion.lowest_s, take_off_s),
        "landing_limb_symmetry_peak_0_100ms_pct": (landing_s, landing_s + EARLY_S),
        "limb_symmetry_peak_landing_pct": (landing_s, landing_s + LANDING_S),
        "limb_symmetry_impulse_landing_pct": (landing_s, landing_s + LANDING_S),
    }
    table: Table = {}
    for name, (start_s, stop_s) in windows.items():
        feet = [stretch(motion, foot, start_s, stop_s) for foot in motion.feet_n.T]
        values = [foot.impulse_ns if "_impulse_" in name else foot.peak_n for foot in feet]
        table[name, "left_right"] = 100.0 * min(values) / max(values)
    return table
