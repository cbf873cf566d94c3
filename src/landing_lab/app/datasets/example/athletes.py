"""Athletes of the example study: bodies, what a field test would find, and what is true of their knees."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from landing_lab.app.datasets.example import design
from landing_lab.sim.body import DropJumpBody
from landing_lab.sim.drop_jump import draw_body

LIMBS: Final = ("left", "right")
ASYMMETRY_PCT: Final = 24.0
"""Of the athlete after the reconstruction: the left leg takes more."""

MASS_KG: Final = {"female": (63.0, 6.0), "male": (76.0, 7.0)}
BOUNCE: Final = {"female": (0.70, 0.12), "male": (0.78, 0.12)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limb:
    """One leg as it is. valgus: whether the knee goes inwards in landings; fppa_deg: its angle in a drop jump."""

    lunge_cm: float
    hip_abduction_pct_bw: float
    valgus_probability: float
    valgus: bool
    fppa_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Athlete:
    """One athlete as he or she is, before any session. body: a drop jump at the athlete's own level."""

    name: str
    number: int
    sex: str
    age_years: int
    mass_kg: float
    body: DropJumpBody
    limbs: tuple[Limb, Limb]
    lift_medial_shift_mm: float
    lift_log_stiffness: float

    @property
    def seed(self) -> int:
        """Of the athlete's feet."""
        return design.SEED + self.number


def athlete(name: str) -> Athlete:
    """The athlete of this pseudonym; the same at every call."""
    number = design.ATHLETES.index(name) + 1
    rng = np.random.default_rng([design.SEED, number, 1])
    sex = "female" if number % 2 else "male"
    mass_kg = round(float(np.clip(rng.normal(*MASS_KG[sex]), 48.0, 98.0)), 1)
    body = draw_body(
        design.SEED + number, mass_kg=mass_kg, drop_height_m=design.FALL_M, foot_strike="forefoot",
        asymmetry_pct=float(rng.normal(0.0, 5.0)), delay_ms=float(rng.normal(0.0, 2.0)), empty_s=1.6, quiet_s=2.6,
        bounce=float(np.clip(rng.normal(*BOUNCE[sex]), 0.3, 1.0)),
    )  # fmt: skip
    body = dataclasses.replace(
        body, medial_shift_mm=float(np.clip(rng.normal(6.0, 3.0), -2.0, 14.0)),
        medial_shift_asymmetry_mm=float(rng.normal(0.0, 2.0)),
        take_off_delay_ms=float(rng.normal(0.0, 1.5)), landing_delay_ms=float(rng.normal(0.0, 3.0)),
        standing_asymmetry_pct=float(rng.normal(0.0, 2.5)),
    )  # fmt: skip
    if name == design.ASYMMETRIC:
        body = dataclasses.replace(body, asymmetry_pct=ASYMMETRY_PCT, standing_asymmetry_pct=6.0)
    return Athlete(
        name=name, number=number, sex=sex, age_years=int(rng.integers(17, 32)), mass_kg=mass_kg, body=body,
        limbs=_limbs(np.random.default_rng([design.SEED, number, 2])),
        lift_medial_shift_mm=float(rng.normal(design.LIFT["medial_shift_mm"], design.LIFT_SD["medial_shift_mm"])),
        lift_log_stiffness=float(rng.normal(design.LIFT["log_stiffness"], design.LIFT_SD["log_stiffness"])),
    )  # fmt: skip


def _limbs(rng: np.random.Generator) -> tuple[Limb, Limb]:
    """Two limbs about the athlete's own level; a knee is drawn by the log odds of its own limb."""
    lunge_cm, hip = rng.normal(*design.LUNGE_CM), rng.normal(*design.HIP_PCT_BW)
    made = []
    for _ in LIMBS:
        own_lunge = float(np.clip(lunge_cm + rng.normal(0.0, design.LIMB_LUNGE_CM), 2.0, 20.0))
        own_hip = float(np.clip(hip + rng.normal(0.0, design.LIMB_HIP_PCT_BW), 12.0, 55.0))
        z_lunge = (own_lunge - design.LUNGE_CM[0]) / design.LUNGE_CM[1]
        z_hip = (own_hip - design.HIP_PCT_BW[0]) / design.HIP_PCT_BW[1]
        odds = design.VALGUS["intercept"] + design.VALGUS["lunge"] * z_lunge + design.VALGUS["hip"] * z_hip
        angle = design.FPPA["mean"] + design.FPPA["lunge"] * z_lunge + design.FPPA["hip"] * z_hip
        probability = 1.0 / (1.0 + math.exp(-odds))
        made.append(
            Limb(
                lunge_cm=own_lunge, hip_abduction_pct_bw=own_hip, valgus_probability=probability,
                valgus=bool(rng.random() < probability),
                fppa_deg=float(angle + rng.normal(0.0, design.FPPA["limb_sd"])),
            )
        )  # fmt: skip
    return made[0], made[1]
