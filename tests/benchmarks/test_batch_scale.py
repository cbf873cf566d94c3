"""A folder of many recordings, from files to metrics.parquet: time, processor time and memory.

LANDING_LAB_BATCH_FILES=500 makes it quick. Nothing here asserts a time; the memory and the results it does.
"""

from __future__ import annotations

import dataclasses
import os
import resource
import sys
from pathlib import Path

import duckdb
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import landing_lab as ll
from command_line import command
from landing_lab.io.export import export
from landing_lab.model.recording import Recording
from process_tree import run_watched

N_FILES = int(os.environ.get("LANDING_LAB_BATCH_FILES", "10000"))
N_DIFFERENT = min(N_FILES, int(os.environ.get("LANDING_LAB_BATCH_DIFFERENT", "300")))


@pytest.fixture(scope="module", params=["parquet", "csv"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drop jumps of 5 s on two plates at 1 kHz; after the different ones, links to them."""
    made = tmp_path_factory.mktemp(f"many-{request.param}")
    (made / "recordings").mkdir()
    for seed in range(N_DIFFERENT):
        export(_five_seconds(seed), made / "recordings" / f"{seed:06d}.{request.param}")
    for number in range(N_DIFFERENT, N_FILES):
        source = made / "recordings" / f"{number % N_DIFFERENT:06d}.{request.param}"
        os.link(source, source.with_name(f"{number:06d}.{request.param}"))
    return made


def _five_seconds(seed: int) -> Recording:
    """A simulated drop jump cut to 5 s around it, which keeps the standing before and after."""
    recording = ll.simulate_drop_jump(seed=seed).recording
    force = recording.streams["force"]
    cut = dataclasses.replace(force, samples=force.samples[1000:6000].copy(), times_s=force.times_s[1000:6000].copy())
    return dataclasses.replace(recording, streams={"force": cut})


@pytest.mark.skipif(sys.platform != "linux", reason="memory of other processes is read from /proc")
def test_many_recordings_to_one_table(benchmark: BenchmarkFixture, folder: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = command(["analyse", "recordings", "--out", "results"])
    ended = benchmark.pedantic(run_watched, args=(words,), kwargs={"cwd": folder}, rounds=1)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    trials = duckdb.sql(f"SELECT count(*), count(DISTINCT source) FROM '{folder}/results/trials.parquet'").fetchall()
    assert trials == [(N_FILES, N_FILES)]
    assert ended.peak_mb < 1000.0
    benchmark.extra_info["files"] = N_FILES
    benchmark.extra_info["peak_mb"] = round(ended.peak_mb)
    benchmark.extra_info["user_ms_per_file"] = round((after.ru_utime - before.ru_utime) / N_FILES * 1e3, 2)
    benchmark.extra_info["system_ms_per_file"] = round((after.ru_stime - before.ru_stime) / N_FILES * 1e3, 2)
    print(benchmark.extra_info, ended.stdout, sep="\n")
