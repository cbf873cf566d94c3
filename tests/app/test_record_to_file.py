"""`ll.record`: boards over real ports into a file, without a session."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import landing_lab as ll
from calibrate.test_calibration_documents import INSOLE, PLATE
from landing_lab.errors import DeviceError, ParameterError, RecordingError
from landing_lab.sim.devices import SimulatedScene, demo_bodies, trial_scene
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers.emulator import EmulatorServer, serve


@pytest.fixture
def scene() -> SimulatedScene:
    return trial_scene(demo_bodies(1, seed=3)[0], seed=3, session=0)


@pytest.fixture
def boards(scene: SimulatedScene) -> Iterator[EmulatorServer]:
    server = serve(scene.devices, speed=4.0)
    yield server
    server.close()


def test_so_many_frames_of_every_board_end_it(boards: EmulatorServer, scene: SimulatedScene, tmp_path: Path) -> None:
    done = ll.record(boards.urls, tmp_path / "t.xdf", seconds=60.0, frames=50, metadata={"mass_kg": 70.0})
    assert (done.ended, done.lost) == ("complete", None)
    raw = ll.read_raw(done.path)
    assert raw.metadata["mass_kg"] == 70.0
    assert set(raw.streams) == {"insole_left", "insole_right", "plate"} == set(done.link_statistics)
    assert min(len(stream.frames) for stream in raw.streams.values()) >= 50
    left = next(device for device in scene.devices if device.info.placement == "left")
    frames = raw.streams["insole_left"].frames
    sent = left.frames.counts[frames.sequence - frames.sequence[0]]
    np.testing.assert_array_equal(frames.counts, sent)


def test_the_how_to_page_says_how_to_look_at_it(
    boards: EmulatorServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = (Path(__file__).parents[2] / "docs/how_to/record_from_python.md").read_text(encoding="utf-8")
    ll.record(boards.urls, tmp_path / "trial.xdf", seconds=60.0, frames=40)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"ll": ll}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL)[1:]:
        exec(block.replace("result = ll.analyse(recording)\n", ""), names)
    assert repr(names["raw"]).startswith("<RawRecording: insole_left (SIM-IN-L, 8 channels, ")
    assert names["readings"].all()
    assert 0 < len(names["first_cell"]) < len(names["readings"])


def test_it_ends_in_time_and_one_port_is_enough(boards: EmulatorServer, tmp_path: Path) -> None:
    done = ll.record(boards.urls[0], str(tmp_path / "t.xdf"), seconds=0.3)
    assert done.ended == "time limit"
    assert list(ll.read_raw(done.path).streams) == ["insole_left"]
    with pytest.raises(RecordingError, match="never overwritten"):
        ll.record(boards.urls[0], done.path, seconds=0.3)


def test_calibrations_of_these_boards_travel_with_the_file(tmp_path: Path, scene: SimulatedScene) -> None:
    plate = dataclasses.replace(
        PLATE, device_id="SIM-PLT", n_cells=8, zero_counts=(10.5,) * 8, counts_per_n=(-2138.6,) * 8,
        cell_scale_sd_fraction=(0.002,) * 8, position_mm=(None,) * 8, side=("left",) * 4 + ("right",) * 4,
    )  # fmt: skip
    device = next(one for one in scene.devices if one.info.device_id == "SIM-PLT")
    server = serve([device], speed=4.0)
    try:
        done = ll.record(server.urls, tmp_path / "t.xdf", seconds=0.5, calibrations=[plate])
        with pytest.raises(ParameterError, match="not among SIM-PLT"):
            ll.record(server.urls, tmp_path / "u.xdf", seconds=0.5, calibrations=[INSOLE])
    finally:
        server.close()
    assert set(ll.read_raw(done.path).metadata["calibrations"]) == {"SIM-PLT"}  # type: ignore[call-overload]
    assert not (tmp_path / "u.xdf").exists()


@pytest.mark.parametrize(
    ("urls", "how", "told"),
    [
        ([], {"seconds": 1.0}, "name no port"),
        (["a", "a"], {"seconds": 1.0}, "one twice"),
        ("a", {"seconds": 0.0}, "no time that can be recorded"),
        ("a", {"seconds": float("nan")}, "no time that can be recorded"),
        ("a", {"seconds": "5"}, "no time that can be recorded"),
        ("a", {"seconds": 1.0, "frames": 0}, "no number of frames"),
        (Path("a"), {"seconds": 1.0, "frames": 1.5}, "no number of frames"),
    ],
)
def test_wrong_values_are_told_before_a_port_is_opened(
    tmp_path: Path, urls: object, how: dict[str, Any], told: str
) -> None:
    with pytest.raises(ParameterError, match=told):
        ll.record(urls, tmp_path / "t.xdf", **how)  # type: ignore[arg-type]


def test_a_board_that_is_silent_at_the_end_is_told(tmp_path: Path, scene: SimulatedScene) -> None:
    with serve(scene.devices, faults=[LinkFaults(unplug_after_s=1.0), LinkFaults(), LinkFaults()]) as server:
        done = ll.record(server.urls, tmp_path / "t.xdf", seconds=3.0)
    assert done.ended == "time limit"
    assert done.lost is not None
    assert re.fullmatch("insole_left sent nothing for the last [12] s: look at cable and power", done.lost)
    assert len(ll.read_raw(done.path).streams["insole_left"].frames) > 500


def test_calibrations_that_do_not_belong_are_refused(boards: EmulatorServer, tmp_path: Path) -> None:
    plate = dataclasses.replace(PLATE, device_id="SIM-IN-L")
    with pytest.raises(ParameterError, match="does not belong to SIM-IN-L"):
        ll.record(boards.urls[0], tmp_path / "t.xdf", seconds=0.3, calibrations=[plate])
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_not_there_is_an_error_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(DeviceError):
        ll.record("/dev/no-such-port", tmp_path / "t.xdf", seconds=1.0)
    assert list(tmp_path.iterdir()) == []
