from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from drivers.bench import build
from drivers.bench.build import BOARDS, FirmwareBuildError

from reference import absent

ROOT = Path(__file__).resolve().parents[2]
# What the stack and a lab's own additions may take beside us.
FREE_RAM_BYTES = 1024


@pytest.fixture(autouse=True)
def _tools() -> None:
    if reason := build.missing():
        absent(reason)


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("sketch", ["insole", "plate"])
def test_a_sketch_compiles_without_a_warning_and_leaves_room(sketch: str, board: str) -> None:
    elf = build.build(sketch, board)
    taken = build.size(elf)
    assert elf.with_suffix(".warnings").read_text() == ""
    assert 1000 < taken.program_bytes < BOARDS[board].program_bytes // 2
    assert 100 < taken.ram_bytes < BOARDS[board].ram_bytes - FREE_RAM_BYTES


@pytest.mark.parametrize(
    ("sketch", "define", "told"),
    [
        ("insole", "LL_CHANNELS=17", "LL_CHANNELS is 1 to 16"),
        ("insole", 'LL_DEVICE_ID="LEFT-FOOT"', "LL_DEVICE_ID has 1 to 8 characters"),
        ("insole", "LL_BAUD=921600", "a 16 MHz board cannot make LL_BAUD"),
        ("insole", "LL_ADC_PRESCALER=48", "LL_ADC_PRESCALER is 16, 32, 64 or 128"),
        ("plate", "LL_CELLS=9", "LL_CELLS is 1 to 8"),
        ("plate", "LL_GAIN=100", "LL_GAIN is 128, 64 or 32"),
    ],
)
def test_a_setting_no_board_can_have_is_refused_by_the_compiler_in_words(sketch: str, define: str, told: str) -> None:
    with pytest.raises(FirmwareBuildError, match=told):
        build.build(sketch, "nano", [define])


def test_a_warning_is_kept_beside_the_result(tmp_path: Path) -> None:
    ino = tmp_path / "sloppy" / "sloppy.ino"
    ino.parent.mkdir()
    ino.write_text("void setup() { int unused; }\nvoid loop() {}\n")
    elf = build.build(ino, "uno", cache=tmp_path / "cache")
    assert "unused variable" in elf.with_suffix(".warnings").read_text()


def test_two_builds_at_once_give_one_whole_result_and_leave_nothing_behind(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: build.build("insole", "nano", cache=tmp_path), range(2))
    assert first == second
    assert build.size(first).program_bytes > 1000
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".a", ".elf", ".warnings"]


def test_the_command_line_prints_sizes_and_writes_intel_hex(tmp_path: Path) -> None:
    out = tmp_path / "plate.hex"
    done = _command("plate", "--board", "mega", "--hex", str(out))
    assert done.returncode == 0, done.stderr
    assert "of 253952 bytes, RAM " in done.stdout
    assert out.read_text().startswith(":")
    assert out.read_text().rstrip().endswith(":00000001FF")


def test_without_a_compiler_the_command_line_says_what_to_install() -> None:
    done = _command("plate", "--board", "uno", PATH="/nowhere")
    assert done.returncode == 1
    assert "apt-get install gcc-avr" in done.stderr
    assert "Traceback" not in done.stderr


def _command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "drivers" / "bench" / "build.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})
