from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf

from landing_lab.analysis.models.coefficient import coefficient, sign_warnings
from landing_lab.analysis.models.gee import fit_gee
from landing_lab.analysis.models.mixed import fit_mixed
from landing_lab.errors import ParameterError
from landing_lab.sim.cohort import CohortSetting, simulate_cohort


def trials(seed: int = 1, **changes: Any) -> pd.DataFrame:
    return pd.DataFrame(simulate_cohort(CohortSetting(n_athletes=30, n_trials=3, **changes), seed=seed).trials)


def with_parts(frame: pd.DataFrame) -> pd.DataFrame:
    mean = frame.groupby("participant")["x"].transform("mean")
    return frame.assign(x_mean=mean, x_within=frame["x"] - mean)


def test_mixed_model_is_that_of_statsmodels_formula() -> None:
    frame = with_parts(trials(limb_sd=0.6))
    direct = smf.mixedlm(
        "outcome ~ x_mean + x_within", frame, groups="participant", vc_formula={"limb": "0 + C(limb)"}, re_formula="1"
    ).fit(reml=True)
    ours = fit_mixed(frame, "outcome", ["x"], nested=["limb"])
    assert ours.status == "ok"
    for part, name in (("between", "x_mean"), ("within", "x_within")):
        assert ours.effect("x", part).value == pytest.approx(direct.params[name], rel=1e-3)
        assert ours.effect("x", part).se == pytest.approx(direct.bse[name], rel=1e-2)
    assert ours.variances["athlete"] == pytest.approx(direct.cov_re.iloc[0, 0], rel=0.02)
    assert ours.variances["limb"] == pytest.approx(direct.vcomp[0], rel=0.02)
    assert ours.variances["trial"] == pytest.approx(direct.scale, rel=1e-2)


def test_r_squared_by_nakagawa_by_hand() -> None:
    ours = fit_mixed(trials(), "outcome", ["x"])
    frame = with_parts(trials())
    fixed = np.var(
        ours.effect("x", "between").value * frame["x_mean"] + ours.effect("x", "within").value * frame["x_within"]
    )
    athlete, trial = ours.variances["athlete"], ours.variances["trial"]
    assert ours.r2_marginal == pytest.approx(fixed / (fixed + athlete + trial))
    assert ours.r2_conditional == pytest.approx((fixed + athlete) / (fixed + athlete + trial))


def test_a_sign_that_flips_is_said_loudly_and_pooling_would_have_hidden_it() -> None:
    frame = trials(between=1.0, within=-0.6)
    assert any("THE SIGN FLIPS for x" in said for said in fit_mixed(frame, "outcome", ["x"]).warnings)
    assert any("THE SIGN FLIPS for x" in said for said in fit_gee(frame, "outcome", ["x"]).warnings)
    pooled = fit_mixed(frame, "outcome", ["x"], split=False)
    assert any("pooled" in said for said in pooled.warnings)
    assert {one.part for one in pooled.coefficients} == {"intercept", "pooled"}
    chance = [coefficient("x", "within", 0.1, 1.0, 20.0), coefficient("x", "between", -0.1, 1.0, 20.0)]
    (said,) = sign_warnings(chance)
    assert said == "The signs of x differ (within 0.1, between -0.1), but neither is beyond chance."
    same = fit_mixed(trials(between=0.8, within=0.8), "outcome", ["x"])
    assert not any("sign" in said.lower() for said in same.warnings)


def test_between_corrected_for_few_trials_by_hand() -> None:
    frame = trials(n_sessions=1, n_limbs=1, between=1.5, within=-1.5)
    ours = fit_mixed(frame, "outcome", ["x"])
    groups = frame.groupby("participant")["x"]
    within = (frame["x"] - groups.transform("mean")).pow(2).sum() / (len(frame) - 30)
    between = 3 * groups.mean().var()
    share = 1 - within / between
    assert ours.reliability["x"] == pytest.approx(share)
    by_hand = (ours.effect("x", "between").value - (1 - share) * ours.effect("x", "within").value) / share
    assert ours.effect("x", "between_corrected").value == pytest.approx(by_hand)
    assert any("trial noise" in said for said in ours.warnings)


def test_a_predictor_that_never_changes_in_an_athlete_has_only_a_between_effect() -> None:
    frame = trials()
    frame["lunge"] = frame["participant"].astype(int) % 7
    parts = [(one.predictor, one.part) for one in fit_mixed(frame, "outcome", ["lunge"]).coefficients]
    assert parts == [("intercept", "intercept"), ("lunge", "between")]


@pytest.mark.parametrize(("binary", "outcome"), [(False, "outcome"), (True, "rated")])
def test_gee_is_that_of_statsmodels(binary: bool, outcome: str) -> None:
    frame = with_parts(trials())
    family = sm.families.Binomial() if binary else sm.families.Gaussian()
    direct = sm.GEE(
        frame[outcome].astype(float), sm.add_constant(frame[["x_mean", "x_within"]]), groups=frame["participant"],
        cov_struct=sm.cov_struct.Exchangeable(), family=family,
    ).fit(cov_type="bias_reduced")  # fmt: skip
    ours = fit_gee(frame.sample(frac=1.0, random_state=3), outcome, ["x"], binary=binary)
    assert ours.effect("x", "between").value == pytest.approx(direct.params["x_mean"], rel=1e-4)
    assert ours.effect("x", "within").value == pytest.approx(direct.params["x_within"], rel=1e-4)
    assert ours.correlation == pytest.approx(direct.cov_struct.dep_params, rel=1e-3)
    assert ours.effect("x", "within").se == pytest.approx(direct.bse["x_within"], rel=1e-3)


@pytest.mark.parametrize(
    ("changes", "words", "seen"),
    [
        ({"data": [1, 2]}, {}, "data is a pandas data frame"),
        ({"outcome": "nix"}, {}, "no column nix; they have participant"),
        ({"predictors": ["x", "x"]}, {}, "used twice"),
        ({"predictors": []}, {}, "at least one column's name"),
        ({"predictors": ["limb"]}, {}, "'left'|left, which is no number"),
        ({"predictors": ["flat"]}, {}, "flat is 1 in every row"),
        ({"predictors": ["holes"]}, {}, "infinite"),
        ({"predictors": ["x", "same"]}, {}, None),
        ({"athletes": 5}, {}, "5 athletes are too few"),
        ({"lost": True}, {}, "names no athlete"),
    ],
)
def test_misuse_is_one_sentence(changes: dict[str, Any], words: dict[str, Any], seen: str | None) -> None:
    frame = trials().assign(flat=1.0, holes=np.inf)
    frame["same"] = 2 * frame["x"]
    if "athletes" in changes:
        frame = frame[frame["participant"] <= f"{changes['athletes']:04d}"]
    if changes.get("lost"):
        frame.loc[0, "participant"] = None
    data, outcome = changes.get("data", frame), changes.get("outcome", "outcome")
    if seen is None:
        for result in (fit_mixed(data, outcome, changes["predictors"]), fit_gee(data, outcome, changes["predictors"])):
            assert (result.status, result.coefficients) == ("not_converged", ())
            assert "say the same" in result.reason
        return
    for fit in (fit_mixed, fit_gee):
        with pytest.raises(ParameterError, match=seen) as caught:
            fit(data, outcome, changes.get("predictors", ["x"]), **words)
        assert "\n" not in str(caught.value)


def test_gee_refuses_few_clusters_few_events_and_no_event() -> None:
    frame = trials()
    with pytest.raises(ParameterError, match="19 athletes are too few clusters"):
        fit_gee(frame[frame["participant"] <= "0019"], "outcome", ["x"])
    frame["rare"] = (frame["participant"] <= "0004").astype(int)
    with pytest.raises(ParameterError, match="4 athletes with the outcome are too few"):
        fit_gee(frame, "rare", ["x"], binary=True)
    with pytest.raises(ParameterError, match="0 or 1"):
        fit_gee(frame, "outcome", ["x"], binary=True)
    with pytest.raises(ParameterError, match="is 1 in every row"):
        fit_gee(frame.assign(all_of_them=1), "all_of_them", ["x"], binary=True)


def test_separation_is_a_status_with_a_reason() -> None:
    frame = trials()
    frame["seen"] = (frame["x"] > 0).astype(int)
    result = fit_gee(frame, "seen", ["x"], binary=True, split=False)
    assert result.status == "not_converged"
    assert result.reason
    with pytest.raises(ParameterError, match="no pooled effect of x"):
        result.effect("x", "pooled")


def test_rows_without_a_value_are_left_out_and_counted() -> None:
    frame = trials()
    frame.loc[:9, "x"] = np.nan
    result = fit_mixed(frame, "outcome", ["x"])
    assert result.left_out == 10
    assert any("10 rows" in said for said in result.warnings)


@pytest.mark.parametrize("factor", [1e-9, 1e-3, 1e3, 1e9])
def test_no_unit_of_a_predictor_changes_or_loses_its_effect(factor: float) -> None:
    frame = trials()
    for fit in (fit_mixed, fit_gee):
        usual, other = (fit(one, "outcome", ["x"]) for one in (frame, frame.assign(x=frame["x"] * factor)))
        assert other.status == "ok"
        for part in ("within", "between"):
            assert other.effect("x", part).value * factor == pytest.approx(usual.effect("x", part).value, rel=1e-3)
            assert other.effect("x", part).se * factor == pytest.approx(usual.effect("x", part).se, rel=1e-2)


@pytest.mark.parametrize("fit", [fit_mixed, fit_gee])
@pytest.mark.parametrize(
    ("factor", "seen"), [(1e300, "column x holds .*too large"), (1e-170, "varies by .* only"), (1e-300, "varies by")]
)
def test_values_beyond_reckoning_are_refused(fit: Any, factor: float, seen: str) -> None:
    frame = trials()
    for name in ("x", "outcome"):
        with pytest.raises(ParameterError, match=seen.replace(" x ", f" {name} ")):
            fit(frame.assign(**{name: frame[name] * factor}), "outcome", ["x"])


@pytest.mark.parametrize("fit", [fit_mixed, fit_gee])
@pytest.mark.parametrize(("outcome", "predictors"), [(None, ["x"]), ("outcome", None), ("outcome", "x")])
def test_no_names_or_a_text_are_no_list_of_names(fit: Any, outcome: Any, predictors: Any) -> None:
    with pytest.raises(ParameterError, match=r"outcome is the name|predictors are a list"):
        fit(trials(), outcome, predictors)


def test_an_athlete_in_two_spellings_is_refused_and_blanks_are_none() -> None:
    frame = trials()
    named = frame["participant"].map(lambda one: f"a{one}")
    again = fit_mixed(frame.assign(participant=named + np.where(frame["trial"] == 1, " ", "")), "outcome", ["x"])
    assert again.n_athletes == 30
    with pytest.raises(ParameterError, match="differ only in how they are written"):
        fit_mixed(frame.assign(participant=named.where(frame["trial"] == 1, named.str.upper())), "outcome", ["x"])
