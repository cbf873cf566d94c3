"""How long things last: contact, flight, the delay between the feet."""

from __future__ import annotations

import math

from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._registry import JUMPS, OURS, Estimate, RefusedError, metric
from landing_lab.model.channels import OPPOSITE_SIDE, Side


@metric(
    unit="s",
    sides="total and feet",
    needs=("timing", "contact"),
    formula="t_take_off - t_touchdown",
    source="Young 1995, New Studies in Athletics 10(1):89-96; threshold landing-lab, docs/definitions.md",
    typical="0.15-0.25 fast, up to 0.8",
)
def contact_time_s(trial: LandingTrial, side: Side) -> Estimate:
    """Take-off minus touchdown, threshold crossings of re-zeroed, unfiltered force."""
    contact = trial.contact_of(side)
    if contact is None:
        raise RefusedError(f"the {side.replace('_', ' ')} side did not touch the plate in this contact")
    sd = math.hypot(trial.edge_sd_s(contact.start, side), trial.edge_sd_s(contact.stop, side))
    return Estimate(value=contact.n_samples / trial.sample_rate_hz, sd=sd)


@metric(
    unit="s",
    needs=("timing", "flight"),
    tasks=JUMPS,
    formula="t_landing - t_take_off",
    source="Bosco 1983 (citation not checked)",
    typical="0.35-0.65",
)
def flight_time_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Landing minus take-off of the last foot off and the first foot on."""
    flight = trial.flight_time_s
    assert flight is not None
    return Estimate(value=flight, sd=trial.flight_time_sd_s)


@metric(
    unit="s",
    sides="between feet",
    needs=("timing", "contact", "feet"),
    min_rate_hz=200.0,
    formula="t_touchdown(left) - t_touchdown(right)",
    source=OURS,
    typical="within ±0.02",
)
def contact_delay_left_right_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Left touchdown minus right touchdown; negative where the left foot lands first."""
    first, second = trial.foot_sides
    if first in ("right", "plate_2"):
        first, second = OPPOSITE_SIDE[first], OPPOSITE_SIDE[second]
    left, right = trial.contact_of(first), trial.contact_of(second)
    if left is None or right is None:
        raise RefusedError("only one foot touched down in this contact")
    sd = math.hypot(
        trial.edge_sd_s(left.start, first), trial.edge_sd_s(right.start, second), trial.signals.side_offset_sd_s
    )
    value = (left.start.position - right.start.position) / trial.sample_rate_hz
    details = [
        "plate 1 minus plate 2: the feet are not named in this recording" if first == "plate_1" else "",
        "which foot came first cannot be told: less than two standard uncertainties" if abs(value) < 2.0 * sd else "",
    ]
    return Estimate(value=value, sd=sd, detail="; ".join(filter(None, details)) or None)
