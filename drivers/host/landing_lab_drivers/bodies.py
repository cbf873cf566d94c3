"""The bodies of INFO, STATUS, PONG and SYNC frames; their layout stands at the top of wire.py."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from landing_lab.errors import DeviceError, ParameterError
from landing_lab.model.channels import Side
from landing_lab.model.device import DeviceInfo
from landing_lab.model.recording import SensorKind

PROTOCOL_VERSION = 1

_INFO = struct.Struct("<B3BBB8sBIBHHIH")
_STATUS = struct.Struct("<IHH")
_PONG = struct.Struct("<II")
_SYNC = struct.Struct("<BI")
_KIND_AT = 4
_PLACEMENTS: tuple[Side, ...] = ("total", "left", "right")
_ID_BYTES = 8
# What a raw file can hold.
_MOST_CHANNELS, _FASTEST_HZ = 64, 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardStatus:
    """What a board counted since it started.

    Frames that its full transmit ring dropped, converters that did not answer in time, requests with a wrong checksum.
    """

    dropped_frames: int = 0
    converter_timeouts: int = 0
    receive_errors: int = 0


def pack_info(info: DeviceInfo, kind_code: int) -> bytes:
    """INFO body, 30 bytes.

    Raises ParameterError where a value has no place in it (a long device id, a side that is no placement).
    """
    device_id = info.device_id.encode("ascii", errors="replace")
    if len(device_id) > _ID_BYTES or info.placement not in _PLACEMENTS:
        raise ParameterError(
            f"device {info.device_id!r} at {info.placement!r} does not fit an INFO frame; "
            f"use an id of at most {_ID_BYTES} ASCII characters and one of {', '.join(_PLACEMENTS)}"
        )
    try:
        return _INFO.pack(
            info.protocol_version,
            *_version_numbers(info.firmware_version),
            kind_code,
            _PLACEMENTS.index(info.placement),
            device_id.ljust(_ID_BYTES, b"\0"),
            info.n_channels,
            round(info.sample_rate_hz * 100),
            info.adc_prescaler,
            round(info.reference_v * 1000),
            round(info.channel_skew_us),
            round(info.settle_us),
            info.gain,
        )
    except struct.error as error:
        raise ParameterError(f"{info} does not fit an INFO frame ({error}); see the field sizes in wire.py") from error


def _version_numbers(version: str) -> tuple[int, int, int]:
    """Three numbers of "1.2.3"; missing ones are 0."""
    parts = version.split(".")
    if len(parts) > 3 or not all(part.isdecimal() for part in parts):
        raise ParameterError(f"firmware version {version!r} is not of the form 1.2.3; give up to three numbers")
    major, minor, patch = (*map(int, parts), 0, 0)[:3]
    return major, minor, patch


def info_kind_code(body: bytes) -> int:
    """Kind code of an INFO body.

    Raises DeviceError for another protocol version or a wrong length.
    """
    version = body[0] if body else None
    if version != PROTOCOL_VERSION:
        raise DeviceError(
            f"the board speaks protocol {version}, this program speaks {PROTOCOL_VERSION}; "
            "flash the firmware that came with this version of landing-lab, or update landing-lab",
            protocol_version=version,
        )
    if len(body) != _INFO.size:
        raise DeviceError(
            f"the board described itself in {len(body)} bytes; protocol {PROTOCOL_VERSION} has {_INFO.size}; "
            "flash the firmware that came with this version of landing-lab"
        )
    return body[_KIND_AT]


def unpack_info(body: bytes, *, kind: str, sensor_kind: SensorKind) -> DeviceInfo:
    """INFO body as a DeviceInfo; kind and sensor_kind are those of the device its kind code names.

    Raises DeviceError for another protocol version, a wrong length, or values no board of ours can have.
    """
    info_kind_code(body)
    protocol, major, minor, patch, _, *rest = _INFO.unpack(body)
    placement, device_id, n_channels, rate, prescaler, millivolt, skew, settle, gain = rest
    name = device_id.rstrip(b"\0 ").decode("ascii", errors="replace")
    lies = [
        *([f"placement {placement} instead of 0-{len(_PLACEMENTS) - 1}"] if placement >= len(_PLACEMENTS) else []),
        *([] if name.strip() else ["no id"]),
        *([] if 1 <= n_channels <= _MOST_CHANNELS else [f"{n_channels} channels instead of 1-{_MOST_CHANNELS}"]),
        *([] if 1 <= rate / 100 <= _FASTEST_HZ else [f"{rate / 100:g} Hz instead of 1-{_FASTEST_HZ}"]),
        *(["gain 0"] if sensor_kind == "hx711_plate" and not gain else []),
    ]
    if lies:
        raise DeviceError(f"the board says {', '.join(lies)}; that cannot be; check its settings and flash it again")
    return DeviceInfo(
        kind=kind,
        device_id=name,
        placement=_PLACEMENTS[placement],
        firmware_version=f"{major}.{minor}.{patch}",
        protocol_version=protocol,
        n_channels=n_channels,
        sample_rate_hz=rate / 100,
        adc_prescaler=prescaler,
        reference_v=millivolt / 1000,
        channel_skew_us=float(skew),
        settle_us=float(settle),
        gain=gain,
        sensor_kind=sensor_kind,
    )


def pack_status(status: BoardStatus) -> bytes:
    """STATUS body; counters that ran over stay at their largest value."""
    return _STATUS.pack(
        min(status.dropped_frames, 0xFFFFFFFF),
        min(status.converter_timeouts, 0xFFFF),
        min(status.receive_errors, 0xFFFF),
    )


def unpack_status(body: bytes) -> BoardStatus | None:
    """STATUS body, None where its length is not ours."""
    if len(body) != _STATUS.size:
        return None
    dropped, timeouts, errors = _STATUS.unpack(body)
    return BoardStatus(dropped_frames=dropped, converter_timeouts=timeouts, receive_errors=errors)


def pack_nonce(nonce: int) -> bytes:
    """PING body."""
    return (nonce & 0xFFFFFFFF).to_bytes(4, "little")


def pack_pong(nonce: int, ticks_us: int) -> bytes:
    """PONG body; both wrap at 32 bit."""
    return _PONG.pack(nonce & 0xFFFFFFFF, ticks_us & 0xFFFFFFFF)


def unpack_pong(body: bytes) -> tuple[int, int] | None:
    """(nonce, ticks_us) of a PONG body, None where its length is not ours."""
    if len(body) != _PONG.size:
        return None
    nonce, ticks_us = _PONG.unpack(body)
    return nonce, ticks_us


def pack_sync(ticks_us: int, *, rising: bool) -> bytes:
    """SYNC body; ticks_us wraps at 32 bit."""
    return _SYNC.pack(rising, ticks_us & 0xFFFFFFFF)


def unpack_sync(body: bytes) -> tuple[int, bool] | None:
    """(ticks_us, rising) of a SYNC body, None where its length is not ours."""
    if len(body) != _SYNC.size:
        return None
    edge, ticks_us = _SYNC.unpack(body)
    return ticks_us, edge == 1
