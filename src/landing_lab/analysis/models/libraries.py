"""The statistics libraries, loaded on first use; where one is missing a person reads one sentence."""

from __future__ import annotations

import importlib
from typing import Any

from landing_lab.errors import ParameterError
from landing_lab.installation import pip_line


def library(name: str) -> Any:
    """A module of statsmodels or scikit-learn by its dotted name. Raises ParameterError where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = {"sklearn": "scikit-learn"}.get(name.split(".", maxsplit=1)[0], name.split(".", maxsplit=1)[0])
        raise ParameterError(f"fitting models needs {package}; install it with: {pip_line('analysis')}") from error
