"""The vendors' own columns and printed facts are the oracle: real recordings of insoles say what their makers said."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from landing_lab.io.export import export
from landing_lab.io.read import read
from landing_lab.metrics.analyse import analyse
from landing_lab.model.blocks import FloatArray
from landing_lab.model.recording import Recording
from reference import require_reference_data

MOTICON = ("230927_102114.txt", "230927_102137.txt")
VENDORS_GATE_N = 50.0
"""Below this the vendor writes 0 for the centre of pressure."""


def of_file(name: str) -> tuple[Path, Recording]:
    path = require_reference_data() / "pressure" / name
    return path, read(path)


def force_n(recording: Recording, side: str) -> FloatArray:
    stream = recording.streams[f"insole_{side}"]
    assert stream.sensor.insole is not None
    if stream.layout.channels[0].quantity == "force":
        return np.asarray(stream.samples.sum(axis=1))
    return np.asarray(stream.samples @ stream.sensor.insole.area_mm2 * 1e-3)


def moticon_columns(path: Path) -> dict[str, FloatArray]:
    """Every column by name, with nothing of the package."""
    lines = path.read_text("utf-8").split("\n")
    names = next(line for line in lines if line.startswith("# time"))[2:].split("\t")
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    values = np.array([[float(field) if field else np.nan for field in row] for row in rows])
    return dict(zip(names, values.T, strict=True))


@pytest.mark.parametrize("name", MOTICON)
@pytest.mark.parametrize("side", ["left", "right"])
def test_moticon_force_and_centre_of_pressure_are_the_vendors(name: str, side: str) -> None:
    path, recording = of_file(f"moticon/{name}")
    vendor = moticon_columns(path)
    stream = recording.streams[f"insole_{side}"]
    assert stream.sample_rate_hz == 100.0
    assert (len(stream.layout), stream.layout.channels[0].unit) == (16, "kPa")
    rows = np.rint(vendor["time"] * 100.0).astype(int)
    there = stream.samples[rows]
    cells = np.column_stack([vendor[f"{side} pressure {n}[N/cm²]"] for n in range(1, 17)])
    np.testing.assert_allclose(there, 10.0 * cells)
    ours, theirs = force_n(recording, side)[rows], vendor[f"{side} total force[N]"]
    known = np.isfinite(theirs)
    assert np.isfinite(ours[known]).all()
    assert np.sqrt(np.mean((ours - theirs)[known] ** 2)) < 0.3
    # the vendor's X runs along the insole and Y across it, medial positive, both from its middle in lengths and widths
    layout = stream.sensor.insole
    assert layout is not None
    loaded = known & (theirs > VENDORS_GATE_N) & (vendor[f"{side} center of pressure X[-0.5...+0.5]"] != 0.0)
    cop = (there[loaded] * layout.area_mm2) @ layout.place_mm / ours[loaded, None] * 1e-3
    along = cop[:, 1] / layout.length_mm - 0.5
    across = cop[:, 0] / layout.width_mm
    assert np.abs(along - vendor[f"{side} center of pressure X[-0.5...+0.5]"][loaded]).max() < 1e-3
    assert np.abs(across - vendor[f"{side} center of pressure Y[-0.5...+0.5]"][loaded]).max() < 1e-3
    assert loaded.sum() > 1200


def test_moticon_missing_row_and_blanks_are_gaps() -> None:
    path, recording = of_file(f"moticon/{MOTICON[0]}")
    rows = moticon_columns(path)["time"]
    left = recording.streams["insole_left"]
    assert len(left.times_s) == len(rows) + 1
    missing = [gap for gap in left.gaps if gap.reason == "rows missing in the file"]
    assert [(gap.sample, gap.n_samples) for gap in missing] == [(1645, 1)]
    assert np.isnan(left.samples[1644]).all()
    first = next(gap for gap in left.gaps if gap.reason == "blank in the file")
    assert first.sample == first.n_samples == 50
    assert sum(gap.n_samples for gap in left.gaps) == int(np.isnan(left.samples).all(axis=1).sum()) == 64


def test_pedar_maxima() -> None:
    _, recording = of_file("pedar/pedar_example.asc")
    for side, most in (("left", 850.095), ("right", 987.825)):
        stream = recording.streams[f"insole_{side}"]
        assert stream.samples.shape == (1505, 99)
        assert stream.sample_rate_hz == 100.0
        assert force_n(recording, side).max() == pytest.approx(most, abs=1e-6)
        assert stream.sensor.insole is not None
        assert stream.sensor.insole.area_mm2.sum() == pytest.approx(19113.0)
    assert recording.streams["insole_left"].samples[0, :3].tolist() == [32.5, 40.0, 40.0]


def test_loadsol_lost_packets_are_gaps_and_never_unloading() -> None:
    path, recording = of_file("loadsol/test_poids.txt")
    naive = [line.split("\t") for line in path.read_text().split("\n")[4:] if line.strip()]
    total = {}
    for side, first, order in (("left", 1, (0, 1, 2)), ("right", 13, (2, 1, 0))):
        stream = recording.streams[f"insole_{side}"]
        zones = np.array([[float(field) for field in row[first : first + 3]] for row in naive])[:, order]
        lost = (zones == -1.0).all(axis=1)
        assert [channel.name for channel in stream.layout.channels] == ["heel", "medial", "lateral"]
        assert stream.sample_rate_hz == 200.0
        np.testing.assert_array_equal(stream.samples[~lost], zones[~lost])
        assert np.isnan(stream.samples[lost]).all()
        assert sum(gap.n_samples for gap in stream.gaps) == lost.sum()
        assert max(gap.n_samples for gap in stream.gaps) <= 12
        total[side] = force_n(recording, side)
    both = total["left"] + total["right"]
    # the 561.3 N of a naive median counts the zeros of lost packets; the plate under the same trial reads 560.8 N
    assert np.nanmedian(both) == pytest.approx(563.7, abs=0.05)
    assert np.nanmin(both) > 548.0
    plate = read(path.with_suffix(".c3d")).streams["force"]
    carried = plate.samples[:, plate.layout.pick(quantity="force")][:, 0]
    assert np.nanmedian(both) == pytest.approx(np.median(carried[carried > 300.0]), rel=0.01)


def test_fscan_maximum() -> None:
    path, recording = of_file("fscan/FrasP01L.asf")
    stream = recording.streams["insole_left"]
    assert list(recording.streams) == ["insole_left"]
    assert stream.sample_rate_hz == pytest.approx(31.25)
    assert len(stream.times_s) == 205
    assert force_n(recording, "left").max() == pytest.approx(924.3594416)
    blanks = path.read_text().split("Frame 1\n")[1].split("Frame 2")[0].count("B")
    assert len(stream.layout) == 60 * 21 - blanks
    assert stream.sensor.insole is not None
    np.testing.assert_allclose(stream.sensor.insole.area_mm2, 25.8064)


@pytest.mark.parametrize(
    ("name", "weight_n"),
    [
        (f"moticon/{MOTICON[0]}", None),
        (f"moticon/{MOTICON[1]}", None),
        ("pedar/pedar_example.asc", None),
        ("loadsol/test_poids.txt", 563.7),
        ("loadsol/test_pointe_1.txt", 563.7),
    ],
)
def test_standing_and_walking_hold_no_jump(name: str, weight_n: float | None) -> None:
    _, recording = of_file(name)
    trial = analyse(recording).first
    assert (trial.task, trial.status) == ("unknown", "refused")
    assert str(trial.reason).startswith("no jump is in this recording")
    if weight_n is not None:
        row = trial.table.get("body_weight_n")
        assert row is not None
        assert row.value == pytest.approx(weight_n, rel=0.02)
        assert row.status == "flagged"
        assert row.sd is not None
        assert row.sd > 0.2 * weight_n
    assert trial.signals is not None
    assert set(trial.signals.pressure) == {"left", "right"}


def test_one_foot_is_refused_unless_somebody_says_what_was_done() -> None:
    _, recording = of_file("fscan/FrasP01L.asf")
    assert "only the left foot was measured" in str(analyse(recording).reason)
    _, both = of_file(f"moticon/{MOTICON[1]}")
    one = replace(both, streams={"insole_right": both.streams["insole_right"]})
    assert "only the right foot was measured" in str(analyse(one).reason)
    told = analyse(one, task="drop_jump").first
    assert "the other foot was not measured" in str(told.reason)


@pytest.mark.parametrize("name", ["moticon/230927_102114.txt", "loadsol/test_poids.txt", "fscan/FrasP01L.asf"])
def test_parquet_keeps_the_cells(name: str, tmp_path: Path) -> None:
    _, recording = of_file(name)
    back = read(export(recording, tmp_path / "x.parquet", stream="insole_left"))
    was, found = recording.streams["insole_left"], back.streams["insole_left"]
    np.testing.assert_array_equal(found.samples, was.samples)
    assert found.sensor == was.sensor
    assert found.layout == was.layout
    assert found.gaps == was.gaps
    assert back.notes == recording.notes
