from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.metrics import roc_curve as sklearn_roc

from landing_lab.analysis.models.calibration import calibration, calibration_error
from landing_lab.analysis.models.decision_curve import decision_curve, net_benefit
from landing_lab.analysis.models.discrimination import discrimination, weighted_auc, weighted_precision
from landing_lab.analysis.models.roc import GRID, roc_curve
from landing_lab.errors import ParameterError


def scored(seed: int = 1, n: int = 300) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    athlete = np.repeat(np.arange(n // 3), 3)
    logit = rng.normal(-0.5, 1.2, n)
    y = (rng.random(n) < 1 / (1 + np.exp(-logit))).astype(float)
    return y, np.round(1 / (1 + np.exp(-logit)), 2), athlete  # rounded: ties


def test_auc_and_precision_are_those_of_scikit_learn() -> None:
    y, p, athlete = scored()
    found = discrimination(y, p, athlete, n_draws=100)
    assert found.auc == pytest.approx(roc_auc_score(y, p))
    assert found.pr_auc == pytest.approx(average_precision_score(y, p))
    assert found.auc_low < found.auc < found.auc_high
    assert (found.n_athletes, found.n_rows, found.n_events) == (100, 300, int(y.sum()))


def test_weights_are_rows_repeated() -> None:
    y, p, athlete = scored()
    weights = np.random.default_rng(2).integers(0, 4, (5, 100))[:, athlete]
    fold = np.zeros(300, np.int64)
    ours, precision = weighted_auc(y, p, weights.astype(float), fold), weighted_precision(y, p, weights.astype(float))
    for i, one in enumerate(weights):
        rows = np.repeat(np.arange(300), one)
        assert ours[i] == pytest.approx(roc_auc_score(y[rows], p[rows]))
        assert precision[i] == pytest.approx(average_precision_score(y[rows], p[rows]))


def test_only_pairs_of_one_fold_are_compared() -> None:
    # scores of the second fold are shifted: within folds the ranking is perfect, pooled it is not
    y = np.array([0, 0, 1, 1, 0, 0, 1, 1.0])
    score = np.array([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9])
    fold = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    assert discrimination(y, score, np.arange(8), fold=fold, n_draws=30).auc == 1.0
    assert discrimination(y, score, np.arange(8), n_draws=30).auc == 0.75


def test_an_interval_by_athlete_is_wider_than_one_by_trial() -> None:
    rng = np.random.default_rng(4)
    status = rng.random(50) < 0.4
    score = np.repeat(status + rng.normal(0, 1.2, 50), 6) + rng.normal(0, 0.1, 300)
    y = np.repeat(status, 6)
    by_athlete = discrimination(y, score, np.repeat(np.arange(50), 6), n_draws=200)
    by_trial = discrimination(y, score, np.arange(300), n_draws=200)
    assert by_athlete.auc_high - by_athlete.auc_low > 1.8 * (by_trial.auc_high - by_trial.auc_low)


def test_roc_is_that_of_scikit_learn() -> None:
    y, p, athlete = scored()
    p = p + np.random.default_rng(1).normal(0, 1e-6, 300)  # no ties: the steps are then one function
    ours = roc_curve(y, p, athlete, n_draws=50)
    false_alarms, found, _ = sklearn_roc(y, p, drop_intermediate=False)
    expected = [found[false_alarms <= at + 1e-12].max() for at in GRID]
    assert ours.found == pytest.approx(expected, abs=1.5 / y.sum())
    assert all(low <= value <= high for low, value, high in zip(ours.low, ours.found, ours.high, strict=True))


def test_calibration_against_a_logistic_regression_and_scikit_learn() -> None:
    y, p, athlete = scored(n=600)
    p = np.clip(p, 0.01, 0.99)
    ours = calibration(y, p, athlete, n_draws=20)
    log_odds = np.log(p / (1 - p))
    assert ours.slope == pytest.approx(sm.Logit(y, sm.add_constant(log_odds)).fit(disp=0).params[1], rel=1e-4)
    assert ours.brier == pytest.approx(brier_score_loss(y, p))
    assert ours.slope_low < 1 < ours.slope_high
    assert ours.intercept_low < 0 < ours.intercept_high
    # log odds doubled: too extreme by two
    extreme = calibration(y, 1 / (1 + np.exp(-2 * log_odds)), athlete, n_draws=20)
    assert extreme.slope == pytest.approx(ours.slope / 2, rel=1e-3)
    # everybody one log odds too high
    high = calibration(y, 1 / (1 + np.exp(-(log_odds + 1))), athlete, n_draws=20)
    assert high.intercept == pytest.approx(ours.intercept - 1, abs=0.02)


def test_calibration_error_by_hand() -> None:
    p = np.repeat([0.1, 0.8], 10)
    y = np.r_[np.zeros(8), np.ones(2), np.ones(7), np.zeros(3)]
    assert calibration_error(y, p) == pytest.approx(0.5 * 0.1 + 0.5 * 0.1)


def test_a_model_that_says_the_same_of_everybody_has_no_slope_but_a_reason() -> None:
    y, _, athlete = scored()
    found = calibration(y, np.full(300, 0.4), athlete, n_draws=5)
    assert np.isnan(found.slope)
    assert "same predicted probability" in found.reason
    assert found.curve.predicted == ()


def test_net_benefit_by_hand() -> None:
    # 10 athletes, 4 with the outcome; at 0.25 the model acts on 5, of whom 3 have it
    y = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0.0])
    p = np.array([0.9, 0.5, 0.3, 0.1, 0.6, 0.25, 0.2, 0.1, 0.05, 0.01])
    model, everyone = net_benefit(y, p, np.array([0.25]), np.ones((1, 10)))
    assert model[0, 0] == pytest.approx(3 / 10 - 2 / 10 * (0.25 / 0.75))
    assert everyone[0, 0] == pytest.approx(0.4 - 0.6 / 3)


def test_a_useless_model_never_beats_training_everyone_and_a_good_one_does() -> None:
    rng = np.random.default_rng(7)
    y, athlete = (rng.random(400) < 0.3).astype(float), np.arange(400)
    useless = decision_curve(y, np.full(400, 0.3), athlete, n_draws=100)
    assert useless.useful is None
    assert "train everyone" in useless.sentence
    good = decision_curve(y, np.where(y == 1, 0.8, 0.1) + rng.normal(0, 0.02, 400), athlete, n_draws=100)
    assert good.useful is not None
    assert "only at thresholds from" in good.sentence


@pytest.mark.parametrize(
    ("y", "p", "athlete", "seen"),
    [
        ([0, 1], [0.1], [1, 2], "one length"),
        ([0, 0], [0.1, 0.2], [1, 2], "same outcome"),
        ([0, 2], [0.1, 0.2], [1, 2], "0 or 1"),
        ([0, 1], [0.1, np.nan], [1, 2], "finite"),
    ],
)
def test_misuse_is_one_sentence(y: list[int], p: list[float], athlete: list[int], seen: str) -> None:
    with pytest.raises(ParameterError, match=seen):
        discrimination(y, p, athlete)


def test_thresholds_outside_0_and_1_are_refused() -> None:
    y, p, athlete = scored()
    with pytest.raises(ParameterError, match="between 0 and 1"):
        decision_curve(y, p, athlete, thresholds=[0.0, 0.5])
