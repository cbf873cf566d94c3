"""A simulated board: requests and time in, wire bytes out; no ports, no threads, no clock of its own."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import SimulatedDevice
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers import wire
from landing_lab_drivers.blocks import take_rows
from landing_lab_drivers.bodies import BoardStatus, pack_info, pack_pong, pack_status, pack_sync
from landing_lab_drivers.devices import Device
from landing_lab_drivers.wire import Frame, FrameDecoder

# Rows encoded at a time: each START sends other sequence numbers and ticks, so bytes cannot be kept for good.
_STRETCH = 1000
_STATUS_EVERY_S = 1.0
_JOIN_WITHIN_S = 1.0


class SceneStart:
    """When the scene began that several boards play together.

    Boards started within a second of each other see the same instants of one scene, as boards under one person do;
    a late one catches up at once. Used from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._start_s = -np.inf
        self._members: set[int] = set()
        self._number = -1

    def join(self, member: int, now_s: float) -> tuple[float, int]:
        """Time zero of the scene that this board is to play from now on, and the how-manieth scene that is, from 0."""
        with self._lock:
            if member in self._members or now_s - self._start_s > _JOIN_WITHIN_S:
                self._start_s, self._members = now_s, set()
                self._number += 1
            self._members.add(member)
            return self._start_s, self._number


class SimulatedBoard:
    """Behaves like the firmware: silent until asked, streams from START to STOP, restarts its scene at each START.

    Frame numbers and clock go on from one START to the next; the first one sends those of the scene. `dropped` is to
    be raised by whoever could not send measurement frames; `unplugged` tells that the port is to vanish.
    """

    def __init__(
        self,
        simulated: SimulatedDevice,
        devices: Mapping[str, Device],
        *,
        speed: float,
        loop: bool,
        faults: LinkFaults,
        scene: SceneStart,
        number: int,
    ) -> None:
        if simulated.info.kind not in devices:
            raise ParameterError(
                f"no device of kind {simulated.info.kind!r} can be played; known are {', '.join(devices)}; use one"
            )
        self._device = devices[simulated.info.kind]
        self._info = simulated.info
        self._frames = simulated.frames
        self._takes = (simulated.frames, *simulated.takes)
        # A fast clock reaches every tick early.
        self._speed = speed * (1.0 + simulated.clock_ppm * 1e-6)
        # The board's own clock in the scene's frames, wherever a pin changes between two of them.
        self._edges_us = [round(edge_s * 1e6 * (1.0 + simulated.clock_ppm * 1e-6)) for edge_s in simulated.sync_s]
        self._loop, self._faults = loop and len(simulated.frames) > 0, faults
        self._scene, self._number = scene, number
        self._info_body = pack_info(simulated.info, self._device.kind_code)
        # Frames that cannot be sent are refused here, where the caller hears it, not while they are played.
        self._device.encode(self._info, self._frames)
        self._loop_us, self._loop_frames = _loop_length(self._frames)
        self._jitter = np.random.default_rng([faults.seed, number])
        self.dropped = 0
        self.unplugged = False
        self._streaming = False
        self._reset_done = self._unplug_done = False
        # When the scene began that a board which was unplugged is to find again.
        self._rejoin_s: float | None = None
        self._boot_until_s = self._hold_until_s = self._next_status_s = -np.inf
        self._starts = 0
        self._restarted(None)

    @property
    def return_after_s(self) -> float | None:
        """How long after it vanished the port comes back, None: never."""
        return self._faults.return_after_s

    @property
    def returns_here(self) -> bool:
        """Whether it comes back under the same url."""
        return self._faults.return_after_s is not None and not self._faults.return_elsewhere

    @property
    def streaming(self) -> bool:
        """Whether START was asked last."""
        return self._streaming

    def connect(self, now_s: float) -> None:
        """A host opened the port: boards that reset then do not listen for a while."""
        self._requests = FrameDecoder()
        self._streaming = False
        self._boot_until_s = now_s + self._faults.boot_s

    def plugged_in(self, now_s: float) -> None:
        """Power is back after unplugging: the board starts anew."""
        self.unplugged = False
        self._restarted(now_s)

    def answer(self, data: bytes, now_s: float) -> bytes:
        """What the board sends at once for these bytes from the host."""
        if self._faults.silent or now_s < self._boot_until_s:
            return b""
        return b"".join(self._answer_one(request, now_s) for request in self._requests.feed(data))

    def due(self, now_s: float) -> list[bytes]:
        """Frames that are to be sent by now and were not yet, as they leave the (faulty) link."""
        if not self._streaming or now_s < self._hold_until_s:
            return []
        scene_us = (now_s - self._start_s) * self._speed * 1e6
        unplug_us = _scene_us(None if self._unplug_done else self._faults.unplug_after_s)
        reset_us = _scene_us(None if self._reset_done else self._faults.reset_after_s)
        until_us = min(scene_us, unplug_us, reset_us)
        sent = self._rows_until(until_us) + self._edges_until(until_us, now_s)
        if now_s >= self._next_status_s:
            self._next_status_s = now_s + _STATUS_EVERY_S
            sent.append(self._control(wire.STATUS, now_s, pack_status(BoardStatus(dropped_frames=self.dropped))))
        if sent and self._faults.jitter_ms:
            self._hold_until_s = now_s + self._jitter.uniform(0, self._faults.jitter_ms / 1e3)
        if scene_us >= unplug_us:
            self._streaming, self.unplugged, self._unplug_done = False, True, True
            self._rejoin_s = self._start_s
        elif scene_us >= reset_us:
            self._reset_done = True
            self._boot_until_s = now_s + self._faults.boot_s
            self._restarted(now_s)
        return sent

    def _restarted(self, now_s: float | None) -> None:
        """Power-up state; now_s is None before the first START, which then is time zero of the board's clock."""
        self._requests = FrameDecoder()
        self._streaming = False
        self._clock_zero_s = now_s
        self._next_sequence: int | None = None if now_s is None else 0
        self._last_ticks_us = -1
        self._begin(0.0)

    def _begin(self, start_s: float) -> None:
        self._start_s = start_s
        self._next_status_s = start_s + _STATUS_EVERY_S
        self._hold_until_s = -np.inf
        self._row = self._edge = 0
        self._stretch: list[bytes] = []
        self._stretch_at = 0
        self._stretches = 0
        self._ticks_offset_us = 0
        self._sequence_offset = 0

    def _ticks_us(self, now_s: float) -> int:
        if self._clock_zero_s is None:
            return 0
        return max(0, round((now_s - self._clock_zero_s) * self._speed * 1e6))

    def _control(self, kind: int, now_s: float, body: bytes) -> bytes:
        return wire.encode_frame(kind, self._next_sequence or 0, self._ticks_us(now_s), body)

    def _answer_one(self, request: Frame, now_s: float) -> bytes:
        if request.type == wire.INFO_REQUEST:
            return self._control(wire.INFO, now_s, self._info_body)
        if request.type == wire.PING and len(request.body) == 4:
            nonce = int.from_bytes(request.body, "little")
            return self._control(wire.PONG, now_s, pack_pong(nonce, self._ticks_us(now_s)))
        if request.type == wire.START:
            self._start(now_s)
        elif request.type == wire.STOP:
            self._streaming = False
        else:
            return b""
        return self._control(wire.ACK, now_s, bytes([request.type]))

    def _start(self, now_s: float) -> None:
        rejoin_s, self._rejoin_s = self._rejoin_s, None
        if rejoin_s is not None:
            self._rejoin(rejoin_s, now_s)
            return
        start_s, scene_number = self._scene.join(self._number, now_s)
        self._frames = self._takes[scene_number % len(self._takes)]
        self._loop_us, self._loop_frames = _loop_length(self._frames)
        if self._clock_zero_s is None:
            self._clock_zero_s = start_s
        self._begin(start_s)
        self._starts += 1
        self._streaming = True
        if not len(self._frames):
            return
        first_ticks, first_sequence = int(self._frames.ticks_us[0]), int(self._frames.sequence[0])
        self._ticks_offset_us = max(self._ticks_us(start_s), self._last_ticks_us + 1 - first_ticks)
        if self._next_sequence is None:
            self._next_sequence = first_sequence
        self._sequence_offset = self._next_sequence - first_sequence

    def _rejoin(self, start_s: float, now_s: float) -> None:
        """Stream from where the scene is now; it began before this board's clock did."""
        self._begin(start_s)
        self._next_status_s = now_s + _STATUS_EVERY_S
        self._starts += 1
        self._streaming = True
        if not len(self._frames):
            return
        scene_us = (now_s - start_s) * self._speed * 1e6
        turn = int(scene_us // self._loop_us) if self._loop else 0
        within_us = scene_us - turn * self._loop_us
        row = int(np.searchsorted(self._frames.ticks_us, within_us))
        self._row = turn * len(self._frames) + row
        self._edge = turn * len(self._edges_us) + sum(edge_us < within_us for edge_us in self._edges_us)
        assert self._clock_zero_s is not None
        self._ticks_offset_us = round((start_s - self._clock_zero_s) * self._speed * 1e6)
        skipped = int(self._frames.sequence[min(row, len(self._frames) - 1)]) + turn * self._loop_frames
        self._sequence_offset = (self._next_sequence or 0) - skipped

    def _rows_until(self, scene_us: float) -> list[bytes]:
        """Frames of the rows from the last one sent up to a scene time, over as many rounds as the scene is looped."""
        sent: list[bytes] = []
        n_frames = len(self._frames)
        while self._loop or self._row < n_frames:
            if not self._stretch:
                self._encode_stretch()
            turn, row = divmod(self._row, n_frames)
            ticks = self._frames.ticks_us[row : row + len(self._stretch) - self._stretch_at]
            count = int(np.searchsorted(ticks, scene_us - turn * self._loop_us, side="right"))
            if count:
                self._count_sent(turn, row + count - 1)
            sent += self._stretch[self._stretch_at : self._stretch_at + count]
            self._row += count
            self._stretch_at += count
            if self._stretch_at < len(self._stretch):
                break
            self._stretch, self._stretch_at = [], 0
        return [frame for frame in sent if frame]

    def _edges_until(self, scene_us: float, now_s: float) -> list[bytes]:
        """SYNC frames of the pin's changes up to a scene time, in every round of the scene."""
        sent: list[bytes] = []
        while self._edges_us and (self._loop or self._edge < len(self._edges_us)):
            turn, edge = divmod(self._edge, len(self._edges_us))
            edge_us = self._edges_us[edge] + turn * self._loop_us
            if edge_us > scene_us:
                break
            self._edge += 1
            ticks_us = edge_us + self._ticks_offset_us
            sent.append(self._control(wire.SYNC, now_s, pack_sync(ticks_us, rising=edge % 2 == 0)))
        return sent

    def _count_sent(self, turn: int, row: int) -> None:
        sequence, ticks_us = int(self._frames.sequence[row]), int(self._frames.ticks_us[row])
        self._next_sequence = sequence + self._sequence_offset + turn * self._loop_frames + 1
        self._last_ticks_us = ticks_us + self._ticks_offset_us + turn * self._loop_us

    def _encode_stretch(self) -> None:
        turn, row = divmod(self._row, len(self._frames))
        rows = take_rows(self._frames, row, row + _STRETCH)
        sequence = rows.sequence + (self._sequence_offset + turn * self._loop_frames)
        ticks_us = rows.ticks_us + (self._ticks_offset_us + turn * self._loop_us)
        shifted = FrameBlock(sequence, ticks_us, rows.counts, rows.channel, rows.flags)
        encoded = self._device.encode(self._info, shifted)
        self._stretch = self._faults.damage(encoded, self._number, self._starts, self._stretches)
        self._stretches += 1


def _scene_us(limit_s: float | None) -> float:
    return np.inf if limit_s is None else limit_s * 1e6


def _loop_length(frames: FrameBlock) -> tuple[int, int]:
    """(microseconds, frame numbers) by which a repetition of the scene is shifted so that no seam shows."""
    if len(frames) < 2:
        return 1000, 1
    ticks = frames.ticks_us
    own = [ticks] if frames.channel is None else [ticks[frames.channel == cell] for cell in np.unique(frames.channel)]
    lengths = [cell[-1] - cell[0] + np.median(np.diff(cell)) for cell in own if len(cell) > 1]
    # Chips run free, so one shift cannot suit all of them: the shortest leaves no reading later than its period.
    shift_us = round(float(min(lengths))) if lengths else 0
    return max(shift_us, int(ticks[-1] - ticks[0]) + 1), int(frames.sequence[-1] - frames.sequence[0]) + 1
