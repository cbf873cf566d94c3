"""A calibration from the page that is disturbed: one sentence, nothing stored half, and the lab goes on."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.test_web_flow import lab_at
from app.test_web_safety import PAGE, asks, idle, listens, told
from lab_server import LabServer, lab_server
from landing_lab.app.calibration.results import recompute
from landing_lab.app.calibration.run import SCRIPT_SPEED
from landing_lab.app.calibration.sim import act_out_plate
from landing_lab.app.calibration.steps import plate_plan
from landing_lab.app.web import lab as lab_module
from landing_lab.app.web.boards import LabBoards, Look
from landing_lab.app.web.calibrating import CalibrationWanted, PageCalibration
from landing_lab.app.web.forms_calibration import calibration_wanted
from landing_lab.app.web.lab import BusyError, Lab
from landing_lab.errors import DeviceNotFoundError, LandingLabError
from landing_lab.io.calibration_files import read_calibrations
from landing_lab.io.dataset import Dataset
from landing_lab.model.device import DeviceLink
from landing_lab.sim.devices import plate_info
from patience import PATIENCE_S
from played_links import PlayedLink

pytestmark = [
    pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="pseudo terminals are POSIX"),
]  # fmt: skip

PLAYED = 40.0
"""How fast boards without ports are played."""
PLATE = {"kind": "plate", "masses_kg": [5, 10], "quick": False}
BENCH = {"kind": "bench", "side": "left", "masses_kg": [0.1, 0.2, 0.5, 1, 2]}
ELSE = {**PAGE, "x-client": "test-page-0002"}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    Dataset(tmp_path).create()
    made = Lab(tmp_path, LabBoards((), simulated=True, dataset=tmp_path, speed=SCRIPT_SPEED))
    yield made
    made.close()


def begun(lab: Lab, asked: dict[str, Any], *, number: int = 1) -> None:
    """A calibration that runs and has come to this step."""
    lab.start_calibration(calibration_wanted(lab, asked))
    waited(lambda: lab.calibration is not None and lab.calibration.view.get("number", 0) >= number)


def waited(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def over(lab: Lab) -> Lab:
    waited(lambda: not lab.job)
    return lab


def left_over(dataset: Path) -> list[Path]:
    return [path for path in (dataset / "calibrations").rglob("*") if path.is_file()]


def test_pressed_twice_it_goes_on_once(lab: Lab, tmp_path: Path) -> None:
    begun(lab, PLATE)
    for again in (lambda: lab.start_calibration(calibration_wanted(lab, BENCH)), lab.find_boards):
        with pytest.raises(BusyError, match="busy with the boards"):
            again()
    assert lab.calibration is not None
    assert (lab.job, lab.calibration.kind) == ("calibrate", "plate")
    waited(lambda: lab.calibration is not None and lab.calibration.view["number"] > 1)
    lab.calibration_command("quit")
    assert over(lab).problem == ""


def test_who_presses_in_the_same_instant_is_refused_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another page presses after the first one was let in, and before its work has begun."""
    ran: list[tuple[str, str]] = []

    def calibrates(_boards: LabBoards, wanted: CalibrationWanted, front: PageCalibration) -> dict[str, object]:
        ran.append((wanted.kind, front.kind))
        return {}

    refused: list[str] = []

    def press_too() -> None:
        try:
            lab.start_calibration(calibration_wanted(lab, BENCH))
        except BusyError as error:
            refused.append(str(error))

    pressing: list[threading.Thread] = []
    begin = Lab._start

    def begins(here: Lab, job: Any, work: Callable[[], None]) -> None:
        if not pressing:
            pressing.append(threading.Thread(target=press_too))
            pressing[0].start()
            pressing[0].join(0.3)  # either refused by now, or it waits until this one has begun
        begin(here, job, work)

    monkeypatch.setattr(lab_module, "run_calibration", calibrates)
    monkeypatch.setattr(Lab, "_start", begins)
    lab = lab_at(tmp_path)
    lab.start_calibration(calibration_wanted(lab, PLATE))
    pressing[0].join(PATIENCE_S)
    over(lab)
    assert {wanted == front for wanted, front in ran} == {True}
    assert ran[0][0] == "plate"
    assert len(ran) + len(refused) == 2


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [(PLATE, (1, 2, 7)), ({"kind": "insoles"}, (1, 3)), (BENCH, (1, 5))],
    ids=["plate", "worn", "bench"],
)
def test_thrown_away_at_any_step_nothing_is_kept_and_the_next_one_begins(
    lab: Lab, tmp_path: Path, asked: dict[str, Any], numbers: tuple[int, ...]
) -> None:
    for number in numbers:
        begun(lab, asked, number=number)
        lab.calibration_command("quit")
        assert (over(lab).step, lab.made, left_over(tmp_path)) == ("boards", {}, [])
        assert "nothing was kept" in lab.problem or lab.problem == ""


class Unplugged(LabBoards):
    """A plate whose cable is pulled at this second of its calibration."""

    def __init__(self, dataset: Path, at_s: float) -> None:
        super().__init__((), simulated=False, dataset=dataset)
        self.at_s = at_s

    def links_for(self, *_wanted: object, **_more: object) -> list[DeviceLink]:
        board = act_out_plate(plate_plan(plate_info(), (5, 10), quick=False), seed=1).device
        began_s = time.monotonic()
        return [PlayedLink([board], lambda: PLAYED * (time.monotonic() - began_s), lost_from_s=self.at_s)]  # type: ignore[list-item]

    def look(self) -> Look:
        raise DeviceNotFoundError("no board answers; plug one in")


@pytest.mark.parametrize(("at_s", "said"), [(25.0, "are too few"), (82.0, "landing-lab calibrate --from")])
def test_unplugged_in_the_middle_the_steps_so_far_are_named_and_no_calibration_is_stored(
    tmp_path: Path, at_s: float, said: str
) -> None:
    Dataset(tmp_path).create()
    lab = Lab(tmp_path, Unplugged(tmp_path, at_s))
    begun(lab, PLATE)
    assert over(lab).step == "boards"
    assert said in lab.problem
    assert "\n" not in lab.problem
    assert read_calibrations(tmp_path) == ([], [])
    assert sorted(path.suffix for path in left_over(tmp_path)) == [".json", ".xdf"], "steps and readings"
    lab.find_boards()
    assert "no board answers" in over(lab).problem, "the lab goes on, and says what is to be done"


def test_a_plate_that_is_gone_is_said_before_anything_begins(lab: Lab, tmp_path: Path) -> None:
    lab.start_calibration(calibration_wanted(lab, {**PLATE, "device_id": "PLT-2"}))
    assert "the plate PLT-2 does not answer any more" in over(lab).problem
    assert (lab.step, left_over(tmp_path)) == ("boards", [])


def test_reloaded_and_taken_over_it_goes_on(tmp_path: Path) -> None:
    with lab_server(tmp_path, speed=SCRIPT_SPEED) as lab, asks(lab) as client:
        idle(lab)
        with listens(lab) as page:
            told(page, lambda state: state["looked"] and not state["job"])
            assert client.post("/api/calibration/start", json=BENCH, headers=PAGE).status_code == 200
            told(page, lambda state: (state["calibration"] or {}).get("number", 0) > 1)
        with listens(lab) as page, listens(lab, ELSE["x-client"]) as other:
            assert told(page)["calibration"]["number"] > 1, "a page that is reloaded is where it was"
            assert told(other)["step"] == "calibrate"
            refusal = client.post("/api/calibration/command", json={"kind": "quit"}, headers=ELSE)
            assert (refusal.status_code, "another browser drives" in refusal.text) == (409, True)
            assert client.post("/api/wheel/take", json={}, headers=ELSE).status_code == 200
            assert client.post("/api/calibration/command", json={"kind": "quit"}, headers=PAGE).status_code == 409
            assert client.post("/api/calibration/start", json=PLATE, headers=ELSE).status_code == 409
            assert client.post("/api/calibration/command", json={"kind": "quit"}, headers=ELSE).status_code == 200
            state = told(other, lambda state: not state["job"])
        assert (state["step"], state["problem"]) == ("boards", "")
    assert left_over(tmp_path) == []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_server_that_ends_in_the_middle_stores_no_calibration_and_begins_anew(tmp_path: Path, how: int) -> None:
    def running(lab: LabServer, client: httpx.Client) -> None:
        idle(lab)
        assert client.post("/api/calibration/start", json=PLATE, headers=PAGE).status_code == 200
        waited(lambda: (client.get("/api/state").json()["calibration"] or {}).get("number", 0) > 3)

    with lab_server(tmp_path, speed=SCRIPT_SPEED) as lab, asks(lab) as client:
        running(lab, client)
        lab.stop(how)
    assert read_calibrations(tmp_path) == ([], [])
    if how == signal.SIGKILL:
        (raw,) = (path for path in left_over(tmp_path) if path.suffix == ".xdf")
        with pytest.raises(LandingLabError):
            recompute(raw, tmp_path, as_json=False)
    else:
        assert left_over(tmp_path) == []
    with lab_server(tmp_path, speed=SCRIPT_SPEED) as lab, asks(lab) as client:
        running(lab, client)
        assert client.post("/api/calibration/command", json={"kind": "quit"}, headers=PAGE).status_code == 200
        assert idle(lab)["problem"] == ""
