"""Whether results may go into a folder: never over those of other recordings, never over somebody's own files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_path

DOCUMENT = "analysis.json"
OTHERS = ("metrics.csv", "report.html")


def check_out_folder(out: Path, sources: Iterable[str]) -> None:
    """Raise ParameterError where a folder holds results of recordings that are not among these sources.

    A second analysis of the same recordings replaces the first.
    """
    if out.exists() and not out.is_dir():
        raise ParameterError(f"{quoted_path(str(out))} is a file and results need a folder; choose another with --out")
    document = out / DOCUMENT
    if not document.is_file():
        if any((out / name).exists() for name in OTHERS):
            raise ParameterError(
                f"{quoted_path(str(out))} holds a {' or '.join(OTHERS)} that is not from an analysis; "
                "choose another folder with --out"
            )
        return
    others = _sources_of(document) - set(sources)
    if others:
        shown = ", ".join(sorted(others)[:3]) + (" and others" if len(others) > 3 else "")
        raise ParameterError(
            f"{quoted_path(str(out))} holds results of other recordings ({shown}), which would be lost; "
            "choose another folder with --out"
        )


def _sources_of(document: Path) -> set[str]:
    """Names of the recordings in an analysis document; a document that is not ours names itself."""
    try:
        content = json.loads(document.read_text(encoding="utf-8"))
        entries = [*content["trials"], *content.get("errors", [])]
        return {str(entry["source"]) for entry in entries}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {document.name}
