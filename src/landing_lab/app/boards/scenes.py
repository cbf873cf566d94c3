"""What simulated boards may play: a scene of the simulator for each name a person can type."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.sim.calibration_session import calibration_session
from landing_lab.sim.devices import SimulatedScene, demo_bodies, sense, simulate_devices
from landing_lab.sim.scene import Part, Scene, feet_place, flat_cop, stand, whole_steps

QUIET_S = 30.0
"""How long standing and empty plates last before they are repeated."""

ClockErrors = tuple[float, float, float] | None


def _drop_jump(seed: int, clock_ppm: ClockErrors) -> SimulatedScene:
    return simulate_devices(demo_bodies(3, seed=seed), seed=seed, clock_ppm=clock_ppm)


def _standing(seed: int, clock_ppm: ClockErrors) -> SimulatedScene:
    part = stand(demo_bodies(1, seed=seed)[0], QUIET_S, np.random.default_rng(seed))
    return sense(Scene(part=part, truths=(), start_s=()), seed=seed, clock_ppm=clock_ppm)


def _empty(seed: int, clock_ppm: ClockErrors) -> SimulatedScene:
    rng = np.random.default_rng(seed)
    n = whole_steps(QUIET_S)
    nothing = np.zeros((n, 2))
    part = Part(plate_n=nothing, insole_n=nothing, cop=flat_cop(rng, n), place_mm=feet_place(rng, n))
    return sense(Scene(part=part, truths=(), start_s=()), seed=seed, clock_ppm=clock_ppm)


def _calibration(seed: int, clock_ppm: ClockErrors) -> SimulatedScene:
    return calibration_session(demo_bodies(1, seed=seed)[0], seed=seed, clock_ppm=clock_ppm)


SCENES: dict[str, Callable[[int, ClockErrors], SimulatedScene]] = {
    "drop-jump": _drop_jump,
    "standing": _standing,
    "empty": _empty,
    "calibration": _calibration,
}
"""drop-jump: stand, step up, jump, three times. calibration: the postures that weigh insoles against the plate."""


def make_scene(name: str, *, seed: int, clock_ppm: float | None) -> SimulatedScene:
    """The scene of that name; clock_ppm: error of the left board's clock, that of the right one is the opposite.

    Raises ParameterError for a name that is none, or a clock error beyond 5000 ppm.
    """
    if name not in SCENES:
        raise ParameterError(f"there is no scene {name!r}; choose one of {', '.join(SCENES)}")
    return SCENES[name](seed, None if clock_ppm is None else (clock_ppm, -clock_ppm, 0.0))
