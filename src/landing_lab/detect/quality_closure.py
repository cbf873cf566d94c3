"""Whether impulse and flight tell of the same jump: momentum closure."""

from __future__ import annotations

import math
from typing import Final

from landing_lab.detect.trial import LandingTrial
from landing_lab.model.quality import QualityItem
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

LEAST_PCT: Final = 8.0
"""A smaller disagreement of the two velocities needs no word: 2 cm of posture are 4 % of a jump of 0.25 m."""

SDS: Final = 3.0

FARTHEST_PCT: Final = 30.0
"""A larger disagreement is never fine, only perhaps not the trial's fault: with such an error nothing is checked."""

DOUBTED: Final = ("jump_height_impulse_m", "jump_height_flight_time_m", "rsi_flight_time_m_per_s", "motion")
"""What rests on one of the two velocities alone, and everything that is integrated from one of them."""


def closure_items(trial: LandingTrial) -> list[QualityItem]:
    """Take-off velocity by impulse from quiet standing against that by flight time, in per cent of the latter."""
    flight = trial.flight_time_s
    if flight is None:
        return []
    by_impulse = trial.take_off_from_standing
    if isinstance(by_impulse, str):
        return [QualityItem("momentum_closure_pct", "total", None, "%", "not checked", by_impulse)]
    by_flight = GRAVITY * flight / 2.0
    closure = 100.0 * (by_impulse.value / by_flight - 1.0)
    sd = 100.0 * math.hypot(by_impulse.sd, trial.take_off_velocity_sd_m_per_s) / by_flight
    told = (
        f"take-off at {by_impulse.value:.2f} m/s by impulse from quiet standing and {by_flight:.2f} m/s by flight time "
        f"({closure:+.1f} ± {sd:.1f} %)"
    )
    if FARTHEST_PCT < abs(closure) <= SDS * sd:
        text = f"{told}: the error is too large to tell whether they agree; look at the time of quiet standing"
        return [QualityItem("momentum_closure_pct", "total", None, "%", "not checked", text)]
    if abs(closure) <= max(LEAST_PCT, SDS * sd):
        return [QualityItem("momentum_closure_pct", "total", closure, "%", "ok", told)]
    text = f"{told} exclude each other: look at body weight, at both plates, and at the sample rate"
    return [QualityItem("momentum_closure_pct", "total", closure, "%", "flagged", text, DOUBTED)]
