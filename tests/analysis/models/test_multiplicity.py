from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from landing_lab.analysis.models.chance import association_p
from landing_lab.analysis.models.gee import fit_gee
from landing_lab.analysis.models.logistic import fit_logistic
from landing_lab.analysis.models.mixed import fit_mixed
from landing_lab.errors import ParameterError
from landing_lab.report.model_text import effects_lines, logistic_lines
from landing_lab.sim.cohort import CohortSetting, simulate_cohort


def trials() -> pd.DataFrame:
    frame = pd.DataFrame(simulate_cohort(CohortSetting(n_athletes=40, between=0.3, within=-0.15), seed=4).trials)
    return frame.assign(u=np.random.default_rng(5).normal(size=len(frame)))


@pytest.mark.parametrize("fit", [fit_mixed, fit_gee])
def test_effects_of_declared_predictors_are_adjusted_together_and_others_are_not(fit: type) -> None:
    result = fit(trials(), "outcome", ["x", "u"], primary=["x"])
    own = sorted(one.p_value for one in result.coefficients if one.predictor == "x")
    assert len(own) == 3
    by_hand = np.minimum(1.0, np.maximum.accumulate(np.array(own) * [3, 2, 1]))
    assert sorted(one.p_holm for one in result.coefficients if one.predictor == "x") == pytest.approx(by_hand)
    assert all(one.p_holm is None for one in result.coefficients if one.predictor != "x")
    said = effects_lines(result)
    assert sum("Holm-adjusted" in line for line in said) == 3
    assert any("Adjusted for the 3 effects" in line for line in said)
    undeclared = "\n".join(effects_lines(fit(trials(), "outcome", ["x", "u"])))
    assert "every p is exploratory" in undeclared
    assert "Holm-adjusted" not in undeclared


def test_a_declared_predictor_of_a_yes_or_no_is_tested_alone() -> None:
    athletes = pd.DataFrame(simulate_cohort(CohortSetting(n_athletes=120), seed=1).athletes)
    result = fit_logistic(athletes, "valgus_rated", ["z1", "z2", "z3"], primary=["z3", "z1"])
    third, first = result.primary
    assert (third.predictor, first.predictor) == ("z3", "z1")
    assert first.p_value < 0.01 < third.p_value
    assert first.p_holm == pytest.approx(2 * first.p_value)
    assert third.p_holm == third.p_value
    assert any("z3" in line and "Holm-adjusted" in line for line in logistic_lines(result))


@pytest.mark.parametrize("fit", [fit_mixed, fit_gee])
def test_a_declared_predictor_that_is_not_fitted_is_refused(fit: type) -> None:
    with pytest.raises(ParameterError, match="nix is declared as primary and is not among the predictors"):
        fit(trials(), "outcome", ["x"], primary=["nix"])


def test_association_against_every_permutation_with_a_missing_value() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=8), np.array([0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    x[y == 1.0] += 1.0
    x[2] = np.nan
    filled = np.where(np.isnan(x), np.nanmean(x), x)
    every = [abs(filled[list(chosen)].mean() - np.delete(filled, chosen).mean()) for chosen in
             itertools.combinations(range(8), 3)]  # fmt: skip
    seen = abs(filled[y == 1.0].mean() - filled[y == 0.0].mean())
    exact = np.mean(np.array(every) >= seen - 1e-12)
    assert association_p(x, y, np.arange(8), n_draws=9999) == pytest.approx(exact, abs=0.02)
