"""Which pin does what, read from the table the firmware is compiled from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

PINS = Path(__file__).resolve().parents[1] / "firmware" / "libraries" / "landing_lab" / "src" / "pins.h"
_CELL = re.compile(r"CELL\((\d+), \w+, (\w), (\d), \w+, (\w), (\d)\)")
_SELECT = re.compile(r"SELECT\((\d+), \w+, (\w), (\d)\)")
_SYNC = re.compile(r"SYNC\(\w+, (\w), (\d)\)")


class CellPins(NamedTuple):
    """Where one HX711 is connected, as "PD4"."""

    dout: str
    sck: str


def _table(board: str) -> str:
    """The part of pins.h for a board: "uno", "nano" or "mega"."""
    mega, other = PINS.read_text().partition("defined(__AVR_ATmega2560__)")[2].split("#else")
    return mega if board == "mega" else other


def cell_pins(board: str) -> list[CellPins]:
    """Pins of the plate's chips, in the order of its cells."""
    return [CellPins(f"P{a}{b}", f"P{c}{d}") for _, a, b, c, d in sorted(_CELL.findall(_table(board)))]


def select_pins(board: str) -> list[str]:
    """Select lines S0-S3 of the 4067."""
    return [f"P{port}{bit}" for _, port, bit in sorted(_SELECT.findall(_table(board)))]


def sync_pin(board: str) -> str:
    """The pin whose edges are reported."""
    port, bit = _SYNC.findall(_table(board))[0]
    return f"P{port}{bit}"
