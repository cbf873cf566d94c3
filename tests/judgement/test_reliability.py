"""Cohorts drawn from known components: do the intervals hold the truth, and are null contrasts called at 5 %?"""

from __future__ import annotations

import math

import numpy as np
import pytest

from landing_lab.analysis.paired_statistics import holm, paired_comparison, sign_flip_p, welch_of_sessions
from landing_lab.analysis.reliability.components import nested_components
from landing_lab.analysis.reliability.icc import icc_forms
from landing_lab.analysis.reliability.measurement_error import MeasurementError

RUNS = 200
ATHLETE, SESSION, TRIAL = 0.30, 0.06, 0.15


def cohort(
    rng: np.random.Generator, counts: list[list[int]], session: float, practice: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    values, who, when = [], [], []
    for i, trials in enumerate(counts):
        own = rng.normal(2.0, ATHLETE)
        for j, n in enumerate(trials):
            values.append(own + practice * j + rng.normal(0, session) + rng.normal(0, TRIAL, n))
            who += [i] * n
            when += [j] * n
    return np.concatenate(values), np.array(who), np.array(when)


BALANCED = [[5, 5]] * 20
UNBALANCED = [[5, 4], [3, 5], [5], [2, 5, 4], [5, 5], [4, 4], [5, 3], [5, 5], [1, 5], [5, 2]] * 2


@pytest.mark.parametrize(
    ("counts", "own", "practice"),
    [
        (BALANCED, SESSION, 0.0), (UNBALANCED, SESSION, 0.0), ([[5, 5]] * 8, SESSION, 0.0), (BALANCED, 0.25, 0.0),
        (BALANCED, SESSION, 0.3),
    ],
    ids=["balanced", "unbalanced", "eight athletes", "bad days", "practice"],
)  # fmt: skip
def test_intervals_of_components_sem_and_icc_hold_the_truth(
    counts: list[list[int]], own: float, practice: float
) -> None:
    rng = np.random.default_rng(20261130)
    session = math.sqrt(own**2 + practice**2 / 2)  # two sessions apart by `practice`
    truth = {
        "trial": TRIAL, "session": session, "athlete": ATHLETE, "sem 1": math.hypot(session, TRIAL),
        "sem 5": math.sqrt(session**2 + TRIAL**2 / 5),
        "icc 1": ATHLETE**2 / (ATHLETE**2 + session**2 + TRIAL**2),
        "icc 5": ATHLETE**2 / (ATHLETE**2 + session**2 + TRIAL**2 / 5),
    }  # fmt: skip
    held = dict.fromkeys(truth, 0)
    for _ in range(RUNS):
        found = nested_components(*cohort(rng, counts, own, practice))
        assert found.session_sd is not None
        intervals = {
            "trial": found.trial_sd, "session": found.session_sd, "athlete": found.athlete_sd,
            "sem 1": found.sem(1), "sem 5": found.sem(5), "icc 1": found.icc(1), "icc 5": found.icc(5),
        }  # fmt: skip
        for name, interval in intervals.items():
            held[name] += interval.low <= truth[name] <= interval.high
    assert {name: n for name, n in held.items() if n < 0.9 * RUNS} == {}


@pytest.mark.parametrize("shift", [0.0, 0.1], ids=["no practice", "practice"])
def test_intervals_of_classical_icc_hold_the_truth(shift: float) -> None:
    rng = np.random.default_rng(7)
    n, k, noise = 20, 2, 0.12
    # Sessions are drawn anew in every run: their spread is part of the truth of agreement, not of consistency.
    consistency = ATHLETE**2 / (ATHLETE**2 + noise**2)
    agreement = ATHLETE**2 / (ATHLETE**2 + shift**2 + noise**2)
    held = {"ICC(2,1)": 0, "ICC(3,1)": 0, "ICC(3,k)": 0}
    for _ in range(RUNS):
        own, days = rng.normal(2.0, ATHLETE, (n, 1)), rng.normal(0, shift, (1, k))
        forms = icc_forms(own + days + rng.normal(0, noise, (n, k)))
        truth = {"ICC(2,1)": agreement, "ICC(3,1)": consistency, "ICC(3,k)": 2 * consistency / (1 + consistency)}
        for name, true in truth.items():
            held[name] += forms[name].low <= true <= forms[name].high  # type: ignore[index]
    assert {name: count for name, count in held.items() if count < 0.9 * RUNS} == {}


def conditions(rng: np.random.Generator, athletes: int, trials: int, effect: float) -> np.ndarray:
    """(athletes, 2 conditions, trials); athletes respond differently to the condition, on average by `effect`."""
    own = rng.normal(2.0, ATHLETE, (athletes, 1, 1))
    response = np.stack([np.zeros(athletes), rng.normal(effect, 0.05, athletes)], axis=1)[:, :, None]
    return own + response + rng.normal(0, TRIAL, (athletes, 2, trials))


def test_null_contrasts_of_a_group_are_called_at_five_per_cent() -> None:
    rng = np.random.default_rng(11)
    runs = 2000
    called = np.zeros(2)
    for _ in range(runs):
        means = conditions(rng, 12, 5, 0.0).mean(axis=2)
        found = paired_comparison(means[:, 0], means[:, 1])
        called += [found.p < 0.05, found.p_sign_flip < 0.05]
    assert np.all(np.abs(100 * called / runs - 5.0) <= 2.0)


def test_null_contrasts_of_skewed_metrics_keep_their_level_by_sign_flips() -> None:
    rng = np.random.default_rng(12)
    runs = 2000
    called = sum(sign_flip_p(rng.lognormal(0, 0.6, 12) - rng.lognormal(0, 0.6, 12)) < 0.05 for _ in range(runs))
    assert abs(100 * called / runs - 5.0) <= 2.0


def test_many_null_metrics_together_are_called_in_five_per_cent_of_studies_after_holm() -> None:
    rng = np.random.default_rng(16)
    runs, metrics, athletes = 600, 8, 12
    family = alone = 0
    for _ in range(runs):
        # Metrics of one landing go together: what is common to all makes up half of their variance.
        gaps = rng.normal(size=(athletes, 1)) + rng.normal(size=(athletes, metrics))
        p = [sign_flip_p(column) for column in gaps.T]
        alone += min(p) < 0.05
        family += min(holm(p)) < 0.05
    assert 100 * family / runs <= 7.0
    assert 100 * alone / runs > 12.0  # what it would be without


def test_null_contrasts_of_one_athlete_are_called_at_five_per_cent_by_the_laboratorys_own_error() -> None:
    """The error comes from a study of its own, as in a laboratory: what it is off by is part of the figure."""
    rng = np.random.default_rng(13)
    called = welch = total = 0
    for _ in range(RUNS):
        study = nested_components(*cohort(rng, BALANCED, SESSION))
        error = MeasurementError(
            name="x", side="left", unit="", trial_sd=study.trial_sd.value, session_sd=None, source="", borrowed=False
        )
        limit = error.detectable_difference_within_session(5, 5)
        for one, two in rng.normal(0, TRIAL, (20, 2, 5)):
            gap, _, _, p = welch_of_sessions([(one, two)])
            called += abs(gap) > limit
            welch += p < 0.05
            total += 1
    assert abs(100 * called / total - 5.0) <= 2.0
    assert abs(100 * welch / total - 5.0) <= 2.0


def test_null_changes_between_sessions_are_called_at_five_per_cent_by_mdc95() -> None:
    rng = np.random.default_rng(14)
    called = total = 0
    for _ in range(RUNS):
        study = nested_components(*cohort(rng, BALANCED, SESSION))
        assert study.session_sd is not None
        error = MeasurementError(
            name="x", side="left", unit="", trial_sd=study.trial_sd.value, session_sd=study.session_sd.value,
            source="", borrowed=False,
        )  # fmt: skip
        limit = error.detectable_change(5)
        assert limit is not None
        means = rng.normal(0, SESSION, (40, 2)) + rng.normal(0, TRIAL, (40, 2, 5)).mean(axis=2)
        called += int((np.abs(means[:, 1] - means[:, 0]) > limit).sum())
        total += 40
    assert abs(100 * called / total - 5.0) <= 2.0


def test_power_is_that_of_the_noncentral_t() -> None:
    from scipy import stats

    rng = np.random.default_rng(15)
    n, effect = 12, 0.1
    sd = math.sqrt(0.05**2 + 2 * TRIAL**2 / 5)
    reach = stats.t.ppf(0.975, n - 1)
    shift = effect / sd * math.sqrt(n)
    expected = 1 - stats.nct.cdf(reach, n - 1, shift) + stats.nct.cdf(-reach, n - 1, shift)
    found = intervals = 0
    for _ in range(1000):
        means = conditions(rng, n, 5, effect).mean(axis=2)
        result = paired_comparison(means[:, 0], means[:, 1])
        found += result.p_sign_flip < 0.05
        intervals += result.low <= effect <= result.high
    assert abs(found / 1000 - expected) < 0.04
    assert 0.93 <= intervals / 1000 <= 0.97
