"""Raw frames become streams in newton on one time base; what was lost is a gap and a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from fuse.scenes import changed, keep, raw_of, scene_of, with_streams
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.errors import RecordingError
from landing_lab.model.blocks import FLAG_NOT_READY, FLAG_SUSPECT, Gap
from landing_lab.model.raw import RawRecording

SCENE = scene_of(7)
RAW = raw_of(SCENE)
LEFT, PLATE = RAW.streams["insole_left"], RAW.streams["plate"]
ALL = np.arange(len(LEFT.frames))


def test_streams_and_layouts() -> None:
    recording = recording_from_raw(RAW)
    assert set(recording.streams) == {"insole_left", "insole_right", "plate"}
    left, plate = recording.streams["insole_left"], recording.streams["plate"]
    assert left.layout.sides == ("left",)
    assert [channel.name for channel in left.layout.channels] == [
        "heel", "rear_medial", "rear_lateral", "mid_medial", "mid_lateral", "fore_medial", "fore_lateral", "toe",
    ]  # fmt: skip
    assert plate.layout.pick(side="left").tolist() == [0, 1, 2, 3]
    assert plate.layout.pick(side="right").tolist() == [4, 5, 6, 7]
    assert plate.free_running
    assert not left.sensor.calibrated
    assert (np.isfinite(plate.samples).sum(axis=1) == 1).all()
    assert (np.diff(plate.times_s) > 0).all()
    assert min(float(stream.times_s[0]) for stream in recording.streams.values()) == pytest.approx(0.0, abs=0.003)


def test_times_follow_the_scene_and_rates_the_devices() -> None:
    recording = recording_from_raw(RAW)
    left, plate = recording.streams["insole_left"], recording.streams["plate"]
    for stream, raw in ((left, LEFT), (plate, PLATE)):
        ticks_s = raw.frames.ticks_us * 1e-6
        np.testing.assert_allclose(stream.times_s - stream.times_s[0], ticks_s - ticks_s[0], atol=0.002)
        assert abs(stream.clock.drift_ppm) < 60.0  # arrivals were stamped with the device's own clock
        assert 0 < stream.clock.offset_sd_s < 0.002
    assert left.sample_rate_hz == pytest.approx(1000.0, rel=1e-3)
    assert 75.0 < plate.sample_rate_hz < 96.0


def test_drift_of_a_device_is_taken_out() -> None:
    slow = 1.0 + 800e-6
    raw = RawRecording({"insole_left": type(LEFT)(LEFT.info, LEFT.frames, LEFT.arrival_s * slow)})
    stream = recording_from_raw(raw).streams["insole_left"]
    assert stream.clock.drift_ppm == pytest.approx(800.0, abs=60.0)
    assert stream.times_s[-1] - stream.times_s[0] == pytest.approx(
        (LEFT.frames.ticks_us[-1] - LEFT.frames.ticks_us[0]) * 1e-6 * slow, abs=5e-4
    )


def test_lost_scans_are_missing_rows_and_gaps() -> None:
    there = np.delete(ALL, [100, 101, 102, 5000])
    recording = recording_from_raw(with_streams(RAW, insole_left=keep(LEFT, there)))
    stream, whole = recording.streams["insole_left"], recording_from_raw(RAW).streams["insole_left"]
    assert stream.samples.shape == whole.samples.shape
    assert np.flatnonzero(np.isnan(stream.samples).all(axis=1)).tolist() == [100, 101, 102, 5000]
    np.testing.assert_array_equal(stream.samples[there], whole.samples[there])
    assert stream.gaps == (  # before which sample they are missing
        Gap(sample=103, n_samples=3, reason="lost on the way"),
        Gap(sample=5001, n_samples=1, reason="lost on the way"),
    )
    assert "insole_left: 4 samples were lost on the way and are shown as gaps." in recording.notes
    np.testing.assert_allclose(stream.times_s, whole.times_s, atol=2e-4)


@pytest.mark.parametrize("flag", [FLAG_SUSPECT, FLAG_NOT_READY, FLAG_SUSPECT | FLAG_NOT_READY])
def test_suspect_plate_readings_are_left_out(flag: int) -> None:
    flags = PLATE.frames.flags.copy()
    flags[10:20] |= flag
    stream = recording_from_raw(with_streams(RAW, plate=changed(PLATE, flags=flags))).streams["plate"]
    whole = recording_from_raw(RAW).streams["plate"]
    rest = np.delete(np.arange(len(whole.samples)), np.arange(10, 20))
    np.testing.assert_array_equal(stream.samples, whole.samples[rest])


def test_nothing_but_suspect_readings() -> None:
    flags = np.full(len(PLATE.frames), FLAG_SUSPECT)
    stream = recording_from_raw(with_streams(RAW, plate=changed(PLATE, flags=flags))).streams["plate"]
    assert len(stream.samples) == 0


@pytest.mark.parametrize("jump", [10_000_000, 70_000, -3000, -1])
def test_a_board_that_was_restarted_is_refused(jump: int) -> None:
    sequence = LEFT.frames.sequence.copy()
    sequence[4000:] += jump
    with pytest.raises(RecordingError, match="restarted"):
        recording_from_raw(with_streams(RAW, insole_left=changed(LEFT, sequence=sequence)))


def test_silent_boards_are_named_and_all_silent_is_refused() -> None:
    none = keep(LEFT, ALL[:0])
    recording = recording_from_raw(with_streams(RAW, insole_left=none))
    assert "insole_left" not in recording.streams
    assert "insole_left: nothing was received." in recording.notes
    with pytest.raises(RecordingError, match="no samples"):
        recording_from_raw(RawRecording({"insole_left": none}))
    with pytest.raises(RecordingError, match="no samples"):
        recording_from_raw(RawRecording({}))


def test_metadata_travels() -> None:
    raw = RawRecording(RAW.streams, metadata={"started_at": "2026-01-01T10:00:00Z", "protocol": "x"}, notes=("a note",))
    recording = recording_from_raw(raw, source="session 3")
    assert (recording.source, recording.started_at) == ("session 3", "2026-01-01T10:00:00Z")
    assert recording.provenance["protocol"] == "x"
    assert "a note" in recording.notes


def test_a_board_whose_arrivals_are_no_numbers_is_left_out() -> None:
    timeless = type(LEFT)(LEFT.info, LEFT.frames, np.full(len(LEFT.frames), np.nan))
    recording = recording_from_raw(with_streams(RAW, insole_left=timeless))
    assert set(recording.streams) == {"insole_right", "plate"}
    assert any("insole_left: left out, its times of arrival are no numbers" in note for note in recording.notes)
    with pytest.raises(RecordingError, match="times of arrival of insole_left are no numbers"):
        recording_from_raw(RawRecording({"insole_left": timeless}))
