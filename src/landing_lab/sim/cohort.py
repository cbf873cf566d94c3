"""A cohort with known truth: repeated trials of athletes, and what a fallible rater saw of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from landing_lab.errors import ParameterError
from landing_lab.model.given import number_given, numbers_of, seed_given, shown, whole_given

Columns: TypeAlias = dict[str, NDArray[np.generic]]

COUNTS: Final[Mapping[str, tuple[int, int]]] = {
    "n_athletes": (1, 100_000), "n_sites": (1, 1000), "n_sessions": (1, 1000), "n_limbs": (1, 3), "n_trials": (1, 1000),
}  # fmt: skip
MOST_ROWS: Final = 5_000_000
"""Trials of a cohort: more fill the memory of a laptop."""

EFFECT: Final = 1e6
NUMBERS: Final[Mapping[str, tuple[float, float]]] = {
    **dict.fromkeys(("between", "within", "rated_intercept", "intercept"), (-EFFECT, EFFECT)),
    **dict.fromkeys(("level_sd", "change_sd", "athlete_sd", "limb_sd", "session_sd", "trial_sd"), (0.0, EFFECT)),
    **dict.fromkeys(("rated_correlation", "sensitivity", "specificity"), (0.0, 1.0)),
    "missing": (0.0, 0.9),
}
"""Name -> smallest and greatest value of every number of CohortSetting (choice)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortSetting:
    """What is true in a simulated cohort; effects are per SD of the predictor's part where its SD is 1.

    Trials: x = athlete's level + what a trial adds; outcome = between * level + within * (x - level) + athlete +
    limb + session + trial noise. rated: the same two effects on the log odds of what is seen in a trial, correlated
    within an athlete by a normal copula, so that the marginal effects (those of GEE) are exactly these.
    Athletes: valgus has log odds intercept + coefficients . z; valgus_rated is what a rater of this sensitivity and
    specificity says. missing: share of z2, z3, ... absent, more often where z1 is high (z1 and sex are complete).
    """

    n_athletes: int = 60
    n_sites: int = 3
    n_sessions: int = 2
    n_limbs: int = 2
    n_trials: int = 5
    between: float = 1.0
    within: float = -0.5
    level_sd: float = 1.0
    change_sd: float = 1.0
    athlete_sd: float = 1.0
    limb_sd: float = 0.0
    session_sd: float = 0.0
    trial_sd: float = 1.0
    rated_intercept: float = -0.8
    rated_correlation: float = 0.3
    intercept: float = -0.85
    coefficients: tuple[float, ...] = (0.8, -0.5, 0.0, 0.0, 0.0)
    sensitivity: float = 1.0
    specificity: float = 1.0
    missing: float = 0.0

    @classmethod
    def null(cls, **changes: object) -> CohortSetting:
        """Nothing is related to anything; repeated trials are still alike within an athlete."""
        nothing: dict[str, object] = {"between": 0.0, "within": 0.0, "coefficients": (0.0,) * 5}
        return cls(**{**nothing, **changes})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCohort:
    """Two tables and the truth behind them.

    trials: columns participant, session, limb, trial, site, x, outcome, rated. athletes: columns participant, site,
    sex, z1 ..., valgus_rated. truth_athletes, by row of athletes: valgus, probability, level of x.
    """

    setting: CohortSetting
    trials: Columns
    athletes: Columns
    truth_athletes: Mapping[str, NDArray[np.generic]] = field(default_factory=dict)


def simulate_cohort(setting: CohortSetting | None = None, *, seed: int) -> SimulatedCohort:
    """Draw a cohort; equal seeds give equal cohorts. Raises ParameterError for a setting that cannot be."""
    chosen = CohortSetting() if setting is None else setting
    _check(chosen)
    rng = np.random.default_rng(seed_given(seed))
    names = np.array([f"{i + 1:04d}" for i in range(chosen.n_athletes)])
    site = np.array([f"site_{1 + i % chosen.n_sites}" for i in range(chosen.n_athletes)])
    level = rng.normal(0.0, chosen.level_sd, chosen.n_athletes)
    athletes, truth = _athletes(chosen, rng, names, site)
    return SimulatedCohort(
        setting=chosen, trials=_trials(chosen, rng, names, site, level), athletes=athletes,
        truth_athletes={**truth, "level": level},
    )  # fmt: skip


def rate(truth: NDArray[np.bool_], sensitivity: float, specificity: float, *, seed: int) -> NDArray[np.bool_]:
    """What a rater of known sensitivity and specificity says of the truth, errors at random."""
    draw = np.random.default_rng(seed).random(truth.shape)
    return np.where(truth, draw < sensitivity, draw >= specificity)


def _trials(
    s: CohortSetting,
    rng: np.random.Generator,
    names: NDArray[np.str_],
    site: NDArray[np.str_],
    level: NDArray[np.float64],
) -> Columns:
    shape = (s.n_athletes, s.n_sessions, s.n_limbs, s.n_trials)
    athlete, session, limb, trial = (index.ravel() for index in np.indices(shape))
    change = rng.normal(0.0, s.change_sd, athlete.size)
    noise = (
        rng.normal(0.0, s.athlete_sd, s.n_athletes)[athlete]
        + rng.normal(0.0, s.limb_sd, shape[:1] + shape[2:3])[athlete, limb]
        + rng.normal(0.0, s.session_sd, shape[:2])[athlete, session]
        + rng.normal(0.0, s.trial_sd, athlete.size)
    )
    effect = s.between * level[athlete] + s.within * change
    latent = math.sqrt(s.rated_correlation) * rng.normal(size=s.n_athletes)[athlete]
    latent += math.sqrt(1.0 - s.rated_correlation) * rng.normal(size=athlete.size)
    return {
        "participant": names[athlete],
        "session": np.array([f"{i + 1:02d}" for i in range(s.n_sessions)])[session],
        "limb": np.array(["left", "right", "other"])[limb],
        "trial": trial + 1,
        "site": site[athlete],
        "x": level[athlete] + change,
        "outcome": effect + noise,
        "rated": _normal_share(latent) < _chance(s.rated_intercept + effect),
    }


def _athletes(
    s: CohortSetting, rng: np.random.Generator, names: NDArray[np.str_], site: NDArray[np.str_]
) -> tuple[Columns, Columns]:
    z = rng.normal(size=(s.n_athletes, len(s.coefficients)))
    probability = _chance(s.intercept + z @ np.array(s.coefficients))
    valgus = rng.random(s.n_athletes) < probability
    rated = rate(valgus, s.sensitivity, s.specificity, seed=int(rng.integers(2**31)))
    absent = rng.random(z.shape) < np.clip(s.missing * (1.0 + 0.5 * np.sign(z[:, :1])), 0.0, 1.0)
    absent[:, 0] = False
    seen = np.where(absent, np.nan, z)
    columns: Columns = {
        "participant": names, "site": site, "sex": np.where(rng.random(s.n_athletes) < 0.5, "female", "male"),
        **{f"z{i + 1}": seen[:, i] for i in range(z.shape[1])}, "valgus_rated": rated,
    }  # fmt: skip
    return columns, {"valgus": valgus, "probability": probability}


def _chance(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of these log odds, 0 where it is too small for a number."""
    with np.errstate(over="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))


def _normal_share(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard normal distribution function."""
    return np.array([0.5 * math.erfc(-value / math.sqrt(2.0)) for value in values.ravel()]).reshape(values.shape)


def _check(s: object) -> None:
    """Raises ParameterError, naming the field and its limits, where a setting cannot be."""
    if not isinstance(s, CohortSetting):
        raise ParameterError(
            f"a cohort is simulated from a landing_lab.CohortSetting; got {shown(s)}; write "
            "CohortSetting(n_athletes=60)"
        )
    counts = {name: whole_given(name, getattr(s, name), *limits) for name, limits in COUNTS.items()}
    rows = math.prod(count for name, count in counts.items() if name != "n_sites")
    if rows > MOST_ROWS:
        raise ParameterError(f"the cohort would have {rows} trials, and {MOST_ROWS} are the most; ask for fewer")
    for name, limits in NUMBERS.items():
        number_given(name, getattr(s, name), *limits)
    effects = numbers_of(s.coefficients)
    if not effects or len(effects) > 1000 or max(map(abs, effects)) > EFFECT:
        raise ParameterError(
            f"coefficients are 1 to 1000 numbers, log odds per SD of z1, z2, ...; got {shown(s.coefficients)}; write "
            "coefficients=(0.8, -0.5)"
        )
