"""The rule for asymmetry: hand-worked numbers, its error rate at the limit, what it refuses to judge."""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.analysis.reliability.measurement_error import MeasurementError
from landing_lab.analysis.screening.asymmetry import (
    AsymmetryLimit,
    differ,
    judge_athlete,
    judge_landing,
    signed_asymmetry_pct,
)
from landing_lab.errors import ParameterError


def test_direction_is_kept_so_that_opposite_landings_cancel() -> None:
    landings = [signed_asymmetry_pct(70.0, side) for side in ("left", "right", "left", "right")]
    assert landings == [-30.0, 30.0, -30.0, 30.0]
    found = judge_athlete(landings)
    assert found.asymmetry_pct == 0.0
    assert found.state == "indeterminate"  # scatter this wide leaves 15 % possible
    assert signed_asymmetry_pct(90.0, "plate_1") == 10.0
    with pytest.raises(ParameterError):
        signed_asymmetry_pct(130.0, "left")


@pytest.mark.parametrize(
    ("value", "sd", "state"),
    [
        (25.0, 6.0, "outside"),  # 25 - 9.87 = 15.1
        (25.0, 6.2, "indeterminate"),  # 25 - 10.2 = 14.8
        (-25.0, 6.0, "outside"),
        (5.0, 6.0, "within"),  # 5 + 9.87 = 14.9
        (5.0, 6.2, "indeterminate"),
        (25.0, None, "not_judged"),
        (25.0, float("nan"), "not_judged"),
    ],
)
def test_one_landing(value: float, sd: float | None, state: str) -> None:
    found = judge_landing(value, sd)
    assert found.state == state
    assert found.n == 1
    if state != "not_judged":
        assert "One landing does not tell" in found.sentence
        assert f"% less than the {'right' if value > 0 else 'left'} foot" in found.sentence


def test_athlete_needs_three_landings() -> None:
    for landings in ([], [40.0], [40.0, 41.0]):
        found = judge_athlete(landings, [1.0] * len(landings))
        assert found.state == "not_judged"
        assert "3 or more" in found.sentence


def test_athlete_by_own_scatter_and_by_the_laboratorys_error() -> None:
    landings = [24.0, 30.0, 27.0]  # scatter 3, SE 1.732, t(2) 2.920: margin 5.06
    found = judge_athlete(landings)
    assert found.error_pct == pytest.approx(1.7321, abs=1e-4)
    assert found.state == "outside"
    assert "common in healthy people" in found.sentence
    # each landing measured to 12 only: they cannot be known better than 12 / sqrt(3)
    assert judge_athlete(landings, [12.0] * 3).state == "indeterminate"
    error = MeasurementError(
        name="limb_symmetry_peak_0_100ms_pct", side="left_right", unit="%", trial_sd=9.0, session_sd=6.0,
        source="this laboratory", borrowed=False,
    )  # fmt: skip
    by_lab = judge_athlete(landings, error=error)
    assert by_lab.error_pct == pytest.approx((6.0**2 + 9.0**2 / 3) ** 0.5)
    assert by_lab.state == "indeterminate"  # 27 - 1.645 x 7.94 = 13.9


def test_at_the_limit_five_per_cent_are_called_outside() -> None:
    rng = np.random.default_rng(1)
    landings = rng.normal(15.0, 8.0, (2000, 5))
    share = np.mean([judge_athlete(row.tolist()).state == "outside" for row in landings])
    assert 0.035 < share < 0.065  # t of 5 landings: 5 %
    symmetric = rng.normal(0.0, 8.0, (500, 5))
    assert np.mean([judge_athlete(row.tolist()).state == "outside" for row in symmetric]) < 0.005
    lopsided = rng.normal(35.0, 8.0, (500, 5))
    assert np.mean([judge_athlete(row.tolist()).state == "outside" for row in lopsided]) > 0.9


def test_two_landings_of_one_person() -> None:
    changed, difference, margin = differ(-13.0, 10.0, 26.0, 5.0)
    assert changed
    assert difference == 39.0
    assert margin == pytest.approx(1.96 * 125**0.5)
    assert not differ(-13.0, 10.0, 6.0, 5.0)[0]


def test_plates_of_unknown_feet_are_named() -> None:
    found = judge_landing(
        30.0, 2.0, sides=("first plate", "second plate"), limit=AsymmetryLimit(pct=10.0, source="ours")
    )
    assert "the second plate bore 30 % less than the first plate" in found.sentence
    assert "10 %" in found.sentence
