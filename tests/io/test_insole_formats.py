"""Insole files made of known numbers: whole, and of other sizes and units."""

from pathlib import Path

import numpy as np
import pytest

from insole_texts import (
    CELLS,
    COARSE,
    EVERY,
    LEFT,
    TRIMMED,
    ZONES,
    emed_text,
    fscan_text,
    loadsol_text,
    moticon_text,
    pedar_text,
    step,
    written,
    xsensor_text,
)
from landing_lab.io.read import read
from landing_lab.model.blocks import FloatArray
from landing_lab.model.insole_layout import shipped_layouts
from landing_lab.model.recording import Recording


def force_n(recording: Recording, side: str) -> FloatArray:
    stream = recording.streams[f"insole_{side}"]
    assert stream.sensor.insole is not None
    return np.asarray(stream.samples @ stream.sensor.insole.area_mm2 * 1e-3)


def test_moticon_of_another_size_takes_its_areas_from_the_vendors_force(tmp_path: Path) -> None:
    layout = shipped_layouts()["moticon_16"]
    cells = np.tile(CELLS[:1], (40, 1))
    total = f"{float(cells[0] @ layout.area_mm2) * 1e-2 * 0.81:.1f}"
    found = read(written(tmp_path, moticon_text(cells, cells, size="4", force=total)))
    stream = found.streams["insole_right"]
    assert stream.sensor.insole is not None
    assert stream.sensor.insole.length_mm == pytest.approx(0.9 * layout.length_mm, rel=1e-3)
    assert force_n(found, "right")[5] == pytest.approx(float(total), rel=1e-3)
    assert stream.sensor.doubt is None


def test_moticon_of_another_size_without_force_is_in_doubt(tmp_path: Path) -> None:
    found = read(written(tmp_path, moticon_text(CELLS, CELLS, size="4")))
    assert "areas of size 7 were used" in str(found.streams["insole_left"].sensor.doubt)


def test_moticon_of_one_foot(tmp_path: Path) -> None:
    found = read(written(tmp_path, moticon_text(CELLS, np.full_like(CELLS, np.nan))))
    assert list(found.streams) == ["insole_left"]
    assert "The right insole holds no numbers and was left out." in found.notes


def test_pedar_areas_scale_with_the_size(tmp_path: Path) -> None:
    kpa = np.full((20, 198), 100.0)
    maxima = {}
    for size, area_cm2 in (("y", 191.13), ("w", 155.42), ("xw", 196.39)):
        found = read(written(tmp_path, pedar_text(kpa, sensor=size, left=EVERY, right=EVERY)))
        maxima[size] = force_n(found, "left").max()
        assert maxima[size] == pytest.approx(100.0 * area_cm2 * 0.1, rel=1e-6)
        assert found.streams["insole_left"].sensor.doubt is None


def test_pedar_of_an_unknown_size_is_in_doubt(tmp_path: Path) -> None:
    found = read(written(tmp_path, pedar_text(np.ones((20, 99)), sensor="q", right=EVERY)))
    assert list(found.streams) == ["insole_right"]
    assert '"q" is not in the table of pedar sizes' in str(found.streams["insole_right"].sensor.doubt)


def test_pedar_mask_of_some_cells(tmp_path: Path) -> None:
    kpa = np.arange(60.0).reshape(20, 3)
    found = read(written(tmp_path, pedar_text(kpa, left=(3, 99), right=(50,))))
    stream = found.streams["insole_left"]
    assert [channel.name for channel in stream.layout.channels] == ["03", "99"]
    np.testing.assert_array_equal(stream.samples, kpa[:, :2])
    whole = shipped_layouts()["pedar_99"]
    assert stream.layout.channels[1].position_mm == whole.position_mm(whole.cells[98].x, whole.cells[98].y)


def test_loadsol_zones_stand_in_one_order_on_both_feet(tmp_path: Path) -> None:
    other = ZONES + 7.0
    other[10:22] = np.nan
    found = read(written(tmp_path, loadsol_text(ZONES, other)))
    left, right = found.streams["insole_left"], found.streams["insole_right"]
    np.testing.assert_array_equal(left.samples, ZONES)
    np.testing.assert_array_equal(right.samples, other)
    assert [(gap.sample, gap.n_samples) for gap in right.gaps] == [(22, 12)]
    assert left.layout.channels[1].position_mm == right.layout.channels[1].position_mm
    assert left.layout.channels[1].position_mm > (0.0, 0.0)  # medial is positive on both feet


@pytest.mark.parametrize(("name", "side"), [("PatL.fsx", "left"), ("walk_R2.fsx", "right"), ("Right.fsx", "right")])
def test_fscan_side_by_the_name_of_the_movie(tmp_path: Path, name: str, side: str) -> None:
    found = read(written(tmp_path, fscan_text(TRIMMED, name=f"C:\\data\\{name}")))
    assert list(found.streams) == [f"insole_{side}"]
    assert found.streams[f"insole_{side}"].sensor.doubt is None


@pytest.mark.parametrize("side", ["left", "right"])
def test_fscan_side_by_the_arch_is_in_doubt(tmp_path: Path, side: str) -> None:
    frames = step(side=side)
    found = read(written(tmp_path, fscan_text(np.where(frames.max(axis=0) > 0.0, frames, np.nan), name="12.fsx")))
    stream = found.streams[f"insole_{side}"]
    assert "by the arch of its print" in str(stream.sensor.doubt)
    assert stream.sample_rate_hz == pytest.approx(50.0)
    np.testing.assert_allclose(force_n(found, side), frames.sum(axis=(1, 2)) * 25.8064e-3)


def test_fscan_missing_frame_is_a_gap_and_units_are_converted(tmp_path: Path) -> None:
    text = fscan_text(TRIMMED, unit="PSI")
    start, end = text.index("Frame 20\r\n"), text.index("Frame 21\r\n")
    stream = read(written(tmp_path, text[:start] + text[end:])).streams["insole_left"]
    assert [(gap.sample, gap.n_samples) for gap in stream.gaps] == [(20, 1)]
    assert np.nanmax(stream.samples) == pytest.approx(6.894757 * TRIMMED[~np.isnan(TRIMMED)].max())


@pytest.mark.parametrize("pro7", [False, True])
def test_xsensor_frames_of_two_feet_through_midnight(tmp_path: Path, pro7: bool) -> None:
    found = read(written(tmp_path, xsensor_text(*COARSE, pro7=pro7), "x.csv"))
    for side, frames in zip(("left", "right"), COARSE, strict=True):
        stream = found.streams[f"insole_{side}"]
        assert stream.sample_rate_hz == pytest.approx(50.0, rel=1e-3)
        np.testing.assert_allclose(force_n(found, side), frames.sum(axis=(1, 2)) * 0.1333224 * 73.96e-3, rtol=1e-6)
        assert stream.layout.channels[0].unit == "kPa"
        assert "public descriptions" in str(stream.sensor.doubt)
    assert any("public descriptions" in note for note in found.notes)


def test_xsensor_foot_without_a_frame_is_missing_there(tmp_path: Path) -> None:
    text = xsensor_text(*COARSE)
    start = text.index("SENSOR,HX-RF", text.index("FRAME,20,"))
    stream = read(written(tmp_path, text[:start] + text[text.index("GROUP", start) :])).streams["insole_right"]
    assert np.flatnonzero(np.isnan(stream.samples).all(axis=1)).tolist() == [19]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("split", [None, 11])
def test_emed_step(tmp_path: Path, side: str, down: bool, split: int | None) -> None:
    frames = step(side=side)
    shown = frames[:, ::-1, ::-1] if down else frames
    found = read(written(tmp_path, emed_text(shown, split=split), "x.lst"))
    stream = found.streams[f"insole_{side}"]
    assert "public descriptions" in str(stream.sensor.doubt)
    np.testing.assert_allclose(force_n(found, side), frames.sum(axis=(1, 2)) * 0.025, rtol=1e-9)
    assert stream.sample_rate_hz == pytest.approx(100.0)
    assert "by the arch of its print" in str(stream.sensor.doubt)
    assert "not area x pressure" not in str(stream.sensor.doubt)
    layout = stream.sensor.insole
    assert layout is not None
    cop = stream.samples * layout.area_mm2 @ layout.place_mm / (stream.samples @ layout.area_mm2)[:, None]
    assert (np.diff(cop[2:-2, 1]) > 0.0).all()  # from the heel to the toes, whichever way the person walked
    arch = cop[20:26, 0].mean()
    assert arch < cop[2:5, 0].mean()  # over the lateral border


def test_emed_of_another_unit_is_in_doubt(tmp_path: Path) -> None:
    found = read(written(tmp_path, emed_text(LEFT, force=10.0)))
    assert "its unit may not be kPa" in str(found.streams["insole_left"].sensor.doubt)
