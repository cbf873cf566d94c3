"""Run the command line as a person does: in a process of its own (`run`), or at once in this one (`run_here`).

A start of Python and its libraries costs more than most of what is asked here. `run_here` goes through the same entry
point with the same words, streams and exit code; at least one test of every command starts it for itself with `run`.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest import mock

import landing_lab
from landing_lab.app.cli import main

_MODULE = str(Path(landing_lab.__file__).with_name("__main__.py"))  # what sys.argv[0] is after `python -m landing_lab`
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
    return _one_sentence(run(*words, cwd=cwd), code)


def run_here(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The same as `run`, without a new process: for commands that start none and catch no signals."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, ENVIRONMENT))
        stack.enter_context(mock.patch.object(sys, "argv", [_MODULE, *map(str, words)]))
        stack.enter_context(warnings.catch_warnings())
        output, errors = (stack.enter_context(_in_place_of(name)) for name in ("stdout", "stderr"))
        stack.enter_context(mock.patch.object(sys, "stdin", stack.enter_context(Path(os.devnull).open())))
        if cwd is not None:
            stack.enter_context(contextlib.chdir(cwd))
        code = _code_of_main()
        printed, told = (stream.seek(0) or stream.read() for stream in (output, errors))
    assert "Traceback" not in told + printed, told
    return subprocess.CompletedProcess(command(words), code, printed, told)


def refused_here(*words: str | Path, code: int, cwd: Path | None = None) -> str:
    """The same as `refused`, without a new process."""
    return _one_sentence(run_here(*words, cwd=cwd), code)


def _one_sentence(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert done.returncode == code, (done.returncode, done.stderr)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("landing-lab: ")
    return lines[0]


def _code_of_main() -> int:
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    raise AssertionError("the entry point always exits")


@contextlib.contextmanager
def _in_place_of(name: str) -> Iterator[tempfile._TemporaryFileWrapper[str]]:
    """A real file, which has a descriptor and an encoding, in place of a standard stream."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as file, mock.patch.object(sys, name, file):
        yield file
