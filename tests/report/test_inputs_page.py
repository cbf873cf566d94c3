"""docs/inputs.md is what the description of the fields says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from landing_lab.analysis.inputs.fields import input_fields

DOCS = Path(__file__).parents[2] / "docs"


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("inputs_page", DOCS / "inputs_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_as_new_as_the_fields() -> None:
    written = (DOCS / "inputs.md").read_text(encoding="utf-8")
    assert written == script().inputs_page(), "docs/inputs.md is out of date: run `python docs/inputs_page.py`"


def test_every_field_stands_in_the_page() -> None:
    page = script().inputs_page()
    for field in input_fields():
        left = field.name.replace("_right", "_left")
        assert f"`{field.name}`" in page or (left != field.name and f"`{left}`, `" in page), field.name
    tables = [line for line in page.splitlines() if line.startswith("| `")]
    assert all(line.count("|") in {5, 6} for line in tables)
