"""What a person is told when something fails: one sentence on stderr and an exit code."""

from __future__ import annotations

import os
import sys
from typing import Any, Final

from landing_lab.errors import LandingLabError
from landing_lab.io.visible import visible


def failed(error: Exception) -> int:
    """Tell an error in one sentence; its exit code."""
    if isinstance(error, LandingLabError):
        return told(str(error), error.exit_code)
    if isinstance(error, OSError):
        return told(_about_a_file(error), 1)
    if isinstance(error, MemoryError):
        return told("this machine has too little free memory for that; close other programs or use shorter files", 1)
    if isinstance(error, ImportError):
        return told(f"a library cannot be loaded ({error}); `landing-lab doctor` says which and how to get it", 1)
    if hasattr(error, "format_message"):
        return _usage_error(error)
    return told(
        f"an error that should not happen ({type(error).__name__}: {error}); set LANDING_LAB_DEBUG=1, run it again and "
        "report what it prints",
        1,
    )


def _about_a_file(error: OSError) -> str:
    """What the system refused, with a way out."""
    name = f"{error.filename} cannot be used" if error.filename else "a file cannot be used"
    return f"{name}: {error.strerror or error}; check the name, the permissions and the free space"


def hush() -> None:
    """No library speaks to the person: warnings and log lines of numpy and matplotlib are for developers."""
    import logging
    import warnings

    warnings.simplefilter("ignore")
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    os.environ.pop("MPLBACKEND", None)  # a backend that is not installed breaks the import; we never open windows


def _usage_error(error: Any) -> int:
    """Tell a wrong option or argument; without any argument the help is what was wanted."""
    text = error.format_message()
    if type(error).__name__ == "NoArgsIsHelpError":
        print(text)
        return 2
    path = error.ctx.command_path if getattr(error, "ctx", None) is not None else "landing-lab"
    if "o such option" in text:
        text += " (a file name that begins with a dash needs ./ before it)"
    return told(f"{text.rstrip('.')}; see {path} --help", 2)


_RECORDS: Final = frozenset({"record", "calibrate", "demo"})
"""Commands that keep what was measured until Ctrl-C; the others write when they are done."""


class Interrupted(Exception):  # noqa: N818 - not an error; click takes KeyboardInterrupt for an exit without a word
    """Ctrl-C while a command was at work; its name is the argument."""


def interrupted(command: str = "") -> int:
    """Tell in one sentence what became of it; 130, as shells have it."""
    kept = "what was recorded so far is kept" if command in _RECORDS else "nothing was written by half"
    return told(f"interrupted; {kept}", 130)


def told(message: str, code: int) -> int:
    """Print the sentence on stderr and give the exit code back."""
    print(f"landing-lab: {visible(message)}", file=sys.stderr)
    return code
