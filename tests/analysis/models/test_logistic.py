from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from landing_lab.analysis.models.folds import athlete_folds, check_folds, site_folds
from landing_lab.analysis.models.logistic import LogisticResult, fit_logistic
from landing_lab.analysis.models.missing import missing_sensitivity
from landing_lab.analysis.models.model_card import model_card, with_card
from landing_lab.analysis.models.model_file import read_model
from landing_lab.analysis.models.pipeline import INNER_FOLDS, PENALTIES, tuned
from landing_lab.analysis.models.tripod import ITEMS, TO_FILL
from landing_lab.analysis.wording import banned_words
from landing_lab.errors import ParameterError
from landing_lab.report.model_text import card_markdown, logistic_lines
from landing_lab.sim.cohort import CohortSetting, simulate_cohort

NAMES = ["z1", "z2", "z3"]


@functools.cache
def athletes(n: int = 150, seed: int = 1) -> pd.DataFrame:
    return pd.DataFrame(simulate_cohort(CohortSetting(n_athletes=n, missing=0.1), seed=seed).athletes)


@functools.cache
def fitted() -> LogisticResult:
    return fit_logistic(athletes(), "valgus_rated", NAMES, groups=["sex", "site"], primary=["z1"])


def test_every_row_is_judged_by_a_model_that_never_saw_its_athlete() -> None:
    frame = pd.concat([athletes(), athletes()], ignore_index=True)
    result = fit_logistic(frame, "valgus_rated", NAMES, n_draws=5)
    fold_of = pd.DataFrame({"athlete": result.athlete, "fold": result.fold}).groupby("athlete")["fold"].nunique()
    assert (fold_of == 1).all()
    assert result.model.n_athletes == 150
    # an oracle that fits each fold by itself with the penalty that was chosen
    y = frame["valgus_rated"].to_numpy(float)
    for number, penalty in enumerate(result.penalties):
        test = result.fold == number
        ridge = LogisticRegression(C=penalty, tol=1e-8)
        direct = make_pipeline(SimpleImputer(), StandardScaler(), ridge).fit(frame[NAMES][~test], y[~test])
        assert direct.predict_proba(frame[NAMES][test])[:, 1] == pytest.approx(result.probability[test], abs=1e-3)


def test_the_penalty_is_the_one_that_a_grid_search_finds() -> None:
    frame = athletes()
    x, y, who = frame[NAMES].to_numpy(), frame["valgus_rated"].to_numpy(float), np.arange(150)
    inner = athlete_folds(y, who, n_folds=INNER_FOLDS, seed=3)
    steps = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(tol=1e-8))

    def total(estimator: Any, features: Any, labels: Any) -> float:
        return -log_loss(labels, estimator.predict_proba(features)[:, 1], normalize=False)

    grid = GridSearchCV(steps, {"logisticregression__C": PENALTIES}, cv=inner, scoring=total).fit(x, y)
    assert grid.best_params_["logisticregression__C"] == tuned(x, y, who, "mean", 3)["ridge"].C


def test_the_model_in_the_file_predicts_what_was_fitted(tmp_path: Any) -> None:
    frame = athletes()
    result = fitted()
    own = tuned(frame[NAMES].to_numpy(), frame["valgus_rated"].to_numpy(float), np.arange(150), "mean", 1)
    model = read_model(with_card(result, model_card(result)).write(tmp_path / "model.json"))
    for _, row in frame.head(20).iterrows():
        values = {name: row[name] for name in NAMES}
        expected = own.predict_proba(np.array([[row[name] for name in NAMES]], float))[0, 1]
        if sum(np.isnan(list(values.values()))) > 1:
            continue
        assert model.predict(values).probability == pytest.approx(expected, abs=1e-6)
    assert model.card["items"] == 52


def test_an_athlete_in_two_folds_is_an_error() -> None:
    frame = pd.concat([athletes(), athletes()], ignore_index=True)
    with pytest.raises(ParameterError, match="athlete 0001 is in two folds"):
        fit_logistic(frame, "valgus_rated", NAMES, folds=np.arange(300) // 150)
    rows = np.arange(300)
    pairs = [(rows[rows % 2 == 1], rows[rows % 2 == 0]), (rows[rows % 2 == 0], rows[rows % 2 == 1])]
    fit_logistic(frame, "valgus_rated", NAMES, folds=pairs, n_draws=5)  # athletes 1, 3, ... stay on one side
    # the same, but one row of an athlete to fit on has slipped in
    pairs[0] = (np.r_[pairs[0][0], 2], pairs[0][1])
    with pytest.raises(ParameterError, match="in two folds"):
        fit_logistic(frame, "valgus_rated", NAMES, folds=pairs)


@pytest.mark.parametrize(
    ("folds", "seen"),
    [
        ([([0], [1, 3]), ([1, 3], [0])], "tested never or twice"),
        ([([0, 1], [2, 3]), ([2, 3], [0, 9])], "not there"),
        ([([0, 1], [2, 3])], "at least two"),
        ([([0.5, 1], [2, 3]), ([2, 3], [0, 1])], "by number"),
        ([([2], [0, 3]), ([0], [1]), ([0], [2])], "tested in two folds"),
    ],
)
def test_folds_that_are_none(folds: Any, seen: str) -> None:
    with pytest.raises(ParameterError, match=seen):
        check_folds(folds, np.array(["a", "b", "c", "b"]))


def test_a_site_is_left_out_once_and_an_athlete_at_two_sites_is_refused() -> None:
    result = fit_logistic(athletes(), "valgus_rated", NAMES, folds="site", site="site", n_draws=5)
    assert pd.DataFrame({"s": athletes()["site"], "f": result.fold}).groupby("s")["f"].nunique().eq(1).all()
    assert "each left out once" in result.folds
    with pytest.raises(ParameterError, match="in two folds"):
        site_folds(["a", "b", "b"], [1, 1, 2])
    with pytest.raises(ParameterError, match="only one site"):
        site_folds(["a", "a"], [1, 2])


def test_too_few_athletes_are_refused_or_marked_with_the_number_needed() -> None:
    few = athletes()
    result = fitted()
    assert not result.model.validated
    assert result.model.criteria["as many athletes as Riley's criteria ask for"][0] is False
    with pytest.raises(
        ParameterError, match=rf"150 athletes are too few for a model: {result.needed.athletes} athletes"
    ):
        fit_logistic(few, "valgus_rated", NAMES, when_few="refuse")
    with pytest.raises(ParameterError, match=r"\d athletes with the outcome are too few to fit anything"):
        fit_logistic(few.head(12), "valgus_rated", NAMES)


def test_an_injury_is_never_an_outcome() -> None:
    with pytest.raises(ParameterError, match="names an injury"):
        fit_logistic(athletes().rename(columns={"valgus_rated": "acl_injury"}), "acl_injury", NAMES)


def test_strong_and_enough_is_validated() -> None:
    setting = CohortSetting(n_athletes=500, coefficients=(1.2, -0.8))
    result = fit_logistic(
        pd.DataFrame(simulate_cohort(setting, seed=2).athletes), "valgus_rated", ["z1", "z2"], n_draws=10
    )
    assert result.model.validated
    assert result.discrimination.auc_low > 0.5


def test_groups_are_reported_or_refused_with_a_reason() -> None:
    found = {(one.column, one.level): one for one in fitted().groups}
    assert set(found) == {
        ("sex", "female"),
        ("sex", "male"),
        ("site", "site_1"),
        ("site", "site_2"),
        ("site", "site_3"),
    }
    assert sum(one.n_athletes for key, one in found.items() if key[0] == "sex") == 150
    small = athletes().assign(team=["few" if i < 15 else "many" for i in range(150)])
    result = fit_logistic(small, "valgus_rated", NAMES, groups=["team"], n_draws=5)
    few = next(one for one in result.groups if one.level == "few")
    assert few.ranked is None
    assert "only" in few.reason


def test_what_is_missing_is_reported_by_pattern() -> None:
    frame = athletes()
    absent = frame[NAMES].isna()
    report = fitted().missing
    assert report.n_complete == int((~absent.any(axis=1)).sum())
    assert report.share["z2"] == pytest.approx(absent["z2"].mean())
    assert sum(report.patterns.values()) == 150
    assert report.patterns.get("z2, z3", 0) == int((absent["z2"] & absent["z3"]).sum())


def test_missing_values_are_filled_inside_the_folds_in_every_way() -> None:
    found = missing_sensitivity(athletes(), "valgus_rated", NAMES, n_folds=3)
    assert [one.fill for one in found] == ["mean", "iterative", "complete"]
    assert found[2].n_rows == fitted().missing.n_complete
    assert all(one.auc is not None and one.auc[1] <= one.auc[0] <= one.auc[2] for one in found)


def test_the_card_has_every_item_and_says_who_fills_the_rest() -> None:
    card = model_card(fitted(), facts={"17": "Ethics committee 12/2026.", "8b": "Two physiotherapists."})
    assert list(card["tripod_ai"]) == list(ITEMS)
    assert len(ITEMS) == 52
    assert len({"".join(letter for letter in number if letter.isdigit()) for number in ITEMS}) == 27
    assert card["tripod_ai"]["17"][1] == "Ethics committee 12/2026."
    assert card["tripod_ai"]["18a"][1:] == [TO_FILL, "nobody yet"]
    assert "Declared before as primary: z1 (p 0.00" in card["tripod_ai"]["4"][1]
    assert [one["predictor"] for one in card["primary"]] == ["z1"]
    assert "AUC" in card["tripod_ai"]["23a"][1]
    assert "sex female" in card["tripod_ai"]["23a"][1]
    with pytest.raises(ParameterError, match="no item 28"):
        model_card(fitted(), facts={"28": "x"})


def test_no_text_holds_a_banned_word() -> None:
    for text in ("\n".join(logistic_lines(fitted())), card_markdown(model_card(fitted()))):
        assert banned_words(text) == []
        assert "nan" not in text.lower().split()


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ({"folds": 1}, "at least 2"), ({"folds": "team"}, "folds='site'"), ({"fill": "median"}, "fill is one of"),
        ({"when_few": "x"}, "mark or refuse"), ({"expected_c": 0.4}, "above 0.5"),
        ({"groups": ["nix"]}, "no column nix"),
    ],
)  # fmt: skip
def test_misuse_is_one_sentence(words: dict[str, Any], seen: str) -> None:
    with pytest.raises(ParameterError, match=seen) as caught:
        fit_logistic(athletes(), "valgus_rated", NAMES, **words)
    assert "\n" not in str(caught.value)


def test_permuted_labels_rank_by_chance() -> None:
    frame = athletes(400)
    frame = frame.assign(valgus_rated=np.random.default_rng(5).permutation(frame["valgus_rated"]))
    result = fit_logistic(frame, "valgus_rated", NAMES, n_draws=5)
    assert abs(result.discrimination.auc - 0.5) < 0.08  # 2.5 standard errors
    assert result.decision.useful is None


def test_repeated_rows_are_said_and_what_was_counted_how() -> None:
    once = fitted()
    assert once.repeats == ""
    frame = pd.concat([athletes(), athletes(seed=2)], ignore_index=True)
    frame["participant"] = np.tile(np.arange(150), 2)
    twice = fit_logistic(frame, "valgus_rated", NAMES, unit_of_analysis="trial", n_draws=5)
    both = int((frame.groupby("participant")["valgus_rated"].nunique() == 2).sum())
    assert "300 rows of 150 athletes, up to 2 of one. The probability is of a row (trial), not of" in twice.repeats
    assert f"{both} athletes have both outcomes" in twice.repeats
    assert f"Note: {twice.repeats}" in logistic_lines(twice)
    assert model_card(twice)["repeated_rows"] == twice.repeats
    assert twice.repeats in card_markdown(model_card(twice))


def test_a_result_is_printed_in_a_line() -> None:
    told = repr(fitted())
    assert told.startswith("LogisticResult('valgus_rated', 150 athletes, 150 rows, AUC 0.")
    assert len(told) < 200
    assert len(repr(fitted().model)) < 5000


def test_a_card_holds_no_markup_of_names() -> None:
    frame = athletes().rename(columns={"z1": "<script>alert(1)</script>|`x`"})
    result = fit_logistic(frame, "valgus_rated", ["<script>alert(1)</script>|`x`"], definition="a\n# b <b>", n_draws=5)
    page = card_markdown(model_card(result))
    assert "<script>" not in page
    assert "<b>" not in page
    assert "`" not in page
    assert "\n# b" not in page
