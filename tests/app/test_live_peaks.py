"""The peak of each foot is told while the person still stands on the plates, and only by calibrated boards."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.app.live.trial import LiveTrial
from landing_lab.calibrate.applied import applied_calibration
from landing_lab.detect.live_peak import LivePeak
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import Arrival
from landing_lab.model.raw import RawRecording, RawStream
from landing_lab.sim.from_force import SensedRecording, sensed_recording


@functools.cache
def drop_jump(body: int = 2, seed: int = 4) -> SensedRecording:
    samples = ll.simulate_drop_jump(seed=body).recording.streams["force"].samples
    force = np.maximum(samples[:, :2], 0.0)
    force[force.sum(axis=1) < 30.0] = 0.0
    return sensed_recording(force, 1000.0, seed=seed)


def part(stream: RawStream, from_s: float, to_s: float) -> Arrival | None:
    """What arrived between two host times; None where nothing did."""
    rows = slice(*np.searchsorted(stream.arrival_s, [from_s, to_s]))
    if rows.start == rows.stop:
        return None
    f = stream.frames
    channel = None if f.channel is None else f.channel[rows]
    block = FrameBlock(f.sequence[rows], f.ticks_us[rows], f.counts[rows], channel, f.flags[rows])
    return Arrival(float(stream.arrival_s[rows.stop - 1]), block)


def peaks_while_played(
    raw: RawRecording, without: str = "", doubt: str | None = None
) -> list[tuple[float, dict[str, LivePeak]]]:
    """Whenever the peaks change: host time, and side -> peak; one board without its calibration, all in doubt."""
    live = LiveTrial()
    for name, stream in raw.streams.items():
        calibration = applied_calibration(stream.info, raw).calibration
        live.follow(name, stream.info, None if name == without else calibration, doubt=doubt)
    begin = min(float(stream.arrival_s[0]) for stream in raw.streams.values())
    stop = max(float(stream.arrival_s[-1]) for stream in raw.streams.values())
    changes: list[tuple[float, dict[str, LivePeak]]] = []
    for start in np.arange(begin, stop, 0.02).tolist():
        for name, stream in raw.streams.items():
            arrival = part(stream, start, start + 0.02)
            if arrival is not None:
                live.on_arrival(name, arrival)
        now = {str(side): peak for side, peak in live.peaks.last.items()}
        if now and (not changes or now != changes[-1][1]):
            changes.append((start + 0.02, now))
    return changes


@functools.cache
def played(body: int, seed: int) -> list[tuple[float, dict[str, LivePeak]]]:
    return peaks_while_played(drop_jump(body, seed).raw)


def landings(made: SensedRecording, column: int) -> list[tuple[int, float]]:
    """Sample of the touchdown and true peak of each landing of a foot."""
    true = made.truth.force_n[:, column]
    rises = np.flatnonzero((true[1:] > 20.0) & (true[:-1] <= 20.0)).tolist()
    found = [rise for rise in rises if true[max(0, rise - 100) : rise].max(initial=0.0) <= 20.0]
    return [(rise, float(true[rise : rise + 250].max())) for rise in found]


def test_peaks_are_there_soon_after_each_landing() -> None:
    made, changes = drop_jump(), played(2, 4)
    assert changes
    for column, side in enumerate(("left", "right")):
        told = list(dict.fromkeys(found[side] for _, found in changes if side in found))
        true = landings(made, column)
        assert len(told) == len(true) == 2
        for peak, (_, true_n) in zip(told, true, strict=True):
            assert peak.force_n == pytest.approx(true_n, rel=0.03)
            assert peak.doubt is None
    last_touchdown_s = float(made.truth.time_s[true[-1][0]])
    zero = min(float(stream.arrival_s[0]) for stream in made.raw.streams.values())
    assert changes[-1][0] - zero - last_touchdown_s < 0.4


@pytest.mark.long
def test_the_sd_says_how_far_off_a_live_peak_is() -> None:
    off = []
    for body, seed in ((2, 4), (3, 5), (4, 6), (5, 7), (6, 8)):
        for column, side in enumerate(("left", "right")):
            told = list(dict.fromkeys(found[side] for _, found in played(body, seed) if side in found))
            for peak, (_, true_n) in zip(told, landings(drop_jump(body, seed), column), strict=True):
                off.append(abs(peak.force_n - true_n) / peak.sd_n)
                assert peak.sd_n < 0.03 * peak.force_n
    assert len(off) == 20
    assert np.mean(np.array(off) <= 2.0) >= 0.9


def test_a_calibration_in_doubt_is_told_with_the_peak() -> None:
    told = peaks_while_played(drop_jump().raw, doubt="the calibration is old")
    assert {peak.doubt for _, found in told for peak in found.values()} == {"the calibration is old"}


@pytest.mark.parametrize("without", ["plate", "insole_left"])
def test_a_board_without_calibration_tells_nothing(without: str) -> None:
    sides = {side for _, found in peaks_while_played(drop_jump().raw, without) for side in found}
    assert sides == (set() if without == "plate" else {"right"})
