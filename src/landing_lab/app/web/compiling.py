"""The first start after installing: kernels are compiled while somebody still looks at the boards."""

from __future__ import annotations

from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from landing_lab.app.demo_trial import warm_up
from landing_lab.app.processes.ctrl_c import kept_from_children
from landing_lab.app.processes.start import start_in_background

DONE: Final = "compiled"
"""A file beside the compiled kernels, written once all of them are."""


def compile_aside() -> BaseProcess | None:
    """Begin to fill the cache of compiled kernels, in a process of its own; None where it has been filled before.

    Else the first session would wait for it, 15 to 40 s. The process ends with this program.
    """
    from landing_lab.kernels import _jit

    if not _jit.COMPILES or (Path(_jit.FOLDER) / DONE).exists():
        return None
    process = get_context("spawn").Process(target=_compile, args=(_jit.FOLDER,), name="compiling", daemon=True)
    with kept_from_children():
        process.start()
    return process


def _compile(folder: str) -> None:
    start_in_background()
    with suppress(Exception):  # the session that needs them compiles them itself, and says what is wrong
        warm_up()
        (Path(folder) / DONE).touch()
