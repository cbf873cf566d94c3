"""How fast force rises after touchdown."""

from __future__ import annotations

import numpy as np

from landing_lab.detect.trial import SAMPLING_SD, LandingTrial
from landing_lab.metrics._peak import Peak, peak_of
from landing_lab.metrics._registry import Estimate, RefusedError, metric
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side


def _rise(trial: LandingTrial) -> tuple[FloatArray, int, Peak]:
    """Force of the contact (N), index of the peak in it, and the peak."""
    contact = trial.contact
    assert contact is not None
    force = trial.window(contact)
    if len(force) < 3 or np.isnan(force).any():
        raise RefusedError("samples are missing inside the contact; check the cable and repeat the trial")
    return force, int(np.argmax(force)), peak_of(trial, contact, "total")


@metric(
    unit="s",
    needs=("timing", "force", "contact"),
    min_rate_hz=250.0,
    source="landing-lab, docs/definitions.md",
    typical="0.013-0.149",
)
def time_to_peak_force_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Touchdown to the instant of maximum force."""
    force, peak, top = _rise(trial)
    contact = trial.contact
    assert contact is not None
    value = (top.index - contact.start.position) / trial.sample_rate_hz
    # A flat top makes the instant uncertain: every sample within the noise of the peak (and within what a
    # fused shape may be wrong by) could have been it.
    blur = max(2.0 * trial.signals.noise_n.get("total", 0.0), trial.signals.amplitude_sd_fraction * force[peak])
    near = np.flatnonzero(force >= force[peak] - blur)
    width = (near[-1] - near[0]) / trial.sample_rate_hz
    sd = np.sqrt(
        trial.edge_sd_s(contact.start) ** 2 + (SAMPLING_SD / trial.sample_rate_hz) ** 2 + (SAMPLING_SD * width) ** 2
    )
    return Estimate(value=float(value), sd=float(sd), doubt=top.doubt)


@metric(
    unit="BW/s",
    needs=("timing", "force", "contact", "body_weight"),
    min_rate_hz=80.0,
    source="landing-lab, docs/definitions.md",
    typical="12-516",
)
def loading_rate_20_80_bw_per_s(trial: LandingTrial, _side: Side) -> Estimate:
    """Slope between the first crossings of 20 and 80 % of peak force, in body weights per second."""
    force, peak, top = _rise(trial)
    weight, contact = trial.weight, trial.contact
    assert weight is not None
    assert contact is not None
    rising = np.concatenate([[trial.threshold_n["total"]], force[: peak + 1]])
    # Positions in samples; the touchdown itself is the point before the first sample.
    lead = np.ceil(contact.start.position) - contact.start.position
    position = np.concatenate([[-lead], np.arange(peak + 1, dtype=np.float64)])
    low, high = (_first_crossing(rising, position, share * float(force[peak])) for share in (0.2, 0.8))
    if high <= low:
        raise RefusedError("force rises to its peak within one sample; record at a higher rate")
    span = (high - low) / trial.sample_rate_hz
    value = 0.6 * float(force[peak]) / weight.value_n / span
    noise = trial.signals.noise_n.get("total", 0.0)
    edge = np.hypot(SAMPLING_SD / trial.sample_rate_hz, noise * span / (0.6 * float(force[peak])))
    # Interpolated crossings are good to a fraction of a sample where the slope hardly changes; the rest is
    # the curvature that sampling hides, for which half of the sampling term was enough in real landings.
    relative = np.sqrt(
        2.0 * (0.5 * edge / span) ** 2 + (top.ratio_sd_n / top.value_n) ** 2 + (weight.sd_n / weight.value_n) ** 2
    )
    return Estimate(value=value, sd=float(value * relative), doubt=top.doubt)


def _first_crossing(rising: FloatArray, position: FloatArray, level: float) -> float:
    """Position at which force first reaches a level, linear between samples."""
    above = int(np.argmax(rising >= level))
    if above == 0:
        return float(position[0])
    before, after = rising[above - 1], rising[above]
    return float(position[above - 1] + (level - before) / (after - before) * (position[above] - position[above - 1]))
