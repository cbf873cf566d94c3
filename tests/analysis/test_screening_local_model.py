from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.inputs.files import write_session_inputs
from landing_lab.analysis.models.dataset_frame import session_frame
from landing_lab.analysis.models.logistic import fit_logistic
from landing_lab.analysis.models.model_file import LocalModel
from landing_lab.analysis.screening.of_dataset import screen
from made_dataset import USUAL, make_dataset

PEOPLE = [f"{i:03d}" for i in range(330)]
PREDICTORS = ["lunge_left_cm", "peak_force_bw", "rsi_flight_time_m_per_s", "peak_force_bw_left"]
METRICS = [one for one in USUAL if one.name in {"peak_force_bw", "rsi_flight_time_m_per_s"}]


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A dataset whose raters saw what ankles do, and the model of it as a file."""
    rng = np.random.default_rng(3)
    folder = tmp_path_factory.mktemp("lab")
    made = make_dataset(folder / "data", seed=1, participants=PEOPLE, n_sessions=1, n_trials=3, metrics=METRICS)
    for participant in PEOPLE:
        lunge = round(float(np.clip(rng.normal(11, 2.5), 4, 20)), 1)
        seen = bool(rng.random() < 1 / (1 + np.exp(0.9 * (lunge - 9))))
        entries = FieldInputs(prior_injury="none", lunge_left_cm=lunge, valgus_landing=seen)
        write_session_inputs(made.sessions(participant)[0].path, entries)
    table = session_frame(made.path)
    model = fit_logistic(
        table.frame, "valgus_landing", PREDICTORS, units=table.units, unit_of_analysis=table.row, expected_c=0.85
    ).model
    assert model.validated, model.criteria
    return made.path, model.write(folder / "model.json")


def test_a_model_of_any_metric_and_entry_reaches_the_athlete(laboratory: tuple[Path, Path]) -> None:
    dataset, file = laboratory
    row = session_frame(dataset).frame.set_index("participant").loc["007"]
    result = screen(dataset, "007", model=file)
    assert result.model is not None, result.model_refusal
    assert result.model.filled == ()
    assert result.level.number == 4
    from landing_lab.analysis.models.model_file import read_model

    by_hand = read_model(file).predict({name: row[name] for name in PREDICTORS})
    assert result.model.probability == pytest.approx(by_hand.probability)


def test_a_predictor_in_another_unit_is_refused(laboratory: tuple[Path, Path]) -> None:
    from landing_lab.analysis.models.model_file import read_model

    dataset, file = laboratory
    model: LocalModel = read_model(file)
    first, *others = model.predictors
    result = screen(dataset, "007", model=replace(model, predictors=(replace(first, unit="mm"), *others)))
    assert result.model is None
    assert "lunge_left_cm is in mm and this session's in cm" in result.model_refusal
