"""The main job, end to end: simulated boards, real serial endpoints, the normal driver, the report."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from command_line import refused_here, run, run_here


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("demo") / "out"
    done = run("demo", "--out", folder)
    assert done.returncode == 0, done.stderr
    return folder, done


def test_demo_writes_everything_it_names(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, done = demo
    names = ["report.html", "metrics.csv", "analysis.json", *(f"trial-0{n}.png" for n in (1, 2, 3))]
    for name in [*names, *(f"raw/trial-0{n}.xdf" for n in (1, 2, 3))]:
        assert (folder / name).stat().st_size > 1000, name
        assert str(folder / name) in done.stdout
    assert "Next, try:" in done.stdout
    assert "insole-fsr" in done.stdout
    assert "plate-hx711" in done.stdout


def test_demo_measures_what_was_simulated(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    document = json.loads((demo[0] / "analysis.json").read_text())
    assert [trial["task"] for trial in document["trials"]] == ["drop_jump"] * 3
    compared = 0
    for trial, truth in zip(document["trials"], document["simulation_truth"], strict=True):
        true = {(row["name"], row["side"]): row["value"] for row in truth["metrics"]}
        for row in trial["metrics"]:
            key = (row["name"], row["side"])
            if key not in true or row["value"] is None:
                continue
            compared += 1
            assert abs(row["value"] - true[key]) <= 3.0 * row["sd"], (trial["source"], row, true[key])
    assert compared >= 3 * 15
    contacts = [trial["metrics"][0]["value"] for trial in document["trials"]]
    assert max(contacts) - min(contacts) > 0.03, "three different jumps are wanted, not one three times"


def test_demo_s_refusals_have_reasons(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    document = json.loads((demo[0] / "analysis.json").read_text())
    for trial in document["trials"]:
        for row in trial["metrics"]:
            assert row["status"] == "ok" or row["reason"]


def test_raw_file_alone_gives_the_same_numbers(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    recorded = json.loads((demo[0] / "analysis.json").read_text())["trials"]
    again = json.loads(run_here("analyse", *sorted((demo[0] / "raw").iterdir()), "--format", "json").stdout)["trials"]
    assert [trial["metrics"] for trial in again] == [trial["metrics"] for trial in recorded]
    assert [trial["events"] for trial in again] == [trial["events"] for trial in recorded]


def test_report_needs_nothing_from_elsewhere(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    page = (demo[0] / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)
    assert "simulation truth" in page


def test_recordings_are_never_overwritten(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    assert "already holds recordings" in refused_here("demo", "--out", demo[0], code=1)


def test_impossible_speed_is_refused() -> None:
    assert "0.1-20" in refused_here("demo", "--speed", "0", code=2)
