"""Ctrl-C during a session: what was recorded is kept, and says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from landing_lab.app.terminal import interrupt

INTERRUPTED: Final = "interrupted; what was recorded so far is kept"


def interruptible(work: Callable[[], int]) -> int:
    """The exit code of work; 130, with a sentence, where Ctrl-C, SIGTERM or SIGHUP came."""
    return interrupt.interruptible(work, INTERRUPTED)
