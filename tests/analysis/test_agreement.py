"""Limits of agreement against numbers worked by hand, and their intervals against simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from landing_lab.analysis.reliability.agreement import (
    error_trend,
    limits_of_agreement,
    ratio_limits,
)
from landing_lab.errors import ParameterError


def singles(*values: float) -> list[np.ndarray]:
    return [np.array([value]) for value in values]


def test_single_measurements_are_bland_and_altman_1986() -> None:
    first, second = (10.0, 12.0, 15.0, 11.0), (11.0, 12.5, 14.0, 13.0)
    # Differences 1, 0.5, -1, 2: mean 0.625; squares about it 0.140625 + 0.015625 + 2.640625 + 1.890625 = 4.6875;
    # variance 4.6875 / 3 = 1.5625, sd 1.25; limits 0.625 -+ 1.96 * 1.25 = -1.825 and 3.075.
    found = limits_of_agreement(singles(*first), singles(*second))
    assert found.sd == pytest.approx(1.25)
    assert (found.lower.value, found.mean.value, found.upper.value) == pytest.approx((-1.825, 0.625, 3.075))
    half = stats.t.ppf(0.975, 3) * 1.25 / 2
    assert (found.mean.low, found.mean.high) == pytest.approx((0.625 - half, 0.625 + half))
    # Zou 2013: with one part the bounds of the sd are the exact chi-square ones.
    narrow, wide = (1.25 * math.sqrt(3 / stats.chi2.ppf(q, 3)) for q in (0.975, 0.025))
    assert found.upper.low == pytest.approx(3.075 - math.hypot(half, 1.96 * (1.25 - narrow)))
    assert found.upper.high == pytest.approx(3.075 + math.hypot(half, 1.96 * (wide - 1.25)))


def test_repeats_by_hand_bland_and_altman_2007_section_2() -> None:
    first = [np.array([10.0, 12.0]), np.array([20.0, 20.0]), np.array([30.0, 34.0])]
    second = [np.array([12.0]), np.array([19.0, 21.0, 23.0]), np.array([33.0, 33.0])]
    # Means 11, 20, 32 and 12, 21, 33: every mean difference is 1, their variance 0.
    # Within first: 2 + 0 + 8 = 10 on 3 df; share 1 - (1/2 + 1/2 + 1/2) / 3 = 1/2: 5/3.
    # Within second: 0 + 8 + 0 = 8 on 3 df; share 1 - (1 + 1/3 + 1/2) / 3 = 7/18: 28/27.
    found = limits_of_agreement(first, second)
    assert found.mean.value == pytest.approx(1.0)
    assert found.sd**2 == pytest.approx(5 / 3 + 28 / 27)


def test_intervals_of_limits_hold_the_truth() -> None:
    rng = np.random.default_rng(5)
    session, trial, n, m = 1.0, 2.0, 15, 4
    true = 1.96 * math.sqrt(2 * (session**2 + trial**2))
    held = 0
    for _ in range(300):
        means = rng.normal(0, session, (n, 2)) + rng.normal(50, 5, (n, 1))
        values = means[:, :, None] + rng.normal(0, trial, (n, 2, m))
        found = limits_of_agreement(list(values[:, 0]), list(values[:, 1]))
        held += found.upper.low <= true <= found.upper.high
    assert 0.92 <= held / 300 <= 0.985


def test_few_subjects_are_refused() -> None:
    with pytest.raises(ParameterError, match="at least 3 subjects"):
        limits_of_agreement(singles(1, 2), singles(1, 2))


def test_an_error_that_grows_with_the_value_is_seen_and_given_as_a_ratio() -> None:
    rng = np.random.default_rng(2)
    size = rng.uniform(10, 200, 60)
    first, second = (size * np.exp(rng.normal(0, 0.1, 60)) for _ in range(2))
    trend = error_trend((first + second) / 2, second - first)
    assert trend is not None
    assert trend.grows
    found = ratio_limits([np.array([x]) for x in first], [np.array([x]) for x in second])
    factor = math.exp(1.96 * 0.1 * math.sqrt(2))
    assert found.upper.low < factor < found.upper.high
    assert found.lower.low < 1 / factor < found.lower.high
    with pytest.raises(ParameterError, match="above 0"):
        ratio_limits(singles(1, 2, -3), singles(1, 2, 3))


def test_an_error_that_does_not_grow_is_left_alone() -> None:
    rng = np.random.default_rng(3)
    size = rng.uniform(10, 200, 60)
    trend = error_trend(size, rng.normal(0, 3, 60))
    assert trend is not None
    assert not trend.grows
    assert error_trend(size[:9], size[:9]) is None
