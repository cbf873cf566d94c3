"""How the person called us, so that a suggested command can be copied as it stands."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


def command_name() -> str:
    """What to type for this very program: landing-lab, its path where it is not on PATH, or python -m landing_lab."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return "python -m landing_lab"
    found = shutil.which("landing-lab")
    if found is not None and called.exists() and Path(found).samefile(called):
        return "landing-lab"
    try:
        return os.path.relpath(called)
    except ValueError:  # another drive, on Windows
        return str(called)
