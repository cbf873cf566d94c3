"""One open device: the model's DeviceLink over any pipe."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from landing_lab.errors import DeviceError, DeviceLostError, DeviceTimeoutError
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import Arrival, DeviceInfo
from landing_lab_drivers import wire
from landing_lab_drivers.blocks import take_rows
from landing_lab_drivers.bodies import BoardStatus, pack_nonce, unpack_pong, unpack_status
from landing_lab_drivers.conversation import ATTEMPTS, Conversation, acknowledges
from landing_lab_drivers.devices import Device
from landing_lab_drivers.wire import Frame

# One call to poll() decodes at most so many chunks, so that it ends even where the caller is slower than the port.
_CHUNKS_PER_POLL = 4096


class Pong(NamedTuple):
    """A board's clock between two instants of the host's (seconds): ticks_us as sent, it wraps at 32 bit."""

    sent_s: float
    received_s: float
    ticks_us: int


class FrameLink:
    """DeviceLink of an identified board. Decodes on the caller's thread; not for several threads at once.

    board_status is the board's last STATUS, None before the first. A board from which nothing came for silence_s
    while it should stream counts as lost; `start` may be tried again on the same link, and numbers then go on.
    """

    def __init__(
        self,
        conversation: Conversation,
        info: DeviceInfo,
        device: Device,
        *,
        clock: Callable[[], float],
        silence_s: float,
    ) -> None:
        self.url = conversation.url
        self.info = info
        self.stats = conversation.stats
        self.board_status: BoardStatus | None = None
        self._conversation = conversation
        self._decoder = device.decoder(info, self.stats)
        self._clock = clock
        self._silence_s = silence_s
        self._heard_s = clock()
        self._starting = False
        self._streaming = False
        self._closed = False
        self._pings = 0
        self._arrivals: list[Arrival] = []
        self._waiting: deque[tuple[float, int]] = deque()
        conversation.on_frames = self._handle

    def start(self) -> None:
        """Ask the board to stream and wait for its acknowledgement; nothing to do where it streams already.

        Raises DeviceTimeoutError after three unanswered requests, DeviceLostError where the port is gone or closed.
        """
        self._require_open()
        if self._streaming:
            return
        self._starting = True
        try:
            acknowledged = self._conversation.acknowledged(wire.START)
        finally:
            self._starting = False
        if not acknowledged:
            raise self._no_answer("START")
        self._heard_s = self._clock()

    def poll(self) -> list[Arrival]:
        """What arrived since the last call, oldest first.

        Raises DeviceLostError where the port is gone or a streaming board is silent, after giving what was received.
        """
        if not self._closed:
            for _ in range(_CHUNKS_PER_POLL):
                if self._conversation.receive(0) is None:
                    break
        error = self._why_lost()
        if error is not None:
            self._deliver(self._decoder.flush())
        arrivals, self._arrivals = self._arrivals, []
        if error is not None and not arrivals:
            self._streaming = False
            raise error
        return arrivals

    def ping(self) -> Pong:
        """The board's clock now.

        Raises DeviceTimeoutError after three unanswered requests, DeviceLostError where the port is gone or closed.
        """
        self._require_open()
        self._pings += 1
        nonce = self._pings

        def is_pong(frame: Frame) -> bool:
            pong = unpack_pong(frame.body) if frame.type == wire.PONG else None
            return pong is not None and pong[0] == nonce

        answer = self._conversation.ask(wire.PING, pack_nonce(nonce), is_answer=is_pong)
        pong = unpack_pong(answer.frame.body) if answer else None
        if answer is None or pong is None:
            raise self._no_answer("PING")
        return Pong(answer.sent_s, answer.received_s, pong[1])

    def stop(self) -> None:
        """Ask the board to be silent; what it sent until then is still given by poll.

        Safe to call twice and on a lost port. Raises DeviceTimeoutError after three unanswered requests.
        """
        if self._closed or not self._streaming:
            return
        try:
            acknowledged = self._conversation.acknowledged(wire.STOP)
        except DeviceLostError:
            # Nothing is left to stop; poll tells the caller once it gave what was received.
            return
        self._end_streaming()
        if not acknowledged:
            raise self._no_answer("STOP")

    def close(self) -> None:
        """Stop the board if it listens, and free the port."""
        if self._closed:
            return
        try:
            if self._streaming:
                self._conversation.acknowledged(wire.STOP, within_s=0.3, attempts=1)
        except DeviceError:
            pass  # the port is being given up: a board that no longer listens is no news
        finally:
            self._end_streaming()
            self._closed = True
            self._conversation.pipe.close()

    def _require_open(self) -> None:
        if self._closed:
            raise DeviceLostError(f"{self.url} was closed by this program; open it again", url=self.url)

    def _no_answer(self, request: str) -> DeviceTimeoutError:
        return DeviceTimeoutError(
            f"the {self.info.kind} on {self.url} did not answer {request}, asked {ATTEMPTS} times; "
            f"seen {self.stats.bytes_received} bytes, {self.stats.bad_frames} damaged frames; "
            "unplug the board, plug it in and open the port again",
            url=self.url,
        )

    def _why_lost(self) -> DeviceLostError | None:
        """The error to raise where nothing more will come, as far as can be known now."""
        if self._closed:
            return None
        error = self._conversation.lost_error()
        silent_s = self._clock() - self._heard_s
        if error is None and self._streaming and silent_s > self._silence_s:
            error = DeviceLostError(
                f"the {self.info.kind} on {self.url} was streaming and has been silent for {silent_s:.1f} s, "
                f"after {self.stats.frames} frames; it may have lost power or restarted; "
                "check its cable and supply, then start again",
                url=self.url,
                silent_s=silent_s,
            )
        return error

    def _handle(self, time_s: float, frames: list[Frame]) -> None:
        """Sort one chunk's frames: measurements to the decoder, the rest to the link, in the order they came."""
        if frames:
            self._heard_s = time_s
        run: list[Frame] = []
        for frame in frames:
            if wire.is_control(frame):
                self._measure(time_s, run)
                run = []
                self._control(frame)
            else:
                run.append(frame)
        self._measure(time_s, run)

    def _control(self, frame: Frame) -> None:
        if frame.type == wire.STATUS:
            self.board_status = unpack_status(frame.body) or self.board_status
        elif self._starting and acknowledges(frame, wire.START):
            # Only what follows the acknowledgement belongs to this start.
            self._streaming = True
            self._decoder.resume()

    def _measure(self, time_s: float, frames: list[Frame]) -> None:
        if not frames or not self._streaming:
            return
        held = self._decoder.held
        block = self._decoder.decode(frames)
        taken = len(block) + self._decoder.held - held
        if taken:
            self._waiting.append((time_s, taken))
        self._deliver(block)

    def _deliver(self, block: FrameBlock) -> None:
        """Queue rows for poll, each with the time it really arrived, however long the decoder held it."""
        given = 0
        while given < len(block):
            time_s, count = self._waiting.popleft()
            stop = min(given + count, len(block))
            self._arrivals.append(Arrival(time_s, take_rows(block, given, stop)))
            if given + count > stop:
                self._waiting.appendleft((time_s, given + count - stop))
            given = stop

    def _end_streaming(self) -> None:
        self._streaming = False
        self._deliver(self._decoder.flush())
