"""A body mass on its legs: the first contact of a drop jump and the second landing, integrated in time.

Equation of motion of the centre of mass (COM), x = compression (m, down positive), w = dx/dt:
m dw/dt = m g - F. The force that leaves this module is the force that moved the COM, so that momentum closes.

The impact transient is the force that brings the foot and shank to rest: a raised cosine whose area is their
momentum, as in the two-mass model of Clark, Ryan & Weyand 2017 (doi 10.1242/jeb.138057, DOI from memory).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

FINE_STEP_S = 1e-4
"""Step of every integration and of the noise-free force: 10 kHz."""

TOE_M = 0.012
"""Compression over which a leg takes up load (foot arch, shoe, heel pad); keeps force and slope continuous at 0."""

PUSH_OFF_RANGE = (0.15, 2.6)
"""Least and greatest ratio of push-off to spring force that still looks like a jump (our choice)."""

YIELD_S = 0.08
"""Time in which the legs take up load in the second landing: peak force 40-90 ms after touchdown, as in the
reference trial of definitions.md (75 ms)."""

TAKE_UP_S = 0.16
"""Part of a landing that is integrated step by step: transients and yielding are over by then."""

TOE_OFF_M = 0.03
"""The same for the push-off: the ankles give way over the last centimetres, as the 10 ms tail of real trials shows."""

Row: TypeAlias = tuple[float, float, float]
"""Leg force in N, compression in m, downward velocity in m/s at one fine step."""

MAX_CONTACT_S = 1.2
"""A contact longer than this is not a drop jump; the integration stops there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContactMotion:
    """COM motion and leg force on the fine grid: each array (n,), row 0 at touchdown.

    leg_n: what the legs carry, without the impact transients. compression_m and down_m_per_s belong to the
    same rows. end_s: time after touchdown at which the force reaches zero (end of the rows for a landing).
    """

    leg_n: FloatArray
    compression_m: FloatArray
    down_m_per_s: FloatArray
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LegSpring:
    """A leg that softens as it bends: F = k x^2 / (x + toe) / (1 + softening x), times (1 + damping w) in braking."""

    stiffness_n_per_m: float
    softening_per_m: float
    damping_s_per_m: float

    def extension_shape(self, x: FloatArray) -> FloatArray:
        """Spring force in N while the leg extends, at the compressions x in m; shape of x."""
        return self.stiffness_n_per_m * x * x / (x + TOE_OFF_M) / (1.0 + self.softening_per_m * x)


def fine_times(n: int, step_s: float = FINE_STEP_S) -> FloatArray:
    """Times (n,) in s of an even grid from 0."""
    return np.asarray(np.arange(n) * step_s, dtype=np.float64)


def raised_cosine(time_s: FloatArray, start_s: float, width_s: float, impulse_ns: float) -> FloatArray:
    """Force (n,) in N of a pulse of this width and area, zero outside."""
    phase = np.clip((time_s - start_s) / width_s, 0.0, 1.0)
    return impulse_ns / width_s * (1.0 - np.cos(2.0 * np.pi * phase))


def smooth_step(x: FloatArray) -> FloatArray:
    """0 below 0, 1 above 1, a quintic with zero slope and curvature at both ends between."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * x * (x * (6.0 * x - 15.0) + 10.0)


def rebound(
    leg: LegSpring, *, mass_kg: float, down_m_per_s: float, impact_n: FloatArray, jump_height_m: float, rise_m: float
) -> ContactMotion:
    """Braking on the leg spring, then a push-off scaled so that the COM rises jump_height_m after take-off.

    impact_n: (n,) transients on the fine grid. rise_m: how much higher the COM leaves than it landed.
    Raises ParameterError where this leg cannot do that; the message says what it can.
    """
    braking = _brake(leg, mass_kg, down_m_per_s, impact_n)
    depth_m, bottom_n = braking[-1][1], braking[-1][0]
    law = _push_off_law(leg, depth_m, bottom_n, rise_m, mass_kg, jump_height_m)
    pushing, end_s = _push(law, mass_kg, impact_n, braking, rise_m)
    rows = np.array(braking + pushing)
    return ContactMotion(leg_n=rows[:, 0], compression_m=rows[:, 1], down_m_per_s=rows[:, 2], end_s=end_s)


def _brake(leg: LegSpring, mass_kg: float, down_m_per_s: float, impact_n: FloatArray) -> list[Row]:
    """Rows (leg force, x, w) from touchdown to the lowest point, the last row being the first with w <= 0."""
    k, soft, damp, dt = leg.stiffness_n_per_m, leg.softening_per_m, leg.damping_s_per_m, FINE_STEP_S
    x, w = 0.0, down_m_per_s
    rows: list[Row] = []
    for impact in impact_n.tolist():
        force = k * x * x / (x + TOE_M) / (1.0 + soft * x) * (1.0 + damp * w)
        rows.append((force, x, w))
        if w <= 0.0:
            return rows
        a = GRAVITY - (force + impact) / mass_kg
        # Position from the mean velocity of the step: exact for constant acceleration, second order otherwise.
        x += (w + 0.5 * a * dt) * dt
        w += a * dt
    raise ParameterError(
        f"the leg is too soft to stop the fall: still sinking {x:.2f} m after {MAX_CONTACT_S} s; "
        f"use a greater leg_stiffness_kn_per_m or a smaller leg_softening_per_m"
    )


def jump_reach(
    leg: LegSpring, *, mass_kg: float, down_m_per_s: float, impact_n: FloatArray, rise_m: float, gains: FloatArray
) -> FloatArray:
    """Jump heights in m that these ratios of push-off to spring force would give; 1 is a passive spring."""
    last = _brake(leg, mass_kg, down_m_per_s, impact_n)[-1]
    law = _extension(leg, last[1], last[0], rise_m)
    return np.asarray((law.spring_j + (gains - 1.0) * law.active_j) / (mass_kg * GRAVITY) - law.travel_m)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Extension:
    """Force of the extending leg over u = 0 (take-off) .. 1 (lowest point): spring_n + (gain - 1) * active_n."""

    spring_n: FloatArray
    active_n: FloatArray
    travel_m: float
    spring_j: float
    active_j: float


def _extension(leg: LegSpring, depth_m: float, bottom_n: float, rise_m: float) -> _Extension:
    """The two parts of the push-off and their work.

    Continuous at the lowest point, zero at take-off and linear in the gain, so that the gain follows from the
    energy balance in closed form.
    """
    u = np.linspace(0.0, 1.0, 801)
    spring = leg.extension_shape(u * depth_m)
    spring = bottom_n * spring / spring[-1]
    active = spring * smooth_step((1.0 - u) / 0.45)
    travel_m = depth_m + rise_m
    return _Extension(
        spring_n=spring,
        active_n=active,
        travel_m=travel_m,
        spring_j=float(np.trapezoid(spring, u)) * travel_m,
        active_j=float(np.trapezoid(active, u)) * travel_m,
    )


def _push_off_law(
    leg: LegSpring, depth_m: float, bottom_n: float, rise_m: float, mass_kg: float, jump_height_m: float
) -> tuple[FloatArray, FloatArray]:
    """Table (compression, force) of the extension whose work is what the jump needs."""
    law = _extension(leg, depth_m, bottom_n, rise_m)
    weight_n = mass_kg * GRAVITY
    gain = 1.0 + (weight_n * (law.travel_m + jump_height_m) - law.spring_j) / law.active_j
    if not PUSH_OFF_RANGE[0] <= gain <= PUSH_OFF_RANGE[1]:
        low, high = (
            (law.spring_j + (limit - 1.0) * law.active_j) / weight_n - law.travel_m for limit in PUSH_OFF_RANGE
        )
        raise ParameterError(
            f"jump_height_m must be {max(low, 0.0):.3f} to {high:.3f} m after this landing on this leg "
            f"({depth_m:.3f} m deep); got {jump_height_m}; change the height or the stiffness",
            lowest_m=low,
            highest_m=high,
        )
    return np.linspace(-rise_m, depth_m, len(law.spring_n)), law.spring_n + (gain - 1.0) * law.active_n


def _push(
    law: tuple[FloatArray, FloatArray],
    mass_kg: float,
    impact_n: FloatArray,
    braking: list[Row],
    rise_m: float,
) -> tuple[list[Row], float]:
    """Rows (leg force, x, w) from after the lowest point to before take-off, and the time of take-off."""
    grid_m, force_n = law
    per_m, table, dt = (len(grid_m) - 1) / (grid_m[-1] - grid_m[0]), force_n.tolist(), FINE_STEP_S
    force, x, w = braking[-1]
    top, impacts, start = len(table) - 2, impact_n.tolist(), len(braking)
    rows: list[Row] = []
    for index in range(start, len(impacts)):
        a = GRAVITY - (force + impacts[index - 1]) / mass_kg
        step_m = (w + 0.5 * a * dt) * dt
        if x + step_m <= -rise_m:
            return rows, float((index - 1 + (x + rise_m) / -step_m) * dt)
        x += step_m
        w += a * dt
        place = (x + rise_m) * per_m
        cell = min(int(place), top)
        force = table[cell] + (place - cell) * (table[cell + 1] - table[cell])
        rows.append((force, x, w))
    raise ParameterError(
        f"the push-off does not leave the ground within {MAX_CONTACT_S} s; use a greater jump_height_m or stiffness"
    )


def settle(
    *, mass_kg: float, down_m_per_s: float, impact_n: FloatArray, depth_m: float, damping_ratio: float, stand_m: float
) -> tuple[ContactMotion, float]:
    """A soft landing that gives depth_m and comes to rest stand_m below the landing height; and its settling time.

    The legs are linear, with a damping ratio below 1, and take up their load within YIELD_S; after that the motion
    is the textbook solution of the damped oscillator. impact_n: (n,) transients; n rows come back.
    The settling time is when the force stays within 0.3 % of body weight.
    """
    omega = down_m_per_s / depth_m * math.exp(-damping_ratio)
    for _ in range(4):
        rows = _take_up(mass_kg, down_m_per_s, impact_n[::10], (omega, damping_ratio, stand_m), 10 * FINE_STEP_S)
        late = _oscillator(rows[-1], mass_kg, (omega, damping_ratio, stand_m), fine_times(250, 0.002))
        omega *= float(max(late[:, 1].max(), *(row[1] for row in rows))) / depth_m
    rows = _take_up(mass_kg, down_m_per_s, impact_n, (omega, damping_ratio, stand_m), FINE_STEP_S)
    rest_s = fine_times(len(impact_n) - len(rows)) + FINE_STEP_S
    table = np.vstack([np.array(rows), _oscillator(rows[-1], mass_kg, (omega, damping_ratio, stand_m), rest_s)])
    if table[:, 0].min() < 0.0:
        raise ParameterError(
            f"this second landing rebounds off the ground: {depth_m:.2f} m is too shallow for {down_m_per_s:.2f} m/s; "
            "use a greater landing_depth_m or landing_damping_ratio"
        )
    away = np.flatnonzero(np.abs(table[:, 0] / (mass_kg * GRAVITY) - 1.0) > 0.003)
    motion = ContactMotion(
        leg_n=table[:, 0], compression_m=table[:, 1], down_m_per_s=table[:, 2], end_s=len(table) * FINE_STEP_S
    )
    return motion, float(away[-1] + 1) * FINE_STEP_S


def _take_up(mass_kg: float, w: float, impact_n: FloatArray, legs: tuple[float, float, float], dt: float) -> list[Row]:
    """Rows (leg force, x, w) of the first TAKE_UP_S of a landing on legs (omega, damping ratio, standing depth)."""
    omega, zeta, stand_m = legs
    n = round(TAKE_UP_S / dt)
    taken_up = smooth_step(fine_times(n, dt) / YIELD_S).tolist()
    stiffness, damping = omega * omega * mass_kg, 2.0 * zeta * omega * mass_kg
    weight, x = mass_kg * GRAVITY, 0.0
    rows: list[Row] = []
    for impact, share in zip(impact_n[:n].tolist(), taken_up, strict=True):
        force = share * (weight + stiffness * (x - stand_m) + damping * w)
        rows.append((force, x, w))
        a = GRAVITY - (force + impact) / mass_kg
        x += (w + 0.5 * a * dt) * dt
        w += a * dt
    return rows


def _oscillator(start: Row, mass_kg: float, legs: tuple[float, float, float], time_s: FloatArray) -> FloatArray:
    """(n, 3) leg force, x, w at these times after the row `start`: a free damped oscillation about standing."""
    omega, zeta, stand_m = legs
    decay, turn = zeta * omega, omega * math.sqrt(1.0 - zeta * zeta)
    u0, w0 = start[1] - stand_m, start[2]
    fade, cos, sin = np.exp(-decay * time_s), np.cos(turn * time_s), np.sin(turn * time_s)
    across = (w0 + decay * u0) / turn
    u = fade * (u0 * cos + across * sin)
    w = fade * (w0 * cos - (decay * across + turn * u0) * sin)
    force = mass_kg * (GRAVITY + omega * omega * u + 2.0 * zeta * omega * w)
    return np.column_stack([force, u + stand_m, w])
