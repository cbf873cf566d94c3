"""`landing-lab waveforms`: prints, writes, refuses in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import refused_here, run
from waveform_dataset import make_waveform_dataset


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("command") / "study"
    people = [f"P{number}" for number in range(3)]
    return make_waveform_dataset(folder, participants=people, conditions={"flat": 0.0, "heel_lift": -0.08}).path


def test_table_picture_and_document(dataset: Path, tmp_path: Path) -> None:
    out, both = tmp_path / "curves", ("--first", "flat", "--second", "heel_lift")
    done = run("waveforms", dataset, *both)
    assert done.returncode == 0, done.stderr
    assert "No test: 3 athletes allow 8 permutations, so the smallest p that can come out is 0.25" in done.stdout
    printed = json.loads(run("waveforms", dataset, *both, "--json", "--out", out).stdout)
    assert printed == json.loads((out / "waveforms.json").read_text("utf-8"))
    assert printed["schema"] == "landing-lab.waveforms/1"
    assert (out / "waveforms.png").read_bytes().startswith(b"\x89PNG")


def test_refusals(dataset: Path, tmp_path: Path) -> None:
    assert "name one comparison" in refused_here("waveforms", dataset, code=2)
    (tmp_path / "waveforms.json").write_text("{}")
    both = ("--first", "flat", "--second", "heel_lift")
    assert "would be lost" in refused_here("waveforms", dataset, *both, "--out", tmp_path, code=2)
