"""What happens in the lab, one thing after the other: standing, stepping onto the box, drop jumps.

A scene knows the force on the plates and the force under the feet separately: on the box the insoles carry the
athlete while the plates are empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landing_lab.model import nominal
from landing_lab.model.blocks import FloatArray
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from landing_lab.sim.body import DropJumpBody
from landing_lab.sim.contact import FINE_STEP_S, fine_times, smooth_step
from landing_lab.sim.motion import move
from landing_lab.sim.roll import COP_STRIDE, FLAT_AP, TOE_AP, roll_feet, standing_sway
from landing_lab.sim.smooth_noise import band_noise
from landing_lab.sim.truth import DropJumpTruth, describe, with_roll

STEP_UP_S = 1.5
JOIN_S = 0.4
PLACE_SD_MM = 12.0
"""How well feet find the middle of their plates (our choice)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """A stretch of a scene.

    plate_n, insole_n: (n, 2) left and right in N at 10 kHz; cop: (n / 10, 2, 2) at 1 kHz, relative (x, y) as in
    roll.py; place_mm: (n / 10, 2, 2) middle of each foot on its plate, (medial, anterior).
    """

    plate_n: FloatArray
    insole_n: FloatArray
    cop: FloatArray
    place_mm: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """A whole recording before any sensor: one Part, the truth of its jumps in scene time, and where each began."""

    part: Part
    truths: tuple[DropJumpTruth, ...]
    start_s: tuple[float, ...]

    @property
    def duration_s(self) -> float:
        """Length of the scene."""
        return len(self.part.plate_n) * FINE_STEP_S

    def plate_cop_mm(self) -> FloatArray:
        """COP (m, 2, 2) of each foot from the centre of its plate in mm (medial, anterior), at 1 kHz."""
        size = np.array([-nominal.INSOLE_WIDTH_MM, nominal.INSOLE_LENGTH_MM])
        return np.asarray((self.part.cop - np.array([0.5, 0.5])) * size + self.part.place_mm)


def jump_scene(bodies: Sequence[DropJumpBody], *, seed: int, stand_s: float = 3.0, pause_s: float = 1.0) -> Scene:
    """Stand stand_s on the plates, then for each body: step up, jump, stand; pause_s more before the next one."""
    rng = np.random.default_rng(seed)
    parts = [stand(bodies[0], stand_s, rng)]
    truths, starts = [], []
    for index, body in enumerate(bodies):
        if index:
            parts.append(stand(body, pause_s, rng))
        parts.append(step_up(body, rng))
        starts.append(sum(len(part.plate_n) for part in parts) * FINE_STEP_S)
        part, truth = jump(body, rng)
        parts.append(part)
        truths.append(truth.shifted(starts[-1]))
    return Scene(part=join(parts), truths=tuple(truths), start_s=tuple(starts))


def join(parts: Sequence[Part]) -> Part:
    """The parts one after the other; feet move from one place to the next within JOIN_S, never at once."""
    cop = _faded([part.cop for part in parts])
    place = _faded([part.place_mm for part in parts])
    return Part(
        plate_n=np.concatenate([part.plate_n for part in parts]),
        insole_n=np.concatenate([part.insole_n for part in parts]),
        cop=np.concatenate(cop),
        place_mm=np.concatenate(place),
    )


def _faded(pieces: Sequence[FloatArray]) -> list[FloatArray]:
    """Pieces (m, 2, 2) whose beginnings start where the piece before ended."""
    out = [pieces[0]]
    for piece in pieces[1:]:
        fade = 1.0 - smooth_step(fine_times(len(piece), FINE_STEP_S * COP_STRIDE) / JOIN_S)
        out.append(piece + (out[-1][-1] - piece[0]) * fade[:, None, None])
    return out


def stand(body: DropJumpBody, seconds: float, rng: np.random.Generator) -> Part:
    """Quiet standing on both plates."""
    n = whole_steps(seconds)
    left = 0.5 * (1.0 + body.standing_asymmetry_pct / 100.0)
    noise = band_noise(rng, n // COP_STRIDE, 2, highest_cycles=4.0 * seconds)
    noise = np.repeat(noise, COP_STRIDE, axis=0)
    total = body.mass_kg * GRAVITY * (1.0 + body.sway_pct / 100.0 * noise[:, :1])
    share = left + 0.005 * noise[:, 1:]
    feet = np.hstack([total * share, total * (1.0 - share)])
    return Part(plate_n=feet, insole_n=feet, cop=flat_cop(rng, n), place_mm=feet_place(rng, n))


def step_up(body: DropJumpBody, rng: np.random.Generator) -> Part:
    """From the plates onto the box: one foot up, weight over, the other foot after.

    Quasi-static but for a push of 12 % of body weight from the trailing foot.
    """
    n = whole_steps(STEP_UP_S)
    time_s = fine_times(n)
    weight = body.mass_kg * GRAVITY
    on_trail = 0.5 + 0.5 * smooth_step(time_s / 0.4)
    over = smooth_step((time_s - 0.65) / 0.35)
    settle = 0.5 * smooth_step((time_s - 1.2) / 0.3)
    push = 0.12 * np.sin(np.pi * np.clip((time_s - 0.65) / 0.3, 0.0, 1.0))
    trail_plate = weight * (on_trail * (1.0 - over) + push * (1.0 - over))
    lead_plate = weight * (1.0 - on_trail)
    lead_box = weight * np.where(time_s > 0.5, over - settle, 0.0)
    trail_box = weight * settle
    lead = int(rng.integers(2))
    plate, insole = np.empty((n, 2)), np.empty((n, 2))
    plate[:, lead], plate[:, 1 - lead] = lead_plate, trail_plate
    insole[:, lead], insole[:, 1 - lead] = lead_plate + lead_box, trail_plate + trail_box
    cop = flat_cop(rng, n)
    coarse_s = time_s[::COP_STRIDE]
    rolled = smooth_step((coarse_s - 0.65) / 0.3) * (1.0 - smooth_step((coarse_s - 1.02) / 0.1))
    cop[:, 1 - lead, 1] += (TOE_AP - 0.08 - cop[:, 1 - lead, 1]) * rolled
    return Part(plate_n=plate, insole_n=insole, cop=cop, place_mm=feet_place(rng, n))


def jump(body: DropJumpBody, rng: np.random.Generator) -> tuple[Part, DropJumpTruth]:
    """A drop jump from standing on the box to the end of its quiet standing, and its truth in its own time."""
    motion = move(body)
    n = len(motion.time_s) // COP_STRIDE * COP_STRIDE
    plate = motion.feet_n[:n]
    insole = plate + on_box(body, motion.time_s[:n], motion.step_off_s, int(rng.integers(2)))
    place = feet_place(rng, n)
    place[round(motion.take_off_s / FINE_STEP_S / COP_STRIDE) :] = feet_place(rng, COP_STRIDE)
    cop = roll_feet(body, motion)[: n // COP_STRIDE]
    return Part(plate_n=plate, insole_n=insole, cop=cop, place_mm=place), with_roll(describe(body, motion), motion, cop)


def on_box(body: DropJumpBody, time_s: FloatArray, step_off_s: float, lead: int) -> FloatArray:
    """Force (n, 2) of this athlete's feet on the box."""
    return on_box_n(body.mass_kg * GRAVITY, time_s, step_off_s, lead)


def on_box_n(weight_n: float, time_s: FloatArray, step_off_s: float, lead: int) -> FloatArray:
    """Force (n, 2) of the feet on the box: both, then the trailing foot alone, nothing from step_off_s on."""
    alone = smooth_step((time_s - step_off_s + 0.8) / 0.3)
    falling = smooth_step((time_s - step_off_s + 0.12) / 0.12)
    box = np.empty((len(time_s), 2))
    box[:, lead] = weight_n * 0.5 * (1.0 - alone)
    box[:, 1 - lead] = weight_n * (0.5 + 0.5 * alone) * (1.0 - falling)
    return box


def flat_cop(rng: np.random.Generator, n: int) -> FloatArray:
    """COP (n / 10, 2, 2) of flat standing."""
    return np.asarray(standing_sway(rng, n // COP_STRIDE) + np.array([0.5, FLAT_AP]))


def feet_place(rng: np.random.Generator, n: int) -> FloatArray:
    """Where both feet stand on their plates, (n / 10, 2, 2) in mm, constant."""
    return np.asarray(np.broadcast_to(rng.normal(0.0, PLACE_SD_MM, (2, 2)), (n // COP_STRIDE, 2, 2)).copy())


def whole_steps(seconds: float) -> int:
    """Fine steps in this time, a multiple of COP_STRIDE."""
    return round(seconds / FINE_STEP_S / COP_STRIDE) * COP_STRIDE
