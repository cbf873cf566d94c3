from __future__ import annotations

import pandas as pd
import pytest

from landing_lab.analysis.models.label_noise import fit_rated, true_prevalence
from landing_lab.errors import ParameterError
from landing_lab.sim.cohort import CohortSetting, simulate_cohort


def test_corrected_for_a_perfect_rater_is_a_logistic_regression() -> None:
    import statsmodels.api as sm

    frame = pd.DataFrame(simulate_cohort(CohortSetting(n_athletes=300), seed=4).athletes)
    direct = sm.Logit(frame["valgus_rated"].astype(float), sm.add_constant(frame[["z1", "z2"]])).fit(disp=0)
    found = fit_rated(frame, "valgus_rated", ["z1", "z2"], sensitivity=1.0, specificity=1.0)
    for name in ("z1", "z2"):
        assert found.effect(name).value == pytest.approx(direct.params[name], abs=1e-4)
        assert found.effect(name).se == pytest.approx(direct.bse[name], rel=0.2)  # robust against not


def test_prevalence_behind_a_rater_by_hand() -> None:
    assert true_prevalence(0.34, 0.8, 0.9) == pytest.approx((0.34 + 0.9 - 1) / 0.7)


@pytest.mark.parametrize(("sensitivity", "specificity"), [(0.5, 0.5), (1.2, 0.9), (0.0, 1.0)])
def test_a_rater_no_better_than_chance_is_refused(sensitivity: float, specificity: float) -> None:
    frame = pd.DataFrame(simulate_cohort(CohortSetting(n_athletes=60), seed=4).athletes)
    with pytest.raises(ParameterError, match="at least 80 are needed"):
        fit_rated(frame, "valgus_rated", ["z1", "z2"], sensitivity=0.9, specificity=0.9)
    with pytest.raises(ParameterError, match="better than chance"):
        fit_rated(frame, "valgus_rated", ["z1"], sensitivity=sensitivity, specificity=specificity)
