"""Insoles and plate that contradict each other in scale, time or foot are said to; sound recordings are left alone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from fuse.made_landing import ORDER, jump
from fuse.scenes import changed, keep, raw_of, scene_of, with_streams
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.fuse.cross_checks import feet_apart_sd_s, scale_doubts, timing_doubt
from landing_lab.fuse.fused_foot import prepared
from landing_lab.fuse.insole_shape import InsoleShape
from landing_lab.fuse.plate_delay import PlateTiming
from landing_lab.fuse.sources import signals_of
from landing_lab.model.raw import RawRecording, RawStream
from landing_lab.model.recording import Sensor
from landing_lab.model.result import ForceSignals

RAW = raw_of(scene_of(3))
LEFT, RIGHT, PLATE = (RAW.streams[name] for name in ("insole_left", "insole_right", "plate"))
WORN = Sensor(kind="fsr_insole", description="made", whole_foot=True, scale_sd_fraction=0.08)
STILL = Sensor(kind="hx711_plate", description="made", filter_order=ORDER)


def doubts_of(raw: RawRecording) -> str:
    signals = signals_of(recording_from_raw(raw))
    assert isinstance(signals, ForceSignals)
    return "; ".join(signals.doubts)


def late(stream: RawStream, seconds: float) -> RawStream:
    return RawStream(stream.info, stream.frames, stream.arrival_s + seconds)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sound_recordings_are_not_doubted(seed: int) -> None:
    assert doubts_of(raw_of(scene_of(seed))) == ""


def test_exchanged_insoles_are_told() -> None:
    rows = np.arange(min(len(LEFT.frames), len(RIGHT.frames)))
    left, right = keep(LEFT, rows), keep(RIGHT, rows)
    exchanged = with_streams(
        RAW,
        insole_left=changed(left, counts=right.frames.counts),
        insole_right=changed(right, counts=left.frames.counts),
    )
    assert "the insoles seem to be exchanged" in doubts_of(exchanged)


def test_one_insole_recorded_twice_is_told() -> None:
    rows = np.arange(min(len(LEFT.frames), len(RIGHT.frames)))
    twin = changed(keep(RIGHT, rows), counts=keep(LEFT, rows).frames.counts)
    recording = recording_from_raw(with_streams(RAW, insole_left=keep(LEFT, rows), insole_right=twin))
    assert "sent the very same counts" in str(recording.provenance["doubt"])


@pytest.mark.parametrize("seconds", [0.006, 0.016])
def test_an_insole_whose_frames_arrive_late_is_told(seconds: float) -> None:
    assert "arrived late" in doubts_of(with_streams(RAW, insole_left=late(LEFT, seconds)))


@pytest.mark.parametrize("seconds", [0.05, -0.03])
def test_a_plate_beyond_the_search_is_told(seconds: float) -> None:
    assert "arrived late" in doubts_of(with_streams(RAW, plate=late(PLATE, seconds)))


def test_delays_within_what_clocks_do_are_no_doubt() -> None:
    def told(left_s: float, right_s: float) -> bool:
        delays = {"left": left_s, "right": right_s}
        return timing_doubt(PlateTiming(order=4, known=True, delay_s=delays)) is not None

    assert not told(-0.0007, 0.0016)
    assert told(-0.0015, 0.0016)
    assert told(0.0052, 0.0052)


@pytest.mark.parametrize(("factors", "told"), [((1.0, 1.0), 0), ((1.2, 1.2), 2), ((1.2, 1.0), 0), ((1.4, 1.0), 1)])
def test_a_plate_that_contradicts_calibrated_insoles_is_told(factors: tuple[float, float], told: int) -> None:
    made = jump(1, gain=1.0)
    says = InsoleShape(made.shape_n, np.isnan(made.shape_n), np.zeros(len(made.shape_n)))
    ready, shapes, insoles = {}, {}, {}
    stream = recording_from_raw(RAW).streams["insole_left"]
    for side, factor in zip(("left", "right"), factors, strict=True):
        cells = [dataclasses.replace(cell, force_n=factor * cell.force_n) for cell in made.cells]
        ready[side] = prepared(made.times_s, says, cells, STILL, calibrated=True)
        shapes[side], insoles[side] = says, dataclasses.replace(stream, sensor=WORN)
    assert len(scale_doubts(ready, shapes, insoles)) == told


def test_left_against_right_is_less_known_where_only_arrivals_told_the_clocks() -> None:
    streams = recording_from_raw(RAW).streams
    feet = [streams["insole_left"], streams["insole_right"]]
    by_pings = [
        dataclasses.replace(
            one, clock=dataclasses.replace(one.clock, source="least delayed arrivals and 9 ping round trips")
        )
        for one in feet
    ]
    assert feet_apart_sd_s(feet, on_plate=True) == pytest.approx(0.0017, abs=0.0005)
    assert feet_apart_sd_s(feet, on_plate=False) == pytest.approx(0.0047, abs=0.0005)
    assert feet_apart_sd_s(by_pings, on_plate=True) < 0.001
