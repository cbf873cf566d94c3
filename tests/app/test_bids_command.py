"""`landing-lab bids` as people type it."""

from __future__ import annotations

from pathlib import Path

from command_line import refused, run


def test_help_has_an_example() -> None:
    told = run("bids", "--help").stdout
    assert "Example: landing-lab bids landing-lab-data --out study-bids" in told


def test_what_is_no_dataset_is_one_sentence(tmp_path: Path) -> None:
    told = refused("bids", tmp_path / "nothing", "--out", tmp_path / "out", code=2)
    assert "is no dataset of landing-lab" in told
    assert list(tmp_path.iterdir()) == []
