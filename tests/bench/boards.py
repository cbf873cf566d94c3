"""Simulated boards for the bench's tests."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from drivers.bench.board import Board
from drivers.bench.lock_step import LockStepPipe
from drivers.bench.wiring import cell_pins, select_pins

from landing_lab.model.blocks import FrameBlock, joined
from landing_lab_drivers.link import FrameLink

NUMBER_OF_ANALOG_PINS = {"uno": 6, "nano": 8, "mega": 16}


class MakeBoard(Protocol):
    """The fixture that compiles a sketch and puts it on a simulated board."""

    def __call__(
        self,
        sketch: str | Path,
        board: str = "uno",
        *defines: str,
        clock_ppm: float = 0.0,
        mend: int = 7,
        seed: int = 1,
    ) -> Board: ...


def millivolts(channel: int) -> int:
    return 100 + 300 * channel


def scan_of(n_channels: int) -> list[int]:
    """What a converter of 10 bits and 5 V makes of millivolts()."""
    return [millivolts(channel) * 1024 // 5000 for channel in range(n_channels)]


def wire_insole(simulated: Board, board: str, n_channels: int = 8, *, tau_s: float = 0.0) -> Board:
    """millivolts() on every channel, through a 4067 where the board has too few pins."""
    muxed = n_channels > NUMBER_OF_ANALOG_PINS[board]
    if muxed:
        simulated.mux(select_pins(board), tau_s=tau_s)
    for channel in range(n_channels):
        (simulated.mux_voltage if muxed else simulated.voltage)(channel, millivolts(channel))
    return simulated


CELL_COUNTS = (8388607, -8388608, -1, 0, 1, 123456, -654321, 500_000)


def wire_plate(
    simulated: Board, board: str, *, absent: tuple[int, ...] = (), rates_hz: tuple[float, ...] = (78, 80, 82, 84)
) -> Board:
    """A chip with its own rate, phase and CELL_COUNTS at every place of a plate but the absent ones."""
    for cell, (dout, sck) in enumerate(cell_pins(board)):
        if cell not in absent:
            rate_hz = rates_hz[cell % len(rates_hz)]
            simulated.hx711(dout, sck, CELL_COUNTS[cell], rate_hz=rate_hz, phase=0.11 * cell)
    return simulated


def recorded(link: FrameLink, pipe: LockStepPipe, seconds: float) -> FrameBlock:
    """What a started board sends meanwhile, also rows that the host held back to judge them."""
    link.start()
    pipe.run(seconds)
    link.stop()
    return joined([arrival.frames for arrival in link.poll()])


def readings_of(block: FrameBlock, cell: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(ticks_us, counts, flags) of one cell of a plate."""
    assert block.channel is not None
    own = block.channel == cell
    return block.ticks_us[own], block.counts[own, cell], block.flags[own]
