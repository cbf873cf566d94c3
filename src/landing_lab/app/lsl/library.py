"""pylsl and liblsl, loaded on first use; where one is missing a person reads one sentence."""

from __future__ import annotations

import importlib
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from landing_lab.errors import ParameterError
from landing_lab.installation import pip_line
from landing_lab.io.visible import snippet

_QUIET: Final = "[log]\nlevel = -2\n"
"""Errors only: liblsl tells more on stderr, in the middle of the live screen."""


@cache
def lsl_library() -> Any:
    """The module pylsl. Raises ParameterError where it or the liblsl behind it is not there."""
    try:
        library = importlib.import_module("pylsl")
    except ImportError as error:
        raise ParameterError(
            f"the Lab Streaming Layer needs pylsl, which is not installed; install it with: {pip_line('lsl')}"
        ) from error
    except Exception as error:  # what a broken shared library does to its import is anybody's guess
        raise ParameterError(
            f"pylsl is installed, but the liblsl behind it cannot be loaded ({snippet(str(error))}); install both "
            f"again with: {pip_line('lsl', again=True)}"
        ) from error
    if not _configured():
        library.set_config_content(_QUIET)
    return library


def _configured() -> bool:
    """Whether somebody configured liblsl: then nothing of it is changed."""
    usual = [Path("lsl_api.cfg"), Path("/etc/lsl_api/lsl_api.cfg")]
    with suppress(RuntimeError):  # nobody's home
        usual.append(Path.home() / "lsl_api" / "lsl_api.cfg")
    return "LSLAPICFG" in os.environ or any(path.is_file() for path in usual)
