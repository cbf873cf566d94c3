"""Sizes of reliability studies against published tables and against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from landing_lab.analysis.reliability.icc import icc_forms
from landing_lab.analysis.reliability.planning import (
    athletes_for_width,
    athletes_to_show,
    sem_precision,
    trials_for_icc,
    trials_for_sem,
)
from landing_lab.errors import ParameterError


@pytest.mark.parametrize(
    ("least", "icc", "repeats", "athletes"),
    # by hand: k = 2, C0 = (1 + 2 * 1.5) / (1 + 2 * 4) = 4 / 9; n = 1 + 2 * 6.1826 * 2 / (0.8109^2 * 1) = 38.6
    [(0.6, 0.8, 2, 39), (0.6, 0.8, 3, 27), (0.4, 0.6, 2, 87)],
)
def test_walter_1998(least: float, icc: float, repeats: int, athletes: int) -> None:
    assert athletes_to_show(icc, least, repeats=repeats) == athletes


@pytest.mark.parametrize(("icc", "width", "repeats"), [(0.8, 0.2, 2), (0.7, 0.2, 3), (0.9, 0.15, 2)])
def test_bonett_2002_gives_intervals_of_the_wanted_width(icc: float, width: float, repeats: int) -> None:
    n = athletes_for_width(icc, width, repeats=repeats)
    rng = np.random.default_rng(1)
    noise = np.sqrt(1 / icc - 1)
    widths = []
    for _ in range(300):
        values = rng.normal(size=(n, 1)) + noise * rng.normal(size=(n, repeats))
        found = icc_forms(values)["ICC(1,1)"]
        widths.append(found.high - found.low)
    assert np.mean(widths) == pytest.approx(width, rel=0.07)


def test_the_precision_of_a_standard_error_is_the_chi_square_one() -> None:
    found = sem_precision(20, repeats=2)
    sds = stats.chi2.ppf([0.025, 0.975], 20)
    assert (found.high, found.low) == pytest.approx(tuple(np.sqrt(20 / sds)))


def test_trials_for_an_icc_are_spearman_browns_and_session_error_is_not_averaged_out() -> None:
    # Athlete and trial SD alike: ICC of one is 0.5; of n it is n / (n + 1): 0.9 needs 9.
    assert trials_for_icc(0.9, athlete_sd=2.0, trial_sd=2.0).n == 9
    needed = trials_for_icc(0.9, athlete_sd=2.0, trial_sd=2.0, session_sd=0.5)
    assert needed.n is not None
    assert needed.n == int(np.ceil(4 / (4 / 9 - 0.25)))
    never = trials_for_icc(0.9, athlete_sd=2.0, trial_sd=2.0, session_sd=1.0)
    assert never.n is None
    assert "sessions differ too much" in never.reason
    assert trials_for_icc(0.5, athlete_sd=2.0, trial_sd=0.0).n == 1


def test_trials_for_a_standard_error() -> None:
    assert trials_for_sem(0.5, trial_sd=1.0).n == 4
    assert trials_for_sem(0.5, trial_sd=1.0, session_sd=0.3).n == 7  # 1 / (0.25 - 0.09) = 6.25
    assert trials_for_sem(0.3, trial_sd=1.0, session_sd=0.3).n is None


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: athletes_for_width(1.2, 0.2), "between 0 and 1; got 1.2"),
        (lambda: athletes_for_width(0.8, 0.0), "width"),
        (lambda: athletes_for_width(0.8, 0.2, repeats=1), "at least 2 repeats"),
        (lambda: athletes_to_show(0.6, 0.8), "below the expected"),
        (lambda: athletes_to_show(0.8, 0.6, power=0.1), "power"),
        (lambda: sem_precision(1), "at least 2 athletes"),
        (lambda: trials_for_icc(0.0, athlete_sd=1, trial_sd=1), "wanted ICC"),
        (lambda: trials_for_sem(-1.0, trial_sd=1), "above 0"),
    ],
)
def test_numbers_that_cannot_be_meant(call: object, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        call()  # type: ignore[operator]
