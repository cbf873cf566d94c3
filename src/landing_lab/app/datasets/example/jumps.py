"""Every jump of the example study: how an athlete did it on that day, under that condition, in that trial."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from landing_lab.app.datasets.example import design
from landing_lab.app.datasets.example.athletes import Athlete
from landing_lab.sim.body import LIMITS, DropJumpBody
from landing_lab.sim.drop_jump import USUAL_PUSH
from landing_lab.sim.motion import reachable_jump_m


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What one session of an athlete adds to the athlete's own level."""

    log_stiffness: float
    jump_height_m: float
    asymmetry_pct: float
    medial_shift_mm: float


def day_of(athlete: Athlete, session: int) -> Day:
    """The day of session 1, 2, ...; sessions 2 and 3 are of one day."""
    rng = np.random.default_rng([design.SEED, athlete.number, 3, min(session, 2)])
    return Day(**{name: float(rng.normal(0.0, sd)) for name, sd in design.DAY_SD.items()})


def jump_of(athlete: Athlete, session: int, run: int, condition: str) -> DropJumpBody:
    """The body of one trial: athlete + day + condition + what this trial adds, inside what legs can do."""
    day = day_of(athlete, session)
    rng = np.random.default_rng([design.SEED, athlete.number, 4, session, run])
    change = {name: float(rng.normal(0.0, sd)) for name, sd in design.TRIAL_SD.items()}
    lifted = condition == design.HEEL_LIFT
    log_stiffness = day.log_stiffness + change.pop("log_stiffness") + lifted * athlete.lift_log_stiffness
    change["jump_height_m"] += day.jump_height_m
    change["asymmetry_pct"] += day.asymmetry_pct
    change["medial_shift_mm"] += day.medial_shift_mm + lifted * athlete.lift_medial_shift_mm
    level = athlete.body
    values = {name: _inside(name, getattr(level, name) + added) for name, added in change.items()}
    stiffness = _inside("leg_stiffness_kn_per_m", level.leg_stiffness_kn_per_m * math.exp(log_stiffness))
    body = dataclasses.replace(level, **values, leg_stiffness_kn_per_m=stiffness, sway_seed=int(rng.integers(1 << 30)))  # type: ignore[arg-type]
    low_m, high_m = reachable_jump_m(body, least_push=USUAL_PUSH[0], greatest_push=USUAL_PUSH[1])
    return dataclasses.replace(
        body, jump_height_m=_inside("jump_height_m", min(max(body.jump_height_m, low_m), high_m))
    )


def _inside(name: str, value: float) -> float:
    low, high = LIMITS[name]
    return min(max(value, low), high)
