"""One function writes every format; what is read back is the same force, and what was not measured is not invented."""

import warnings
from pathlib import Path

import c3d as c3d_package
import ezc3d
import numpy as np
import pytest

import landing_lab as ll
from landing_lab.errors import ParameterError, RecordingError
from landing_lab.io.c3d_write import samples_per_frame
from landing_lab.io.export import export
from landing_lab.io.read import read
from landing_lab.model.channels import Channel, ChannelLayout, Side
from landing_lab.model.recording import Recording, Stream
from landing_lab.model.result import Result
from traces import on_plates

FORMATS = (".csv", ".parquet", ".mot", ".c3d", ".mat")


def two_feet(*, hole: bool = True, rate: float = 1000.0) -> Recording:
    t = np.arange(3000) / 1000.0
    left = 400 + 300 * np.sin(t) + t / 3
    if hole:
        left[100:120] = np.nan
    return on_plates(np.column_stack([left, 700 - left / 3]), sides=("left", "right"), sample_rate_hz=rate)


def force_of(recording: Recording) -> np.ndarray:
    stream = recording.streams["force"]
    return stream.samples[:, stream.layout.pick(quantity="force")]


def with_cop(sides: tuple[Side, ...], pair: tuple[str, str]) -> Recording:
    stream = two_feet(hole=False).streams["force"]
    channels, columns = list(stream.layout.channels), [stream.samples]
    for number, side in enumerate(sides):
        channels += [Channel(f"{q} {side}", q, "m", side) for q in pair]
        columns.append(np.column_stack([0.1 + number + 0.01 * np.sin(stream.times_s), 0.3 * np.cos(stream.times_s)]))
    both = Stream(
        samples=np.column_stack(columns), sample_rate_hz=1000.0, times_s=stream.times_s,
        layout=ChannelLayout(tuple(channels)), sensor=stream.sensor, clock=stream.clock,
    )  # fmt: skip
    return Recording(streams={"force": both}, provenance={"source": "with cop"})


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("rate", [100.0, 1000.0, 2000.0])
def test_force_reads_back(tmp_path: Path, suffix: str, rate: float) -> None:
    recording = two_feet(rate=rate)
    path = export(recording, tmp_path / f"new folder/trial{suffix.upper()}")
    assert path == tmp_path / f"new folder/trial{suffix.upper()}"
    back = read(path)  # the feet are found again without naming a column
    assert back.streams["force"].sample_rate_hz == rate
    assert back.streams["force"].layout.sides == ("left", "right")
    tolerance = 1e-7 if suffix == ".c3d" else 0.0
    np.testing.assert_allclose(force_of(back), force_of(recording), rtol=tolerance, atol=0.0)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("sides", [("total",), ("plate_1", "plate_2")])
def test_sides_without_feet_read_back(tmp_path: Path, suffix: str, sides: tuple[Side, ...]) -> None:
    recording = on_plates(300 + np.arange(40.0), sides=sides)
    back = read(export(recording, tmp_path / f"x{suffix}"))
    assert back.streams["force"].layout.sides == sides
    np.testing.assert_array_equal(force_of(back), force_of(recording))


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_empty_recording_is_refused_and_nothing_is_left_behind(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(RecordingError, match="holds no stream"):
        export(Recording(streams={}), tmp_path / f"x{suffix}")
    with pytest.raises(RecordingError, match="holds no samples"):
        export(on_plates(np.empty(0)), tmp_path / f"x{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".csv", ".mot", ".c3d"])
def test_cells_are_not_summed_in_silence(tmp_path: Path, suffix: str) -> None:
    recording = on_plates(np.arange(40.0), sides=("left", "left"))
    with pytest.raises(
        RecordingError, match=r"2 columns of force for left; .* one column of force per side; \.parquet"
    ):
        export(recording, tmp_path / f"x{suffix}")


@pytest.mark.parametrize("suffix", [".mot", ".c3d"])
def test_readings_at_instants_of_their_own_are_refused(tmp_path: Path, suffix: str) -> None:
    base = on_plates(np.arange(40.0)).streams["force"]
    stream = Stream(
        samples=base.samples, sample_rate_hz=80.0, times_s=base.times_s, layout=base.layout, sensor=base.sensor,
        clock=base.clock, free_running=True,
    )  # fmt: skip
    with pytest.raises(RecordingError, match="instants of their own"):
        export(Recording(streams={"force": stream}), tmp_path / f"x{suffix}")


def test_the_ending_chooses_and_others_are_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r'x\.xlsx has "\.xlsx".*one of \.c3d, \.csv, \.mat, \.mot, \.parquet'):
        export(two_feet(), tmp_path / "x.xlsx")
    with pytest.raises(ParameterError, match="has no ending"):
        export(two_feet(), tmp_path / "x")


@pytest.mark.parametrize("target", ["", " ", None, 3, "a\0b.csv"])
def test_what_is_no_path_is_refused(target: object) -> None:
    with pytest.raises(ParameterError, match="a file is written to a path"):
        export(two_feet(), target)  # type: ignore[arg-type]


def test_a_folder_is_no_target_and_a_file_no_recording(tmp_path: Path) -> None:
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(RecordingError, match="is a folder"):
        export(two_feet(), tmp_path / "x.csv")
    with pytest.raises(ParameterError, match="export takes a Recording"):
        export("trial.csv", tmp_path / "y.csv")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="a result is what"):
        export(two_feet(), tmp_path / "y.csv", result="x")  # type: ignore[arg-type]


def test_the_source_is_never_overwritten(tmp_path: Path) -> None:
    source = export(two_feet(), tmp_path / "x.csv")
    before = source.read_bytes()
    (tmp_path / "link.csv").symlink_to(source)
    for target in (source, tmp_path / "link.csv", tmp_path / "." / "x.csv"):
        with pytest.raises(ParameterError, match="is the file the recording was read from"):
            export(read(source), target)
    assert source.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", denied)
    for suffix in FORMATS:
        with pytest.raises(RecordingError, match="cannot be written: Permission denied"):
            export(two_feet(), tmp_path / f"x{suffix}")
    assert list(tmp_path.iterdir()) == []


# C3D -----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def analysed() -> Result:
    return ll.analyse(ll.simulate_drop_jump(seed=2).recording)


def test_c3d_against_the_c3d_package(tmp_path: Path, analysed: Result) -> None:
    path = export(analysed.recording, tmp_path / "x.c3d", result=analysed)
    with path.open("rb") as handle, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it expects markers
        reader = c3d_package.Reader(handle)
        analogs = np.concatenate([analog for _, _, analog in reader.read_frames()], axis=1)
        labels = [label.strip() for label in reader.analog_labels]
        assert reader.analog_rate == 1000
        assert reader.get("EVENT:USED").int16_value == len(analysed.events)
    assert labels[:3] == ["Fx1", "Fy1", "Fz1"]
    np.testing.assert_allclose(analogs[[2, 8]].T, force_of(analysed.recording), rtol=1e-6, atol=1e-4)
    assert (analogs[[0, 1, 6, 7]] == 0).all()
    assert np.isnan(analogs[[3, 4, 5, 9, 10, 11]]).all()


def test_c3d_plates_as_ezc3d_sees_them_push_upwards_without_a_centre_of_pressure(tmp_path: Path) -> None:
    recording = two_feet(hole=False)
    platforms = ezc3d.c3d(str(export(recording, tmp_path / "x.c3d")), extract_forceplat_data=True)["data"]["platform"]
    assert len(platforms) == 2
    for platform, force_n in zip(platforms, force_of(recording).T, strict=True):
        np.testing.assert_allclose(platform["force"][2], force_n, rtol=1e-6)
        assert platform["unit_force"] == "N"
        assert np.isnan(platform["center_of_pressure"][:2]).all()


def test_c3d_events_have_labels_contexts_and_times_after_the_first_sample(tmp_path: Path, analysed: Result) -> None:
    stream = analysed.recording.streams["force"]
    group = ezc3d.c3d(str(export(analysed.recording, tmp_path / "x.c3d", result=analysed)))["parameters"]["EVENT"]
    events = list(analysed.events)
    assert group["LABELS"]["value"] == [event.name for event in events]
    assert group["USED"]["type"] == 2
    contexts = {"left": "Left", "right": "Right"}
    assert group["CONTEXTS"]["value"] == [contexts.get(event.side, "General") for event in events]
    minutes, seconds = group["TIMES"]["value"]
    np.testing.assert_allclose(60 * minutes + seconds, [e.time_s - stream.times_s[0] for e in events], atol=1e-6)
    assert "touchdown" in group["LABELS"]["value"]


def test_c3d_without_result_has_no_event_group(tmp_path: Path) -> None:
    assert "EVENT" not in ezc3d.c3d(str(export(two_feet(), tmp_path / "x.c3d")))["parameters"]


def test_c3d_says_whose_foot_and_what_is_unknown(tmp_path: Path) -> None:
    parameters = ezc3d.c3d(str(export(two_feet(), tmp_path / "x.c3d")))["parameters"]
    descriptions = parameters["ANALOG"]["DESCRIPTIONS"]["value"]
    assert descriptions[2] == "vertical force, left, up positive"
    assert descriptions[8] == "vertical force, right, up positive"
    assert descriptions[0] == "unknown, written as 0"
    assert descriptions[3] == "unknown, NaN"
    assert parameters["FORCE_PLATFORM"]["CORNERS"]["description"].startswith("nominal")
    assert parameters["FORCE_PLATFORM"]["CHANNEL"]["type"] == 2


@pytest.mark.parametrize("n_samples", [65_000, 65_536, 100_003, 200_000])
def test_c3d_longer_than_its_counter(tmp_path: Path, n_samples: int) -> None:
    recording = on_plates(500 + np.sin(np.arange(n_samples) / 99.0))
    back = read(export(recording, tmp_path / "x.c3d")).streams["force"]
    assert back.sample_rate_hz == 1000
    assert len(back.samples) == n_samples
    np.testing.assert_allclose(back.samples[:, 0], force_of(recording)[:, 0], rtol=1e-6)


def test_c3d_that_nothing_could_count_is_refused() -> None:
    with pytest.raises(RecordingError, match="more than a C3D file can count"):
        samples_per_frame(10**9)


def test_c3d_with_more_events_than_it_can_list(tmp_path: Path, analysed: Result) -> None:
    many = 255 // len(analysed.events) + 1
    path = export(analysed.recording, tmp_path / "x.c3d", result=[analysed] * many)
    contexts = ezc3d.c3d(str(path))["parameters"]["EVENT"]["CONTEXTS"]["value"]
    assert set(contexts) == {"General"}
    with pytest.raises(RecordingError, match="more than a C3D file can list"):
        export(analysed.recording, tmp_path / "x.c3d", result=[analysed] * 100)


def test_c3d_without_ezc3d_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("landing_lab.io.c3d_write.find_spec", lambda _: None)
    with pytest.raises(RecordingError, match=r"pip install .*\[c3d\].* or export"):
        export(two_feet(), tmp_path / "x.c3d")
    assert list(tmp_path.iterdir()) == []


# OpenSim -------------------------------------------------------------------------------------------------------------


def mot(path: Path) -> tuple[list[str], list[str], np.ndarray]:
    lines = path.read_text().splitlines()
    end = lines.index("endheader")
    rows = np.array([[float(cell) for cell in line.split("\t")] for line in lines[end + 2 :]])
    return lines[:end], lines[end + 1].split("\t"), rows


def test_mot_is_what_opensim_reads(tmp_path: Path) -> None:
    header, names, rows = mot(export(two_feet(), tmp_path / "x.mot"))
    for line in ("version=3", "nRows=3000", "nColumns=7", "inDegrees=no", "DataType=double"):
        assert line in header
    assert names == ["time", *(f"ground_force_{side}_v{axis}" for side in "lr" for axis in "xyz")]
    assert rows.shape == (3000, 7)
    assert (rows[:, [1, 3, 4, 6]] == 0).all()


def test_mot_leaves_out_a_point_nobody_measured_and_says_what_is_zero(tmp_path: Path) -> None:
    header = "\n".join(mot(export(two_feet(), tmp_path / "x.mot"))[0])
    assert "horizontal force (vx, vz) is not here, 0 stands for it" in header
    assert "Centre of pressure is unknown: there are no columns px" in header
    assert "inverse dynamics from this file alone is not valid" in header
    assert "SIMULATED" not in header
    simulated = ll.simulate_drop_jump(seed=1).recording
    assert "SIMULATED" in "\n".join(mot(export(simulated, tmp_path / "y.mot"))[0])


def test_mot_has_the_point_of_application_where_it_is_known(tmp_path: Path) -> None:
    recording = with_cop(("left", "right"), ("cop_ml", "cop_ap"))
    header, names, rows = mot(export(recording, tmp_path / "x.mot"))
    assert names[4:7] == ["ground_force_l_px", "ground_force_l_py", "ground_force_l_pz"]
    samples = recording.streams["force"].samples
    np.testing.assert_array_equal(rows[:, 6], samples[:, 2])  # z is medio-lateral
    np.testing.assert_array_equal(rows[:, 4], samples[:, 3])
    assert (rows[:, 5] == 0).all()
    assert any("whether its origin and directions are those of the markers is not known" in line for line in header)


def test_mot_does_not_take_axes_of_a_plate_for_those_of_the_body(tmp_path: Path) -> None:
    header, names, _ = mot(export(with_cop(("left", "right"), ("cop_1", "cop_2")), tmp_path / "x.mot"))
    assert len(names) == 7
    assert any("only along the axes of the plate" in line for line in header)


def test_centre_of_pressure_reads_back_from_csv_and_parquet(tmp_path: Path) -> None:
    recording = with_cop(("left", "right"), ("cop_ml", "cop_ap"))
    header = export(recording, tmp_path / "x.csv").read_text().splitlines()[0]
    assert header == "time_s,left_n,right_n,left_cop_ml_m,left_cop_ap_m,right_cop_ml_m,right_cop_ap_m"
    for suffix in (".csv", ".parquet"):
        back = read(export(recording, tmp_path / f"y{suffix}")).streams["force"]
        quantities = [channel.quantity for channel in back.layout.channels]
        assert quantities == ["force", "force", "cop_ml", "cop_ap", "cop_ml", "cop_ap"]
        np.testing.assert_array_equal(back.samples, recording.streams["force"].samples)
