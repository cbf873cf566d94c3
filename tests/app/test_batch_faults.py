"""One bad file never stops the rest, whatever it does to the process that reads it."""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import re
import time
from pathlib import Path

import duckdb
import pytest

from batch_faults import always_crash, by_name
from landing_lab.app.analyse.batch import BatchOptions, run_batch
from landing_lab.app.analyse.batch_pool import DIED
from landing_lab.app.analyse.batch_worker import AnalyseFile
from landing_lab.app.analyse.run import Columns
from landing_lab.errors import ParameterError


def run(
    folder: Path, names: list[str], *, analyse_file: AnalyseFile = by_name, output_format: str = "table", jobs: int = 2
) -> int:
    (folder / "in").mkdir()
    for name in names:
        (folder / "in" / f"{name}.txt").write_text("x")
    options = BatchOptions(
        output_format=output_format, out=folder / "out", jobs=jobs, pattern=None, analyse_file=analyse_file
    )
    return run_batch([folder / "in"], Columns(), options, mass_kg=None, box_height_m=None, task="auto")


def read_sources(folder: Path) -> list[str]:
    return [source for (source,) in duckdb.sql(f"SELECT source FROM '{folder}/out/metrics.parquet'").fetchall()]


def errors(folder: Path) -> dict[str, str]:
    with (folder / "out" / "errors.csv").open(encoding="utf-8", newline="") as stream:
        return {row["source"]: row["message"] for row in csv.DictReader(stream)}


def test_an_unexpected_error_is_told_with_its_type_and_the_rest_is_analysed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = [f"good{number:02d}" for number in range(20)]
    assert run(tmp_path, [*good, "divide", "memory"]) == 2
    assert read_sources(tmp_path) == [f"{name}.txt" for name in good]
    told = errors(tmp_path)
    assert "ZeroDivisionError: division by zero" in told["divide.txt"]
    assert "MemoryError" in told["memory.txt"]
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
    assert "22 files" in printed.out
    assert "20 read, 2 could not be read" in printed.out
    assert printed.err.startswith("landing-lab: 2 of 22 files in the folder ")


def test_a_file_that_kills_its_process_is_found_and_every_other_one_is_analysed(tmp_path: Path) -> None:
    good = [f"{number:02d}" for number in range(30)]
    assert run(tmp_path, [*good, "crash1", "leave2"]) == 2
    assert errors(tmp_path) == {"crash1.txt": DIED, "leave2.txt": DIED}
    assert read_sources(tmp_path) == [f"{name}.txt" for name in good]


def test_where_every_file_kills_its_process_the_run_still_ends_and_names_each(tmp_path: Path) -> None:
    assert run(tmp_path, ["a", "b", "c"], analyse_file=always_crash) == 2
    assert list(errors(tmp_path)) == ["a.txt", "b.txt", "c.txt"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["errors.csv"]


def test_the_document_is_in_the_order_of_the_files_although_a_process_died(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [*(f"{number:02d}" for number in range(12)), "crash", "last"]
    assert run(tmp_path, names, output_format="json") == 2
    document = json.loads(capsys.readouterr().out)
    assert [trial["source"] for trial in document["trials"]] == [f"{n}.txt" for n in names if n != "crash"]
    assert [error["source"] for error in document["errors"]] == ["crash.txt"]


def test_no_process_and_no_part_is_left_over(tmp_path: Path) -> None:
    assert run(tmp_path, ["a", "crash", "z"]) == 2
    until = time.monotonic() + 30.0
    while multiprocessing.active_children() and time.monotonic() < until:
        time.sleep(0.05)
    assert multiprocessing.active_children() == []
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        *("errors.csv", "metrics.parquet", "trials.parquet")
    ]


def test_a_second_run_into_the_same_folder_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    assert run(tmp_path, ["a", "divide"]) == 2
    (tmp_path / "out" / "metrics-unfinished.parquet").write_text("of an interrupted run")
    (tmp_path / "in" / "divide.txt").unlink()
    (tmp_path / "in").rename(tmp_path / "before")
    assert run(tmp_path, ["b"]) == 0
    assert read_sources(tmp_path) == ["b.txt"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["metrics.parquet", "trials.parquet"]


class Gone(io.StringIO):
    """Standard output whose reader has gone, as app.streams.Lenient shows it."""

    failed = BrokenPipeError()


def test_nothing_more_is_analysed_for_a_reader_that_has_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Gone()
    monkeypatch.setattr("sys.stdout", gone)
    names = [f"slow{number:03d}" for number in range(400)]
    assert run(tmp_path, names, output_format="csv") == 1
    assert gone.getvalue().count("slow") < len(names) / 2
    assert not (tmp_path / "out").exists()


def test_results_may_not_stand_among_the_recordings(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    options = BatchOptions(output_format="table", out=tmp_path, analyse_file=by_name)
    with pytest.raises(ParameterError, match=re.escape("choose another folder with --out")):
        run_batch([tmp_path], Columns(), options, mass_kg=None, box_height_m=None, task="auto")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
