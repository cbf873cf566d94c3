from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.boards import insole_info, plate_info
from landing_lab.errors import DeviceError, ParameterError
from landing_lab.model.device import DeviceInfo
from landing_lab_drivers import bodies
from landing_lab_drivers.bodies import BoardStatus


@pytest.mark.parametrize("info", [insole_info(), plate_info(), replace(insole_info(), placement="right")])
def test_info_survives_the_wire(info: DeviceInfo) -> None:
    body = bodies.pack_info(info, 77)
    assert len(body) == 30
    assert bodies.info_kind_code(body) == 77
    assert bodies.unpack_info(body, kind=info.kind, sensor_kind=info.sensor_kind) == info


def test_info_bytes_stand_where_the_table_says() -> None:
    body = bodies.pack_info(insole_info(), 1)
    assert body.hex(" ") == (
        "01 00 01 02 01 01 49 4e 53 2d 4c 30 30 31 08 a0 86 01 00 40 88 13 38 00 04 00 00 00 01 00"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"device_id": "much too long"},
        {"placement": "plate_1"},
        {"n_channels": 300},
        {"firmware_version": "1.2-rc"},
        {"reference_v": 100.0},
        {"firmware_version": "1.2.300"},
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        bodies.pack_info(replace(insole_info(), **change), 1)


def test_another_protocol_a_wrong_length_and_nonsense_are_refused() -> None:
    good = bodies.pack_info(insole_info(), 1)
    with pytest.raises(DeviceError, match="protocol 9, this program speaks 1"):
        bodies.info_kind_code(b"\x09" + good[1:])
    with pytest.raises(DeviceError, match="protocol None"):
        bodies.info_kind_code(b"")
    with pytest.raises(DeviceError, match="29 bytes"):
        bodies.info_kind_code(good[:-1])
    for position, value in ((5, 3), (14, 0)):
        spoiled = good[:position] + bytes([value]) + good[position + 1 :]
        with pytest.raises(DeviceError, match="cannot be"):
            bodies.unpack_info(spoiled, kind="insole-fsr", sensor_kind="fsr_insole")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n_channels": 65}, "65 channels instead of 1-64"),
        ({"sample_rate_hz": 0.5}, r"0\.5 Hz instead of 1-100000"),
        ({"sample_rate_hz": 200_000.0}, "200000 Hz instead of 1-100000"),
        ({"device_id": "  "}, "says no id"),
        ({"gain": 0}, "gain 0"),
    ],
)
def test_a_plate_that_no_raw_file_could_hold_is_refused_with_what_it_says(change: dict[str, object], said: str) -> None:
    body = bodies.pack_info(replace(plate_info(), **change), 2)
    with pytest.raises(DeviceError, match=f"{said}.*that cannot be; check its settings"):
        bodies.unpack_info(body, kind="plate-hx711", sensor_kind="hx711_plate")


@given(st.integers(0, 1 << 40), st.integers(0, 1 << 20), st.integers(0, 1 << 20))
def test_status_counts_stop_at_their_largest_value(dropped: int, timeouts: int, errors: int) -> None:
    status = BoardStatus(dropped_frames=dropped, converter_timeouts=timeouts, receive_errors=errors)
    assert bodies.unpack_status(bodies.pack_status(status)) == BoardStatus(
        dropped_frames=min(dropped, 0xFFFFFFFF),
        converter_timeouts=min(timeouts, 0xFFFF),
        receive_errors=min(errors, 0xFFFF),
    )
    assert bodies.unpack_status(b"") is None


def test_pong() -> None:
    assert bodies.unpack_pong(bodies.pack_pong(5, 1 << 32 | 9)) == (5, 9)
    assert bodies.unpack_pong(b"123") is None
