"""`landing-lab analyse --sensitivity` and `--all` as people and programs use them."""

from __future__ import annotations

import json
from pathlib import Path

from command_line import refused_here, run, run_here
from reference import REFERENCE_DATA, require_reference_data

DROP_JUMP = REFERENCE_DATA / "force" / "gidiel" / "Dual-DJ-Fz.txt"
COLUMNS = ("--left", "FP1", "--right", "FP2", "--rate-hz", "1000")


def test_table_sentence_picture_section_and_document(tmp_path: Path) -> None:
    require_reference_data()
    done = run("analyse", DROP_JUMP, *COLUMNS, "--sensitivity", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Contact threshold" in done.stdout
    assert "rules in use for the contact threshold" in " ".join(done.stdout.split())
    assert (tmp_path / "sensitivity.png").read_bytes().startswith(b"\x89PNG")
    assert "sensitivity.png" in done.stdout
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "What the contact threshold does to these numbers" in page
    (trial,) = json.loads((tmp_path / "analysis.json").read_text(encoding="utf-8"))["trials"]
    found = trial["sensitivity"]
    assert found["default_threshold_n"] == 20.0
    curve = {row["threshold_n"]: row["values"] for row in found["rows"] if row["kind"] == "grid"}
    assert abs(curve[100.0]["contact_time_s"] - 0.240) < 0.001


def test_without_the_word_nothing_changes() -> None:
    require_reference_data()
    done = run_here("analyse", DROP_JUMP, *COLUMNS, "--json")
    (trial,) = json.loads(done.stdout)["trials"]
    assert "sensitivity" not in trial


def test_a_refused_trial_says_why_it_has_no_thresholds(tmp_path: Path) -> None:
    (tmp_path / "empty-plates.csv").write_text("left,right\n" + "0.0,0.0\n" * 3000)
    done = run_here(
        "analyse", tmp_path / "empty-plates.csv", "--left", "left", "--right", "right", "--rate-hz", "1000",
        "--sensitivity", "--json",
    )  # fmt: skip
    (trial,) = json.loads(done.stdout)["trials"]
    assert trial["sensitivity"]["rows"] == []
    assert "no trial is found" in trial["sensitivity"]["reason"]


def test_folders_have_no_sensitivity(tmp_path: Path) -> None:
    assert "takes no folder" in refused_here("analyse", tmp_path, "--sensitivity", code=2)


def test_all_prints_the_feet_too() -> None:
    require_reference_data()
    few = run_here("analyse", DROP_JUMP, *COLUMNS)
    every = run_here("analyse", DROP_JUMP, *COLUMNS, "--all")
    assert "more rows" in few.stdout
    assert "more rows" not in every.stdout
    assert len(every.stdout.splitlines()) > len(few.stdout.splitlines())
