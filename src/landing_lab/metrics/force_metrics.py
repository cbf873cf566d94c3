"""How hard: body weight and peaks."""

from __future__ import annotations

import math

from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._peak import Peak, peak_of
from landing_lab.metrics._registry import LANDINGS, OURS, PUSH_OFFS, Estimate, metric
from landing_lab.model.channels import Side


def _in_newton(peak: Peak) -> Estimate:
    return Estimate(value=peak.value_n, sd=peak.sd_n, doubt=peak.doubt)


def _in_body_weights(trial: LandingTrial, peak: Peak) -> Estimate:
    weight = trial.weight
    assert weight is not None
    value = peak.value_n / weight.value_n
    return Estimate(value=value, sd=math.hypot(peak.ratio_sd_n, value * weight.sd_n) / weight.value_n, doubt=peak.doubt)


@metric(
    unit="N",
    needs=("body_weight",),
    tasks=LANDINGS,
    min_rate_hz=10.0,
    formula="mean F over the quietest second of standing with SD < 1 %, else typed mass x g",
    source=OURS,
    typical="400-1200",
)
def body_weight_n(trial: LandingTrial, _side: Side) -> Estimate:
    """Body weight."""
    weight = trial.weight
    assert weight is not None
    sd = weight.scaled_sd_n(trial.signals.scale_sd_fraction)
    return Estimate(value=weight.value_n, sd=sd, detail=weight.method, doubt=trial.signals.weight_note)


@metric(
    unit="N",
    sides="total and feet",
    needs=("force", "contact"),
    tasks=PUSH_OFFS,
    formula="max F between touchdown (or onset) and take-off",
    source="maximum",
    typical="1200-5000",
)
def peak_force_n(trial: LandingTrial, side: Side) -> Estimate:
    """Maximum vertical ground reaction force in contact, unfiltered."""
    return _in_newton(peak_of(trial, side, "contact"))


@metric(
    unit="BW",
    sides="total and feet",
    needs=("force", "contact", "body_weight"),
    tasks=PUSH_OFFS,
    formula="max F / body weight",
    source="maximum",
    typical="1.8-6.8",
)
def peak_force_bw(trial: LandingTrial, side: Side) -> Estimate:
    """Maximum vertical ground reaction force in contact divided by body weight."""
    return _in_body_weights(trial, peak_of(trial, side, "contact"))


@metric(
    unit="N",
    sides="total and feet",
    needs=("force", "landing"),
    tasks=LANDINGS,
    formula="max F after the landing",
    source="maximum",
    typical="1200-6000",
)
def landing_peak_force_n(trial: LandingTrial, side: Side) -> Estimate:
    """Maximum vertical ground reaction force after the flight, unfiltered."""
    return _in_newton(peak_of(trial, side, "landing"))


@metric(
    unit="BW",
    sides="total and feet",
    needs=("force", "landing", "body_weight"),
    tasks=LANDINGS,
    formula="max F after the landing / body weight",
    source="maximum",
    typical="2-8",
)
def landing_peak_force_bw(trial: LandingTrial, side: Side) -> Estimate:
    """Maximum vertical ground reaction force after the flight divided by body weight."""
    return _in_body_weights(trial, peak_of(trial, side, "landing"))
