"""Calibrating insoles on the plate, as a lab does it: the recording from which an analysis learns its weights.

Feet up, flat, leaning fore and aft, leaning sideways, heel raises, one leg, small hops: the protocol of pressure.md.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from landing_lab.model import nominal
from landing_lab.model.blocks import FloatArray
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from landing_lab.sim.body import DropJumpBody
from landing_lab.sim.contact import FINE_STEP_S, fine_times, smooth_step
from landing_lab.sim.devices import SimulatedScene, sense
from landing_lab.sim.roll import COP_LIMITS, COP_STRIDE
from landing_lab.sim.scene import Part, Scene, feet_place, flat_cop, join, whole_steps
from landing_lab.sim.setting import ONE_VISIT, SensorSetting
from landing_lab.sim.smooth_noise import band_noise

CALIBRATION_SESSION = 1000
"""Session number of calibrations: same parts as every other session of a seed, other noise."""

MARK_SD_MM = 3.0
"""How well a wearer puts the heel on its mark (choice, as in tests/calibrate/walk_judgement.py)."""

HOPS = 20
BOUNDARIES_S: Mapping[str, tuple[float, float]] = {
    "feet_up": (0.0, 3.0),
    "flat": (4.0, 9.0),
    "lean_fore_aft": (9.0, 19.0),
    "lean_sideways": (19.0, 27.0),
    "heel_raises": (28.0, 40.0),
    "left_leg": (41.0, 47.0),
    "right_leg": (47.0, 53.0),
    "hops": (54.0, 66.0),
}
"""Posture -> from, to in seconds of the session: what the athlete is told to do, so the analysis may know it."""

GUIDED_S: Mapping[str, tuple[float, float]] = {
    "feet_up": (0.0, 5.0),
    "flat": (6.0, 13.0),
    "lean_fore_aft": (13.0, 26.5),
    "lean_sideways": (26.5, 38.0),
    "heel_raises": (38.0, 52.5),
    "left_leg": (53.0, 62.5),
    "right_leg": (62.5, 72.0),
    "hops": (73.5, 86.0),
}
"""The same for somebody who follows `landing-lab calibrate insole`: each posture until a little after it was read."""


def calibration_session(
    body: DropJumpBody,
    *,
    seed: int,
    clock_ppm: tuple[float, float, float] | None = None,
    at_s: Mapping[str, tuple[float, float]] = BOUNDARIES_S,
    session: int = CALIBRATION_SESSION,
    setting: SensorSetting = ONE_VISIT,
    heels_mm: FloatArray | None = None,
    lab: int | None = None,
) -> SimulatedScene:
    """What the three boards send during a calibration, with the parts and feet of this seed.

    Only the mass and the standing asymmetry of the body matter. There are no jumps, so no truths. at_s: when each
    posture is held, hops last. session: another one is another visit with the same sensors. setting: what they are.
    heels_mm: (2, 2) where the middle of each heel edge stands but in the hops, (medial, anterior) from the middle of
    its plate; None for feet that stand somewhere. lab: as in `sense`.
    """
    rng = np.random.default_rng([seed, session])
    standing = postures(body, rng, at_s)
    if heels_mm is not None:
        place_mm = np.broadcast_to(heels_mm + np.array([0.0, 0.5 * nominal.INSOLE_LENGTH_MM]), standing.place_mm.shape)
        standing = dataclasses.replace(standing, place_mm=np.ascontiguousarray(place_mm))
    part = join([standing, hops(body, rng, at_s["hops"])])
    scene = Scene(part=part, truths=(), start_s=())
    return sense(scene, seed=seed, session=session, clock_ppm=clock_ppm, setting=setting, same_bend=True, lab=lab)


def heels_on(mark_mm: tuple[float, float], *, seed: int, session: int) -> FloatArray:
    """Where both heels stand, (2, 2), of a wearer who puts them on marks: MARK_SD_MM off."""
    rng = np.random.default_rng([seed, session, 77])
    return np.asarray(np.array(mark_mm) + MARK_SD_MM * rng.standard_normal((2, 2)))


def postures(
    body: DropJumpBody, rng: np.random.Generator, at_s: Mapping[str, tuple[float, float]] = BOUNDARIES_S
) -> Part:
    """Everything up to the hops: slow, so that plate and insole see the same."""
    hops_from_s = at_s["hops"][0]
    n = whole_steps(hops_from_s)
    time_s = fine_times(n)
    weight = body.mass_kg * GRAVITY
    sway = np.repeat(band_noise(rng, n // COP_STRIDE, 1, highest_cycles=3.0 * hops_from_s), COP_STRIDE, axis=0)[:, 0]
    total = weight * (1.0 + 0.01 * sway) * smooth_step((time_s - at_s["feet_up"][1]) / 0.6)
    total *= 1.0 - smooth_step((time_s - hops_from_s + 0.3) / 0.25)
    sideways = at_s["lean_sideways"]
    left = (
        0.5
        + 0.005 * body.standing_asymmetry_pct
        + _held(time_s, *sideways) * 0.25 * np.sin(2.0 * np.pi * 0.25 * (time_s - sideways[0]))
    )
    on_left, on_right = _held(time_s, *at_s["left_leg"]), _held(time_s, *at_s["right_leg"])
    left = left * (1.0 - on_left - on_right) + on_left
    feet = np.column_stack([total * left, total * (1.0 - left)])
    cop = flat_cop(rng, n) + _lean(time_s[::COP_STRIDE], rng, at_s)[:, None, :] * np.array([[[1.0, 1.0], [-1.0, 1.0]]])
    (low_x, high_x), (low_y, high_y) = COP_LIMITS
    cop = np.clip(cop, [low_x, low_y], [high_x, high_y])
    return Part(plate_n=feet, insole_n=feet, cop=cop, place_mm=feet_place(rng, n))


def hops(body: DropJumpBody, rng: np.random.Generator, between_s: tuple[float, float] = BOUNDARIES_S["hops"]) -> Part:
    """Small hops on the forefeet: half sines whose impulse carries the body over contact and flight."""
    n = whole_steps(between_s[1] - between_s[0])
    feet, cop = np.zeros((n, 2)), flat_cop(rng, n)
    cop[:, :, 1] = 0.74
    start_s = 0.3
    for _ in range(HOPS):
        contact_s, flight_s = rng.uniform(0.22, 0.32), rng.uniform(0.12, 0.24)
        first, rows = whole_steps(start_s), whole_steps(contact_s)
        if first + rows + 200 > n:
            break
        phase = fine_times(rows) / (rows * FINE_STEP_S)
        pulse = 0.25 * np.pi * body.mass_kg * GRAVITY * (contact_s + flight_s) / contact_s * np.sin(np.pi * phase)
        share = 1.0 + rng.uniform(-0.15, 0.15)
        feet[first : first + rows] = pulse[:, None] * np.array([share, 2.0 - share])
        heel_down = np.sin(np.pi * phase[::COP_STRIDE])[:, None] * rng.uniform(0.08, 0.26, 2)
        cop[first // COP_STRIDE : (first + rows) // COP_STRIDE, :, 1] -= heel_down
        start_s += contact_s + flight_s
    return Part(plate_n=feet, insole_n=feet, cop=cop, place_mm=feet_place(rng, n))


def _lean(time_s: FloatArray, rng: np.random.Generator, at_s: Mapping[str, tuple[float, float]]) -> FloatArray:
    """Movement (m, 2) of the centre of pressure on the left foot, relative (x, y); the right mirrors x."""
    lean, sideways, raises = at_s["lean_fore_aft"], at_s["lean_sideways"], at_s["heel_raises"]
    along = _held(time_s, *lean) * 0.22 * np.sin(2.0 * np.pi * 0.2 * (time_s - lean[0]))
    for raise_index in range(int((raises[1] - raises[0]) / 3.0)):
        from_s = raises[0] + 3.0 * raise_index
        along += _held(time_s, from_s, from_s + 2.2) * (rng.uniform(0.28, 0.34))
    along += _held(time_s, at_s["left_leg"][0], at_s["right_leg"][1]) * 0.10 * np.sin(2.0 * np.pi * 0.4 * time_s)
    across = -_held(time_s, *sideways) * 0.13 * np.sin(2.0 * np.pi * 0.25 * (time_s - sideways[0]))
    return np.column_stack([across, along])


def _held(time_s: FloatArray, start_s: float, stop_s: float) -> FloatArray:
    """1 between the times, with half a second of going there and back inside."""
    return smooth_step((time_s - start_s) / 0.5) * smooth_step((stop_s - time_s) / 0.5)
