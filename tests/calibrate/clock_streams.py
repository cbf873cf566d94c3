"""Raw streams of boards whose clock is known: USB frames, buffers, stalled hosts, lost frames, restarts, pings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import DeviceInfo, LinkNote
from landing_lab.model.raw import RawStream

USB_FRAME_S = 0.001
LEAST_DELAY_S = 0.0016
"""What the least delayed frame of these links waits on average: no arrival tells it, and it cancels between boards."""

INFO = DeviceInfo(
    kind="insole-fsr", device_id="TEST", placement="left", firmware_version="1", protocol_version=1, n_channels=2,
    sample_rate_hz=1000.0, adc_prescaler=64, reference_v=5.0, channel_skew_us=0.0, settle_us=0.0, gain=1,
    sensor_kind="fsr_insole",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """One link: host times at which bytes leave a board become host times at which the host reads them."""

    rng: np.random.Generator
    buffer_s: float
    one_way_s: float
    usb_phase_s: float
    stalls: Sequence[tuple[float, float]] = ()

    def read(self, left_s: np.ndarray) -> np.ndarray:
        """Serial time and bridge, the bridge's buffer, the next USB frame, the system's jitter, stalls; in order."""
        out = left_s + self.one_way_s
        if self.buffer_s > USB_FRAME_S:
            out = np.ceil(out / self.buffer_s) * self.buffer_s
        out = np.ceil((out - self.usb_phase_s) / USB_FRAME_S) * USB_FRAME_S + self.usb_phase_s
        out = out + self.rng.exponential(0.0003, len(out))
        for start, length in self.stalls:
            out[(out > start) & (out < start + length)] = start + length
        return np.maximum.accumulate(out)


def draw_line(rng: np.random.Generator, **fixed: object) -> Line:
    """A link with a buffer of 1-16 ms; half of its delay before the USB frame is its own."""
    return replace(
        Line(
            rng=rng,
            buffer_s=float(rng.choice([0.001, 0.002, 0.004, 0.008, 0.016])) * (1.0 + 0.002 * rng.standard_normal()),
            one_way_s=float(rng.uniform(0.0004, 0.001)),
            usb_phase_s=float(rng.uniform(0.0, USB_FRAME_S)),
        ),
        **fixed,  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Board:
    """A stream, and the host time, (n,), at which each of its frames was measured; rate: host per device second."""

    stream: RawStream
    true_s: np.ndarray
    rate: float
    ticks_at_zero_us: float

    def ticks_us(self, host_s: np.ndarray) -> np.ndarray:
        """The board's clock at host times (of a board without a restart)."""
        return self.ticks_at_zero_us + (host_s - HOST_ZERO_S) / self.rate * 1e6


HOST_ZERO_S = 54_321.0


def make_board(
    seed: int,
    *,
    duration_s: float = 15.0,
    ppm: float = 3000.0,
    rate_hz: float = 1000.0,
    loss: float = 0.0,
    pings: bool = False,
    line: Line | None = None,
    start_s: float = 0.0,
    wander_ppm: float = 0.0,
) -> Board:
    """A board that scans at rate_hz of its own clock, which is wrong by up to +-ppm and warms up by wander_ppm."""
    rng = np.random.default_rng([seed, 77])
    line = line or draw_line(rng)
    rate = 1.0 + float(rng.uniform(-ppm, ppm)) * 1e-6
    zero_us = float(rng.uniform(0, 4e9))
    device_s = start_s + np.arange(round(duration_s * rate_hz)) / rate_hz
    ticks = np.round(zero_us + device_s * 1e6 + rng.uniform(0, 20.0, len(device_s))).astype(np.int64)
    device_s = (ticks - zero_us) * 1e-6
    elapsed = device_s - device_s[0]
    true_s = HOST_ZERO_S + rate * device_s + 0.5e-6 * wander_ppm * elapsed**2 / max(duration_s, 1.0)
    arrival = line.read(true_s)
    kept = rng.random(len(ticks)) >= loss
    notes = tuple(_pings(rng, line, true_s, ticks)) if pings else ()
    frames = FrameBlock(
        sequence=np.flatnonzero(kept).astype(np.int64), ticks_us=ticks[kept],
        counts=np.zeros((int(kept.sum()), 2), np.int32), channel=None, flags=np.zeros(int(kept.sum()), np.int64),
    )  # fmt: skip
    return Board(
        stream=RawStream(INFO, frames, arrival[kept], notes), true_s=true_s[kept], rate=rate, ticks_at_zero_us=zero_us
    )


def _pings(rng: np.random.Generator, line: Line, true_s: np.ndarray, ticks: np.ndarray) -> list[LinkNote]:
    """One ping a second: down through a USB frame and the board's loop, up as every frame."""
    asked = np.arange(true_s[0] + rng.uniform(0.1, 1.0), true_s[-1] - 0.2, 1.0)
    heard = np.ceil((asked - line.usb_phase_s) / USB_FRAME_S) * USB_FRAME_S + line.usb_phase_s
    answered = heard + rng.uniform(0.0003, 0.0012, len(asked))
    received = line.read(answered)
    clock = np.interp(answered, true_s, ticks)
    return [
        LinkNote(float(r), "pong", {"sent_s": float(s), "received_s": float(r), "ticks_us": round(float(t))})
        for s, t, r in zip(asked, clock, received, strict=True)
    ]


def errors_s(board: Board, to_host: np.ndarray) -> np.ndarray:
    """Converted minus true host times of the board's frames."""
    return to_host - board.true_s


def with_notes(board: Board, *notes: LinkNote) -> Board:
    """The same board with more notes."""
    stream = board.stream
    return replace(board, stream=RawStream(stream.info, stream.frames, stream.arrival_s, (*stream.notes, *notes)))


def with_edges(board: Board, edges_s: np.ndarray, rng: np.random.Generator) -> Board:
    """A board that watches a wire: each edge noted in steps of 4 us after up to 10 us of other interrupts."""
    ticks = board.ticks_us(edges_s) + rng.uniform(0.0, 10.0, len(edges_s))
    return with_notes(
        board,
        *(
            LinkNote(float(edge), "sync", {"ticks_us": int(tick // 4 * 4), "rising": index % 2})
            for index, (edge, tick) in enumerate(zip(edges_s, ticks, strict=True))
        ),
    )


def with_taps(board: Board, taps_s: np.ndarray, rng: np.random.Generator, *, step_s: float | None = None) -> Board:
    """An insole with taps of 15-25 ms, of its own sensitivity, and a long load from step_s on."""
    sensitivity, lag_s = rng.uniform(100.0, 500.0), rng.normal(0.0, 0.0001)
    load = rng.normal(3.0, 1.0, len(board.true_s))
    for tap in taps_s.tolist():
        since = board.true_s - tap - lag_s
        load += sensitivity * np.where(
            (since > 0) & (since < 0.02), np.sin(np.pi * np.clip(since, 0, 0.02) / 0.02), 0.0
        )
    if step_s is not None:
        load += np.where(board.true_s > step_s, 800.0, 0.0)
    counts = np.round(np.column_stack([0.5 * load, 0.5 * load])).astype(np.int32)
    stream = board.stream
    return replace(
        board,
        stream=RawStream(stream.info, replace(stream.frames, counts=counts), stream.arrival_s, stream.notes),
    )


def restarted(board: Board, *, after_s: float, away_s: float, boot_s: float = 0.4, noted: bool = True) -> Board:
    """The board is reset after_s and sends again away_s later, its clock begun boot_s before that."""
    stream, frames = board.stream, board.stream.frames
    begin = board.true_s[0]
    kept = (board.true_s < begin + after_s) | (board.true_s >= begin + after_s + away_s)
    first = int(np.count_nonzero(board.true_s < begin + after_s))
    ticks, sequence = frames.ticks_us[kept].copy(), frames.sequence[kept].copy()
    ticks[first:] += ticks[first - 1] + round(boot_s * 1e6) - ticks[first]
    sequence[first:] += sequence[first - 1] + max(2, round(boot_s * stream.info.sample_rate_hz)) - sequence[first]
    frames = FrameBlock(
        sequence=sequence, ticks_us=ticks, counts=frames.counts[kept],
        channel=None if frames.channel is None else frames.channel[kept], flags=frames.flags[kept],
    )  # fmt: skip
    arrival = stream.arrival_s[kept]
    facts = {"sequence": int(sequence[first]), "away_s": away_s}
    notes = (LinkNote(float(arrival[first]), "restarted", facts),) if noted else ()
    before = tuple(n for n in stream.notes if n.time_s < begin + after_s)
    shift = int(ticks[first]) - int(stream.frames.ticks_us[kept][first])
    later = tuple(
        LinkNote(n.time_s, n.kind, {**n.facts, "ticks_us": int(n.facts["ticks_us"]) + shift})
        for n in stream.notes
        if n.time_s > begin + after_s + away_s + 0.05
    )
    return replace(
        board, stream=RawStream(stream.info, frames, arrival, (*before, *notes, *later)), true_s=board.true_s[kept]
    )
