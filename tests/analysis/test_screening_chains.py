"""Chains against a naive twin, and every condition on naming one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing_lab.analysis.evidence.claim import WEIGHT
from landing_lab.analysis.evidence.registry import evidence
from landing_lab.analysis.screening.chains import Ranking, rankings
from landing_lab.analysis.screening.finding import Finding
from landing_lab.analysis.screening.indicators import INDICATORS, LIMBS, Chain
from landing_lab.analysis.screening.settings import ScreeningSettings
from made_screening import RATIO, STIFFNESS, Lab, screened

SETTINGS = ScreeningSettings()
FEW = ScreeningSettings(draws=200)
"""For the twin, which is slow."""


def made(chain: Chain, z: float | None, error: float = 0.2, **changed: Any) -> Finding:
    state = "not_measured" if z is None else "outside" if z > 1.645 + 1.645 * error else "within"
    base: dict[str, Any] = {
        "id": f"{chain}{changed.get('group', '')}", "label": "test", "side": "left", "name": "n", "kind": "metric",
        "unit": "", "decimals": 1, "level": 0, "group": "g", "chain": chain, "unfavourable": "higher", "state": state,
        "reason": "", "evidence": ("lunge-valgus-lima-2018",), "grade": "C", "weight": 0.33, "struck": False, "z": z,
        "z_error": None if z is None else error, "value": z,
    }  # fmt: skip
    return Finding(**{**base, **changed})


def twin(found: list[Finding], limb: str) -> dict[str, float]:
    """P(rank 1) as the definition reads: draw after draw, chain after chain."""
    rng = np.random.default_rng([FEW.seed, LIMBS.index(limb)])
    counted = [one for one in found if one.weight > 0 and one.z is not None and one.side in (limb, "total")]
    wins: dict[str, int] = {}
    for draws in rng.standard_normal((FEW.draws, len(counted))):
        scores: dict[str, tuple[float, float]] = {}
        for one, draw in zip(counted, draws, strict=True):
            top, bottom = scores.get(str(one.chain), (0.0, 0.0))
            assert one.z is not None
            assert one.z_error is not None
            scores[str(one.chain)] = (top + one.weight * max(one.z + one.z_error * draw, 0.0), bottom + one.weight)
        ranked = sorted(((top / bottom, chain) for chain, (top, bottom) in scores.items()), reverse=True)
        if ranked and ranked[0][0] > 1e-9 and (len(ranked) == 1 or ranked[0][0] > ranked[1][0] + 1e-9):
            wins[ranked[0][1]] = wins.get(ranked[0][1], 0) + 1
    return {chain: count / FEW.draws for chain, count in wins.items()}


@settings(max_examples=8, deadline=None)
@given(
    values=st.lists(
        st.tuples(
            st.sampled_from(["ankle", "hip", "control", "sagittal"]), st.floats(-3, 4), st.floats(0, 2),
            st.sampled_from(["left", "right", "total"]), st.sampled_from([1.0, 0.67, 0.33, 0.0]),
        ),
        min_size=1, max_size=7,
    )
)  # fmt: skip
def test_ranking_is_that_of_the_naive_twin(values: list[tuple[Any, float, float, str, float]]) -> None:
    found = [made(chain, z, error, side=side, weight=weight) for chain, z, error, side, weight in values]
    for ranking in rankings(found, {}, FEW):
        expected = twin(found, ranking.limb) if any(one.weight for one in found) else {}
        for one in ranking.chains:
            if one.p_first is not None:
                assert one.p_first == pytest.approx(expected.get(one.chain, 0.0))


def _left(found: list[Finding], observed: bool = True) -> Ranking:
    return rankings(found, {"left": observed}, SETTINGS)[0]


GOOD = [
    made("ankle", 3.0, group="lunge"), made("ankle", 2.5, group="heel_lift"), made("hip", 0.1, group="hip"),
    made("hip", 0.0, group="other"),
]  # fmt: skip


def test_a_chain_is_named_where_all_four_conditions_hold() -> None:
    ranking = _left(GOOD)
    assert (ranking.named, ranking.why_not) == ("ankle", ())
    assert ranking.chains[0].p_first == pytest.approx(1.0)
    assert ranking.chains[0].score == pytest.approx(2.75)


def test_no_chain_without_an_observation() -> None:
    assert _left(GOOD, observed=False).named is None
    assert rankings(GOOD, {}, SETTINGS)[0].named is None


def test_no_chain_from_one_measurement() -> None:
    same = [replace(one, group="lunge") for one in GOOD]
    assert "1 independent test clearly outside" in " ".join(_left(same).why_not)


def test_no_chain_below_half_of_its_tests() -> None:
    ranking = _left([*GOOD, *(made("ankle", None, group=str(i)) for i in range(3))])
    assert ranking.named is None
    assert ranking.chains[0].completeness == pytest.approx(0.4)
    assert "2 of 5 tests" in ranking.why_not[0]


def test_no_chain_where_two_are_alike() -> None:
    close = [*GOOD[:2], made("hip", 2.9, group="hip"), made("hip", 2.5, group="other")]
    assert _left(close).named is None
    assert "at least 80 %" in " ".join(_left(close).why_not)


def test_first_of_one_is_no_rank() -> None:
    ranking = _left(GOOD[:2])
    assert ranking.named is None
    assert "no other part can be compared with it" in " ".join(ranking.why_not)


def test_a_part_that_is_not_asked_for_has_no_first() -> None:
    flat = [made("ankle", -2.0, 0.01), made("hip", -2.0, 0.01)]
    assert [one.p_first for one in _left(flat).chains[:2]] == [0.0, 0.0]


@settings(max_examples=20, deadline=None)
@given(z=st.floats(-20, 20), error=st.floats(0, 5))
def test_grades_d_and_x_never_change_a_score(z: float, error: float) -> None:
    struck = made("hip", z, error, grade="D", weight=WEIGHT["D"], struck=True, group="extra")
    first, second = _left(GOOD), _left([*GOOD, struck])
    assert [(one.chain, one.score, one.p_first, one.completeness) for one in first.chains] == [
        (one.chain, one.score, one.p_first, one.completeness) for one in second.chains
    ]


def test_every_indicator_counts_as_its_row_is_graded() -> None:
    result = screened([{(STIFFNESS, "total"): [18.0] * 3, (RATIO, "total"): [1.3] * 3}], Lab())
    by_id = {one.id: one for one in INDICATORS}
    for one in result.findings:
        claim = evidence().claim(by_id[one.id].evidence_id)
        assert one.evidence[0] == claim.id
        assert one.weight == (claim.weight if by_id[one.id].unfavourable else 0.0)
        assert one.struck is (one.weight == 0)
        assert not (one.struck and one.scored)


@pytest.mark.parametrize(
    ("lift", "named", "within"),
    [(False, "ankle", "heel_lift_no_help"), (True, None, "heel_lift_helps")],
)
def test_the_heel_lift_tells_ankle_from_hip(lift: bool, named: Chain | None, within: str) -> None:
    hip = {("hip_abduction_pct_bw", side): (38.0, 6.0) for side in LIMBS}
    lab = Lab(errors=dict.fromkeys(hip, (1.0, 1.0)), norms=hip)
    entries = {
        "valgus_squat": True, "valgus_squat_side": "left", "valgus_squat_heel_lift": lift, "lunge_left_cm": 4.0,
        "lunge_right_cm": 12.0, "hip_test_position": "supine", "hip_abduction_left_pct_bw": 38.0,
        "hip_abduction_right_pct_bw": 38.0,
    }  # fmt: skip
    result = screened([{(STIFFNESS, "total"): [18.0] * 3}], lab, entries)
    assert result.rankings[0].named == named
    assert result.rankings[1].named is None
    states = {(one.id, one.side): one.state for one in result.findings}
    assert states[within, "left"] == "within"
    assert states[within, "right"] == "not_measured"
    assert any(one.chain == "ankle" for one in result.advice) is (named == "ankle")
