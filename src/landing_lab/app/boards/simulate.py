"""`landing-lab simulate`: simulated boards behind real endpoints."""

from __future__ import annotations

import shlex
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landing_lab.app.boards.links import emulator
from landing_lab.app.invocation import command_name
from landing_lab.errors import ParameterError
from landing_lab.model.device import EmulatorServer, SimulatedDevice
from landing_lab.sim.link import LinkFaults

BOARDS = ("insole_left", "insole_right", "plate")
"""Names of the boards of every simulated scene, in its order."""

NEXT: Final = {"calibration": "calibrate insole"}
"""Scene -> the command that it is made for; all others are recorded."""


def check_speed(speed: float) -> None:
    """Refuse a playing speed that this machine or the clock fit cannot follow."""
    if not 0.1 <= speed <= 20.0:
        raise ParameterError(f"--speed {speed:g} is outside 0.1-20; 1 plays in real time")


LONGEST_JITTER_MS = 10_000.0
LONGEST_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulateSettings:
    """What boards play, what goes wrong, and how they are reached; see the options of the command."""

    speed: float = 1.0
    seed: int = 1
    scene: str = "drop-jump"
    layout: str | None = None
    tcp: bool = False
    link_dir: Path | None = None
    clock_ppm: float | None = None
    faults: LinkFaults
    faulty: str | None = None

    def __post_init__(self) -> None:
        faults = self.faults
        if self.faulty is not None and self.faulty not in BOARDS:
            raise ParameterError(f"there is no board {self.faulty!r}; choose one of {', '.join(BOARDS)}")
        if self.faulty is not None and faults == LinkFaults(seed=faults.seed):
            raise ParameterError(
                f"--faults-on {self.faulty} comes without a fault; add --lose, --corrupt, --jitter-ms or --unplug-after"
            )
        if faults.return_after_s is not None and faults.unplug_after_s is None:
            raise ParameterError("--return-after plugs in what --unplug-after pulled; give that too")
        if faults.jitter_ms > LONGEST_JITTER_MS:
            raise ParameterError(f"--jitter-ms {faults.jitter_ms:g} is outside 0-{LONGEST_JITTER_MS:g}")
        for option, seconds in (("unplug", faults.unplug_after_s), ("return", faults.return_after_s)):
            if seconds is not None and seconds > LONGEST_S:
                raise ParameterError(f"--{option}-after {seconds:g} is outside 0-{LONGEST_S:g} s, which is a day")


def run_simulate_devices(settings: SimulateSettings, *, as_json: bool) -> int:
    """Serve two insoles and a plate until interrupted; prints one address per board."""
    check_speed(settings.speed)
    from landing_lab.app.boards.scenes import make_scene
    from landing_lab.io.layout_files import layout_named

    layout = None if settings.layout is None else layout_named(settings.layout)
    scene = make_scene(settings.scene, seed=settings.seed, clock_ppm=settings.clock_ppm, layout=layout)
    faults = [settings.faults if settings.faulty in (None, name) else LinkFaults() for name in BOARDS]
    _make_folder(settings.link_dir)
    # A supervisor's request to end is treated like Ctrl-C, so that no name is left pointing at nothing.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = emulator()(
        scene.devices, speed=settings.speed, loop=True, faults=faults, tcp=settings.tcp or None,
        link_dir=settings.link_dir,
    )  # fmt: skip
    try:
        if as_json:
            _print_json(settings, server, scene.devices)
        else:
            _print_words(settings.scene, server, scene.devices, settings.layout)
        sys.stdout.flush()
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return 0
    finally:
        server.close()
        signal.signal(signal.SIGTERM, before)


def _make_folder(folder: Path | None) -> None:
    try:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ParameterError(f"--link-dir {folder} cannot be made ({error.strerror}); name another folder") from error


def _print_json(settings: SimulateSettings, server: EmulatorServer, devices: Sequence[SimulatedDevice]) -> None:
    from landing_lab.io.write import json_text

    boards = [
        {"port": url, "name": name, "kind": one.info.kind, "id": one.info.device_id, "placement": one.info.placement}
        for url, name, one in zip(server.urls, BOARDS, devices, strict=True)
    ]
    document = {"devices": boards, "speed": settings.speed, "seed": settings.seed, "scene": settings.scene}
    sys.stdout.write(json_text(document))


def _print_words(scene: str, server: EmulatorServer, devices: Sequence[SimulatedDevice], layout: str | None) -> None:
    for url, name, device in zip(server.urls, BOARDS, devices, strict=True):
        print(f"{url}  {name}: {device.info.kind} {device.info.device_id}")
    ports = " ".join(f"--port {url}" for url in server.urls)
    told = "" if layout is None else f" --insole-layout {shlex.quote(layout)}"
    print(f"Try in another terminal: {command_name()} {NEXT.get(scene, 'record')} {ports}{told}")
    print(f"or see them with: {command_name()} devices {ports}")
    if scene == "calibration":
        print(f"Nobody puts masses on this plate; to practise that: {command_name()} calibrate plate --sim")
    print("Serving until interrupted (Ctrl-C).")
