"""Curves of chance alone: 5 % of studies find something; curves with an effect: most find it, where it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from analysis.smooth_curves import bump, smooth
from landing_lab.analysis.permutations import PermutationSettings
from landing_lab.analysis.waveforms.curve_test import CurveTest
from landing_lab.analysis.waveforms.spm import paired_test, regression_test, two_sample_test

N_NULL = 1000
"""Three SDs of a share of 5 % in so many are 2.1 %."""
N_EFFECT = 200
SETTINGS = PermutationSettings(n_permutations=1000, seed=1)
Study = Callable[[int, float], CurveTest]


def paired(seed: int, effect: float) -> CurveTest:
    curves = smooth(24, seed)
    return paired_test(curves[:12], curves[12:] + bump(effect), SETTINGS)


def skewed(seed: int, effect: float) -> CurveTest:
    """Eight athletes with heavy-tailed differences: sign flips ask for symmetry alone, which differences have."""
    curves = np.sign(smooth(16, seed)) * np.abs(smooth(16, seed)) ** 2
    return paired_test(curves[:8], curves[8:] + bump(effect), SETTINGS)


def two_sample(seed: int, effect: float) -> CurveTest:
    curves = smooth(24, seed)
    return two_sample_test(curves[:10], curves[10:] + bump(effect), SETTINGS)


def regression(seed: int, effect: float) -> CurveTest:
    x = np.random.default_rng(seed).lognormal(2.0, 0.5, 20)
    return regression_test(smooth(20, seed + 10_000) + np.outer((x - x.mean()) / x.std(), bump(effect)), x, SETTINGS)


STUDIES: dict[str, tuple[Study, float]] = {
    "paired": (paired, 2.2),
    "skewed": (skewed, 6.0),
    "two_sample": (two_sample, 2.5),
    "regression": (regression, 1.3),
}


@pytest.mark.parametrize("kind", STUDIES)
def test_chance_alone_is_found_in_five_per_cent(kind: str) -> None:
    study, _ = STUDIES[kind]
    found = [study(seed, 0.0) for seed in range(N_NULL)]
    for what, share in {
        "max t": np.mean([bool(one.clusters) for one in found]),
        "mass": np.mean([any(c.p <= 0.05 for c in one.mass_clusters) for one in found]),
        "extent": np.mean([any(c.p <= 0.05 for c in one.extent_clusters) for one in found]),
    }.items():
        print(f"{kind}, {what}: {100 * share:.1f} %")
        assert 0.03 <= share <= 0.07, (kind, what, share)
    # and p is uniform: no more below any level than that level
    p = np.array([one.p for one in found])
    for level in (0.1, 0.2, 0.5):
        assert np.mean(p <= level) == pytest.approx(level, abs=3.5 * (level * (1 - level) / N_NULL) ** 0.5 + 0.01)


@pytest.mark.parametrize("kind", STUDIES)
def test_an_effect_is_found_where_it_is(kind: str) -> None:
    study, effect = STUDIES[kind]
    found = [study(seed, effect) for seed in range(N_EFFECT)]
    hits = [any(c.start <= 50 < c.stop for c in one.clusters) for one in found]
    far = [any(c.stop < 15 or c.start > 85 for c in one.clusters) for one in found]
    print(f"{kind}: power {100 * np.mean(hits):.0f} %, far from it {100 * np.mean(far):.1f} %")
    assert np.mean(hits) >= 0.8
    assert np.mean(far) <= 0.07


def test_simultaneous_intervals_hold_the_whole_curve() -> None:
    truth = bump(2.2)
    held = []
    each = []
    for seed in range(N_EFFECT):
        one = paired(seed, 2.2)
        held.append(bool(((one.simultaneous_low <= truth) & (truth <= one.simultaneous_high)).all()))
        each.append(np.mean((one.pointwise_low <= truth) & (truth <= one.pointwise_high)))
    print(f"whole curve held in {100 * np.mean(held):.1f} %, each point in {100 * np.mean(each):.1f} %")
    assert 0.90 <= np.mean(held) <= 0.99
    assert 0.93 <= np.mean(each) <= 0.97
