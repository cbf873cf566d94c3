"""How high and how reactive: from flight and contact time alone."""

from __future__ import annotations

import numpy as np

from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._registry import JUMPS, Estimate, metric
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
    relative = np.sqrt(
        (trial.edge_sd_s(contact.start) / contact_time) ** 2
        + (trial.edge_sd_s(contact.stop) * (power / flight + 1.0 / contact_time)) ** 2
        + (trial.edge_sd_s(landing.start) * power / flight) ** 2
    )
    value = numerator / contact_time
    return Estimate(value=value, sd=float(value * relative))


@metric(
    unit="m",
    needs=("timing", "flight"),
    tasks=JUMPS,
    source="Bosco 1983 (citation not checked)",
    typical="0.15-0.50",
)
def jump_height_flight_time_m(trial: LandingTrial, _side: Side) -> Estimate:
    """Flight-time height g t²/8; reads about 2 cm high against impulse height, more where the landing is flexed."""
    _, height, sd = _height(trial)
    return Estimate(value=height, sd=sd)


@metric(
    unit="m/s",
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
    needs=("timing", "contact", "flight"),
    source="Healy 2018, doi:10.1123/ijspp.2017-0511 (reactive strength ratio)",
    typical="1-3",
)
def flight_contact_ratio(trial: LandingTrial, _side: Side) -> Estimate:
    """Reactive strength ratio: flight time divided by contact time."""
    flight, _, _ = _height(trial)
    return _ratio_to_contact(trial, numerator=flight, power=1)
