"""Movement of the centre of mass during the contact of a drop jump."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landing_lab.detect.task import Contact
from landing_lab.kernels.motion import integrate_from_end
from landing_lab.model.blocks import FloatArray
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

MAX_BRIDGED_S = 0.010
"""A longer hole inside a contact hides a peak; motion is then refused."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContactMotion:
    """Velocity and position of the centre of mass in a contact, anchored at take-off.

    velocity_m_per_s, position_m: (n,), one per sample of the contact; position 0 at take-off.
    touchdown_velocity_m_per_s: negative. lowest: position in samples of the recording, None where velocity
    never turns. force_integral_ns: whole-contact integral of force; from_lowest_ns: from the lowest point on.
    depth_m: touchdown to lowest point. lowest_acceleration_m_per_s2: net, upward.
    """

    velocity_m_per_s: FloatArray
    position_m: FloatArray
    touchdown_velocity_m_per_s: float
    takeoff_velocity_m_per_s: float
    lowest: float | None
    force_integral_ns: float
    from_lowest_ns: float
    depth_m: float
    lowest_acceleration_m_per_s2: float


def contact_motion(
    total_n: FloatArray,
    contact: Contact,
    *,
    weight_n: float,
    flight_time_s: float,
    threshold_n: float,
    sample_rate_hz: float,
) -> ContactMotion | None:
    """Motion in a contact from total force, (n,) newton; None where a hole longer than MAX_BRIDGED_S lies in it.

    Take-off velocity is g t_flight / 2 and force is integrated backwards from there (docs/definitions.md,
    decision 5: 1 % of body weight moves drop height by 6 % this way, by 28 % when integrated from standing).
    """
    first = int(np.ceil(contact.start.position))
    last = int(np.floor(contact.stop.position))
    if last - first < 2:
        return None
    force = _without_holes(total_n[first : last + 1], max_hole=int(MAX_BRIDGED_S * sample_rate_hz))
    if force is None:
        return None
    dt = 1.0 / sample_rate_hz
    takeoff = GRAVITY * flight_time_s / 2.0
    velocity = np.empty(len(force))
    position = np.empty(len(force))
    touchdown = integrate_from_end(
        force,
        first - contact.start.position,
        contact.stop.position - last,
        threshold_n,
        dt,
        weight_n,
        GRAVITY,
        takeoff,
        velocity,
        position,
    )
    duration = contact.n_samples * dt
    integral = weight_n / GRAVITY * (takeoff - touchdown) + weight_n * duration
    below = np.flatnonzero(velocity < 0.0)
    if len(below) == 0 or below[-1] + 1 >= len(velocity):
        return ContactMotion(
            velocity_m_per_s=velocity,
            position_m=position,
            touchdown_velocity_m_per_s=touchdown,
            takeoff_velocity_m_per_s=takeoff,
            lowest=None,
            force_integral_ns=integral,
            from_lowest_ns=0.0,
            depth_m=0.0,
            lowest_acceleration_m_per_s2=0.0,
        )
    turn = int(below[-1])
    step = velocity[turn + 1] - velocity[turn]
    lowest = first + turn - velocity[turn] / step
    propulsion = (contact.stop.position - lowest) * dt
    start_position = position[0] - 0.5 * (velocity[0] + touchdown) * (first - contact.start.position) * dt
    return ContactMotion(
        velocity_m_per_s=velocity,
        position_m=position,
        touchdown_velocity_m_per_s=touchdown,
        takeoff_velocity_m_per_s=takeoff,
        lowest=float(lowest),
        force_integral_ns=integral,
        from_lowest_ns=weight_n / GRAVITY * takeoff + weight_n * propulsion,
        depth_m=float(start_position - min(position[turn], position[turn + 1])),
        lowest_acceleration_m_per_s2=float(step / dt),
    )


def _without_holes(force: FloatArray, *, max_hole: int) -> FloatArray | None:
    """Force with short runs of missing samples bridged linearly; None where a run is longer than max_hole."""
    missing = np.isnan(force)
    if not missing.any():
        return np.array(force, dtype=np.float64, order="C")
    edges = np.flatnonzero(np.diff(np.concatenate([[0], missing.astype(np.int8), [0]])))
    longest = int((edges[1::2] - edges[::2]).max())
    if longest > max_hole or missing.all():
        return None
    index = np.arange(len(force))
    return np.interp(index, index[~missing], force[~missing])
