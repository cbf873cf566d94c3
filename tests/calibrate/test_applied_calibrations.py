"""A recording's own calibrations: applied, named, and flagging what rests on them where they do not fit."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

import landing_lab.metrics.analyse as analysis
from calibrate.test_calibration_documents import INSOLE, PLATE
from fuse.scenes import raw_of, scene_of
from landing_lab.calibrate.convert import counts_to_newton
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.model import nominal
from landing_lab.model.calibration import InsoleCalibration, PlateCalibration, as_document
from landing_lab.model.raw import RawRecording
from landing_lab.model.result import MetricValue

SCENE = scene_of(7)
RAW = raw_of(SCENE)
INFO = RAW.streams["plate"].info
RECORDED = datetime(2026, 4, 1, 12, tzinfo=UTC)
OF_PLATE = dataclasses.replace(
    PLATE,
    device_id=INFO.device_id,
    n_cells=8,
    zero_counts=(0.0,) * 8,
    counts_per_n=(nominal.HX711_COUNTS_PER_N,) * 8,
    cell_scale_sd_fraction=(0.01,) * 8,
    position_mm=nominal.PLATE_CELLS_MM * 2,
    side=("left",) * 4 + ("right",) * 4,
    scale_sd_fraction=0.01,
    made_at=(RECORDED - timedelta(days=10)).isoformat(),
    file="plate.json",
)


def with_calibrations(
    *made: PlateCalibration | InsoleCalibration, documents: object = None, started_at: str | None = RECORDED.isoformat()
) -> RawRecording:
    calibrations = documents if documents is not None else {one.device_id: as_document(one) for one in made}
    return RawRecording(RAW.streams, metadata={"calibrations": calibrations, "started_at": started_at})


def weight(raw: RawRecording) -> MetricValue:
    found = analysis.analyse(recording_from_raw(raw)).first.table.get("body_weight_n")
    assert found is not None
    return found


def test_a_valid_calibration_is_named_and_lifts_the_flag_of_body_weight() -> None:
    sensor = recording_from_raw(with_calibrations(OF_PLATE)).streams["plate"].sensor
    assert sensor.calibrated
    assert sensor.doubt is None
    assert "calibrated 2026-03-22 by known masses, plate.json" in sensor.description
    before, after = weight(RAW), weight(with_calibrations(OF_PLATE))
    assert before.status == "flagged"
    assert after.status == "ok", after.reason
    # It also settles the filter, by which fused force is a little different.
    assert after.value == pytest.approx(before.value, rel=1e-3)


def test_the_scale_enters_force_and_its_uncertainty_enters_the_sd() -> None:
    double = dataclasses.replace(OF_PLATE, counts_per_n=(0.5 * nominal.HX711_COUNTS_PER_N,) * 8)
    once, twice = weight(with_calibrations(OF_PLATE)), weight(with_calibrations(double))
    assert once.value is not None
    assert once.sd is not None
    assert twice.value == pytest.approx(2.0 * once.value, rel=0.01)
    assert once.sd == pytest.approx(np.hypot(0.01 * once.value, weight(RAW).sd or 0.0), rel=5e-3)


def test_peak_force_has_the_scale_in_its_sd() -> None:
    def peak(raw: RawRecording) -> MetricValue:
        found = analysis.analyse(recording_from_raw(raw)).first.table.get("peak_force_n")
        assert found is not None
        return found

    coarse = dataclasses.replace(OF_PLATE, scale_sd_fraction=0.2)
    fine, wide = peak(with_calibrations(OF_PLATE)), peak(with_calibrations(coarse))
    assert fine.value is not None
    assert fine.sd is not None
    assert wide.sd is not None
    added = np.sqrt(wide.sd**2 - fine.sd**2)
    assert added == pytest.approx(fine.value * np.sqrt(0.2**2 - 0.01**2), rel=0.02)


@pytest.mark.parametrize("days", [181.0, -181.0])
def test_a_calibration_out_of_date_is_used_and_flags_force(days: float) -> None:
    old = dataclasses.replace(OF_PLATE, made_at=(RECORDED - timedelta(days=days)).isoformat())
    raw = with_calibrations(old)
    recording, row = recording_from_raw(raw), weight(raw)
    assert recording.streams["plate"].sensor.calibrated
    assert sum("calibrate again" in note for note in recording.notes) == 1
    assert row.status == "flagged"
    assert f"181 days {'before' if days > 0 else 'after'} the recording" in str(row.reason)
    peak = analysis.analyse(recording).first.table.get("peak_force_n")
    assert peak is not None
    assert "calibrate again" in str(peak.reason)


def test_a_calibration_dated_days_after_the_recording_is_used_and_flags_force() -> None:
    later = dataclasses.replace(OF_PLATE, made_at=(RECORDED + timedelta(days=2)).isoformat())
    sensor = recording_from_raw(with_calibrations(later)).streams["plate"].sensor
    assert sensor.calibrated
    assert "is dated 2 days after the recording" in str(sensor.doubt)


def test_a_recording_without_a_date_leaves_its_calibrations_in_doubt() -> None:
    raw = with_calibrations(OF_PLATE, started_at=None)
    assert "nobody knows" in str(recording_from_raw(raw).streams["plate"].sensor.doubt)


@pytest.mark.parametrize(
    ("documents", "told"),
    [
        ({}, "has no calibration"),
        ("damaged", "not a calibration"),
        ({INFO.device_id: {"schema": "landing-lab.calibration/1"}}, "neither a plate nor an insole"),
        ({INFO.device_id: as_document(dataclasses.replace(OF_PLATE, device_id="PLT-9"))}, "belongs to PLT-9"),
        ({INFO.device_id: as_document(dataclasses.replace(PLATE, device_id=INFO.device_id))}, "is of 2 cells"),
        ({INFO.device_id: as_document(dataclasses.replace(INSOLE, device_id=INFO.device_id))}, "is of an insole"),
        ({INFO.device_id: as_document(dataclasses.replace(OF_PLATE, gain=64))}, "made with a gain of 64"),
    ],
)
def test_a_missing_or_foreign_calibration_leaves_nominal_newton_and_one_note(documents: object, told: str) -> None:
    raw = with_calibrations(documents=documents)
    recording = recording_from_raw(raw)
    assert not recording.streams["plate"].sensor.calibrated
    assert len([note for note in recording.notes if INFO.device_id in note and told in note]) == 1
    np.testing.assert_array_equal(recording.streams["plate"].samples, recording_from_raw(RAW).streams["plate"].samples)
    assert weight(raw).status == "flagged"


def test_an_insole_of_calibrated_newton_gives_the_same_force_within_a_few_percent() -> None:
    made = [
        dataclasses.replace(
            INSOLE,
            device_id=RAW.streams[name].info.device_id,
            made_at=RECORDED.isoformat(),
            n_cells=8,
            zero_s=(0.0,) * 8,
            exponent=(1.25,) * 8,
            weight_n=(15.0, 30.0, 20.0, 40.0, 20.0, 35.0, 15.0, 25.0),
            saturation_n=(None,) * 8,
            side=side,
        )
        for name, side in (("insole_left", "left"), ("insole_right", "right"))
    ]
    plain, calibrated = (analysis.analyse(recording_from_raw(raw)).first for raw in (RAW, with_calibrations(*made)))
    for name, tolerance in (("peak_force_n", 0.06), ("contact_time_s", 0.02), ("body_weight_n", 0.01)):
        before, after = plain.table.get(name), calibrated.table.get(name)
        assert before is not None
        assert after is not None
        assert after.value == pytest.approx(before.value, rel=tolerance)


def test_the_same_counts_give_the_same_newton_live_and_in_a_recording() -> None:
    scales = tuple(2000.0 + 10.0 * cell for cell in range(8))
    made = dataclasses.replace(OF_PLATE, counts_per_n=scales, zero_counts=tuple(100.0 * cell for cell in range(8)))
    frames = RAW.streams["plate"].frames
    assert frames.channel is not None
    live = counts_to_newton(INFO, made)(frames.counts)[np.arange(len(frames)), frames.channel]
    stream = recording_from_raw(with_calibrations(made)).streams["plate"]
    batch = stream.samples[np.isfinite(stream.samples)]
    np.testing.assert_array_equal(np.sort(batch), np.sort(live))


def test_cells_that_were_not_calibrated_are_missing() -> None:
    part = dataclasses.replace(
        OF_PLATE, counts_per_n=(*OF_PLATE.counts_per_n[:7], None), zero_counts=(*([0.0] * 7), None)
    )
    newton = counts_to_newton(INFO, part)(np.full((3, 8), 1000, dtype=np.int32))
    assert np.isnan(newton).sum(axis=0).tolist() == [0, 0, 0, 0, 0, 0, 0, 3]


@pytest.mark.parametrize("started_at", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00"])
def test_a_date_of_no_clock_is_an_unknown_age(started_at: str) -> None:
    recording = recording_from_raw(with_calibrations(OF_PLATE, started_at=started_at))
    doubt = str(recording.streams["plate"].sensor.doubt)
    assert "dated by a clock that never ran, so nobody knows whether the calibration" in doubt


@pytest.mark.parametrize("plate", ["nominal", "PLT-7_20260301T100000Z.json"])
def test_newton_learnt_from_an_uncalibrated_plate_are_in_doubt(plate: str) -> None:
    info = RAW.streams["insole_left"].info
    made = dataclasses.replace(
        INSOLE,
        device_id=info.device_id,
        n_cells=8,
        zero_s=(0.0,) * 8,
        exponent=(1.2,) * 8,
        weight_n=(11.0,) * 8,
        saturation_n=(None,) * 8,
        plate_calibration=plate,
        made_at=(RECORDED - timedelta(days=10)).isoformat(),
    )
    doubt = recording_from_raw(with_calibrations(made)).streams["insole_left"].sensor.doubt
    assert ("calibrated on an uncalibrated plate" in str(doubt)) == (plate == "nominal")
