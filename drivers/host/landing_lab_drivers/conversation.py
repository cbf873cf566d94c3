"""Requests to a board and its answers, over anything that carries bytes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from landing_lab.errors import DeviceError, DeviceLostError, DeviceTimeoutError
from landing_lab.model.device import DeviceInfo, LinkStats
from landing_lab_drivers import wire
from landing_lab_drivers.bodies import info_kind_code, unpack_info
from landing_lab_drivers.devices import Device
from landing_lab_drivers.wire import Frame, FrameDecoder

# A board that resets when its port is opened comes up within two seconds and misses what was said before.
_INFO_EVERY_S = 0.2
ANSWER_WITHIN_S = 1.0
ATTEMPTS = 3


class Chunk(NamedTuple):
    """Bytes that reached the host together, and when (host clock, seconds)."""

    time_s: float
    data: bytes


class Pipe(Protocol):
    """An open port: bytes out, time-stamped chunks in."""

    def write(self, data: bytes) -> None:
        """Send. Raises DeviceLostError where the port is gone, DeviceTimeoutError where it takes nothing."""

    def take(self, timeout_s: float) -> Chunk | None:
        """The oldest chunk not taken yet; None where there is none within timeout_s (0: now)."""

    @property
    def lost(self) -> str | None:
        """Why nothing will ever come any more, once every chunk was taken; else None."""

    def close(self) -> None:
        """Free the port; safe to call twice."""


class Answer(NamedTuple):
    """The frame that answered a request; when that was sent and when it arrived (host clock, seconds)."""

    sent_s: float
    received_s: float
    frame: Frame


class Conversation:
    """One host talking to one board. Not for several threads at once.

    on_frames(time_s, frames) is called with every chunk's frames in order, also while an answer is awaited.
    """

    def __init__(self, pipe: Pipe, url: str, *, stats: LinkStats, clock: Callable[[], float]) -> None:
        self.pipe = pipe
        self.url = url
        self.stats = stats
        self.on_frames: Callable[[float, list[Frame]], None] = lambda _time_s, _frames: None
        self._clock = clock
        self._decoder = FrameDecoder(stats)
        self._requests = 0

    def count_into(self, stats: LinkStats) -> None:
        """Count what comes from now on into these figures."""
        self.stats = self._decoder.stats = stats

    def receive(self, timeout_s: float) -> tuple[float, list[Frame]] | None:
        """Take one chunk, hand its frames on and return them; None where none came in time."""
        chunk = self.pipe.take(timeout_s)
        if chunk is None:
            return None
        frames = self._decoder.feed(chunk.data)
        self.on_frames(chunk.time_s, frames)
        return chunk.time_s, frames

    def lost_error(self) -> DeviceLostError | None:
        """What to raise where the port is gone and everything it gave was taken."""
        reason = self.pipe.lost
        if reason is None:
            return None
        return DeviceLostError(
            f"{self.url} is gone after {self.stats.bytes_received} bytes ({reason}); "
            "was the cable pulled or the board switched off? plug it in and open the port again",
            url=self.url,
        )

    def send(self, kind: int, body: bytes = b"") -> float:
        """Send a request without waiting; when (host clock, seconds). Raises as the pipe's write does."""
        self._requests += 1
        request = wire.encode_frame(kind, self._requests, 0, body)
        sent_s = self._clock()
        # The delimiter in front ends whatever a noisy line left in the board's receive buffer.
        self.pipe.write(b"\0" + request)
        return sent_s

    def ask(
        self,
        kind: int,
        body: bytes = b"",
        *,
        is_answer: Callable[[Frame], bool],
        within_s: float = ANSWER_WITHIN_S,
        attempts: int = ATTEMPTS,
    ) -> Answer | None:
        """Send a request, again after each within_s without an answer; None after the last.

        Raises DeviceLostError where the port goes meanwhile.
        """
        for _ in range(attempts):
            sent_s = self.send(kind, body)
            deadline = time.monotonic() + within_s
            while (left_s := deadline - time.monotonic()) > 0:
                received = self.receive(left_s)
                if received is not None:
                    for frame in received[1]:
                        if is_answer(frame):
                            return Answer(sent_s, received[0], frame)
                elif error := self.lost_error():
                    raise error
        return None

    def acknowledged(self, kind: int, *, within_s: float = ANSWER_WITHIN_S, attempts: int = ATTEMPTS) -> bool:
        """Send START or STOP; whether the board acknowledged it."""
        answer = self.ask(kind, is_answer=lambda frame: acknowledges(frame, kind), within_s=within_s, attempts=attempts)
        return answer is not None


def acknowledges(frame: Frame, kind: int) -> bool:
    """Whether this frame is the board's ACK of a request of that type."""
    return frame.type == wire.ACK and frame.body[:1] == bytes([kind])


def identify(
    conversation: Conversation, devices: Mapping[str, Device], *, timeout_s: float
) -> tuple[DeviceInfo, Device]:
    """Ask INFO until the board answers, and find its device among those known by kind.

    Leaves the board silent. Raises DeviceTimeoutError where nothing answers within timeout_s, DeviceError where
    what answers is no board we know or the port is closed in our face.
    """
    url, stats = conversation.url, conversation.stats
    attempts = max(1, round(timeout_s / _INFO_EVERY_S))
    streaming = False

    def is_info(frame: Frame) -> bool:
        nonlocal streaming
        streaming |= not wire.is_control(frame)
        return frame.type == wire.INFO

    try:
        answer = conversation.ask(
            wire.INFO_REQUEST, is_answer=is_info, within_s=timeout_s / attempts, attempts=attempts
        )
    except DeviceLostError as error:
        if stats.bytes_received:
            raise
        raise DeviceError(
            f"{url} closed the connection at once and sent nothing; is another program connected to it? "
            "close that program and try again",
            url=url,
        ) from error
    if answer is None:
        raise DeviceTimeoutError(
            f"nothing answered on {url} within {timeout_s:g} s; seen {stats.bytes_received} bytes; "
            "is the landing-lab firmware flashed, is the baud rate 500000?",
            url=url,
            bytes_received=stats.bytes_received,
        )
    if streaming:
        # Another program left without a word; its frames must not be taken for ours.
        conversation.acknowledged(wire.STOP, within_s=0.3, attempts=1)
    return _describe(url, answer.frame.body, devices)


def _describe(url: str, body: bytes, devices: Mapping[str, Device]) -> tuple[DeviceInfo, Device]:
    """What an INFO body says, and the device of its kind code.

    Raises DeviceError for a kind or protocol this program does not know.
    """
    code = info_kind_code(body)
    for device in devices.values():
        if device.kind_code == code:
            return unpack_info(body, kind=device.kind, sensor_kind=device.sensor_kind), device
    known = ", ".join(f"{device.kind} ({device.kind_code})" for device in devices.values())
    raise DeviceError(
        f"the board on {url} says it is of kind {code}; this program knows {known}; "
        "update landing-lab or add a file for that device",
        url=url,
        kind_code=code,
    )
