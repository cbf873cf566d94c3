"""What the lab needs from a device and its link; drivers provide it, the lab never imports them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol, TypeAlias

from landing_lab.model.blocks import FrameBlock
from landing_lab.model.channels import Side
from landing_lab.model.recording import SensorKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInfo:
    """What a board says of itself in its INFO frame.

    kind: name of the device type ("insole-fsr", "plate-hx711"). placement: which foot, or "total" for a
    board that serves both. sample_rate_hz is nominal; the true rate is fitted from time stamps.
    """

    kind: str
    device_id: str
    placement: Side
    firmware_version: str
    protocol_version: int
    n_channels: int
    sample_rate_hz: float
    adc_prescaler: int
    reference_v: float
    channel_skew_us: float
    settle_us: float
    gain: int
    sensor_kind: SensorKind


READ_EVERY_S = 0.004
"""Ports are read at multiples of this on the monotonic clock, so that whoever handles the frames wakes once for all."""

DELAY_STEP_MS = 0.1
"""Resolution of the delays that LinkStats counts."""


@dataclass(slots=True, kw_only=True)
class LinkStats:
    """How well a link did: written into every recording.

    dropped_by_board, converter_timeouts and receive_errors are what the board's STATUS frames said. delays: how often
    an arrival's oldest frame came so many DELAY_STEP_MS later than the least delayed ones.
    """

    frames: int = 0
    lost_frames: int = 0
    bad_frames: int = 0
    resyncs: int = 0
    suspect_readings: int = 0
    bytes_received: int = 0
    reconnects: int = 0
    dropped_by_board: int = 0
    converter_timeouts: int = 0
    receive_errors: int = 0
    delays: dict[int, int] = field(default_factory=dict)

    @property
    def jitter_ms(self) -> float | None:
        """95th percentile of the delays; None before half a second of frames."""
        left = 0.95 * sum(self.delays.values())
        for step in sorted(self.delays):
            left -= self.delays[step]
            if left <= 0:
                return round(step * DELAY_STEP_MS, 1)
        return None

    def since(self, earlier: LinkStats) -> LinkStats:
        """What happened after `earlier`, a copy of these figures; `stats.since(LinkStats())` makes such a copy."""
        counts = {name: getattr(self, name) - getattr(earlier, name) for name in self.__slots__ if name != "delays"}
        delays = {step: count - earlier.delays.get(step, 0) for step, count in self.delays.items()}
        return LinkStats(**counts, delays={step: count for step, count in delays.items() if count})

    def as_dict(self) -> dict[str, int | float]:
        """Plain values for JSON; jitter_ms only where it is known."""
        counts: dict[str, int | float] = {name: int(getattr(self, name)) for name in self.__slots__ if name != "delays"}
        return counts if self.jitter_ms is None else {**counts, "jitter_ms": self.jitter_ms}


@dataclass(frozen=True, slots=True, eq=False)
class Arrival:
    """Frames that reached the host together, and when (host clock, seconds)."""

    time_s: float
    frames: FrameBlock


NoteKind: TypeAlias = Literal["pong", "sync", "status", "lost", "back", "restarted"]


class LinkNote(NamedTuple):
    """Something a board or its link told beside the measurements; time_s is the host's clock, in seconds.

    Every ticks_us is on the unwrapped time line of the board's frames. facts by kind, plain values for JSON:
    pong: sent_s, received_s, ticks_us (the board's clock between the two). sync: ticks_us, rising (1 or 0).
    status: dropped_frames, converter_timeouts, receive_errors. lost: reason. back: away_s, url.
    restarted: sequence (of the first frame after it), away_s.
    """

    time_s: float
    kind: NoteKind
    facts: Mapping[str, float | int | str]


class DeviceLink(Protocol):
    """One open device. Every call has a deadline; nothing here blocks for good.

    Raises DeviceTimeoutError where a board does not answer, DeviceLostError where the port is gone.
    """

    url: str
    info: DeviceInfo
    stats: LinkStats

    def start(self) -> None:
        """Ask the board to stream and wait for its acknowledgement."""

    def poll(self) -> list[Arrival]:
        """What arrived since the last call, oldest first; empty where nothing did.

        After the port has gone it first gives what was received, then raises DeviceLostError.
        """

    def send_ping(self) -> None:
        """Ask the board for its clock without waiting; the answer comes as a note of kind "pong"."""

    def take_notes(self) -> list[LinkNote]:
        """What was told beside the frames since the last call, oldest first."""

    def stop(self) -> None:
        """Ask the board to be silent; safe to call twice and on a lost port."""

    def close(self) -> None:
        """Stop, end the reader thread and free the port; safe to call twice, and while another thread is in start."""


class Transport(Protocol):
    """How to reach devices: registered under the entry point group `landing_lab.transports`."""

    def list_urls(self) -> list[str]:
        """Ports on this machine that could hold a device."""

    def open(self, url: str, *, timeout_s: float, reconnect_s: float = 0.0) -> DeviceLink:
        """Open a port and identify the board behind it (polling INFO through a reset on open).

        reconnect_s: how long a board that goes is looked for before the link gives up; until then poll() is empty,
        the notes say "lost" and "back", and frame numbers and ticks go on with the gap in them. 0: not at all.
        """


class EmulatorServer(Protocol):
    """Simulated devices behind real endpoints: entry point group `landing_lab.emulators`."""

    urls: list[str]

    def close(self) -> None:
        """End every endpoint."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedDevice:
    """A board that does not exist: what it says of itself and every frame it would send.

    frames are in order of ticks_us, which start near 0. clock_ppm: how much too fast the board's clock runs; an
    emulator plays frames at the true time, ticks_us / (1 + clock_ppm / 1e6). sync_s: true times at which the pin that
    boards share changes, rising first, in order; each is told as a SYNC frame. takes: what is played at the second
    START and later ones instead of frames, then all over again.
    """

    info: DeviceInfo
    frames: FrameBlock
    clock_ppm: float = 0.0
    sync_s: tuple[float, ...] = ()
    takes: tuple[FrameBlock, ...] = ()
