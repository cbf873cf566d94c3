from __future__ import annotations

import importlib

import pytest

from landing_lab.analysis.models.libraries import library
from landing_lab.errors import ParameterError


@pytest.mark.parametrize(
    ("module", "package"), [("sklearn.linear_model", "scikit-learn"), ("statsmodels.api", "statsmodels")]
)
def test_a_missing_library_is_one_sentence(monkeypatch: pytest.MonkeyPatch, module: str, package: str) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}")

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(ParameterError, match=f"needs {package}; install it with: .*pip install .*\\[analysis\\]"):
        library(module)
