"""How alike the two sides are: symmetry indices name their variable and their window."""

from __future__ import annotations

import math

import numpy as np

from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._registry import Estimate, RefusedError, metric
from landing_lab.model.channels import Side


@metric(
    unit="%",
    sides="between feet",
    needs=("force", "contact", "feet"),
    min_rate_hz=100.0,
    source="landing-lab, docs/definitions.md, decision 7: 64-74 % where asymmetry was instructed, 87-99 % otherwise",
    typical="healthy 85-100",
)
def limb_symmetry_peak_0_100ms_pct(trial: LandingTrial, _side: Side) -> Estimate:
    """100 x smaller / larger of the two feet's peak force in the first 100 ms after touchdown."""
    return _peak_symmetry(trial, window_s=0.100)


@metric(
    unit="%",
    sides="between feet",
    needs=("force", "contact", "feet"),
    min_rate_hz=100.0,
    source="landing-lab, docs/definitions.md, decision 7",
    typical="healthy 85-100",
)
def limb_symmetry_peak_contact_pct(trial: LandingTrial, _side: Side) -> Estimate:
    """100 x smaller / larger of the two feet's peak force in the whole contact."""
    return _peak_symmetry(trial, window_s=None)


def _peak_symmetry(trial: LandingTrial, *, window_s: float | None) -> Estimate:
    contact = trial.contact
    assert contact is not None
    first = int(np.ceil(contact.start.position))
    last = int(np.floor(contact.stop.position))
    if window_s is not None:
        last = min(last, int(np.floor(contact.start.position + window_s * trial.sample_rate_hz)))
    peaks: dict[Side, float] = {}
    for side in trial.foot_sides:
        force = trial.signals.force_n[side][first : last + 1]
        if len(force) == 0 or np.isnan(force).all():
            raise RefusedError(f"there is no force on the {side.replace('_', ' ')} side in this window")
        peaks[side] = float(np.nanmax(force))
    larger = max(peaks, key=lambda side: peaks[side])
    smaller = min(peaks, key=lambda side: peaks[side])
    if peaks[smaller] <= trial.threshold_n[smaller]:
        raise RefusedError(f"the {smaller.replace('_', ' ')} side stayed unloaded in this window: one foot landed")
    ratio = peaks[smaller] / peaks[larger]
    relative = math.hypot(*(trial.force_sd_n(peaks[side], side) / peaks[side] for side in (smaller, larger)))
    return Estimate(value=100.0 * ratio, sd=100.0 * ratio * relative, stronger_side=larger)
