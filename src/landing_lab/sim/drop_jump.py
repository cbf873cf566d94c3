"""One drop jump on laboratory plates with everything known about it: the simulator most people call first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from landing_lab.model.given import seed_given
from landing_lab.model.recording import Recording
from landing_lab.sim.body import LIMITS, DropJumpBody, FootStrike
from landing_lab.sim.force_plate import measure_on_plates
from landing_lab.sim.motion import Motion, move, reachable_jump_m
from landing_lab.sim.roll import roll_feet
from landing_lab.sim.truth import DropJumpTruth, describe, with_roll

USUAL_PUSH = (0.55, 1.3)
"""Ratio of push-off to spring force in drawn jumps: more would look like a squat jump, less like a stumble."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedTrial:
    """What was measured, what is true, and the athlete it was true of."""

    recording: Recording
    truth: DropJumpTruth
    body: DropJumpBody


def simulate_drop_jump(
    seed: int = 1,
    drop_height_m: float = 0.3,
    mass_kg: float | None = None,
    sample_rate_hz: float = 1000.0,
    *,
    jump_height_m: float | None = None,
    leg_stiffness_kn_per_m: float | None = None,
    leg_softening_per_m: float | None = None,
    leg_damping_s_per_m: float | None = None,
    foot_strike: FootStrike | None = None,
    impact_mass_pct: float | None = None,
    take_off_rise_m: float | None = None,
    landing_flexion_m: float | None = None,
    landing_depth_m: float | None = None,
    landing_damping_ratio: float | None = None,
    asymmetry_pct: float | None = None,
    standing_asymmetry_pct: float | None = None,
    delay_ms: float | None = None,
    take_off_delay_ms: float | None = None,
    landing_delay_ms: float | None = None,
    heel_down_ms: float | None = None,
    medial_shift_mm: float | None = None,
    medial_shift_asymmetry_mm: float | None = None,
    empty_s: float | None = None,
    quiet_s: float | None = None,
    sway_pct: float | None = None,
    noise_n: float = 1.5,
    step_n: float = 0.5,
    offset_n: tuple[float, float] = (0.0, 0.0),
    gaps_s: tuple[tuple[float, float], ...] = (),
) -> SimulatedTrial:
    """A drop jump recorded on two plates: recording, truth and athlete, all from the seed.

    What is not given is drawn from the seed within realistic ranges (see `draw_body`); the names are those of
    DropJumpBody, the last four those of `measure_on_plates`. A jump height that is not given adapts to what the
    legs can do; one that is given and impossible raises ParameterError, as does any value outside its limits.
    """
    given: dict[str, float | FootStrike | None] = {
        "drop_height_m": drop_height_m,
        "mass_kg": mass_kg,
        "jump_height_m": jump_height_m,
        "leg_stiffness_kn_per_m": leg_stiffness_kn_per_m,
        "leg_softening_per_m": leg_softening_per_m,
        "leg_damping_s_per_m": leg_damping_s_per_m,
        "foot_strike": foot_strike,
        "impact_mass_pct": impact_mass_pct,
        "take_off_rise_m": take_off_rise_m,
        "landing_flexion_m": landing_flexion_m,
        "landing_depth_m": landing_depth_m,
        "landing_damping_ratio": landing_damping_ratio,
        "asymmetry_pct": asymmetry_pct,
        "standing_asymmetry_pct": standing_asymmetry_pct,
        "delay_ms": delay_ms,
        "take_off_delay_ms": take_off_delay_ms,
        "landing_delay_ms": landing_delay_ms,
        "heel_down_ms": heel_down_ms,
        "medial_shift_mm": medial_shift_mm,
        "medial_shift_asymmetry_mm": medial_shift_asymmetry_mm,
        "empty_s": empty_s,
        "quiet_s": quiet_s,
        "sway_pct": sway_pct,
    }
    seed = seed_given(seed)
    body, motion = draw_jump(seed, given)
    recording = measure_on_plates(
        motion,
        seed=seed,
        sample_rate_hz=sample_rate_hz,
        noise_n=noise_n,
        step_n=step_n,
        offset_n=offset_n,
        gaps_s=gaps_s,
    )
    truth = with_roll(describe(body, motion), motion, roll_feet(body, motion))
    return SimulatedTrial(recording=recording, truth=truth, body=body)


def draw_body(
    seed: int,
    *,
    drop_height_m: float | None = None,
    mass_kg: float | None = None,
    foot_strike: FootStrike | None = None,
    asymmetry_pct: float | None = None,
    delay_ms: float | None = None,
    empty_s: float | None = None,
    quiet_s: float | None = None,
    bounce: float | None = None,
) -> DropJumpBody:
    """An athlete drawn from the seed, whose legs can do the jump.

    bounce: 0 a deep and long contact, 1 a short and stiff one, as coaches ask for. Ranges over seeds at drops of
    0.2 to 0.5 m: contact 0.16-0.5 s, flight 0.3-0.65 s, peak 2.5-6 body weights, depth 0.08-0.36 m.
    """
    given: dict[str, float | FootStrike | None] = {
        "drop_height_m": drop_height_m,
        "mass_kg": mass_kg,
        "foot_strike": foot_strike,
        "asymmetry_pct": asymmetry_pct,
        "delay_ms": delay_ms,
        "empty_s": empty_s,
        "quiet_s": quiet_s,
    }
    return draw_jump(seed, given, bounce)[0]


def draw_jump(
    seed: int, given: Mapping[str, float | FootStrike | None], bounce: float | None = None
) -> tuple[DropJumpBody, Motion]:
    """An athlete and the motion: fill what is not given, then let the jump height adapt unless it is given.

    given: parameter of DropJumpBody -> value or None; bounce as in `draw_body`. One motion can be measured at many
    rates (`measure_on_plates`) and described once (`landing_lab.sim.truth.describe`).
    """
    values = _draw_values(np.random.default_rng(seed), given, bounce)
    body = DropJumpBody(**values)  # type: ignore[arg-type]
    if given.get("jump_height_m") is None:
        low_m, high_m = reachable_jump_m(body, least_push=USUAL_PUSH[0], greatest_push=USUAL_PUSH[1])
        possible_m = float(np.clip(np.clip(body.jump_height_m, low_m, high_m), *LIMITS["jump_height_m"]))
        depth_m = body.landing_depth_m
        if given.get("landing_depth_m") is None:
            depth_m = max(depth_m, _soft_depth_m(0.12, possible_m))
        body = replace(body, jump_height_m=possible_m, landing_depth_m=depth_m)
    return body, move(body)


def _draw_values(
    rng: np.random.Generator, given: Mapping[str, float | FootStrike | None], bounce: float | None
) -> dict[str, float | FootStrike]:
    """Every parameter of a body. All draws are made whatever is given, so that one choice leaves the others alone."""
    drawn_bounce = float(rng.uniform(0.0, 1.0))
    style = drawn_bounce if bounce is None else min(max(bounce, 0.0), 1.0)
    mass_kg = _given_or(given, "mass_kg", rng.uniform(50.0, 95.0))
    drop_m = _given_or(given, "drop_height_m", rng.uniform(0.2, 0.5))
    strike: FootStrike = "heel" if rng.random() < 0.3 - 0.25 * style else "forefoot"
    softening = 8.0 * (1.0 - style) ** 1.5 + rng.uniform(0.0, 1.0)
    stiffness = mass_kg * (240.0 + 270.0 * style**2 + 140.0 * (1.0 - style)) / 1000.0 * rng.uniform(0.92, 1.08)
    jump_m = _given_or(given, "jump_height_m", rng.uniform(0.07, 0.36) + 0.1 * min(drop_m, 0.6) + 0.04 * style)
    drawn: dict[str, float | FootStrike] = {
        "mass_kg": mass_kg,
        "drop_height_m": drop_m,
        "jump_height_m": jump_m,
        "leg_stiffness_kn_per_m": stiffness,
        "leg_softening_per_m": softening,
        "leg_damping_s_per_m": rng.uniform(0.0, 0.12),
        "foot_strike": strike,
        "impact_mass_pct": rng.uniform(3.5, 8.0),
        "take_off_rise_m": rng.uniform(0.005, 0.035),
        "landing_flexion_m": rng.uniform(0.0, 0.025),
        "landing_depth_m": _soft_depth_m(rng.uniform(0.10, 0.15), jump_m),
        "landing_damping_ratio": rng.uniform(0.75, 0.92),
        "asymmetry_pct": float(np.clip(rng.normal(0.0, 8.0), -30.0, 30.0)),
        "standing_asymmetry_pct": float(np.clip(rng.normal(0.0, 4.0), -12.0, 12.0)),
        "delay_ms": float(np.clip(rng.normal(0.0, 5.0), -20.0, 20.0)),
        "take_off_delay_ms": float(np.clip(rng.normal(0.0, 3.0), -10.0, 10.0)),
        "landing_delay_ms": float(np.clip(rng.normal(0.0, 5.0), -20.0, 20.0)),
        "heel_down_ms": rng.uniform(25.0, 60.0),
        "medial_shift_mm": float(np.clip(rng.normal(4.0, 4.0), -6.0, 16.0)),
        "empty_s": rng.uniform(1.6, 2.2),
        "quiet_s": 3.0,
        "sway_pct": rng.uniform(0.15, 0.35),
        "sway_seed": int(rng.integers(1 << 30)),
        "medial_shift_asymmetry_mm": float(np.clip(rng.normal(0.0, 3.0), -8.0, 8.0)),
    }
    return {**drawn, **{name: value for name, value in given.items() if value is not None}}


def _given_or(given: Mapping[str, float | FootStrike | None], name: str, drawn: float) -> float:
    value = given.get(name)
    return drawn if value is None else float(value)


def _soft_depth_m(least_m: float, jump_m: float) -> float:
    """Depth of a second landing that stays at 3-5 body weights and does not bounce."""
    return min(least_m + 0.35 * jump_m, LIMITS["landing_depth_m"][1])
