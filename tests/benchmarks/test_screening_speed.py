"""How fast one athlete is screened; targets are stated, nothing here asserts a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import landing_lab as ll
from landing_lab.analysis.cohort.collect import read_trials
from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.screening.screen import screen
from landing_lab.report.screening_page import screening_page
from made_dataset import make_dataset

INPUTS = FieldInputs(prior_injury="none", lunge_left_cm=5.0, valgus_squat=True, valgus_squat_heel_lift=False)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("screening") / "study"
    make_dataset(folder, seed=1, participants=["P1"], n_sessions=10, n_trials=10)
    return folder


def test_one_athlete_from_the_folder(benchmark: BenchmarkFixture, dataset: Path) -> None:
    """Target: 0.2 s warm, reading ten sessions of ten trials included."""
    assert benchmark(ll.screen, dataset, "P1", INPUTS).level.number == 3


def test_one_athlete_from_a_table(benchmark: BenchmarkFixture, dataset: Path) -> None:
    """Target: 0.05 s warm."""
    table = read_trials(dataset, participant="P1")
    assert benchmark(screen, table, "P1", inputs=INPUTS).level.number == 3


def test_the_page(benchmark: BenchmarkFixture, dataset: Path) -> None:
    """Target: 0.2 s warm."""
    result = ll.screen(dataset, "P1", INPUTS)
    assert "Landing screening" in benchmark(screening_page, result)
