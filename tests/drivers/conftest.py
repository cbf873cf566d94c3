"""Settings and fixtures of the drivers' tests."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from hypothesis import settings
from serial.urlhandler import protocol_socket

from landing_lab.model.device import EmulatorServer, SimulatedDevice
from landing_lab_drivers.emulator import serve

# Two noisy cores in CI: a slow example is no failure, and no test here is about time.
settings.register_profile("drivers", deadline=None)
settings.load_profile("drivers")

POSIX = pytest.mark.skipif(os.name != "posix", reason="pseudo terminals exist on POSIX only")
Serve = Callable[..., EmulatorServer]


@pytest.fixture(autouse=True)
def no_pause_after_closing_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol_socket, "time", SimpleNamespace(sleep=lambda _seconds: None))


@pytest.fixture(params=[pytest.param(False, id="pty", marks=POSIX), pytest.param(True, id="socket")])
def play(request: pytest.FixtureRequest) -> Iterator[Serve]:
    servers: list[EmulatorServer] = []

    def start(devices: list[SimulatedDevice], **settings: object) -> EmulatorServer:
        servers.append(serve(devices, tcp=request.param, **settings))
        return servers[-1]

    yield start
    for server in servers:
        server.close()
        server.close()
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith(("emulator", "landing"))]
