"""Which program writes a file: its name and version, for every room."""

from __future__ import annotations

import importlib


def version() -> str:
    """Version of landing-lab, as `landing_lab.__version__`."""
    # Asked for by name: the package itself names every room, and no room may import those above it.
    return str(importlib.import_module("landing_lab").__version__)


def software() -> str:
    """What files say of their writer: "landing-lab 0.1.0"."""
    return f"landing-lab {version()}"
