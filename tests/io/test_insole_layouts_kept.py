"""Where the cells of an insole lie travels with a recording: raw file, recording, Parquet and back."""

import json
from pathlib import Path

import numpy as np
import pytest

from landing_lab.calibrate.applied import AppliedCalibration
from landing_lab.io.export import export
from landing_lab.io.read import read
from landing_lab.io.recording_document import _sensor, sensor_document
from landing_lab.model.calibration import InsoleCalibration
from landing_lab.model.insole_layout import shipped_layouts
from landing_lab.model.recording import Sensor
from simulated_raw import scene, write_raw

OWN = shipped_layouts()["fsr402_8"]
LEFT = scene(3).devices[0].info.device_id


def test_a_layout_named_in_a_raw_file_is_that_of_the_recording_and_of_its_export(tmp_path: Path) -> None:
    raw = write_raw(tmp_path / "own.xdf", insole_layouts={LEFT: OWN.as_document()})
    recording = read(raw)
    assert recording.streams["insole_left"].sensor.insole == OWN
    usual = recording.streams["insole_right"].sensor.insole
    assert usual is not None
    assert usual.name == "infotronic_8"
    back = read(export(recording, tmp_path / "left.parquet", stream="insole_left")).streams["insole_left"]
    was = recording.streams["insole_left"]
    assert back.sensor == was.sensor
    assert [channel.name for channel in back.layout.channels] == [cell.name for cell in OWN.cells]
    np.testing.assert_array_equal(back.samples, was.samples)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({**OWN.as_document(), "width_mm": 9.0}, "an insole is 40-160 x 100-400 mm"),
        (shipped_layouts()["fsr402_16"].as_document(), "16 cells and the board 8 channels"),
    ],
)
def test_a_layout_that_does_not_fit_is_left_out_with_a_note(
    tmp_path: Path, document: dict[str, object], told: str
) -> None:
    recording = read(write_raw(tmp_path / "bad.xdf", insole_layouts={LEFT: document}))
    layout = recording.streams["insole_left"].sensor.insole
    assert layout is not None
    assert layout.name == "infotronic_8"
    assert any(told in note for note in recording.notes)


@pytest.mark.parametrize(("method", "whole"), [("bench", False), ("on plate", True)])
def test_only_a_plate_teaches_cells_the_force_of_the_foot(method: str, whole: bool) -> None:
    made = InsoleCalibration(
        device_id="X",
        made_at="2026-01-01T00:00:00+00:00",
        method=method,  # type: ignore[arg-type]
        software="test",
        n_cells=2,
        zero_s=(0.0, 0.0),
        exponent=(1.3, 1.3),
        weight_n=(1.0, 1.0),
        saturation_n=(None, None),
        force_sd_fraction=0.05,
        side="left",
        plate_calibration="nominal" if whole else None,
    )
    assert AppliedCalibration(calibration=made).whole_foot is whole
    assert AppliedCalibration(calibration=made).cell_weight == ((1.0, 1.0) if whole else ())
    assert not AppliedCalibration().whole_foot
    assert AppliedCalibration().cell_weight == ()


def test_what_a_calibration_taught_travels_with_a_sensor() -> None:
    taught = Sensor(
        kind="fsr_insole",
        description="made",
        whole_foot=True,
        cop_sd_mm=(2.5, 6.0),
        cell_limit_n=(40.0, None),
        cell_weight=(1.5, 0.2),
    )
    assert _sensor(json.loads(json.dumps(sensor_document(taught)))) == taught
    plain = sensor_document(Sensor(kind="force_plate", description="made"))
    assert not {"whole_foot", "cop_sd_mm", "cell_limit_n", "cell_weight"} & plain.keys()
