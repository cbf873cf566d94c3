"""`landing-lab analyse FOLDER` as a person runs it: in a process of its own, with processes below it."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

import landing_lab as ll
from command_line import ENVIRONMENT, command, refused_here, run, run_here
from landing_lab.io.write import CSV_COLUMNS, write_force_csv
from landing_lab.model.result import METRIC_COLUMNS
from process_tree import descendants

N_MANY = 600
posix = pytest.mark.skipif(os.name == "nt", reason="signals of process groups are a matter of POSIX systems")
linux = pytest.mark.skipif(sys.platform != "linux", reason="reads the tree of processes from /proc")


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of five jumps in two folders, one empty file and one of no format."""
    folder = tmp_path_factory.mktemp("study") / "study"
    for seed in range(1, 6):
        recording = ll.simulate_drop_jump(seed=seed).recording
        write_force_csv(recording, folder / f"s{seed % 2}" / f"jump{seed}.csv")
    (folder / "empty.txt").write_text("")
    (folder / "noise.dat").write_bytes(bytes(range(256)) * 4)
    return folder


@pytest.fixture(scope="module")
def many(recordings: Path) -> Path:
    """A folder that takes some seconds."""
    folder = recordings.parent / "many"
    folder.mkdir()
    for number in range(N_MANY):
        os.link(recordings / "s1" / f"jump{1 + 2 * (number % 3)}.csv", folder / f"{number:04d}.csv")
    return folder


def table(path: Path) -> list[dict[str, object]]:
    relation = duckdb.connect().from_parquet(str(path))
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def test_a_folder_becomes_tables_in_a_new_folder_and_says_where(recordings: Path, tmp_path: Path) -> None:
    done = run("analyse", recordings, cwd=tmp_path)
    assert done.returncode == 2
    out = tmp_path / "landing-lab-analysis"
    assert sorted(path.name for path in out.iterdir()) == ["errors.csv", "metrics.parquet", "trials.parquet"]
    trials = table(out / "trials.parquet")
    jumps = ["s0/jump2.csv", "s0/jump4.csv", "s1/jump1.csv", "s1/jump3.csv", "s1/jump5.csv"]
    assert [row["source"] for row in trials] == jumps
    assert "7 files in" in done.stdout
    assert "5 read, 2 could not be read" in done.stdout
    for name in ("metrics.parquet", "trials.parquet", "errors.csv"):
        assert str(Path("landing-lab-analysis") / name) in done.stdout
    with (out / "errors.csv").open(newline="") as stream:
        assert [row["source"] for row in csv.DictReader(stream)] == ["empty.txt", "noise.dat"]
    assert done.stderr.strip().splitlines()[-1].startswith("landing-lab: 2 of 7 files in the folder")
    again = run("analyse", recordings / "s1", "--jobs", "1", cwd=tmp_path)
    assert again.returncode == 0
    assert len(table(tmp_path / "landing-lab-analysis-2" / "trials.parquet")) == 3
    assert not (tmp_path / "landing-lab-analysis-2" / "errors.csv").exists()


def test_the_tables_hold_what_each_file_alone_gives(recordings: Path, tmp_path: Path) -> None:
    run("analyse", recordings, "--out", tmp_path / "out")
    rows = table(tmp_path / "out" / "metrics.parquet")
    assert list(rows[0]) == [
        *("source", "index", "task", "trial_status", "trial_reason", "sample_rate_hz", *METRIC_COLUMNS)
    ]
    for source in ("s0/jump2.csv", "s1/jump5.csv"):
        expected = ll.analyse(ll.read(recordings / source)).first
        mine = [row for row in rows if row["source"] == source]
        assert [{name: row[name] for name in METRIC_COLUMNS} for row in mine] == [r.as_dict() for r in expected.table]


def test_json_of_a_folder_is_the_same_document_and_writes_no_file(recordings: Path, tmp_path: Path) -> None:
    done = run("analyse", recordings, "--format", "json", cwd=tmp_path)
    assert done.returncode == 2
    document = json.loads(done.stdout)
    alone = json.loads(run_here("analyse", recordings / "s0" / "jump2.csv", "--format", "json").stdout)
    assert list(document) == list(alone) == ["schema", "version", "trials", "errors"]
    assert {**document["trials"][0], "source": "jump2.csv"} == alone["trials"][0]
    assert document["trials"][0]["source"] == "s0/jump2.csv"
    assert [error["source"] for error in document["errors"]] == ["empty.txt", "noise.dat"]
    assert list(tmp_path.iterdir()) == []


def test_csv_of_a_folder_has_one_header_and_every_row(recordings: Path, tmp_path: Path) -> None:
    done = run("analyse", recordings, "--format", "csv", "--out", tmp_path / "out")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert tuple(rows[0]) == CSV_COLUMNS
    in_table = table(tmp_path / "out" / "metrics.parquet")
    assert [(r["source"], r["name"], float(r["value"]) if r["value"] else None) for r in rows] == [
        (r["source"], r["name"], r["value"]) for r in in_table
    ]


def test_results_of_an_earlier_run_are_not_taken_for_recordings(recordings: Path, tmp_path: Path) -> None:
    os.link(recordings / "s1" / "jump1.csv", tmp_path / "jump.csv")
    assert run("analyse", ".", cwd=tmp_path).returncode == 0
    done = run("analyse", ".", cwd=tmp_path)
    assert done.returncode == 0
    assert "1 file in" in done.stdout


def test_a_list_of_files_with_a_number_of_jobs_is_a_batch_too(many: Path, tmp_path: Path) -> None:
    done = run("analyse", *sorted(many.iterdir())[:60], "--jobs", 2, "--out", tmp_path / "out")
    assert done.returncode == 0
    assert "60 files in" in done.stdout
    assert len(table(tmp_path / "out" / "trials.parquet")) == 60


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("study", "--pattern", "*_grf.mot"), "no file like '*_grf.mot'"),
        (("study/s0/jump2.csv", "--pattern", "*.csv"), "within a folder"),
        (("study", "--jobs", "0"), "--jobs"),
        (("study", "--format", "xml"), "no format"),
        (("study", "--mass-kg", "7000"), "mass_kg"),
        (("study", "--out", "study/s0"), "choose another folder with --out"),
    ],
)
def test_what_is_typed_wrongly_is_refused_before_anything_runs(
    recordings: Path, words: tuple[str, ...], told: str
) -> None:
    assert told in refused_here("analyse", *words, code=2, cwd=recordings.parent)


def test_a_folder_that_cannot_be_made_is_said_so(recordings: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    assert "there is a file" in refused_here("analyse", recordings, "--out", tmp_path / "taken" / "x", code=1)


@contextmanager
def running(many: Path, out: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A run over many files in a group of its own, like that of a terminal, once its first part is written."""
    program = subprocess.Popen(
        command(["analyse", many, "--out", out, *words]), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=ENVIRONMENT, start_new_session=True,
    )  # fmt: skip
    try:
        wait_for(lambda: program.poll() is not None or any(out.glob("parts-unfinished-*/metrics-*.parquet")))
        assert program.poll() is None, "it ended before it could be interrupted"
        yield program
    finally:
        program.kill()
        program.communicate()


def wait_for(condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
    until = time.monotonic() + timeout_s
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)


@posix
def test_ctrl_c_ends_quickly_and_keeps_what_is_finished_under_a_name_that_says_so(many: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with running(many, out) as program:
        time.sleep(1.0)
        os.killpg(program.pid, signal.SIGINT)
        stdout, stderr = program.communicate(timeout=240.0)
    assert program.returncode == 130
    assert "Traceback" not in stdout + stderr
    sentence = stderr.strip().splitlines()[-1]  # a slow computer has told its progress before
    assert f"of {N_MANY} files" in sentence
    assert sorted(path.name for path in out.iterdir()) == ["metrics-unfinished.parquet", "trials-unfinished.parquet"]
    assert sentence.startswith(f"landing-lab: interrupted after {len(table(out / 'trials-unfinished.parquet'))} of")


@posix
def test_ctrl_c_while_the_processes_start_ends_the_run_and_leaves_nothing(many: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    program = subprocess.Popen(
        command(["analyse", many, "--out", out]), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=ENVIRONMENT, start_new_session=True,
    )  # fmt: skip
    try:
        wait_for(lambda: any(out.glob("parts-unfinished-*/errors.csv")))
        os.killpg(program.pid, signal.SIGINT)
        stdout, stderr = program.communicate(timeout=240.0)
    finally:
        program.kill()
    assert program.returncode == 130
    assert stdout == ""
    assert stderr == f"landing-lab: interrupted after 0 of {N_MANY} files; nothing is kept\n"
    assert not out.exists()


@linux
def test_a_killed_run_leaves_no_half_table_and_no_process(many: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with running(many, out) as program:
        workers = descendants(program.pid)
        assert len(workers) >= 2
        program.kill()
        program.wait()
        wait_for(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in workers), 10.0)
        assert [pid for pid in workers if Path(f"/proc/{pid}/cmdline").exists()] == []
    (left,) = out.iterdir()
    assert left.name.startswith("parts-unfinished-")
    for part in left.glob("metrics-*.parquet"):
        assert table(part)


@posix
def test_a_reader_that_goes_away_is_no_error_with_a_traceback(many: Path, tmp_path: Path) -> None:
    program = subprocess.Popen(
        command(["analyse", many, "--format", "csv"]), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=ENVIRONMENT, cwd=tmp_path,
    )  # fmt: skip
    assert program.stdout is not None
    assert program.stderr is not None
    for _ in range(40):
        program.stdout.readline()
    program.stdout.close()
    with program.stderr:
        assert "Traceback" not in program.stderr.read()
    program.wait(timeout=60.0)
