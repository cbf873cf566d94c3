"""Vertical stiffness: two models, both only where the contact behaves like a spring."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._peak import peak_of
from landing_lab.metrics._registry import Estimate, RefusedError, metric
from landing_lab.model.channels import Side
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

SPRING_R = -0.8
"""Correlation of force and displacement above which nothing in a contact is a spring (docs/definitions.md)."""


def _refuse_soft(trial: LandingTrial) -> None:
    assert trial.motion is not None
    r = trial.motion.value.spring_r
    if not r <= SPRING_R:
        raise RefusedError(
            f"this contact is not spring-like: force and displacement correlate with r = {r:.2f}, and stiffness needs "
            f"{SPRING_R:g} or less"
        )


@metric(
    unit="kN/m",
    needs=("timing", "force", "contact", "motion", "flight"),
    formula="max F in braking / depth / 1000; only where spring correlation <= -0.8",
    source="Badby 2023 (citation not checked)",
    typical="5-25",
)
def vertical_stiffness_peak_kn_per_m(trial: LandingTrial, _side: Side) -> Estimate:
    """Peak braking force divided by centre-of-mass depth, where the contact is spring-like."""
    _refuse_soft(trial)
    motion = trial.motion
    assert motion is not None
    if math.isnan(motion.value.depth):
        raise RefusedError("the centre of mass shows no lowest point; look at body weight")
    top = peak_of(trial, "total", "contact")
    value = motion.value.braking_peak_n / motion.value.depth / 1000.0
    relative = math.hypot(motion.sd.depth / motion.value.depth, top.sd_n / top.value_n)
    return Estimate(value=value, sd=value * relative, doubt=top.doubt)


def _dalleau(mass_kg: float, contact_s: float, flight_s: float) -> float:
    return (
        mass_kg * math.pi * (flight_s + contact_s)
        / (contact_s**2 * ((flight_s + contact_s) / math.pi - contact_s / 4.0)) / 1000.0
    )  # fmt: skip


def _spread(function: Callable[..., float], at: Sequence[float], moves: Sequence[Sequence[float]]) -> float:
    """SD of a function of several inputs, each row of moves being one standard uncertainty of all inputs together."""
    centre = function(*at)
    up = (function(*map(float.__add__, at, move)) - centre for move in moves)
    down = (function(*map(float.__sub__, at, move)) - centre for move in moves)
    # The larger of both: contact time enters squared, and at 80 Hz an error of it is 5 %.
    return math.hypot(*(max(abs(a), abs(b)) for a, b in zip(up, down, strict=True)))


@metric(
    unit="kN/m",
    needs=("timing", "contact", "motion", "flight"),
    formula="m pi (tf + tc) / (tc^2 ((tf + tc)/pi - tc/4)) / 1000; only where spring correlation <= -0.8",
    source="Dalleau 2004, doi:10.1055/s-2003-45253 (citation not checked; formula as in Chronojump's source)",
    typical="5-25",
)
def vertical_stiffness_dalleau_kn_per_m(trial: LandingTrial, _side: Side) -> Estimate:
    """Symmetric-hop model from contact and flight time, where the contact is spring-like.

    The model takes landing speed for take-off speed: in a drop jump from a box that is an approximation.
    """
    _refuse_soft(trial)
    contact, landing, weight, flight = trial.contact, trial.landing, trial.weight, trial.flight_time_s
    assert contact is not None
    assert landing is not None
    assert weight is not None
    assert flight is not None
    time = contact.n_samples / trial.sample_rate_hz
    take_off = trial.edge_sd_s(contact.stop)
    moves = (
        (weight.scaled_sd_n(trial.signals.scale_sd_fraction) / GRAVITY, 0.0, 0.0),
        (0.0, trial.edge_sd_s(contact.start), 0.0),
        (0.0, take_off, -take_off),
        (0.0, 0.0, trial.edge_sd_s(landing.start)),
    )
    inputs = (weight.value_n / GRAVITY, time, flight)
    return Estimate(value=_dalleau(*inputs), sd=_spread(_dalleau, inputs, moves), detail="symmetric-hop model")
