from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from landing_lab.errors import ParameterError
from landing_lab.sim.cohort import CohortSetting, rate, simulate_cohort


def test_equal_seeds_give_equal_cohorts_and_others_do_not() -> None:
    first, again, other = (simulate_cohort(seed=seed) for seed in (1, 1, 2))
    assert all(np.array_equal(first.trials[name], again.trials[name]) for name in first.trials)
    assert not np.array_equal(first.trials["x"], other.trials["x"])


def test_variances_and_effects_are_those_asked_for() -> None:
    setting = CohortSetting(
        n_athletes=4000, n_sessions=1, n_limbs=1, n_trials=6, level_sd=2.0, change_sd=0.5, athlete_sd=1.5, trial_sd=0.7,
        between=0.6, within=-0.9,
    )  # fmt: skip
    made = simulate_cohort(setting, seed=3)
    x, y = (np.asarray(made.trials[name], float).reshape(4000, 6) for name in ("x", "outcome"))
    level = np.asarray(made.truth_athletes["level"], float)
    assert np.std(level) == pytest.approx(2.0, rel=0.03)
    change = x - level[:, None]
    assert np.std(change) == pytest.approx(0.5, rel=0.02)
    within = np.sum((x - x.mean(1, keepdims=True)) * y) / np.sum((x - x.mean(1, keepdims=True)) ** 2)
    assert within == pytest.approx(-0.9, abs=0.03)
    rest = y - 0.6 * level[:, None] + 0.9 * change
    assert np.polyfit(level, y.mean(1), 1)[0] == pytest.approx(0.6, abs=0.05)
    assert np.std(rest - rest.mean(1, keepdims=True)) * np.sqrt(6 / 5) == pytest.approx(0.7, rel=0.02)
    assert np.var(rest.mean(1)) == pytest.approx(1.5**2 + 0.7**2 / 6, rel=0.06)


def test_what_is_seen_in_a_trial_has_the_marginal_odds_asked_for() -> None:
    setting = CohortSetting(n_athletes=5000, n_sessions=1, n_limbs=1, n_trials=4, rated_intercept=-0.5, between=0.0,
                            within=0.0, rated_correlation=0.5)  # fmt: skip
    seen = np.asarray(simulate_cohort(setting, seed=4).trials["rated"], float).reshape(5000, 4)
    assert seen.mean() == pytest.approx(1 / (1 + np.exp(0.5)), abs=0.015)
    assert np.corrcoef(seen[:, 0], seen[:, 1])[0, 1] > 0.25  # trials of an athlete are alike


def test_a_rater_of_known_errors() -> None:
    truth = np.repeat([True, False], 20_000)
    seen = rate(truth, 0.8, 0.95, seed=1)
    assert seen[truth].mean() == pytest.approx(0.8, abs=0.01)
    assert seen[~truth].mean() == pytest.approx(0.05, abs=0.01)


def test_missing_is_more_frequent_where_z1_is_high_and_never_in_z1() -> None:
    people = simulate_cohort(CohortSetting(n_athletes=5000, missing=0.2), seed=1).athletes
    absent, high = np.isnan(np.asarray(people["z2"], float)), np.asarray(people["z1"], float) > 0
    assert not np.isnan(np.asarray(people["z1"], float)).any()
    assert absent[high].mean() == pytest.approx(0.3, abs=0.03)
    assert absent[~high].mean() == pytest.approx(0.1, abs=0.03)


def test_a_null_cohort_has_no_effect() -> None:
    setting = CohortSetting.null(n_athletes=7)
    assert (setting.between, setting.within, set(setting.coefficients), setting.n_athletes) == (0.0, 0.0, {0.0}, 7)


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"n_athletes": 0}, "n_athletes must be a whole number from 1 to 100000; got 0"),
        ({"n_athletes": 100_001}, "n_athletes must be"),
        ({"n_athletes": 2.0}, "n_athletes must be"),
        ({"n_athletes": "12"}, "n_athletes must be"),
        ({"n_athletes": True}, "n_athletes must be"),
        ({"n_sites": None}, "n_sites must be"),
        ({"n_limbs": 4}, "n_limbs must be a whole number from 1 to 3"),
        ({"n_athletes": 100_000, "n_trials": 1000}, "would have 400000000 trials"),
        ({"sensitivity": 1.5}, "sensitivity must be a number from 0 to 1"),
        ({"trial_sd": -1.0}, "trial_sd must be"),
        ({"level_sd": math.nan}, "level_sd must be a number from 0 to 1e.06; got nan"),
        ({"between": math.inf}, "between must be"),
        ({"within": "much"}, "within must be"),
        ({"intercept": 10**400}, "intercept must be"),
        ({"missing": 0.95}, "missing must be a number from 0 to 0.9"),
        ({"missing": -0.1}, "missing must be"),
        ({"coefficients": ()}, "coefficients are 1 to 1000 numbers"),
        ({"coefficients": "abc"}, "coefficients are"),
        ({"coefficients": (1.0, math.nan)}, "coefficients are"),
        ({"coefficients": 0.5}, "coefficients are"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], seen: str) -> None:
    with pytest.raises(ParameterError, match=seen):
        simulate_cohort(CohortSetting(**changes), seed=1)


@pytest.mark.parametrize("seed", [None, -1, 1.5, "a", True, 2**70])
def test_a_seed_is_a_whole_number(seed: Any) -> None:
    with pytest.raises(ParameterError, match="seed must be a whole number, 0 or more; got"):
        simulate_cohort(seed=seed)


def test_a_setting_is_a_setting_and_strong_effects_are_no_overflow() -> None:
    with pytest.raises(ParameterError, match=r"landing_lab.CohortSetting; got \{"):
        simulate_cohort({}, seed=1)  # type: ignore[arg-type]
    strong = simulate_cohort(CohortSetting(n_athletes=9, coefficients=(1e5,), within=1e5), seed=np.int64(1))  # type: ignore[arg-type]
    assert set(strong.truth_athletes["probability"]) <= {0.0, 1.0}
