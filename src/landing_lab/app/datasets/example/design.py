"""What is true in the example study: who takes part, how much athletes, days and trials differ, which effects exist."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

SEED: Final = 20250310
"""Everything is drawn from it; another one would be another study."""

LAB: Final = 4242
"""Seed of the parts of the laboratory's boards: one plate board and one pair of insoles, which all athletes wear."""

ATHLETES: Final = tuple(f"P{number:02d}" for number in range(1, 25))
CONTRASTED: Final = ATHLETES[:12]
"""Who comes to the contrast session."""

N_TRIALS: Final = 5
BOX_HEIGHT_M: Final = 0.30
FALL_M: Final = 0.265
"""Fall of the centre of mass from the box: people step down, so it is less than the box is high (McMahon 2021)."""

FLAT: Final = "flat"
HEEL_LIFT: Final = "heel_lift"

FIRST_DAY: Final = datetime(2025, 3, 10, 8, 30, tzinfo=UTC)
PLATE_CALIBRATED: Final = datetime(2025, 3, 7, 14, 0, tzinfo=UTC)
BETWEEN_SESSIONS: Final = timedelta(days=6)
"""Less than the seven days for which a calibration of an insole holds."""

ASYMMETRIC: Final = "P07"
"""Right anterior cruciate ligament reconstructed fourteen months before."""

DAY_SD: Final = {
    "log_stiffness": 0.03,
    "jump_height_m": 0.006,
    "asymmetry_pct": 1.5,
    "medial_shift_mm": 0.6,
}
"""SD between the sessions of one athlete, beyond how the insoles lie (drawn by the simulator)."""

TRIAL_SD: Final = {
    "log_stiffness": 0.04,
    "jump_height_m": 0.010,
    "asymmetry_pct": 3.0,
    "medial_shift_mm": 1.0,
    "medial_shift_asymmetry_mm": 0.8,
    "delay_ms": 1.5,
    "take_off_delay_ms": 1.0,
    "landing_delay_ms": 2.0,
    "drop_height_m": 0.006,
}
"""SD between the trials of one session."""

LIFT: Final = {"medial_shift_mm": -4.0, "log_stiffness": -0.12}
"""What the heel lift adds: feet roll in less, legs give way more (so contacts are longer and peaks lower)."""

LIFT_SD: Final = {"medial_shift_mm": 0.8, "log_stiffness": 0.02}
"""How differently athletes answer to it."""

LUNGE_CM: Final = (10.5, 2.8)
HIP_PCT_BW: Final = (31.0, 5.0)
"""Mean and SD of the athletes in the weight-bearing lunge and in hip abduction strength, side-lying."""

LIMB_LUNGE_CM: Final = 0.9
LIMB_HIP_PCT_BW: Final = 2.0
"""SD of a limb about its athlete."""

LUNGE_ERROR_CM: Final = 0.7
HIP_ERROR_PCT_BW: Final = 1.5
FPPA_ERROR_DEG: Final = 2.0
"""SD of one measurement."""

VALGUS: Final = {"intercept": -0.7, "lunge": -1.2, "hip": -0.9}
"""Log odds that a limb's knee goes inwards: intercept, and per SD of its lunge and of its hip abduction strength."""

FPPA: Final = {"mean": 6.0, "lunge": -2.5, "hip": -1.5, "limb_sd": 2.5}
"""Frontal-plane projection angle of a limb in the drop jump in degrees: mean, per SD of the same, what else differs."""

SENSITIVITY: Final = 0.85
SPECIFICITY: Final = 0.90
"""Of the rater who says whether the knee goes inwards."""
