"""ICC against the published table of Shrout and Fleiss and an independent library."""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.analysis.reliability.agreement import standard_errors
from landing_lab.analysis.reliability.icc import icc_forms, spearman_brown, word, words
from landing_lab.errors import ParameterError
from pingouin_oracle import pingouin_icc

SHROUT_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)


@pytest.mark.parametrize(
    ("form", "published"),
    [("ICC(1,1)", 0.17), ("ICC(2,1)", 0.29), ("ICC(3,1)", 0.71), ("ICC(1,k)", 0.44), ("ICC(2,k)", 0.62),
     ("ICC(3,k)", 0.91)],
)  # fmt: skip
def test_shrout_and_fleiss_1979_table_4(form: str, published: float) -> None:
    assert round(icc_forms(SHROUT_FLEISS)[form].value, 2) == published  # type: ignore[index]


def test_the_founders_three_decimals() -> None:
    forms = icc_forms(SHROUT_FLEISS)
    assert [round(forms[f].value, 3) for f in ("ICC(2,1)", "ICC(3,1)", "ICC(3,k)")] == [0.290, 0.715, 0.909]
    errors = standard_errors(SHROUT_FLEISS)
    assert round(errors.consistency.value, 3) == 1.010
    assert round(errors.mdc95_consistency, 3) == 2.799


@pytest.mark.parametrize(("n", "k", "seed"), [(6, 4, 1), (20, 2, 2), (8, 5, 3), (30, 3, 4)])
def test_values_and_intervals_agree_with_pingouin(n: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 2, (n, 1)) + rng.normal(0, 0.7, (1, k)) + rng.normal(0, 1, (n, k))
    oracle = pingouin_icc(values)
    for form, icc in icc_forms(values).items():
        value, low, high = oracle[form]
        assert icc.value == pytest.approx(value, abs=1e-6)
        assert (icc.low, icc.high) == pytest.approx((low, high), abs=0.0051)


def test_missing_repeats_leave_the_subject_out_and_say_so() -> None:
    holed = np.vstack([SHROUT_FLEISS, [[5, np.nan, 3, 4]]])
    assert icc_forms(holed)["ICC(2,1)"].left_out == 1
    assert icc_forms(holed)["ICC(2,1)"].value == icc_forms(SHROUT_FLEISS)["ICC(2,1)"].value


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.ones((1, 3)), "1 subject with 3 repeats"),
        (np.ones((5, 1)), "5 subjects with 1 repeat "),
        (np.full((4, 3), np.nan), "0 subjects"),
        (np.ones((4, 3)), "nothing can be told"),
        (np.arange(4.0), "shape"),
    ],
)
def test_too_little_is_refused(values: np.ndarray, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        icc_forms(values)


def test_perfect_repeats_are_one_without_an_interval() -> None:
    perfect = np.repeat([[1.0], [2.0], [4.0]], 3, axis=1)
    for icc in icc_forms(perfect).values():
        assert icc.value == 1.0
        assert np.isnan(icc.low)


def test_words_of_koo_and_li_are_for_the_whole_interval() -> None:
    assert [word(x) for x in (-0.2, 0.49, 0.5, 0.74, 0.75, 0.89, 0.9, 1.0)] == [
        "poor", "poor", "moderate", "moderate", "good", "good", "excellent", "excellent",
    ]  # fmt: skip
    assert words(0.4, 0.92, 0.7) == "poor to excellent"
    assert words(0.91, 0.99, 0.95) == "excellent"
    assert words(float("nan"), float("nan"), 1.0) == "excellent"


def test_spearman_brown_is_icc_k_of_icc_1() -> None:
    forms = icc_forms(SHROUT_FLEISS)
    assert spearman_brown(forms["ICC(3,1)"].value, 4) == pytest.approx(forms["ICC(3,k)"].value)
