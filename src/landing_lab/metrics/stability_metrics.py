"""How a landing comes to rest, from vertical force alone."""

from __future__ import annotations

import math

from landing_lab.detect.trial import LandingTrial
from landing_lab.kernels.stance import mean_square_off_weight
from landing_lab.metrics._registry import LANDINGS, Estimate, RefusedError, metric
from landing_lab.model.channels import Side


@metric(
    unit="s",
    needs=("landing", "body_weight"),
    tasks=LANDINGS,
    min_rate_hz=40.0,
    formula="first t after landing from which |F - W| <= 0.05 W holds for 1 s, minus t_landing",
    source="landing-lab, docs/definitions.md (one of several published definitions of time to stabilisation)",
    typical="0.5-1.5",
)
def time_to_stabilisation_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Landing to the first instant from which force stays within 5 % of body weight for 1 s.

    The entry into the band counts, not the end of that second. Needs 3 s on the plates after the landing.
    """
    if isinstance(trial.rest, str):
        raise RefusedError(trial.rest)
    landing = trial.landing
    assert landing is not None
    value = (trial.rest.position - landing.start.position) / trial.sample_rate_hz
    sd = math.hypot(trial.rest.sd / trial.sample_rate_hz, trial.edge_sd_s(landing.start))
    return Estimate(value=value, sd=sd)


@metric(
    unit="ratio",
    needs=("force", "landing", "body_weight"),
    tasks=LANDINGS,
    min_rate_hz=40.0,
    formula="sqrt(mean(((W - F) / W)^2)) over 3 s from landing",
    source="vertical part of Wikstrom 2005 (citation not checked); shear is not measured",
    typical="0.3-0.5",
)
def vertical_stability_index(trial: LandingTrial, _side: Side) -> Estimate:
    """Root mean square of force off body weight over 3 s from landing, in body weights; not DPSI: shear is missing."""
    landing, weight = trial.landing, trial.weight
    assert landing is not None
    assert weight is not None
    if landing.start.open:
        raise RefusedError("the landing began before the recording; start it earlier")
    start, length = math.ceil(landing.start.position), trial.windows.stability
    if start + length > min(landing.stop.sample, len(trial.total_n)) + 1:
        raise RefusedError(
            f"needs {trial.impact_params.stability_ms / 1000.0:g} s on the plates after the landing; let the person "
            "stand still and record longer"
        )
    stop = min(start + length, len(trial.total_n))
    square = mean_square_off_weight(trial.total_n, start, stop, weight.value_n)
    if math.isnan(square):
        raise RefusedError("samples are missing after the landing; check the cable and repeat the trial")
    value = math.sqrt(square)
    # Weight enters every term; the way it does depends on where force spends its time, so it is computed again.
    heavier = weight.value_n + weight.sd_n
    by_weight = math.sqrt(mean_square_off_weight(trial.total_n, start, stop, heavier)) - value
    by_scale = value * math.hypot(trial.signals.amplitude_sd_fraction, trial.ratio_scale_sd)
    # A landing found late leaves the steep first milliseconds out.
    by_edge = trial.edge_sd_s(landing.start) * trial.sample_rate_hz / (2.0 * max(value, 0.01) * length)
    return Estimate(value=value, sd=math.hypot(by_weight, by_scale, by_edge))
