"""The one place that chooses numba options and where compiled kernels are kept."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from numba import config, njit


def _user_cache() -> Path:
    """The user's cache folder by the platform's convention, or the system's temporary one."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base or tempfile.gettempdir())


def _cache_folder() -> str:
    """A writable folder named after the text of all kernels.

    Numba notices an edit of the file a kernel stands in, not of what that file calls (numba#1833): a hash of
    every kernel source in the folder's name makes any edit start afresh. It also serves installations that
    are read-only or have no home directory, where numba's own choice of folder raises.
    """
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    name = Path("landing-lab") / digest.hexdigest()[:16]
    for base in (
        _user_cache,
        lambda: Path(tempfile.gettempdir()) / f"cache-{os.getuid() if hasattr(os, 'getuid') else 0}",
    ):
        try:
            folder = base() / name
            folder.mkdir(parents=True, exist_ok=True)
            if os.access(folder, os.W_OK):
                return str(folder)
        except (OSError, RuntimeError):  # RuntimeError: no home directory at all
            continue
    return tempfile.mkdtemp(prefix="landing-lab-")


FOLDER = _cache_folder()
COMPILES: bool = not getattr(config, "DISABLE_JIT", False)
"""Without it, as under coverage, kernels run as Python."""


def kernel(function: Any) -> Any:
    """Compile a kernel: cached on disk, GIL released, IEEE arithmetic (fastmath would drop NaN)."""
    # numba asks for the folder while decorating; other users of numba in this process keep theirs
    settings: Any = config
    previous = settings.CACHE_DIR
    settings.CACHE_DIR = FOLDER
    try:
        return njit(cache=True, nogil=True, fastmath=False)(function)
    finally:
        settings.CACHE_DIR = previous
