"""Run the command line as a person does: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ENVIRONMENT = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}


def run(*words: str | Path, cwd: Path | None = None, timeout_s: float = 120.0) -> subprocess.CompletedProcess[str]:
    """What `landing-lab WORDS` prints and its exit code; a traceback anywhere fails the test."""
    done = subprocess.run(
        command(words), capture_output=True, text=True, cwd=cwd, timeout=timeout_s, env=ENVIRONMENT, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert "Traceback" not in done.stderr + done.stdout, done.stderr
    return done


def command(words: Sequence[str | Path]) -> list[str]:
    """The command line for a list of words."""
    return [sys.executable, "-m", "landing_lab", *map(str, words)]


def refused(*words: str | Path, code: int, cwd: Path | None = None) -> str:
    """The one sentence on stderr of a call that must fail with this exit code."""
    done = run(*words, cwd=cwd)
    assert done.returncode == code, (done.returncode, done.stderr)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("landing-lab: ")
    return lines[0]
