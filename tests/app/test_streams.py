from __future__ import annotations

import io
import subprocess
import sys

import pytest

from command_line import ENVIRONMENT, command
from landing_lab.app.streams import Lenient


class Broken(io.StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError("nobody reads")


def test_a_stream_that_breaks_is_left_alone() -> None:
    stream = Lenient(Broken())
    assert stream.write("abc") == 3
    assert isinstance(stream.failed, BrokenPipeError)
    stream.write("more")
    stream.flush()
    assert not stream.isatty()


def test_no_stream_at_all_is_a_stream() -> None:
    stream = Lenient(None)
    stream.write("x")
    stream.flush()
    assert stream.failed is None


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_a_reader_that_leaves_is_no_error() -> None:
    line = " ".join(f"'{word}'" for word in command(["doctor"]))
    done = subprocess.run(
        ["sh", "-c", f"{line} | head -1"], capture_output=True, text=True, env=ENVIRONMENT, check=True
    )
    assert done.stderr == ""
    closed = subprocess.run(["sh", "-c", f"{line} >&-"], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert (closed.returncode, closed.stderr) == (0, "")


def test_an_ascii_terminal_gets_question_marks() -> None:
    below = io.BytesIO()
    terminal = Lenient(io.TextIOWrapper(below, "ascii"))
    terminal.write("0.25 ± 0.01")
    terminal.flush()
    assert below.getvalue() == b"0.25 ? 0.01"
