"""Errors that others published, for a laboratory that has not measured its own; every one says whose it is.

A published error holds for the people, task and device it was measured with; that of single-leg landings is an upper
bound for a foot that lands beside the other. Only figures that are errors in a unit of ours are here. ICCs alone (peaks
of drop landings, navicular drop) are none, because the spread of the people they were measured in is not printed beside
them; neither is "hip strength repeats within 5 %" of nine people, which is a change of means.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from landing_lab.analysis.reliability.measurement_error import Z95, MeasurementError

LANDING_EVIDENCE: Final = "landing-error-jssm17"
TTS_EVIDENCE: Final = "tts-error-jssm17"
LUNGE_EVIDENCE: Final = "lunge-error-powden-2015"
LESS_EVIDENCE: Final = "less-error-sem"
FPPA_EVIDENCE: Final = "fppa-error-phone"
FPPA_SD_DEG: Final = 4.0
"""Error of a frontal-plane projection angle from a phone: 1.6-2.3 % of 180 degrees is 3-4 degrees (evidence table,
fppa-error-phone); the larger one."""
EVIDENCE_IDS: Final = (LANDING_EVIDENCE, TTS_EVIDENCE, LUNGE_EVIDENCE, LESS_EVIDENCE, FPPA_EVIDENCE)
"""Every row of the evidence registry that a borrowed error names."""

_JSSM: Final = "J Sports Sci Med 17:174 table 5 (2018), single-leg landing after a 1 m hop, test and retest"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsplitError(MeasurementError):
    """A published error between sessions that nobody has split into trials and sessions.

    trial_sd holds all of it. Nobody knows which part a mean of more trials would average out, so none of it is taken
    off: the standard error is the same for every n. Between conditions of one session it is an upper bound.
    """

    def standard_error(self, n_trials: int) -> float:
        """The published error itself, whatever n_trials is."""
        del n_trials
        return math.hypot(self.trial_sd, self.bias)

    def detectable_change(self, n_trials: int) -> float | None:
        """MDC95 of the published error, 1.96 sqrt(2) SEM, whatever n_trials is."""
        del n_trials
        return Z95 * math.sqrt(2.0) * self.trial_sd


def _error(unit: str, sd: float, source: str, evidence_id: str, *, icc: float | None = None) -> UnsplitError:
    return UnsplitError(
        name="", side="", unit=unit, trial_sd=sd, session_sd=0.0, source=source, borrowed=True, icc=icc,
        icc_form="" if icc is None else "between two tests, form not printed", n_sessions=2, evidence_id=evidence_id,
    )  # fmt: skip


_LANDING: Final = _error("BW", 0.67, f"{_JSSM}: typical error", LANDING_EVIDENCE, icc=0.58)
_TTS: Final = _error("s", 0.13, f"{_JSSM}: typical error", TTS_EVIDENCE, icc=0.28)
_LUNGE: Final = _error("cm", 1.9 / (Z95 * math.sqrt(2.0)), "Powden 2015: MDC 1.9 cm of one rater", LUNGE_EVIDENCE)
_LESS: Final = _error("points", 1.0, "Landing Error Scoring System: SEM about 1.0 points", LESS_EVIDENCE)
_FPPA: Final = _error(
    "deg", FPPA_SD_DEG, "CV 1.6-2.3 % on a scale of about 180 degrees: 3-4 degrees, the larger", FPPA_EVIDENCE
)

_BY_NAME: Final[dict[tuple[str, str], MeasurementError]] = {
    **{("landing_peak_force_bw", side): _LANDING for side in ("left", "right")},
    **{("time_to_stabilisation_s", side): _TTS for side in ("left", "right")},
    **{("lunge_cm", side): _LUNGE for side in ("left", "right")},
    ("less_score", "total"): _LESS,
    **{(name, side): _FPPA for name in ("fppa_drop_jump_deg", "fppa_single_leg_deg") for side in ("left", "right")},
}
"""The larger of two published limbs stands for both: they were told apart by dominance, ours are left and right."""


def borrowed_error(name: str, side: str) -> MeasurementError | None:
    """The published error of a metric or an entered input on one side, marked borrowed; None where there is none.

    Of entered inputs the names are those of FieldInputs without the side ("lunge_cm"), or with it ("lunge_left_cm"),
    and "less_score" of the total.
    """
    from dataclasses import replace

    found = _BY_NAME.get((name, side)) or _BY_NAME.get(_split(name))
    return None if found is None else replace(found, name=name, side=side)


def _split(name: str) -> tuple[str, str]:
    """lunge_left_cm -> (lunge_cm, left)."""
    for side in ("left", "right"):
        if f"_{side}_" in name:
            return name.replace(f"_{side}_", "_"), side
    return name, "total"
