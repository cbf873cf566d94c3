"""The highest force in a window: how sure it is, and what makes it doubtful."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from landing_lab.detect.motion import MAX_BRIDGED_S
from landing_lab.detect.quality_trial import IMPACT_S
from landing_lab.detect.trial import LandingTrial
from landing_lab.fuse.bandwidth import peak_loss_sd_fraction
from landing_lab.metrics._registry import RefusedError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.runs import runs

CUT_S = 0.005
"""A maximum this close to the end of the recording was not the last word."""

LONE_FRACTION = 0.1
"""A peak this far above the mean of its neighbours may be an artefact: 1 kHz heel strikes stay below 0.02."""


@dataclass(slots=True, kw_only=True)
class Peak:
    """Maximum force in newton at a sample of the signals, its SD, and its SD in a ratio to body weight.

    doubt: a sentence where the true peak may be another, None where not.
    """

    value_n: float
    sd_n: float
    ratio_sd_n: float
    index: int
    doubt: str | None


def peak_of(trial: LandingTrial, side: Side, where: str) -> Peak:
    """The highest reading of one side in its "contact" or "landing"; judged once for all metrics that need it.

    Raises RefusedError where there is no reading, or the recording ends before the peak.
    """
    known = trial.shared.get(("peak", side, where))
    if isinstance(known, Peak):
        return known
    peak = _judged_peak(trial, side, where)
    trial.shared["peak", side, where] = peak
    return peak


def _judged_peak(trial: LandingTrial, side: Side, where: str) -> Peak:
    contact = trial.contact_of(side) if where == "contact" else trial.landing_of(side)
    impact = (trial.contact_impact if where == "contact" else trial.landing_impact).get(side)
    if contact is None or impact is None or math.isnan(impact.peak_n):
        raise RefusedError(f"there is no force on the {side.replace('_', ' ')} side in this contact")
    force = trial.signals.force_n[side]
    index = int(impact.peak)
    if contact.stop.open and index >= len(force) - 1 - CUT_S * trial.sample_rate_hz:
        raise RefusedError("the recording ends while force still rises; record two seconds longer")
    doubt = lone_peak(impact.peak_n, impact.loss_n)
    if impact.missing:
        hole = _hole(force[int(impact.first) : int(impact.last) + 1], impact.peak_n, trial.sample_rate_hz)
        doubt = "; ".join(filter(None, (doubt, hole))) or None
    hidden_n = math.hypot(impact.loss_n, filter_loss_n(trial, impact.peak_n, where))
    return Peak(
        value_n=impact.peak_n,
        sd_n=math.hypot(trial.force_sd_n(impact.peak_n, side, at=index), hidden_n),
        ratio_sd_n=math.hypot(trial.force_sd_n(impact.peak_n, side, to_weight=True, at=index), hidden_n),
        index=index,
        doubt=doubt,
    )


def filter_loss_n(trial: LandingTrial, value_n: float, where: str) -> float:
    """Standard uncertainty of a peak from a low-pass at the source; a push-off from standing is slow enough for it.

    Peaks of ten push-offs lost less than a tenth of what landings lost.
    """
    share = 0.1 if where == "contact" and trial.from_standing else 1.0
    return share * peak_loss_sd_fraction(trial.low_pass_hz) * value_n


def lone_peak(value_n: float, loss_n: float) -> str | None:
    """The sentence on a peak that stands alone above its neighbours; None where it does not."""
    above = 2.0 * loss_n / value_n if value_n > 0.0 else 0.0
    if above <= LONE_FRACTION:
        return None
    return (
        f"the peak is one sample {100.0 * above:.0f} % above its neighbours: an artefact, or too sharp for this sample "
        "rate; look at the picture of this trial"
    )


def _hole(inside: FloatArray, value: float, sample_rate_hz: float) -> str | None:
    """Whether missing samples may hide the true peak."""
    for start, stop in runs(np.isnan(inside)).tolist():
        beside = np.array([inside[max(start - 1, 0)], inside[min(stop, len(inside) - 1)]])
        near = bool(np.nanmax(beside, initial=0.0) >= 0.5 * value)
        if near or (stop - start > MAX_BRIDGED_S * sample_rate_hz and start < IMPACT_S * sample_rate_hz):
            length_ms = 1000.0 * (stop - start) / sample_rate_hz
            return f"{length_ms:.0f} ms of samples are missing in this contact; the true peak may be higher"
    return None
