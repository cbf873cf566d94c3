"""A plate of somebody's own, all cells in one scan: newton by its calibration only, and a whole analysis from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import landing_lab as ll
from drivers.boards import plate_info
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.errors import CalibrationError
from landing_lab.model.blocks import FLAG_SUSPECT, FrameBlock
from landing_lab.model.calibration import PlateCalibration, as_document
from landing_lab.model.raw import RawRecording, RawStream

COUNTS_PER_N, ZERO = (210.0, 195.0), (4_000.0, -2_500.0)
TRIAL = ll.simulate_drop_jump(seed=4)
FORCE = TRIAL.recording.streams["force"]
INFO = replace(
    plate_info(n_cells=2, rate_hz=1000.0), kind="twin-scale", device_id="SIM-SCALE", sensor_kind="force_plate"
)
CALIBRATION = PlateCalibration(
    device_id=INFO.device_id, made_at="2026-01-05T10:00:00+00:00", method="known masses", software="a test",
    gain=INFO.gain, n_cells=2, zero_counts=ZERO, counts_per_n=COUNTS_PER_N, cell_scale_sd_fraction=(0.004, 0.004),
    position_mm=(None, None), side=("left", "right"), scale_sd_fraction=0.004, linearity_pct=None,
    corner_error_pct=None, hysteresis_pct=None, repeatability_pct=None, noise_n=1.5, steps=(),
)  # fmt: skip


def raw_of(*, calibrations: dict[str, object] | None, flags: np.ndarray | None = None) -> RawRecording:
    n = len(FORCE.samples)
    counts = np.round(FORCE.samples * COUNTS_PER_N + ZERO).astype(np.int32)
    ticks = np.arange(n, dtype=np.int64) * 1000
    frames = FrameBlock(np.arange(n), ticks, counts, None, np.zeros(n, np.int64) if flags is None else flags)
    metadata: dict[str, object] = {"started_at": "2026-01-06T10:00:00+00:00"}
    if calibrations is not None:
        metadata["calibrations"] = calibrations
    return RawRecording({"plate": RawStream(INFO, frames, ticks * 1e-6)}, metadata)


def test_a_recording_of_it_has_every_number_of_a_force_plate() -> None:
    recording = recording_from_raw(raw_of(calibrations={INFO.device_id: as_document(CALIBRATION)}))
    stream = recording.streams["plate"]
    np.testing.assert_allclose(stream.samples, FORCE.samples, atol=0.003)  # half a count
    assert stream.layout.sides == ("left", "right")
    found, expected = (ll.analyse(one).first for one in (recording, TRIAL.recording))
    assert found.task == "drop_jump"
    assert found.signals.scale_sd_fraction == 0.004
    for name in ("contact_time_s", "peak_force_bw", "jump_height_flight_time_m"):
        row = found.table.get(name)
        assert row.status == "ok"
        assert row.value == pytest.approx(expected.table.get(name).value, rel=1e-3)


def test_scans_that_do_not_hold_are_missing() -> None:
    flags = np.zeros(len(FORCE.samples), np.int64)
    flags[500] = FLAG_SUSPECT
    stream = recording_from_raw(raw_of(calibrations={INFO.device_id: as_document(CALIBRATION)}, flags=flags)).streams[
        "plate"
    ]
    assert np.flatnonzero(np.isnan(stream.samples).any(axis=1)).tolist() == [500]


@pytest.mark.parametrize("calibrations", [None, {}, {INFO.device_id: as_document(replace(CALIBRATION, gain=64))}])
def test_without_a_calibration_that_fits_it_there_are_no_newton(calibrations: dict[str, object] | None) -> None:
    with pytest.raises(CalibrationError, match="a twin-scale has no nominal values; calibrate it with known masses"):
        recording_from_raw(raw_of(calibrations=calibrations))


def test_an_expired_calibration_flags_what_rests_on_it() -> None:
    old = as_document(replace(CALIBRATION, made_at="2024-01-05T10:00:00+00:00"))
    row = ll.analyse(recording_from_raw(raw_of(calibrations={INFO.device_id: old}))).first.table.get("peak_force_n")
    assert row.status == "flagged"
    assert "calibrate again" in row.reason
