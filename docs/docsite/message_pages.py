"""The pages of messages: hand-written words per group, and below them every message of the group."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Final

from docsite.assemble import DOCS, site_places, turned
from docsite.messages import Message, messages, modules

FOLDER: Final = DOCS / "reference" / "messages"
MARK: Final = "<!-- messages -->"
KIND_WORDS: Final = {
    "setting": "error", "file": "error", "calibration": "error", "recording": "error", "device": "error",
    "network": "error",
    "refusal": "refused", "part": "reason in an error", "flag": "flag", "not checked": "not checked", "STOP": "STOP",
    "note": "note", "STOP or note": "STOP or note", "reason": "reason or note",
}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """Messages that are met in one place: the page they stand on, and which modules make them."""

    slug: str
    title: str
    modules: tuple[str, ...]


@cache
def groups() -> tuple[Group, ...]:
    """Groups in the order of groups.toml."""
    told = tomllib.loads((FOLDER / "groups.toml").read_text(encoding="utf-8"))
    return tuple(Group(slug, one["title"], tuple(one["modules"])) for slug, one in told.items())


def group_of(module: str) -> Group | None:
    """The group with the longest prefix of a module's name; None where nobody names it."""
    fitting = [
        (len(prefix), group)
        for group in groups()
        for prefix in group.modules
        if module == prefix
        or module.startswith(f"{prefix}.")
        or (prefix.endswith("*") and module.startswith(prefix[:-1]))
    ]
    return max(fitting, key=lambda one: one[0])[1] if fitting else None


def message_pages() -> dict[str, str]:
    """Path in the site -> text: a page per group, and the list that the search box looks through."""
    places = site_places()
    by_group: dict[str, list[Message]] = {group.slug: [] for group in groups()}
    for one in messages():
        group = group_of(one.module)
        if group is None:
            raise LookupError(f"no group has the messages of {one.module}; add it to {FOLDER / 'groups.toml'}")
        by_group[group.slug].append(one)
    pages = {}
    for group in groups():
        source = FOLDER / f"{group.slug}.md"
        places[source] = f"reference/messages/{group.slug}.md"
        text = turned(source.read_text(encoding="utf-8"), source, places)
        pages[places[source]] = text.replace(MARK, _tables(by_group[group.slug]))
    index = FOLDER / "index.md"
    places[index] = "reference/messages/index.md"
    told = turned(index.read_text(encoding="utf-8"), index, places)
    pages["reference/messages/index.md"] = told.replace(MARK, _overview(by_group))
    pages["_static/messages.js"] = _search_list(by_group)
    return pages


def _overview(by_group: dict[str, list[Message]]) -> str:
    rows = [f"| [{group.title}]({group.slug}.md) | {len(by_group[group.slug])} |" for group in groups()]
    toctree = "\n".join(group.slug for group in groups())
    return "\n".join(["| where you meet it | messages |", "|---|---|", *rows]) + (
        f"\n\n```{{toctree}}\n:hidden:\n\n{toctree}\n```\n"
    )


def _tables(found: list[Message]) -> str:
    parts = []
    for module in dict.fromkeys(one.module for one in found):
        rows = [f"| {shown(one.text)} | {KIND_WORDS[one.kind]} |" for one in found if one.module == module]
        parts.append(
            f"({anchor(module)})=\n## {_heading(module)}\n\n| message | kind |\n|---|---|\n" + "\n".join(rows) + "\n"
        )
    return "\n".join(parts)


def _heading(module: str) -> str:
    words = ast.get_docstring(modules()[module].tree) or module
    first = " ".join(words.split("\n\n")[0].split())
    return shown(re.split(r"[:;] ", first)[0].rstrip("."))


def anchor(module: str) -> str:
    """The id of a module's messages on its page."""
    return "from-" + module.removeprefix("landing_lab.").replace(".", "-").replace("_", "-").replace("--", "-")


def shown(text: str) -> str:
    """A message as Markdown for a table: what is filled in stands in italics."""
    pieces = re.split(r"(`[^`]+`)", text)
    return "".join(_code(piece) if index % 2 else _prose(piece) for index, piece in enumerate(pieces))


def _code(piece: str) -> str:
    return piece.replace("|", "\\|")


def _prose(piece: str) -> str:
    parts = re.split(r"‹([^›]*)›", piece)
    told = [_plain(part) if index % 2 == 0 else f"<em>{_plain(part).strip()}</em>" for index, part in enumerate(parts)]
    return "".join(told)


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_<>\[\]#$~{}|])", r"\\\1", text)


def _search_list(by_group: dict[str, list[Message]]) -> str:
    rows = [
        [one.text, f"{slug}.html#{anchor(one.module)}", KIND_WORDS[one.kind]]
        for slug, found in by_group.items()
        for one in found
    ]
    return f"window.landingLabMessages = {json.dumps(rows, ensure_ascii=False, separators=(',', ':'))};\n"
