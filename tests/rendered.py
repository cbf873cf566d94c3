"""The page of a report from its trials, in one step, as most tests want it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from landing_lab.report.content import report_content
from landing_lab.report.html import page_of, write_page


def render_report(trials: Any, **told: Any) -> str:
    return page_of(report_content(trials, **told))


def write_report(trials: Any, path: str | Path, **told: Any) -> Path:
    return write_page(report_content(trials, **told), path)
