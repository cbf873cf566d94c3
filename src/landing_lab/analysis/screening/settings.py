"""The limits a screening works with; every one can be set, and each says why it is what it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from landing_lab.analysis.trial_table import LEAST_TRIALS
from landing_lab.errors import ParameterError


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningSettings:
    """Limits of a screening.

    cut_z: a value is outside from so many standard deviations of the reference on; at 1.645 one in twenty of the
    reference's own people is, and at 1.0 it would be one in six, so that with a dozen indicators nearly everybody
    would be outside somewhere. least_trials: fewer are not compared (evidence.md 1d). draws, seed: of the
    Monte-Carlo over measurement error. least_completeness, least_p_first, least_independent: below them no chain is
    named (evidence.md 2b).
    """

    cut_z: float = 1.645
    least_trials: int = LEAST_TRIALS
    draws: int = 2000
    seed: int = 1
    least_completeness: float = 0.5
    least_p_first: float = 0.8
    least_independent: int = 2

    def __post_init__(self) -> None:
        if not (math.isfinite(self.cut_z) and 0.5 <= self.cut_z <= 4.0):
            raise ParameterError(f"cut_z is 0.5 to 4 standard deviations; got {self.cut_z:g}; 1.645 is the default")
        if self.least_trials < LEAST_TRIALS:
            raise ParameterError(
                f"fewer than {LEAST_TRIALS} trials are never compared; got least_trials {self.least_trials}; "
                f"use {LEAST_TRIALS}"
            )
        if not 200 <= self.draws <= 100_000:
            raise ParameterError(f"draws is 200 to 100000; got {self.draws}; 2000 is the default")
        if not (0.5 <= self.least_completeness <= 1 and 0.8 <= self.least_p_first <= 1 and self.least_independent >= 2):
            raise ParameterError(
                "a chain is named from completeness 0.5, probability 0.8 and 2 independent indicators on; limits may "
                "be raised, not lowered"
            )
