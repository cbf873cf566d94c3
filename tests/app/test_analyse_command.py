"""`landing-lab analyse` as scripts and people use it."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from command_line import refused_here, run, run_here
from reference import REFERENCE_DATA, require_reference_data

DROP_JUMP = REFERENCE_DATA / "force" / "gidiel" / "Dual-DJ-Fz.txt"
COLUMNS = ("--left", "FP1", "--right", "FP2", "--rate-hz", "1000")


@pytest.fixture(scope="module")
def reference_document() -> dict:
    require_reference_data()
    done = run("analyse", DROP_JUMP, *COLUMNS, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def value(document: dict, name: str, side: str = "total") -> float:
    rows = document["trials"][0]["metrics"]
    return next(row["value"] for row in rows if (row["name"], row["side"]) == (name, side))


def test_document_has_the_contract_s_shape(reference_document: dict) -> None:
    assert reference_document["schema"] == "landing-lab.analysis/1"
    (trial,) = reference_document["trials"]
    assert trial["source"] == "Dual-DJ-Fz.txt"
    assert (trial["index"], trial["task"], trial["status"], trial["reason"]) == (0, "drop_jump", "ok", None)
    assert trial["sample_rate_hz"] == 1000.0
    assert {"name", "side", "time_s"} <= trial["events"][0].keys()
    names = [phase["name"] for phase in trial["phases"] if phase["side"] == "total"]
    assert names == ["braking", "propulsion", "flight", "landing", "loading", "attenuation"]
    assert all(item["verdict"] in ("ok", "flagged", "not checked") and item["text"] for item in trial["quality"])
    for row in trial["metrics"]:
        assert {"name", "side", "value", "unit", "sd", "status", "reason", "method"} <= row.keys()
        assert (row["value"] is None) == (row["status"] == "refused")


def test_reference_values_through_the_command_line(reference_document: dict) -> None:
    times = {(e["name"], e["side"]): e["time_s"] for e in reference_document["trials"][0]["events"]}
    assert times["touchdown", "total"] == pytest.approx(1.896, abs=0.001)
    assert times["take_off", "total"] == pytest.approx(2.1457, abs=0.001)
    assert times["landing", "total"] == pytest.approx(2.6321, abs=0.001)
    assert value(reference_document, "contact_time_s") == pytest.approx(0.2497, abs=0.001)
    assert value(reference_document, "flight_time_s") == pytest.approx(0.4864, abs=0.001)
    assert value(reference_document, "jump_height_flight_time_m") == pytest.approx(0.290, abs=0.002)
    assert value(reference_document, "rsi_flight_time_m_per_s") == pytest.approx(1.1615, rel=0.01)
    assert value(reference_document, "flight_contact_ratio") == pytest.approx(1.948, rel=0.01)
    assert value(reference_document, "peak_force_n") == pytest.approx(3099.9, abs=1.0)
    assert value(reference_document, "peak_force_bw") == pytest.approx(4.66, abs=0.01)
    assert value(reference_document, "time_to_peak_force_s") == pytest.approx(0.107, abs=0.001)
    assert value(reference_document, "drop_height_flight_anchored_m") == pytest.approx(0.334, abs=0.005)


def test_csv_and_json_carry_the_same_numbers(reference_document: dict) -> None:
    done = run_here("analyse", DROP_JUMP, *COLUMNS, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == len(reference_document["trials"][0]["metrics"])
    for row, expected in zip(rows, reference_document["trials"][0]["metrics"], strict=True):
        value = float(row["value"]) if row["value"] else None
        assert (row["name"], row["side"], value) == (
            expected["name"],
            expected["side"],
            expected["value"],
        )


def test_report_folder_holds_what_it_says(tmp_path: Path, reference_document: dict) -> None:
    done = run("analyse", DROP_JUMP, *COLUMNS, "--out", tmp_path / "out", "--box-height-m", "0.4", "--mass-kg", "70")
    for name in ("report.html", "metrics.csv", "analysis.json", "trial-01.png"):
        assert (tmp_path / "out" / name).stat().st_size > 1000
        assert name in done.stdout
    assert "off the typed" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert (tmp_path / "out" / "trial-01.png").read_bytes().startswith(b"\x89PNG")


def test_one_bad_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    require_reference_data()
    copy = tmp_path / "good.txt"
    shutil.copy(DROP_JUMP, copy)
    (tmp_path / "empty.txt").write_text("")
    done = run_here("analyse", tmp_path / "empty.txt", copy, *COLUMNS, "--format", "json")
    assert done.returncode == 2
    document = json.loads(done.stdout)
    assert [trial["source"] for trial in document["trials"]] == ["good.txt"]
    assert [error["source"] for error in document["errors"]] == ["empty.txt"]
    assert "empty" in done.stderr


def write_force(path: Path, force: np.ndarray) -> Path:
    path.write_text("left,right\n" + "\n".join(f"{a:.3f},{b:.3f}" for a, b in force) + "\n")
    return path


def test_a_refused_trial_is_a_result(tmp_path: Path) -> None:
    file = write_force(tmp_path / "empty-plates.csv", np.zeros((3000, 2)))
    done = run_here("analyse", file, "--left", "left", "--right", "right", "--rate-hz", "1000", "--format", "json")
    assert done.returncode == 0
    (trial,) = json.loads(done.stdout)["trials"]
    assert (trial["task"], trial["status"]) == ("unknown", "refused")
    assert "nobody stood on the plates" in trial["reason"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("missing.txt",), "does not exist"),
        (("empty.txt",), "empty"),
        (("words.csv", "--rate-hz", "1000"), "number"),
        (("good.csv", "--left", "Fz9", "--right", "right", "--rate-hz", "1000"), "Fz9"),
        (("good.csv", "--left", "left", "--right", "right"), "--rate-hz"),
        (("good.csv", "--left", "left", "--right", "right", "--rate-hz", "-5"), "rate"),
        (("good.csv", "--left", "left", "--right", "right", "--rate-hz", "1000", "--task", "hop"), "no task"),
        (("good.csv", "--left", "left", "--right", "right", "--rate-hz", "1000", "--mass-kg", "7000"), "mass_kg"),
        (
            ("good.csv", "--left", "left", "--right", "right", "--rate-hz", "1000", "--box-height-m", "30"),
            "box_height_m",
        ),
        (("good.csv", "--format", "xml"), "no format"),
        ((".",), "folder"),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "words.csv").write_text("left,right\n1,2\n3,four\n5,6\n")
    write_force(tmp_path / "good.csv", np.zeros((2000, 2)))
    assert told in refused_here("analyse", *words, code=2, cwd=tmp_path)


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    file = write_force(tmp_path / "good.csv", np.zeros((2000, 2)))
    (tmp_path / "taken").write_text("a file, not a folder")
    words = (
        "analyse",
        file,
        "--left",
        "left",
        "--right",
        "right",
        "--rate-hz",
        "1000",
        "--out",
        tmp_path / "taken" / "x",
    )
    done = run(*words)
    assert done.returncode == 1
    assert "landing-lab: " in done.stderr
