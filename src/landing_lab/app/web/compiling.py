"""The first start after installing: kernels are compiled while somebody still looks at the boards."""

from __future__ import annotations

from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from landing_lab.app.demo_trial import warm_up
from landing_lab.app.processes.ctrl_c import kept_from_children
from landing_lab.app.processes.start import start_in_background


def compile_aside() -> BaseProcess | None:
    """Begin to fill the cache of compiled kernels, in a process of its own; None where it has been filled before.

    Else the first session would wait for it, 15 to 40 s. The process ends with this program.
    """
    from landing_lab.kernels._jit import FOLDER

    if any(Path(FOLDER).rglob("*.nbi")):
        return None
    process = get_context("spawn").Process(target=_compile, name="compiling", daemon=True)
    with kept_from_children():
        process.start()
    return process


def _compile() -> None:
    start_in_background()
    warm_up()
