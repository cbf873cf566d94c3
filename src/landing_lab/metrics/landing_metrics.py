"""How the landing after the flight (or of a drop landing) is taken up: the same quantities, named landing_..."""

from __future__ import annotations

import math

from landing_lab.detect.trial import LandingTrial, on_the_top_sd
from landing_lab.fuse.bandwidth import edge_smear_s
from landing_lab.metrics._registry import LANDINGS, OURS, Estimate, RefusedError, metric
from landing_lab.metrics._touch import (
    early_impulse,
    first_peak,
    greatest_loading_rate,
    mean_loading_rate,
    middle_loading_rate,
    peak_instant,
)
from landing_lab.model.channels import Side

HARRY = "Harry 2022 (phases of landing; citation not checked)"


@metric(
    unit="s",
    sides="total and feet",
    needs=("timing", "force", "landing"),
    tasks=LANDINGS,
    min_rate_hz=200.0,
    formula="t(max F) - t_landing",
    source=HARRY,
    typical="0.04-0.15, about 0.084",
)
def landing_loading_time_s(trial: LandingTrial, side: Side) -> Estimate:
    """Loading phase: landing to the instant of maximum force."""
    return peak_instant(trial, side, "landing")[0]


@metric(
    unit="s",
    needs=("timing", "force", "landing", "body_weight"),
    tasks=LANDINGS,
    min_rate_hz=200.0,
    min_bandwidth_hz=20.0,
    formula="t(first valley) - t(max F); the valley ends where F has risen by 0.1 body weights",
    source=HARRY,
    typical="0.02-0.15, about 0.044",
)
def landing_attenuation_time_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Attenuation phase: maximum force to the first valley after it."""
    _, touch, top = peak_instant(trial, "total", "landing")
    impact, rate = touch.impact, trial.sample_rate_hz
    if math.isnan(impact.valley) and impact.missing:
        raise RefusedError("samples are missing after the landing's peak; check the cable and repeat the trial")
    if math.isnan(impact.valley):
        raise RefusedError(
            f"force shows no valley after its maximum: it never rises again by {trial.impact_params.prominence_bw:g} "
            "body weights"
        )
    by_noise = math.hypot(on_the_top_sd(impact.flat), on_the_top_sd(impact.valley_flat)) / rate
    sd = math.hypot(by_noise, 2.0 * edge_smear_s(trial.low_pass_hz))  # a low-pass moves peak and valley apart
    return Estimate(value=(impact.valley - impact.peak) / rate, sd=sd, doubt=top.doubt)


@metric(
    unit="N",
    needs=("timing", "force", "landing", "body_weight"),
    tasks=LANDINGS,
    min_rate_hz=250.0,
    min_bandwidth_hz=100.0,
    formula="first local max F within 60 ms of landing, before max F, falling by at least 0.1 body weights after it",
    source=OURS,
    typical="often present in forefoot landings",
)
def landing_first_peak_force_n(trial: LandingTrial, _side: Side) -> Estimate:
    """Force of the first peak after the landing, where there is one before the maximum."""
    return first_peak(trial, "landing")[0]


@metric(
    unit="s",
    needs=("timing", "force", "landing", "body_weight"),
    tasks=LANDINGS,
    min_rate_hz=250.0,
    min_bandwidth_hz=100.0,
    formula="t(first peak) - t_landing",
    source=OURS,
    typical="0.01-0.06",
)
def landing_first_peak_time_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Landing to the first peak, where there is one before the maximum."""
    return first_peak(trial, "landing")[1]


@metric(
    unit="BW/s",
    needs=("timing", "force", "landing", "body_weight"),
    tasks=LANDINGS,
    min_rate_hz=200.0,
    formula="(max F / body weight) / landing loading time",
    source=OURS,
    typical="20-200",
)
def landing_loading_rate_mean_bw_per_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Peak force of the landing divided by the time to it, in body weights per second."""
    return mean_loading_rate(trial, "landing")


@metric(
    unit="BW/s",
    needs=("timing", "force", "landing", "body_weight"),
    tasks=LANDINGS,
    min_rate_hz=80.0,
    formula="0.6 (max F / body weight) / (t_80 - t_20) of the landing",
    source=OURS,
    typical="20-300",
)
def landing_loading_rate_20_80_bw_per_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Slope between 20 and 80 % of the landing's peak force, in body weights per second."""
    return middle_loading_rate(trial, "landing")


@metric(
    unit="BW/s",
    needs=("timing", "force", "landing", "body_weight"),
    tasks=LANDINGS,
    min_rate_hz=500.0,
    min_bandwidth_hz=100.0,
    formula="max over t of (F(t) - F(t - 5 ms)) / 5 ms / body weight, landing to peak",
    source=OURS,
    typical="50-1130",
)
def landing_loading_rate_max_bw_per_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Greatest rise of force within 5 ms between landing and peak, in body weights per second."""
    return greatest_loading_rate(trial, "landing")


@metric(
    unit="N s",
    sides="total and feet",
    needs=("timing", "force", "landing"),
    tasks=LANDINGS,
    min_rate_hz=200.0,
    formula="integral of F from landing to 50 ms after it (body weight not subtracted)",
    source=OURS,
    typical="15-100",
)
def landing_impulse_0_50ms_ns(trial: LandingTrial, side: Side) -> Estimate:
    """Integral of vertical force over 50 ms after landing (a foot: after its own), body weight included."""
    return early_impulse(trial, side, "landing", long=False)


@metric(
    unit="N s",
    sides="total and feet",
    needs=("timing", "force", "landing"),
    tasks=LANDINGS,
    min_rate_hz=200.0,
    formula="integral of F from landing to 100 ms after it (body weight not subtracted)",
    source=OURS,
    typical="56-220",
)
def landing_impulse_0_100ms_ns(trial: LandingTrial, side: Side) -> Estimate:
    """Integral of vertical force over 100 ms after landing (a foot: after its own), body weight included."""
    return early_impulse(trial, side, "landing", long=True)
