from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from landing_lab.analysis.models.sample_size import cox_snell_from_c, sample_size
from landing_lab.errors import ParameterError


@pytest.mark.parametrize(
    ("prevalence", "c_statistic", "predictors_n", "athletes", "events"),
    [
        (0.06, 0.65, 5, 2659, 160), (0.06, 0.70, 5, 1451, 88), (0.03, 0.70, 5, 2785, 84),
        (0.30, 0.75, 5, 323, 97), (0.30, 0.75, 10, 511, 154),
    ],
)  # fmt: skip
def test_figures_of_the_evidence_table(
    prevalence: float, c_statistic: float, predictors_n: int, athletes: int, events: int
) -> None:
    # the table drew a million linear predictors (Riley 2021), whose R2 scatters by 2 %; ours is the exact integral
    found = sample_size(prevalence=prevalence, c_statistic=c_statistic, predictors_n=predictors_n)
    assert found.athletes == pytest.approx(athletes, rel=0.02)
    assert found.events == pytest.approx(events, rel=0.025)


def test_the_published_example_of_pmsampsize() -> None:
    found = sample_size(prevalence=0.174, r_squared=0.288, predictors_n=24)
    assert list(found.by_criterion.values()) == [623, 662, 221]
    assert found.athletes == 662


def test_r_squared_is_that_of_a_large_simulated_model() -> None:
    # independent of the integral: log likelihood of the true model on drawn people
    rng, n, prevalence, c_statistic = np.random.default_rng(5), 2_000_000, 0.2, 0.8
    apart = math.sqrt(2) * 0.8416212335729143  # normal quantile of 0.8
    case = rng.random(n) < prevalence
    x = rng.normal(apart * case)
    p = 1 / (1 + np.exp(-(math.log(prevalence / (1 - prevalence)) + apart * x - apart**2 / 2)))
    gained = np.where(case, np.log(p / prevalence), np.log((1 - p) / (1 - prevalence))).mean()
    assert cox_snell_from_c(c_statistic, prevalence) == pytest.approx(1 - math.exp(-2 * gained), rel=0.01)


def test_says_what_asks_for_most_and_to_count_athletes() -> None:
    said = sample_size(prevalence=0.3, c_statistic=0.75, predictors_n=5).sentence
    assert said.startswith("323 athletes, 97 of them")
    assert "prevalence known within 0.05" in said
    assert "Count athletes, not trials" in said


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ({"prevalence": 30.0, "c_statistic": 0.7, "predictors_n": 5}, "got 30"),
        ({"prevalence": 0.3, "c_statistic": 0.5, "predictors_n": 5}, "above 0.5"),
        ({"prevalence": 0.3, "c_statistic": 0.7, "predictors_n": 0}, "at least 1"),
        ({"prevalence": 0.3, "predictors_n": 5}, "either c_statistic or r_squared"),
        ({"prevalence": 0.03, "r_squared": 0.5, "predictors_n": 5}, "highest possible"),
        ({"prevalence": math.nan, "c_statistic": 0.7, "predictors_n": 5}, "between 0 and 1"),
    ],
)
def test_wrong_settings_are_one_sentence(words: dict[str, Any], seen: str) -> None:
    with pytest.raises(ParameterError, match=seen):
        sample_size(**words)
