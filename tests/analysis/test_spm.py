"""Permutation tests of curves against spm1d (an oracle, GPL, in tests only), hand-worked numbers and refusals."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
import spm1d

from analysis.smooth_curves import bump, smooth
from landing_lab.analysis.permutations import PermutationSettings, shuffles, sign_flips
from landing_lab.analysis.waveforms.spm import paired_test, regression_test, two_sample_test
from landing_lab.errors import ParameterError


def test_paired_is_spm1d_with_every_sign_flip() -> None:
    first, second = smooth(8, 1), smooth(8, 2) + bump(2.5)
    found = paired_test(first, second)
    oracle = spm1d.stats.nonparam.ttest_paired(second, first)
    np.testing.assert_allclose(found.t, oracle.z, rtol=1e-9)
    told = oracle.inference(alpha=0.05, two_tailed=True, iterations=-1)
    assert found.exact
    assert found.n_permutations == 256 == told.nPermUnique
    # spm1d interpolates a percentile of max t, here it is the value above which p <= 0.05
    assert found.threshold == pytest.approx(told.zstar, rel=0.03)
    assert len(found.clusters) == len(told.clusters) == 1
    own, theirs = found.clusters[0], told.clusters[0]
    assert own.start == pytest.approx(theirs.endpoints[0], abs=1.5)
    assert own.stop - 1 == pytest.approx(theirs.endpoints[1], abs=1.5)


def test_two_samples_are_spm1d_with_every_deal() -> None:
    first, second = smooth(6, 3), smooth(7, 4) + bump(3.0)
    found = two_sample_test(first, second)
    oracle = spm1d.stats.nonparam.ttest2(second, first)
    np.testing.assert_allclose(found.t, oracle.z, rtol=1e-9)
    told = oracle.inference(alpha=0.05, two_tailed=True, iterations=-1)
    assert found.exact
    assert found.n_permutations == math.comb(13, 6) == told.nPermUnique
    assert found.threshold == pytest.approx(told.zstar, rel=0.03)


def test_regression_is_spm1d_with_drawn_shuffles() -> None:
    x = np.random.default_rng(5).normal(10, 3, 14)
    curves = smooth(14, 6) + np.outer((x - 10) / 3, bump(1.2))
    found = regression_test(curves, x)
    oracle = spm1d.stats.nonparam.regress(curves, x)
    np.testing.assert_allclose(found.t, oracle.z, rtol=1e-9)
    np.random.seed(7)  # noqa: NPY002 - spm1d draws from the global generator
    told = oracle.inference(alpha=0.05, two_tailed=True, iterations=3000)
    assert not found.exact
    assert found.threshold == pytest.approx(told.zstar, rel=0.06)
    slope = np.polyfit(x, curves, 1)[0]
    np.testing.assert_allclose(found.effect, slope, rtol=1e-9, atol=1e-12)


def test_confidence_intervals_are_those_of_the_textbook() -> None:
    from scipy import stats

    first, second = smooth(9, 8), smooth(9, 9)
    found = paired_test(first, second)
    node = 33
    low, high = stats.ttest_1samp(second[:, node] - first[:, node], 0.0).confidence_interval(0.95)
    assert (found.pointwise_low[node], found.pointwise_high[node]) == pytest.approx((low, high))
    groups = two_sample_test(first, second[:7])
    low, high = stats.ttest_ind(second[:7, node], first[:, node]).confidence_interval(0.95)
    assert (groups.pointwise_low[node], groups.pointwise_high[node]) == pytest.approx((low, high))
    assert (found.simultaneous_low < found.pointwise_low).all()
    assert (found.simultaneous_high > found.pointwise_high).all()


def test_p_of_one_node_is_counted_by_hand() -> None:
    first = np.zeros((6, 2))
    second = np.column_stack([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.1, -0.2, 0.1, -0.1, 0.2, -0.1]])
    found = paired_test(first, second)
    # of 64: every sign kept or turned in node 0, and the two that make all of node 1 alike (t 6.3 against 4.6)
    assert found.adjusted_p[0] == 4 / 64
    assert found.smallest_p == 2 / 64
    beyond = 0
    for signs in itertools.product((1, -1), repeat=6):
        flipped = np.array(signs)[:, None] * second
        t = np.abs(flipped.mean(axis=0) / (flipped.std(axis=0, ddof=1) / math.sqrt(6)))
        beyond += t.max() >= abs(found.t[1]) * (1 - 1e-9)
    assert found.adjusted_p[1] == beyond / 64


def test_five_pairs_cannot_be_significant_and_it_says_so() -> None:
    found = paired_test(smooth(5, 1), smooth(5, 2) + 50.0)
    assert found.smallest_p == 0.0625
    assert found.refusal is not None
    assert "0.0625" in found.refusal
    assert found.clusters == found.mass_clusters == ()
    assert math.isnan(found.threshold)
    assert np.isfinite(found.pointwise_low).all()
    assert paired_test(smooth(6, 1), smooth(6, 2) + 50.0).refusal is None


def test_p_is_never_zero_and_the_draw_is_seeded() -> None:
    first, second = smooth(20, 1), smooth(20, 2) + 30.0
    settings = PermutationSettings(n_permutations=2000, seed=3)
    found, again = paired_test(first, second, settings), paired_test(first, second, settings)
    assert found.p == 1 / 2001 == found.smallest_p
    assert found.threshold == again.threshold
    assert found.threshold != paired_test(first, second, PermutationSettings(n_permutations=2000, seed=4)).threshold


def test_every_deal_counts_once() -> None:
    settings = PermutationSettings()
    assert len(shuffles(np.array([0.0, 0.0, 1.0, 1.0]), settings).weights) == 6
    assert len(shuffles(np.array([1.0, 2.0, 3.0, 3.0]), settings).weights) == 12
    rows = shuffles(np.array([1.0, 2.0, 3.0, 4.0, 7.0]), settings).weights
    assert len({tuple(row) for row in rows.tolist()}) == 120
    np.testing.assert_allclose(rows.sum(axis=1), 0.0, atol=1e-12)
    assert len(sign_flips(4, settings).weights) == 16


def test_a_node_without_spread_is_no_finding() -> None:
    first, second = smooth(8, 1), smooth(8, 2)
    first[:, :10] = second[:, :10] = 0.0
    found = paired_test(first, second)
    assert (found.t[:10] == 0.0).all()
    assert (found.adjusted_p[:10] == 1.0).all()


def test_clusters_of_either_sign_stand_apart() -> None:
    shape = bump(3.0, at=25) - bump(3.0, at=75)
    found = paired_test(smooth(12, 11), smooth(12, 12) + shape)
    assert [one.sign for one in found.clusters] == [1, -1]
    assert all(one.p <= 0.05 for one in found.mass_clusters[:2])
    for one in found.clusters:
        assert one.p == found.adjusted_p[one.start : one.stop].min()
        assert abs(one.peak_t) > found.threshold


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: paired_test(smooth(6, 1), smooth(5, 1)), "same athletes"),
        (lambda: two_sample_test(smooth(2, 1), smooth(5, 1)), "2 athletes"),
        (lambda: two_sample_test(smooth(6, 1), smooth(6, 1, q=51)), "same nodes"),
        (lambda: regression_test(smooth(6, 1), np.ones(6)), "nothing to regress"),
        (lambda: regression_test(smooth(6, 1), np.array([1, 2, np.nan, 4, 5, 6])), "leave out"),
        (lambda: paired_test(np.full((6, 5), np.nan), smooth(6, 1, q=5)), "missing"),
        (lambda: PermutationSettings(n_permutations=10), "n_permutations"),
        (lambda: PermutationSettings(alpha=0.7), "alpha"),
    ],
)
def test_what_cannot_be_tested_is_refused(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        call()
