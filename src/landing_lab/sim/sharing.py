"""How two feet share the force: who touches first, who carries more, and each foot's impact transient."""

from __future__ import annotations

import numpy as np

from landing_lab.model.blocks import FloatArray
from landing_lab.sim.body import DropJumpBody, FootStrike
from landing_lab.sim.contact import FINE_STEP_S, ContactMotion, fine_times, raised_cosine, smooth_step

PULSES: dict[FootStrike, tuple[tuple[float, float, float], ...]] = {
    "forefoot": ((0.0, 0.026, 0.45), (0.030, 0.044, 0.55)),
    "heel": ((0.0, 0.024, 1.0),),
}
"""Foot strike -> (start s, width s, share of the impact momentum): forefoot then heel, or heel at once.

Times as seen in the reference trial of definitions.md (bumps 20 and 45 ms after touchdown).
"""

TAKE_OVER_S = 0.018
"""Time in which the second foot takes over its share after it touches."""

RELEASE_S = 0.045
"""Time in which the foot that leaves first gives up its share."""

FADE_S = 0.09
"""Time scale in which the asymmetry of touchdown fades; published windows are 0-100 ms."""

LASTING_SHARE = 0.35
"""Part of the asymmetry that remains for the whole contact: impulse asymmetry stays at 2.5-6.4 % in landings
whose first 100 ms differ by 26-36 % (definitions.md)."""


def impacts(body: DropJumpBody, n: int, down_m_per_s: float, *, delay_ms: float, strike: FootStrike) -> FloatArray:
    """Impact transients (n, 2) in N of the left and right foot, row 0 at the first touchdown."""
    n_short = min(n, round(0.2 / FINE_STEP_S))
    time_s = fine_times(n_short)
    momentum_ns = body.mass_kg * body.impact_mass_pct / 100.0 * down_m_per_s
    left = 0.5 * (1.0 + body.asymmetry_pct / 100.0)
    force_n = np.zeros((n, 2))
    late_s = (max(delay_ms, 0.0) / 1000.0, max(-delay_ms, 0.0) / 1000.0)
    for column, share in enumerate((left, 1.0 - left)):
        for start_s, width_s, part in PULSES[strike]:
            impulse_ns = momentum_ns * part * share
            force_n[:n_short, column] += raised_cosine(time_s, late_s[column] + start_s, width_s, impulse_ns)
    return force_n


def early_feet(body: DropJumpBody, contact: ContactMotion, impact_n: FloatArray) -> FloatArray:
    """Force (n, 2) in N of left and right in the first contact; the columns add up to the total."""
    time_s = fine_times(len(contact.leg_n))
    fade = LASTING_SHARE + (1.0 - LASTING_SHARE) * np.exp(-np.square(time_s / FADE_S))
    left = 0.5 * (1.0 + body.asymmetry_pct / 100.0 * fade)
    left = _first_foot_alone(left, time_s, body.delay_ms)
    lead_s = abs(body.take_off_delay_ms) / 1000.0
    leaving = smooth_step((contact.end_s - lead_s - time_s) / RELEASE_S)
    if body.take_off_delay_ms > 0.0:
        left = 1.0 - (1.0 - left) * leaving
    elif body.take_off_delay_ms < 0.0:
        left = left * leaving
    return _split(contact.leg_n, left) + impact_n


def landing_feet(body: DropJumpBody, leg_n: FloatArray, impact_n: FloatArray) -> FloatArray:
    """Force (n, 2) in N of left and right from the second landing to the end."""
    time_s = fine_times(len(leg_n))
    asymmetry = 0.7 * body.asymmetry_pct * np.exp(-np.square(time_s / (2.0 * FADE_S)))
    asymmetry += body.standing_asymmetry_pct * smooth_step(time_s / 0.8)
    left = _first_foot_alone(0.5 * (1.0 + asymmetry / 100.0), time_s, body.landing_delay_ms)
    return _split(leg_n, left) + impact_n


def _first_foot_alone(left: FloatArray, time_s: FloatArray, delay_ms: float) -> FloatArray:
    """Left share (n,) with the later foot (left if delay_ms > 0) unloaded until it touches."""
    here = smooth_step((time_s - abs(delay_ms) / 1000.0) / TAKE_OVER_S)
    if delay_ms > 0.0:
        return left * here
    return 1.0 - (1.0 - left) * here if delay_ms < 0.0 else left


def _split(leg_n: FloatArray, left: FloatArray) -> FloatArray:
    """Columns left and right of a force (n,)."""
    return np.column_stack([leg_n * left, leg_n * (1.0 - left)])
