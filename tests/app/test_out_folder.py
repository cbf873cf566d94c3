"""Results never go over those of other recordings, nor over somebody's own files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from landing_lab.app.analyse.batch_outputs import free_folder
from landing_lab.app.analyse.out_folder import check_out_folder
from landing_lab.errors import ParameterError


def document(folder: Path, *sources: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "analysis.json").write_text(json.dumps({"trials": [{"source": name} for name in sources], "errors": []}))
    return folder


def test_a_new_or_empty_folder_is_free(tmp_path: Path) -> None:
    check_out_folder(tmp_path / "new", ["a.txt"])
    check_out_folder(tmp_path, ["a.txt"])


@pytest.mark.parametrize("again", [["a.txt"], ["a.txt", "b.txt"]])
def test_the_same_recordings_may_be_analysed_again(tmp_path: Path, again: list[str]) -> None:
    check_out_folder(document(tmp_path / "out", "a.txt"), again)


def test_results_of_other_recordings_are_refused_and_named(tmp_path: Path) -> None:
    folder = document(tmp_path / "out", "trial-01.xdf", "trial-02.xdf")
    with pytest.raises(ParameterError, match=r"results of other recordings \(trial-02.xdf\)"):
        check_out_folder(folder, ["trial-01.xdf"])


@pytest.mark.parametrize("name", ["metrics.csv", "report.html"])
def test_somebody_s_own_files_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(ParameterError, match="not from an analysis"):
        check_out_folder(tmp_path, ["a.txt"])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"trials": 3}', '{"trials": [1]}'])
def test_a_document_of_another_kind_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "analysis.json").write_text(text)
    with pytest.raises(ParameterError, match="other recordings"):
        check_out_folder(tmp_path, ["a.txt"])


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(ParameterError, match="is a file and results need a folder"):
        check_out_folder(tmp_path / "out", ["a.txt"])


def test_two_runs_never_take_the_same_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len({free_folder() for _ in range(5)}) == 5
