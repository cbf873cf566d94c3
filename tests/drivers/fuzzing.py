"""Damaged wire bytes in any amount, and what a decoder owes us all the same."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from drivers.boards import insole_info, plate_info
from landing_lab_drivers import wire
from landing_lab_drivers.bodies import BoardStatus, pack_info, pack_pong, pack_status, pack_sync
from landing_lab_drivers.wire import Frame, FrameDecoder

_STREAM_FRAMES = 4000


@dataclass(slots=True)
class Fuzzed:
    """What was fed: bytes, stretches that are no frame of ours, and frames that nobody sent."""

    n_bytes: int = 0
    bad_stretches: int = 0
    false_frames: int = 0

    def false_limit(self) -> float:
        """More false frames than a 16-bit checksum lets through hardly ever happen: six standard deviations."""
        expected = self.bad_stretches / 65536
        return expected + 6 * sqrt(expected) + 3


def stream(rng: np.random.Generator, first: int) -> list[Frame]:
    """Frames of all kinds as boards send them, no two alike."""
    control = (
        (wire.INFO, pack_info(insole_info(), 1)), (wire.INFO, pack_info(plate_info(), 2)),
        (wire.STATUS, pack_status(BoardStatus(dropped_frames=7))), (wire.PONG, pack_pong(9, 1 << 20)),
        (wire.SYNC, pack_sync(1 << 21, rising=True)), (wire.ACK, bytes([wire.START])),
    )  # fmt: skip
    frames = []
    for number in range(first, first + _STREAM_FRAMES):
        kind = rng.random()
        if kind < 0.7:
            counts = np.where(rng.random(8) < 0.5, 0, rng.integers(0, 1024, 8))
            typed = (wire.SCAN, counts.astype("<u2").tobytes())
        elif kind < 0.95:
            typed = (wire.CELL + int(rng.integers(8)), rng.integers(0, 256, 4, dtype=np.uint8).tobytes())
        else:
            typed = control[rng.integers(len(control))]
        frames.append(Frame(typed[0], number & 0xFFFF, number, typed[1]))
    return frames


def damaged(coded: bytes, rng: np.random.Generator) -> bytes:
    """One frame's bytes after an accident: bits flipped, bytes lost, doubled, put in, swapped, or all replaced."""
    spoiled = bytearray(coded)
    at, size = int(rng.integers(len(spoiled))), int(rng.integers(1, 12))
    match int(rng.integers(7)):
        case 0:
            spoiled[at] ^= 1 << int(rng.integers(8))
        case 1:
            del spoiled[at : at + size]
        case 2:
            spoiled[at:at] = spoiled[at : at + size]
        case 3:
            spoiled[at:at] = rng.integers(0, 256, size, dtype=np.uint8).tobytes()
        case 4:
            spoiled[at : at + size] = spoiled[at : at + size][::-1]
        case 5:
            spoiled[at:] = bytes(rng.integers(0, 256, len(spoiled) - at, dtype=np.uint8))
        case _:
            spoiled = bytearray(rng.integers(0, 256, int(rng.integers(600)), dtype=np.uint8).tobytes())
    return bytes(spoiled)


def in_pieces(data: bytes, rng: np.random.Generator, mean: int) -> list[bytes]:
    """The same bytes, cut anywhere."""
    edges = np.sort(rng.integers(0, len(data) + 1, max(1, len(data) // mean))).tolist()
    return [data[a:b] for a, b in zip([0, *edges], [*edges, len(data)], strict=True)]


def fuzz_mutated(n_bytes: int, seed: int, *, share: float = 0.3) -> Fuzzed:
    """Streams in which this share of frames had an accident; asserts what has to hold for each frame that had none."""
    rng = np.random.default_rng(seed)
    done, first = Fuzzed(), 0
    while done.n_bytes < n_bytes:
        frames = stream(rng, first)
        first += len(frames)
        spoil = rng.random(len(frames)) < share
        pieces = [wire.encode_frame(*frame) for frame in frames]
        pieces = [damaged(piece, rng) if bad else piece for piece, bad in zip(pieces, spoil, strict=True)]
        data = b"".join(pieces)
        decoder = FrameDecoder()
        got = decoder.feed(data)
        cut = FrameDecoder()
        assert [frame for piece in in_pieces(data, rng, 60) for frame in cut.feed(piece)] == got, "the cut matters"
        assert cut.stats == decoder.stats
        # A frame is owed where it is whole and the byte before it ends the last one: resynchronised within one frame.
        ended = [True, *(piece.endswith(b"\0") if piece else None for piece in pieces[:-1])]
        owed = [f for f, bad, end in zip(frames, spoil, ended, strict=True) if not bad and end]
        sent = set(frames)
        true = [frame for frame in got if frame in sent]
        assert set(owed) <= set(true)
        done.false_frames += len(got) - len(true)
        done.bad_stretches += decoder.stats.bad_frames
        done.n_bytes += len(data)
    return done


def fuzz_random(n_bytes: int, seed: int, *, zeros: float) -> Fuzzed:
    """Random bytes with this share of 00, so that stretches of every length occur."""
    rng = np.random.default_rng(seed)
    done = Fuzzed()
    while done.n_bytes < n_bytes:
        data = rng.integers(1, 256, 100_000, dtype=np.uint8)
        data[rng.random(len(data)) < zeros] = 0
        decoder = FrameDecoder()
        got = decoder.feed(wire.encode_frame(1) + data.tobytes() + b"\0" + wire.encode_frame(2))
        assert (got[0].type, got[-1].type) == (1, 2), "good frames around junk are found"
        done.false_frames += len(got) - 2
        done.bad_stretches += decoder.stats.bad_frames
        done.n_bytes += len(data)
    return done
