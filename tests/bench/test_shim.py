"""The simulated ATmega against what its datasheet says, with the shim's corrections and without them.

Where a test of the second kind fails, simavr got better: the correction named there must go, or be made conditional.
"""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

import pytest
from drivers.bench.board import MEND_ADC, MEND_ALL, MEND_INTERRUPTS, MEND_UART
from drivers.bench.shim import SOURCES, ChipCounters, Counters

from bench.boards import MakeBoard

PROBE = Path(__file__).parent / "probe" / "probe.ino"
TIMER2_COMPARE_A = {"uno": 7, "mega": 13}
BOARDS = ("uno", "mega")


def millivolts(channel: int) -> int:
    return 100 + 300 * channel


def counts(channel: int) -> int:
    return millivolts(channel) * 1024 // 5000


def probed(make_board: MakeBoard, board: str, mend: int = MEND_ALL) -> dict[str, int]:
    """What the probe sketch printed, and how often its timer interrupted it."""
    simulated = make_board(PROBE, board, mend=mend)
    for channel in range(16):
        simulated.voltage(channel, millivolts(channel))
    simulated.run(0.3)
    lines = simulated.read().decode("ascii").split()
    assert lines[-1] == "done"
    said = {name: int(value) for name, _, value in (line.partition("=") for line in lines if "=" in line)}
    return said | {"interrupts": simulated.interrupts()[TIMER2_COMPARE_A[board]]}


@pytest.mark.parametrize("board", BOARDS)
def test_instructions_take_the_cycles_of_the_datasheet(make_board: MakeBoard, board: str) -> None:
    said = probed(make_board, board)
    cycles = {"nop": 1, "lds": 2, "sts": 2, "push_pop": 4, "mul": 3, "rjmp": 2, "sbi": 2, "skip_two_words": 4}
    cycles["call_ret"] = 8 if board == "uno" else 10
    assert {name: said[name] / 8 for name in cycles} == cycles


@pytest.mark.parametrize(("board", "cycles"), [("uno", 11), ("mega", 13)])
def test_an_empty_interrupt_costs_entry_jump_and_return(make_board: MakeBoard, board: str, cycles: int) -> None:
    said = probed(make_board, board)
    # The one that ends the measurement may fall outside it.
    assert said["interrupts_cost"] / said["interrupts"] == pytest.approx(cycles, abs=0.1)


@pytest.mark.parametrize("board", BOARDS)
def test_a_hundred_bytes_at_115200_baud_take_as_long_as_on_the_wire(make_board: MakeBoard, board: str) -> None:
    # 16 MHz / 8 / 17 is the nearest divisor: 85 us a byte.
    assert probed(make_board, board)["us_of_100_bytes"] == pytest.approx(8500, abs=12)


@pytest.mark.parametrize("board", BOARDS)
def test_a_conversion_takes_13_converter_clocks_and_the_first_25(make_board: MakeBoard, board: str) -> None:
    said = probed(make_board, board)
    loop = 12  # until the polling sees the end
    assert 13 * 64 <= said["conversion_cycles"] <= 13 * 64 + loop
    assert 25 * 64 <= said["first_conversion_cycles"] <= 25 * 64 + loop


@pytest.mark.parametrize("board", BOARDS)
def test_the_converter_samples_what_was_selected_when_it_started(make_board: MakeBoard, board: str) -> None:
    said = probed(make_board, board)
    assert said["selected_at_the_start"] == counts(3)
    assert said["A5"] == counts(5)


def test_all_sixteen_inputs_of_a_mega_convert(make_board: MakeBoard) -> None:
    assert probed(make_board, "mega")["A15"] == counts(15)


@pytest.mark.parametrize("board", BOARDS)
def test_timers_edges_and_clock_behave(make_board: MakeBoard, board: str) -> None:
    said = probed(make_board, board)
    assert said["ticks_in_50_ms"] in (50, 51)
    assert (said["micros_went_back"], said["int0_rising"], said["pin_changes"]) == (0, 5, 10)


def test_this_simavr_still_needs_its_interrupts_mended(make_board: MakeBoard) -> None:
    said = probed(make_board, "uno", MEND_ALL & ~MEND_INTERRUPTS)
    assert said["interrupts_cost"] / said["interrupts"] == pytest.approx(7, abs=0.1)


def test_this_simavr_still_needs_its_converter_mended(make_board: MakeBoard) -> None:
    assert probed(make_board, "uno", MEND_ALL & ~MEND_ADC)["selected_at_the_start"] == counts(5)


def test_the_byte_time_is_set_not_scaled_so_mending_twice_changes_nothing(make_board: MakeBoard) -> None:
    simulated = make_board(PROBE)
    simulated.run(0.05)
    assert simulated.cycles_per_byte == 1360
    assert simulated.cycles_per_byte == 1360
    assert probed(make_board, "uno", MEND_ALL & ~MEND_UART)["us_of_100_bytes"] == pytest.approx(9350, abs=12)


def test_the_same_run_gives_the_same_bytes(make_board: MakeBoard) -> None:
    def run(seed: int) -> bytes:
        simulated = make_board(PROBE, seed=seed)
        simulated.voltage_noise(20.0)
        simulated.voltage(5, 2500.0)
        simulated.run(0.2)
        return simulated.read()

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_a_fast_crystal_makes_the_second_of_the_board_shorter(make_board: MakeBoard) -> None:
    fast = make_board(PROBE, clock_ppm=3000.0)
    fast.run(1.0)
    assert fast.counters().cycles == pytest.approx(16_048_000, abs=4000)
    assert fast.time_s == pytest.approx(1.0, abs=3e-4)


@pytest.mark.parametrize(("structure", "name"), [(Counters, "counters_t"), (ChipCounters, "chip_counters_t")])
def test_the_counters_stand_in_c_as_in_python(structure: type[ctypes.Structure], name: str) -> None:
    header = (SOURCES / "shim.h").read_text()
    body = re.sub(r"/\*.*?\*/", "", header[: header.index(f"}} {name};")].rpartition("typedef struct {")[2])
    declared = [
        (kind, field.strip())
        for declaration in body.split(";")
        if declaration.strip()
        for kind, _, fields in [declaration.strip().partition(" ")]
        for field in fields.split(",")
    ]
    kinds = {"uint64_t": "c_ulong", "double": "c_double", "int32_t": "c_int"}
    known = [(kind.__name__, field) for field, kind in structure._fields_]
    assert [(kinds[kind], field) for kind, field in declared] == known
