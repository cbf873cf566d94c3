"""What quiet standing tells of a jump: where it begins, how fast it leaves the ground, when it comes to rest."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from landing_lab.detect.params import ImpactParams
from landing_lab.kernels.motion import net_impulse
from landing_lab.kernels.stance import first_rest
from landing_lab.model.blocks import FloatArray
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

ONSET_SD_MULTIPLE = 5.0
ONSET_BACK_S = 0.030
"""Movement begins 30 ms before force leaves body weight by 5 SD of standing (Owen 2014)."""

ONSET_LEAST_BW = 0.01
"""Least such departure: standing that reads 0.1 % SD would call every breath a movement."""

SWAY_HZ = 1.0
"""Vertical sway in standing is slower than this; force SD / (2 pi SWAY_HZ) is then its velocity."""

REST_CONVENTION = 0.1
"""The 5 % band of a stabilised landing is varied by this share for its sd: 4.5 to 5.5 % of body weight."""


MOST_OF_THE_BAND = 0.9
"""The narrowed band keeps a width; force so noisy is refused for leaving the band, not for its sd."""


class StandingVelocity(NamedTuple):
    """A velocity by impulse from or to quiet standing, m/s up positive, and its SD.

    by_weight, by_scale: what one SD more of body weight and of the scale of force adds to it; sway_sd: SD of the rest.
    """

    value: float
    sd: float
    by_weight: float
    by_scale: float
    sway_sd: float


class Rest(NamedTuple):
    """Position in samples at which force comes to rest after a landing, and its SD in samples."""

    position: float
    sd: float


def movement_onset(
    total_n: FloatArray,
    start: int,
    stop: int,
    turn: int,
    *,
    weight_n: float,
    standing_sd_n: float,
    sample_rate_hz: float,
) -> float | None:
    """Where a jump from standing begins, in samples; None where that was before the recording.

    total_n: (n,) newton. [start, stop): the stance. turn: sample of the deepest unloading (countermovement) or of
    the greatest force (squat jump); from there backwards to the last sample within the band of standing.
    """
    band = max(ONSET_SD_MULTIPLE * standing_sd_n, ONSET_LEAST_BW * weight_n)
    within = np.flatnonzero(np.abs(total_n[start:turn] - weight_n) <= band)
    if len(within) == 0 or turn >= stop:
        return None
    return max(float(start), start + int(within[-1]) - ONSET_BACK_S * sample_rate_hz)


def velocity_against_standing(
    total_n: FloatArray,
    start: float,
    stop: int,
    *,
    edge_n: float,
    weight_n: float,
    weight_sd_n: float,
    scale_sd: float,
    standing_sd_n: float,
    sample_rate_hz: float,
) -> StandingVelocity | str:
    """Velocity gained between a position and a sample of the recording, one of which lies in quiet standing.

    scale_sd: relative SD of force against body weight. A sentence where samples are missing between them.
    """
    dt = 1.0 / sample_rate_hz
    net = net_impulse(total_n, start, stop, weight_n, edge_n, dt)
    if not math.isfinite(net):
        return "samples are missing between the jump and quiet standing; check the cable and repeat"
    gained = net * GRAVITY / weight_n
    duration = (stop - start) * dt
    specific = gained + GRAVITY * duration
    sway = GRAVITY * standing_sd_n / weight_n / (2.0 * math.pi * SWAY_HZ)
    by_weight, by_scale = -specific * weight_sd_n / weight_n, specific * scale_sd
    return StandingVelocity(gained, math.hypot(by_weight, by_scale, sway), by_weight, by_scale, sway)


def rest_after(
    total_n: FloatArray,
    landing: float,
    stop: int,
    weight_n: float,
    *,
    weight_sd_n: float,
    noise_n: float,
    params: ImpactParams,
    sample_rate_hz: float,
) -> Rest | str:
    """When force stays near body weight after a landing, or the sentence why that is unknown.

    total_n: (n,) newton; landing: position of the landing; stop: sample at which the person left or the
    recording ends. The entry into the band counts, not the end of the hold (docs/definitions.md).
    """
    windows = params.at(sample_rate_hz)
    recorded_s = (stop - landing) / sample_rate_hz
    if recorded_s < params.stability_ms / 1000.0 - 1.0 / sample_rate_hz:
        return (
            f"only {recorded_s:.1f} s on the plates were recorded after the landing and "
            f"{params.stability_ms / 1000.0:g} s are needed; let the person stand still and record longer"
        )
    # Noise and an error of weight take force out of the band as a narrower band would.
    share = math.hypot(REST_CONVENTION, (2.0 * noise_n + weight_sd_n) / (params.rest_within_bw * weight_n))
    share = min(share, MOST_OF_THE_BAND)
    after = total_n[:stop]
    first = math.ceil(landing)
    low, entry, high = (
        first_rest(after, first, weight_n, params.rest_within_bw * factor, windows.hold)
        for factor in (1.0 - share, 1.0, 1.0 + share)
    )
    if entry < 0:
        return (
            f"force did not stay within {100.0 * params.rest_within_bw:g} % of body weight for "
            f"{params.rest_hold_ms / 1000.0:g} s after the landing; let the person stand still, or look at body weight"
        )
    latest = low if low >= 0 else stop - windows.hold
    return Rest(float(entry), 0.5 * max(0, latest - high))
