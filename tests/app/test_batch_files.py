"""What a folder offers for analysis, and what its rows are called by."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from landing_lab.app.analyse.batch_files import batch_files
from landing_lab.errors import FileFormatError, ParameterError


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")


def sources(folder: Path, pattern: str | None = None) -> list[str]:
    return [file.source for file in batch_files([folder], pattern)]


def test_every_kind_of_recording_is_found_at_any_depth_sorted_by_path(tmp_path: Path) -> None:
    put(tmp_path, "b.TXT", "a/z.c3d", "a/deep/er/1.mot", "a/y.xdf", "c.parquet", "d.sto", "e.tsv", "f.dat", "g.csv")
    assert sources(tmp_path) == [
        *("a/deep/er/1.mot", "a/y.xdf", "a/z.c3d"),
        *("b.TXT", "c.parquet", "d.sto", "e.tsv", "f.dat", "g.csv"),
    ]


def test_results_hidden_files_rejected_trials_and_other_kinds_are_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "metrics.csv", "out/metrics.parquet", "out/trials.parquet", "errors.csv", "analysis.json", "p.png")
    put(tmp_path, "out/metrics-unfinished.parquet", "out/parts-unfinished-ab/metrics-00000000.parquet", "report.html")
    put(tmp_path, ".hidden.txt", ".git/a.txt", "raw/rejected/a.xdf", "raw/a.xdf")
    assert sources(tmp_path) == ["raw/a.xdf"]


def test_a_pattern_is_held_against_names_and_with_a_slash_against_paths(tmp_path: Path) -> None:
    put(tmp_path, "s1/a_grf.mot", "s1/a_ik.mot", "s2/b_grf.mot")
    assert sources(tmp_path, "*_grf.mot") == ["s1/a_grf.mot", "s2/b_grf.mot"]
    assert sources(tmp_path, "s1/*") == ["s1/a_grf.mot", "s1/a_ik.mot"]


def test_several_folders_keep_apart_files_of_the_same_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "s1/a.txt", "s2/a.txt")
    monkeypatch.chdir(tmp_path)
    found = batch_files([Path("s2"), Path("s1"), Path("s1/a.txt")], None)
    assert [file.source for file in found] == ["s2/a.txt", "s1/a.txt"]


def test_a_name_that_is_no_utf8_gets_a_source_that_a_table_can_hold(tmp_path: Path) -> None:
    try:
        (Path(os.fsencode(tmp_path).decode()) / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    except OSError:
        pytest.skip("this file system refuses names that are no UTF-8")
    (source,) = sources(tmp_path)
    assert source.encode("utf-8").decode() == "caf\ufffd.txt"


def test_a_link_to_a_folder_above_does_not_lead_in_a_circle(tmp_path: Path) -> None:
    put(tmp_path, "a/a.txt")
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert sources(tmp_path) == ["a/a.txt"]


def test_a_folder_without_recordings_says_what_was_looked_for(tmp_path: Path) -> None:
    put(tmp_path, "notes.docx")
    with pytest.raises(FileFormatError, match=r"no recording in the folder .*\.c3d"):
        sources(tmp_path)
    with pytest.raises(FileFormatError, match=r"no file like '\*_grf\.mot'"):
        sources(tmp_path, "*_grf.mot")


def test_a_pattern_needs_a_folder(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    with pytest.raises(ParameterError, match="within a folder"):
        batch_files([tmp_path / "a.txt"], "*.txt")
