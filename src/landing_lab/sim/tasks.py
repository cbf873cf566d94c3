"""Other tasks than the drop jump: landing from a box and staying, jumping from standing, and each on one foot."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from landing_lab.model.blocks import FloatArray
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from landing_lab.sim.body import DropJumpBody
from landing_lab.sim.contact import FINE_STEP_S, fine_times, smooth_step
from landing_lab.sim.motion import STANDING_BELOW_TOUCHDOWN_M, second_landing
from landing_lab.sim.roll import COP_STRIDE
from landing_lab.sim.scene import Part, Scene, feet_place, flat_cop, join, on_box, stand, step_up, whole_steps
from landing_lab.sim.sharing import landing_feet
from landing_lab.sim.sway import sway

DIP_BW, DIP_S = 0.6, 0.5
"""How much less than body weight the dip of a countermovement falls to, and for how long (choice; seen: 0.5-0.8)."""

PUSH_S, RELEASE_S = 0.5, 0.06
"""Braking and push-off together, and the time in which the force falls to zero at take-off (choice)."""

BESIDE_S, STEP_ON_S = 1.5, 1.0


def drop_landing_scene(body: DropJumpBody, *, seed: int, stand_s: float = 3.0) -> Scene:
    """Stand on the plates, step up, step off the box, land and stay."""
    rng = np.random.default_rng(seed)
    return Scene(part=join([stand(body, stand_s, rng), step_up(body, rng), _drop(body, rng)]), truths=(), start_s=())


def countermovement_scene(body: DropJumpBody, *, seed: int, stand_s: float = 3.0) -> Scene:
    """Beside the plates, onto them, stand, dip and jump, land and stay."""
    rng = np.random.default_rng(seed)
    parts = [_step_on(body, rng), stand(body, stand_s, rng), _countermovement(body, rng)]
    return Scene(part=join(parts), truths=(), start_s=())


def on_one_foot(scene: Scene, foot: int) -> Scene:
    """The same scene with everything on one foot (0 left, 1 right), the other one in the air."""
    part = scene.part
    plate, insole = np.zeros_like(part.plate_n), np.zeros_like(part.insole_n)
    plate[:, foot], insole[:, foot] = part.plate_n.sum(axis=1), part.insole_n.sum(axis=1)
    return dataclasses.replace(scene, part=dataclasses.replace(part, plate_n=plate, insole_n=insole))


def _landing(body: DropJumpBody, height_m: float, down_m_per_s: float) -> FloatArray:
    """Force (n, 2) from a landing to the end of quiet standing; height_m as in `second_landing`."""
    settled, settle_s, pulses = second_landing(body, height_m, down_m_per_s)
    n = whole_steps(settle_s + body.quiet_s)
    feet = landing_feet(body, settled.leg_n[:n], pulses[:n])
    return np.asarray(feet + sway(body, n, settle_s).force_n[:, None] * 0.5)


def _drop(body: DropJumpBody, rng: np.random.Generator) -> Part:
    air = np.zeros((whole_steps(body.empty_s), 2))
    plate = np.vstack([air, _landing(body, 0.0, math.sqrt(2.0 * GRAVITY * body.drop_height_m))])
    n = len(plate)
    fall_s = math.sqrt(2.0 * body.drop_height_m / GRAVITY)
    insole = plate + on_box(body, fine_times(n), body.empty_s - fall_s, int(rng.integers(2)))
    return Part(plate_n=plate, insole_n=insole, cop=flat_cop(rng, n), place_mm=feet_place(rng, n))


def _step_on(body: DropJumpBody, rng: np.random.Generator) -> Part:
    """Beside the plates, then one foot after the other onto them."""
    n = whole_steps(BESIDE_S + STEP_ON_S)
    time_s = fine_times(n) - BESIDE_S
    on = np.column_stack([smooth_step(time_s / 0.4), smooth_step((time_s - 0.5) / 0.4)])
    weight = body.mass_kg * GRAVITY
    left = 0.5 * (1.0 + body.standing_asymmetry_pct / 100.0)
    feet = weight * np.array([left, 1.0 - left])
    plate = np.asarray(on * feet)
    return Part(plate_n=plate, insole_n=np.tile(feet, (n, 1)), cop=flat_cop(rng, n), place_mm=feet_place(rng, n))


def _countermovement(body: DropJumpBody, rng: np.random.Generator) -> Part:
    """Dip, push and flight as the force law gives them: the COM velocity is the integral of the force."""
    weight = body.mass_kg * GRAVITY
    push_n, up_m_per_s, rise_m = _push(body)
    feet = np.column_stack([push_n, push_n]) * weight * 0.5
    flexion_m = body.landing_flexion_m
    flight_s = (up_m_per_s + math.sqrt(up_m_per_s**2 + 2.0 * GRAVITY * flexion_m)) / GRAVITY
    air = np.zeros((round(flight_s / FINE_STEP_S), 2))
    # The legs stand as deep below the landing as they rose for it.
    landing = _landing(body, rise_m - flexion_m - STANDING_BELOW_TOUCHDOWN_M, GRAVITY * flight_s - up_m_per_s)
    plate = np.vstack([feet, air, landing])
    plate = plate[: len(plate) // COP_STRIDE * COP_STRIDE]
    n = len(plate)
    return Part(plate_n=plate, insole_n=plate, cop=flat_cop(rng, n), place_mm=feet_place(rng, n))


def _push(body: DropJumpBody) -> tuple[FloatArray, float, float]:
    """Force (n,) in body weights from standing to take-off, upward velocity there and the rise of the COM."""
    time_s = fine_times(round((DIP_S + PUSH_S + RELEASE_S) / FINE_STEP_S))
    dip = DIP_BW * 0.5 * (1.0 - np.cos(2.0 * np.pi * np.clip(time_s / DIP_S, 0.0, 1.0)))
    push = np.sin(np.pi * np.clip((time_s - DIP_S) / PUSH_S, 0.0, 1.0))
    release = smooth_step((time_s - DIP_S - PUSH_S) / RELEASE_S)
    wanted_m_per_s = math.sqrt(2.0 * GRAVITY * body.jump_height_m)
    before = float(np.sum(-dip - release)) * FINE_STEP_S * GRAVITY
    gain = (wanted_m_per_s - before) / (float(np.sum(push)) * FINE_STEP_S * GRAVITY)
    above = gain * push - dip - release
    velocity = np.cumsum(above) * FINE_STEP_S * GRAVITY
    return 1.0 + above, float(velocity[-1]), float(np.sum(velocity)) * FINE_STEP_S
