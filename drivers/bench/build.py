"""Compile a sketch of drivers/firmware with avr-gcc and Debian's Arduino core, as the Arduino IDE would.

The flags are those of the core's platform.txt. Results are kept in a cache folder under a name made of everything
that went in, so that nothing is compiled twice and several processes may build at once.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

FIRMWARE = Path(__file__).resolve().parents[1] / "firmware"
LIBRARY = FIRMWARE / "libraries" / "landing_lab" / "src"
ARDUINO = Path("/usr/share/arduino/hardware/arduino/avr")
CORE = ARDUINO / "cores" / "arduino"
_TOOLS = ("avr-gcc", "avr-g++", "avr-gcc-ar", "avr-objcopy", "avr-size")

_COMMON = [
    *("-g", "-Os", "-ffunction-sections", "-fdata-sections", "-flto"),
    *("-DF_CPU=16000000L", "-DARDUINO=10819", "-DARDUINO_ARCH_AVR"),
    # gcc-avr 5.4 hides DECIMAL_DIG from C++11, and the core's WString.cpp needs it.
    "-DDECIMAL_DIG=__DECIMAL_DIG__",
]
_C = ["-std=gnu11", "-fno-fat-lto-objects"]
_CXX = ["-std=gnu++11", "-fpermissive", "-fno-exceptions", "-fno-threadsafe-statics", "-Wno-error=narrowing"]


class FirmwareBuildError(Exception):
    """A sketch could not be compiled: what happened and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """An Arduino board: its part, the core's names for it, and what is left beside the bootloader."""

    mcu: str
    variant: str
    macro: str
    program_bytes: int
    ram_bytes: int


BOARDS = {
    "uno": Board(mcu="atmega328p", variant="standard", macro="ARDUINO_AVR_UNO", program_bytes=32256, ram_bytes=2048),
    "nano": Board(
        mcu="atmega328p", variant="eightanaloginputs", macro="ARDUINO_AVR_NANO", program_bytes=30720, ram_bytes=2048
    ),
    "mega": Board(mcu="atmega2560", variant="mega", macro="ARDUINO_AVR_MEGA2560", program_bytes=253952, ram_bytes=8192),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Bytes of flash and of static RAM; what RAM is left serves the stack."""

    program_bytes: int
    ram_bytes: int


def missing() -> str | None:
    """What this machine lacks for building, as a sentence; None where nothing is missing."""
    absent = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if absent:
        return f"{', '.join(absent)} not found; on Debian: apt-get install gcc-avr avr-libc"
    if not CORE.is_dir():
        return f"no Arduino core in {CORE}; on Debian: apt-get install arduino-core-avr"
    return None


def cache_folder() -> Path:
    """Where compiled sketches are kept: $XDG_CACHE_HOME/landing-lab/firmware, by default under ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "landing-lab" / "firmware"


def build(sketch: str | Path, board: str, defines: Iterable[str] = (), *, cache: Path | None = None) -> Path:
    """The compiled sketch (ELF) for a board: "uno", "nano" or "mega".

    sketch: "insole", "plate", or the path of another .ino. defines: NAME=VALUE, as in the sketch's config.h. What
    the compiler warned about stands beside the result, in a file that ends on .warnings. Raises FirmwareBuildError.
    """
    if board not in BOARDS:
        raise FirmwareBuildError(f"there is no board {board!r} here; known are {', '.join(BOARDS)}; name one of them")
    lacking = missing()
    if lacking:
        raise FirmwareBuildError(f"no sketch can be compiled: {lacking}")
    ino = FIRMWARE / sketch / f"{sketch}.ino" if isinstance(sketch, str) else sketch
    if not ino.is_file():
        raise FirmwareBuildError(f"there is no sketch {ino}; known are insole and plate; name one of them")
    folder = cache_folder() if cache is None else cache
    flags = [*_flags(board), f"-I{LIBRARY}", *(f"-D{define}" for define in defines)]
    sources = [ino, *sorted(ino.parent.glob("*.h")), *sorted(LIBRARY.glob("*.h"))]
    elf = folder / f"{ino.stem}-{board}-{_digest(flags, _core_facts(), [path.read_bytes() for path in sources])}.elf"
    if elf.is_file():
        return elf
    core = _core(board, folder)
    with tempfile.TemporaryDirectory(dir=folder, prefix="build-") as made:
        compiled, linked, told = (Path(made) / name for name in ("sketch.o", "sketch.elf", "warnings"))
        told.write_text(_run(["avr-g++", "-c", "-Wall", "-Wextra", *_CXX, *flags,
                              "-x", "c++", "-include", "Arduino.h", ino, "-o", compiled]))  # fmt: skip
        _run(["avr-gcc", "-Os", "-g", "-flto", "-fuse-linker-plugin", "-Wl,--gc-sections",
              f"-mmcu={BOARDS[board].mcu}", "-o", linked, compiled, core, "-lm"])  # fmt: skip
        # The ELF comes last: whoever sees it sees the warnings too.
        told.replace(elf.with_suffix(".warnings"))
        linked.replace(elf)
    return elf


def size(elf: Path) -> Size:
    """What a compiled sketch takes."""
    sections: dict[str, int] = {}
    for line in _output(["avr-size", "-A", elf]).splitlines():
        words = line.split()
        if len(words) >= 2 and words[0].startswith("."):
            sections[words[0]] = int(words[1])
    data = sections.get(".data", 0)
    return Size(
        program_bytes=sections.get(".text", 0) + data,
        ram_bytes=data + sections.get(".bss", 0) + sections.get(".noinit", 0),
    )


def write_hex(elf: Path, out: Path) -> None:
    """Intel HEX of a compiled sketch, as avrdude takes it."""
    _output(["avr-objcopy", "-O", "ihex", "-R", ".eeprom", elf, out])


def _flags(board: str) -> list[str]:
    facts = BOARDS[board]
    return [*_COMMON, f"-mmcu={facts.mcu}", f"-D{facts.macro}",
            f"-I{CORE}", f"-I{ARDUINO / 'variants' / facts.variant}"]  # fmt: skip


def _core_facts() -> list[str]:
    """Changes with another version of the core or of the compiler."""
    compiler = Path(shutil.which("avr-gcc") or "").resolve()
    return [
        f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in (ARDUINO / "platform.txt", compiler)
    ]


def _digest(*facts: Iterable[str | bytes]) -> str:
    total = hashlib.sha256()
    for fact in (fact for group in facts for fact in group):
        part = fact.encode() if isinstance(fact, str) else fact
        total.update(len(part).to_bytes(8, "little") + part)
    return total.hexdigest()[:16]


def _core(board: str, folder: Path) -> Path:
    """The Arduino core as a library."""
    flags = _flags(board)
    library = folder / f"core-{board}-{_digest(flags, _C, _CXX, _core_facts())}.a"
    if library.is_file():
        return library
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="core-") as made:
        commands, objects = [], []
        compilers = {".c": ["avr-gcc", *_C], ".cpp": ["avr-g++", *_CXX], ".S": ["avr-gcc", "-x", "assembler-with-cpp"]}
        for source in sorted(CORE.iterdir()):
            if source.suffix in compilers:
                objects.append(Path(made) / f"{source.name}.o")
                commands.append([*compilers[source.suffix], "-c", "-w", *flags, source, "-o", objects[-1]])
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(_run, commands))
        archive = Path(made) / "core.a"
        _run(["avr-gcc-ar", "rcs", archive, *objects])
        archive.replace(library)
    return library


def _run(command: Sequence[str | Path]) -> str:
    """What the command said on its error channel. Raises FirmwareBuildError where it failed."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise FirmwareBuildError(f"{command[0]} failed; its words:\n{done.stderr.strip()}")
    return done.stderr


def _output(command: Sequence[str | Path]) -> str:
    try:
        return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True).stdout  # noqa: S603
    except subprocess.CalledProcessError as error:
        raise FirmwareBuildError(f"{command[0]} failed; its words:\n{error.stderr.strip()}") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Build from the command line; 0 where it worked, 1 where a tool is missing or the compiler complained."""
    parser = argparse.ArgumentParser(
        description="Compile a sketch of drivers/firmware with avr-gcc and Debian's Arduino core.",
        epilog="Example: python drivers/bench/build.py plate --board mega -D LL_CELLS=4 --hex plate.hex",
    )
    parser.add_argument("sketch", choices=("insole", "plate"))
    parser.add_argument("--board", choices=tuple(BOARDS), required=True)
    parser.add_argument("--hex", type=Path, metavar="FILE", help="also write Intel HEX for avrdude")
    parser.add_argument(
        "-D", dest="defines", action="append", default=[], metavar="NAME=VALUE", help="a value of config.h"
    )
    parser.add_argument("--cache", type=Path, metavar="FOLDER", help=f"where results are kept ({cache_folder()})")
    given = parser.parse_args(arguments)
    try:
        elf = build(given.sketch, given.board, given.defines, cache=given.cache)
        taken = size(elf)
        if given.hex is not None:
            write_hex(elf, given.hex)
    except FirmwareBuildError as error:
        print(error, file=sys.stderr)
        return 1
    board = BOARDS[given.board]
    sys.stderr.write(elf.with_suffix(".warnings").read_text())
    print(f"program {taken.program_bytes} of {board.program_bytes} bytes, RAM {taken.ram_bytes} of {board.ram_bytes}")
    print(elf if given.hex is None else given.hex)
    return 0


if __name__ == "__main__":
    sys.exit(main())
