"""A calibration through the page's front end: the same files as `landing-lab calibrate` writes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landing_lab.app.calibration.results import recompute
from landing_lab.app.calibration.run import SCRIPT_SPEED
from landing_lab.app.web.boards import LabBoards
from landing_lab.app.web.forms_calibration import calibration_wanted
from landing_lab.app.web.lab import Lab
from landing_lab.io.calibration_files import read_calibrations
from landing_lab.io.dataset import Dataset
from landing_lab.model.calibration import InsoleCalibration

pytestmark = [
    pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="pseudo terminals are POSIX"),
]  # fmt: skip


def guided(lab: Lab, asked: dict[str, Any], answer: Callable[[dict[str, Any]], str | None]) -> list[dict[str, Any]]:
    """The views of a calibration, from its start to its end; answer: what it is told at a step, once."""
    lab.start_calibration(calibration_wanted(lab, asked))
    views: list[dict[str, Any]] = []
    answered = 0
    end = time.monotonic() + 300.0
    while lab.job and time.monotonic() < end:
        time.sleep(0.01)
        view: Any = lab.calibration.view if lab.calibration is not None else {}
        if view and (not views or view is not views[-1]):
            views.append(view)
        if view and view["number"] != answered and (word := answer(view)) is not None:
            answered = view["number"]
            lab.calibration_command(word)
    assert not lab.job, views[-1:]
    return views


@pytest.fixture
def lab(tmp_path: Path) -> Any:
    Dataset(tmp_path).create()
    made = Lab(tmp_path, LabBoards((), simulated=True, dataset=tmp_path, speed=SCRIPT_SPEED))
    yield made
    made.close()


def test_a_plate_is_calibrated_with_the_masses_that_were_entered(lab: Lab, tmp_path: Path) -> None:
    asked = {"kind": "plate", "masses_kg": [5, 10], "operator": "RT"}
    # quick unloadings and knocks come last and need a computer that has time
    views = guided(lab, asked, lambda view: "finish" if view["instruction"].startswith("Put 10 kg or more") else None)
    assert lab.problem == ""
    (made,), _ = read_calibrations(tmp_path)
    assert (made.device_id, made.operator) == ("SIM-PLT", "RT")
    told: Any = lab.made
    assert [one["file"] for one in told["made"]] == [made.file]
    assert {"force is good to", "valid until"} <= {fact["name"] for fact in told["made"][0]["facts"]}
    assert any(view["target_n"] == 49.0 and view["instruction"].startswith("Put 5 kg") for view in views)
    seen = [plate for view in views for plate in view["plates"] if view["target_n"] and plate["side"] == "left"]
    assert max(plate["force_n"] for plate in seen) > 40.0
    (raw,) = (tmp_path / "calibrations" / "raw").glob("*.xdf")
    recompute(raw, tmp_path, as_json=False)
    again = read_calibrations(tmp_path)[0][-1]
    assert again.counts_per_n == made.counts_per_n  # type: ignore[union-attr]


def test_cells_of_an_insole_are_calibrated_one_by_one_as_at_the_terminal(lab: Lab, tmp_path: Path) -> None:
    lab.find_boards()
    while lab.job:
        time.sleep(0.05)
    asked = {"kind": "bench", "side": "right", "masses_kg": [0.1, 0.2, 0.5, 1, 2], "operator": "RT"}
    views = guided(lab, asked, lambda _: None)
    assert lab.problem == ""
    (made,), _ = read_calibrations(tmp_path)
    assert isinstance(made, InsoleCalibration)
    assert (made.method, made.side, made.operator) == ("bench", "right", "RT")
    assert any(
        view["cell"] == "rear_medial" and view["instruction"].startswith("Now 0.5 kg in all on") for view in views
    )
    at_it = [
        view for view in views if view["cell"] == "toe" and view["target_n"] == 19.6 and view["phase"] == "measure"
    ]
    assert any(max(view["plates"][0]["cells"], key=lambda cell: cell["force_n"])["name"] == "toe" for view in at_it)
    (raw,) = (tmp_path / "calibrations" / "raw").glob("*.xdf")
    recompute(raw, tmp_path, as_json=False)
    assert read_calibrations(tmp_path)[0][-1].weight_n == made.weight_n  # type: ignore[union-attr]
    shown: Any = lab.state()["boards"]
    card = next(one for one in shown["found"] if one["device_id"] == made.device_id)
    assert card["calibration"]["method"] == "bench"


def test_a_calibration_that_is_thrown_away_leaves_nothing_and_no_fault(lab: Lab, tmp_path: Path) -> None:
    lab.start_calibration(calibration_wanted(lab, {"kind": "plate", "masses_kg": [5, 10]}))
    end = time.monotonic() + 60.0
    while time.monotonic() < end and (lab.calibration is None or not lab.calibration.view.get("plates")):
        time.sleep(0.02)
    lab.calibration_command("quit")
    assert lab._thread is not None
    lab._thread.join(30.0)
    assert (lab.step, lab.problem, lab.made) == ("boards", "", {})
    assert not list((tmp_path / "calibrations").rglob("*.xdf"))


def test_insoles_that_were_never_calibrated_cannot_be_checked(lab: Lab) -> None:
    guided(lab, {"kind": "check"}, lambda _: None)
    assert "no insole here was calibrated on the plate" in lab.problem
    assert lab.step == "boards"
