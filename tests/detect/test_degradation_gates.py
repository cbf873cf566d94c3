"""What a rate, a filter or a converter does not allow is refused: definitions.md, column "minimum"."""

from __future__ import annotations

import dataclasses
import functools

import pytest

import landing_lab as ll
from degrade import hx711_settling, low_passed, point_sampled
from detect.real_landings import force_of
from landing_lab.metrics import all_metrics
from landing_lab.model.blocks import FloatArray
from landing_lab.model.recording import Recording
from landing_lab.model.result import Result
from traces import on_plates

FILES = ("gidiel/Dual-DJ-Fz.txt", "gidiel/Dual-CMJ-Fz.txt", "acl_squat_jump/BFR003_squat_jump.csv")
OF_FORCE = {name for name, metric in all_metrics().items() if not {"cop", "pressure"} & set(metric.needs)}
"""What a force plate alone gives."""

RATES_HZ = (40.0, 60.0, 80.0, 100.0, 200.0, 250.0, 500.0, 1000.0)

DOCUMENTED_HZ = {
    "contact_time_s": 80.0,
    "flight_time_s": 80.0,
    "rsi_flight_time_m_per_s": 80.0,
    "loading_rate_20_80_bw_per_s": 80.0,
    "landing_loading_rate_20_80_bw_per_s": 80.0,
    "loading_rate_mean_bw_per_s": 200.0,
    "landing_loading_rate_mean_bw_per_s": 200.0,
    "impulse_0_50ms_ns": 200.0,
    "impulse_0_100ms_ns": 200.0,
    "landing_impulse_0_50ms_ns": 200.0,
    "landing_impulse_0_100ms_ns": 200.0,
    "landing_loading_time_s": 200.0,
    "landing_attenuation_time_s": 200.0,
    "contact_delay_left_right_s": 200.0,
    "time_to_peak_force_s": 250.0,
    "first_peak_force_n": 250.0,
    "first_peak_time_s": 250.0,
    "landing_first_peak_force_n": 250.0,
    "landing_first_peak_time_s": 250.0,
    "loading_rate_max_bw_per_s": 500.0,
    "landing_loading_rate_max_bw_per_s": 500.0,
    "time_to_stabilisation_s": 40.0,
}


def analysed(force: FloatArray, rate_hz: float, sides: tuple[ll.model.channels.Side, ...]) -> Result:
    return ll.analyse(on_plates(force, sample_rate_hz=rate_hz, sides=sides))


@functools.cache
def read_at(rate_hz: float) -> tuple[Result, ...]:
    results = []
    for file in FILES:
        force, own_hz, sides = force_of(file)
        results.append(analysed(point_sampled(force, own_hz, rate_hz, 0.3), rate_hz, sides))
    return tuple(results)


@pytest.mark.parametrize("name", DOCUMENTED_HZ)
def test_the_declared_minimum_is_the_documented_one(name: str) -> None:
    assert all_metrics()[name].min_rate_hz == DOCUMENTED_HZ[name]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_every_metric_below_its_minimum_is_refused_with_both_rates_in_the_reason(rate_hz: float) -> None:
    seen = set()
    for result in read_at(rate_hz):
        for trial in result.trials:
            for row in trial.table:
                minimum = all_metrics()[row.name].min_rate_hz
                if minimum > rate_hz and row.name in OF_FORCE:
                    seen.add(row.name)
                    assert (row.status, row.value, row.sd) == ("refused", None, None), row
                    told = f"needs at least {minimum:g} Hz; this recording has {rate_hz:g} Hz"
                    assert row.reason == told or rate_hz < 80.0, row
    below = {name for name in OF_FORCE if all_metrics()[name].min_rate_hz > rate_hz}
    assert not below - seen or rate_hz < 67.0  # below 67 Hz a hold of 15 ms is no sample, and nothing is measured


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_nothing_at_or_above_its_minimum_is_refused_for_the_rate(rate_hz: float) -> None:
    for result in read_at(rate_hz):
        for trial in result.trials:
            for row in trial.table:
                if all_metrics()[row.name].min_rate_hz <= rate_hz:
                    assert "needs at least" not in str(row.reason) or "Hz; this" not in str(row.reason), row


def test_what_80_hz_allows_is_given() -> None:
    drop_jump = read_at(80.0)[0].first
    given = {row.name for row in drop_jump.table if row.value is not None}
    assert given >= {"contact_time_s", "flight_time_s", "rsi_flight_time_m_per_s", "peak_force_bw",
                     "loading_rate_20_80_bw_per_s", "com_depth_m", "drop_height_flight_anchored_m"}  # fmt: skip


@pytest.mark.parametrize("cutoff_hz", [10.0, 20.0, 30.0, 50.0])
def test_what_a_low_pass_takes_is_refused_and_what_it_changes_is_flagged(cutoff_hz: float) -> None:
    force, rate_hz, sides = force_of(FILES[0])
    table = analysed(low_passed(force, rate_hz, cutoff_hz), rate_hz, sides).first.table
    for name in ("loading_rate_max_bw_per_s", "landing_loading_rate_max_bw_per_s", "first_peak_force_n",
                 "first_peak_time_s", "landing_first_peak_force_n", "landing_first_peak_time_s"):  # fmt: skip
        row = table.get(name)
        assert row is not None
        assert row.value is None
        assert "needs force up to 100 Hz" in str(row.reason)
    if cutoff_hz < 40.0:
        for name in ("contact_time_s", "peak_force_n", "landing_loading_rate_20_80_bw_per_s"):
            row = table.get(name)
            assert row is not None
            assert row.status == "flagged"
            assert "low-passed" in str(row.reason)


def test_the_sd_of_a_low_passed_contact_holds_what_the_filter_adds() -> None:
    force, rate_hz, sides = force_of(FILES[0])
    raw = analysed(force, rate_hz, sides).first.table.get("contact_time_s")
    soft = analysed(low_passed(force, rate_hz, 20.0), rate_hz, sides).first.table.get("contact_time_s")
    assert raw is not None
    assert soft is not None
    assert raw.value is not None
    assert soft.value is not None
    assert raw.sd is not None
    assert soft.sd is not None
    assert 0.005 < soft.value - raw.value < 2.0 * soft.sd
    assert soft.sd > 3.0 * raw.sd


def test_an_hx711_plate_alone_times_no_contact_and_flags_its_peak() -> None:
    force, rate_hz, sides = force_of(FILES[0])
    recording = on_plates(hx711_settling(force, rate_hz, 0.3), sample_rate_hz=80.0, sides=("left", "right"))
    stream = recording.streams["force"]
    sensor = dataclasses.replace(stream.sensor, kind="hx711_plate")
    result = ll.analyse(Recording(streams={"plate": dataclasses.replace(stream, sensor=sensor)}))
    assert len(sides) == 2
    given = [row for row in result.first.table if row.value is not None]
    assert {row.unit for row in given if row.name != "time_to_stabilisation_s"} <= {"N", "BW", "%"}
    assert all(row.status == "flagged" for row in given if "peak" in row.name)
    assert "HX711" in str(result.reason)
