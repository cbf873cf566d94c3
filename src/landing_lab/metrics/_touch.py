"""One touch of the ground, first contact or landing, as the loading metrics see it."""

from __future__ import annotations

import math
from typing import NamedTuple

from landing_lab.detect.impact import Impact
from landing_lab.detect.task import Edge
from landing_lab.detect.trial import SAMPLING_SD, LandingTrial, on_the_top_sd
from landing_lab.fuse.bandwidth import edge_smear_s, loading_rate_loss_fraction
from landing_lab.metrics._peak import Peak, filter_loss_n, peak_of
from landing_lab.metrics._registry import Estimate, RefusedError
from landing_lab.model.channels import Side

FUSED_SLOPE = (2.0, 0.06)
"""A steepest rise in fused force is off by so many times its peak, and by this share of itself: the instants at which
cells load are not told by a slow plate (tests/fuse/test_accuracy.py: 6 % median where peaks are off by 0.3 %)."""

PASSED_OVER = (
    "one lone sample before this peak was passed over: the plate rings, or it was an artefact; look at the picture"
)
HOLES = "samples are missing between touchdown and peak; check the cable and repeat the trial"


class Touch(NamedTuple):
    """A contact of one side: what force does in it, and its first edge with SD in seconds."""

    impact: Impact
    start: Edge
    start_sd_s: float


def touch_of(trial: LandingTrial, side: Side, where: str) -> Touch:
    """The "contact" or "landing" of a side; RefusedError where it did not touch, or did before the recording."""
    contact = trial.contact_of(side) if where == "contact" else trial.landing_of(side)
    impact = (trial.contact_impact if where == "contact" else trial.landing_impact).get(side)
    if contact is None or impact is None:
        raise RefusedError(f"the {side.replace('_', ' ')} side did not touch the plate here")
    if contact.start.open:
        raise RefusedError("the contact began before the recording; start it earlier")
    return Touch(impact, contact.start, trial.edge_sd_s(contact.start, side))


def peak_instant(trial: LandingTrial, side: Side, where: str) -> tuple[Estimate, Touch, Peak]:
    """Touchdown to the maximum, in seconds, with the touch and the peak it belongs to."""
    touch, top = touch_of(trial, side, where), peak_of(trial, side, where)
    value = (touch.impact.peak - touch.start.position) / trial.sample_rate_hz
    sd = math.hypot(
        touch.start_sd_s,
        on_the_top_sd(touch.impact.flat) / trial.sample_rate_hz,
        edge_smear_s(trial.low_pass_hz),  # a low-pass moves the peak by as much as the edge
    )
    return Estimate(value=value, sd=sd, doubt=top.doubt), touch, top


def mean_loading_rate(trial: LandingTrial, where: str) -> Estimate:
    """Peak force over time to it, BW/s."""
    time, _, top = peak_instant(trial, "total", where)
    weight = trial.weight
    assert weight is not None
    if time.value * trial.sample_rate_hz < 1.0:
        raise RefusedError("force rises to its peak within one sample; record at a higher rate")
    value = top.value_n / weight.value_n / time.value
    relative = math.hypot(top.ratio_sd_n / top.value_n, weight.sd_n / weight.value_n, time.sd / time.value)
    # A low-pass lowers the peak, delays it and makes the touchdown early: three errors of the same sign.
    relative += edge_smear_s(trial.low_pass_hz) / time.value
    return Estimate(value=value, sd=value * relative, doubt=top.doubt)


def middle_loading_rate(trial: LandingTrial, where: str) -> Estimate:
    """Slope between the first crossings of 20 and 80 % of peak force, BW/s."""
    touch, top = touch_of(trial, "total", where), peak_of(trial, "total", where)
    weight, impact = trial.weight, touch.impact
    assert weight is not None
    if math.isnan(impact.rise_80):
        raise RefusedError(HOLES)
    if impact.rise_80 <= impact.rise_20:
        raise RefusedError("force rises to its peak within one sample; record at a higher rate")
    span = (impact.rise_80 - impact.rise_20) / trial.sample_rate_hz
    value = 0.6 * top.value_n / weight.value_n / span
    noise = math.hypot(*(trial.noise_at_n("total", at) for at in (impact.rise_20, impact.rise_80)))
    sampling = SAMPLING_SD / trial.sample_rate_hz
    # Interpolated crossings are good to a fraction of a sample where the slope hardly changes; the rest is
    # the curvature that sampling hides, for which half of the sampling term was enough in real landings.
    relative = math.sqrt(
        2.0 * (0.5 * sampling / span) ** 2
        + (noise / (0.6 * top.value_n)) ** 2
        + (top.ratio_sd_n / top.value_n) ** 2
        + (weight.sd_n / weight.value_n) ** 2
        + (loading_rate_loss_fraction(trial.low_pass_hz) / 6.0) ** 2  # real landings: 5-9 % at 10-30 Hz
    )
    return Estimate(value=value, sd=value * relative, doubt=top.doubt)


def greatest_loading_rate(trial: LandingTrial, where: str) -> Estimate:
    """Greatest rise of force within 5 ms up to the peak, BW/s."""
    touch, top = touch_of(trial, "total", where), peak_of(trial, "total", where)
    weight, impact = trial.weight, touch.impact
    assert weight is not None
    if math.isnan(impact.rise_80):
        raise RefusedError(HOLES)
    if math.isnan(impact.slope_n):
        raise RefusedError("force rises to its peak within 5 ms: there is no slope of that length in it")
    length = trial.windows.slope
    span = length / trial.sample_rate_hz
    value = impact.slope_n / weight.value_n / span
    noise = math.hypot(trial.signals.noise_n.get("total", 0.0), SAMPLING_SD * trial.signals.resolution_n)
    relative = math.hypot(
        math.sqrt(2.0) * noise / impact.slope_n,
        # Not of second order: plates ring within these 5 ms. 33 real landings read at 500 Hz lost 9.6 % (root mean
        # square), three of 2000 Hz read at 1000 Hz 5 to 10 %; this says 9.7 and 5.8 %.
        SAMPLING_SD / length,
        FUSED_SLOPE[0] * trial.signals.amplitude_sd_fraction,
        0.0 if trial.shows_first_peak else FUSED_SLOPE[1],
        trial.ratio_scale_sd,
        weight.sd_n / weight.value_n,
    )
    whole = abs(1000.0 * span - trial.impact_params.slope_ms) < 0.01
    return Estimate(
        value=value,
        sd=value * relative,
        doubt=top.doubt,
        detail=None if whole else f"over {1000.0 * span:.1f} ms, the nearest whole number of samples",
    )


def early_impulse(trial: LandingTrial, side: Side, where: str, *, long: bool) -> Estimate:
    """Integral of force over the first 50 (long: 100) milliseconds after the touchdown of this side, N s."""
    touch = touch_of(trial, side, where)
    impact, rate = touch.impact, trial.sample_rate_hz
    total, end_n = (impact.long_impulse, impact.long_end_n) if long else (impact.short_impulse, impact.short_end_n)
    if math.isnan(total):
        if impact.missing:
            raise RefusedError("samples are missing in this contact; check the cable and repeat the trial")
        raise RefusedError("the contact is shorter than this window, or the recording ends in it")
    width = trial.windows.long if long else trial.windows.short
    value = total / rate
    noise = trial.signals.noise_n.get(side, 0.0) * math.sqrt(width) / rate
    scale = math.hypot(trial.signals.amplitude_sd_fraction, trial.signals.scale_sd_fraction)
    return Estimate(value=value, sd=math.hypot(end_n * touch.start_sd_s, noise, scale * value))


def first_peak(trial: LandingTrial, where: str) -> tuple[Estimate, Estimate]:
    """Force (N) and time after touchdown (s) of the first local maximum; RefusedError where there is none."""
    touch = touch_of(trial, "total", where)
    impact = touch.impact
    if not trial.shows_first_peak:
        raise RefusedError(
            "a first peak is finer than insoles scaled by a slow plate show: in simulation they miss most and make up "
            "others; record on a force plate"
        )
    if math.isnan(impact.rise_80):
        raise RefusedError(HOLES)
    if math.isnan(impact.first_peak):
        params = trial.impact_params
        begin = "touchdown" if where == "contact" else "landing"
        raise RefusedError(
            f"there is no first peak: no local maximum within {params.first_peak_ms:g} ms of {begin} stands out by "
            f"{params.prominence_bw:g} body weights before the main peak"
        )
    by_filter = filter_loss_n(trial, impact.first_peak_n, where)
    # A plate that rings shows a lone first sample, and half its sample rate another first peak.
    doubt = PASSED_OVER if impact.first_passed else None
    force_sd = math.hypot(trial.force_sd_n(impact.first_peak_n), impact.first_loss_n, by_filter)
    time_s = (impact.first_peak - touch.start.position) / trial.sample_rate_hz
    return (
        Estimate(value=impact.first_peak_n, sd=force_sd, doubt=doubt),
        Estimate(
            value=time_s,
            sd=math.hypot(
                touch.start_sd_s,
                on_the_top_sd(impact.first_flat) / trial.sample_rate_hz,
                edge_smear_s(trial.low_pass_hz),
            ),
            doubt=doubt,
        ),
    )
