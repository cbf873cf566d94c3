"""How hard: body weight and peaks."""

from __future__ import annotations

import numpy as np

from landing_lab.detect.task import Contact
from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._registry import JUMPS, Estimate, RefusedError, metric
from landing_lab.model.channels import Side
from landing_lab.model.result import Task

LANDINGS: tuple[Task, ...] = (*JUMPS, "drop_landing")


def _peak(trial: LandingTrial, contact: Contact | None, side: Side) -> tuple[float, float]:
    """Maximum force inside a contact and its SD, N."""
    force = np.array([]) if contact is None else trial.window(contact, side)
    if len(force) == 0 or np.isnan(force).all():
        raise RefusedError(f"there is no force on the {side.replace('_', ' ')} side in this contact")
    peak = float(np.nanmax(force))
    return peak, trial.force_sd_n(peak, side)


def _in_body_weights(trial: LandingTrial, peak: float, sd: float) -> Estimate:
    weight = trial.weight
    assert weight is not None
    value = peak / weight.value_n
    return Estimate(value=value, sd=float(value * np.hypot(sd / peak, weight.sd_n / weight.value_n)))


@metric(unit="N", needs=("body_weight",), tasks=LANDINGS, min_rate_hz=10.0, source="landing-lab, docs/definitions.md, decision 4")
def body_weight_n(trial: LandingTrial, _side: Side) -> Estimate:
    """Body weight."""
    weight = trial.weight
    assert weight is not None
    return Estimate(value=weight.value_n, sd=weight.sd_n, detail=weight.method, doubt=trial.signals.weight_note)


@metric(unit="N", sides="total and feet", needs=("force", "contact"), source="maximum", typical="")
def peak_force_n(trial: LandingTrial, side: Side) -> Estimate:
    """Maximum vertical ground reaction force in contact, unfiltered."""
    value, sd = _peak(trial, trial.contact_of(side), side)
    return Estimate(value=value, sd=sd)


@metric(unit="BW", needs=("force", "contact", "body_weight"), source="maximum", typical="1.8-6.8")
def peak_force_bw(trial: LandingTrial, side: Side) -> Estimate:
    """Maximum vertical ground reaction force in contact divided by body weight."""
    return _in_body_weights(trial, *_peak(trial, trial.contact_of(side), side))


@metric(unit="N", sides="total and feet", needs=("force", "landing"), tasks=LANDINGS, source="maximum")
def landing_peak_force_n(trial: LandingTrial, side: Side) -> Estimate:
    """Maximum vertical ground reaction force after the flight, unfiltered."""
    value, sd = _peak(trial, trial.landing_of(side), side)
    return Estimate(value=value, sd=sd)


@metric(unit="BW", needs=("force", "landing", "body_weight"), tasks=LANDINGS, source="maximum", typical="2-8")
def landing_peak_force_bw(trial: LandingTrial, side: Side) -> Estimate:
    """Maximum vertical ground reaction force after the flight divided by body weight."""
    return _in_body_weights(trial, *_peak(trial, trial.landing_of(side), side))
