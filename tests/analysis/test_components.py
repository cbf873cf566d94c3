"""Nested components against REML of statsmodels, and against expected mean squares found without our formulas."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from landing_lab.analysis.reliability.components import nested_components
from landing_lab.analysis.reliability.icc import icc_forms
from landing_lab.errors import ParameterError


def drawn(
    seed: int, counts: list[list[int]], athlete: float, session: float, trial: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """counts: trials per session per athlete."""
    rng = np.random.default_rng(seed)
    values, who, when = [], [], []
    for i, sessions in enumerate(counts):
        own = rng.normal(0, athlete)
        for j, n in enumerate(sessions):
            values.append(10 + own + rng.normal(0, session) + rng.normal(0, trial, n))
            who += [f"P{i}"] * n
            when += [f"0{j + 1}"] * n
    return np.concatenate(values), np.array(who), np.array(when)


def reml(values: np.ndarray, who: np.ndarray, when: np.ndarray) -> tuple[float, float, float]:
    import statsmodels.formula.api as smf

    frame = pd.DataFrame({"y": values, "who": who, "when": when})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = smf.mixedlm("y ~ C(when)", frame, groups="who", re_formula="1", vc_formula={"s": "0 + C(when)"}).fit(
            reml=True
        )
    return float(fit.cov_re.iloc[0, 0]) ** 0.5, float(fit.vcomp[0]) ** 0.5, float(fit.scale) ** 0.5


def sds(values: np.ndarray, who: np.ndarray, when: np.ndarray) -> tuple[float, float, float]:
    """Ours of the same model: athlete, what sessions are to one athlete, trial."""
    point = nested_components(values, who, when).point
    assert point.session is not None
    return float(point.athlete) ** 0.5, float(point.session - point.shift) ** 0.5, float(point.trial) ** 0.5


@pytest.mark.parametrize("seed", [1, 2])
def test_balanced_data_give_reml(seed: int) -> None:
    data = drawn(seed, [[5, 5, 5]] * 15, athlete=3.0, session=1.5, trial=2.0)
    assert sds(*data) == pytest.approx(reml(*data), rel=2e-3)


def test_unbalanced_data_come_close_to_reml() -> None:
    counts = [[5, 4], [3, 5], [5], [2, 5, 4], [5, 5], [4, 4], [5, 3], [5, 5], [1, 5], [5, 2], [4, 5], [5, 5]] * 2
    data = drawn(7, counts, athlete=3.0, session=1.5, trial=2.0)
    assert sds(*data) == pytest.approx(reml(*data), rel=0.12)


def test_practice_of_everybody_is_error_but_does_not_hide_differences_between_athletes() -> None:
    values, who, when = drawn(6, [[5, 5]] * 20, athlete=1.0, session=0.3, trial=0.5)
    found = nested_components(values + 3.0 * (when == "02"), who, when)
    plain = nested_components(values, who, when)
    assert found.athlete_sd.value == pytest.approx(plain.athlete_sd.value)
    assert found.trial_sd.value == pytest.approx(plain.trial_sd.value)
    # Two sessions 3 apart: variance 4.5 beside what they are to one athlete.
    assert float(found.point.shift) == pytest.approx(4.5, rel=0.15)
    assert found.session_sd is not None
    assert found.session_sd.low < (4.5 + 0.09) ** 0.5 < found.session_sd.high
    assert found.icc(5).value > 0.1


def test_icc_with_practice_is_that_of_absolute_agreement() -> None:
    values, who, when = drawn(8, [[5, 5]] * 20, athlete=1.0, session=0.3, trial=0.5)
    values = values + 0.8 * (when == "02")
    table = np.array([[values[(who == i) & (when == j)].mean() for j in ("01", "02")] for i in np.unique(who)])
    assert nested_components(values, who, when).icc(5).value == pytest.approx(icc_forms(table)["ICC(2,1)"].value)


def test_unbalanced_estimates_are_unbiased() -> None:
    counts = [[4, 1], [2, 5, 3], [3], [2, 2], [5, 1]]
    sums = np.zeros(3)
    for seed in range(400):
        point = nested_components(*drawn(seed, counts, athlete=1.0, session=3.0, trial=1.0)).point
        assert point.session is not None
        sums += [float(point.athlete), float(point.session), float(point.trial)]
    # The athletes' part is cut at 0, so only the two that are not cut can be compared.
    assert sums[1] / 400 == pytest.approx(9.0, rel=0.08)
    assert sums[2] / 400 == pytest.approx(1.0, rel=0.08)


def test_one_session_has_no_session_part() -> None:
    found = nested_components(*drawn(3, [[5]] * 10, athlete=2.0, session=1.0, trial=1.0))
    assert found.point.session is None
    assert found.session_sd is None
    assert found.sem(5).value == pytest.approx(found.trial_sd.value / 5**0.5)


def test_a_negative_part_becomes_zero_and_is_named() -> None:
    values = np.array([1.0, 3.0, 1.0, 3.0, 9.0, 11.0, 9.0, 11.0])
    who = np.repeat(["a", "b"], 4)
    when = np.tile(np.repeat(["1", "2"], 2), 2)
    found = nested_components(values, who, when)
    assert found.set_to_zero == ("sessions",)
    assert found.session_sd is not None
    assert found.session_sd.value == 0.0
    assert found.trial_sd.value == pytest.approx(2**0.5)


def test_labels_of_sessions_belong_to_their_athlete() -> None:
    values, who, when = drawn(4, [[4, 4]] * 8, athlete=2.0, session=1.0, trial=1.0)
    renamed = np.array([f"{a}-{b}" for a, b in zip(who, when, strict=True)])
    assert nested_components(values, who, when).sem(1) == nested_components(values, who, renamed).sem(1)


def test_missing_values_are_left_out_and_too_little_is_refused() -> None:
    values, who, when = drawn(5, [[4, 4]] * 6, athlete=2.0, session=1.0, trial=1.0)
    holed = values.copy()
    holed[3] = np.nan
    assert nested_components(holed, who, when).n_values == len(values) - 1
    with pytest.raises(ParameterError, match="at least 2 athletes"):
        nested_components(values[:8], who[:8], when[:8])
    with pytest.raises(ParameterError, match="2 trials or more"):
        nested_components(np.array([1.0, 2.0]), np.array(["a", "b"]), np.array(["1", "1"]))
