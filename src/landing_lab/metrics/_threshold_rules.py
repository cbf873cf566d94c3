"""Rules by which labs and publications set the force at which a contact begins and ends."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from landing_lab.detect.trial import LandingTrial

MARGIN_S: Final = 0.03
"""Left out at both ends of a flight before its noise is measured (Gidiel-Machado 2025, paper.md of the script)."""

LEAST_S: Final = 0.03
"""A shorter rest of the flight tells nothing about noise."""

NOT_CHECKED: Final = "for comparison (citation not checked)"
PEREZ: Final = "Pérez-Castilla 2021, doi:10.1080/1091367X.2021.1872578 (abstract read)"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnloadedFacts:
    """What the plates read without load, newton: in the flight of the trial, and noise SD of the whole recording.

    mean_n, sd_n and highest_n are None where the flight is missing or too short.
    """

    mean_n: float | None
    sd_n: float | None
    highest_n: float | None
    noise_n: float
    weight_n: float | None


Newtons: TypeAlias = Callable[[UnloadedFacts], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdRule:
    """One way to set the threshold: its name, the newton it gives (None where it cannot), who uses it."""

    name: str
    newtons: Newtons
    source: str
    needs: str = ""


def unloaded_facts(trial: LandingTrial) -> UnloadedFacts:
    """What the rules need to know of a trial."""
    inside = _flight(trial)
    known = inside is not None and len(inside) > 0
    return UnloadedFacts(
        mean_n=float(np.mean(inside)) if known and inside is not None else None,
        sd_n=float(np.std(inside)) if known and inside is not None else None,
        highest_n=float(np.max(inside)) if known and inside is not None else None,
        noise_n=float(trial.signals.noise_n.get("total", 0.0)),
        weight_n=trial.weight.value_n if trial.weight is not None else None,
    )


def _flight(trial: LandingTrial) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    """Total force in flight without its ends and missing samples, newton."""
    if trial.flight_time_s is None or trial.contact is None or trial.landing is None:
        return None
    margin = math.ceil(MARGIN_S * trial.sample_rate_hz)
    first, last = trial.contact.stop.sample + margin, trial.landing.start.sample - margin
    if last - first < LEAST_S * trial.sample_rate_hz:
        return None
    inside = trial.total_n[first:last]
    return inside[np.isfinite(inside)]


def _absolute(newton: float, source: str) -> ThresholdRule:
    return ThresholdRule(name=f"{newton:g} N", newtons=lambda _facts: newton, source=source)


def _relative(percent: float, source: str) -> ThresholdRule:
    return ThresholdRule(
        name=f"{percent:g} % BW",
        newtons=lambda facts: None if facts.weight_n is None else percent / 100.0 * facts.weight_n,
        source=source,
        needs="body weight is unknown, and this rule is a share of it",
    )


def _flight_sds(count: float, source: str) -> ThresholdRule:
    def newtons(facts: UnloadedFacts) -> float | None:
        if facts.mean_n is None or facts.sd_n is None or facts.sd_n == 0.0:
            return None
        return facts.mean_n + count * facts.sd_n

    return ThresholdRule(
        name=f"flight + {count:g} SD",
        newtons=newtons,
        source=source,
        needs="the force in flight is too short, or was set to zero at the source, and this rule needs its noise",
    )


def _noise_sds(facts: UnloadedFacts) -> float | None:
    return 5.0 * facts.noise_n if facts.noise_n > 0 else None


RULES: Final[tuple[ThresholdRule, ...]] = (
    _absolute(5.0, NOT_CHECKED),
    _absolute(10.0, PEREZ),
    _absolute(20.0, "VALD ForceDecks, support article 449 (drop jump); Gidiel-Machado 2025 after Harry 2020"),
    _absolute(25.0, "pyCGM2, default of detectGaitConsecutiveForcePlates (gait)"),
    _absolute(30.0, "VALD ForceDecks, support article 449 (landing phase)"),
    _absolute(50.0, "pyCGM2, default of matchingFootSideOnForceplate (gait)"),
    _relative(1.0, NOT_CHECKED),
    _relative(2.5, NOT_CHECKED),
    _relative(5.0, NOT_CHECKED),
    _flight_sds(3.0, NOT_CHECKED),
    _flight_sds(5.0, PEREZ),
    ThresholdRule(
        name="flight maximum",
        newtons=lambda facts: facts.highest_n or None,
        source=f"{PEREZ}: peak residual force",
        needs="the force in flight is too short, or was set to zero at the source, and this rule needs its maximum",
    ),
    ThresholdRule(
        name="empty plates + 5 SD",
        newtons=_noise_sds,
        source="landing-lab, docs/definitions.md: the noise part of the default",
        needs="the noise of the empty plates is unknown or zero, and this rule is a multiple of it",
    ),
)
"""In the order of tables."""
