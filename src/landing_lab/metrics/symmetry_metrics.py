"""How alike the two sides are: symmetry indices name their variable and their window."""

from __future__ import annotations

import math

from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._peak import peak_of
from landing_lab.metrics._registry import Estimate, RefusedError, metric
from landing_lab.model.channels import Side


@metric(
    unit="%",
    sides="between feet",
    needs=("force", "contact", "feet"),
    min_rate_hz=100.0,
    source="landing-lab, docs/definitions.md: 64-74 % where asymmetry was instructed, 87-99 % otherwise",
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
    source="landing-lab, docs/definitions.md",
    typical="healthy 85-100",
)
def limb_symmetry_peak_contact_pct(trial: LandingTrial, _side: Side) -> Estimate:
    """100 x smaller / larger of the two feet's peak force in the whole contact."""
    return _peak_symmetry(trial, window_s=None)


def _peak_symmetry(trial: LandingTrial, *, window_s: float | None) -> Estimate:
    contact = trial.contact
    assert contact is not None
    peaks = {side: peak_of(trial, contact, side, window_s=window_s) for side in trial.foot_sides}
    first, second = peaks
    smaller, larger = (first, second) if peaks[first].value_n < peaks[second].value_n else (second, first)
    low, high = peaks[smaller], peaks[larger]
    if low.value_n <= trial.threshold_n[smaller]:
        raise RefusedError(f"the {smaller.replace('_', ' ')} side stayed unloaded in this window: one foot landed")
    ratio = low.value_n / high.value_n
    relative = math.hypot(low.sd_n / low.value_n, high.sd_n / high.value_n)
    return Estimate(
        value=100.0 * ratio, sd=100.0 * ratio * relative, doubt=low.doubt or high.doubt, stronger_side=larger
    )
