"""`landing-lab calibrate` as it is typed: over simulated ports, with its messages, lists and refusals."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from landing_lab.app.calibration.events import read_script
from landing_lab.app.calibration.files import read_steps
from landing_lab.app.calibration.kinds import read_loads
from landing_lab.app.calibration.run import CalibrateSettings, recompute, record_steps
from landing_lab.app.calibration.sim import act_out_plate
from landing_lab.app.calibration.steps import plate_plan
from landing_lab.app.cli import app
from landing_lab.errors import CalibrationError, LandingLabError, ParameterError
from landing_lab.io.calibration_files import read_calibration
from landing_lab.sim.devices import plate_info
from played_links import PlayedLink

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
    with pytest.raises(CalibrationError, match="steps until then are kept, try: landing-lab") as told:
        record_steps("plate", [link], steps, settings)
    raw = Path(str(told.value).rpartition("--from ")[2])
    assert len(read_steps(raw).steps) >= 3
    with pytest.raises(CalibrationError, match=r"do not separate its cells|right plate"):
        recompute(raw, tmp_path, as_json=True)
    assert not list((tmp_path / "calibrations").glob("*.json"))


def test_a_dataset_that_cannot_be_written_is_told_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LandingLabError, match="file"):
        record_steps("plate", [], [], CalibrateSettings(dataset=tmp_path / "file"))
