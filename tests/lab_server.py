"""`landing-lab serve` in a process of its own, with simulated boards behind real ports, for tests of the lab page."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from command_line import ENVIRONMENT, command
from landing_lab.app.boards.scenes import acted_trials
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers.emulator import serve

SPEED = 6.0
"""Of the boards; the computer's clock does not follow, which flags numbers and changes nothing else."""

STARTS_WITHIN_S = 30.0
FAST = Path(__file__).with_name("fast_lab.py")


@dataclass(slots=True)
class LabServer:
    """A server that runs: its address, its process, what it printed so far, and what to close before it ends."""

    url: str
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    before_end: list[Callable[[], object]] = field(default_factory=list)

    def stop(self, number: int = signal.SIGINT) -> int:
        """End it as Ctrl-C does; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(40.0)


@contextmanager
def lab_server(dataset: Path, *words: str | Path, speed: float | None = None) -> Iterator[LabServer]:
    """Serve the page of a dataset on a free port; a traceback on stderr fails the test.

    speed: with simulated boards of its own that are so much faster than real time.
    """
    fast = None if speed is None else [sys.executable, str(FAST), str(dataset), str(speed)]
    process = subprocess.Popen(
        fast or command(["serve", "--dataset", dataset, "--listen-port", "0", *words]),
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT,
    )  # fmt: skip
    said: list[str] = []
    found = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if "http://" in line:
                found.set()

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    try:
        assert found.wait(STARTS_WITHIN_S), said
        match = re.search(r"http://\S+", "".join(said))
        assert match is not None
        server = LabServer(match.group(), process, said)
        yield server
        for close in server.before_end:  # pages first, or they complain that the lab is gone
            close()
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(40.0)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        reading.join(5.0)
        assert process.stdout is not None
        process.stdout.close()
    assert "Traceback" not in "".join(said), "".join(said)


@contextmanager
def drop_jump_boards(
    *, speed: float = SPEED, alive_s: float = 60.0, faults: Sequence[LinkFaults] | None = None
) -> Iterator[list[str]]:
    """Two insoles and a plate that act out another drop jump at each START; the words --port URL of all."""
    with ExitStack() as stack:
        devices = acted_trials("drop_jump", start="box", leg="both", alive_s=alive_s)
        server = serve(devices, faults=None if faults is None else list(faults), speed=speed)
        stack.callback(server.close)
        yield [word for url in server.urls for word in ("--port", url)]
