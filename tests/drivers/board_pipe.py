"""A pipe that ends in a simulated board, without ports, threads or real time."""

from __future__ import annotations

from collections import deque

from landing_lab.errors import DeviceLostError
from landing_lab.model.device import LinkStats, SimulatedDevice
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers.board import SceneStart, SimulatedBoard
from landing_lab_drivers.conversation import Chunk, Conversation, identify
from landing_lab_drivers.devices import all_devices
from landing_lab_drivers.link import FrameLink


class BoardPipe:
    """A pipe straight into a simulated board; time is what the test says."""

    def __init__(self, simulated: SimulatedDevice, faults: LinkFaults | None = None, *, loop: bool = False) -> None:
        self.board = SimulatedBoard(
            simulated, all_devices(), speed=1.0, loop=loop, faults=faults or LinkFaults(), scene=SceneStart(), number=0
        )
        self.now_s = 100.0
        self.chunks: deque[Chunk] = deque()
        self.failure: str | None = None
        self.deaf = 0
        self.closed = False
        self.board.connect(self.now_s)

    def write(self, data: bytes) -> None:
        if self.failure:
            raise DeviceLostError(self.failure)
        if self.deaf:
            self.deaf -= 1
            return
        if answer := self.board.answer(data, self.now_s):
            self.chunks.append(Chunk(self.now_s, answer))

    def play(self, seconds: float, *, step_s: float = 0.01) -> None:
        for _ in range(round(seconds / step_s)):
            self.now_s += step_s
            if data := b"".join(self.board.due(self.now_s)):
                self.chunks.append(Chunk(self.now_s, data))

    def take(self, timeout_s: float) -> Chunk | None:
        del timeout_s  # time stands still between two calls of play
        return self.chunks.popleft() if self.chunks else None

    @property
    def lost(self) -> str | None:
        return None if self.chunks else self.failure

    def close(self) -> None:
        self.closed = True


def opened(pipe: BoardPipe) -> FrameLink:
    """A link to the board behind the pipe; its clock is the pipe's."""
    conversation = Conversation(pipe, "test", stats=LinkStats(), clock=lambda: pipe.now_s)
    info, device = identify(conversation, all_devices(), timeout_s=1.0)
    return FrameLink(conversation, info, device, clock=lambda: pipe.now_s, silence_s=2.0)
