"""docs/metrics.md is what the declarations say."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from landing_lab.metrics import all_metrics

DOCS = Path(__file__).parents[2] / "docs"


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("metrics_table", DOCS / "metrics_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_as_new_as_the_declarations() -> None:
    written = (DOCS / "metrics.md").read_text(encoding="utf-8")
    assert written == script().metrics_page(), "docs/metrics.md is out of date: run `make docs-tables`"


def test_the_page_has_one_whole_row_per_metric() -> None:
    page = script().metrics_page()
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert sorted(row.split("`")[1] for row in rows) == sorted(all_metrics())
    for line in rows:
        cells = line.replace("\\|", "").strip("|").split("|")
        assert len(cells) == 9
        assert all(cell.strip() for cell in cells)
