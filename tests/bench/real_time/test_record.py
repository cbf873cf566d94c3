"""The whole chain: simulated body, pins, compiled firmware, ports, `landing-lab record`, report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from drivers.bench import build
from drivers.bench.lab import BenchLab
from drivers.bench.shim import missing_tools

from command_line import run
from reference import absent

IN_TIME_S = 0.1


def test_record_accepts_a_drop_jump_on_the_bench_with_the_numbers_of_the_body(tmp_path: Path) -> None:
    if reason := missing_tools() or build.missing():
        absent(reason)
    with BenchLab() as lab:
        ports = [word for url in lab.urls for word in ("--port", url)]
        done = run(
            "record", *ports, "--dataset", tmp_path / "data", "--participant", "P07", "--trials", "1", "--auto-accept",
            timeout_s=150.0,
        )  # fmt: skip
        truth, behind_s = lab.sensed.truths[0], lab.behind_s()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "first numbers: contact" in done.stdout  # at real time only: boards six times as fast leave no time for them
    (document,) = (tmp_path / "data").rglob("analysis.json")
    (trial,) = json.loads(document.read_text())["trials"]
    assert trial["task"] == "drop_jump"
    assert trial["status"] in ("ok", "flagged")
    measured = {(row["name"], row["side"]): row for row in trial["metrics"]}
    for side in ("left", "right", "total"):
        contact = measured["contact_time_s", side]
        # On a busy machine the boards lag behind the computer's clock, and their times may be refused for that.
        if contact["value"] is None and behind_s > IN_TIME_S:
            assert contact["reason"]
        else:
            assert contact["value"] == pytest.approx(truth.metrics["contact_time_s", side], abs=0.025), side
    weight = measured["body_weight_n", "total"]["value"]
    assert weight == pytest.approx(truth.metrics["body_weight_n", "total"], rel=0.02)
