"""`landing-lab calibrate` as it is typed: over simulated ports, with its messages, lists and refusals."""

from __future__ import annotations

import json
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from landing_lab.app.calibration.events import read_script
from landing_lab.app.calibration.files import SavedStep, SavedSteps, new_raw, read_steps, write_steps
from landing_lab.app.calibration.kinds import read_loads
from landing_lab.app.calibration.results import dataset_of, recompute, write_and_say
from landing_lab.app.calibration.run import guarded, record_steps
from landing_lab.app.calibration.session import CalibrationSession
from landing_lab.app.calibration.settings import CalibrateSettings
from landing_lab.app.calibration.sim import act_out_plate
from landing_lab.app.calibration.steps import GuidedStep, plate_plan
from landing_lab.app.cli import app
from landing_lab.app.processes.ctrl_c import ENDINGS
from landing_lab.errors import (
    CalibrationError,
    DeviceLostError,
    FileFormatError,
    LandingLabError,
    ParameterError,
    RecordingError,
)
from landing_lab.io.calibration_files import read_calibration
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import SimulatedDevice
from landing_lab.sim.devices import plate_info
from played_links import PlayedClock, PlayedLink

RUN = CliRunner()
LOADS = "mass_kg,medial_mm,anterior_mm,side\n5,0,0,left\n10,0,0,left\n10,110,110,left\n10,-110,110,left\n"
LOADS += "10,110,-110,left\n10,-110,-110,left\n"


def test_a_plate_is_calibrated_over_a_port_and_listed_and_computed_again(tmp_path: Path) -> None:
    loads = tmp_path / "loads.csv"
    loads.write_text(LOADS + LOADS.partition("\n")[2].replace("left", "right"))
    data = tmp_path / "data"
    typed = ["calibrate", "plate", "--sim", "--script", "default", "--dataset", str(data), "--loads", str(loads)]
    done = RUN.invoke(app, [*typed, "--operator", "RT", "--json"])
    assert done.exit_code == 0, done.output
    (document,) = json.loads(done.stdout)["calibrations"]
    assert document["operator"] == "RT"
    assert document["device_id"] == "SIM-PLT"
    file = data / "calibrations" / document["file"]
    assert read_calibration(file).method == "known masses"
    listed = json.loads(RUN.invoke(app, ["calibrate", "list", "--dataset", str(data), "--json"]).stdout)
    assert [one["file"] for one in listed["calibrations"]] == [file.name]
    assert file.name in RUN.invoke(app, ["calibrate", "list", "--dataset", str(data)]).output.replace("\n", "")
    shown = RUN.invoke(app, ["calibrate", "show", str(file)]).output
    for told in ("force is good to", "corner error", "noise at rest", "filter order   ", "valid until", "off N"):
        assert told in shown
    raw = next((data / "calibrations" / "raw").glob("*.xdf"))
    again = json.loads(RUN.invoke(app, ["calibrate", "--from", str(raw), "--json"]).stdout)["calibrations"]
    assert {**again[0], "file": ""} == {**document, "file": ""}
    assert len(list((data / "calibrations").glob("*.json"))) == 2  # never written over


def test_nothing_is_kept_of_a_calibration_that_was_ended(tmp_path: Path) -> None:
    script = tmp_path / "script.txt"
    script.write_text("# a trainee gives up\nempty: quit\n")
    typed = ["calibrate", "plate", "--sim", "--script", str(script), "--dataset", str(tmp_path / "data")]
    done = RUN.invoke(app, [*typed, "--mass-kg", "5", "--mass-kg", "10", "--no-quick"])
    assert isinstance(done.exception, CalibrationError)
    assert "nothing was kept" in str(done.exception)
    assert not list((tmp_path / "data" / "calibrations").rglob("*.*"))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["plate", "--sim", "--mass-kg", "20"], "one mass only"),
        (["plate", "--port", "socket://127.0.0.1:9", "--sim"], "leave out --port"),
        (["plate", "--mass-kg", "5", "--mass-kg", "-1", "--sim"], "0.1 to 500 kg"),
        (["insole", "--bench", "--sim", "--mass-kg", "1", "--mass-kg", "2"], "5 different masses"),
        (["insole", "--bench", "--sim", "--mass-kg", "1"], "0.1 to 4 kg; 1 is named: --mass-kg 0.1 --mass-kg 0.2"),
        (["insole", "--bench", "--sim", "--mass-kg", "200"], "masses on a cell are 0.02 to 20 kg"),
        (["insole", "--sim", "--mass-kg", "1"], "add --bench"),
        (["insole", "--sim", "--toe-out-deg", "5"], "give that too"),
        (["insole", "--sim", "--bench", "--heel-mm", "0,-130"], "leave it out with --bench"),
        (["plate", "--sim", "--script", "no-such-file"], "no-such-file"),
        (["plate", "--sim", "--mass-sd-pct", "nan"], "mass-sd-pct"),
        (["show", "no-such-file.json"], "no-such-file"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(typed: list[str], told: str, tmp_path: Path) -> None:
    dataset = [] if typed[0] == "show" else ["--dataset", str(tmp_path / "data")]
    done = RUN.invoke(app, ["calibrate", *typed, *dataset])
    assert done.exit_code != 0
    assert told in str(done.exception)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "text", ["", "kg\n5\n", "mass_kg,medial_mm,anterior_mm,side\nfive,0,0,left\n", "mass_kg,side\n5,top\n"]
)
def test_loads_that_are_none_are_refused_by_their_line(text: str, tmp_path: Path) -> None:
    file = tmp_path / "loads.csv"
    file.write_text(text)
    with pytest.raises(ParameterError, match=r"loads\.csv"):
        read_loads(file)


def test_a_script_is_read_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "script.txt"
    file.write_text("left taps: skip  # later\n")
    script = read_script(str(file))
    assert script.at_start("left taps") == "skip"
    assert script.at_start("left taps") is None
    file.write_text("left taps skip\n")
    with pytest.raises(ParameterError, match="line 1"):
        read_script(str(file))


def test_an_empty_dataset_says_what_to_do(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["calibrate", "list", "--dataset", str(tmp_path)])
    assert done.exit_code == 0
    assert "no calibration yet; make one: landing-lab calibrate plate" in done.output


def test_steps_until_a_board_was_lost_are_kept_and_named(tmp_path: Path) -> None:
    steps = plate_plan(plate_info(), (5, 10), quick=False)
    began_s = time.monotonic()
    link = PlayedLink(
        [act_out_plate(steps, seed=2).device], lambda: 40.0 * (time.monotonic() - began_s), lost_from_s=25.0
    )
    settings = CalibrateSettings(dataset=tmp_path, script=read_script("default"))
    with pytest.raises(DeviceLostError, match=r"steps until then are kept in .*, and are too few") as told:
        record_steps("plate", [link], steps, settings)
    assert told.value.exit_code == 1
    (raw,) = (tmp_path / "calibrations" / "raw").glob("*.xdf")
    assert len(read_steps(raw).steps) >= 3
    with pytest.raises(CalibrationError, match=r"do not separate its cells|right plate"):
        recompute(raw, tmp_path, as_json=True)
    assert not list((tmp_path / "calibrations").glob("*.json"))


def full_after(last: str, patch: pytest.MonkeyPatch) -> None:
    """A disk that takes no more once a step is done."""
    accept = CalibrationSession._accept

    def full(session: CalibrationSession, step: GuidedStep, *rest: object) -> None:
        accept(session, step, *rest)  # type: ignore[arg-type]
        if step.key == last:
            raise RecordingError("the disk is full; free space on it")

    patch.setattr(CalibrationSession, "_accept", full)


@pytest.mark.parametrize(("last", "usable"), [("left 5 kg up", False), ("left empty again", True)])
def test_steps_until_the_disk_was_full_are_kept_and_from_is_advised_only_where_they_are_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str, usable: bool
) -> None:
    steps = [step for step in plate_plan(plate_info(), (5, 10), quick=False) if not step.key.startswith("right")]
    full_after(last, monkeypatch)
    began_s = time.monotonic()
    link = PlayedLink(
        [without_right_plate(act_out_plate(steps, seed=2).device)], lambda: 40.0 * (time.monotonic() - began_s)
    )
    settings = CalibrateSettings(dataset=tmp_path, script=read_script("default"))
    with pytest.raises(RecordingError, match="the disk is full") as told:
        record_steps("plate", [link], steps, settings)
    (raw,) = (tmp_path / "calibrations" / "raw").glob("*.xdf")
    assert read_steps(raw).steps[-1].step.key == last
    assert (f"try: landing-lab calibrate --from {raw}" in str(told.value)) == usable
    if usable:
        assert recompute(raw, tmp_path, as_json=True) == 0


def without_right_plate(device: SimulatedDevice) -> SimulatedDevice:
    frames = device.frames
    assert frames.channel is not None
    left = frames.channel < 4
    kept = FrameBlock(
        frames.sequence[left], frames.ticks_us[left], frames.counts[left], frames.channel[left], frames.flags[left]
    )
    return replace(device, frames=kept)


def test_readings_of_somebody_else_are_not_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = tmp_path / "theirs.xdf"
    taken.write_bytes(b"theirs")
    monkeypatch.setattr("landing_lab.app.calibration.files.raw_path", lambda *_: taken)
    steps = plate_plan(plate_info(), (5, 10), quick=False)
    link = PlayedLink([act_out_plate(steps, seed=2).device], PlayedClock())
    with pytest.raises(RecordingError, match="already exists"):
        record_steps(
            "plate", [link], steps, CalibrateSettings(dataset=tmp_path / "data", script=read_script("default"))
        )
    assert taken.read_bytes() == b"theirs"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_polite_request_to_end_is_treated_like_ctrl_c(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    before = {one: signal.getsignal(one) for one in ENDINGS}
    steps = plate_plan(plate_info(), (5, 10), quick=False)
    link = PlayedLink([act_out_plate(steps, seed=2).device], PlayedClock())

    def asked(_session: CalibrationSession) -> None:
        signal.raise_signal(number)

    monkeypatch.setattr(CalibrationSession, "on_tick", asked)
    settings = CalibrateSettings(dataset=tmp_path, script=read_script("default"))

    def work() -> int:
        record_steps("plate", [link], steps, settings)
        return 0

    try:
        assert guarded(work) == 130
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    assert "nothing of this calibration was kept" in capsys.readouterr().err
    assert not list((tmp_path / "calibrations" / "raw").iterdir())


def test_readings_outside_a_dataset_ask_for_one_and_write_nothing(tmp_path: Path) -> None:
    raw = tmp_path / "a" / "calibrations" / "raw" / "x.xdf"
    raw.parent.mkdir(parents=True)
    raw.write_bytes(b"")
    done = RUN.invoke(app, ["calibrate", "--from", str(raw)])
    assert isinstance(done.exception, ParameterError)
    assert done.exception.exit_code == 2
    assert "name --dataset" in str(done.exception)
    assert not list(tmp_path.rglob("*.json"))
    (tmp_path / "a" / "dataset_description.json").write_text("{}")
    assert dataset_of(raw) == tmp_path / "a"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"mass_sd_pct": -1.0}, "outside 0.001-10 %"),
        ({"mass_sd_pct": 50.0}, "outside 0.001-10 %"),
        ({"made_at": "2150-01-01T00:00:00+00:00"}, "in the future"),
        ({"made_at": "yesterday"}, "no UTC time"),
        ({"kind": "bench"}, "holds steps of another kind"),
        ({"kind": "on plate", "sides": ("left",)}, "holds steps of another kind"),
        ({"kind": "on plate", "steps": ()}, "names no foot"),
        ({"sides": ("up",)}, "names no foot"),
        ({"temperature_c": 1e9}, "outside -30 to 60"),
    ],
)
def test_steps_that_nobody_can_have_entered_are_refused(changes: dict[str, Any], told: str, tmp_path: Path) -> None:
    steps = tuple(
        SavedStep(step=step, status="done", told="", windows_us=((0, 1),))
        for step in plate_plan(plate_info(), (5, 10), quick=False)
    )
    saved = SavedSteps(kind="plate", steps=steps, made_at="2026-01-01T00:00:00+00:00")
    write_steps(tmp_path / "x.xdf", replace(saved, **changes))
    with pytest.raises(FileFormatError, match=told) as refusal:
        read_steps(tmp_path / "x.xdf")
    assert refusal.value.exit_code == 2


def test_no_calibration_is_never_called_written(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match="none was written"):
        write_and_say([], tmp_path, tmp_path / "x.xdf", as_json=False)


def test_a_dataset_that_cannot_be_written_is_told_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LandingLabError, match="file"):
        record_steps("plate", [], [], CalibrateSettings(dataset=tmp_path / "file"))


def test_two_that_begin_in_one_second_have_files_of_their_own(tmp_path: Path) -> None:
    with new_raw(tmp_path, "on plate", "X", "T") as one, new_raw(tmp_path, "on plate", "X", "T") as other:
        assert one != other
    assert not list(tmp_path.rglob("*.json"))
