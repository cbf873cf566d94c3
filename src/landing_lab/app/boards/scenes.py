"""What simulated boards may play: a scene of the simulator for each name a person can type."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Final

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import SimulatedDevice
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.sim.body import DropJumpBody
from landing_lab.sim.calibration_session import GUIDED_S, calibration_session
from landing_lab.sim.devices import SimulatedScene, demo_bodies, sense
from landing_lab.sim.scene import Part, Scene, feet_place, flat_cop, jump_scene, stand, whole_steps
from landing_lab.sim.setting import ONE_VISIT, SensorSetting
from landing_lab.sim.tasks import countermovement_scene, drop_landing_scene, on_one_foot

QUIET_S = 30.0
"""How long standing and empty plates last before they are repeated."""

ClockErrors = tuple[float, float, float] | None


def _drop_jump(seed: int, clock_ppm: ClockErrors, setting: SensorSetting) -> SimulatedScene:
    return sense(jump_scene(demo_bodies(3, seed=seed), seed=seed), seed=seed, clock_ppm=clock_ppm, setting=setting)


def _standing(seed: int, clock_ppm: ClockErrors, setting: SensorSetting) -> SimulatedScene:
    part = stand(demo_bodies(1, seed=seed)[0], QUIET_S, np.random.default_rng(seed))
    return sense(Scene(part=part, truths=(), start_s=()), seed=seed, clock_ppm=clock_ppm, setting=setting)


def _empty(seed: int, clock_ppm: ClockErrors, setting: SensorSetting) -> SimulatedScene:
    rng = np.random.default_rng(seed)
    n = whole_steps(QUIET_S)
    nothing = np.zeros((n, 2))
    part = Part(plate_n=nothing, insole_n=nothing, cop=flat_cop(rng, n), place_mm=feet_place(rng, n))
    return sense(Scene(part=part, truths=(), start_s=()), seed=seed, clock_ppm=clock_ppm, setting=setting)


def _calibration(seed: int, clock_ppm: ClockErrors, setting: SensorSetting) -> SimulatedScene:
    body = demo_bodies(1, seed=seed)[0]
    return calibration_session(body, seed=seed, clock_ppm=clock_ppm, at_s=GUIDED_S, setting=setting)


SCENES: dict[str, Callable[[int, ClockErrors, SensorSetting], SimulatedScene]] = {
    "drop-jump": _drop_jump,
    "standing": _standing,
    "empty": _empty,
    "calibration": _calibration,
}
"""drop-jump: stand, step up, jump, three times. calibration: somebody who follows `landing-lab calibrate insole`,
whose steps are those of the check too as far as it goes."""


def make_scene(name: str, *, seed: int, clock_ppm: float | None, layout: InsoleLayout | None = None) -> SimulatedScene:
    """The scene of that name; clock_ppm: error of the left board's clock, that of the right one is the opposite.

    layout: where the cells of both insoles lie, None for the usual eight. Raises ParameterError for a name that is
    none, or a clock error beyond 5000 ppm.
    """
    if name not in SCENES:
        raise ParameterError(f"there is no scene {name!r}; choose one of {', '.join(SCENES)}")
    setting = ONE_VISIT if layout is None else dataclasses.replace(ONE_VISIT, layout=layout)
    return SCENES[name](seed, None if clock_ppm is None else (clock_ppm, -clock_ppm, 0.0), setting)


ACTED: Final = {("drop_jump", "box"), ("drop_landing", "box"), ("countermovement_jump", "plates")}
"""Tasks that simulated boards can act out, and from where they begin."""

ONE_LEG_DROP_M: Final = 0.14
TAIL_S: Final = 2.0
"""The quiet standing at the end of a trial that is repeated to keep boards alive; every trial ends with more."""


TAKES: Final = 5
"""Trials of a simulated athlete that differ; a session that is longer begins with the first again."""

BOUNCE, BOUNCE_SD, ASYMMETRY_SD_PCT, DELAY_SD_MS = 0.95, 0.05, 2.0, 1.0
"""How the trials of one athlete scatter (choice: contact times by some percent, as athletes' do)."""


def acted_trials(
    task: str, *, start: str, leg: str, alive_s: float, seed: int = 1, first_take: int = 0
) -> tuple[SimulatedDevice, ...]:
    """Boards that play another trial of the same athlete at each START; arguments as in `acted_trial`.

    first_take: of TAKES trials; another session begins with another one.
    """
    scenes = [
        acted_trial(task, start=start, leg=leg, alive_s=alive_s, seed=seed, take=take).devices
        for take in range(first_take, first_take + TAKES)
    ]
    return tuple(
        dataclasses.replace(first, takes=tuple(one.frames for one in later))
        for first, *later in zip(*scenes, strict=True)
    )


def acted_trial(task: str, *, start: str, leg: str, alive_s: float, seed: int = 1, take: int = 0) -> SimulatedScene:
    """One trial of a protocol's task, and the athlete quietly standing for alive_s after it.

    leg: "both", or the one that carries everything. take: another one is another trial of the same athlete. Raises
    ParameterError for a task that cannot be acted out.
    """
    if (task, start) not in ACTED:
        told = task.replace("_", " ")
        raise ParameterError(
            f"simulated boards cannot act out a {told} that starts from the {start}; use drop_jump, drop_landing, "
            "countermovement_jump or a single-leg one"
        )
    body = _another_time(demo_bodies(1, seed=seed)[0], seed, take)
    if leg != "both":
        body = _on_one_leg(body, seed, take)
    noise = seed + 1000 * take
    if task == "drop_jump":
        scene = jump_scene([body], seed=noise)
    else:
        scene = (drop_landing_scene if task == "drop_landing" else countermovement_scene)(body, seed=noise)
    if leg != "both":
        scene = on_one_foot(scene, 0 if leg == "left" else 1)
    sensed = sense(scene, seed=seed)
    left, right, plate = (_kept_alive(device, alive_s) for device in sensed.devices)
    return dataclasses.replace(sensed, devices=(left, right, plate))


def _another_time(body: DropJumpBody, seed: int, take: int) -> DropJumpBody:
    """The same athlete, whose legs do it a little otherwise; take 0 is the athlete as drawn."""
    from landing_lab.sim.drop_jump import draw_body

    if take == 0:
        return body
    rng = np.random.default_rng([seed, take])
    return draw_body(
        seed, mass_kg=body.mass_kg, drop_height_m=body.drop_height_m,
        bounce=float(np.clip(rng.normal(BOUNCE, BOUNCE_SD), 0.0, 1.0)),
        asymmetry_pct=rng.normal(body.asymmetry_pct, ASYMMETRY_SD_PCT),
        delay_ms=rng.normal(body.delay_ms, DELAY_SD_MS), empty_s=body.empty_s, quiet_s=body.quiet_s,
    )  # fmt: skip


def _on_one_leg(body: DropJumpBody, seed: int, take: int) -> DropJumpBody:
    """The same athlete from a lower box, both halves of the force at the same instants."""
    from landing_lab.sim.drop_jump import draw_body

    other = 0.0 if take == 0 else float(np.random.default_rng([seed, take]).normal(0.0, BOUNCE_SD))
    drawn = draw_body(
        seed, mass_kg=body.mass_kg, drop_height_m=ONE_LEG_DROP_M, bounce=0.5 + other, asymmetry_pct=0.0, delay_ms=0.0,
        empty_s=1.6, quiet_s=3.2,
    )  # fmt: skip
    return dataclasses.replace(drawn, take_off_delay_ms=0.0, landing_delay_ms=0.0)


def _kept_alive(device: SimulatedDevice, seconds: float) -> SimulatedDevice:
    """The board with its last TAIL_S repeated, every cell in its own rhythm as far as one shift allows."""
    frames = device.frames
    first = int(np.searchsorted(frames.ticks_us, frames.ticks_us[-1] - TAIL_S * 1e6))
    ticks = frames.ticks_us[first:]
    step_us = float(np.median(np.diff(ticks)))
    shift_us = round(float(ticks[-1] - ticks[0]) + step_us)
    rounds = np.arange(1, int(seconds * 1e6 / shift_us) + 2)
    n = len(ticks)
    tail_ticks = (ticks + rounds[:, None] * shift_us).ravel()
    tail = np.tile(np.arange(first, first + n), len(rounds))
    channel = frames.channel
    kept = FrameBlock(
        sequence=np.concatenate([frames.sequence, frames.sequence[-1] + 1 + np.arange(len(tail))]),
        ticks_us=np.concatenate([frames.ticks_us, tail_ticks]),
        counts=np.concatenate([frames.counts, frames.counts[tail]]),
        channel=None if channel is None else np.concatenate([channel, channel[tail]]),
        flags=np.concatenate([frames.flags, frames.flags[tail]]),
    )
    return dataclasses.replace(device, frames=kept)
