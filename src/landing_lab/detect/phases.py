"""Events and phases of a trial, named in the field's terms."""

from __future__ import annotations

import numpy as np

from landing_lab.detect.params import TaskParams
from landing_lab.detect.task import Edge
from landing_lab.detect.trial import SAMPLING_SD, LandingTrial
from landing_lab.model.channels import Side
from landing_lab.model.events import Event, Events, Phase, Phases
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY


def events_of(trial: LandingTrial) -> Events:
    """Touchdown, peak, lowest point, take-off and landing of the total and of each foot, in order of time.

    An edge that lies outside the recording is not an event.
    """
    found: list[Event] = []
    sides: tuple[Side, ...] = ("total", *trial.foot_sides)
    for side in sides:
        contact, landing = trial.contact_of(side), trial.landing_of(side)
        if contact is not None and trial.task == "drop_jump" and not contact.start.open:
            found.append(_edge(trial, "touchdown", side, contact.start))
        if contact is not None and not contact.stop.open:
            found.append(_edge(trial, "take_off", side, contact.stop))
        if landing is not None and not landing.start.open:
            found.append(_edge(trial, "landing", side, landing.start))
    if trial.task == "drop_jump" and trial.contact is not None:
        force = trial.window(trial.contact)
        if len(force) and not np.isnan(force).all():
            position = float(np.ceil(trial.contact.start.position)) + int(np.nanargmax(force))
            found.append(Event("peak_force", "total", trial.time_s(position), SAMPLING_SD / trial.sample_rate_hz))
    if trial.motion is not None and trial.motion.lowest is not None:
        found.append(Event("lowest_point", "total", trial.time_s(trial.motion.lowest), lowest_point_sd_s(trial)))
    return Events(tuple(sorted(found, key=lambda event: (event.time_s, event.side))))


def _edge(trial: LandingTrial, name: str, side: Side, edge: Edge) -> Event:
    return Event(name, side, trial.time_s(edge.position), trial.edge_sd_s(edge, side))


def lowest_point_sd_s(trial: LandingTrial) -> float:
    """Standard uncertainty of the instant of zero velocity.

    Velocity there is off by that of take-off (flight time and posture) and by g (force integral)/W² per newton
    of body weight; divided by the acceleration at that instant.
    """
    motion, weight = trial.motion, trial.weight
    if motion is None or weight is None:
        return 0.0
    by_anchor = trial.take_off_velocity_sd_m_per_s
    by_weight = GRAVITY * motion.from_lowest_ns / weight.value_n**2 * weight.sd_n
    scale = np.hypot(trial.signals.amplitude_sd_fraction, trial.ratio_scale_sd)
    by_scale = GRAVITY * motion.from_lowest_ns / weight.value_n * scale
    velocity_sd = float(np.sqrt(by_anchor**2 + by_weight**2 + by_scale**2))
    return float(
        np.hypot(velocity_sd / max(motion.lowest_acceleration_m_per_s2, 1e-9), SAMPLING_SD / trial.sample_rate_hz)
    )


def phases_of(trial: LandingTrial, params: TaskParams) -> Phases:
    """Braking, propulsion, flight and landing, half-open, in order of time."""
    found: list[Phase] = []
    contact, landing = trial.contact, trial.landing
    if trial.motion is not None and trial.motion.lowest is not None and contact is not None:
        lowest = trial.time_s(trial.motion.lowest)
        found.append(Phase("braking", trial.time_s(contact.start.position), lowest))
        found.append(Phase("propulsion", lowest, trial.time_s(contact.stop.position)))
    elif contact is not None and trial.task == "drop_jump":
        found.append(Phase("contact", trial.time_s(contact.start.position), trial.time_s(contact.stop.position)))
    if trial.flight_time_s is not None and contact is not None and landing is not None:
        found.append(Phase("flight", trial.time_s(contact.stop.position), trial.time_s(landing.start.position)))
    if landing is not None:
        start = trial.time_s(landing.start.position)
        stop = min(trial.time_s(landing.stop.position), start + params.landing_view_s)
        found.append(Phase("landing", start, stop))
    return Phases(tuple(found))


def trial_window_s(trial: LandingTrial, params: TaskParams) -> tuple[float, float]:
    """Start and stop, seconds, of what a picture of this trial shows: half a second around its phases."""
    phases = list(phases_of(trial, params))
    times = trial.signals.times_s
    if not phases:
        return float(times[0]), float(times[-1])
    return max(float(times[0]), phases[0].start_s - 0.5), min(float(times[-1]), phases[-1].stop_s + 0.1)
