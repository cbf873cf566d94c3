"""Cells on the signals' time base: units, rates, gaps, limits, and what is calibrated."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from fuse.scenes import raw_of, scene_of
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.fuse.foot_pressure import RAW_COP_SD_MM, VENDOR_COP_SD_MM, pressures_of, resampled
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Channel, ChannelLayout, Quantity, Side
from landing_lab.model.insole_layout import InsoleLayout, shipped_layouts
from landing_lab.model.recording import Clock, Sensor, Stream

EIGHT, MOTICON = shipped_layouts()["infotronic_8"], shipped_layouts()["moticon_16"]


def stream_of(
    samples: FloatArray,
    rate_hz: float,
    layout: InsoleLayout,
    *,
    side: Side = "left",
    quantity: Quantity = "force",
    start_s: float = 0.0,
    **sensor: object,
) -> Stream:
    channels = [Channel(cell.name, quantity, "N", side) for cell in layout.cells]
    known = {"kind": "fsr_insole", "description": "made", "calibrated": False, "insole": layout, **sensor}
    return Stream(
        samples=samples,
        sample_rate_hz=rate_hz,
        times_s=start_s + np.arange(len(samples)) / rate_hz,
        layout=ChannelLayout(tuple(channels)),
        sensor=Sensor(**known),  # type: ignore[arg-type]
        clock=Clock(source="made"),
    )


def stance(n: int = 1000, cells: int = 8) -> FloatArray:
    """Cells that are empty, then loaded with the same force each."""
    return np.where(np.arange(n)[:, None] < n // 2, 0.0, 10.0) * np.ones(cells)


def test_cells_of_a_small_area_stand_for_their_part_of_the_sole() -> None:
    """Uniform pressure under uncalibrated cells is uniform pressure of the sole, whatever the parts' areas."""
    stream = stream_of(stance(), 1000.0, EIGHT)
    foot = pressures_of({"left": stream}, stream.times_s)["left"]
    assert EIGHT.sensing_area_mm2 is not None
    np.testing.assert_allclose(foot.pressure_kpa[-1], 10.0 / EIGHT.sensing_area_mm2 * 1000.0)
    assert not foot.calibrated
    assert foot.note is not None
    assert "relative" in foot.note
    assert foot.cop_sd_mm == RAW_COP_SD_MM[8]


def test_weights_of_a_plate_stay_as_they_are() -> None:
    stream = stream_of(
        stance(),
        1000.0,
        EIGHT,
        calibrated=True,
        whole_foot=True,
        cop_sd_mm=(2.5, 6.0),
        scale_sd_fraction=0.07,
        doubt="it expired",
    )
    foot = pressures_of({"left": stream}, stream.times_s)["left"]
    assert foot.calibrated
    assert foot.cells_n[-1].sum() == pytest.approx(80.0)
    assert (foot.cop_sd_mm, foot.force_sd_fraction, foot.note) == ((2.5, 6.0), 0.07, "it expired")


def test_single_cells_on_a_bench_are_no_calibrated_foot() -> None:
    stream = stream_of(stance(), 1000.0, EIGHT, calibrated=True, scale_sd_fraction=0.05)
    foot = pressures_of({"left": stream}, stream.times_s)["left"]
    assert not foot.calibrated
    assert foot.force_sd_fraction == 0.23


def test_a_vendors_pressure_is_force_by_its_areas_and_keeps_its_zero() -> None:
    kpa = np.full((300, 16), 50.0)
    stream = stream_of(
        kpa, 100.0, MOTICON, quantity="pressure", kind="pressure_insole", calibrated=True, whole_foot=True
    )
    foot = pressures_of({"left": stream}, stream.times_s)["left"]
    np.testing.assert_allclose(foot.cells_n[10], 50.0 * MOTICON.area_mm2 / 1000.0)
    assert foot.calibrated
    assert foot.cop_sd_mm == VENDOR_COP_SD_MM
    assert foot.note is None


def test_sums_that_a_vendor_adds_are_no_cells() -> None:
    stream = stream_of(np.full((300, 16), 50.0), 100.0, MOTICON, quantity="pressure", kind="pressure_insole")
    more = ChannelLayout((*stream.layout.channels, Channel("total", "force", "N", "left")))
    wider = dataclasses.replace(stream, samples=np.column_stack([stream.samples, np.ones(300)]), layout=more)
    assert pressures_of({"left": wider}, wider.times_s)["left"].cells_n.shape == (300, 16)


def test_an_insole_of_other_cells_than_its_layout_is_left_out() -> None:
    stream = stream_of(stance(), 1000.0, EIGHT)
    odd = dataclasses.replace(stream, sensor=dataclasses.replace(stream.sensor, insole=MOTICON))
    nowhere = dataclasses.replace(stream, sensor=dataclasses.replace(stream.sensor, insole=None))
    assert pressures_of({"left": odd, "right": nowhere}, stream.times_s) == {}


def test_feet_of_other_rates_meet_on_the_signals_times() -> None:
    at = np.arange(0.0, 2.0, 1e-3)

    def ramp(rate: float, start: float) -> FloatArray:
        return np.outer(start + np.arange(round(1.5 * rate)) / rate, np.ones(16))

    left = stream_of(ramp(100.0, 0.2), 100.0, MOTICON, start_s=0.2, kind="pressure_insole", quantity="pressure")
    right = stream_of(
        ramp(74.3, 0.1), 74.3, MOTICON, side="right", start_s=0.1, kind="pressure_insole", quantity="pressure"
    )
    feet = pressures_of({"left": left, "right": right}, at)
    for side, rate, start in (("left", 100.0, 0.2), ("right", 74.3, 0.1)):
        kpa = feet[side].pressure_kpa[:, 3]  # type: ignore[index]
        inside = (at >= start) & (at <= start + 1.5 - 2.0 / rate)
        np.testing.assert_allclose(kpa[inside], at[inside], atol=1e-9)
        assert np.isnan(kpa[at < start]).all()
        assert feet[side].sample_rate_hz == rate  # type: ignore[index]


def test_one_lost_frame_is_bridged_and_two_are_a_gap() -> None:
    cells = np.outer(np.arange(100.0), np.ones(3))
    cells[10], cells[20:22] = math.nan, math.nan
    at = np.arange(0.0, 0.98, 1e-3)
    out = resampled(np.arange(100) / 100.0, cells, at, 100.0)
    assert np.isfinite(out[(at > 0.09) & (at < 0.11)]).all()
    assert np.isnan(out[(at > 0.1901) & (at < 0.2199)]).all()
    own = resampled(np.arange(100) / 100.0, cells, np.arange(100) / 100.0, 100.0)
    assert own[10, 0] == pytest.approx(10.0)
    assert np.isnan(own[20]).all()


def test_a_dead_cell_hides_no_other() -> None:
    cells = stance()
    cells[:, 2] = math.nan
    stream = stream_of(cells, 1000.0, EIGHT)
    foot = pressures_of({"left": stream}, stream.times_s + 2e-4)["left"]
    assert np.isnan(foot.cells_n[:, 2]).all()
    assert np.isfinite(np.delete(foot.cells_n[:-1], 2, axis=1)).all()


def test_a_cell_at_its_limit_is_marked_where_it_is() -> None:
    cells = stance()
    cells[700:720, 5] = 40.0
    stream = stream_of(cells, 1000.0, EIGHT, cell_limit_n=(*[60.0] * 5, 40.0, None, 60.0))
    foot = pressures_of({"left": stream}, stream.times_s)["left"]
    assert foot.at_limit is not None
    assert np.argwhere(foot.at_limit).tolist() == [[row, 5] for row in range(700, 720)]
    calm = stream_of(stance(), 1000.0, EIGHT, cell_limit_n=(60.0,) * 8)
    assert pressures_of({"left": calm}, calm.times_s)["left"].at_limit is None


def test_what_boards_recorded_has_limits_and_places() -> None:
    recording = recording_from_raw(raw_of(scene_of(3)))
    insoles = {stream.layout.sides[0]: stream for stream in recording.streams.values() if stream.sensor.insole}
    feet = pressures_of(insoles, insoles["left"].times_s)
    assert set(feet) == {"left", "right"}
    for side, foot in feet.items():
        assert insoles[side].sensor.cell_limit_n == pytest.approx((54.0,) * 8)
        assert np.nanmin(foot.cells_n) == 0.0
        np.testing.assert_allclose(foot.arms_mm, EIGHT.place_mm)
        total = foot.cells_n.sum(axis=1)
        assert np.nanmedian(total[total < np.nanpercentile(total, 20)]) < 5.0
