from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from landing_lab.analysis.models.logistic import fit_logistic
from landing_lab.analysis.models.model_file import LocalModel, Predictor, read_model
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.sim.cohort import CohortSetting, simulate_cohort

RNG = np.random.default_rng(1)
CENTRE = np.array([-1.0, -0.8, 0.9])
DRAWS = tuple(map(tuple, (CENTRE + 0.1 * RNG.normal(size=(200, 3))).tolist()))
MODEL = LocalModel(
    outcome="valgus_landing", outcome_definition="knee seen inwards", unit_of_analysis="athlete and session",
    predictors=(
        Predictor(name="lunge_cm", unit="cm", mean=10.0, sd=2.0, low=4.0, high=16.0),
        Predictor(name="peak_force_bw", unit="BW", mean=4.0, sd=0.5, low=2.5, high=6.0),
    ),
    intercept=-1.0, coefficients=(-0.8, 0.9), draws=DRAWS,
    fill="mean", validated=True, criteria={"enough athletes": (True, "400 of 323")}, n_athletes=400, n_rows=400,
    n_events=120, n_needed=323,
)  # fmt: skip


def changed(*keys: Any, to: Any) -> dict[str, Any]:
    document = json.loads(json.dumps(MODEL.document()))
    at = document
    for key in keys[:-1]:
        at = at[key]
    at[keys[-1]] = to
    return document


@pytest.mark.parametrize(
    "document",
    [
        changed("intercept", to=math.nan), changed("intercept", to="-1.0"), changed("intercept", to=True),
        changed("intercept", to=1e9), changed("intercept", to=10**400), changed("coefficients", to=[0.8, -0.9]),
        changed("coefficients", 0, to=math.inf), changed("predictors", 0, "mean", to=math.inf),
        changed("predictors", 0, "mean", to=99.0), changed("predictors", 0, "sd", to=0.0),
        changed("predictors", 0, "sd", to=1e-9 * math.inf), changed("predictors", 0, "low", to=20.0),
        changed("predictors", 0, "unit", to=None), changed("predictors", 1, "name", to="lunge_cm"),
        changed("predictors", 1, "name", to="valgus_landing"), changed("predictors", to=[]), changed("draws", to=[]),
        changed("draws", to=[[-1.0, -0.8, 0.9]] * 199), changed("draws", 3, to=[0.0]), changed("draws", to=7),
        changed("draws", 3, 1, to=math.nan), changed("n_athletes", to=5), changed("n_athletes", to=100),
        changed("n_events", to=-3), changed("n_rows", to=399.5), changed("fill", to="nonsense"),
        changed("criteria", to=[]), changed("criteria", to={"a": []}), changed("outcome_definition", to=None),
    ],
)  # fmt: skip
def test_a_model_that_was_tampered_with_is_refused_in_one_sentence(tmp_path: Path, document: dict[str, Any]) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(document))
    with pytest.raises(
        (FileFormatError, ParameterError), match=r"damaged or edited|one coefficient per predictor"
    ) as one:
        read_model(path)
    assert "\n" not in str(one.value)


def test_the_definition_of_an_outcome_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(json.dumps(changed("outcome_definition", to="ACL tear within 12 months")))
    with pytest.raises(ParameterError, match="names an injury"):
        read_model(path)


def test_deep_and_large_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text("[" * 100_000)
    with pytest.raises(FileFormatError, match="no JSON"):
        read_model(path)
    path.write_text(" " * 20_000_001)
    with pytest.raises(FileFormatError, match="larger than 20 MB"):
        read_model(path)


def test_a_probability_outside_its_own_interval_is_none() -> None:
    edited = LocalModel(**{one: getattr(MODEL, one) for one in MODEL.__slots__} | {"coefficients": (0.8, -0.9)})
    with pytest.raises(ParameterError, match="damaged or edited"):
        edited.predict({"lunge_cm": 6.0, "peak_force_bw": 5.0})


@pytest.mark.parametrize(("n", "names"), [(60, 1), (60, 5), (300, 5)])
@pytest.mark.parametrize("strength", [1.0, 4.0])
def test_every_model_that_is_fitted_can_be_read_again(tmp_path: Path, n: int, names: int, strength: float) -> None:
    setting = CohortSetting(n_athletes=n, coefficients=(0.8 * strength, -0.5 * strength, 0.0, 0.0, 0.0), missing=0.1)
    data = pd.DataFrame(simulate_cohort(setting, seed=n).athletes)
    predictors = [f"z{i + 1}" for i in range(names)]
    model = fit_logistic(data, "valgus_rated", predictors).model
    again = read_model(model.write(tmp_path / "model.json"))
    middle = {one.name: one.mean for one in again.predictors}
    assert again.predict(middle).probability == pytest.approx(model.predict(middle).probability)
