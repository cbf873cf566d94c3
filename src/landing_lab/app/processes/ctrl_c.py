"""Ctrl-C during a batch: granted at a safe moment, so that it never meets a half-started process."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

ENDINGS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Ctrl-C, a scheduler's request to end, and a closed terminal: all three keep what is finished."""


class CtrlC:
    """Notes the first Ctrl-C as a wish; from the second one on, KeyboardInterrupt is raised at once.

    An exception in the middle of starting a process leaves the pool of concurrent.futures waiting for ever.
    """

    def __init__(self) -> None:
        self._pressed = False
        self._leave: Callable[[], object] = bool

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            before = {number: signal.signal(number, self._on_signal) for number in ENDINGS}
            self._leave = lambda: [signal.signal(number, handler) for number, handler in before.items()]
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    def check(self) -> None:
        """Raises KeyboardInterrupt where Ctrl-C was pressed since the last check."""
        if self._pressed:
            raise KeyboardInterrupt

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._pressed:
            raise KeyboardInterrupt
        self._pressed = True


@contextmanager
def kept_from_children() -> Iterator[None]:
    """Processes started here never see Ctrl-C, not even while they start; Windows has no such thing."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set(ENDINGS))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
