"""Forks a recorder of emulated boards per line of stdin, to be killed; says on stdout what each received.

Lines on stdout: "ready PID"; "got TRIAL STREAM FIRST_S LAST_S LAST_SEQUENCE" as soon as a link gave frames, before
anything is done with them; "done TRIAL STREAM N_FRAMES" once a trial is closed; "dead" after the recorder's end.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from landing_lab.acquire.session import record_trial, stream_names
from landing_lab.model.device import Arrival, DeviceLink, SimulatedDevice
from landing_lab.sim.devices import drop_jump_scene
from landing_lab_drivers.emulator import serve
from landing_lab_drivers.port import SerialTransport

N_TRIALS = 3
TRIAL_S = 0.25


def say(*words: object) -> None:
    # one write of less than a pipe's buffer: whole or not at all, also for the killed
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def tell_what_arrives(link: DeviceLink, name: str, trial: list[int]) -> None:
    """Report every frame at the moment at which the link hands it over."""
    poll = link.poll

    def told() -> list[Arrival]:
        arrivals = poll()
        if arrivals:
            last = arrivals[-1]
            say("got", trial[0], name, arrivals[0].time_s, last.time_s, int(last.frames.sequence[-1]))
        return arrivals

    link.poll = told  # type: ignore[method-assign]


def record(folder: Path, devices: tuple[SimulatedDevice, ...]) -> None:
    server = serve(devices, loop=True)
    links = [SerialTransport().open(url, timeout_s=5.0) for url in server.urls]
    trial = [0]
    for name, link in zip(stream_names(links), links, strict=True):
        tell_what_arrives(link, name, trial)
    say("ready", os.getpid())
    for trial[0] in range(N_TRIALS):
        frames = dict.fromkeys(stream_names(links), 0)
        before = {name: link.stats.frames for name, link in zip(frames, links, strict=True)}
        record_trial(
            links,
            folder / f"{trial[0]}.xdf",
            metadata={"participant": "P01"},
            on_arrival=lambda _name, _arrival: False,
            max_duration_s=TRIAL_S,
        )
        for name, link in zip(frames, links, strict=True):
            say("done", trial[0], name, link.stats.frames - before[name])


def main() -> None:
    devices = drop_jump_scene(n_trials=1, seed=1).devices
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            record(Path(line.strip()), devices)
            os._exit(0)
        os.waitpid(pid, 0)
        say("dead")


if __name__ == "__main__":
    main()
