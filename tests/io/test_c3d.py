"""Force plates of a C3D file against ezc3d's own plate reader and the c3d package."""

import sys
from pathlib import Path

import c3d as c3d_package
import ezc3d
import numpy as np
import pytest

from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.read import read
from reference import require_reference_data


@pytest.fixture
def standing() -> Path:
    return require_reference_data() / "pressure" / "loadsol" / "test_poids.c3d"


def test_the_one_loaded_plate_is_the_total(standing: Path) -> None:
    recording = read(standing)
    stream = recording.streams["force"]
    assert stream.sample_rate_hz == 1000
    assert stream.samples[:, stream.layout.pick(quantity="force")].shape == (13140, 1)
    assert recording.provenance["columns"] == {"total": "Fz4"}
    assert np.median(stream.samples[stream.samples > 20]) == pytest.approx(560.8, abs=0.3)
    assert sum("and was left out" in note for note in recording.notes) == 4
    assert any("sign was turned" in note for note in recording.notes)


def test_against_ezc3d_plates(standing: Path) -> None:
    platform = ezc3d.c3d(str(standing), extract_forceplat_data=True)["data"]["platform"]
    for number in range(1, 6):
        stream = read(standing, total=f"Fz{number}").streams["force"]
        # ezc3d turns into the axes of the laboratory, where z is up
        assert np.abs(np.abs(stream.samples[:, 0]) - np.abs(platform[number - 1]["force"][2])).max() < 1e-3


def test_against_the_c3d_package(standing: Path) -> None:
    with standing.open("rb") as handle:
        frames = [analog for _, _, analog in c3d_package.Reader(handle).read_frames()]
    analogs = np.concatenate(frames, axis=1)
    stream = read(standing).streams["force"]
    np.testing.assert_allclose(stream.samples[:, 0], -analogs[20], atol=1e-4)


def test_plates_by_name(standing: Path) -> None:
    stream = read(standing, left="Fz1", right="fz4").streams["force"]
    assert stream.layout.sides == ("left", "right")
    with pytest.raises(ParameterError, match=r"no column \"Fz6\".*did you mean"):
        read(standing, left="Fz6", right="Fz4")


def test_wrong_rate_is_refused(standing: Path) -> None:
    with pytest.raises(ParameterError, match="the file header says 1000 Hz"):
        read(standing, sample_rate_hz=500)


def test_without_ezc3d_the_message_says_what_to_install(standing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    with pytest.raises(FileFormatError, match=r"pip install .*\[c3d\]"):
        read(standing)


@pytest.mark.parametrize("size", [513, 600, 744, 1500, 3000, 5000, 6656, 100_000, 1_646_000])
def test_cut_file_is_refused(standing: Path, tmp_path: Path, size: int) -> None:
    path = tmp_path / "cut.c3d"
    path.write_bytes(standing.read_bytes()[:size])
    with pytest.raises(FileFormatError, match=r"cut\.c3d"):
        read(path)


def synthetic(path: Path, *, n_plates: int = 3, kind: int = 2, platform: bool = True) -> Path:
    """A C3D file with plates of a given type, written by ezc3d; Fz of plate k is -(300 + k) N."""
    file = ezc3d.c3d()
    per_plate = 8 if kind == 3 else 6
    file["parameters"]["POINT"]["RATE"]["value"] = [100.0]
    file["parameters"]["ANALOG"]["RATE"]["value"] = [1000.0]
    labels = [f"{axis}{plate + 1}" for plate in range(n_plates) for axis in "abcdefgh"[:per_plate]]
    if not platform:
        labels[2::6] = [f"Fz{plate + 1}" for plate in range(n_plates)]
    file["parameters"]["ANALOG"]["LABELS"]["value"] = labels
    file["parameters"]["ANALOG"]["UNITS"]["value"] = ["N"] * len(labels)
    analogs = np.zeros((1, len(labels), 200))
    for plate in range(n_plates):
        rows = slice(plate * per_plate + 4, plate * per_plate + 8) if kind == 3 else plate * per_plate + 2
        analogs[0, rows] = -(300.0 + plate) / (4 if kind == 3 else 1)
    file["data"]["analogs"] = analogs
    file["data"]["points"] = np.zeros((4, 0, 20))
    if platform:
        file.add_parameter("FORCE_PLATFORM", "USED", [n_plates])
        file.add_parameter("FORCE_PLATFORM", "TYPE", [kind] * n_plates)
        file.add_parameter("FORCE_PLATFORM", "CHANNEL", np.arange(1.0, len(labels) + 1).reshape(n_plates, per_plate).T)
    file.write(str(path))
    return path


def test_more_than_two_loaded_plates_need_names(tmp_path: Path) -> None:
    path = synthetic(tmp_path / "three.c3d")
    with pytest.raises(ParameterError, match=r"3 loaded plates \(Fz1, Fz2, Fz3\).*--left \"Fz1\" --right \"Fz2\""):
        read(path)
    stream = read(path, left="Fz3", right="Fz1").streams["force"]
    np.testing.assert_allclose(stream.samples[0], [302, 300])


def test_two_plates_with_four_vertical_cells_each(tmp_path: Path) -> None:
    stream = read(synthetic(tmp_path / "two.c3d", n_plates=2, kind=3)).streams["force"]
    assert stream.layout.sides == ("plate_1", "plate_2")
    np.testing.assert_allclose(stream.samples[0], [300, 301])


def test_unknown_plate_type_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="C3D type 7"):
        read(synthetic(tmp_path / "new.c3d", kind=7))


def test_without_plates_the_labels_of_analog_channels_count(tmp_path: Path) -> None:
    stream = read(synthetic(tmp_path / "analog.c3d", n_plates=2, platform=False)).streams["force"]
    assert stream.layout.sides == ("plate_1", "plate_2")
