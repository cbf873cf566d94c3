"""Known masses, quick unloadings and taps on the simulated plates: what their board sends while it is calibrated."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.device import SimulatedDevice
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY
from landing_lab.sim.contact import fine_times, smooth_step
from landing_lab.sim.devices import CLOCK_LIMIT_PPM, plate_board
from landing_lab.sim.hx711 import PlateParts, draw_board
from landing_lab.sim.roll import COP_STRIDE
from landing_lab.sim.scene import Part, Scene, whole_steps
from landing_lab.sim.setting import ONE_VISIT, SensorSetting

PLATE_SESSION = 1001
"""Session number of plate calibrations: same parts as every other session of a seed, other noise."""

PUT_S = 0.4
"""Time in which hands put a mass down or take it away."""

SNATCH_S = (0.002, 0.014)
"""Time in which a mass leaves that is snatched away."""

MASS_SD_FRACTION, PLACE_SD_MM = 0.0005, 3.0
"""How well the masses are known and how well they stand where the plan says (our choice)."""

TAP_NS, TAP_S = (0.3, 0.8), 0.004
"""Impulse and length of a knock with a knuckle or a rubber mallet (our choice)."""

MODE_HZ, MODE_DAMPING = (20.0, 200.0), (0.01, 0.05)
"""First mode of home-made and bolted plates and its damping ratio (fusion.md: 45 Hz soft, above 100 Hz stiff)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateAct:
    """What somebody does on one plate for some seconds.

    "rest": a mass lies still at a place, or nothing (mass_kg 0). "snatch": a mass lies still and is snatched away
    1.5 s before the end. "tap": one knock, 0.5 s after the beginning.
    """

    what: Literal["rest", "snatch", "tap"]
    side: Literal["left", "right"]
    seconds: float
    mass_kg: float = 0.0
    at_mm: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlateTruth:
    """True values of one plate: parts of its cells, first mode in Hz (None: rigid) and its damping ratio."""

    parts: PlateParts

    @property
    def mode_hz(self) -> float | None:
        """First mode."""
        return self.parts.mode_hz

    @property
    def damping(self) -> float:
        """Its damping ratio."""
        return self.parts.mode_damping


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedPlateCalibration:
    """What the plate board sends, and the truth of the left and the right plate."""

    device: SimulatedDevice
    truths: tuple[PlateTruth, PlateTruth]
    duration_s: float


def draw_plate_truth(seed: int, foot: int, setting: SensorSetting | None = None) -> PlateTruth:
    """The plate of a foot (0 left, 1 right), with the parts that it has in every other scene of this seed.

    Without a setting the plate has some mode, for practice: home-made plates differ.
    """
    parts = draw_board(seed, setting=setting or ONE_VISIT)[foot]
    if setting is None:
        rng = np.random.default_rng([seed, foot, PLATE_SESSION])
        mode_hz = float(np.exp(rng.uniform(*np.log(MODE_HZ))))
        parts = dataclasses.replace(parts, mode_hz=mode_hz, mode_damping=float(rng.uniform(*MODE_DAMPING)))
    return PlateTruth(parts=parts)


def plate_calibration(
    acts: Sequence[PlateAct], *, seed: int, clock_ppm: float | None = None, setting: SensorSetting | None = None
) -> SimulatedPlateCalibration:
    """The acts one after the other, through mode and converters of each plate; setting as in `draw_plate_truth`.

    Raises ParameterError for no act, or one too short for what it is.
    """
    if not acts or min(act.seconds for act in acts) < 2.0:
        raise ParameterError("a simulated calibration needs acts of 2 s or more; give each the time it takes")
    rng = np.random.default_rng([seed, PLATE_SESSION])
    force, place = _played(acts, rng)
    truths = (draw_plate_truth(seed, 0, setting), draw_plate_truth(seed, 1, setting))
    part = Part(plate_n=force, insole_n=np.zeros_like(force), cop=np.full_like(place, 0.5), place_mm=place)
    ppm = float(rng.uniform(-CLOCK_LIMIT_PPM, CLOCK_LIMIT_PPM)) if clock_ppm is None else clock_ppm
    scene = Scene(part=part, truths=(), start_s=())
    device = plate_board(scene, parts=(truths[0].parts, truths[1].parts), rng=rng, ppm=ppm, spike_rate_per_s=0.0)
    return SimulatedPlateCalibration(device=device, truths=truths, duration_s=scene.duration_s)


def _played(acts: Sequence[PlateAct], rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Force (n, 2) in N on the fine grid and where it acts (n / 10, 2, 2) in mm from the centre of each plate."""
    tolerance = 1.0 + MASS_SD_FRACTION * rng.standard_normal()
    forces, places = [], []
    for act in acts:
        n, foot = whole_steps(act.seconds), 0 if act.side == "left" else 1
        force, place = np.zeros((n, 2)), np.zeros((n // COP_STRIDE, 2, 2))
        force[:, foot] = tolerance * act.mass_kg * GRAVITY * _presence(act, n, rng)
        if act.what == "tap":
            force[:, foot] += _knock(n, rng)
        place[:, foot] = np.array(act.at_mm) + PLACE_SD_MM * rng.standard_normal(2)
        forces.append(force)
        places.append(place)
    return np.concatenate(forces), np.concatenate(places)


def _presence(act: PlateAct, n: int, rng: np.random.Generator) -> FloatArray:
    """0 to 1: how much of the mass rests on the plate."""
    time_s = fine_times(n)
    there = smooth_step(time_s / PUT_S)
    if act.what == "snatch":
        gone_s = act.seconds - 1.5 + float(rng.uniform(0.0, 0.1))
        return np.asarray(there * np.clip(1.0 - (time_s - gone_s) / rng.uniform(*SNATCH_S), 0.0, 1.0))
    return np.asarray(there * smooth_step((act.seconds - time_s) / PUT_S))


def _knock(n: int, rng: np.random.Generator) -> FloatArray:
    since = fine_times(n) - 0.5 - float(rng.uniform(0.0, 0.1))
    pulse = np.where((since > 0.0) & (since < TAP_S), 0.5 * np.pi / TAP_S * np.sin(np.pi * since / TAP_S), 0.0)
    return np.asarray(float(rng.uniform(*TAP_NS)) * pulse)
