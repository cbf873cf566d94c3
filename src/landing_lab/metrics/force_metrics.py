"""How hard: body weight and peaks."""

from __future__ import annotations

import numpy as np

from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._peak import Peak, peak_of
from landing_lab.metrics._registry import JUMPS, Estimate, metric
from landing_lab.model.channels import Side
from landing_lab.model.result import Task

LANDINGS: tuple[Task, ...] = (*JUMPS, "drop_landing")


def _in_newton(peak: Peak) -> Estimate:
    return Estimate(value=peak.value_n, sd=peak.sd_n, doubt=peak.doubt)


def _in_body_weights(trial: LandingTrial, peak: Peak) -> Estimate:
    weight = trial.weight
    assert weight is not None
    value = peak.value_n / weight.value_n
    sd = np.hypot(peak.ratio_sd_n, value * weight.sd_n) / weight.value_n
    return Estimate(value=value, sd=float(sd), doubt=peak.doubt)


@metric(
    unit="N",
    needs=("body_weight",),
    tasks=LANDINGS,
    min_rate_hz=10.0,
    source="landing-lab, docs/definitions.md",
)
def body_weight_n(trial: LandingTrial, _side: Side) -> Estimate:
    """Body weight."""
    weight = trial.weight
    assert weight is not None
    sd = weight.scaled_sd_n(trial.signals.scale_sd_fraction)
    return Estimate(value=weight.value_n, sd=sd, detail=weight.method, doubt=trial.signals.weight_note)


@metric(unit="N", sides="total and feet", needs=("force", "contact"), source="maximum", typical="")
def peak_force_n(trial: LandingTrial, side: Side) -> Estimate:
    """Maximum vertical ground reaction force in contact, unfiltered."""
    return _in_newton(peak_of(trial, trial.contact_of(side), side))


@metric(unit="BW", needs=("force", "contact", "body_weight"), source="maximum", typical="1.8-6.8")
def peak_force_bw(trial: LandingTrial, side: Side) -> Estimate:
    """Maximum vertical ground reaction force in contact divided by body weight."""
    return _in_body_weights(trial, peak_of(trial, trial.contact_of(side), side))


@metric(unit="N", sides="total and feet", needs=("force", "landing"), tasks=LANDINGS, source="maximum")
def landing_peak_force_n(trial: LandingTrial, side: Side) -> Estimate:
    """Maximum vertical ground reaction force after the flight, unfiltered."""
    return _in_newton(peak_of(trial, trial.landing_of(side), side))


@metric(unit="BW", needs=("force", "landing", "body_weight"), tasks=LANDINGS, source="maximum", typical="2-8")
def landing_peak_force_bw(trial: LandingTrial, side: Side) -> Estimate:
    """Maximum vertical ground reaction force after the flight divided by body weight."""
    return _in_body_weights(trial, peak_of(trial, trial.landing_of(side), side))
