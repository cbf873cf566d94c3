"""Ctrl-C at a terminal: the first one ends the work, and nothing disturbs how it is closed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from landing_lab.app.failures import told
from landing_lab.app.processes.ctrl_c import ENDINGS


def interruptible(work: Callable[[], int], said: str) -> int:
    """The exit code of work; 130, and what is `said`, where Ctrl-C, SIGTERM or SIGHUP came, which is KeyboardInterrupt.

    Those that come after it are ignored until the process ends: they would meet threads that are being joined and
    files that are being closed.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    before = {number: signal.signal(number, _interrupt) for number in ENDINGS}
    try:
        code = work()
    except KeyboardInterrupt:
        return told(said, 130)
    except BaseException:
        _restore(before)
        raise
    _restore(before)
    return code


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _restore(before: Mapping[Any, Any]) -> None:
    """Put the handlers back, unless the process is being ended."""
    for number, handler in before.items():
        if signal.getsignal(number) is _interrupt:
            signal.signal(number, handler)
