"""Bytes to frames and back: no ports, no threads, no clocks.

On the wire, both directions, little endian::

    COBS( type u8 | sequence u16 | t_us u32 | body | crc u16 ) 00

crc is CRC-16/IBM-3740 (polynomial 1021, start FFFF, not reflected) over everything before it. The payload inside COBS
is at most 253 bytes, so a code byte is never FF and a frame never longer than 255 bytes with its 00.

    ====  =======  =======================================================================================
    type  name     body
    ====  =======  =======================================================================================
    01    SCAN     n_channels x u16 counts
    10    INFO     30 bytes, see below; the answer to INFO_REQUEST
    11    STATUS   dropped_frames u32 | converter_timeouts u16 | receive_errors u16; at 1 Hz while streaming
    12    PONG     nonce u32 | t_us u32 of the request; the answer to PING
    13    SYNC     edge u8 (1 rising) | t_us u32 of the edge
    14    ACK      type u8 of the request it answers (START, STOP)
    20+c  CELL c   counts i24 | flags u8: 1 saturated, 2 suspect, 4 not ready, bits 4-5 gain (0 128, 1 32, 2 64)
    81    INFO_REQUEST  empty          (host to board, as all of 80 and above)
    82    START    empty
    83    STOP     empty
    84    PING     nonce u32
    ====  =======  =======================================================================================

    INFO body: protocol u8 | firmware 3 x u8 | kind u8 | placement u8 (0 total, 1 left, 2 right) | device id 8 ASCII,
    padded with 00 | n_channels u8 | rate u32 in 0.01 Hz | adc prescaler u8 | reference u16 mV | channel skew u16 us |
    settle u32 us | gain u16

Only SCAN and CELL consume sequence numbers; frames of type 10-1F carry the number of the next data frame.
What stands inside the bodies of those is in bodies.py, of SCAN and CELL in devices/.
"""

from __future__ import annotations

import struct
from binascii import crc_hqx
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from landing_lab.errors import ParameterError
from landing_lab.model.device import LinkStats

SCAN = 0x01
INFO = 0x10
STATUS = 0x11
PONG = 0x12
SYNC = 0x13
ACK = 0x14
CELL = 0x20
INFO_REQUEST = 0x81
START = 0x82
STOP = 0x83
PING = 0x84

CONTROL_MASK = 0xF0
MAX_PAYLOAD = 253
_MAX_CODED = MAX_PAYLOAD + 1
_HEAD = struct.Struct("<BHI")
_MIN_CODED = _HEAD.size + 2 + 1
_CRC_START = 0xFFFF
# Below this many frames of one length the set-up of the array path costs more than it saves (measured: about 150).
_BATCH_FROM = 160
_CRC_TABLE = np.array([crc_hqx(bytes([byte]), 0) for byte in range(256)], np.uint16)

Bytes2D = NDArray[np.uint8]


class Frame(NamedTuple):
    """One frame with a right checksum; sequence and ticks_us as sent (16 and 32 bit, they wrap)."""

    type: int
    sequence: int
    ticks_us: int
    body: bytes


def is_control(frame: Frame) -> bool:
    """Whether a frame is about the board (10-1F) rather than a measurement."""
    return frame.type & CONTROL_MASK == INFO


def cobs_encode(payload: bytes) -> bytes:
    """The same bytes without any 00, without the closing 00."""
    out = bytearray()
    blocks = payload.split(b"\0")
    for block in blocks:
        full = len(block) // 254
        for start in range(0, full * 254, 254):
            out.append(255)
            out += block[start : start + 254]
        out.append(len(block) - full * 254 + 1)
        out += block[full * 254 :]
    # A last block that fills its codes exactly needs no empty one after it.
    if blocks[-1] and len(blocks[-1]) % 254 == 0:
        out.pop()
    return bytes(out)


def cobs_decode(coded: bytes) -> bytes | None:
    """The payload of one stretch between two 00, or None where the codes do not end with the bytes."""
    out = bytearray()
    position, end = 0, len(coded)
    while position < end:
        code = coded[position]
        following = position + code
        if code == 0 or following > end:
            return None
        out += coded[position + 1 : following]
        position = following
        if code != 255 and position < end:
            out.append(0)
    return bytes(out)


def encode_frame(kind: int, sequence: int = 0, ticks_us: int = 0, body: bytes = b"") -> bytes:
    """One frame as it goes over the wire, with its closing 00; sequence and ticks_us wrap.

    Raises ParameterError for a body of more than 244 bytes.
    """
    payload = _HEAD.pack(kind, sequence & 0xFFFF, ticks_us & 0xFFFFFFFF) + body
    if len(payload) + 2 > MAX_PAYLOAD:
        raise ParameterError(
            f"a frame body of {len(body)} bytes is too long; a frame holds {MAX_PAYLOAD - 9}; send several frames"
        )
    return cobs_encode(payload + crc_hqx(payload, _CRC_START).to_bytes(2, "little")) + b"\0"


def encode_frames(
    kinds: NDArray[np.uint8], sequence: NDArray[np.int64], ticks_us: NDArray[np.int64], bodies: Bytes2D
) -> list[bytes]:
    """encode_frame for n frames at once: kinds, sequence, ticks_us (n,), bodies (n, body bytes)."""
    n_frames = len(kinds)
    size = _HEAD.size + bodies.shape[1] + 2
    if size > MAX_PAYLOAD:
        raise ParameterError(
            f"frame bodies of {bodies.shape[1]} bytes are too long; a frame holds {MAX_PAYLOAD - 9}; send several"
        )
    if not n_frames:
        return []
    # Byte k of all frames is row k: each step below then runs over contiguous memory.
    payload = np.empty((size, n_frames), np.uint8)
    payload[0] = kinds
    payload[1:3] = sequence.astype("<u2").view(np.uint8).reshape(n_frames, 2).T
    payload[3:7] = (ticks_us & 0xFFFFFFFF).astype("<u4").view(np.uint8).reshape(n_frames, 4).T
    payload[7:-2] = bodies.T
    payload[-2:] = _crc_rows(payload[:-2]).astype("<u2").view(np.uint8).reshape(n_frames, 2).T
    coded = np.zeros((size + 2, n_frames), np.uint8)
    code = np.ones(n_frames, np.uint8)
    for row in range(size - 1, -1, -1):
        is_zero = payload[row] == 0
        coded[row + 1] = np.where(is_zero, code, payload[row])
        code = np.where(is_zero, np.uint8(1), code + np.uint8(1))
    coded[0] = code
    return _byte_strings(coded)


def _crc_rows(payload: Bytes2D) -> NDArray[np.uint16]:
    """Checksum of every column of payload, shape (bytes, n_frames)."""
    crc = np.full(payload.shape[1], _CRC_START, np.uint16)
    for row in payload:
        crc = (crc << np.uint16(8)) ^ _CRC_TABLE[(crc >> np.uint16(8)) ^ row]
    return crc


def _byte_strings(columns: Bytes2D) -> list[bytes]:
    """Every column of (bytes, n) as one bytes object."""
    size, count = columns.shape
    if size == 0:
        return [b""] * count
    strings: list[bytes] = np.ascontiguousarray(columns.T).view(f"V{size}").ravel().tolist()
    return strings


def _decode_one(coded: bytes) -> Frame | None:
    """One stretch between two 00, or None where it is not a frame of ours."""
    end = len(coded)
    if not _MIN_CODED <= end <= _MAX_CODED:
        return None
    # In a stretch this short every code stands where a 00 was (cobs_decode also knows the code FF, which does not).
    payload = bytearray(coded)
    position = 0
    while position < end:
        following = position + payload[position]
        payload[position] = 0
        position = following
    if position != end or crc_hqx(payload[1:-2], _CRC_START) != payload[-2] | payload[-1] << 8:
        return None
    kind, sequence, ticks_us = _HEAD.unpack_from(payload, 1)
    return Frame(kind, sequence, ticks_us, bytes(payload[8:-2]))


def _decode_many(pieces: Sequence[bytes]) -> list[Frame | None]:
    """_decode_one for many stretches of the same, allowed length."""
    length = len(pieces[0])
    coded = np.ascontiguousarray(np.frombuffer(b"".join(pieces), np.uint8).reshape(-1, length).T)
    payload = np.empty((length - 1, len(pieces)), np.uint8)
    next_code = coded[0].astype(np.int16)
    for row in range(1, length):
        is_code = next_code == row
        payload[row - 1] = np.where(is_code, np.uint8(0), coded[row])
        next_code += is_code * coded[row]
    stated = payload[-2] | payload[-1].astype(np.uint16) << np.uint16(8)
    valid = (next_code == length) & (_crc_rows(payload[:-2]) == stated)
    heads = np.ascontiguousarray(payload[:7].T)
    sequence = heads[:, 1:3].copy().view("<u2").ravel().tolist()
    ticks_us = heads[:, 3:7].copy().view("<u4").ravel().tolist()
    frames: list[Frame | None] = list(
        map(Frame._make, zip(payload[0].tolist(), sequence, ticks_us, _byte_strings(payload[7:-2]), strict=True))
    )
    for index in np.flatnonzero(~valid).tolist():
        frames[index] = None
    return frames


class FrameDecoder:
    """Takes bytes as they come and gives the frames in them; finds its way again at the next 00 after any damage.

    Never raises, whatever the bytes. Keeps at most one frame's length of undecoded bytes. Counts into `stats`:
    bytes_received, bad_frames (stretches between two 00 that are no frame) and resyncs (runs of those). Bytes
    before the first good frame are not counted as damage: a port may be opened in the middle of one.
    """

    def __init__(self, stats: LinkStats | None = None) -> None:
        self.stats = LinkStats() if stats is None else stats
        self._rest = b""
        self._found = False
        self._damaged = False

    def feed(self, data: bytes) -> list[Frame]:
        """The frames completed by these bytes, oldest first."""
        self.stats.bytes_received += len(data)
        pieces = (self._rest + data).split(b"\0")
        # One byte over the limit is enough to know that the stretch is no frame.
        self._rest = pieces.pop()[: _MAX_CODED + 1]
        pieces = [piece for piece in pieces if piece]
        return self._count(_decode_pieces(pieces)) if pieces else []

    def _count(self, decoded: list[Frame | None]) -> list[Frame]:
        frames = [frame for frame in decoded if frame is not None]
        if len(frames) == len(decoded):
            self._found, self._damaged = True, False
            return frames
        for frame in decoded:
            if frame is not None:
                self._found, self._damaged = True, False
            elif self._found:
                self.stats.bad_frames += 1
                self.stats.resyncs += not self._damaged
                self._damaged = True
        return frames


def _decode_pieces(pieces: list[bytes]) -> list[Frame | None]:
    """Each stretch as a frame or None, in order; many of one length take the array path."""
    if len(pieces) < _BATCH_FROM:
        return [_decode_one(piece) for piece in pieces]
    lengths = list(map(len, pieces))
    decoded: list[Frame | None] = [None] * len(pieces)
    for length in set(lengths):
        if not _MIN_CODED <= length <= _MAX_CODED:
            continue
        if lengths.count(length) == len(pieces):
            return _decode_many(pieces)
        where = [index for index, other in enumerate(lengths) if other == length]
        group = [pieces[index] for index in where]
        found = _decode_many(group) if len(group) >= _BATCH_FROM else [_decode_one(piece) for piece in group]
        for index, frame in zip(where, found, strict=True):
            decoded[index] = frame
    return decoded
