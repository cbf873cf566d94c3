"""Lay out the sources of the site in one folder: docs/, and what the rest of the repository tells.

Pages keep the relative links that work where people read them on their own; here each link is turned towards the
page's place in the site. A link to a file that is not part of the site becomes plain text, one to nothing an error.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"

OUTSIDE: Final = {
    "README.md": "reference/readme.md",
    "CHANGELOG.md": "reference/changelog.md",
    "CONTRIBUTING.md": "reference/contributing.md",
    "drivers/README.md": "drivers/README.md",
    "drivers/firmware/README.md": "drivers/firmware/README.md",
    "drivers/bench/README.md": "drivers/bench/README.md",
}
"""Pages that live outside docs/: path in the repository -> path in the site."""

GONE: Final = "\0"
"""In place of the address of a link to a file that is not part of the site."""

_COPIED: Final = (".md", ".svg", ".css", ".js", ".py", ".png")
_MADE: Final = ("metrics.md", "reference/messages/")
"""Pages of the site that are made from these files and more, not copied."""

_LEFT_OUT: Final = ("docsite", "cases/make.py", "__pycache__")
_LINK: Final = re.compile(r"(?P<named>\[[\w./-]+\.md)?(?<!`)\]\((?P<target>[^()\s]+)\)")
_FENCE: Final = re.compile(r"^\s*(```|~~~)")


def assemble(target: Path) -> list[Path]:
    """Copy every page and picture into target, links turned; what was written, for `sweep`."""
    places = site_places()
    written = []
    for source, place in places.items():
        if place.startswith(_MADE):
            continue
        path = target / place
        if path.suffix == ".md":
            text = turned(source.read_text(encoding="utf-8"), source, places)
            write_if_new(path, text.encode("utf-8"))
        else:
            write_if_new(path, source.read_bytes())
        written.append(path)
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    page = target / "reference" / "licence.md"
    write_if_new(page, f"# Licence\n\n```text\n{licence}```\n".encode())
    return [*written, page]


def site_places() -> dict[Path, str]:
    """Every file of the repository that is part of the site, and where it stands there."""
    places = {}
    for path in sorted(DOCS.rglob("*")):
        inside = path.relative_to(DOCS).as_posix()
        wanted = path.is_file() and path.suffix in _COPIED and not inside.startswith(_LEFT_OUT)
        if wanted and (path.suffix != ".py" or inside == "conf.py") and "__pycache__" not in inside:
            places[path] = inside
    places |= {ROOT / one: place for one, place in OUTSIDE.items() if (ROOT / one).is_file()}
    places |= {path: path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "drivers/firmware").glob("*.svg"))}
    return places


def turned(text: str, source: Path, places: dict[Path, str]) -> str:
    """The text of a page with its links to other files of the repository turned towards the site."""
    lines = text.splitlines(keepends=True)
    fenced = False
    for index, line in enumerate(lines):
        if _FENCE.match(line):
            fenced = not fenced
        if not fenced:
            lines[index] = _LINK.sub(lambda found: _turned_link(found, source, places), line)
    return _without_dead_brackets("".join(lines))


def _turned_link(found: re.Match[str], source: Path, places: dict[Path, str]) -> str:
    """The end of a link, towards the site; one whose words are the name of a file takes the title of the page."""
    target = found["target"]
    way = _way(target, source, places)
    if found["named"] and way != GONE:
        return f"[]({way})"
    return f"{found['named'] or ''}]({way})"


def _way(target: str, source: Path, places: dict[Path, str]) -> str:
    if re.match(r"[a-z]+:|#|made/|/", target):
        return target
    name, _, anchor = target.partition("#")
    file = Path(os.path.normpath(source.parent / name))
    if file.is_dir():
        file = file / "README.md"
    here = Path(places[source]).parent
    if source.is_relative_to(DOCS) and not file.exists():  # a page that is made when the site is: Sphinx checks it
        return target
    if file in places:
        return os.path.relpath(places[file], here) + (f"#{anchor}" if anchor else "")
    if not file.exists() and not file.parent.is_dir():
        raise FileNotFoundError(f"{source.relative_to(ROOT)} links to {target}, which is not there; mend the link")
    return GONE


def _without_dead_brackets(text: str) -> str:
    return re.sub(r"!?\[([^\[\]]*)\]\(\0\)", r"\1", text)


def write_if_new(path: Path, content: bytes) -> None:
    """Write a file unless it holds just this: Sphinx reads again what is newer."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def sweep(target: Path, kept: list[Path]) -> None:
    """Remove what an earlier build left and nothing makes any more."""
    wanted = {path.resolve() for path in kept}
    for path in sorted(target.rglob("*"), reverse=True):
        if path.is_file() and path.resolve() not in wanted:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            shutil.rmtree(path)
