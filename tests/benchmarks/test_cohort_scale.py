"""100 000 trials of 90 metrics through the table and the norms; and session folders, one athlete, a query.

LANDING_LAB_COHORT_ATHLETES=200 makes it quick. Session folders are made for a tenth of the athletes; both take time in
proportion to the trials. Nothing here asserts a time; the memory and the results it does.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import landing_lab as ll
from command_line import command
from landing_lab.analysis.cohort.norms import read_norms
from landing_lab.analysis.cohort.tidy_file import write_tidy
from made_cohort import N_METRICS, N_SESSIONS, N_TRIALS, made_columns, people, write_participants, write_sessions
from process_tree import run_watched

N_ATHLETES = int(os.environ.get("LANDING_LAB_COHORT_ATHLETES", "4000"))
N_IN_FOLDERS = max(N_ATHLETES // 10, 40)
TRIALS_PER_ATHLETE = N_SESSIONS * N_TRIALS


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("table")
    write_participants(folder, N_ATHLETES)
    return write_tidy(made_columns(N_ATHLETES), people(N_ATHLETES), folder / "cohort.parquet")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("folders") / "study"
    return write_sessions(folder, made_columns(N_IN_FOLDERS), N_IN_FOLDERS)


@pytest.mark.skipif(sys.platform != "linux", reason="memory of other processes is read from /proc")
def test_a_table_to_norms(benchmark: BenchmarkFixture, table: Path, tmp_path: Path) -> None:
    words = command(["cohort", table, "--out", tmp_path / "again.parquet", "--norms-out", tmp_path / "norms.json"])
    ended = benchmark.pedantic(run_watched, args=(words,), kwargs={"cwd": tmp_path}, rounds=1)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{N_ATHLETES * TRIALS_PER_ATHLETE} accepted trials" in ended.stdout
    assert (tmp_path / "again.parquet").read_bytes() == table.read_bytes()
    assert read_norms(tmp_path) is not None
    assert ended.peak_mb < 3000.0
    benchmark.extra_info |= {"trials": N_ATHLETES * TRIALS_PER_ATHLETE, "peak_mb": round(ended.peak_mb)}


@pytest.mark.skipif(sys.platform != "linux", reason="memory of other processes is read from /proc")
def test_session_folders_to_norms(benchmark: BenchmarkFixture, study: Path) -> None:
    ended = benchmark.pedantic(run_watched, args=(command(["cohort", study]),), kwargs={"cwd": study}, rounds=1)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    n_trials = N_IN_FOLDERS * TRIALS_PER_ATHLETE
    assert f"{n_trials} accepted trials, {N_METRICS} metrics" in ended.stdout
    benchmark.extra_info |= {"trials": n_trials, "peak_mb": round(ended.peak_mb)}


def test_one_athlete_of_many(benchmark: BenchmarkFixture, study: Path) -> None:
    rows = benchmark(lambda: ll.read_trials(study, participant="A00003").rows)
    assert len(rows) == TRIALS_PER_ATHLETE * N_METRICS


def test_a_question_over_all_trials(benchmark: BenchmarkFixture, table: Path) -> None:
    cohort = ll.cohort(table)
    sql = "SELECT sex, name, avg(value) FROM trials GROUP BY ALL"
    answer = benchmark.pedantic(cohort.query, args=(sql,), rounds=2)
    assert len(answer) == 60
