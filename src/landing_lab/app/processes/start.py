"""How a process that was started for work begins, and how it ends where nobody waits for it."""

from __future__ import annotations

import os
import signal
import threading
import warnings


def start_worker() -> None:
    """Prepare a new process: Ctrl-C is the parent's business, and without a parent there is nothing to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    threading.Thread(target=_end_with_parent, daemon=True).start()


def start_in_background() -> None:
    """The same for work that waits for everything else of this computer: recording goes first."""
    start_worker()
    if hasattr(os, "nice"):
        os.nice(10)


def is_alive() -> bool:
    """Whether a process can start and answer at all."""
    return True


def _end_with_parent() -> None:
    """End this process when its parent is gone: a killed run leaves nobody behind who waits for work for ever."""
    from multiprocessing import connection, parent_process

    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
