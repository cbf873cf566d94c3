"""A simulated board as the host driver sees it, without threads and without real time.

Simulated time passes only while somebody waits for an answer or calls `run`, so the same test gives the same bytes.
"""

from __future__ import annotations

from collections import deque

from drivers.bench.board import Board

from landing_lab.model.device import LinkStats
from landing_lab_drivers.conversation import Chunk, Conversation, identify
from landing_lab_drivers.devices import all_devices
from landing_lab_drivers.link import FrameLink

_STEP_S = 0.002


class LockStepPipe:
    """The driver's Pipe over a board; a chunk is what arrived within 2 ms, stamped with the true time of its end."""

    lost = None

    def __init__(self, board: Board) -> None:
        self.board = board
        self._chunks: deque[Chunk] = deque()

    def run(self, seconds: float) -> None:
        """Let the board run and keep what it sends."""
        for _ in range(round(seconds / _STEP_S)):
            self._step()

    def write(self, data: bytes) -> None:
        """Send to the board."""
        self.board.write(data)

    def take(self, timeout_s: float) -> Chunk | None:
        """The oldest chunk; with a timeout above 0 the board runs until there is one, a step at least."""
        waited_s = 0.0
        while not self._chunks and waited_s < min(timeout_s, 0.1):
            self._step()
            waited_s += _STEP_S
        return self._chunks.popleft() if self._chunks else None

    def close(self) -> None:
        """Nothing to free: the board is the caller's."""

    def _step(self) -> None:
        self.board.run(_STEP_S)
        if data := self.board.read():
            self._chunks.append(Chunk(self.board.time_s, data))


def opened(board: Board, *, timeout_s: float = 1.0) -> tuple[FrameLink, LockStepPipe]:
    """The real driver's link to a simulated board. Raises what the driver raises."""
    pipe = LockStepPipe(board)
    conversation = Conversation(pipe, "bench", stats=LinkStats(), clock=lambda: board.time_s)
    info, device = identify(conversation, all_devices(), timeout_s=timeout_s)
    return FrameLink(conversation, info, device, clock=lambda: board.time_s, silence_s=2.0), pipe
