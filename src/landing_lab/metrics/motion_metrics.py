"""How the body moves in contact: braking, propulsion, depth, and the height it dropped from."""

from __future__ import annotations

import math

from landing_lab.detect.motion import ContactMotion
from landing_lab.detect.phases import (
    braking_start,
    braking_start_sd_s,
    lowest_point_sd_s,
    propulsion_start,
    propulsion_start_sd_s,
)
from landing_lab.detect.standing_velocity import velocity_next_to
from landing_lab.detect.trial import SAMPLING_SD, LandingTrial
from landing_lab.fuse.bandwidth import peak_loss_sd_fraction
from landing_lab.metrics._registry import BRAKED, DROP_JUMP, OURS, PUSH_OFFS, Estimate, RefusedError, metric
from landing_lab.model.channels import Side
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

CLOSURE = 0.01
"""Net impulse and mass times change of velocity may differ by this share (docs/definitions.md)."""


def _anchored(trial: LandingTrial) -> str | None:
    """How the velocity of a jump from standing was had, for the method; None in a drop jump, whose rule is fixed."""
    if not trial.from_standing:
        return None
    by_flight = isinstance(trial.take_off_from_standing, str)
    return "velocity anchored at take-off, g t/2" if by_flight else "velocity by impulse from quiet standing"


def _motion(trial: LandingTrial) -> ContactMotion:
    assert trial.motion is not None
    return trial.motion


def _mass_kg(trial: LandingTrial) -> float:
    assert trial.weight is not None
    return trial.weight.value_n / GRAVITY


def _turn(trial: LandingTrial) -> float:
    """Start of propulsion in samples; RefusedError where the body never moves downwards."""
    start = propulsion_start(trial)
    if start is None:
        raise RefusedError("the centre of mass shows no lowest point; look at body weight")
    return start


@metric(
    unit="s",
    needs=("timing", "contact", "motion"),
    tasks=BRAKED,
    formula="t(v = 0) - t_touchdown; in a countermovement t(v = 0) - t(min v); v anchored at take-off, g t_flight / 2",
    source=OURS,
    typical="0.08-0.35",
)
def braking_time_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Touchdown (or greatest downward velocity) to the lowest point; in a drop jump anchored at take-off with g t/2."""
    start, stop, contact = braking_start(trial), _turn(trial), trial.contact
    if start is None or contact is None:
        raise RefusedError("the centre of mass shows no lowest point; look at body weight")
    edge = braking_start_sd_s(trial)
    sd = math.hypot(edge, lowest_point_sd_s(trial))
    return Estimate(value=(stop - start) / trial.sample_rate_hz, sd=sd, detail=_anchored(trial))


@metric(
    unit="s",
    needs=("timing", "contact", "motion"),
    tasks=PUSH_OFFS,
    formula="t_take_off - t(v = 0)",
    source=OURS,
    typical="0.08-0.40",
)
def propulsion_time_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Lowest point (zero velocity; in a drop jump anchored at take-off with g t/2) to take-off."""
    contact = trial.contact
    assert contact is not None
    value = (contact.stop.position - _turn(trial)) / trial.sample_rate_hz
    sd = math.hypot(trial.edge_sd_s(contact.stop), propulsion_start_sd_s(trial))
    return Estimate(value=value, sd=sd, detail=_anchored(trial))


def _impulse(trial: LandingTrial, value: float, sd: float, gained_m_per_s: float) -> Estimate:
    """A net impulse, held against mass times change of velocity."""
    expected = _mass_kg(trial) * gained_m_per_s
    closure = abs(value / expected - 1.0) if expected else 0.0
    doubt = f"differs from mass x change of velocity by {100.0 * closure:.1f} %" if closure > CLOSURE else None
    # The plates' scale is in an impulse in newton seconds, though it cancels in velocities.
    return Estimate(value=value, sd=math.hypot(sd, trial.signals.scale_sd_fraction * value), doubt=doubt)


@metric(
    unit="N s",
    needs=("timing", "contact", "motion"),
    tasks=BRAKED,
    formula="integral of (F - W) from touchdown (min v in a countermovement) to t(v = 0); closes with m dv within 1 %",
    source=OURS,
    typical="100-300",
)
def braking_impulse_ns(trial: LandingTrial, _side: Side) -> Estimate:
    """Net impulse (body weight subtracted) from touchdown (or greatest downward velocity) to the lowest point."""
    motion = _motion(trial)
    if math.isnan(motion.value.braking_impulse):
        raise RefusedError("the centre of mass shows no lowest point; look at body weight")
    start = motion.value.slowest_velocity if trial.from_standing else motion.value.start_velocity
    return _impulse(trial, motion.value.braking_impulse, motion.sd.braking_impulse, -start)


@metric(
    unit="N s",
    needs=("timing", "contact", "motion"),
    tasks=PUSH_OFFS,
    formula="integral of (F - W) from t(v = 0) to take-off; closes with m dv within 1 %",
    source=OURS,
    typical="100-250",
)
def propulsion_impulse_ns(trial: LandingTrial, _side: Side) -> Estimate:
    """Net impulse (body weight subtracted) from the lowest point to take-off."""
    motion = _motion(trial)
    if math.isnan(motion.value.propulsion_impulse):
        raise RefusedError("the centre of mass shows no lowest point; look at body weight")
    return _impulse(trial, motion.value.propulsion_impulse, motion.sd.propulsion_impulse, motion.take_off_velocity)


@metric(
    unit="m",
    needs=("timing", "contact", "motion", "flight"),
    tasks=DROP_JUMP,
    formula="v_touchdown^2 / 2g, v from F integrated backwards from take-off at g t_flight / 2",
    source="McMahon 2021, doi:10.3390/biomechanics1020015 (reading 10-14 % below box height); "
    "anchor landing-lab, docs/definitions.md",
    typical="0.86-0.90 of the box height",
)
def drop_height_flight_anchored_m(trial: LandingTrial, _side: Side) -> Estimate:
    """Drop height v²/2g of touchdown velocity, force integrated backwards from take-off at g t/2."""
    motion = _motion(trial)
    velocity, sd = motion.value.start_velocity, motion.sd.start_velocity
    return Estimate(value=velocity**2 / (2.0 * GRAVITY), sd=abs(velocity) / GRAVITY * sd)


@metric(
    unit="m",
    needs=("timing", "force", "contact", "body_weight"),
    tasks=DROP_JUMP,
    formula="v_touchdown^2 / 2g, v from F integrated backwards from quiet standing after the landing",
    source=OURS,
    typical="as the flight-anchored one; fragile: 1 % of body weight moves it by 28 %",
)
def drop_height_reverse_m(trial: LandingTrial, _side: Side) -> Estimate:
    """Drop height v²/2g of touchdown velocity, force integrated backwards from the quiet stance after the landing."""
    contact = trial.contact
    assert contact is not None
    if trial.stance_after is None:
        raise RefusedError("there is no quiet standing after the landing; let the person stand still for two seconds")
    found = velocity_next_to(trial, contact.start, trial.stance_after)
    if isinstance(found, str):
        raise RefusedError(found)
    if found.value <= 0:
        raise RefusedError("the impulse up to quiet standing is that of a body moving upwards; body weight is off")
    height = found.value**2 / (2.0 * GRAVITY)
    doubt = None
    if trial.motion is not None:
        anchored = trial.motion.value.start_velocity**2 / (2.0 * GRAVITY)
        if abs(height - anchored) > 0.1 * anchored:
            doubt = f"differs from the flight-anchored drop height by {100 * (height / anchored - 1):+.0f} %"
    return Estimate(value=height, sd=found.value / GRAVITY * found.sd, doubt=doubt)


@metric(
    unit="m",
    needs=("timing", "contact", "motion", "flight"),
    tasks=BRAKED,
    formula="x(touchdown or onset) - x(v = 0), velocity integrated",
    source=OURS,
    typical="0.08-0.40",
)
def com_depth_m(trial: LandingTrial, _side: Side) -> Estimate:
    """Downward displacement of the centre of mass from touchdown (or onset) to the lowest point."""
    motion = _motion(trial)
    if math.isnan(motion.value.depth):
        raise RefusedError("the centre of mass shows no lowest point; look at body weight")
    return Estimate(value=motion.value.depth, sd=motion.sd.depth, detail=_anchored(trial))


@metric(
    unit="ratio",
    needs=("timing", "force", "contact", "motion"),
    tasks=BRAKED,
    formula="max F before the lowest point / max F after it",
    source="Pedley 2025 (citation not checked)",
    typical="0.8-2",
)
def peak_braking_to_propulsive_force_ratio(trial: LandingTrial, _side: Side) -> Estimate:
    """Peak force before the lowest point divided by peak force after it."""
    motion = _motion(trial)
    braking, propulsion = motion.value.braking_peak_n, motion.value.propulsion_peak_n
    if math.isnan(braking) or propulsion <= 0.0:
        raise RefusedError("the centre of mass shows no lowest point; look at body weight")
    # Where force passes its greatest at the lowest point, a peak moves with that point.
    noise = trial.force_sd_n(0.0)
    relative = math.hypot(
        math.sqrt(2.0) * trial.signals.amplitude_sd_fraction,
        math.hypot(noise, motion.sd.braking_peak_n) / braking,
        math.hypot(noise, motion.sd.propulsion_peak_n) / propulsion,
        _lost_between_samples(trial),
    )
    value = braking / propulsion
    return Estimate(value=value, sd=value * relative)


def _lost_between_samples(trial: LandingTrial) -> float:
    """Relative SD of a ratio of two peaks of one contact: what sampling and a low-pass hide of both."""
    impact = trial.contact_impact.get("total")
    hidden = impact.loss_n / impact.peak_n if impact is not None else 0.0
    return math.sqrt(2.0) * math.hypot(hidden, peak_loss_sd_fraction(trial.low_pass_hz))


@metric(
    unit="ratio",
    needs=("timing", "contact", "motion", "flight"),
    tasks=DROP_JUMP,
    formula="Pearson r of F and x over the contact",
    source=OURS,
    typical="-0.99 spring-like, -0.15 to -0.5 soft",
)
def spring_correlation(trial: LandingTrial, _side: Side) -> Estimate:
    """Pearson correlation of force and centre-of-mass displacement in contact; -1 is an ideal spring."""
    motion = _motion(trial)
    if math.isnan(motion.value.spring_r):
        raise RefusedError("force or displacement does not change in this contact")
    # What sampling does to it: 3 (1 - r²) / n in two real drop jumps read at 80 to 200 Hz, together and plate by plate.
    contact = trial.contact
    assert contact is not None
    hidden = 1.0 - motion.value.spring_r**2
    sampling = 3.0 * hidden / contact.n_samples
    by_filter = hidden * peak_loss_sd_fraction(trial.low_pass_hz)
    return Estimate(value=motion.value.spring_r, sd=math.hypot(motion.sd.spring_r, sampling, by_filter))


@metric(
    unit="W/kg",
    needs=("timing", "force", "contact", "motion", "flight"),
    tasks=PUSH_OFFS,
    formula="max(F v) in propulsion / m",
    source=OURS,
    typical="30-70",
)
def peak_power_w_per_kg(trial: LandingTrial, _side: Side) -> Estimate:
    """Greatest product of force and velocity in propulsion, per kilogram of body mass."""
    motion = _motion(trial)
    mass = _mass_kg(trial)
    if motion.value.peak_power <= 0.0:
        raise RefusedError("the body never moves upwards under load before take-off; look at body weight")
    value = motion.value.peak_power / mass
    weight = trial.weight
    assert weight is not None
    fast = trial.signals.amplitude_sd_fraction * value
    # Power turns over a few milliseconds at its top: what sampling hides there is far below the rest.
    sampling = (SAMPLING_SD / trial.sample_rate_hz) ** 2 * 100.0 * value
    by_mass = value * weight.sd_n / weight.value_n
    return Estimate(value=value, sd=math.hypot(motion.sd.peak_power / mass, by_mass, fast, sampling))
