"""With what a model was made."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from landing_lab.model.software import version as own_version


def made_with() -> dict[str, str]:
    """Versions of Python, landing-lab and the libraries that did the arithmetic."""
    found = {"landing-lab": own_version(), "python": platform.python_version()}
    for name in ("numpy", "scipy", "pandas", "scikit-learn", "statsmodels"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
