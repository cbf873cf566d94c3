"""Simulated boards behind real ports, to be opened like any other."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from landing_lab.errors import ParameterError
from landing_lab.model.device import EmulatorServer, SimulatedDevice
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers.board import SceneStart, SimulatedBoard
from landing_lab_drivers.devices import known_devices
from landing_lab_drivers.endpoints import Endpoint, PtyEndpoint, TcpEndpoint

_STREAMING_WAIT_S = 0.005
_IDLE_WAIT_S = 0.05
# Five seconds of an insole at 1 kHz: like the buffers of a USB port and its driver, far more than a board's own ring.
_RING_BYTES = 1 << 18
_LAST_BYTES_WITHIN_S = 1.0
_JOIN_WITHIN_S = 2.0


def serve(
    devices: Sequence[SimulatedDevice],
    *,
    speed: float = 1.0,
    loop: bool = False,
    faults: Sequence[LinkFaults] | None = None,
    tcp: bool | None = None,
    link_dir: Path | None = None,
) -> EmulatorServer:
    """Put each device behind an endpoint of its own and play it to whoever opens that and asks.

    speed: scene seconds per second. loop: repeat the scene without a seam, else a board is quiet after it (but for
    its STATUS). faults: one per device. tcp: socket:// urls instead of pseudo terminals; None: only on Windows.
    link_dir: an existing folder for symbolic links to the pseudo terminals: insole_left, insole_right, plate.
    Raises ParameterError for an impossible speed, another number of faults, a device that no file describes or a
    folder that takes no such links.
    """
    links = [LinkFaults() for _ in devices] if faults is None else list(faults)
    if not 0 < speed < float("inf"):
        raise ParameterError(f"speed must be positive; got {speed}; 1 plays in real time")
    if len(links) != len(devices):
        raise ParameterError(f"{len(devices)} devices need as many faults; got {len(links)}; give one per device")
    over_tcp = os.name != "posix" if tcp is None else tcp
    if over_tcp and link_dir is not None:
        raise ParameterError("names in a folder are for pseudo terminals, not for TCP ports; choose one of the two")
    known, scene = known_devices(), SceneStart()
    boards = [
        SimulatedBoard(device, known, speed=speed, loop=loop, faults=fault, scene=scene, number=number)
        for number, (device, fault) in enumerate(zip(devices, links, strict=True))
    ]
    return Emulator(boards, tcp=over_tcp, names=_names(devices), link_dir=link_dir)


def _names(devices: Sequence[SimulatedDevice]) -> list[str]:
    """insole_left, insole_right, plate; numbered where two agree."""
    names: list[str] = []
    for device in devices:
        kind = device.info.kind.split("-")[0]
        base = kind if device.info.placement == "total" else f"{kind}_{device.info.placement}"
        same = sum(1 for name in names if name == base or name.startswith(f"{base}_"))
        names.append(base if same == 0 else f"{base}_{same + 1}")
    return names


class Emulator:
    """The model's EmulatorServer: one thread and one endpoint per board; also a context manager."""

    def __init__(
        self, boards: Sequence[SimulatedBoard], *, tcp: bool, names: Sequence[str], link_dir: Path | None
    ) -> None:
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._closing = contextlib.ExitStack()
        endpoints: list[Endpoint] = []
        with contextlib.ExitStack() as opened:
            for board, name in zip(boards, names, strict=True):
                endpoint: Endpoint = TcpEndpoint() if tcp else PtyEndpoint(self._link(board, name, link_dir))
                opened.callback(endpoint.close)
                endpoints.append(endpoint)
            opened.pop_all()
        self.urls = [endpoint.url for endpoint in endpoints]
        for number, (endpoint, board) in enumerate(zip(endpoints, boards, strict=True)):
            thread = threading.Thread(
                target=self._serve, args=(endpoint, board, number), name=f"emulator {endpoint.url}", daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def _link(self, board: SimulatedBoard, name: str, link_dir: Path | None) -> Path | None:
        """Where a pseudo terminal has a name that outlives it: wherever wished, or where a board shall return to it."""
        if link_dir is None and board.returns_here:
            folder = self._closing.enter_context(tempfile.TemporaryDirectory(prefix="landing-lab-"))
            return Path(folder) / name
        return None if link_dir is None else link_dir / name

    def _serve(self, endpoint: Endpoint, board: SimulatedBoard, number: int) -> None:
        """Play one board until the end, also over its being unplugged and plugged in again."""
        try:
            while not self._ending.is_set():
                _play(endpoint, board, self._ending)
                if not board.unplugged or self._ending.wait(board.return_after_s):  # None: it does not come back
                    return
                endpoint.appear(elsewhere=not board.returns_here)
                self.urls[number] = endpoint.url
                board.plugged_in(time.monotonic())
        finally:
            endpoint.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every endpoint; safe to call twice."""
        self._ending.set()
        for thread in self._threads:
            thread.join(_JOIN_WITHIN_S)
        self._closing.close()


def _play(endpoint: Endpoint, board: SimulatedBoard, ending: threading.Event) -> None:
    """Carry bytes between one endpoint and one board until the end or until the board is unplugged."""
    pending = bytearray()
    connected = False
    while not ending.is_set() and not board.unplugged:
        received = endpoint.read(_STREAMING_WAIT_S if board.streaming or pending else _IDLE_WAIT_S)
        now_s = time.monotonic()
        if received is None:
            connected = False
            pending.clear()
            continue
        if not connected:
            connected = True
            board.connect(now_s)
        pending += board.answer(received, now_s)
        _queue(board, pending, now_s)
        del pending[: endpoint.write(pending)]
    if board.unplugged:
        _unplug(endpoint, pending, ending)


def _queue(board: SimulatedBoard, pending: bytearray, now_s: float) -> None:
    """Append what is due, in whole frames as far as there is room; the rest is dropped as a full ring does."""
    frames = board.due(now_s)
    data = b"".join(frames)
    if len(pending) + len(data) <= _RING_BYTES:
        pending += data
        return
    for frame in frames:
        if len(pending) + len(frame) <= _RING_BYTES:
            pending += frame
        else:
            board.dropped += 1


def _unplug(endpoint: Endpoint, pending: bytearray, ending: threading.Event) -> None:
    """Let go of what the board had sent before the cable was pulled, then be gone."""
    deadline = time.monotonic() + _LAST_BYTES_WITHIN_S
    while pending and not ending.is_set() and time.monotonic() < deadline:
        taken = endpoint.write(pending)
        del pending[:taken]
        if not taken:
            time.sleep(_STREAMING_WAIT_S)
    endpoint.vanish()
