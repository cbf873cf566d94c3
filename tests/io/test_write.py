"""Results are written whole or not at all, and read back the same."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import landing_lab
from landing_lab.errors import ParameterError, RecordingError
from landing_lab.io.read import read
from landing_lab.io.write import staged, stamped, write_analysis_json, write_force_csv, write_metrics_csv, write_whole
from landing_lab.model.channels import Channel, ChannelLayout, Side
from landing_lab.model.events import Events, Phases
from landing_lab.model.recording import Clock, Recording, Sensor, Stream
from landing_lab.model.result import MetricsTable, MetricValue, TrialResult
from landing_lab.model.trial_label import TrialLabel

ROWS = (
    MetricValue("contact_time_s", "total", 0.2497, "s", 0.0003, "ok", None, "20 N, interpolated"),
    MetricValue("body_weight_n", "total", None, "N", None, "refused", "no quiet window; “stand still” ", "mean"),
)


def trial(rows: tuple[MetricValue, ...] = ROWS) -> TrialResult:
    return TrialResult(
        source="Sprung, Müller.txt",
        index=3,
        task="drop_jump",
        status="ok",
        reason=None,
        sample_rate_hz=1000.0,
        events=Events(),
        phases=Phases(),
        table=MetricsTable(rows),
    )


def recording(samples: np.ndarray, sides: tuple[Side, ...], rate: float = 1000.0) -> Recording:
    stream = Stream(
        samples=samples,
        sample_rate_hz=rate,
        times_s=np.arange(len(samples)) / rate,
        layout=ChannelLayout(tuple(Channel(side, "force", "N", side) for side in sides)),
        sensor=Sensor(kind="force_plate", description="test"),
        clock=Clock(source="test"),
    )
    return Recording(streams={"force": stream}, provenance={"source": "test"})


def test_metrics_csv(tmp_path: Path) -> None:
    path = write_metrics_csv([trial(), trial(())], tmp_path / "new" / "folder" / "metrics.csv")
    data = path.read_bytes()
    assert b"\r" not in data
    rows = list(csv.DictReader(data.decode("utf-8").splitlines()))
    required = ["source", "index", "name", "side", "value", "unit", "sd", "status", "reason", "method"]
    assert [column for column in rows[0] if column in required] == required
    assert rows[0]["source"] == "Sprung, Müller.txt"
    assert (rows[0]["index"], rows[0]["value"], rows[0]["reason"]) == ("3", "0.2497", "")
    assert (rows[1]["value"], rows[1]["sd"], rows[1]["status"]) == ("", "", "refused")
    assert len(rows) == 2


def test_metrics_csv_of_a_session_tells_run_and_condition(tmp_path: Path) -> None:
    labels = [TrialLabel(run=2, condition="heel_lift"), None]
    path = write_metrics_csv([trial(), trial()], tmp_path / "metrics.csv", labels)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [(one["run"], one["condition"]) for one in rows] == [("2", "heel_lift")] * 2 + [("", "")] * 2
    alone = write_metrics_csv([trial()], tmp_path / "alone.csv").read_text(encoding="utf-8")
    assert "condition" not in alone.splitlines()[0]


def test_json_knows_no_nan(tmp_path: Path) -> None:
    document = {
        "a": float("nan"),
        "b": [np.float64(np.inf), np.int32(3)],
        "c": np.array([1.0, np.nan]),
        "d": ("ü", True),
    }
    path = write_analysis_json(document, tmp_path / "analysis.json")
    text = path.read_text(encoding="utf-8")
    assert json.loads(text) == {"a": None, "b": [None, 3], "c": [1.0, None], "d": ["ü", True]}
    assert "NaN" not in text
    assert "ü" in text


finite = st.floats(-5000, 5000, allow_subnormal=False).map(lambda value: round(value, 4))


@given(
    samples=arrays(np.float64, st.tuples(st.integers(10, 40), st.just(2)), elements=st.one_of(finite, st.just(np.nan))),
    rate=st.sampled_from([80.0, 450.0, 1000.0, 2000.0]),
)
@settings(max_examples=80, deadline=None)
def test_force_csv_reads_back(samples: np.ndarray, rate: float, tmp_path_factory: pytest.TempPathFactory) -> None:
    samples[-1] = 0.0  # rows of blanks at the end are dropped on reading
    samples[0] = 1.0
    path = write_force_csv(
        recording(np.abs(samples), ("left", "right"), rate), tmp_path_factory.getbasetemp() / "f.csv"
    )
    back = read(path).streams["force"]
    assert back.layout.sides == ("left", "right")
    assert back.sample_rate_hz == rate
    np.testing.assert_array_equal(back.samples, np.abs(samples))


@pytest.mark.parametrize("sides", [("plate_1", "plate_2"), ("total",), ("left", "right")])
def test_force_csv_keeps_the_sides(tmp_path: Path, sides: tuple[Side, ...]) -> None:
    samples = np.arange(1.0, 20 * len(sides) + 1).reshape(20, -1)
    stream = read(write_force_csv(recording(samples, sides), tmp_path / "force.csv")).streams["force"]
    assert stream.layout.sides == sides
    np.testing.assert_array_equal(stream.samples, samples)


def test_one_foot_alone_reads_back_only_as_a_total_that_is_asked_for(tmp_path: Path) -> None:
    path = write_force_csv(recording(np.arange(1.0, 21).reshape(20, 1), ("left",)), tmp_path / "force.csv")
    with pytest.raises(ParameterError, match="half of the force would pass for the whole"):
        read(path)
    assert read(path, total="left_n").streams["force"].layout.sides == ("total",)


def test_force_csv_of_no_such_stream(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match='no stream "insole"; it holds: force'):
        write_force_csv(recording(np.ones((3, 1)), ("total",)), tmp_path / "x.csv", stream="insole")
    with pytest.raises(RecordingError, match="one column of force per side"):
        write_force_csv(recording(np.ones((3, 2)), ("left", "left")), tmp_path / "x.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("here")
    with pytest.raises(RecordingError, match="a file of that name in the way"):
        write_metrics_csv([trial()], tmp_path / "out" / "metrics.csv")
    (tmp_path / "folder").mkdir()
    with pytest.raises(RecordingError, match="cannot be written"):
        write_metrics_csv([trial()], tmp_path / "folder")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "out"]


def test_read_only_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", denied)
    with pytest.raises(RecordingError, match="cannot be made: Permission denied"):
        write_analysis_json({}, tmp_path / "new" / "a.json")


def test_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_analysis_json({"old": 1}, tmp_path / "a.json")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(RecordingError, match="No space left on device; free space"):
        write_analysis_json({"new": 2}, path)
    monkeypatch.undo()
    assert json.loads(path.read_text()) == {"old": 1}
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_results_have_ordinary_permissions(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    path = write_analysis_json({}, tmp_path / "a.json")
    assert path.stat().st_mode == plain.stat().st_mode


def test_a_document_says_its_schema_and_the_version_that_wrote_it() -> None:
    found = stamped("landing-lab.contrast/1", {"first": "flat"})
    assert list(found.items())[:2] == [("schema", "landing-lab.contrast/1"), ("version", landing_lab.__version__)]
    assert found["first"] == "flat"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_never_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(RecordingError, match="a pipe or a device"):
        write_whole(pipe, b"x")
    with pytest.raises(RecordingError, match="a pipe or a device"), staged(pipe) as file:
        file.write_bytes(b"x")
    assert pipe.is_fifo()
    assert [one.name for one in tmp_path.iterdir()] == ["pipe"]
