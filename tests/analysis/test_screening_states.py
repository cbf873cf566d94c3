"""States, changes and references, against numbers worked by hand."""

from __future__ import annotations

import math

import pytest

from landing_lab.analysis.screening.findings import state_of
from landing_lab.analysis.screening.screen import screen
from landing_lab.analysis.screening.settings import ScreeningSettings
from landing_lab.analysis.trial_table import TrialTable
from landing_lab.errors import ParameterError
from made_screening import RATIO, SHIFT, STIFFNESS, SYMMETRY, Lab, everything_said, finding, joined, screened, table_of

KEY = (STIFFNESS, "total")
# Norm 18 +- 4 kN/m: outside from 18 + 1.645 x 4 = 24.58 on. Error: sqrt(0.6^2 + 1.6^2 / 4) = 1.0 for four trials, so
# that 24.58 +- 1.645 = 22.935 to 26.225 is indeterminate.
LAB = Lab(errors={KEY: (1.6, 0.6)}, norms={KEY: (18.0, 4.0)})


@pytest.mark.parametrize(
    ("mean", "state"),
    [(18.0, "within"), (22.934, "within"), (22.936, "indeterminate"), (26.224, "indeterminate"), (26.226, "outside")],
)
def test_states_change_where_the_error_says(mean: float, state: str) -> None:
    result = screened([{KEY: [mean - 1, mean + 1, mean - 2, mean + 2]}], LAB)
    found = finding(result, "vertical_stiffness")
    assert found.state == state
    assert found.standard_error == pytest.approx(1.0)
    assert found.limits == pytest.approx((24.58,))
    assert found.z == pytest.approx((mean - 18.0) / 4.0)
    assert found.n == 4


def test_exactly_at_the_error_is_no_longer_indeterminate() -> None:
    assert state_of(1.645, ((0.0, 1),), 1.0) == "outside"
    assert state_of(-1.645, ((0.0, 1),), 1.0) == "within"
    assert state_of(1.6449, ((0.0, 1),), 1.0) == "indeterminate"
    assert state_of(10.0, ((10.0, 1),), 0.0) == "within"


def test_two_sided_limits_where_no_side_is_less_favourable() -> None:
    key = (SHIFT, "left")
    lab = Lab(errors={key: (0.5, 0.1)}, norms={key: (4.0, 3.0)})
    for mean, state in ((4.0, "within"), (12.0, "outside"), (-4.0, "outside"), (8.9, "indeterminate")):
        found = finding(screened([{key: [mean] * 3}], lab), "medial_shift", "left")
        assert (found.state, found.struck, found.weight) == (state, True, 0.0)
    assert found.limits == pytest.approx((4 - 1.645 * 3, 4 + 1.645 * 3))


def test_two_trials_are_not_compared() -> None:
    found = finding(screened([{KEY: [40.0, 41.0]}], LAB), "vertical_stiffness")
    assert (found.state, found.value, found.n) == ("not_measured", None, 2)
    assert "record more trials" in found.reason
    assert screened([{KEY: [40.0, 41.0]}], LAB).level.number is None
    with pytest.raises(ParameterError, match="least_trials 2"):
        ScreeningSettings(least_trials=2)


def test_without_reference_nothing_stands_out_and_the_reason_is_said() -> None:
    result = screened([{KEY: [40.0, 41.0, 42.0]}], Lab(errors={KEY: (1.6, 0.6)}))
    found = finding(result, "vertical_stiffness")
    assert found.state == "indeterminate"
    assert "nothing to compare it with" in found.reason
    assert found.z is None
    assert "Nothing could be compared yet" in result.standing_out[0].text


def test_a_norm_of_29_athletes_is_none() -> None:
    few = Lab(errors={KEY: (1.6, 0.6)}, norms=LAB.norms, n=29)
    assert finding(screened([{KEY: [40.0, 41.0, 42.0]}], few), "vertical_stiffness").reference is None


def test_without_an_error_file_own_trials_tell_and_are_widened() -> None:
    """Three trials 30, 31, 32: SD 1, df 2, Student's t 2.920 at 95 %; SE = 2.920 / 1.645 / sqrt(3)."""
    found = finding(screened([{KEY: [30.0, 31.0, 32.0]}], Lab(norms=LAB.norms)), "vertical_stiffness")
    assert found.standard_error == pytest.approx(2.919986 / 1.645 / math.sqrt(3), rel=1e-5)
    assert found.error_source == "this athlete's own trials"
    assert found.change is None


def test_change_only_beyond_the_detectable_change() -> None:
    """MDC95 = 1.96 sqrt(2) sqrt(0.6^2 + 1.6^2 / 4) = 2.7719."""
    for difference, real in ((2.77, False), (2.775, True), (-2.775, True)):
        before, after = [18.0] * 4, [18.0 + difference] * 4
        change = finding(screened([{KEY: before}, {KEY: after}], LAB), "vertical_stiffness").change
        assert change is not None
        assert change.detectable == pytest.approx(1.96 * math.sqrt(2.0))
        assert change.real is real
        assert ("below this lab's detectable change (2.8 kN/m)" in change.sentence) is not real


def test_against_a_norm_an_error_without_days_says_so() -> None:
    """Trials alone 1.6 / sqrt(4) = 0.8: 26.2 is outside 24.58 + 1.316, and it would not be with days of 0.6."""
    known = finding(screened([{KEY: [26.2] * 4}], LAB), "vertical_stiffness")
    unknown = finding(
        screened([{KEY: [26.2] * 4}], Lab(errors={KEY: (1.6, None)}, norms=LAB.norms)), "vertical_stiffness"
    )
    assert (known.state, unknown.state) == ("indeterminate", "outside")
    assert "how much you vary from day to day is not known yet and not in the error" in unknown.reason
    assert "days" not in known.reason


def test_an_error_or_norm_in_another_unit_is_another_numbers() -> None:
    lab = Lab(errors={KEY: (1.6, 0.6)}, norms=LAB.norms, units={STIFFNESS: "N/m"})
    found = finding(screened([{KEY: [18.0, 19.0, 20.0]}], lab, reference="local"), "vertical_stiffness")
    assert found.error_source == "this athlete's own trials"
    assert found.reference is None


@pytest.mark.parametrize(
    ("of", "used"),
    [
        ("drop_jump", True),
        ("drop_jump_cue", True),
        ("", True),
        ("countermovement_jump", False),
        ("drop_landing", False),
    ],
)
def test_the_error_file_is_of_the_same_kind_of_task(of: str, used: bool) -> None:
    lab = Lab(errors={KEY: (1.6, 0.6)}, task=of, did=("drop_jump_heel_lift", "flat"))
    table = table_of([{KEY: [18.0] * 3}, {KEY: [30.0] * 3}], task="drop_jump_heel_lift", condition="flat")
    result = screen(table, "P1", errors=lab.error_file, norms=lab)
    assert (finding(result, "vertical_stiffness").error_source == "this laboratory") is used
    assert any("The error file is of" in note for note in result.notes) is not used


@pytest.mark.parametrize(
    "plain", ["toe_neutral", "neutral", "barefoot", "no_support", "pre", "fresh", "no_cue", "no_lift"]
)
def test_every_condition_that_a_pair_starts_from_is_plain(plain: str) -> None:
    lab = Lab(errors={KEY: (1.6, 0.6)}, norms=LAB.norms, did=("drop_jump", plain))
    found = finding(
        screen(table_of([{KEY: [18.0] * 3}], condition=plain), "P1", errors=lab.error_file, norms=lab),
        "vertical_stiffness",
    )
    assert (found.n, found.state) == (3, "within")
    assert lab.asked[0] == ("drop_jump", plain, "P1")


def test_plain_conditions_and_kinds_of_task_are_not_pooled() -> None:
    lab = Lab(errors={KEY: (1.6, 0.6)}, norms=LAB.norms, did=("drop_jump", "pre_fatigue"))
    table = joined(
        table_of([{KEY: [18.0] * 5}], condition="pre_fatigue"),
        table_of([{KEY: [30.0] * 4}], condition="uncued"),
        table_of([{KEY: [40.0] * 4}], task="drop_landing"),
    )
    result = screen(table, "P1", errors=lab.error_file, norms=lab)
    found = finding(result, "vertical_stiffness")
    assert (found.value, found.n, result.n_trials) == (18.0, 5, 5)
    assert result.notes[0].startswith("Judged by the 5 trials of drop jump (pre fatigue);")
    assert result.notes[0].endswith("so 4 of drop jump (uncued), 4 of drop landing were left out.")


def test_a_change_needs_to_know_what_days_differ_by() -> None:
    lab = Lab(errors={KEY: (1.6, None)}, norms=LAB.norms)
    result = screened([{KEY: [18.0] * 4}, {KEY: [30.0] * 4}], lab)
    change = finding(result, "vertical_stiffness").change
    assert change is not None
    assert change.real is None
    assert "we do not know yet how much you vary" in result.changes[0].text


def test_the_change_is_against_the_newest_session_with_enough_trials() -> None:
    change = finding(
        screened([{KEY: [18.0] * 4}, {KEY: [50.0] * 2}, {KEY: [18.5] * 4}], LAB), "vertical_stiffness"
    ).change
    assert change is not None
    assert (change.since, change.difference) == ("01", pytest.approx(0.5))


def test_baseline_counts_its_own_error_too() -> None:
    """Earlier means 17, 18, 19 (pooled SD of nine values 1.2247 with 16..20); each mean +- sqrt(.36 + 2.56/3)."""
    earlier = [{KEY: [16.0, 17.0, 18.0]}, {KEY: [17.0, 18.0, 19.0]}, {KEY: [18.0, 19.0, 20.0]}]
    found = finding(screened([*earlier, {KEY: [30.0] * 4}], LAB, reference="baseline"), "vertical_stiffness")
    assert found.reference is not None
    assert (found.reference.mean, found.reference.n) == (pytest.approx(18.0), 9)
    of_one = math.sqrt(0.36 + 2.56 / 3)
    assert found.decision_error == pytest.approx(math.hypot(1.0, of_one / math.sqrt(3)))
    assert found.state == "outside"


def test_a_baseline_without_the_error_of_days_is_indeterminate() -> None:
    lab = Lab(errors={KEY: (1.6, None)})
    found = finding(
        screened([{KEY: [18.0, 19.0, 17.0]}, {KEY: [40.0] * 4}], lab, reference="baseline"), "vertical_stiffness"
    )
    assert found.state == "indeterminate"
    assert "from day to day" in found.reason


def test_a_lunge_by_the_published_norm_and_borrowed_error() -> None:
    """12 +- 2.8 cm: below 12 - 1.645 x 2.8 = 7.394 cm; MDC 1.9 cm is an error of 0.685 cm, so surely from 6.267 on."""
    for lunge, state in ((6.26, "outside"), (6.28, "indeterminate"), (8.53, "within")):
        found = finding(screened([{KEY: [18.0] * 3}], LAB, {"lunge_left_cm": lunge}), "lunge", "left")
        assert (found.state, found.error_borrowed) == (state, True)
        assert "lunge-error-powden-2015" in found.evidence


def test_prior_acl_decides_whether_load_sharing_counts() -> None:
    key = (SYMMETRY, "left_right")
    lab = Lab(errors={key: (3.0, 1.0)}, norms={key: (93.0, 3.0)})
    none = screened([{key: [70.0] * 5}], lab, {"prior_injury": "none"})
    acl = screened([{key: [70.0] * 5}], lab, {"prior_injury": "acl"})
    assert finding(none, "load_sharing", "left_right").struck
    assert not finding(acl, "load_sharing", "left_right").struck
    assert "legs share the landing unevenly" in acl.standing_out[0].text
    assert "legs share the landing unevenly" in none.not_counted[0].text
    assert any(one.evidence == ("asymmetry-after-aclr-meta",) for one in acl.advice)
    assert not acl.pattern[0].text.startswith("Left")


def test_uneven_landings_are_told_without_any_norm() -> None:
    key = (SYMMETRY, "left_right")
    for mean, state in ((70.0, "outside"), (84.0, "indeterminate"), (95.0, "within")):
        found = finding(screened([{key: [mean] * 5}], Lab(errors={key: (3.0, 1.0)})), "load_sharing", "left_right")
        assert (found.state, found.z) == (state, None)


def test_an_unknown_athlete_and_reference_are_refused() -> None:
    with pytest.raises(ParameterError, match="baseline, local, published"):
        screened([{KEY: [1.0] * 3}], reference="elsewhere")
    assert everything_said(screened([{(RATIO, "total"): [1.3] * 3}]))


def test_an_error_that_repeats_do_not_show_is_not_averaged() -> None:
    """Trials state 5 kN/m and repeat within 1.6: sqrt(25 - 1.6^2) stays, however many trials."""
    table = table_of([{KEY: [32.0] * 4}])
    doubtful = TrialTable(table.rows.assign(sd=5.0), table.participants)
    found = finding(screen(doubtful, "P1", errors=LAB.error_file, norms=LAB), "vertical_stiffness")
    assert found.standard_error == pytest.approx(math.hypot(1.0, math.sqrt(25.0 - 2.56)))
    assert found.state == "indeterminate"


@pytest.mark.parametrize(("stronger", "state"), [("lllll", "outside"), ("lrlrl", "indeterminate")])
def test_legs_that_take_turns_are_not_uneven(stronger: str, state: str) -> None:
    key = (SYMMETRY, "left_right")
    peaks = {
        ("peak_force_bw", "left"): [2.4 if one == "l" else 1.7 for one in stronger],
        ("peak_force_bw", "right"): [1.7 if one == "l" else 2.4 for one in stronger],
    }
    found = finding(screened([{key: [70.0] * 5, **peaks}], Lab(errors={key: (3.0, 1.0)})), "load_sharing", "left_right")
    assert (found.value, found.state) == (pytest.approx(70.0), state)
    assert ("not the same leg each time" in found.reason) is (state == "indeterminate")


def test_the_leg_of_each_landing_is_that_of_the_same_trial() -> None:
    """Left has no value in trial 1, right none in trial 6: positions would pair other trials, so nothing is known."""
    key = (SYMMETRY, "left_right")
    peaks = {
        ("peak_force_bw", "left"): [2.4, 1.7, 2.4, 1.7, 2.4],
        ("peak_force_bw", "right"): [1.7, 2.4, 1.7, 2.4, 1.7],
    }
    table = table_of([{key: [70.0] * 5, **peaks}])
    late = (table.rows["name"] == "peak_force_bw") & (table.rows["side"] == "left")
    shifted = TrialTable(table.rows.assign(run=table.rows["run"] + late), table.participants)
    lab = Lab(errors={key: (3.0, 1.0)})
    states = [
        finding(screen(one, "P1", errors=lab.error_file, norms=lab), "load_sharing", "left_right").state
        for one in (table, shifted)
    ]
    assert states == ["indeterminate", "outside"]


def test_the_limit_of_load_sharing_names_the_row_it_is_from() -> None:
    found = finding(
        screened([{(SYMMETRY, "left_right"): [70.0] * 5}], Lab(errors={(SYMMETRY, "left_right"): (3.0, 1.0)})),
        "load_sharing", "left_right",
    )  # fmt: skip
    assert "asymmetry-15pct-bishop-2018" in found.evidence
    assert "asymmetry-lsi90-convention" not in found.evidence
