"""One piece of work in a process of its own, after everything else of this computer: a report beside a recording."""

from __future__ import annotations

import threading
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Final, TypeVar

from landing_lab.app.processes.ctrl_c import kept_from_children
from landing_lab.app.processes.start import start_in_background
from landing_lab.errors import LandingLabError, RecordingError

Made = TypeVar("Made")

_ONE_AT_A_TIME: Final = threading.Lock()
"""Two would write one folder, and take more of the computer than a recording can spare."""


def made_aside(work: Callable[..., Made], *arguments: object) -> Made:
    """What work gives back; it waits for what is made already. It dies with this program, and never sees Ctrl-C.

    work, its arguments and its result must be such that another process can get them. Raises the LandingLabError that
    work raises, RecordingError where its process ends without a result.
    """
    with _ONE_AT_A_TIME:
        return _made(work, arguments)


def _made(work: Callable[..., Made], arguments: tuple[object, ...]) -> Made:
    context = get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(work, arguments, there), daemon=True)
    with kept_from_children():
        process.start()
    there.close()
    try:
        told: Any = here.recv()
    except EOFError:
        told = RecordingError("the program that made it ended without a result; try again")
    finally:
        here.close()
    process.join()
    if isinstance(told, LandingLabError):
        raise told
    made: Made = told
    return made


def _work(work: Callable[..., Any], arguments: tuple[object, ...], answer: Connection) -> None:
    start_in_background()
    try:
        told = work(*arguments)
    except LandingLabError as error:
        told = error
    answer.send(told)
