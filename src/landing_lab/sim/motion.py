"""The drop jump as physics: from an athlete's numbers to force under each foot, without any noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from landing_lab.model.blocks import FloatArray
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from landing_lab.sim.body import DropJumpBody
from landing_lab.sim.contact import (
    FINE_STEP_S,
    MAX_CONTACT_S,
    ContactMotion,
    LegSpring,
    fine_times,
    jump_reach,
    rebound,
    settle,
)
from landing_lab.sim.sharing import early_feet, impacts, landing_feet
from landing_lab.sim.sway import sway

STANDING_BELOW_TOUCHDOWN_M = 0.03
"""The COM stands this much lower than it touches down: heels come to the ground (our choice)."""

SETTLE_LIMIT_S = 3.5
"""No landing within LIMITS takes longer to settle."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Motion:
    """A drop jump on the fine grid (10 kHz): each array (n,) or (n, 2) with columns left, right.

    feet_n: vertical force under each foot. com_height_m: COM above its height at touchdown.
    com_up_m_per_s: its velocity. The instants are those of zero force, in seconds from row 0; the pairs are
    (left, right). touchdown_s is the first foot, take_off_s the last foot, landing_s the first foot again.
    quiet_from_s: from here on the athlete stands quietly.
    """

    time_s: FloatArray
    feet_n: FloatArray
    com_height_m: FloatArray
    com_up_m_per_s: FloatArray
    step_off_s: float
    touchdown_s: float
    lowest_s: float
    take_off_s: float
    landing_s: float
    quiet_from_s: float
    feet_touchdown_s: tuple[float, float]
    feet_take_off_s: tuple[float, float]
    feet_landing_s: tuple[float, float]
    take_off_up_m_per_s: float

    @property
    def total_n(self) -> FloatArray:
        """Force under both feet, (n,)."""
        return np.asarray(self.feet_n[:, 0] + self.feet_n[:, 1])


def move(body: DropJumpBody) -> Motion:
    """The motion and the forces of this drop jump; the COM is the integral of the force that is returned.

    Raises ParameterError where the legs cannot stop the fall or give the jump.
    """
    contact, first_impacts = _first_contact(body)
    take_off = _take_off_state(contact, body.mass_kg)
    start = round(body.empty_s / FINE_STEP_S)
    landing_row, landing_height_m, landing_down = _flight(take_off, start * FINE_STEP_S + contact.end_s, body)
    settled, settle_s, second_impacts = second_landing(body, landing_height_m, landing_down)
    n_end = round((settle_s + body.quiet_s) / FINE_STEP_S)
    time_s = fine_times(landing_row + n_end)
    height, up = _ballistic(time_s, start, contact, take_off, body)
    height[landing_row:] = landing_height_m - settled.compression_m[:n_end]
    up[landing_row:] = -settled.down_m_per_s[:n_end]
    feet = np.zeros((len(time_s), 2))
    feet[start : start + len(contact.leg_n)] = early_feet(body, contact, first_impacts)
    feet[landing_row:] = landing_feet(body, settled.leg_n[:n_end], second_impacts[:n_end])
    shaken = sway(body, n_end, settle_s)
    feet[landing_row:] += shaken.force_n[:, None] * 0.5
    height[landing_row:] += shaken.height_m
    up[landing_row:] += shaken.up_m_per_s
    touchdown_s, landing_s = start * FINE_STEP_S, landing_row * FINE_STEP_S
    return Motion(
        time_s=time_s,
        feet_n=feet,
        com_height_m=height,
        com_up_m_per_s=up,
        step_off_s=touchdown_s - math.sqrt(2.0 * body.drop_height_m / GRAVITY),
        touchdown_s=touchdown_s,
        lowest_s=touchdown_s + _zero_crossing_s(contact.down_m_per_s),
        take_off_s=touchdown_s + contact.end_s,
        landing_s=landing_s,
        quiet_from_s=landing_s + settle_s,
        feet_touchdown_s=_pair(touchdown_s, body.delay_ms, latest=False),
        feet_take_off_s=_pair(touchdown_s + contact.end_s, body.take_off_delay_ms, latest=True),
        feet_landing_s=_pair(landing_s, body.landing_delay_ms, latest=False),
        take_off_up_m_per_s=take_off[1],
    )


def reachable_jump_m(body: DropJumpBody, *, least_push: float, greatest_push: float) -> tuple[float, float]:
    """Jump heights after this landing with these ratios of push-off to spring force (1 is a passive spring)."""
    down, pulses, leg = _landing_on_leg(body)
    low, high = jump_reach(
        leg,
        mass_kg=body.mass_kg,
        down_m_per_s=down,
        impact_n=pulses.sum(axis=1),
        rise_m=body.take_off_rise_m,
        gains=np.array([least_push, greatest_push]),
    )
    return float(low), float(high)


def _landing_on_leg(body: DropJumpBody) -> tuple[float, FloatArray, LegSpring]:
    """Downward velocity at touchdown, impact transients (n, 2) per foot, and the leg."""
    down = math.sqrt(2.0 * GRAVITY * body.drop_height_m)
    pulses = impacts(body, round(MAX_CONTACT_S / FINE_STEP_S), down, delay_ms=body.delay_ms, strike=body.foot_strike)
    leg = LegSpring(
        stiffness_n_per_m=body.leg_stiffness_kn_per_m * 1000.0,
        softening_per_m=body.leg_softening_per_m,
        damping_s_per_m=body.leg_damping_s_per_m,
    )
    return down, pulses, leg


def _first_contact(body: DropJumpBody) -> tuple[ContactMotion, FloatArray]:
    """The rebound and the impact transients (n, 2) per foot that go with its rows."""
    down, pulses, leg = _landing_on_leg(body)
    motion = rebound(
        leg,
        mass_kg=body.mass_kg,
        down_m_per_s=down,
        impact_n=pulses.sum(axis=1),
        jump_height_m=body.jump_height_m,
        rise_m=body.take_off_rise_m,
    )
    return motion, pulses[: len(motion.leg_n)]


def _take_off_state(contact: ContactMotion, mass_kg: float) -> tuple[float, float]:
    """COM height and upward velocity at the instant of zero force, from the last row before it."""
    rest_s = float(contact.end_s) - (len(contact.leg_n) - 1) * FINE_STEP_S
    down = float(contact.down_m_per_s[-1])
    a = GRAVITY - float(contact.leg_n[-1]) / mass_kg
    return -float(contact.compression_m[-1]) - (down + 0.5 * a * rest_s) * rest_s, -(down + a * rest_s)


def _flight(take_off: tuple[float, float], take_off_s: float, body: DropJumpBody) -> tuple[int, float, float]:
    """Row of the second landing, COM height there and downward velocity.

    The landing is moved to the next row of the grid, which flexes the legs by at most 0.3 mm more.
    """
    height, up = take_off
    flight_s = (up + math.sqrt(up * up + 2.0 * GRAVITY * body.landing_flexion_m)) / GRAVITY
    row = math.ceil((take_off_s + flight_s) / FINE_STEP_S)
    flight_s = row * FINE_STEP_S - take_off_s
    return row, height + (up - 0.5 * GRAVITY * flight_s) * flight_s, GRAVITY * flight_s - up


def second_landing(body: DropJumpBody, height_m: float, down_m_per_s: float) -> tuple[ContactMotion, float, FloatArray]:
    """The landing that settles, its settling time in s, and the transients (n, 2) of its rows."""
    n = round((SETTLE_LIMIT_S + body.quiet_s) / FINE_STEP_S)
    pulses = impacts(body, n, down_m_per_s, delay_ms=body.landing_delay_ms, strike="forefoot")
    motion, settle_s = settle(
        mass_kg=body.mass_kg,
        down_m_per_s=down_m_per_s,
        impact_n=pulses.sum(axis=1),
        depth_m=body.landing_depth_m,
        damping_ratio=body.landing_damping_ratio,
        stand_m=height_m + STANDING_BELOW_TOUCHDOWN_M,
    )
    return motion, min(settle_s, SETTLE_LIMIT_S), pulses


def _ballistic(
    time_s: FloatArray, start: int, contact: ContactMotion, take_off: tuple[float, float], body: DropJumpBody
) -> tuple[FloatArray, FloatArray]:
    """COM height and upward velocity (n,) of box, fall, contact and flight; rows after landing are overwritten."""
    to_touchdown_s = time_s - start * FINE_STEP_S
    fall_s = math.sqrt(2.0 * body.drop_height_m / GRAVITY)
    falling_s = np.clip(to_touchdown_s + fall_s, 0.0, fall_s)
    height = body.drop_height_m - 0.5 * GRAVITY * falling_s * falling_s
    up = -GRAVITY * falling_s
    stop = start + len(contact.leg_n)
    height[start:stop] = -contact.compression_m
    up[start:stop] = -contact.down_m_per_s
    air_s = to_touchdown_s[stop:] - contact.end_s
    height[stop:] = take_off[0] + (take_off[1] - 0.5 * GRAVITY * air_s) * air_s
    up[stop:] = take_off[1] - GRAVITY * air_s
    return height, up


def _zero_crossing_s(down_m_per_s: FloatArray) -> float:
    """Time after touchdown at which the downward velocity reaches zero, by linear interpolation."""
    row = int(np.argmax(down_m_per_s <= 0.0))
    before, after = float(down_m_per_s[row - 1]), float(down_m_per_s[row])
    return (row - 1 + before / (before - after)) * FINE_STEP_S


def _pair(instant_s: float, left_minus_right_ms: float, *, latest: bool) -> tuple[float, float]:
    """Times (left, right) whose earliest (or latest) is instant_s and which differ by left_minus_right_ms."""
    late_s = abs(left_minus_right_ms) / 1000.0
    other_s = instant_s - late_s if latest else instant_s + late_s
    left_is_other = (left_minus_right_ms > 0.0) != latest
    return (other_s, instant_s) if left_is_other else (instant_s, other_s)
