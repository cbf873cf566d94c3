"""Where the force acts under each foot: roll from forefoot or heel, push-off over the toes, medial shift, sway."""

from __future__ import annotations

import numpy as np

from landing_lab.model import nominal
from landing_lab.model.blocks import FloatArray
from landing_lab.sim.body import DropJumpBody, FootStrike
from landing_lab.sim.contact import FINE_STEP_S, smooth_step
from landing_lab.sim.motion import Motion
from landing_lab.sim.smooth_noise import band_noise

COP_STRIDE = 10
"""The centre of pressure (COP) is followed at 1 kHz, a tenth of the fine rate."""

FLAT_AP = 0.45
FOREFOOT_AP, HEEL_AP, TOE_AP = 0.76, 0.20, 0.80
BOUNCE_AP = 0.60
SHIFT_FROM_S, SHIFT_BY_S = 0.020, 0.100
"""Medial shift runs from touchdown + 20 ms to the foot's peak force, at the latest touchdown + 100 ms (pressure.md)."""

SHORTEST_SHIFT_S = 0.020
PUSH_S = 0.11
SWAY_AP, SWAY_ML, SWAY_HZ = 0.012, 0.015, 1.0
"""COP sway in standing, 3 mm along and 1.4 mm across the foot (SD, our choice)."""

COP_LIMITS = ((0.28, 0.72), (0.12, 0.86))


def roll_feet(body: DropJumpBody, motion: Motion) -> FloatArray:
    """COP (m, 2, 2) of left and right foot at 1 kHz: relative (x, y), 0 medial .. 1 lateral, 0 heel .. 1 toe.

    In the air it waits where the next contact begins. On the box and at the end the athlete stands flat.
    """
    time_s = motion.time_s[::COP_STRIDE]
    rng = np.random.default_rng([body.sway_seed, 1])
    noise = standing_sway(rng, len(time_s))
    cop = np.empty((len(time_s), 2, 2))
    for foot in (0, 1):
        middle_ml, middle_ap = rng.normal(0.5, 0.015), rng.normal(FLAT_AP, 0.015)
        spans = (
            (motion.feet_touchdown_s[foot], motion.feet_take_off_s[foot], body.foot_strike),
            (motion.feet_landing_s[foot], np.inf, "forefoot"),
        )
        across, along = np.full(len(time_s), middle_ml), np.full(len(time_s), middle_ap)
        _step_off(along, time_s, motion.step_off_s)
        for start_s, stop_s, strike in spans:
            # From the middle of the air before, so that the foot is in place when it touches.
            rows = slice(int(np.searchsorted(time_s, start_s - 0.05)), int(np.searchsorted(time_s, stop_s + 0.05)))
            since_s, left_s = time_s[rows] - start_s, stop_s - time_s[rows]
            along[rows] = _along(since_s, left_s, strike, body.heel_down_ms / 1000.0, middle_ap)
            peak_s = _peak_after_s(motion, foot, start_s, stop_s)
            moved_mm = medial_movement(since_s, left_s, peak_s, body.medial_shifts_mm[foot])
            across[rows] = middle_ml - moved_mm / nominal.INSOLE_WIDTH_MM
        cop[:, foot] = np.column_stack([across, along]) + noise[:, foot]
    (low_x, high_x), (low_y, high_y) = COP_LIMITS
    return np.clip(cop, [low_x, low_y], [high_x, high_y])


def standing_sway(rng: np.random.Generator, n: int) -> FloatArray:
    """COP movement (n, 2, 2) of both feet in quiet standing at 1 kHz, relative to foot width and length."""
    noise = band_noise(rng, n, 4, highest_cycles=SWAY_HZ * n * FINE_STEP_S * COP_STRIDE)
    return np.asarray(noise.reshape(n, 2, 2) * np.array([SWAY_ML, SWAY_AP]))


def _step_off(along: FloatArray, time_s: FloatArray, step_off_s: float) -> None:
    """The last foot on the box rolls over its toes (in place)."""
    along += (TOE_AP - 0.05 - along) * smooth_step((time_s - step_off_s + 0.3) / 0.3)


def _along(
    since_s: FloatArray, left_s: FloatArray, strike: FootStrike | str, heel_down_s: float, flat_ap: float
) -> FloatArray:
    """COP along the foot (n,) in one contact: first place, roll within heel_down_s, stance, toes at the end."""
    lands = bool(np.isinf(left_s[-1]))
    first = FOREFOOT_AP if strike == "forefoot" else HEEL_AP
    stance = flat_ap - 0.08 if lands else BOUNCE_AP
    along = first + (stance - first) * smooth_step(since_s / (2.0 * heel_down_s))
    if lands:
        return along + (flat_ap - stance) * smooth_step((since_s - 0.15) / 0.6)
    return along + (TOE_AP - along) * smooth_step(1.0 - left_s / PUSH_S)


def _peak_after_s(motion: Motion, foot: int, start_s: float, stop_s: float) -> float:
    """Time from touchdown to this foot's peak force, at most SHIFT_BY_S."""
    rows = (motion.time_s >= start_s) & (motion.time_s <= min(stop_s, start_s + SHIFT_BY_S))
    return float(np.argmax(motion.feet_n[rows, foot])) * FINE_STEP_S


def medial_shifts_mm(
    time_s: FloatArray, medial_mm: FloatArray, touchdown_s: float, peak_s: float
) -> tuple[float | None, float | None]:
    """Movement of a COP (n,), medial positive, from 20 ms after touchdown to the foot's peak force and to 100 ms.

    None where the COP is not known, and to a peak that comes at once.
    """
    at_s = [touchdown_s + SHIFT_FROM_S, peak_s, touchdown_s + SHIFT_BY_S]
    begin, peak, late = np.interp(at_s, time_s, medial_mm).tolist()
    early = peak_s < touchdown_s + SHIFT_FROM_S + SHORTEST_SHIFT_S
    return (
        None if early or not np.isfinite(peak - begin) else peak - begin,
        late - begin if np.isfinite(late - begin) else None,
    )


def medial_movement(since_s: FloatArray, left_s: FloatArray, peak_s: float, shift_mm: float) -> FloatArray:
    """Medial movement (n,) in mm, complete at the peak and gone before the foot leaves.

    since_s: time after touchdown; left_s: before take-off, inf for a foot that stays.
    """
    end_s = max(peak_s, SHIFT_FROM_S + SHORTEST_SHIFT_S)
    there = smooth_step((since_s - SHIFT_FROM_S) / (end_s - SHIFT_FROM_S))
    back = smooth_step((since_s - 0.3) / 0.6 if np.isinf(left_s[-1]) else 1.0 - left_s / 0.08)
    return np.asarray(shift_mm * there * (1.0 - back))
