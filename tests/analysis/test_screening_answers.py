"""Challenges of a session: told with their error, and kept out of the plain landings."""

from __future__ import annotations

import pandas as pd
import pytest

from landing_lab.analysis.screening.challenges import answers, challenge_statements
from landing_lab.analysis.screening.screen import screen
from landing_lab.analysis.screening.statements import SIDES
from landing_lab.analysis.trial_table import TrialTable
from made_screening import STIFFNESS, Lab, finding, joined, table_of

KEY = (STIFFNESS, "total")
LAB = Lab(errors={KEY: (1.0, 0.5)}, norms={KEY: (18.0, 4.0)})


def _with_conditions(first: str, second: str, change: float) -> TrialTable:
    flat = table_of([{KEY: [18.0, 19.0, 17.0, 18.0]}])
    other = flat.rows.assign(condition=second, value=flat.rows["value"] + change, run=flat.rows["run"] + 10)
    return TrialTable(pd.concat([flat.rows.assign(condition=first), other], ignore_index=True), flat.participants)


@pytest.mark.parametrize(("change", "real"), [(0.5, False), (-4.0, True)])
def test_a_heel_lift_is_judged_by_the_error_of_trials(change: float, real: bool) -> None:
    """Least difference of four against four: 1.96 x 1.0 x sqrt(1/4 + 1/4) = 1.386 kN/m."""
    result = screen(_with_conditions("flat", "heel_lift", change), "P1", errors=LAB.error_file, norms=LAB)
    answer = next(one for one in result.answers if one.name == STIFFNESS)
    assert answer.found.detectable == pytest.approx(1.386, abs=1e-3)
    assert (answer.found.judgement == "real") is real
    assert ("−4.0 ± 1.4 kN/m" in result.challenges[0].text) is real
    assert ("nothing changed beyond the error" in result.challenges[0].text) is not real
    assert "heel-lift-bell-2008" in result.challenges[0].evidence


def test_challenged_trials_are_not_the_athletes_usual_landing() -> None:
    result = screen(_with_conditions("shod", "arch_support", 20.0), "P1", errors=LAB.error_file, norms=LAB)
    found = finding(result, "vertical_stiffness")
    assert (found.value, found.n) == (pytest.approx(18.0), 4)


def test_single_legged_landings_are_no_two_legged_ones() -> None:
    table = table_of([{KEY: [18.0, 19.0, 17.0, 18.0]}])
    alone = TrialTable(table.rows.assign(task="single_leg_drop_jump_left"), table.participants)
    assert finding(screen(alone, "P1", errors=LAB.error_file, norms=LAB), "vertical_stiffness").state == "not_measured"


def test_a_session_with_a_pair_in_two_tasks_is_screened_task_by_task() -> None:
    one = _with_conditions("flat", "heel_lift", -4.0)
    other = TrialTable(one.rows.assign(task="drop_jump_heel_lift", run=one.rows["run"] + 20), one.participants)
    result = screen(joined(one, other), "P1", errors=LAB.error_file, norms=LAB)
    assert {answer.task for answer in result.answers} == {"drop_jump", "drop_jump_heel_lift"}
    assert "(drop jump, flat to heel_lift)" in result.challenges[0].text


def test_a_pair_without_a_common_task_is_passed_over() -> None:
    plain = table_of([{KEY: [18.0, 19.0, 17.0]}], condition="flat")
    lifted = table_of([{KEY: [18.0, 19.0, 17.0]}], condition="heel_lift", task="drop_landing")
    result = screen(joined(plain, lifted), "P1", errors=LAB.error_file, norms=LAB)
    assert result.answers == ()


def test_a_challenge_is_known_by_its_other_names() -> None:
    result = screen(_with_conditions("barefoot", "arch_support", -4.0), "P1", errors=LAB.error_file, norms=LAB)
    assert (result.answers[0].first, result.answers[0].second) == ("barefoot", "arch_support")
    assert result.answers[0].found.judgement == "real"


def test_an_error_of_another_kind_of_task_judges_no_challenge() -> None:
    other = Lab(errors={KEY: (1.0, 0.5)}, task="countermovement_jump")
    result = screen(_with_conditions("flat", "heel_lift", -4.0), "P1", errors=other.error_file, norms=LAB)
    assert result.answers[0].found.judgement == "not_judged"


def test_what_looking_at_many_numbers_costs_is_said() -> None:
    ratio = ("peak_braking_to_propulsive_force_ratio", "total")
    lab = Lab(errors={KEY: (1.0, 0.5), ratio: (0.1, 0.1)}, norms={KEY: (18.0, 4.0)})
    tables = [
        table_of([{KEY: [level] * 4, ratio: [1.3] * 4}], condition=condition)
        for condition, level in (("flat", 18.0), ("heel_lift", 14.0))
    ]
    result = screen(joined(*tables), "P1", errors=lab.error_file, norms=lab)
    assert result.challenges[-1].text.startswith("2 numbers were compared; about one in twenty differs")
    alone = screen(_with_conditions("flat", "heel_lift", -4.0), "P1", errors=LAB.error_file, norms=LAB)
    assert len(alone.challenges) == 1


def test_a_borrowed_error_judges_a_challenge_and_says_so() -> None:
    """No row that may count has a borrowed error today, so every answer is told here."""
    borrowed = ("landing_peak_force_bw", "left")
    tables = [
        table_of([{borrowed: [level] * 4, KEY: [18.0] * 4}], condition=condition)
        for condition, level in (("flat", 2.0), ("heel_lift", 4.0))
    ]
    told = next(challenge_statements(answers(joined(*tables), "P1", "01", None), SIDES))
    assert "beyond a borrowed, published error" in told.text
    assert "landing-error-jssm17" in told.evidence
