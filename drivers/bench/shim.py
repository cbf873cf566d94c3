"""Compiles shim/*.c against libsimavr, once per state of the sources, and loads it.

libsimavr and gcc are needed for this alone; nothing of it is installed with landing-lab.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import shutil
import subprocess
import tempfile
from ctypes import POINTER, c_bool, c_char_p, c_double, c_int, c_int32, c_uint8, c_uint32, c_uint64, c_void_p
from pathlib import Path
from typing import ClassVar

SOURCES = Path(__file__).resolve().parent / "shim"
SIMAVR_HEADER = Path("/usr/include/simavr/sim_avr.h")
_FLAGS = ("-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared")
_LIBRARIES = ("-lsimavr", "-lutil", "-lm")


class BenchError(Exception):
    """The bench cannot do what was asked; the text says why."""


class Counters(ctypes.Structure):
    """What a board and its line counted; the same fields as counters_t in shim.h."""

    _fields_: ClassVar = [
        *(
            (name, c_uint64)
            for name in (
                "cycles",
                "sent_bytes",
                "unread_bytes",
                "received_bytes",
                "receive_overruns",
                "conversions",
                "resets",
                "flipped_bits",
            )
        ),
        ("behind_s", c_double),
        ("cpu_s", c_double),
        ("wall_s", c_double),
    ]


class ChipCounters(ctypes.Structure):
    """What an HX711 saw; the same fields as chip_counters_t in shim.h."""

    _fields_: ClassVar = [
        *(
            (name, c_uint64)
            for name in ("conversions", "reads", "overwritten", "interrupted", "spurious", "powered_down")
        ),
        ("longest_high_us", c_double),
        ("longest_read_us", c_double),
        ("gain", c_int32),
        ("bits", c_int32),
    ]


_DOUBLES = POINTER(c_double)
_SIGNATURES = {
    "bench_new": (c_void_p, c_char_p, c_char_p, c_uint32, c_double, c_int, c_uint64),
    "bench_free": (None, c_void_p),
    "bench_reset": (None, c_void_p),
    "bench_run_until": (c_int, c_void_p, c_uint64),
    "bench_cycle": (c_uint64, c_void_p),
    "bench_begin": (None, c_void_p, c_double),
    "bench_begin_at": (None, c_void_p, c_double),
    "bench_counters": (None, c_void_p, POINTER(Counters)),
    "bench_interrupts": (None, c_void_p, POINTER(c_uint64)),
    "bench_read": (c_uint32, c_void_p, POINTER(c_uint8), c_uint32),
    "bench_write": (None, c_void_p, c_char_p, c_uint32),
    "bench_set_line": (None, c_void_p, c_double, c_double),
    "bench_byte_cycles": (c_uint32, c_void_p),
    "bench_analog": (None, c_void_p, c_int, _DOUBLES, _DOUBLES, c_int),
    "bench_muxed": (None, c_void_p, c_int, _DOUBLES, _DOUBLES, c_int),
    "bench_analog_noise": (None, c_void_p, c_double),
    "bench_mux": (None, c_void_p, c_int, c_char_p, c_double),
    "bench_drive": (None, c_void_p, c_char_p, c_int),
    "bench_samples": (c_uint32, c_void_p, POINTER(c_uint64), POINTER(c_int32), c_uint32),
    "bench_hx711": (c_int, c_void_p, c_char_p, c_char_p, c_double, c_double, c_double, c_int),
    "bench_hx711_counts": (None, c_void_p, c_int, _DOUBLES, _DOUBLES, c_int),
    "bench_chip_counters": (None, c_void_p, c_int, POINTER(ChipCounters)),
    "bench_terminal": (c_char_p, c_void_p, c_bool),
    "bench_serve": (None, POINTER(c_void_p), c_int, c_double, c_double),
    "bench_stop": (None, c_void_p),
}


def missing_tools() -> str | None:
    """What this machine lacks to compile the shim, as a sentence; None where nothing is missing."""
    if shutil.which("gcc") and SIMAVR_HEADER.is_file():
        return None
    return "the bench needs gcc and libsimavr; on Debian: apt-get install gcc libc6-dev libsimavr-dev"


def cache_folder() -> Path:
    """Where compiled things go: outside the repository, the same for all checkouts of one person."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "landing-lab" / "bench"


@functools.cache
def library() -> ctypes.CDLL:
    """The compiled shim. Raises BenchError where it cannot be compiled."""
    if reason := missing_tools():
        raise BenchError(reason)
    loaded = ctypes.CDLL(str(_compiled()))
    for name, (result, *arguments) in _SIGNATURES.items():
        function = getattr(loaded, name)
        function.restype, function.argtypes = result, arguments
    return loaded


def _compiled() -> Path:
    """The shared library of these sources; two processes may ask at once."""
    sources = sorted(SOURCES.glob("*.c"))
    texts = [path.read_bytes() for path in sorted(SOURCES.iterdir())]
    key = hashlib.sha256(b"\0".join([*texts, SIMAVR_HEADER.read_bytes(), " ".join(_FLAGS).encode()])).hexdigest()[:16]
    target = cache_folder() / f"shim-{key}.so"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            made = Path(scratch) / target.name
            command = ["gcc", *_FLAGS, "-o", str(made), *map(str, sources), *_LIBRARIES]
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
            if done.returncode:
                raise BenchError(f"gcc could not compile the shim in {SOURCES}: {done.stderr.strip()}")
            made.replace(target)
    return target
