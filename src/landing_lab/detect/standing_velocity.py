"""Velocity at take-off or touchdown by impulse between it and quiet standing."""

from __future__ import annotations

import math

from landing_lab.detect.motion import IMPULSE_SHARE
from landing_lab.detect.stance import QuietStance
from landing_lab.detect.standing import StandingVelocity, velocity_against_standing
from landing_lab.detect.task import Edge
from landing_lab.detect.trial import LandingTrial
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

NO_WEIGHT = (
    "body weight is unknown: no second of quiet standing on the plates was found and no mass was given; "
    "let the person stand still for two seconds, or give the mass in kilograms"
)

MAX_WEIGHT_SD = 0.003
"""Relative SD of body weight above which impulse from standing says nothing (docs/definitions.md)."""


def take_off_from_standing(
    trial: LandingTrial, before: QuietStance | None, after: QuietStance | None
) -> StandingVelocity | str:
    """Take-off velocity by impulse: forwards from standing before a jump, backwards from standing after a landing."""
    contact, weight = trial.contact, trial.weight
    if contact is None or contact.stop.open:
        return "the recording holds no take-off"
    if weight is None:
        return NO_WEIGHT
    if weight.sd_n > MAX_WEIGHT_SD * weight.value_n:
        return (
            f"body weight is known to {100.0 * weight.sd_n / weight.value_n:.1f} % and impulse from standing needs "
            f"{100.0 * MAX_WEIGHT_SD:.1f} %; let the person stand still on the plates for two seconds"
        )
    stance = before if trial.from_standing else after
    if stance is None:
        where = "before the jump" if trial.from_standing else "after the landing"
        return f"there is no second of quiet standing {where}; let the person stand still for two seconds"
    found = velocity_next_to(trial, contact.stop, stance)
    if isinstance(found, str):
        return found
    return found if trial.from_standing else found._replace(value=-found.value)


def velocity_next_to(trial: LandingTrial, edge: Edge, stance: QuietStance) -> StandingVelocity | str:
    """Velocity gained between a threshold crossing and the stance before or after it, in order of time."""
    weight = trial.weight
    if weight is None:
        return NO_WEIGHT
    position, threshold = edge.position, trial.threshold_n["total"]
    middle = round(0.5 * (stance.start + stance.stop))
    start, stop, start_n = position, middle, threshold
    rest_s = 0.0
    if middle < position:
        start, stop, start_n = float(middle), math.floor(position), float(trial.total_n[middle])
        rest_s = (position - stop) / trial.sample_rate_hz
    found = velocity_against_standing(
        trial.total_n,
        start,
        stop,
        edge_n=start_n,
        weight_n=weight.value_n,
        weight_sd_n=weight.sd_n,
        scale_sd=math.hypot(trial.signals.amplitude_sd_fraction * IMPULSE_SHARE, trial.ratio_scale_sd),
        standing_sd_n=stance.window_sd_n,
        sample_rate_hz=trial.sample_rate_hz,
    )
    if isinstance(found, str):
        return found
    # What is left of the last sample's interval is spent at the threshold; so is an error of the edge itself.
    falling = GRAVITY * (threshold / weight.value_n - 1.0)
    sd = math.hypot(found.sd, falling * trial.edge_sd_s(edge))
    return found._replace(value=found.value + falling * rest_s, sd=sd)
