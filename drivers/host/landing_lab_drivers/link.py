"""One open device: the model's DeviceLink over any pipe."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple

from landing_lab.errors import DeviceError, DeviceLostError, DeviceTimeoutError
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import Arrival, DeviceInfo, LinkNote
from landing_lab_drivers import wire
from landing_lab_drivers.blocks import take_rows
from landing_lab_drivers.bodies import pack_nonce, unpack_pong
from landing_lab_drivers.conversation import ATTEMPTS, Conversation, acknowledges
from landing_lab_drivers.devices import Device
from landing_lab_drivers.jitter import ArrivalDelays
from landing_lab_drivers.notes import BoardNotes
from landing_lab_drivers.wire import Frame

# One call to poll() decodes at most so many chunks, so that it ends even where the caller is slower than the port.
_CHUNKS_PER_POLL = 4096
# Free-running cells may be out of order by a little, which as unsigned ticks looks like more than an hour.
_LONGEST_CHUNK_US = 60_000_000


class Pong(NamedTuple):
    """A board's clock between two instants of the host's (seconds): ticks_us as sent, it wraps at 32 bit."""

    sent_s: float
    received_s: float
    ticks_us: int


class FrameLink:
    """DeviceLink of an identified board. Decodes on the caller's thread; not for several threads at once.

    heard_s is when the board last said what only a streaming board says: measurements and STATUS (host clock). One that
    was not heard for silence_s while it should stream counts as lost, also where it answers pings, for then it
    restarted; `start` may be tried again on the same link, and numbers then go on. interrupted: the board went while it
    streamed, so what is missing until it streams again is lost.
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
        self._conversation = conversation
        self._decoder = device.decoder(info, self.stats)
        self.notes = BoardNotes(self.stats, self._decoder.counters)
        self._delays = ArrivalDelays(self.stats)
        self._clock = clock
        self._silence_s = silence_s
        self.heard_s = clock()
        self._starting = False
        self._streaming = False
        self.interrupted = False
        self._closed = False
        self._framed_s: float | None = None
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
        self.heard_s = self._clock()

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
            self.interrupted |= self._streaming
            self._streaming = False
            raise error
        return arrivals

    def ping(self) -> Pong:
        """The board's clock now.

        Raises DeviceTimeoutError after three unanswered requests, DeviceLostError where the port is gone or closed.
        """
        self._require_open()
        nonce = self.notes.next_nonce()

        def is_pong(frame: Frame) -> bool:
            pong = unpack_pong(frame.body) if frame.type == wire.PONG else None
            return pong is not None and pong[0] == nonce

        answer = self._conversation.ask(wire.PING, pack_nonce(nonce), is_answer=is_pong)
        pong = unpack_pong(answer.frame.body) if answer else None
        if answer is None or pong is None:
            raise self._no_answer("PING")
        return Pong(answer.sent_s, answer.received_s, pong[1])

    def send_ping(self) -> None:
        """Ask for the board's clock without waiting; the answer comes as a note.

        Raises DeviceLostError where the port is gone or closed, DeviceTimeoutError where it takes nothing.
        """
        self._require_open()
        nonce = self.notes.next_nonce()
        self.notes.pinged(nonce, self._conversation.send(wire.PING, pack_nonce(nonce)))

    def take_notes(self) -> list[LinkNote]:
        """What was told beside the frames since the last call, oldest first."""
        return self.notes.take()

    def stop(self) -> None:
        """Ask the board to be silent; what it sent until then is still given by poll.

        Safe to call twice and on a lost port. Raises DeviceTimeoutError after three unanswered requests.
        """
        if self._closed or not self._streaming:
            self.interrupted = False
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

    def release(self) -> None:
        """Free the port of a lost board, which may be used again by carry_on; from any thread."""
        self._conversation.pipe.close()

    def carry_on(self, conversation: Conversation, heard: Sequence[tuple[float, list[Frame]]]) -> None:
        """Go on with the same board over another conversation, in which this was heard since START was asked.

        Raises DeviceLostError where the link was closed meanwhile; then the port is free.
        """
        if self._closed:
            conversation.pipe.close()
            self._require_open()
        self.url = conversation.url
        self.notes.new_conversation()
        self._conversation = conversation
        conversation.count_into(self.stats)
        self._starting = True
        for time_s, frames in heard:
            self._handle(time_s, frames)
        self._starting = False
        conversation.on_frames = self._handle
        self.heard_s = self._clock()

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
        silent_s = self._clock() - self.heard_s
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
        run: list[Frame] = []
        for frame in frames:
            if frame.type & wire.CONTROL_MASK == wire.INFO:
                if run:
                    self._measure(time_s, run)
                    run = []
                self._control(time_s, frame)
            else:
                run.append(frame)
        if run:
            self._measure(time_s, run)

    def _control(self, time_s: float, frame: Frame) -> None:
        if frame.type == wire.STATUS:
            self.heard_s = time_s
        if self._starting and acknowledges(frame, wire.START):
            # Only what follows the acknowledgement belongs to this start.
            self._streaming = True
            self._delays.pause()
            away_s = None if self._framed_s is None else time_s - self._framed_s
            self._decoder.counters.resume(away_s, lost=self.interrupted)
            self.interrupted = False
        else:
            self.notes.told(time_s, frame)

    def _measure(self, time_s: float, frames: list[Frame]) -> None:
        self.heard_s = time_s
        if not self._streaming:
            return
        held = self._decoder.held
        block = self._decoder.decode(frames)
        taken = len(block) + self._decoder.held - held
        if taken:
            self._waiting.append((time_s, taken))
            self._framed(time_s, frames)
        self._deliver(block)

    def _framed(self, time_s: float, frames: list[Frame]) -> None:
        """Frames arrived that count: how late they are, and whether a restart lies before them."""
        counters = self._decoder.counters
        for sequence in counters.take_restarts():
            self._delays.pause()
            away_s = 0.0 if self._framed_s is None else time_s - self._framed_s
            self.notes.add(time_s, "restarted", sequence=sequence, away_s=away_s)
        self._framed_s = time_s
        newest_us = counters.ticks_us
        span_us = (frames[-1].ticks_us - frames[0].ticks_us) & 0xFFFFFFFF
        self._delays.arrived(time_s, newest_us - span_us if span_us < _LONGEST_CHUNK_US else newest_us, newest_us)

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
        self._streaming = self.interrupted = False
        self._deliver(self._decoder.flush())
