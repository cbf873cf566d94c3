"""Is what was built whole? Links, pictures, reach, and that nothing comes from another host."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

LOADED: Final = {
    ("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("video", "src"), ("audio", "src"),
    ("embed", "src"), ("object", "data"), ("image", "href"), ("use", "href"), ("input", "src"), ("video", "poster"),
}  # fmt: skip
"""Attributes whose address a browser loads by itself."""

RELATIONS: Final = {
    "stylesheet",
    "icon",
    "preload",
    "modulepreload",
    "prefetch",
    "preconnect",
    "dns-prefetch",
    "manifest",
}
"""Of <link>: relations that a browser follows by itself."""

ENTRY: Final = "index.html"
OWN_PAGES: Final = {"genindex.html", "search.html", "py-modindex.html"}
"""Pages that Sphinx makes beside the sources; they need not be linked."""


class Page(HTMLParser):
    """What one page names: anchors it has, addresses it links to, and addresses that it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "link" and set(given.get("rel", "").split()) & RELATIONS:
            self.loads.append(given.get("href", ""))
        self.loads += [given[name] for element, name in LOADED if element == tag and given.get(name)]
        for one in given.get("srcset", "").split(","):
            if one.strip():
                self.loads.append(one.split()[0])
        self.loads += addresses_in_style(given.get("style", ""))
        self._style = tag == "style"

    def handle_data(self, data: str) -> None:
        """Text; of <style>, what it loads."""
        if self._style:
            self.loads += addresses_in_style(data)

    def handle_endtag(self, tag: str) -> None:
        """The end of an element."""
        self._style = self._style and tag != "style"


def addresses_in_style(text: str) -> list[str]:
    """Addresses that a style sheet loads."""
    found = [piece.split(")", 1)[0].strip("\"' ") for piece in text.split("url(")[1:]]
    for piece in text.split("@import")[1:]:
        named = piece.split(";", 1)[0].strip()
        if named[:1] in "\"'":
            found.append(named.strip("\"' "))
    return found


def complaints(folder: Path) -> list[str]:
    """Everything that is not right with a built site, one sentence each."""
    found = [path for path in sorted(folder.rglob("*.html")) if path.relative_to(folder).parts[0] != "_static"]
    pages = {path.relative_to(folder).as_posix(): _page(path) for path in found}
    if ENTRY not in pages:
        return [f"{folder} holds no {ENTRY}: the site was not built"]
    wrong = [told for name, page in pages.items() for told in _of_page(folder, name, page, pages)]
    wrong += list(_of_styles(folder))
    return [*wrong, *_out_of_reach(folder, pages)]


def _page(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _of_page(folder: Path, name: str, page: Page, pages: dict[str, Page]) -> Iterator[str]:
    for address in page.loads:
        if elsewhere(address):
            yield f"{name} loads {address} from another host; keep it in the site, or leave it out"
        elif not address.startswith(("data:", "#", "about:")):
            target, _ = _place(name, address)
            if not (folder / target).is_file():
                yield f"{name} shows {address}, which is not there; make it, or leave it out"
    for address in page.links:
        if address.startswith(("mailto:", "data:", "javascript:")) or elsewhere(address):
            continue
        target, anchor = _place(name, address)
        if not (folder / target).is_file():
            yield f"{name} links to {address}, which is not there; mend the link"
        elif anchor and target in pages and anchor not in pages[target].anchors:
            yield f"{name} links to {address}, and {target} has no such place; mend the anchor"


def _of_styles(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*.css")):
        for address in addresses_in_style(path.read_text(encoding="utf-8")):
            if elsewhere(address):
                yield f"{path.relative_to(folder)} loads {address} from another host; keep it in the site"


def elsewhere(address: str) -> bool:
    """True for an address on another host."""
    return address.startswith("//") or urlsplit(address).scheme in ("http", "https", "ftp", "ws", "wss")


def _place(page: str, address: str) -> tuple[str, str]:
    """File within the site and anchor that an address on a page means."""
    parts = urlsplit(address)
    if not parts.path:
        return page, unquote(parts.fragment)
    steps: list[str] = page.split("/")[:-1]
    for step in unquote(parts.path).split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    if parts.path.endswith("/"):
        steps.append(ENTRY)
    return "/".join(steps), unquote(parts.fragment)


def _out_of_reach(folder: Path, pages: dict[str, Page]) -> list[str]:
    """Pages to which no way of links leads from the entry."""
    seen, waiting = {ENTRY}, [ENTRY]
    while waiting:
        name = waiting.pop()
        for address in pages[name].links:
            target = _place(name, address)[0]
            if not elsewhere(address) and target in pages and target not in seen:
                seen.add(target)
                waiting.append(target)
    lost = [name for name in pages if name not in seen | OWN_PAGES]
    return [f"{name} cannot be reached from {ENTRY} in {folder.name}; name it in a toctree" for name in lost]
