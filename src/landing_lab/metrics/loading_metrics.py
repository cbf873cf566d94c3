"""How force rises after touchdown: times, loading rates and impulses of the first contact."""

from __future__ import annotations

from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._registry import DROP_JUMP, OURS, Estimate, metric
from landing_lab.metrics._touch import (
    early_impulse,
    first_peak,
    greatest_loading_rate,
    mean_loading_rate,
    middle_loading_rate,
    peak_instant,
)
from landing_lab.model.channels import Side


@metric(
    unit="s",
    sides="total and feet",
    needs=("timing", "force", "contact"),
    tasks=DROP_JUMP,
    min_rate_hz=250.0,
    formula="t(max F) - t_touchdown",
    source=OURS,
    typical="0.013-0.149",
)
def time_to_peak_force_s(trial: LandingTrial, side: Side) -> Estimate:
    """Touchdown to the instant of maximum force."""
    return peak_instant(trial, side, "contact")[0]


@metric(
    unit="N",
    needs=("timing", "force", "contact", "body_weight"),
    tasks=DROP_JUMP,
    min_rate_hz=250.0,
    min_bandwidth_hz=100.0,
    formula="first local max F within 60 ms of touchdown, before max F, falling by at least 0.1 body weights after it",
    source=OURS,
    typical="often absent",
)
def first_peak_force_n(trial: LandingTrial, _side: Side) -> Estimate:
    """Force of the first peak after touchdown, where there is one before the maximum.

    A landing on the forefoot shows it as the forefoot's impact ahead of the heel's. Absent is absent: where force
    rises to its maximum in one go the metric is refused, never zero.
    """
    return first_peak(trial, "contact")[0]


@metric(
    unit="s",
    needs=("timing", "force", "contact", "body_weight"),
    tasks=DROP_JUMP,
    min_rate_hz=250.0,
    min_bandwidth_hz=100.0,
    formula="t(first peak) - t_touchdown",
    source=OURS,
    typical="0.01-0.06",
)
def first_peak_time_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Touchdown to the first peak, where there is one before the maximum."""
    return first_peak(trial, "contact")[1]


@metric(
    unit="BW/s",
    needs=("timing", "force", "contact", "body_weight"),
    tasks=DROP_JUMP,
    min_rate_hz=200.0,
    formula="(max F / body weight) / time to peak force",
    source=OURS,
    typical="12-370",
)
def loading_rate_mean_bw_per_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Peak force divided by the time to it, in body weights per second."""
    return mean_loading_rate(trial, "contact")


@metric(
    unit="BW/s",
    needs=("timing", "force", "contact", "body_weight"),
    tasks=DROP_JUMP,
    min_rate_hz=80.0,
    formula="0.6 (max F / body weight) / (t_80 - t_20), first crossings of 20 and 80 % of max F",
    source=OURS,
    typical="12-516",
)
def loading_rate_20_80_bw_per_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Slope between the first crossings of 20 and 80 % of peak force, in body weights per second."""
    return middle_loading_rate(trial, "contact")


@metric(
    unit="BW/s",
    needs=("timing", "force", "contact", "body_weight"),
    tasks=DROP_JUMP,
    min_rate_hz=500.0,
    min_bandwidth_hz=100.0,
    formula="max over t of (F(t) - F(t - 5 ms)) / 5 ms / body weight, touchdown to peak",
    source=OURS,
    typical="35-1130",
)
def loading_rate_max_bw_per_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Greatest rise of force within 5 ms between touchdown and peak, in body weights per second."""
    return greatest_loading_rate(trial, "contact")


@metric(
    unit="N s",
    sides="total and feet",
    needs=("timing", "force", "contact"),
    tasks=DROP_JUMP,
    min_rate_hz=200.0,
    formula="integral of F from touchdown to 50 ms after it (body weight not subtracted)",
    source=OURS,
    typical="15-100",
)
def impulse_0_50ms_ns(trial: LandingTrial, side: Side) -> Estimate:
    """Integral of vertical force over 50 ms after touchdown (a foot: after its own), body weight included."""
    return early_impulse(trial, side, "contact", long=False)


@metric(
    unit="N s",
    sides="total and feet",
    needs=("timing", "force", "contact"),
    tasks=DROP_JUMP,
    min_rate_hz=200.0,
    formula="integral of F from touchdown to 100 ms after it (body weight not subtracted)",
    source=OURS,
    typical="56-220",
)
def impulse_0_100ms_ns(trial: LandingTrial, side: Side) -> Estimate:
    """Integral of vertical force over 100 ms after touchdown (a foot: after its own), body weight included."""
    return early_impulse(trial, side, "contact", long=True)
