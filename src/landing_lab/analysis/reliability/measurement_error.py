"""How far one number of one athlete may be off: the standard error of a mean of trials, and the least real change."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

Z90: Final = 1.645
"""Two-sided 90 % of a normal distribution: a value closer than this to a limit is indeterminate."""
Z95: Final = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementError:
    """Error of one metric (or entered input) on one side, in `unit`.

    trial_sd: between trials of one athlete in one session. session_sd: what sessions of one athlete differ by beside
    that (setting up, day); None where only one session was ever compared, so that a change between sessions cannot be
    judged. bias: what is systematically off. icc with icc_low, icc_high: of one trial, `icc_form` says which. source:
    "this laboratory" or a citation; borrowed: from elsewhere. evidence_id: row of the registry for a borrowed one.

    A mean of n trials averages the trial part only: SE = sqrt(session_sd^2 + trial_sd^2 / n + bias^2).
    """

    name: str
    side: str
    unit: str
    trial_sd: float
    session_sd: float | None
    source: str
    borrowed: bool
    bias: float = 0.0
    icc: float | None = None
    icc_low: float | None = None
    icc_high: float | None = None
    icc_form: str = ""
    n_athletes: int = 0
    n_sessions: int = 0
    n_trials: int = 0
    evidence_id: str | None = None

    def standard_error(self, n_trials: int) -> float:
        """Standard error of a mean of n_trials trials of one session (SEM for n_trials = 1).

        Where session_sd is None it leaves out what days differ by; who judges by it says so.
        """
        return math.sqrt((self.session_sd or 0.0) ** 2 + self.trial_sd**2 / n_trials + self.bias**2)

    def detectable_change(self, n_trials: int) -> float | None:
        """MDC95 between two sessions of n_trials each: 1.96 sqrt(2) SE without bias; None where no session repeats.

        Weir 2005, J Strength Cond Res 19(1):231-240.
        """
        if self.session_sd is None:
            return None
        return Z95 * math.sqrt(2.0) * math.sqrt(self.session_sd**2 + self.trial_sd**2 / n_trials)

    def detectable_difference_within_session(self, n_first: int, n_second: int) -> float:
        """Least real difference (95 %) between two conditions of one session: what a day adds cancels."""
        return Z95 * self.trial_sd * math.sqrt(1.0 / n_first + 1.0 / n_second)
