"""Movement of the centre of mass during the contact of a drop jump."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landing_lab.detect.task import Contact
from landing_lab.kernels.motion import integrate_from_end
from landing_lab.model.blocks import FloatArray
from landing_lab.model.runs import runs
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

MAX_BRIDGED_S = 0.010
"""A longer hole inside a contact hides a peak; motion is then refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMotion:
    """Movement of the centre of mass in a contact, anchored at take-off.

    touchdown_velocity_m_per_s: negative. force_integral_ns: over the whole contact; from_lowest_ns: from the
    lowest point on. lowest: position in samples of the recording, None where velocity never turns. depth_m:
    touchdown to lowest point. lowest_acceleration_m_per_s2: net, upward.
    """

    touchdown_velocity_m_per_s: float
    force_integral_ns: float
    lowest: float | None = None
    from_lowest_ns: float = 0.0
    depth_m: float = 0.0
    lowest_acceleration_m_per_s2: float = 0.0


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
    velocity: 1 % of body weight moves drop height by 6 % this way, by 28 % when integrated from standing).
    """
    first = int(np.ceil(contact.start.position))
    last = int(np.floor(contact.stop.position))
    if last - first < 2:
        return None
    force = _without_holes(total_n[first : last + 1], max_hole_samples=int(MAX_BRIDGED_S * sample_rate_hz))
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
    mass = weight_n / GRAVITY
    integral = mass * (takeoff - touchdown) + weight_n * contact.n_samples * dt
    below = np.flatnonzero(velocity < 0.0)
    if len(below) == 0 or below[-1] + 1 >= len(velocity):
        return ContactMotion(touchdown_velocity_m_per_s=touchdown, force_integral_ns=integral)
    turn = int(below[-1])
    step = velocity[turn + 1] - velocity[turn]
    lowest = float(first + turn - velocity[turn] / step)
    start_position = position[0] - 0.5 * (velocity[0] + touchdown) * (first - contact.start.position) * dt
    return ContactMotion(
        touchdown_velocity_m_per_s=touchdown,
        force_integral_ns=integral,
        lowest=lowest,
        from_lowest_ns=mass * takeoff + weight_n * (contact.stop.position - lowest) * dt,
        depth_m=float(start_position - min(position[turn], position[turn + 1])),
        lowest_acceleration_m_per_s2=float(step / dt),
    )


def _without_holes(force: FloatArray, *, max_hole_samples: int) -> FloatArray | None:
    """Force with short runs of missing samples bridged linearly; None where a run is longer."""
    missing = np.isnan(force)
    if not missing.any():
        return np.array(force, dtype=np.float64, order="C")
    longest = int(np.diff(runs(missing)).max())
    if longest > max_hole_samples or missing.all():
        return None
    index = np.arange(len(force))
    return np.interp(index, index[~missing], force[~missing])
