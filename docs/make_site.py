"""Build the documentation: `make docs`, or `make docs-quick` without the executed notebooks.

Sources are laid out in build/docs-source, Sphinx writes build/docs with warnings as errors, and what was built is
checked: no dead link, no missing picture, no page out of reach, nothing from another host.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from docsite.api import functions_page, types_page
from docsite.assemble import ROOT, assemble, sweep, write_if_new
from docsite.built import complaints
from docsite.commands import commands_page
from docsite.message_pages import message_pages
from docsite.metric_page import metrics_page
from docsite.notebooks import notebook_pages
from docsite.pictures import pictures

SOURCE = ROOT / "build" / "docs-source"
BUILT = ROOT / "build" / "docs"


def main() -> int:
    """Lay out, build, check; 0 where nothing is wrong."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--without-notebooks", action="store_true", help="do not show build/notebooks")
    asked.add_argument("--fresh", action="store_true", help="build every page anew")
    options = asked.parse_args()
    started = time.perf_counter()
    if options.fresh:
        for folder in (SOURCE, BUILT, ROOT / "build" / "docs-trees"):
            shutil.rmtree(folder, ignore_errors=True)
    written = [*assemble(SOURCE), *_made(without_notebooks=options.without_notebooks)]
    sweep(SOURCE, written)
    laid_out = time.perf_counter()
    if _sphinx() != 0:
        return 1
    wrong = complaints(BUILT)
    for one in wrong:
        print(one, file=sys.stderr)
    done = time.perf_counter()
    print(f"{'Not right: ' if wrong else ''}{BUILT / 'index.html'}: "
          f"sources {laid_out - started:.0f} s, pages {done - laid_out:.0f} s")  # fmt: skip
    return 1 if wrong else 0


def _made(*, without_notebooks: bool) -> list[Path]:
    pages = {
        "reference/commands.md": commands_page(),
        "reference/functions.md": functions_page(),
        "reference/types.md": types_page(),
        "metrics.md": metrics_page(),
        **message_pages(),
    }
    for place, text in pages.items():
        write_if_new(SOURCE / place, text.encode("utf-8"))
    shown = None if without_notebooks else ROOT / "build" / "notebooks"
    return [*(SOURCE / place for place in pages), *pictures(SOURCE), *notebook_pages(shown, SOURCE)]


def _sphinx() -> int:
    from sphinx.cmd.build import main as build

    os.environ.setdefault("MPLBACKEND", "agg")
    folders = (str(SOURCE), str(BUILT))
    trees = str(ROOT / "build" / "docs-trees")
    return int(build(["-b", "html", "-d", trees, "-W", "--keep-going", "-q", *folders]))


if __name__ == "__main__":
    sys.exit(main())
