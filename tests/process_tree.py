"""Memory of a program and all its processes, as Linux tells it."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a program ended; peak_mb: the most resident memory of its processes together, pages they share counted
    in each."""

    returncode: int
    stdout: str
    stderr: str
    peak_mb: float
    most_processes: int


def run_watched(words: list[str], *, cwd: Path, every_s: float = 0.1) -> Ended:
    """Run a program to its end and watch what memory it and its children take."""
    out, err = cwd / "watched.out", cwd / "watched.err"
    peak_kb, most = 0, 0
    with out.open("w") as stdout, err.open("w") as stderr:
        running = subprocess.Popen(words, cwd=cwd, stdout=stdout, stderr=stderr)
        while running.poll() is None:
            pids = [running.pid, *descendants(running.pid)]
            peak_kb, most = max(peak_kb, sum(map(_resident_kb, pids))), max(most, len(pids))
            time.sleep(every_s)
    return Ended(
        returncode=running.returncode, stdout=out.read_text(), stderr=err.read_text(), peak_mb=peak_kb / 1024,
        most_processes=most,
    )  # fmt: skip


def descendants(pid: int) -> list[int]:
    """The processes below a process, those that end meanwhile left out."""
    found: list[int] = []
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def _resident_kb(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0
