"""How high and how reactive: from flight and contact time alone."""

from __future__ import annotations

import math

from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._registry import JUMPS, OURS, PUSH_OFFS, Estimate, RefusedError, metric
from landing_lab.model.channels import Side
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY


def _height(trial: LandingTrial) -> tuple[float, float, float]:
    """Flight time (s), height g t²/8 (m) and the height's SD."""
    flight = trial.flight_time_s
    assert flight is not None
    return flight, GRAVITY * flight**2 / 8.0, GRAVITY * flight / 4.0 * trial.flight_time_sd_s


def _ratio_to_contact(trial: LandingTrial, *, numerator: float, power: int) -> Estimate:
    """Numerator (flight time to `power`, times a constant) divided by contact time, with its SD.

    The take-off edge belongs to both times: an error there shortens one and lengthens the other, so its two
    relative effects add before the three edges are combined.
    """
    contact, landing, flight = trial.contact, trial.landing, trial.flight_time_s
    assert contact is not None
    assert landing is not None
    assert flight is not None
    contact_time = contact.n_samples / trial.sample_rate_hz
    relative = math.hypot(
        trial.edge_sd_s(contact.start) / contact_time,
        trial.edge_sd_s(contact.stop) * (power / flight + 1.0 / contact_time),
        trial.edge_sd_s(landing.start) * power / flight,
    )
    value = numerator / contact_time
    return Estimate(value=value, sd=value * relative)


@metric(
    unit="m",
    needs=("timing", "flight"),
    tasks=JUMPS,
    formula="g t_flight^2 / 8",
    source="Bosco 1983 (citation not checked)",
    typical="0.15-0.50",
)
def jump_height_flight_time_m(trial: LandingTrial, _side: Side) -> Estimate:
    """Flight-time height g t²/8; reads about 2 cm high against impulse height, more where the landing is flexed."""
    _, height, sd = _height(trial)
    return Estimate(value=height, sd=sd)


@metric(
    unit="m",
    needs=("timing", "flight", "body_weight"),
    tasks=PUSH_OFFS,
    formula="v_take_off^2 / 2g, v = integral of (F - W) / m between take-off and quiet standing",
    source=OURS,
    typical="0.13-0.48, about 2 cm below flight-time height",
)
def jump_height_impulse_m(trial: LandingTrial, _side: Side) -> Estimate:
    """Impulse height v²/2g, force integrated from quiet standing: before a jump from standing, else after landing.

    Needs quiet standing on the plates and body weight known to 0.3 %. A drop jump is integrated backwards from the
    stance after its landing, through the flight.
    """
    velocity = trial.take_off_from_standing
    if isinstance(velocity, str):
        raise RefusedError(velocity)
    if velocity.value <= 0.0:
        raise RefusedError("the impulse is that of a body moving downwards at take-off; body weight is off")
    where = "before the jump" if trial.from_standing else "after the landing"
    return Estimate(
        value=velocity.value**2 / (2.0 * GRAVITY),
        sd=velocity.value / GRAVITY * velocity.sd,
        detail=f"from standing {where}",
    )


@metric(
    unit="m/s",
    formula="(g t_flight^2 / 8) / t_contact",
    needs=("timing", "contact", "flight"),
    source="Young 1995, New Studies in Athletics 10(1):89-96",
    typical="0.8-1.5 untrained, 2-3 trained",
)
def rsi_flight_time_m_per_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Reactive strength index: jump height from flight time divided by contact time."""
    _, height, _ = _height(trial)
    return _ratio_to_contact(trial, numerator=height, power=2)


@metric(
    unit="ratio",
    formula="t_flight / t_contact",
    needs=("timing", "contact", "flight"),
    source="Healy 2018, doi:10.1123/ijspp.2017-0511 (reactive strength ratio)",
    typical="1-3",
)
def flight_contact_ratio(trial: LandingTrial, _side: Side) -> Estimate:
    """Reactive strength ratio: flight time divided by contact time."""
    flight, _, _ = _height(trial)
    return _ratio_to_contact(trial, numerator=flight, power=1)
