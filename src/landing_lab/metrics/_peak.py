"""The highest force in a window: how sure it is, and what makes it doubtful."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landing_lab.detect.motion import MAX_BRIDGED_S
from landing_lab.detect.plausibility import IMPACT_S
from landing_lab.detect.task import Contact
from landing_lab.detect.trial import LandingTrial
from landing_lab.metrics._registry import RefusedError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.runs import runs

CUT_S = 0.005
"""A maximum this close to the end of the recording was not the last word."""

LONE_FRACTION = 0.1
"""A peak this far above the mean of its neighbours may be an artefact: 1 kHz heel strikes stay below 0.02."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peak:
    """Maximum force in newton at an index of the signals, its SD, and its SD in a ratio to body weight.

    doubt: a sentence where the true peak may be another, None where not.
    """

    value_n: float
    sd_n: float
    ratio_sd_n: float
    index: int
    doubt: str | None


def peak_of(trial: LandingTrial, contact: Contact | None, side: Side, *, window_s: float | None = None) -> Peak:
    """The highest reading of one side in a contact, or in its first window_s seconds.

    Raises RefusedError where there is no reading.
    """
    none = RefusedError(f"there is no force on the {side.replace('_', ' ')} side in this contact")
    if contact is None:
        raise none
    first = max(0, int(np.ceil(contact.start.position)))
    last = int(np.floor(contact.stop.position))
    if window_s is not None:
        last = min(last, int(np.floor(contact.start.position + window_s * trial.sample_rate_hz)))
    force = trial.signals.force_n[side]
    inside = force[first : last + 1]
    if len(inside) == 0 or np.isnan(inside).all():
        raise none
    index = first + int(np.nanargmax(inside))
    value = float(force[index])
    if contact.stop.open and index >= len(force) - 1 - CUT_S * trial.sample_rate_hz:
        raise RefusedError("the recording ends while force still rises; record two seconds longer")
    loss = sampling_loss_n(force, index)
    doubts = (_lone(value, loss), _hole(inside, value, trial.sample_rate_hz))
    return Peak(
        value_n=value,
        sd_n=float(np.hypot(trial.force_sd_n(value, side), loss)),
        ratio_sd_n=float(np.hypot(trial.force_sd_n(value, side, to_weight=True), loss)),
        index=index,
        doubt="; ".join(doubt for doubt in doubts if doubt) or None,
    )


def sampling_loss_n(force: FloatArray, index: int) -> float:
    """What sampling may hide of a maximum: half of its height above the mean of its neighbours, newton.

    The top of a parabola through the peak sample and its neighbours lies at most a quarter of that height
    above the peak sample; real peaks are sharper. At the end of a window where force still rises, half a step.
    Where both neighbours are missing, half of the peak.
    """
    beside = force[[max(index - 1, 0), min(index + 1, len(force) - 1)]]
    beside = beside[np.isfinite(beside)]
    if len(beside) == 0:
        return 0.5 * float(force[index])
    value = force[index]
    highest = float(beside.max())
    return 0.5 * float(highest - value if highest > value else value - beside.mean())


def _lone(value: float, loss: float) -> str | None:
    above = 2.0 * loss / value if value > 0.0 else 0.0
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
