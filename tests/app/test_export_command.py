"""`landing-lab export` as scripts and people use it."""

from __future__ import annotations

from pathlib import Path

import ezc3d
import numpy as np
import pytest

import landing_lab as ll
from command_line import refused_here, run, run_here
from landing_lab.io.read import read


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    recording = ll.simulate_drop_jump(seed=1).recording
    samples = recording.streams["force"].samples
    path = tmp_path_factory.mktemp("trial") / "jump.txt"
    path.write_text("A\tB\n" + "".join(f"{left:.1f}\t{right:.1f}\n" for left, right in samples))
    return path


COLUMNS = ("--left", "A", "--right", "B", "--rate-hz", "1000")


@pytest.mark.parametrize("suffix", ["csv", "parquet", "mot", "mat"])
def test_export_writes_what_reads_back(trial: Path, tmp_path: Path, suffix: str) -> None:
    done = run_here("export", trial, *COLUMNS, "--to", tmp_path / f"x.{suffix}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Written: {tmp_path / f'x.{suffix}'} (")
    assert "left, right; " in done.stdout
    assert "note: No unit of force is stated" in done.stdout
    original = read(trial, left="A", right="B", sample_rate_hz=1000).streams["force"]
    np.testing.assert_array_equal(read(tmp_path / f"x.{suffix}").streams["force"].samples, original.samples)


def test_c3d_carries_the_events_and_says_what_it_lacks(trial: Path, tmp_path: Path) -> None:
    done = run("export", trial, *COLUMNS, "--task", "drop_jump", "--mass-kg", "90", "--to", tmp_path / "x.c3d")
    assert done.returncode == 0, done.stderr
    assert "events of trial 1 (drop jump): touchdown" in done.stdout
    assert "not in it: horizontal force (written as 0), moments and centre of pressure (NaN)" in done.stdout
    labels = ezc3d.c3d(str(tmp_path / "x.c3d"))["parameters"]["EVENT"]["LABELS"]["value"]
    assert {"touchdown", "take_off", "landing"} <= set(labels)


def test_a_file_that_is_there_is_replaced_only_when_asked(trial: Path, tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    target.write_text("precious")
    assert "exists; choose another name, or replace it with --force" in refused_here(
        "export", trial, *COLUMNS, "--to", target, code=2
    )
    assert target.read_text() == "precious"
    assert run_here("export", trial, *COLUMNS, "--to", target, "--force").returncode == 0
    assert target.read_text().startswith("time_s,left_n,right_n\n")


def test_the_source_is_never_overwritten(trial: Path) -> None:
    before = trial.read_bytes()
    link = trial.with_name("link.csv")
    link.symlink_to(trial)
    told = refused_here("export", trial, *COLUMNS, "--to", link, "--force", code=2)
    assert "is the file to export from" in told
    assert trial.read_bytes() == before


def test_bad_requests_are_one_sentence(trial: Path, tmp_path: Path) -> None:
    unknown = refused_here("export", trial, *COLUMNS, "--to", tmp_path / "x.xls", code=2)
    assert ".c3d, .csv, .mat, .mot, .parquet" in unknown
    assert "is a folder" in refused_here("export", trial, *COLUMNS, "--to", tmp_path, code=1)
    assert "does not exist" in refused_here("export", tmp_path / "no.txt", "--to", tmp_path / "x.csv", code=2)
    assert "leave it out for .csv" in refused_here(
        "export", trial, *COLUMNS, "--mass-kg", "70", "--to", tmp_path / "x.csv", code=2
    )
    (tmp_path / "file").write_text("")
    told = refused_here("export", trial, *COLUMNS, "--to", tmp_path / "file" / "x.csv", code=1)
    assert "a file of that name in the way" in told
    assert "--to" in refused_here("export", trial, code=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_help_has_an_example() -> None:
    assert "Example: landing-lab export" in run("export", "--help").stdout
    assert "  export " in run("--help").stdout
