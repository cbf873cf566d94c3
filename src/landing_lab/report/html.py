"""The report as one self-contained page: no script, no request to anywhere, every text escaped.

Names of files and columns, reasons and notes come from outside: the template escapes all of them, and a content
security policy forbids scripts and requests should anything slip through.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landing_lab.io.write import write_whole
from landing_lab.report.names import one_line, sentence
from landing_lab.report.templates_of import template


def page_of(content: Mapping[str, Any]) -> str:
    """The page of a content that is there already."""
    return template("report.html.j2").render(**content, one_line=one_line, sentence=sentence)


def write_page(content: Mapping[str, Any], path: str | Path) -> Path:
    """Write the page of a content. Raises RecordingError where the file cannot be written."""
    # A file name may hold bytes that are no text (surrogates); the page shows them as "?".
    return write_whole(path, page_of(content).encode("utf-8", errors="replace"))
