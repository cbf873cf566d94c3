from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landing_lab.analysis.models.model_file import LocalModel, Predictor, read_model
from landing_lab.analysis.models.outcome_name import is_injury
from landing_lab.errors import FileFormatError, ParameterError


def made(**changes: Any) -> LocalModel:
    words = {
        "outcome": "valgus_landing", "outcome_definition": "knee seen inwards", "unit_of_analysis": "athlete",
        "predictors": (
            Predictor(name="lunge_cm", unit="cm", mean=10.0, sd=2.0, low=4.0, high=16.0),
            Predictor(name="peak_force_bw", unit="BW", mean=4.0, sd=0.5, low=2.5, high=6.0),
            Predictor(name="contact_time_s", unit="s", mean=0.25, sd=0.05, low=0.15, high=0.4),
        ),
        "intercept": -1.0, "coefficients": (-0.8, 0.1, 0.0), "fill": "mean", "validated": True,
        "draws": ((-1.2, -1.0, 0.0, 0.0), (-1.0, -0.8, 0.1, 0.0), (-0.8, -0.6, 0.2, 0.0)) * 67,
        "criteria": {"enough athletes": (True, "400 of 323")}, "n_athletes": 400, "n_rows": 400, "n_events": 120,
        "n_needed": 323, "performance": {}, "card": {}, "made_with": {"numpy": "2"},
    }  # fmt: skip
    return LocalModel(**{**words, **changes})


GOOD = {"lunge_cm": 8.0, "peak_force_bw": 4.5, "contact_time_s": 0.25}


def test_predicts_by_hand_and_reads_back_what_it_wrote(tmp_path: Path) -> None:
    path = made().write(tmp_path / "model.json")
    found = read_model(path).predict(GOOD)
    assert found.probability == pytest.approx(1 / (1 + math.exp(1.0 - 0.8 - 0.1)))
    drawn = [1 / (1 + math.exp(-z)) for z in (-1.2 + 1.0, -1.0 + 0.8 + 0.1, -0.8 + 0.6 + 0.2)] * 67
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])))
    assert json.loads(path.read_text())["schema"] == "landing-lab.model/1"


def test_a_missing_input_takes_the_mean_and_is_named() -> None:
    found = made().predict({**GOOD, "peak_force_bw": None})
    assert found.filled == ("peak_force_bw",)
    assert found.probability == pytest.approx(1 / (1 + math.exp(1.0 - 0.8)))
    assert "peak_force_bw" in found.sentence


@pytest.mark.parametrize(
    ("changes", "values", "seen"),
    [
        ({}, {**GOOD, "lunge_cm": 17.0}, "lunge_cm is 17 cm, outside the 4 to 16 cm"),
        ({}, {**GOOD, "lunge_cm": math.inf}, "outside"),
        ({}, {"lunge_cm": 8.0}, "2 of 3 inputs are missing"),
        ({}, {**GOOD, "height": 1.0}, "no predictor height"),
        ({"fill": "refuse"}, {**GOOD, "lunge_cm": math.nan}, "lunge_cm is missing"),
    ],
)
def test_refuses_with_the_reason(changes: dict[str, Any], values: dict[str, Any], seen: str) -> None:
    with pytest.raises(ParameterError, match=seen):
        made(**changes).predict(values)


def test_a_model_that_is_not_validated_says_so() -> None:
    assert "not validated" in made(validated=False).predict(GOOD).sentence


@pytest.mark.parametrize(
    "name",
    [
        "acl_injury", "ACL", "knee-injury", "rupture", "acl_tear", "retear", "ACLR", "torn_acl",
        "meniscus_tear", "meniscus", "Meniskusriss", "got_hurt", "gotHurt", "knee_trauma", "surgery", "knee operation",
        "post_op", "time_loss", "timeLoss", "days_missed", "patellar_pain", "knee pain", "PFPS", "sprain",
        "muscle_strain", "fracture", "lesion", "cartilage_damage", "verletzt", "Kreuzband", "kreuzbandriss",
        "reconstruction", "swelling", "giving_way", "blessure", "lesión",
        "mcl_torn", "knee_tear_12m", "ACLtear", "KneeACLtear", "a.c.l.", "LCA", "vkb", "knee_inj", "knee_inj2", "ACL2",
    ],
)  # fmt: skip
def test_an_injury_is_no_outcome(name: str) -> None:
    assert is_injury(name)
    with pytest.raises(ParameterError, match="names an injury"):
        made(outcome=name)


@pytest.mark.parametrize(
    "name",
    [
        "valgus_landing",
        "oracle",
        "miracle",
        "constraint",
        "cooperation",
        "fppa_drop_jump_left_deg",
        "less_5",
        "single_leg_squat_left",
        "peak_force_bw",
        "spring",
    ],
)
def test_other_names_are(name: str) -> None:
    assert not is_injury(name)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ({"schema": "x"}, "is no model"), ({"coefficients": [1]}, "coefficient"), ({"predictors": 3}, "damaged"),
        ({"criteria": {"a": [False, "no"]}}, "calls itself validated"), ({"outcome": "acl_injury"}, "names an injury"),
    ],
)  # fmt: skip
def test_a_damaged_or_embellished_file_is_refused(tmp_path: Path, change: dict[str, Any], seen: str) -> None:
    path = made().write(tmp_path / "model.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises((FileFormatError, ParameterError), match=seen):
        read_model(path)


def test_a_file_that_is_no_json_or_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="does not exist"):
        read_model(tmp_path / "none.json")
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(FileFormatError, match="no JSON"):
        read_model(tmp_path / "a.json")
