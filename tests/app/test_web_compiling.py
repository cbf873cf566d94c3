"""The server compiles kernels while nobody records, once, and not where they are compiled."""

from __future__ import annotations

from pathlib import Path

import pytest

from landing_lab.app.web import compiling
from landing_lab.kernels import _jit


def warmed() -> None:
    """Stands in for what takes half a minute."""


def test_kernels_are_compiled_once_in_a_process_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_jit, "FOLDER", str(tmp_path))
    monkeypatch.setattr(_jit, "COMPILES", True)
    (tmp_path / "one.nbi").touch()  # by another command, which needed few of them
    process = compiling.compile_aside()
    assert process is not None
    assert process.daemon, "it ends with the server"
    process.kill()
    process.join()
    again = compiling.compile_aside()
    assert again is not None, "it was not done"
    again.kill()
    again.join()
    monkeypatch.setattr(compiling, "warm_up", warmed)
    monkeypatch.setattr(compiling, "start_in_background", warmed)
    compiling._compile(str(tmp_path))
    assert compiling.compile_aside() is None
    monkeypatch.setattr(compiling, "DONE", "another")
    monkeypatch.setattr(_jit, "COMPILES", False)
    assert compiling.compile_aside() is None, "kernels that run as Python are not compiled"


def test_what_goes_wrong_there_is_left_to_the_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise OSError("no space left")

    monkeypatch.setattr(compiling, "warm_up", fails)
    monkeypatch.setattr(compiling, "start_in_background", warmed)
    compiling._compile(str(tmp_path))
    assert list(tmp_path.iterdir()) == []
