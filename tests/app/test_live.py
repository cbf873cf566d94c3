"""The live view ends a trial when the person has landed and stands, and never before."""

from __future__ import annotations

import dataclasses
import functools
from typing import ClassVar

import numpy as np
import pytest

from landing_lab.app.boards.scenes import acted_trial
from landing_lab.app.live.insole import ForceTable
from landing_lab.app.live.trial import LiveTrial, Stage
from landing_lab.app.record.gates import of_result
from landing_lab.app.record.protocols import protocol_of
from landing_lab.calibrate.convert import counts_to_newton
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.errors import ParameterError
from landing_lab.metrics.analyse import analyse
from landing_lab.model.blocks import FloatArray, FrameBlock
from landing_lab.model.calibration import InsoleCalibration
from landing_lab.model.device import Arrival
from landing_lab.model.raw import RawRecording, RawStream
from landing_lab.sim.contact import FINE_STEP_S
from landing_lab.sim.devices import SimulatedScene, demo_bodies, drop_jump_scene, sense, trial_scene
from landing_lab.sim.scene import Part, Scene, join, jump_scene, stand

NAMES = ("insole_left", "insole_right", "plate")


def play(
    scene: SimulatedScene, live: LiveTrial, *, step_s: float = 0.02, from_s: float = 0.0
) -> tuple[float | None, list[Stage]]:
    """Feed a scene in steps of time; the time at which it was complete, and the stages seen."""
    for name, device in zip(NAMES, scene.devices, strict=True):
        live.follow(name, device.info)
    stages: list[Stage] = []
    for start in np.arange(from_s, scene.duration_s, step_s):
        for name, device in zip(NAMES, scene.devices, strict=True):
            f = device.frames
            rows = slice(*np.searchsorted(f.ticks_us, [start * 1e6, (start + step_s) * 1e6]))
            channel = None if f.channel is None else f.channel[rows]
            block = FrameBlock(f.sequence[rows], f.ticks_us[rows], f.counts[rows], channel, f.flags[rows])
            complete = live.on_arrival(name, Arrival(float(start + step_s), block))
            if live.stage not in stages:
                stages.append(live.stage)
            if complete:
                return float(start + step_s), stages
    return None, stages


@functools.cache
def drop_jump(number: int) -> SimulatedScene:
    return trial_scene(demo_bodies(3, seed=5)[number], seed=5, session=number)


@functools.cache
def countermovement_jump() -> tuple[SimulatedScene, float]:
    """Empty plates, stepping on, standing, a countermovement jump, standing; and the instant of landing."""
    body = demo_bodies(1, seed=5)[0]
    rng = np.random.default_rng(2)
    before, after = stand(body, 3.0, rng), stand(body, 6.0, rng)
    weight = float(before.plate_n.sum(axis=1).mean())
    time_s = np.arange(0.0, 1.45, FINE_STEP_S)
    dip = 1.0 - 0.6 * np.sin(np.pi * np.clip(time_s / 0.3, 0.0, 1.0))
    push = np.where(time_s > 0.3, 1.0 + 1.25 * np.sin(np.pi * np.clip((time_s - 0.3) / 0.4, 0.0, 1.0)), dip)
    peak = 1.0 + 2.0 * np.sin(np.pi * np.clip((time_s - 1.2) / 0.25, 0.0, 1.0))
    total = weight * np.where(time_s < 0.7, push, np.where(time_s < 1.2, 0.0, peak))
    jump = _like(before, total)
    empty = _like(before, np.zeros(20_000))
    step_on = _like(before, weight * np.linspace(0.0, 1.0, 5_000))
    scene = Scene(part=join([empty, step_on, before, jump, after]), truths=(), start_s=())
    return sense(scene, seed=5), 2.0 + 0.5 + 3.0 + 1.2


def _like(part: Part, total_n: FloatArray) -> Part:
    """A part in which both feet share this force."""
    feet = np.repeat(0.5 * total_n[:, None], 2, axis=1)
    rows = len(total_n) // 10
    return dataclasses.replace(
        part, plate_n=feet, insole_n=feet, cop=np.resize(part.cop[:1], (rows, 2, 2)),
        place_mm=np.resize(part.place_mm[:1], (rows, 2, 2)),
    )  # fmt: skip


@functools.cache
def single_leg_drop_jump() -> SimulatedScene:
    """Everything on the left foot, also the standing."""
    scene = jump_scene([demo_bodies(1, seed=5)[0]], seed=5, stand_s=2.0)
    part = scene.part
    plate, insole = np.zeros_like(part.plate_n), np.zeros_like(part.insole_n)
    plate[:, 0], insole[:, 0] = part.plate_n.sum(axis=1), part.insole_n.sum(axis=1)
    return sense(dataclasses.replace(scene, part=dataclasses.replace(part, plate_n=plate, insole_n=insole)), seed=5)


@pytest.mark.parametrize("number", range(3))
def test_complete_three_seconds_after_the_landing(number: int) -> None:
    scene = drop_jump(number)
    live = LiveTrial()
    ended, stages = play(scene, live)
    landing = scene.truths[0].events["landing", "total"]
    assert ended is not None
    assert landing + 3.0 < ended < landing + 3.8
    # "landed" is not said at the first touchdown, but after the jump
    assert stages == ["boards", "stand", "weighed", "armed", "moving", "landed", "complete"]
    # on the box, drop jump, landing: each foot touches down at least twice after leaving the ground
    assert live.contacts >= 4
    assert live.touchdowns == 2
    assert live.problem is None
    weight_n = demo_bodies(3, seed=5)[number].mass_kg * 9.80665
    assert live.weight_n == pytest.approx(weight_n, rel=0.01)
    assert sum(live.feet_n.values()) == pytest.approx(weight_n, rel=0.02)


def test_an_athlete_who_is_on_the_box_from_the_beginning_is_followed() -> None:
    scene = drop_jump(0)
    landing = scene.truths[0].events["landing", "total"]
    live = LiveTrial()
    ended, stages = play(scene, live, from_s=4.0)
    assert ended is not None
    assert landing + 3.0 < ended < landing + 3.8
    assert stages[-3:] == ["moving", "landed", "complete"]
    # the next trial knows what empty plates read, and body weight
    following = live.next()
    again, stages = play(scene, following, from_s=4.0)
    assert again == pytest.approx(ended)
    assert stages == ["boards", "stand", "armed", "moving", "landed", "complete"]


class Noting(LiveTrial):
    """Notes every body weight it tells."""

    told: ClassVar[set[float]] = set()

    def on_arrival(self, name: str, arrival: Arrival) -> bool:
        complete = super().on_arrival(name, arrival)
        assert self.zero_known or not self.feet_n
        self.told.update(() if self.weight_n is None else (self.weight_n,))
        return complete


def test_no_body_weight_is_told_while_the_zero_still_comes_down() -> None:
    play(drop_jump(0), live := Noting())
    assert live.told
    assert min(live.told) == pytest.approx(demo_bodies(3, seed=5)[0].mass_kg * 9.80665, rel=0.03)


def test_a_jump_from_standing_arms_on_quiet_stance() -> None:
    scene, landing_s = countermovement_jump()
    live = LiveTrial(start="plates", n_touchdowns=1)
    ended, stages = play(scene, live)
    assert stages == ["boards", "stand", "armed", "moving", "landed", "complete"]
    assert ended is not None
    assert landing_s + 3.0 < ended < landing_s + 4.0


def test_a_jump_on_one_leg_is_followed_like_any_other() -> None:
    scene = single_leg_drop_jump()
    live = LiveTrial()
    ended, stages = play(scene, live)
    assert ended is not None
    assert stages[-3:] == ["moving", "landed", "complete"]
    assert live.feet == "left"
    assert live.feet_n["right"] < 60.0


def test_a_jump_on_one_leg_is_measured() -> None:
    scene = single_leg_drop_jump()
    streams = {
        name: RawStream(device.info, device.frames, device.frames.ticks_us * 1e-6)
        for name, device in zip(NAMES, scene.devices, strict=True)
    }
    trial = analyse(recording_from_raw(RawRecording(streams))).first
    true = scene.truths[0].metrics
    assert trial.task == "drop_jump"
    for name in ("contact_time_s", "flight_time_s"):
        row = trial.table.get(name)
        assert row is not None
        assert row.value == pytest.approx(true[name, "total"], abs=0.003)
    symmetry = trial.table.get("limb_symmetry_peak_0_100ms_pct")
    assert symmetry is not None
    assert symmetry.value is None
    assert {event.side for event in trial.events} == {"total", "left"}


def test_standing_alone_never_completes() -> None:
    scene = drop_jump(0)
    f = scene.devices[2].frames
    rows = slice(0, int(np.searchsorted(f.ticks_us, 1_500_000)))
    assert f.channel is not None
    live = LiveTrial()
    live.follow("plate", scene.devices[2].info)
    for turn in range(20):
        ticks = f.ticks_us[rows] + turn * 1_500_000
        block = FrameBlock(f.sequence[rows], ticks, f.counts[rows], f.channel[rows], f.flags[rows])
        assert not live.on_arrival("plate", Arrival(0.0, block))


def test_who_leaves_the_plates_at_once_ends_the_trial_with_a_reason() -> None:
    body = demo_bodies(1, seed=5)[0]
    scene = jump_scene([body], seed=5, stand_s=2.0)
    landing = scene.truths[0].events["landing", "total"]
    kept = round((landing + 1.5) / FINE_STEP_S / 10) * 10
    plate = scene.part.plate_n.copy()
    plate[kept:] = 0.0
    live = LiveTrial()
    left = sense(dataclasses.replace(scene, part=dataclasses.replace(scene.part, plate_n=plate)), seed=5)
    ended, _ = play(left, live)
    assert ended is not None
    assert live.problem is not None
    assert "left before" in live.problem


def test_a_push_before_stepping_up_is_no_drop() -> None:
    """Nobody knows yet what empty plates read: pushing off looks like arriving, until they really are empty."""
    scene = jump_scene([demo_bodies(1, seed=5)[0]], seed=5, stand_s=2.0)
    plate = scene.part.plate_n.copy()
    push = slice(round(1.4 / FINE_STEP_S), round(1.8 / FINE_STEP_S))
    plate[push] += 150.0
    pushed = sense(dataclasses.replace(scene, part=dataclasses.replace(scene.part, plate_n=plate)), seed=5)
    live = LiveTrial()
    ended, _ = play(pushed, live)
    landing = scene.truths[0].events["landing", "total"]
    assert ended is not None
    assert landing + 3.0 < ended < landing + 3.8
    assert live.touchdowns == 2


@pytest.mark.parametrize("calibrated", [False, True])
def test_the_live_force_of_an_insole_is_the_one_of_the_analysis(calibrated: bool) -> None:
    info = drop_jump_scene(n_trials=1, seed=1).devices[0].info
    n = info.n_channels
    calibration = InsoleCalibration(
        device_id=info.device_id,
        made_at="2026-03-01T00:00:00+00:00",
        method="on plate",
        software="test",
        n_cells=n,
        saturation_n=(40.0,) + (None,) * (n - 1),
        force_sd_fraction=0.1,
        zero_s=(1e-6,) * n,
        exponent=(1.1,) * n,
        weight_n=tuple(1.0 + cell for cell in range(n)),
    )
    chosen = calibration if calibrated else None
    counts = np.random.default_rng(1).integers(0, 1200, (300, n)).astype(np.int32)
    analysed = counts_to_newton(info, chosen)(counts).sum(axis=1)
    np.testing.assert_allclose(ForceTable.of(info, chosen).total_n(counts), analysed, rtol=1e-12)


@pytest.mark.parametrize(
    "name",
    ["drop_jump", "drop_landing", "countermovement_jump", "single_leg_drop_jump_left", "single_leg_drop_landing_right"],
)
def test_a_trial_of_the_protocol_is_acted_out(name: str) -> None:
    protocol = protocol_of(name)
    scene = acted_trial(protocol.task, start=protocol.start, leg=protocol.leg, alive_s=1.0)
    live = LiveTrial(start=protocol.start, n_touchdowns=protocol.n_touchdowns)
    ended_s, _ = play(scene, live)
    assert ended_s is not None
    streams = {
        stream: RawStream(device.info, device.frames, device.frames.ticks_us * 1e-6)
        for stream, device in zip(NAMES, scene.devices, strict=True)
    }
    trials = analyse(recording_from_raw(RawRecording(streams))).trials
    assert [trial.task for trial in trials] == [protocol.task]
    assert not [one for one in of_result(trials, protocol, live, "complete") if one.level == "stop"]


def test_boards_stay_alive_after_their_trial() -> None:
    scene = acted_trial("drop_jump", start="box", leg="both", alive_s=30.0)
    for device in scene.devices:
        ticks = device.frames.ticks_us
        assert ticks[-1] * 1e-6 > scene.duration_s + 29.0
        assert (ticks[1:] >= ticks[:-1]).all()
        assert (device.frames.sequence[1:] - device.frames.sequence[:-1] == 1).all()


def test_what_cannot_be_acted_out_is_refused_at_once() -> None:
    with pytest.raises(ParameterError, match="cannot act out a squat jump"):
        acted_trial("squat_jump", start="plates", leg="both", alive_s=1.0)
