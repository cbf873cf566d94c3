"""Indices of walking steps on dense mats: footprints drawn by hand, and real pedar and F-Scan walks."""

from __future__ import annotations

import dataclasses
import math
import re
from typing import Any

import numpy as np
import pytest

import landing_lab as ll
from fuse.scenes import raw_of, scene_of
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.errors import ParameterError
from landing_lab.metrics.dense_steps import StepValue
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Channel, ChannelLayout
from landing_lab.model.insole_layout import InsoleLayout, LayoutCell, Region
from landing_lab.model.recording import Clock, Recording, Sensor, Stream
from reference import require_reference_data

WIDE, LONG = 10, 27
"""Cells of 10 mm across and along; the front four rows are toes."""


def region(row: int) -> Region:
    if row < 8:
        return "heel"
    if row < 15:
        return "midfoot"
    return "forefoot" if row < 23 else "toes"


def mat() -> InsoleLayout:
    cells = [
        LayoutCell(
            name=f"c{row}_{column}",
            region=region(row),
            x=(column + 0.5) / WIDE,
            y=(row + 0.5) / LONG,
            area_mm2=100.0,
        )
        for row in range(LONG)
        for column in range(WIDE)
    ]
    return InsoleLayout(
        name="mat", title="mat", source="made", width_mm=10.0 * WIDE, length_mm=10.0 * LONG, cells=tuple(cells)
    )


def footprint() -> FloatArray:
    """(rows, columns) 1 where the foot touches: 6 wide, but 3 (lateral) in the rows 8 to 14 of the arch."""
    print_ = np.zeros((LONG, WIDE))
    print_[1:26, 2:8] = 1.0
    print_[8:15, 2:5] = 0.0
    return print_


def step(*, seconds: float = 0.7, rate: float = 100.0, bend_mm: float = 0.0, backwards: bool = False) -> FloatArray:
    """Pressure in kPa (n, cells) of one step that rolls from heel to toe with the centre of pressure on a parabola.

    bend_mm: how far lateral of the straight line its middle lies.
    """
    layout, n = mat(), round(seconds * rate)
    place = layout.place_mm
    touched = footprint().ravel() > 0.0
    frames = []
    for at in np.linspace(0.0, 1.0, n):
        y = 40.0 + 180.0 * (1.0 - at if backwards else at)
        x = -4.0 * bend_mm * at * (1.0 - at)
        tilt = np.zeros(2)
        for _ in range(60):  # a field on the touched cells whose centre of pressure is exactly there
            weight = touched * np.exp((place - [x, y]) @ tilt - ((place[:, 1] - y) / 60.0) ** 2)
            weight /= weight.sum()
            off = place - weight @ place
            tilt += np.linalg.solve((weight[:, None] * off).T @ off + 1e-6 * np.eye(2), [x, y] - weight @ place)
        force = 900.0 * math.sin(math.pi * (0.05 + 0.9 * at)) ** 0.3
        frames.append(force * weight / 100.0 * 1000.0)
    swing = np.zeros((round(0.4 * rate), len(layout)))
    return np.vstack([swing, np.array(frames), swing])


def recorded(kpa: FloatArray, rate: float = 100.0) -> Recording:
    layout = mat()
    channels = tuple(Channel(cell.name, "pressure", "kPa", "left") for cell in layout.cells)
    stream = Stream(
        samples=kpa, sample_rate_hz=rate, times_s=np.arange(len(kpa)) / rate, layout=ChannelLayout(channels),
        sensor=Sensor(kind="pressure_insole", description="made", insole=layout, whole_foot=True),
        clock=Clock(source="made"),
    )  # fmt: skip
    return Recording(streams={"insole_left": stream})


def told(recording: Recording, name: str) -> list[StepValue]:
    return [row for row in ll.dense_indices(recording) if row.name == name]


def test_area_and_arch_of_a_footprint_that_is_known() -> None:
    recording = recorded(step())
    (area,), (arch,) = told(recording, "contact_area_cm2"), told(recording, "arch_index")
    assert area.value == pytest.approx(footprint().sum(), abs=3.0 * area.sd)  # type: ignore[operator]
    without_toes = footprint()[:23]
    # The toeless print goes from row 1 to 23: its middle third from 25/3 to 47/3.
    share = np.clip(np.minimum(np.arange(23) + 1.0, 47 / 3) - np.maximum(np.arange(23), 25 / 3), 0.0, 1.0)
    expected = float((without_toes.sum(axis=1) * share).sum() / without_toes.sum())
    assert arch.value == pytest.approx(expected, abs=0.03)
    assert arch.status == "flagged"
    assert "bare" in str(arch.reason)
    assert "limits not checked" in arch.method


@pytest.mark.parametrize("bend_mm", [0.0, 8.0, -5.0])
def test_excursion_is_how_far_the_way_bends_laterally(bend_mm: float) -> None:
    (row,) = told(recorded(step(bend_mm=bend_mm)), "cpei_pct")
    # The print goes from 10 to 260 mm; its front third begins at 176.7 mm, where the foot is 60 mm wide.
    at = (10.0 + 250.0 * 2.0 / 3.0 - 40.0) / 180.0
    assert row.value == pytest.approx(100.0 * 4.0 * bend_mm * at * (1.0 - at) / 60.0, abs=2.5)
    assert row.sd is not None
    assert row.sd > 0.0


@pytest.mark.parametrize(
    ("kpa", "why"),
    [
        (step(seconds=0.25), "a contact of 0.2[0-9] s is no walking step"),
        (step(backwards=True), "does not roll from heel to toe"),
    ],
)
def test_what_is_no_walking_step_is_refused(kpa: FloatArray, why: str) -> None:
    for row in ll.dense_indices(recorded(kpa)):
        assert row.status == "refused"
        assert row.value is None
        assert row.reason is not None
        assert re.search(why, row.reason), row.reason


def test_a_contact_cut_off_by_the_recording_is_none() -> None:
    cut = ll.dense_indices(recorded(step()[55:]))
    assert len(cut) == 0
    assert "no insole has a contact that begins and ends" in str(cut.note)
    assert len(ll.dense_indices(recorded(step()[:-45]))) == 0


@pytest.mark.parametrize("given", [None, 5, "walk.asc"])
def test_what_is_no_recording_is_refused(given: Any) -> None:
    with pytest.raises(ParameterError, match=r"takes a Recording; got .*landing_lab\.read"):
        ll.dense_indices(given)


def test_few_cells_are_no_footprint() -> None:
    rows = list(ll.dense_indices(recording_from_raw(raw_of(scene_of(3)))))
    assert rows
    assert all(row.status == "refused" and "at least 50 cells" in str(row.reason) for row in rows)


def test_a_force_plate_has_no_footprint() -> None:
    table = ll.dense_indices(ll.simulate_drop_jump(1).recording)
    assert len(table) == 0
    assert "holds no insole" in str(table.note)
    assert table.to_pandas().attrs["note"] == table.note


def test_what_is_in_doubt_of_the_insole_flags_every_row() -> None:
    recording = recorded(step())
    stream = recording.streams["insole_left"]
    sensor = dataclasses.replace(stream.sensor, doubt="its size is unknown")
    rows = list(ll.dense_indices(Recording(streams={"insole_left": dataclasses.replace(stream, sensor=sensor)})))
    assert len(rows) == 3
    assert all(row.status == "flagged" and "its size is unknown" in str(row.reason) for row in rows)


def test_a_table_goes_to_pandas() -> None:
    frame = ll.dense_indices(recorded(step())).to_pandas()
    assert list(frame.name) == ["contact_area_cm2", "arch_index", "cpei_pct"]
    assert frame.side.tolist() == ["left"] * 3


def test_real_walks() -> None:
    folder = require_reference_data() / "pressure"
    walk = ll.dense_indices(ll.read(folder / "pedar" / "pedar_example.asc")).to_pandas()
    steps = walk[walk.status != "refused"].groupby(["side", "name"]).value
    assert (steps.count() >= 8).all()
    mean, sd = steps.mean(), steps.std()
    for side in ("left", "right"):
        assert 160.0 < mean[side, "contact_area_cm2"] <= 191.13, "no more than the insole itself"
        assert sd[side, "contact_area_cm2"] < 5.0
        assert 0.2 < mean[side, "arch_index"] < 0.4
        assert sd[side, "arch_index"] < 0.02
    scan = ll.dense_indices(ll.read(folder / "fscan" / "FrasP01L.asf")).to_pandas()
    assert set(scan.side) == {"left"}
    assert (scan.groupby("name").value.count() == 5).all()
    assert scan[scan.name == "contact_area_cm2"].value.between(100.0, 130.0).all()


def test_an_analysis_of_steps_says_where_they_are_measured() -> None:
    (trial,) = ll.analyse(recorded(step())).trials
    assert trial.task == "unknown"
    assert "landing_lab.dense_indices(recording)" in str(trial.reason)
