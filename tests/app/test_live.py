"""The live view ends a trial when the person has landed and stands, and never before."""

from __future__ import annotations

import numpy as np

from landing_lab.app.live import LiveTrial
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import Arrival
from landing_lab.sim.devices import SimulatedScene, demo_bodies, trial_scene

NAMES = ("insole_left", "insole_right", "plate")


def play(scene: SimulatedScene, live: LiveTrial, *, step_s: float = 0.02) -> tuple[float | None, list[str]]:
    """Feed a scene in steps of time; the time at which it was complete, and the stages seen."""
    for name, device in zip(NAMES, scene.devices, strict=True):
        live.follow(name, device.info)
    stages: list[str] = []
    for start in np.arange(0.0, scene.duration_s, step_s):
        for name, device in zip(NAMES, scene.devices, strict=True):
            f = device.frames
            rows = slice(*np.searchsorted(f.ticks_us, [start * 1e6, (start + step_s) * 1e6]))
            channel = None if f.channel is None else f.channel[rows]
            block = FrameBlock(f.sequence[rows], f.ticks_us[rows], f.counts[rows], channel, f.flags[rows])
            if live.on_arrival(name, Arrival(float(start + step_s), block)):
                return float(start + step_s), stages
        if live.stage not in stages:
            stages.append(live.stage)
    return None, stages


def test_complete_three_seconds_after_the_landing() -> None:
    for number, body in enumerate(demo_bodies(3, seed=5)):
        scene = trial_scene(body, seed=5, session=number)
        live = LiveTrial()
        ended, stages = play(scene, live)
        landing = scene.truths[0].events["landing", "total"]
        assert ended is not None
        assert landing + 3.0 < ended < landing + 3.8
        assert [stage for stage in stages if stage != "jump"] == [
            "stand still on the plates",
            "step up onto the box",
            "plates empty: step off when ready",
            "landed: stand still",
        ]
        # "landed" is not said at the first touchdown, but after the jump
        assert stages.index("jump") < stages.index("landed: stand still")
        # on the box, drop jump, landing: each foot touches down at least twice after leaving the ground
        assert live.contacts >= 4


def test_standing_alone_never_completes() -> None:
    scene = trial_scene(demo_bodies(1, seed=6)[0], seed=6, session=0)
    cut = [np.searchsorted(device.frames.ticks_us, 1_500_000) for device in scene.devices]
    live = LiveTrial()
    live.follow("plate", scene.devices[2].info)
    f = scene.devices[2].frames
    for _ in range(20):
        rows = slice(0, cut[2])
        assert f.channel is not None
        block = FrameBlock(f.sequence[rows], f.ticks_us[rows], f.counts[rows], f.channel[rows], f.flags[rows])
        assert not live.on_arrival("plate", Arrival(0.0, block))
