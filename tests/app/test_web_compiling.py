"""The server compiles kernels while nobody records, once, and not where they are compiled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from landing_lab.app.web import compiling


def compiled() -> None:
    (Path(os.environ["LANDING_LAB_TEST_FOLDER"]) / "kernel.nbi").touch()


def test_kernels_are_compiled_once_in_a_process_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("landing_lab.kernels._jit.FOLDER", str(tmp_path))
    monkeypatch.setenv("LANDING_LAB_TEST_FOLDER", str(tmp_path))
    monkeypatch.setattr(compiling, "_compile", compiled)
    process = compiling.compile_aside()
    assert process is not None
    assert process.daemon, "it ends with the server"
    process.join(60.0)
    assert process.exitcode == 0
    assert compiling.compile_aside() is None
