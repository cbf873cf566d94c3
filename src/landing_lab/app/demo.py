"""`landing-lab demo`: the whole way, from simulated boards behind real serial ports to a report."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from landing_lab.app.analyse.document import analysis_document
from landing_lab.app.analyse.outputs import write_outputs
from landing_lab.app.boards.links import SILENCE_S, emulator, opened, transport
from landing_lab.app.boards.simulate import check_speed
from landing_lab.app.boards.table import print_devices
from landing_lab.app.demo_trial import RecordedTrial, progress_line, record_and_analyse, warm_up
from landing_lab.app.invocation import command_name
from landing_lab.errors import RecordingError
from landing_lab.model.channels import Side
from landing_lab.model.device import DeviceInfo
from landing_lab.model.result import TrialResult
from landing_lab.report.rows import Truth
from landing_lab.sim.devices import SimulatedScene, demo_bodies, trial_scene

N_TRIALS = 3
OPEN_TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class _Played:
    recorded: RecordedTrial
    boards: list[tuple[str, DeviceInfo]]


def run_demo(out: Path | None, *, speed: float, seed: int) -> None:
    """Record and analyse three simulated drop jumps, write the report, print measured beside true values."""
    check_speed(speed)
    started = time.monotonic()
    folder = _free_folder(out)
    print("landing-lab demo: three simulated drop jumps over real serial links.")
    print("Getting ready (the first run compiles the detector) ...")
    warm_up()
    bodies = demo_bodies(N_TRIALS, seed=seed)
    scenes = [trial_scene(body, seed=seed, session=session) for session, body in enumerate(bodies)]
    played: list[_Played] = []
    for number, scene in enumerate(scenes, start=1):
        played.append(_play(scene, folder, number, speed=speed))
        print(f"Trial {number} of {N_TRIALS}: recorded ({played[-1].recorded.file.ended})")
    trials = [trial.recorded.result.first for trial in played]
    truth = [_by_name(scene.truths[0].metrics) for scene in scenes]
    truths = [scene.truths[0].as_dict() for scene in scenes]
    session = {
        "boards": ", ".join(f"{info.kind} {info.device_id}" for _, info in played[0].boards),
        "simulated": f"yes, seed {seed}, played {speed:g} times faster than real time",
    }
    document = analysis_document(trials, simulation_truth=truths)
    written = write_outputs(trials, document, folder, truth=truth, session=session)
    _say(trials, truth, [*[trial.recorded.file.path for trial in played], *written], folder, started)


def _free_folder(out: Path | None) -> Path:
    """The wanted folder, or the next free name after landing-lab-demo; recordings are never overwritten."""
    if out is not None:
        if (out / "raw").exists():
            raise RecordingError(f"{out} already holds recordings, which are never overwritten; choose another --out")
        return out
    folder, number = Path("landing-lab-demo"), 1
    while folder.exists():
        number += 1
        folder = Path(f"landing-lab-demo-{number}")
    return folder


def _play(scene: SimulatedScene, folder: Path, number: int, *, speed: float) -> _Played:
    """One scene behind fresh endpoints, found, identified and recorded by the normal driver.

    The host clock runs at the speed of the scene, so that device and host time mean the same.
    """
    server = emulator()(scene.devices, speed=speed)
    try:
        reach = transport(clock=lambda: time.monotonic() * speed, silence_s=SILENCE_S * speed)
        with opened(reach, server.urls, timeout_s=OPEN_TIMEOUT_S) as links:
            boards = [(link.url, link.info) for link in links]
            if number == 1:
                print_devices(boards)
            with progress_line() as show:
                recorded = record_and_analyse(
                    links,
                    folder / "raw" / f"trial-{number:02d}.xdf",
                    label=f"Trial {number} of {N_TRIALS}",
                    show=show,
                    metadata={"participant": "simulated", "protocol": "drop jump", "simulated": True},
                    max_duration_s=scene.duration_s / speed + 5.0,
                )
            return _Played(recorded, boards)
    finally:
        server.close()


def _by_name(metrics: Mapping[tuple[str, Side], float]) -> Truth:
    """The simulation's truth with plain names, as the report takes it."""
    return {(name, str(side)): value for (name, side), value in metrics.items()}


def _say(
    trials: Sequence[TrialResult], truth: Sequence[Truth], written: Sequence[Path], folder: Path, started: float
) -> None:
    from landing_lab.report.terminal import print_trials

    print_trials(trials, truth=truth)
    print(f"Done in {time.monotonic() - started:.0f} s. Written:")
    for path in written:
        print(f"  {path}")
    name = command_name()
    print("Next, try:")
    print(f"  1. open {folder / 'report.html'} in a browser")
    print(f"  2. {name} analyse {folder / 'raw' / 'trial-01.xdf'}      (the same numbers, from the raw file alone)")
    print(f"  3. {name} record --sim --trials 2      (a session as in a lab, trial by trial)")
