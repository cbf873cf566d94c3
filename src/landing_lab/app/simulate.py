"""`landing-lab simulate`: simulated boards behind real endpoints."""

from __future__ import annotations

import sys
import time

from landing_lab.app.invocation import command_name
from landing_lab.app.links import emulator
from landing_lab.errors import ParameterError


def check_speed(speed: float) -> None:
    """Refuse a playing speed that this machine or the clock fit cannot follow."""
    if not 0.1 <= speed <= 20.0:
        raise ParameterError(f"--speed {speed:g} is outside 0.1-20; 1 plays in real time")


def run_simulate_devices(*, speed: float, seed: int, tcp: bool, as_json: bool) -> int:
    """Serve two insoles and a plate until interrupted; prints one address per board."""
    check_speed(speed)
    from landing_lab.sim.devices import drop_jump_scene

    scene = drop_jump_scene(n_trials=3, seed=seed)
    server = emulator()(scene.devices, speed=speed, loop=True, tcp=tcp or None)
    try:
        if as_json:
            from landing_lab.io.write import json_text

            boards = [
                {"port": url, "kind": device.info.kind, "id": device.info.device_id, "placement": device.info.placement}
                for url, device in zip(server.urls, scene.devices, strict=True)
            ]
            sys.stdout.write(json_text({"devices": boards, "speed": speed, "seed": seed}))
        else:
            for url, device in zip(server.urls, scene.devices, strict=True):
                print(f"{url}  {device.info.kind} {device.info.device_id} ({device.info.placement})")
            ports = " ".join(f"--port {url}" for url in server.urls)
            print(f"Try in another terminal: {command_name()} record {ports}")
            print(f"or see them with: {command_name()} devices {ports}")
            print("Serving until interrupted (Ctrl-C).")
        sys.stdout.flush()
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return 0
    finally:
        server.close()
