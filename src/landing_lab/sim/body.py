"""A simulated athlete: every parameter of a drop jump, within stated limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from landing_lab.errors import ParameterError
from landing_lab.model.units import STANDARD_GRAVITY_M_PER_S2 as GRAVITY

FootStrike: TypeAlias = Literal["forefoot", "heel"]

LIMITS: dict[str, tuple[float, float]] = {
    "mass_kg": (30.0, 160.0),
    "drop_height_m": (0.05, 1.0),
    "jump_height_m": (0.03, 0.8),
    "leg_stiffness_kn_per_m": (3.0, 150.0),
    "leg_softening_per_m": (0.0, 30.0),
    "leg_damping_s_per_m": (0.0, 0.5),
    "impact_mass_pct": (0.0, 15.0),
    "take_off_rise_m": (0.0, 0.08),
    "landing_flexion_m": (0.0, 0.08),
    "landing_depth_m": (0.08, 0.45),
    "landing_damping_ratio": (0.55, 0.95),
    "asymmetry_pct": (-60.0, 60.0),
    "standing_asymmetry_pct": (-30.0, 30.0),
    "delay_ms": (-40.0, 40.0),
    "take_off_delay_ms": (-25.0, 25.0),
    "landing_delay_ms": (-40.0, 40.0),
    "heel_down_ms": (20.0, 80.0),
    "medial_shift_mm": (-20.0, 25.0),
    "medial_shift_asymmetry_mm": (-20.0, 20.0),
    "empty_s": (1.5, 60.0),
    "quiet_s": (2.5, 60.0),
    "sway_pct": (0.0, 0.8),
}
"""Name -> smallest and greatest value of every number of DropJumpBody (our choice: beyond it no athlete lands)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropJumpBody:
    """One athlete and one drop jump, as numbers; `landing_lab.sim.motion.move` makes the force of it.

    drop_height_m: fall of the centre of mass (COM) before touchdown; people step down, so a box is 10-14 % higher
    (McMahon 2021). jump_height_m: rise of the COM after take-off; the push-off is scaled to give it.
    leg_stiffness_kn_per_m, leg_softening_per_m, leg_damping_s_per_m: F = k x / (1 + softening x) * (1 + damping v)
    in braking; softening near 0 is a spring (bounce), 10 a deep soft contact.
    foot_strike, impact_mass_pct: share of the body mass (feet and shanks) stopped by the ground at once; its
    transient is short for a heel strike, two small ones for a forefoot strike.
    take_off_rise_m: COM higher at take-off than at touchdown; landing_flexion_m: lower at landing than at take-off.
    asymmetry_pct: 100 (left - right) / (left + right) just after touchdown, fading to a third in 0.1 s.
    delay_ms, landing_delay_ms: left touchdown minus right touchdown; take_off_delay_ms: the same at take-off.
    heel_down_ms: time of the forefoot-to-heel roll. medial_shift_mm: medial movement of the
    centre of pressure from 20 ms after touchdown to peak force, mean of both feet; medial_shift_asymmetry_mm: left
    minus right.
    empty_s: from the start to touchdown, plates empty. quiet_s: standing at the end after settling.
    sway_pct: standard deviation of the standing force in % of body weight; sway_seed its random phases.

    Raises ParameterError, naming the limits, for a value outside LIMITS.
    """

    mass_kg: float = 72.0
    drop_height_m: float = 0.30
    jump_height_m: float = 0.27
    leg_stiffness_kn_per_m: float = 20.0
    leg_softening_per_m: float = 2.0
    leg_damping_s_per_m: float = 0.05
    foot_strike: FootStrike = "forefoot"
    impact_mass_pct: float = 6.0
    take_off_rise_m: float = 0.02
    landing_flexion_m: float = 0.01
    landing_depth_m: float = 0.22
    landing_damping_ratio: float = 0.8
    asymmetry_pct: float = 8.0
    standing_asymmetry_pct: float = 3.0
    delay_ms: float = 4.0
    take_off_delay_ms: float = 2.0
    landing_delay_ms: float = -3.0
    heel_down_ms: float = 40.0
    medial_shift_mm: float = 5.0
    medial_shift_asymmetry_mm: float = 0.0
    empty_s: float = 2.0
    quiet_s: float = 3.0
    sway_pct: float = 0.25
    sway_seed: int = 0

    def __post_init__(self) -> None:
        for name, (low, high) in LIMITS.items():
            value = float(getattr(self, name))
            if not (math.isfinite(value) and low <= value <= high):
                raise ParameterError(
                    f"{name} must be {low:g} to {high:g}; got {value:g}; choose a value inside these limits",
                    name=name,
                    value=value,
                )
        if self.foot_strike not in ("forefoot", "heel"):
            raise ParameterError(
                f"foot_strike must be 'forefoot' or 'heel'; got {self.foot_strike!r}; choose one of them"
            )
        fall_s = math.sqrt(2.0 * self.drop_height_m / GRAVITY)
        if self.empty_s < fall_s + 0.5:
            raise ParameterError(
                f"empty_s must be at least {fall_s + 0.5:.2f} s: the fall lasts {fall_s:.2f} s; got {self.empty_s:g}; "
                "give the athlete time on the box"
            )

    @property
    def medial_shifts_mm(self) -> tuple[float, float]:
        """Medial shift of the left and the right foot."""
        half = 0.5 * self.medial_shift_asymmetry_mm
        return self.medial_shift_mm + half, self.medial_shift_mm - half
