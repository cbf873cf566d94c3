"""What the laboratory of the example study entered beside its sensors: field tests and a rater's observations."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.inputs.files import inputs_from
from landing_lab.app.datasets.example import design
from landing_lab.app.datasets.example.athletes import LIMBS, Athlete
from landing_lab.sim.cohort import rate

RATER: Final = "R1"
ERROR_SHARE: Final = 0.25
"""How often an item of the LESS is an error."""
MISSING: Final = {
    ("P05", 1): ("lunge_left_cm", "lunge_right_cm"),
    ("P05", 2): ("lunge_left_cm", "lunge_right_cm"),
    ("P12", 2): ("hip_abduction_left_pct_bw",),
    ("P16", 1): ("fppa_drop_jump_left_deg", "fppa_drop_jump_right_deg"),
    ("P18", 2): ("valgus_landing", "valgus_landing_side"),
    ("P21", 1): ("knee_extension_left_pct_bw", "knee_extension_right_pct_bw"),
}
"""Entries that nobody made: (athlete, session) -> fields."""

HISTORY: Final[dict[str, dict[str, Any]]] = {
    design.ASYMMETRIC: {
        "prior_injury": "acl", "prior_injury_side": "right", "prior_injury_reconstructed": True,
        "note": "Right ACL reconstructed 14 months ago.",
    },
    "P11": {"prior_injury": "other_knee", "prior_injury_side": "left"},
    "P20": {"pain": "during_sport", "pain_side": "left"},
}  # fmt: skip
"""What differs from an athlete without injury and pain."""


def entries(athlete: Athlete, session: int) -> FieldInputs:
    """The entries of one session: true values with the error of a field test, knees as a fallible rater saw them."""
    rng = np.random.default_rng([design.SEED, athlete.number, 5, session])
    made: dict[str, Any] = {
        "prior_injury": "none", "sex": athlete.sex, "age_years": float(athlete.age_years),
        "mass_kg": athlete.mass_kg, "hip_test_position": "side_lying", "pain": "none", "rater": RATER,
        **HISTORY.get(athlete.name, {}),
    }  # fmt: skip
    made |= _measured(athlete, rng)
    made |= _observed(athlete, rng)
    made |= _unrelated(athlete)
    for name in MISSING.get((athlete.name, min(session, 2)), ()):
        made.pop(name, None)
    return inputs_from(made)


def _measured(athlete: Athlete, rng: np.random.Generator) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for side, limb in zip(LIMBS, athlete.limbs, strict=True):
        lunge = limb.lunge_cm + rng.normal(0.0, design.LUNGE_ERROR_CM)
        hip = limb.hip_abduction_pct_bw + rng.normal(0.0, design.HIP_ERROR_PCT_BW)
        angle = limb.fppa_deg + rng.normal(0.0, design.FPPA_ERROR_DEG)
        found[f"lunge_{side}_cm"] = round(float(np.clip(lunge, 0.5, 25.0)) * 2.0) / 2.0
        found[f"hip_abduction_{side}_pct_bw"] = round(float(hip), 1)
        found[f"fppa_drop_jump_{side}_deg"] = _whole(angle)
    return found


def _observed(athlete: Athlete, rng: np.random.Generator) -> dict[str, Any]:
    """Knees as seen: in the single-leg squat and in the landings, each a rating of its own."""
    truth = np.array([limb.valgus for limb in athlete.limbs])
    squat, landing = (
        rate(truth, design.SENSITIVITY, design.SPECIFICITY, seed=int(rng.integers(2**31))).tolist() for _ in range(2)
    )
    seen = [side for side, found in zip(LIMBS, landing, strict=True) if found]
    made: dict[str, Any] = {f"valgus_single_leg_squat_{side}": found for side, found in zip(LIMBS, squat, strict=True)}
    made["valgus_landing"] = bool(seen)
    if seen:
        made["valgus_landing_side"] = "both" if len(seen) == 2 else seen[0]
    made["less"] = _less(bool(seen), rng)
    return made


def _less(valgus: bool, rng: np.random.Generator) -> dict[int, int]:
    """Items of the LESS: 5 and 15 are the rater's knee, the others are related to nothing.

    Forefeet land first and both feet together (4, 11); feet are not wide and narrow, nor in and out (7-10).
    """
    items = {item: int(rng.random() < ERROR_SHARE) for item in range(1, 16)}
    known = {4: 0, 11: 0, 5: int(valgus), 15: int(valgus), 8: items[8] * (1 - items[7]), 10: items[10] * (1 - items[9])}
    return {**items, **known, 16: int(rng.integers(3)), 17: int(rng.integers(3))}


def _unrelated(athlete: Athlete) -> dict[str, Any]:
    """Entries that are related to nothing, the same in every session."""
    rng = np.random.default_rng([design.SEED, athlete.number, 6])
    found: dict[str, Any] = {"plank_s": _whole(np.clip(rng.normal(95.0, 25.0), 20.0, 240.0))}
    for side in LIMBS:
        found[f"navicular_drop_{side}_mm"] = _whole(np.clip(rng.normal(7.0, 2.5), 0.0, 20.0))
        found[f"knee_extension_{side}_pct_bw"] = round(float(np.clip(rng.normal(60.0, 9.0), 20.0, 120.0)), 1)
    if athlete.name == design.ASYMMETRIC:
        found["knee_extension_right_pct_bw"] = round(0.8 * found["knee_extension_left_pct_bw"], 1)
    return found


def _whole(value: float) -> float:
    """As people read it off: no decimals."""
    return float(round(float(value)))
