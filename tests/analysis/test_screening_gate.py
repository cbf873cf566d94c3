"""The hard gate: whatever is entered and measured, nothing is said of the knee without an observation of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing_lab.analysis.inputs.files import inputs_from
from landing_lab.analysis.inputs.observation import valgus_observation
from landing_lab.analysis.screening.advice import AFTER_ACL, BY_CHAIN, EVERYONE
from landing_lab.analysis.screening.gate import FIXED, Statement, release
from landing_lab.analysis.screening.indicators import INDICATORS
from landing_lab.analysis.screening.referral import RULES, referral
from landing_lab.analysis.wording import banned_words, ungated_valgus
from landing_lab.report.screening_markdown import screening_markdown
from landing_lab.report.screening_page import screening_page
from landing_lab.report.screening_text import screening_text
from made_screening import RATIO, SHIFT, STIFFNESS, SYMMETRY, Lab, everything_said, finding, screened

KEYS = {
    (STIFFNESS, "total"): (18.0, 4.0),
    (RATIO, "total"): (1.3, 0.2),
    (SYMMETRY, "left_right"): (93.0, 3.0),
    **{(SHIFT, side): (4.0, 3.0) for side in ("left", "right")},
}
LAB = Lab(errors={key: (sd / 3, sd / 9) for key, (_, sd) in KEYS.items()}, norms=KEYS)
FLAGS = ("pain_persistent", "loss_of_function", "swelling", "giving_way", "recent_injury", "post_operative",
         "suspected_structural", "wants_plan")  # fmt: skip
UNSEEN: dict[str, st.SearchStrategy[Any]] = {
    "prior_injury": st.sampled_from(["none", "acl", "other_knee"]),
    "sex": st.sampled_from(["female", "male"]),
    "lunge_left_cm": st.floats(0.5, 25),
    "lunge_right_cm": st.floats(0.5, 25),
    "navicular_drop_left_mm": st.floats(0, 30),
    "less": st.dictionaries(st.sampled_from([1, 2, 3, 4, 6, 12, 13]), st.integers(0, 1)),
    **dict.fromkeys(FLAGS, st.booleans()),
}
SEEN: dict[str, Any] = {
    "valgus_squat": True,
    "valgus_landing": False,
    "single_leg_squat_left": "poor",
    "fppa_drop_jump_right_deg": 25.0,
    "less": {5: 1},
}


def _without_ids(text: str) -> str:
    """Ids of rows name what a row is about, which is no statement about anybody."""
    from landing_lab.analysis.evidence.registry import evidence

    for claim in sorted((one.id for one in evidence().claims), key=len, reverse=True):
        text = text.replace(claim, "row")
    return text


@settings(max_examples=40, deadline=None)
@given(
    entries=st.fixed_dictionaries(
        {"prior_injury": UNSEEN["prior_injury"]},
        optional={name: UNSEEN[name] for name in UNSEEN if name != "prior_injury"},
    ),
    far=st.floats(-6, 6),
)
def test_no_word_of_valgus_without_an_observation(entries: dict[str, Any], far: float) -> None:
    trials = {key: [mean + far * sd + off for off in (0.0, 0.01, 0.02)] for key, (mean, sd) in KEYS.items()}
    before = {key: [mean + off for off in (0.0, 0.01, 0.02)] for key, (mean, _) in KEYS.items()}
    result = screened([before, trials], LAB, entries)
    assert result.observed is None
    assert all(one.named is None for one in result.rankings)
    assert result.contributing == ()
    said = everything_said(result)
    assert ungated_valgus(said) == []
    assert banned_words(said) == []
    for text in (screening_text(result), screening_markdown(result)):
        assert ungated_valgus(_without_ids(text)) == []
        assert banned_words(text) == []


@pytest.mark.parametrize("entry", list(SEEN))
def test_with_an_observation_it_is_said(entry: str) -> None:
    result = screened([{(STIFFNESS, "total"): [18.0, 18.1, 17.9]}], LAB, {entry: SEEN[entry]})
    assert result.observed is not None
    assert "No observation of the knee" not in everything_said(result)
    assert result.level.levels[3].has_inputs
    assert banned_words(everything_said(result)) == []


def test_the_gate_stops_what_slipped_through() -> None:
    slipped = Statement(text="Your knees collapse: dynamic valgus.", about="athlete")
    with pytest.raises(AssertionError, match="no observation"):
        release([slipped], None)
    seen = valgus_observation(inputs_from({"prior_injury": "none", "valgus_squat": True}))
    assert release([slipped], seen) == (slipped,)
    told = replace(slipped, about="published")
    assert release([told], None) == (told,)


def test_fixed_texts_hold_no_banned_word() -> None:
    steps = [EVERYONE, AFTER_ACL, *(step for steps in BY_CHAIN.values() for step in steps)]
    texts = [*FIXED, *(one.label for one in INDICATORS), *(one.outside_means for one in INDICATORS)]
    texts += [*(step.text for step in steps), *(words for _, words, _ in RULES)]
    assert [banned_words(text) for text in texts if banned_words(text)] == []
    assert [ungated_valgus(text) for text in FIXED if ungated_valgus(text)] == []


def test_a_page_without_observation_withholds_what_rows_say_of_the_knee() -> None:
    result = screened([{(SHIFT, "left"): [20.0, 21.0, 22.0]}], LAB, {"lunge_left_cm": 4.0})
    page = _without_ids(screening_page(result))
    body = page[page.index("<body>") :]
    assert ungated_valgus(body.replace("<", " <").replace(">", "> ")) == []
    assert "shown once an observation of the knee is entered" in body


@settings(max_examples=60, deadline=None)
@given(symptoms=st.dictionaries(st.sampled_from(FLAGS), st.booleans()), far=st.sampled_from([-4.0, 0.0, 9.0]))
def test_referral_depends_on_symptoms_alone(symptoms: dict[str, bool], far: float) -> None:
    trials = {key: [mean + far * sd] * 3 for key, (mean, sd) in KEYS.items()}
    result = screened([trials], LAB, symptoms)
    assert result.referral == referral(inputs_from({"prior_injury": "none", **symptoms}))
    assert result.referral.advised is any(symptoms.values())


def test_a_model_of_an_injury_is_refused_and_others_need_an_observation() -> None:
    from landing_lab.analysis.models.model_file import LocalModel, Predictor
    from landing_lab.errors import ParameterError

    made = {
        "outcome_definition": "a rater saw it", "unit_of_analysis": "athlete and session",
        "intercept": 0.0, "coefficients": (1.0,),
        "draws": ((0.0, 1.0), (0.1, 1.1)), "fill": "refuse", "validated": True, "criteria": {}, "n_athletes": 100,
        "n_rows": 100, "n_events": 40, "n_needed": 90,
        "predictors": (Predictor(name=STIFFNESS, unit="kN/m", mean=18.0, sd=4.0, low=5.0, high=40.0),),
    }  # fmt: skip
    trials = [{(STIFFNESS, "total"): [18.0, 18.0, 18.0]}]
    with pytest.raises(ParameterError, match="names an injury"):
        LocalModel(outcome="acl_injury", **made)
    model = LocalModel(outcome="valgus_landing", **made)
    unseen = screened(trials, LAB, {"lunge_left_cm": 12.0}, model=model)
    assert unseen.model is None
    assert unseen.level.number == 2
    seen = screened(trials, LAB, {"lunge_left_cm": 12.0, "valgus_landing": True}, model=model)
    assert seen.model is not None
    assert seen.model.probability == pytest.approx(0.5)
    assert seen.level.number == 4
    weak = screened(trials, LAB, {"valgus_landing": True}, model=replace(model, validated=False))
    assert weak.model is None
    assert "not checked well enough" in weak.model_refusal
    limb = replace(model, unit_of_analysis="limb in a session")
    of_limbs = screened(trials, LAB, {"lunge_left_cm": 12.0, "valgus_landing": True}, model=limb)
    assert of_limbs.model is None
    assert "of one limb in a session" in of_limbs.model_refusal
    assert "without --per-limb" in of_limbs.model_refusal


def _model_of(outcome: str) -> Any:
    from landing_lab.analysis.models.model_file import LocalModel, Predictor

    return LocalModel(
        outcome=outcome, outcome_definition="a rater saw it", unit_of_analysis="athlete and session", intercept=0.0,
        coefficients=(1.0,), draws=((0.0, 1.0), (0.1, 1.1)), fill="refuse", validated=True, criteria={},
        n_athletes=100, n_rows=100, n_events=40, n_needed=90,
        predictors=(Predictor(name=STIFFNESS, unit="kN/m", mean=18.0, sd=4.0, low=5.0, high=40.0),),
    )  # fmt: skip


@pytest.mark.parametrize(
    "outcome",
    [
        "outcome", "event", "y", "y1", "case", "bad", "benched", "out_for_season", "dropped_out", "career_end",
        "plaster", "crutches", "mri_finding", "doctor_visit", "needs_physio", "flag", "status", "red_card",
        "substituted", "could_not_play", "went_down", "popped", "bandage", "ice", "limping", "insurance_claim",
        "valgus", "knee", "peak_force_bw", "wants_plan",
    ],
)  # fmt: skip
def test_a_screening_takes_only_models_of_what_is_entered_of_the_knee(outcome: str) -> None:
    """Whatever an injury is called: a list of words has holes, a list of entries has none."""
    from landing_lab.errors import ParameterError

    trials = [{(STIFFNESS, "total"): [18.0, 18.0, 18.0]}]
    with pytest.raises(ParameterError, match="takes only models of what this laboratory sees of the knee"):
        screened(trials, LAB, {"valgus_landing": True}, model=_model_of(outcome))


@pytest.mark.parametrize(
    "outcome",
    ["valgus_squat", "valgus_landing", "single_leg_squat_left", "fppa_drop_jump_left_deg", "less.5", "less_15"],
)
def test_models_of_entries_are_taken_and_told_in_words(outcome: str) -> None:
    trials = [{(STIFFNESS, "total"): [18.0, 18.0, 18.0]}]
    result = screened(trials, LAB, {"valgus_landing": True}, model=_model_of(outcome))
    assert result.model is not None
    for text in (screening_text(result), screening_markdown(result), screening_page(result)):
        assert f"'{outcome}'" not in text
        assert f"&#39;{outcome}&#39;" not in text


def test_the_document_holds_every_statement_with_its_rows() -> None:
    from landing_lab.analysis.evidence.registry import evidence

    result = screened([{(STIFFNESS, "total"): [30.0, 30.0, 31.0]}], LAB, {"valgus_squat": True, "lunge_left_cm": 4.0})
    document = json.loads(json.dumps(result.document()))
    assert document["schema"] == "landing-lab.screening/1"
    assert sorted(document) == sorted(
        ["schema", "version", "participant", "session", "earlier", "n_trials", "simulated", "declared", "level",
         "observed", "landing",
         "findings", "rankings", "answers", "reservations", "standing_out", "not_counted", "pattern", "contributing",
         "changes", "challenges", "history", "cannot_know", "referral", "advice", "model", "model_refusal", "claims",
         "evidence_stamp", "settings", "notes"]
    )  # fmt: skip
    known = {one.id for one in evidence().claims}
    for one in (*result.findings, *result.statements, *result.advice, result.referral):
        assert set(one.evidence) <= known
    assert {one["id"] for one in document["claims"]} >= set(finding(result, "lunge", "left").evidence)
    assert document["evidence_stamp"] == evidence().stamp
