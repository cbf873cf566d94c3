"""Saturated, stuck, open and drifting channels are named; sound boards are left alone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from fuse.scenes import changed, raw_of, scene_of, with_streams
from landing_lab.calibrate import channels
from landing_lab.calibrate.channels import channel_faults
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.metrics.analyse import analyse
from landing_lab.model import nominal
from landing_lab.model.blocks import FLAG_SATURATED, FrameBlock
from landing_lab.model.raw import RawStream

SCENE = scene_of(7)
RAW = raw_of(SCENE)
LEFT, PLATE = RAW.streams["insole_left"], RAW.streams["plate"]


def faults(stream: RawStream) -> list[tuple[str, str]]:
    return [(fault.name, fault.kind) for fault in channel_faults(stream.info, stream.frames)]


def with_channel(stream: RawStream, channel: int, values: np.ndarray | float) -> RawStream:
    """The stream with other counts in one channel."""
    counts = stream.frames.counts.copy()
    mine = slice(None) if stream.frames.channel is None else stream.frames.channel == channel
    counts[mine, channel] = values
    return changed(stream, counts=counts)


def cut(frames: FrameBlock, start_s: float, stop_s: float) -> FrameBlock:
    inside = (frames.ticks_us >= start_s * 1e6) & (frames.ticks_us < stop_s * 1e6)
    return FrameBlock(
        sequence=frames.sequence[inside],
        ticks_us=frames.ticks_us[inside],
        counts=frames.counts[inside],
        channel=None if frames.channel is None else frames.channel[inside],
        flags=frames.flags[inside],
    )


def test_sound_boards_have_no_faults_whole_or_in_pieces() -> None:
    for seed in (1, 2):
        for stream in raw_of(scene_of(seed)).streams.values():
            assert faults(stream) == []
            for start_s in range(0, 9, 2):
                assert channel_faults(stream.info, cut(stream.frames, start_s, start_s + 2.0)) == ()


@pytest.mark.parametrize(("level", "kind"), [(0, "open"), (2, "open"), (300, "stuck"), (1023, "saturated")])
def test_an_insole_cell_that_does_not_measure_is_named(level: int, kind: str) -> None:
    assert faults(with_channel(LEFT, 5, level)) == [("fore_medial", kind)]


def test_an_insole_cell_whose_zero_moves_is_named() -> None:
    seconds = (LEFT.frames.ticks_us - LEFT.frames.ticks_us[0]) * 1e-6
    moved = np.clip(LEFT.frames.counts[:, 1] + np.where(seconds > 0.5 * seconds[-1], 150, 0), 0, 1022)
    both_in_air = cut(LEFT.frames, 0.0, 100.0)
    air = np.concatenate([both_in_air.counts[:0], np.zeros((1500, 8), dtype=np.int32), both_in_air.counts])
    air[:1500] = both_in_air.counts.min(axis=0)
    air[-1500:] = both_in_air.counts.min(axis=0)
    air[1500:, 1] = moved
    air[-1500:, 1] = moved.min() + 150
    air[:, 5] += np.random.default_rng(4).integers(0, 2, len(air), dtype=np.int32)  # a converter that runs
    n = len(air)
    frames = FrameBlock(np.arange(n), np.arange(n) * 1000, air, None, np.zeros(n, dtype=np.int64))
    assert [(one.name, one.kind) for one in channel_faults(LEFT.info, frames)] == [("rear_medial", "drifting")]


def test_load_cells_that_do_not_measure_are_named() -> None:
    own = PLATE.frames.channel == 2
    flags = np.where(own, PLATE.frames.flags | FLAG_SATURATED, PLATE.frames.flags)
    assert faults(changed(PLATE, flags=flags)) == [("cell_3", "saturated")]
    assert faults(with_channel(PLATE, 2, nominal.HX711_HIGHEST_COUNT)) == [("cell_3", "saturated")]
    assert faults(with_channel(PLATE, 2, 12_345)) == [("cell_3", "stuck")]
    noise = np.random.default_rng(1).normal(5000.0, 300.0, int(own.sum())).round()
    assert faults(with_channel(PLATE, 2, noise)) == [("cell_3", "open")]


def test_a_load_cell_that_creeps_away_is_named_and_a_standing_person_is_not() -> None:
    empty = np.random.default_rng(2).normal(0.0, 300.0, (800, 4)).round()
    person = empty.copy()
    person[400:] += 0.25 * 700.0 * nominal.HX711_COUNTS_PER_N
    creeping = empty.copy()
    creeping[:, 1] += np.linspace(0.0, 40.0, 800) * nominal.HX711_COUNTS_PER_N
    info = dataclasses.replace(PLATE.info, n_channels=4, placement="left")
    for counts, expected in ((empty, []), (person, []), (creeping, [("cell_2", "drifting")])):
        channel = np.tile(np.arange(4), 800)
        full = np.zeros((3200, 4), dtype=np.int32)
        full[np.arange(3200), channel] = counts.ravel()
        frames = FrameBlock(np.arange(3200), np.arange(3200) * 3125, full, channel, np.zeros(3200, dtype=np.int64))
        assert [(one.name, one.kind) for one in channel_faults(info, frames)] == expected


def test_somebody_who_arrives_in_the_middle_of_a_part_moves_no_empty_level() -> None:
    readings, parts = 400, channels.EMPTY_BLOCKS
    counts = np.random.default_rng(3).normal(0.0, 300.0, (readings, 4)).round()
    arrives = 10 * readings // parts + readings // parts // 2 + 1
    for cell in range(4):  # by chance the middle reading of one cell is loaded, those of the others are not
        counts[arrives - 2 * (cell == 1) :, cell] += 177.0 * nominal.HX711_COUNTS_PER_N
    channel = np.tile(np.arange(4), readings)
    full = np.zeros((4 * readings, 4), dtype=np.int32)
    full[np.arange(4 * readings), channel] = counts.ravel()
    ticks = np.arange(4 * readings)
    frames = FrameBlock(ticks, ticks * 3125, full, channel, np.zeros(4 * readings, dtype=np.int64))
    info = dataclasses.replace(PLATE.info, n_channels=4, placement="left")
    assert channel_faults(info, frames) == ()


def test_a_fault_is_a_note_and_flags_what_rests_on_that_force() -> None:
    recording = recording_from_raw(with_streams(RAW, plate=with_channel(PLATE, 2, 12_345)))
    assert any("cell_3 of SIM-PLT repeats one value" in note for note in recording.notes)
    weight = analyse(recording).first.table.get("body_weight_n")
    assert weight is not None
    assert "cell_3 of SIM-PLT" in str(weight.reason)


def test_too_little_tells_nothing() -> None:
    assert channel_faults(LEFT.info, cut(LEFT.frames, 0.0, 0.1)) == ()
    assert channel_faults(PLATE.info, cut(PLATE.frames, 0.0, 0.05)) == ()


def test_a_load_cell_that_sticks_in_the_middle_is_named() -> None:
    own = np.flatnonzero(PLATE.frames.channel == 2)
    counts = PLATE.frames.counts.copy()
    counts[own[len(own) // 2 :], 2] = counts[own[len(own) // 2], 2]
    assert faults(changed(PLATE, counts=counts)) == [("cell_3", "stuck")]
    counts = PLATE.frames.counts.copy()
    counts[own[100:110], 2] = counts[own[100], 2]
    assert faults(changed(PLATE, counts=counts)) == []


@pytest.mark.parametrize("held", [True, False])
def test_an_insole_cell_that_fails_in_the_contact_is_named(held: bool) -> None:
    counts = LEFT.frames.counts.copy()
    take_off = SCENE.truths[0].events["take_off", "total"]
    fails = int(np.argmax(LEFT.frames.ticks_us * 1e-6 > take_off - 0.1))
    counts[fails:, 2] = max(50, counts[fails, 2]) if held else 0
    assert faults(changed(LEFT, counts=counts)) == [("rear_lateral", "stuck")]


def test_tops_that_are_cut_off_below_the_end_of_the_range_are_named() -> None:
    level = int(np.percentile(LEFT.frames.counts.max(axis=0), 30.0))
    found = faults(changed(LEFT, counts=np.minimum(LEFT.frames.counts, level)))
    assert len(found) >= 4
    assert {kind for _, kind in found} == {"saturated"}


def test_a_frozen_insole_is_missing_and_a_constant_one_is_absent() -> None:
    counts = LEFT.frames.counts.copy()
    peak = int(np.argmax(counts.sum(axis=1)))
    counts[peak:] = counts[peak]
    recording = recording_from_raw(with_streams(RAW, insole_left=changed(LEFT, counts=counts)))
    samples = recording.streams["insole_left"].samples
    assert np.isnan(samples[peak:]).all()
    assert np.isfinite(samples[:peak]).all()
    assert any("stands still from" in note for note in recording.notes)
    constant = changed(LEFT, counts=np.full_like(counts, 512))
    right = changed(RAW.streams["insole_right"], counts=np.full_like(RAW.streams["insole_right"].frames.counts, 512))
    row = analyse(recording_from_raw(with_streams(RAW, insole_left=constant, insole_right=right))).first.table.get(
        "contact_time_s"
    )
    assert row is not None
    assert row.status == "refused"


def test_a_load_cell_with_turned_wires_is_named() -> None:
    own = PLATE.frames.channel == 2
    turned = with_channel(PLATE, 2, -PLATE.frames.counts[own, 2])
    recording = recording_from_raw(with_streams(RAW, plate=turned))
    assert any("cell_3 of SIM-PLT falls where the others" in note for note in recording.notes)
    assert not any("falls where" in note for note in recording_from_raw(RAW).notes)


def test_a_heel_that_is_silent_in_a_push_off_is_no_fault() -> None:
    scans = np.arange(len(LEFT.frames))
    for stop in scans[400::150].tolist():  # wherever a look while recording happens to end
        seen = slice(max(0, stop - 2000), stop)
        frames = FrameBlock(
            scans[seen], LEFT.frames.ticks_us[seen], LEFT.frames.counts[seen], None, LEFT.frames.flags[seen]
        )
        assert channel_faults(LEFT.info, frames) == (), stop
