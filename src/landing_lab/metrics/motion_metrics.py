"""How the body moves in contact: braking, propulsion, depth, and the height it dropped from."""

from __future__ import annotations

import numpy as np

from landing_lab.detect.phases import lowest_point_sd_s
from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._registry import Estimate, RefusedError, metric
from landing_lab.model.channels import Side
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

_IMPULSE_SHARE = 0.3
"""Share of the fast-force error that is left in a whole-contact impulse: a slow plate keeps impulse (fusion.md)."""


@metric(unit="s", needs=("timing", "contact", "motion"), source="landing-lab, docs/definitions.md", typical="0.08-0.35")
def braking_time_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Touchdown to the lowest point (zero velocity, anchored at take-off with g t/2)."""
    motion, contact = trial.motion, trial.contact
    assert motion is not None
    assert motion.lowest is not None
    assert contact is not None
    value = (motion.lowest - contact.start.position) / trial.sample_rate_hz
    return Estimate(value=value, sd=float(np.hypot(trial.edge_sd_s(contact.start), lowest_point_sd_s(trial))))


@metric(unit="s", needs=("timing", "contact", "motion"), source="landing-lab, docs/definitions.md", typical="0.08-0.40")
def propulsion_time_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Lowest point (zero velocity, anchored at take-off with g t/2) to take-off."""
    motion, contact = trial.motion, trial.contact
    assert motion is not None
    assert motion.lowest is not None
    assert contact is not None
    value = (contact.stop.position - motion.lowest) / trial.sample_rate_hz
    return Estimate(value=value, sd=float(np.hypot(trial.edge_sd_s(contact.stop), lowest_point_sd_s(trial))))


@metric(
    unit="m",
    needs=("timing", "contact", "motion", "flight"),
    source="McMahon 2021, doi:10.3390/biomechanics1020015 (reading 10-14 % below box height); "
    "anchor landing-lab, docs/definitions.md",
    typical="0.86-0.90 of the box height",
)
def drop_height_flight_anchored_m(trial: LandingTrial, _side: Side) -> Estimate:
    """v²/2g of touchdown velocity, force integrated backwards from take-off at g t/2."""
    motion, weight, contact = trial.motion, trial.weight, trial.contact
    assert motion is not None
    assert weight is not None
    assert contact is not None
    velocity = motion.touchdown_velocity_m_per_s
    specific = GRAVITY * motion.force_integral_ns / weight.value_n
    contact_sd = np.hypot(trial.edge_sd_s(contact.start), trial.edge_sd_s(contact.stop))
    velocity_sd = np.sqrt(
        trial.take_off_velocity_sd_m_per_s**2
        + (specific * weight.sd_n / weight.value_n) ** 2
        + (specific * trial.signals.amplitude_sd_fraction * _IMPULSE_SHARE) ** 2
        + (specific * trial.ratio_scale_sd) ** 2
        + (GRAVITY * contact_sd) ** 2
    )
    return Estimate(value=velocity**2 / (2.0 * GRAVITY), sd=float(abs(velocity) / GRAVITY * velocity_sd))


@metric(
    unit="m",
    needs=("timing", "contact", "motion", "flight"),
    source="landing-lab, docs/definitions.md",
    typical="0.08-0.40",
)
def com_depth_m(trial: LandingTrial, _side: Side) -> Estimate:
    """Downward displacement of the centre of mass from touchdown to the lowest point."""
    motion, contact = trial.motion, trial.contact
    assert motion is not None
    assert contact is not None
    drop = drop_height_flight_anchored_m(trial, "total")
    velocity_sd = drop.sd * GRAVITY / abs(motion.touchdown_velocity_m_per_s)
    braking = braking_time_s(trial, "total")
    # Most of that error is the anchor's, the same all through the contact; and the body falls while touchdown is late.
    by_edge = motion.touchdown_velocity_m_per_s * trial.edge_sd_s(contact.start)
    return Estimate(value=motion.depth_m, sd=float(np.hypot(velocity_sd * braking.value, by_edge)))


@metric(
    unit="m",
    needs=("timing", "force", "contact", "body_weight"),
    source="landing-lab, docs/definitions.md",
    typical="as the flight-anchored one; fragile",
)
def drop_height_reverse_m(trial: LandingTrial, _side: Side) -> Estimate:
    """v²/2g of touchdown velocity, force integrated backwards from the quiet stance after the landing."""
    weight, contact = trial.weight, trial.contact
    assert weight is not None
    assert contact is not None
    if trial.quiet_after is None:
        raise RefusedError("there is no quiet standing after the landing; let the person stand still for two seconds")
    first, last = int(np.ceil(contact.start.position)), round(trial.quiet_after)
    force = trial.total_n[first : last + 1]
    if np.isnan(force).any():
        raise RefusedError("samples are missing between touchdown and quiet standing; check the cable and repeat")
    dt = 1.0 / trial.sample_rate_hz
    edge = (first - contact.start.position) * 0.5 * (trial.threshold_n["total"] + force[0] - 2.0 * weight.value_n) * dt
    net = float(np.trapezoid(force - weight.value_n, dx=dt)) + edge
    velocity = net * GRAVITY / weight.value_n
    duration = (last - contact.start.position) * dt
    by_weight = GRAVITY * duration * weight.sd_n / weight.value_n
    by_scale = velocity * np.hypot(trial.signals.amplitude_sd_fraction * _IMPULSE_SHARE, trial.ratio_scale_sd)
    height = velocity**2 / (2.0 * GRAVITY)
    anchored = drop_height_flight_anchored_m(trial, "total").value if trial.motion else None
    doubt = None
    if velocity <= 0:
        raise RefusedError("the impulse up to quiet standing is that of a body moving upwards; body weight is off")
    if anchored is not None and abs(height - anchored) > 0.1 * anchored:
        doubt = f"differs from the flight-anchored drop height by {100 * (height / anchored - 1):+.0f} %"
    by_edge = GRAVITY * trial.edge_sd_s(contact.start)  # falling freely while the touchdown is late
    sd = velocity / GRAVITY * np.sqrt(by_weight**2 + by_scale**2 + by_edge**2)
    return Estimate(value=height, sd=float(sd), doubt=doubt)
