"""What an executed notebook is judged by."""

from __future__ import annotations

import json
import os
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from notebooks import rules, run


def notebook_with(folder: Path, *outputs: dict[str, object]) -> Path:
    path = folder / "a.ipynb"
    path.write_text(json.dumps({"cells": [{"outputs": list(outputs)}, {}]}), encoding="utf-8")
    return path


def test_only_work_makes_a_notebook_slow(tmp_path: Path) -> None:
    notebook = notebook_with(tmp_path)
    assert rules.complaint_of(notebook, 2.0 * rules.MEANT_S) is None  # a busy or older machine
    assert rules.complaint_of(notebook, None) is None
    assert "a.ipynb took 300 s on the processor" in str(rules.complaint_of(notebook, 300.0))
    assert rules.time_told(400.0, 25.0) == "400.0 s, 25.0 s on the processor"
    assert "make it quicker" in rules.time_told(90.0, 70.0)


def test_warnings_of_a_kernel_are_found(tmp_path: Path) -> None:
    warning = {"name": "stderr", "text": ["DeprecationWarning: ", "old"]}
    notebook = notebook_with(tmp_path, {"name": "stdout", "text": ["fine"]}, warning)
    assert rules.stderr_of(notebook) == ["DeprecationWarning: old"]
    assert "DeprecationWarning: old" in str(rules.complaint_of(notebook, 5.0))


def test_data_lie_in_build_unless_somebody_says_otherwise() -> None:
    assert run.with_data({})["LANDING_LAB_DATA"] == str(run.REPOSITORY / "build" / "datasets")
    said = {"LANDING_LAB_DATA": "mine", "LANDING_LAB_REFERENCE_DATA": "also mine"}
    assert run.with_data(said) == said


def test_the_study_is_made_for_those_notebooks_that_ask_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(
        run.subprocess, "run", lambda command, **_: commands.append(command) or CompletedProcess(command, 3)
    )
    assert run.make_study(run.sources(["01", "06"]), {}) == 0
    assert commands == []
    for name in ("05", "07"):
        assert run.make_study(run.sources([name]), {}) == 3
    assert all(run.MAKES_THE_STUDY in command[-1] for command in commands)


def test_a_copy_that_somebody_worked_on_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "EXECUTED", tmp_path / "executed")
    first, second, *_ = run.sources()
    mine = tmp_path / "mine" / f"{first.stem}.ipynb"
    mine.parent.mkdir()
    mine.write_text("mine", encoding="utf-8")
    os.utime(mine, (0, 0))
    executed = run.build(second, tmp_path / "executed")
    executed.write_text("with outputs", encoding="utf-8")
    run.copies_for_people(mine.parent)
    assert mine.read_text(encoding="utf-8") == "mine"
    assert "your copy stays" in capsys.readouterr().out
    assert (mine.parent / executed.name).read_text(encoding="utf-8") == "with outputs"
    assert len(list(mine.parent.glob("*.ipynb"))) == len(run.sources())
