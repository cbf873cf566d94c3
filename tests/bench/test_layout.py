"""The wire protocol stands twice, in frame.h for the boards and in Python for the host; pins stand in pins.h alone."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from drivers.bench.build import ARDUINO, BOARDS, FIRMWARE, LIBRARY

from landing_lab.model import blocks
from landing_lab_drivers import bodies, wire
from landing_lab_drivers.devices import all_devices
from landing_lab_drivers.devices.plate_hx711 import _GAIN_CODES
from reference import absent

HEADER = (LIBRARY / "frame.h").read_text()
C_TYPES = {"uint8_t": "B", "uint16_t": "H", "uint32_t": "I", "char": "s"}


def _enum(name: str) -> dict[str, int]:
    body = re.search(rf"enum {name} : uint8_t {{(.*?)}}", HEADER, re.DOTALL)
    assert body is not None
    return {word: int(value, 0) for word, value in re.findall(r"(\w+) = (\w+)", body[1])}


def _define(name: str, text: str = HEADER) -> int:
    found = re.search(rf"#define {name} (\d+)", text)
    assert found is not None
    return int(found[1])


def _format(name: str) -> str:
    """The struct of a C header as Python's struct module writes it."""
    body = re.search(rf"struct __attribute__\(\(packed\)\) {name} {{(.*?)}};", HEADER, re.DOTALL)
    assert body is not None
    fields = re.findall(r"(\w+) \w+(?:\[(\d+)\])?;", body[1])
    assert len(fields) == body[1].count(";")
    return "<" + "".join(count + C_TYPES[kind] for kind, count in fields)


def test_frame_types_are_the_host_s() -> None:
    types = _enum("FrameType")
    assert len(types) == 11
    for name, value in types.items():
        assert value == getattr(wire, name.removeprefix("FRAME_")), name


def test_flags_are_the_host_s() -> None:
    flags = _enum("CellFlag")
    assert len(flags) == 3
    for name, value in flags.items():
        assert value == getattr(blocks, name), name


def test_gain_codes_are_the_host_s() -> None:
    # plate.ino: the code is the number of extra pulses less one; 1, 2, 3 pulses choose 128, 32, 64 (data sheet).
    assert {gain: pulses - 1 for gain, pulses in ((128, 1), (32, 2), (64, 3))} == _GAIN_CODES
    assert _define("LL_GAIN_SHIFT") == 4


def test_kinds_are_the_host_s() -> None:
    kinds = {name: device.kind_code for name, device in all_devices().items()}
    assert _enum("Kind") == {"KIND_INSOLE": kinds["insole-fsr"], "KIND_PLATE": kinds["plate-hx711"]}


def test_placements_are_the_host_s() -> None:
    assert [bodies._PLACEMENTS[_define(f"LL_{side.upper()}")] for side in ("total", "left", "right")] == [
        "total",
        "left",
        "right",
    ]


def test_protocol_version_is_the_host_s() -> None:
    assert _define("LL_PROTOCOL") == bodies.PROTOCOL_VERSION


@pytest.mark.parametrize(
    ("name", "host"),
    [("Head", wire._HEAD), ("Info", bodies._INFO), ("Status", bodies._STATUS), ("Pong", bodies._PONG)],
)
def test_bodies_have_the_host_s_fields(name: str, host: struct.Struct) -> None:
    assert _expanded(_format(name)) == _expanded(host.format)


def test_bodies_without_a_struct_on_the_host_have_the_documented_size() -> None:
    assert struct.calcsize(_format("Edge")) == 5
    assert struct.calcsize(_format("Reading")) == 4
    assert "SYNC     edge u8 (1 rising) | t_us u32" in (wire.__doc__ or "")
    assert "CELL c   counts i24 | flags u8" in (wire.__doc__ or "")


def test_firmware_version_is_that_of_the_library() -> None:
    version = ".".join(str(_define(f"LL_FIRMWARE_{part}")) for part in ("MAJOR", "MINOR", "PATCH"))
    assert f"version={version}\n" in (FIRMWARE / "libraries" / "landing_lab" / "library.properties").read_text()


def _expanded(form: str) -> str:
    """A struct format with its repeats written out, apart from strings."""
    return re.sub(r"(\d+)([BHI])", lambda found: found[2] * int(found[1]), form)


# ---- pins ----


def _pins(board: str) -> list[tuple[str, str, int]]:
    """(pin, port letter, bit) of every entry in pins.h for a board."""
    text = (LIBRARY / "pins.h").read_text()
    mega, other = re.split(r"^#else$", text, flags=re.MULTILINE)
    part = mega if board == "mega" else other
    return [(pin, port, int(bit)) for pin, port, bit in re.findall(r"\b([AD]\d+), ([A-L]), (\d)", part)]


def _core_pins(board: str) -> list[tuple[str, int]]:
    """(port letter, bit) of every digital pin, from the Arduino core itself."""
    variants = ARDUINO / "variants"
    path = variants / ("mega" if board == "mega" else "standard") / "pins_arduino.h"
    if not path.is_file():
        absent(f"no {path}; on Debian: apt-get install arduino-core-avr")
    text = re.sub(r"//.*", "", path.read_text())
    ports = re.search(r"digital_pin_to_port_PGM\[\] = {(.*?)}", text, re.DOTALL)
    masks = re.search(r"digital_pin_to_bit_mask_PGM\[\] = {(.*?)}", text, re.DOTALL)
    assert ports is not None
    assert masks is not None
    letters = re.findall(r"\bP([A-L])\b", ports[1])
    bits = [int(bit) for bit in re.findall(r"_BV\( ?(\d) ?\)", masks[1])]
    assert len(letters) == len(bits)
    return list(zip(letters, bits, strict=True))


@pytest.mark.parametrize("board", BOARDS)
def test_every_pin_is_the_port_and_bit_that_the_core_says(board: str) -> None:
    core = _core_pins(board)
    first_analogue = 54 if board == "mega" else 14
    pins = _pins(board)
    assert len(pins) == 1 + 2 * 8 + 4
    for pin, port, bit in pins:
        number = int(pin[1:]) + (first_analogue if pin[0] == "A" else 0)
        assert core[number] == (port, bit), pin


@pytest.mark.parametrize("board", BOARDS)
def test_no_pin_of_the_plate_is_used_twice_or_belongs_to_the_serial_port(board: str) -> None:
    plate = [pin for pin, _, _ in _pins(board)][:17]
    assert len(set(plate)) == 17
    assert not {"D0", "D1"} & set(plate)


def test_select_lines_are_the_low_bits_of_the_port_that_a_scan_writes() -> None:
    for board in BOARDS:
        assert [(port, bit) for _, port, bit in _pins(board)[17:]] == [("B", bit) for bit in range(4)]


@pytest.mark.parametrize("sketch", ["insole", "plate"])
def test_every_value_of_config_h_can_be_overridden(sketch: str) -> None:
    text = (FIRMWARE / sketch / "config.h").read_text()
    defined = re.findall(r"^#define (LL_\w+) ", text, re.MULTILINE)
    assert defined
    assert defined == re.findall(r"^#ifndef (LL_\w+)$", text, re.MULTILINE)


def test_the_sketchbook_is_laid_out_as_the_arduino_ide_wants_it() -> None:
    for sketch in ("insole", "plate"):
        assert (FIRMWARE / sketch / f"{sketch}.ino").is_file()
    assert Path(FIRMWARE / "libraries" / "landing_lab" / "src" / "landing_lab.h").is_file()
