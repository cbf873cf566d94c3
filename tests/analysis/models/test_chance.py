from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import roc_auc_score

from landing_lab.analysis.models.chance import N_FOLDS, _relabelled, chance_p


def test_against_a_ridge_of_scikit_learn_fitted_anew_for_every_relabelling() -> None:
    rng = np.random.default_rng(3)
    x, athlete = rng.normal(size=(60, 3)), np.repeat(np.arange(30), 2)
    y = (x[:, 0] + rng.normal(0, 2.5, 60) > 0).astype(float)
    draw = np.random.default_rng(9)
    labels = [y, *(_relabelled(y, athlete, draw) for _ in range(60))]
    fold = draw.permutation(30)[athlete] % N_FOLDS
    values = []
    for one in labels:
        concordant = pairs = 0.0
        for number in range(N_FOLDS):
            test = fold == number
            mean, sd = x[~test].mean(axis=0), x[~test].std(axis=0)
            ridge = Ridge(alpha=3.0).fit((x[~test] - mean) / sd, one[~test])
            n_pairs = one[test].sum() * (1 - one[test]).sum()
            if n_pairs:
                concordant += n_pairs * roc_auc_score(one[test], ridge.predict((x[test] - mean) / sd))
                pairs += n_pairs
        values.append(concordant / pairs)
    by_hand = (1 + sum(value >= values[0] - 1e-12 for value in values[1:])) / 61
    assert chance_p(x, y, athlete, n_draws=60, seed=9) == pytest.approx(by_hand)


def test_labels_move_between_athletes_with_equally_many_rows() -> None:
    athlete = np.array([0, 0, 1, 1, 2, 2, 2, 3])
    y = np.array([0, 1, 0, 0, 1, 1, 0, 1.0])
    moved = {tuple(_relabelled(y, athlete, np.random.default_rng(seed))) for seed in range(20)}
    assert moved == {tuple(y), (0, 0, 0, 1, 1, 1, 0, 1)}


def test_finds_what_is_there_and_bears_missing_values() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(120, 2))
    y = (x[:, 0] + rng.normal(0, 0.5, 120) > 0).astype(float)
    x[rng.random((120, 2)) < 0.1] = np.nan
    assert chance_p(x, y, np.arange(120), n_draws=199) == pytest.approx(1 / 200)
