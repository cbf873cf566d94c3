"""What an athlete reads: no contradiction, no command, doubts where they belong, a next step for everything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import landing_lab as ll
from landing_lab.analysis.screening.screen import screen
from landing_lab.analysis.trial_table import TrialTable
from landing_lab.report.screening_page import screening_page
from landing_lab.report.screening_rows import lab_lines, level_words, missing_words, reference_words
from landing_lab.report.screening_text import screening_text
from made_dataset import make_dataset
from made_screening import SHIFT, STIFFNESS, SYMMETRY, Lab, joined, screened, table_of

KEY = (STIFFNESS, "total")
PLAIN = [{KEY: [18.0, 18.5, 17.5]}]


def test_a_simulated_session_says_so_whatever_participants_tsv_says(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    make_dataset(folder, seed=1, participants=["P1"], n_sessions=2)
    first, newest = (folder / "sub-P1" / f"ses-{number}" / "analysis.json" for number in ("01", "02"))
    first.write_text('{"trials": [{"simulated": true}]}', encoding="utf-8")
    newest.write_text('{"note": "\\"simulated\\": true", "trials": [{"simulated": false}]}', encoding="utf-8")
    assert not ll.screen(folder, "P1").simulated
    newest.write_text('{"trials": [{"simulated": false}, {\n "simulated": true}]}', encoding="utf-8")
    result = ll.screen(folder, "P1")
    assert result.document()["simulated"] is True
    assert "Simulated athlete" in screening_text(result).splitlines()[1]
    assert "Simulated athlete." in screening_page(result)


@pytest.mark.parametrize(("status", "told"), [("ok", False), ("flagged", True)])
def test_reservations_are_told_at_the_top_and_at_each_value(status: str, told: bool) -> None:
    table = table_of(PLAIN)
    result = screen(TrialTable(table.rows.assign(status=status), table.participants), "P1")
    assert bool(result.reservations) is told
    text = screening_text(result)
    assert ("Take most numbers with care: 1 of 1" in text) is told
    assert ("kN/m !" in text) is told
    assert ('<span class="flag">!</span>' in screening_page(result)) is told


def test_the_commonest_reason_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    make_dataset(folder, seed=1, participants=["P1"], n_sessions=1)
    file = folder / "sub-P1" / "ses-01" / "metrics.csv"
    header, *lines = file.read_text(encoding="utf-8").splitlines()
    names = header.split(",")
    rows = [dict(zip(names, line.split(","), strict=True)) for line in lines]
    for row in rows:
        row.update(status="flagged", reason="the plate is not calibrated; calibrate it")
    file.write_text("\n".join([header, *(",".join(row.values()) for row in rows)]) + "\n", encoding="utf-8")
    assert "The commonest: the plate is not calibrated." in ll.screen(folder, "P1").reservations[0].text


def test_what_is_missing_of_one_leg_names_that_leg() -> None:
    words = missing_words(screened(PLAIN, Lab(), {"lunge_left_cm": 9.0}))
    assert "ankle bend in the lunge test (right only)" in words
    assert "hip strength, sideways" in words


def test_nothing_compared_does_not_stand_beside_something_usual() -> None:
    result = screened([{KEY: [18.0] * 3, (SYMMETRY, "left_right"): [97.0, 97.5, 96.5]}], Lab())
    assert "Nothing could be compared" not in result.standing_out[0].text
    assert "1 is in the usual range" in result.standing_out[0].text
    assert reference_words(result).startswith("nothing yet")


def test_a_limited_lunge_gets_a_step_that_claims_no_cause() -> None:
    result = screened(PLAIN, Lab(), {"lunge_left_cm": 4.5, "lunge_right_cm": 5.0})
    step = result.advice[-1]
    assert (step.strategy, step.chain) == ("check", None)
    assert "repeat the lunge test" in step.text
    assert "usual in healthy adults is 7.4 cm" in result.standing_out[0].text


@pytest.mark.parametrize(("right", "told"), [(9.0, False), (10.0, False), (11.0, True)])
def test_legs_that_differ_in_the_lunge_beyond_its_error(right: float, told: bool) -> None:
    """One test has 1.9 / 2.7719 = 0.685 cm, so two differ by 1.96 x 0.969 = 1.9 cm through error alone."""
    said = " ".join(
        one.text for one in screened(PLAIN, Lab(), {"lunge_left_cm": 9.0, "lunge_right_cm": right}).standing_out
    )
    assert ("Your left ankle bends less than the other in the lunge test, by 2.0 ± 1.9 cm" in said) is told


def test_uneven_legs_do_not_stand_beside_nothing() -> None:
    uneven, rest = screened(PLAIN, Lab(), {"lunge_left_cm": 9.0, "lunge_right_cm": 12.0}).standing_out
    assert uneven.text.startswith("Your left ankle bends less than the other")
    assert rest.text.startswith("Each number by itself: 2 of 2 numbers of field tests that count")
    even = screened(PLAIN, Lab(), {"lunge_left_cm": 12.0, "lunge_right_cm": 12.0})
    assert even.standing_out[0].text.startswith("Nothing stands out: 2 of 2 numbers of field tests that count")


def test_too_few_landings_are_compared_with_nothing() -> None:
    few = screened([{KEY: [18.0] * 2}], Lab(), {"lunge_left_cm": 9.0, "pain": "during_sport"})
    assert reference_words(few).startswith("nothing yet")
    assert "at least three two-legged landings of one condition (there are 2)" in level_words(few)
    page = screening_page(few)
    assert "no number of your landings could be compared yet" in page
    assert page.index("See a physiotherapist or a doctor") < page.index("Measured") < page.index("What stands out")


@pytest.mark.parametrize(("age", "told"), [(16.0, True), (25.0, False)])
def test_the_young_are_told_that_the_norm_is_of_adults(age: float, told: bool) -> None:
    said = " ".join(one.text for one in screened(PLAIN, Lab(), {"lunge_left_cm": 9.0, "age_years": age}).cannot_know)
    assert ("norm of healthy adults, and you are younger" in said) is told


def test_commands_are_for_the_laboratory_alone() -> None:
    result = screened([{KEY: [18.0] * 3}, {KEY: [19.0, 19.5, 18.5]}], Lab(), {"lunge_left_cm": 4.5})
    text = screening_text(result)
    athlete, _, lab = text.partition("For the laboratory")
    assert "landing-lab" not in athlete
    assert "landing-lab reliability" in " ".join(lab.split())
    assert athlete.count("how much you vary") <= 2


def test_entered_strength_that_nothing_can_judge_is_not_called_untested() -> None:
    entries: dict[str, Any] = {
        "valgus_squat": True, "lunge_left_cm": 4.5, "lunge_right_cm": 4.5, "hip_test_position": "supine",
        "hip_abduction_left_pct_bw": 30.0, "hip_abduction_right_pct_bw": 31.0,
    }  # fmt: skip
    result = screened(PLAIN, Lab(), entries)
    assert [one.text for one in result.contributing] == [
        "Both legs: what was measured fits several parts of the leg; it cannot tell them apart."
    ]
    said = " ".join(lab_lines(result))
    assert "hip (there, but with no known error or norm to judge it by: hip strength, sideways)" in said


def test_less_items_are_told_by_what_was_seen() -> None:
    text = screened(PLAIN, Lab(), {"less": {5: 0}}).pattern[0].text
    assert text.startswith("On video the knee does not go inwards at first contact: the line down from the kneecap")
    assert "rated" not in text


def test_a_challenge_tells_no_number_that_can_never_count() -> None:
    key = (SHIFT, "left")
    lab = Lab(errors={key: (0.5, 0.1), KEY: (1.0, 0.5)})
    tables = [
        table_of([{key: [level] * 4, KEY: [18.0] * 4}], condition=condition)
        for condition, level in (("flat", 4.0), ("heel_lift", 9.0))
    ]
    result = screen(joined(*tables), "P1", errors=lab.error_file)
    assert any(one.name == SHIFT and one.found.judgement == "real" for one in result.answers)
    assert "inner side of the foot" not in result.challenges[0].text
    assert "nothing changed" in result.challenges[0].text
