"""Loads libraries in a process of their own: one that crashes, ends Python or never returns is a finding, no more."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Final

from landing_lab.io.visible import visible

LIMIT_S: Final = 60.0
"""How long one library may take: many times what the slowest of ours takes on a small computer."""

_MOST: Final = 200
_CHILD: Final = """
import importlib, json, os, sys, warnings
told = os.fdopen(os.dup(1), "w", encoding="ascii")
nothing = os.open(os.devnull, os.O_WRONLY)
os.dup2(nothing, 1)
os.dup2(nothing, 2)
warnings.simplefilter("ignore")
sys.path[:], modules = json.loads(sys.argv.pop())
for module in modules:
    wrong = None
    try:
        importlib.import_module(module)
    except Exception as error:
        wrong = str(error).strip() or type(error).__name__
    except BaseException as error:
        wrong = f"it raises {type(error).__name__} ({error})".replace(" ()", "")
    told.write(json.dumps(wrong) + "\\n")
    told.flush()
os._exit(0)
"""
"""Says one line per module, as soon as it is known; what a library itself prints is nobody's."""


def faults(modules: Sequence[str]) -> dict[str, str]:
    """Module -> why it cannot be loaded, in one line, for those that cannot; in a new process after each crash."""
    left = list(dict.fromkeys(modules))
    found: dict[str, str] = {}
    while left:
        left = left[_in_one_process(left, found) :]
    return found


def _in_one_process(modules: Sequence[str], found: dict[str, str]) -> int:
    """Load modules until one ends or blocks the process; how many were settled."""
    words = [sys.executable, "-P", "-c", _CHILD, json.dumps([sys.path, list(modules)])]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and text; modules are an argument
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        lines: queue.Queue[bytes] = queue.Queue()
        reader = threading.Thread(target=_read, args=(child, lines), daemon=True)
        reader.start()
        try:
            for number, module in enumerate(modules, 1):
                try:
                    line = lines.get(timeout=LIMIT_S)
                except queue.Empty:
                    found[module] = f"it is not ready after {LIMIT_S:.0f} s"
                    return number
                if not line:
                    found[module] = _ended(child.wait())
                    return number
                wrong = json.loads(line)
                if wrong is not None:
                    found[module] = visible(wrong.splitlines()[0])[:_MOST]
        finally:
            child.kill()
            child.wait()
            reader.join()
    return len(modules)


def _read(child: subprocess.Popen[bytes], lines: queue.Queue[bytes]) -> None:
    """Pass on every line of the process, and an empty one at its end."""
    assert child.stdout is not None
    for line in child.stdout:
        lines.put(line)
    lines.put(b"")


def _ended(code: int) -> str:
    if code >= 0:
        return f"it ends Python (exit code {code})"
    try:
        return f"it crashes Python ({signal.Signals(-code).name})"
    except ValueError:
        return f"it crashes Python (signal {-code})"
