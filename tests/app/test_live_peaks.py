"""The peak of each foot is told while the person still stands on the plates, and only by calibrated boards."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import landing_lab as ll
from landing_lab.app.live.trial import LiveTrial
from landing_lab.calibrate.applied import applied_calibration
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import Arrival
from landing_lab.model.raw import RawRecording, RawStream
from landing_lab.sim.from_force import SensedRecording, sensed_recording


@functools.cache
def drop_jump() -> SensedRecording:
    samples = ll.simulate_drop_jump(seed=2).recording.streams["force"].samples
    force = np.maximum(samples[:, :2], 0.0)
    force[force.sum(axis=1) < 30.0] = 0.0
    return sensed_recording(force, 1000.0, seed=4)


def part(stream: RawStream, from_s: float, to_s: float) -> Arrival | None:
    """What arrived between two host times; None where nothing did."""
    rows = slice(*np.searchsorted(stream.arrival_s, [from_s, to_s]))
    if rows.start == rows.stop:
        return None
    f = stream.frames
    channel = None if f.channel is None else f.channel[rows]
    block = FrameBlock(f.sequence[rows], f.ticks_us[rows], f.counts[rows], channel, f.flags[rows])
    return Arrival(float(stream.arrival_s[rows.stop - 1]), block)


def peaks_while_played(raw: RawRecording, without: str = "") -> list[tuple[float, dict[str, float]]]:
    """Whenever the peaks change: host time, and side -> newton; one board without its calibration."""
    live = LiveTrial()
    for name, stream in raw.streams.items():
        calibration = applied_calibration(stream.info, raw).calibration
        live.follow(name, stream.info, None if name == without else calibration)
    begin = min(float(stream.arrival_s[0]) for stream in raw.streams.values())
    stop = max(float(stream.arrival_s[-1]) for stream in raw.streams.values())
    changes: list[tuple[float, dict[str, float]]] = []
    for start in np.arange(begin, stop, 0.02).tolist():
        for name, stream in raw.streams.items():
            arrival = part(stream, start, start + 0.02)
            if arrival is not None:
                live.on_arrival(name, arrival)
        now = {str(side): peak.force_n for side, peak in live.peaks.last.items()}
        if now and (not changes or now != changes[-1][1]):
            changes.append((start + 0.02, now))
    return changes


def test_peaks_are_there_soon_after_each_landing() -> None:
    made = drop_jump()
    changes = peaks_while_played(made.raw)
    assert changes
    for column, side in enumerate(("left", "right")):
        true = made.truth.force_n[:, column]
        rises = np.flatnonzero((true[1:] > 20.0) & (true[:-1] <= 20.0))
        landings = [rise for rise in rises if true[max(0, rise - 100) : rise].max(initial=0.0) <= 20.0]
        told = list(dict.fromkeys(found[side] for _, found in changes if side in found))
        assert len(told) == len(landings) == 2
        for peak, rise in zip(told, landings, strict=True):
            assert peak == pytest.approx(true[rise : rise + 250].max(), rel=0.06)
    last_touchdown_s = float(made.truth.time_s[landings[-1]])
    zero = min(float(stream.arrival_s[0]) for stream in made.raw.streams.values())
    assert changes[-1][0] - zero - last_touchdown_s < 0.4


@pytest.mark.parametrize("without", ["plate", "insole_left"])
def test_a_board_without_calibration_tells_nothing(without: str) -> None:
    sides = {side for _, found in peaks_while_played(drop_jump().raw, without) for side in found}
    assert sides == (set() if without == "plate" else {"right"})
