"""Every text that the package can produce, and what in it may not be said: for the tests of wording and of reports."""

from __future__ import annotations

import ast
import html
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from landing_lab.analysis.evidence.registry import evidence
from landing_lab.analysis.wording import banned_words, ungated_valgus

ROOT = Path(__file__).parents[1]
SOURCES = (ROOT / "src" / "landing_lab", ROOT / "drivers" / "host" / "landing_lab_drivers")
TEMPLATES = (".j2", ".html", ".css", ".js", ".toml")
CLAIMS = ROOT / "src" / "landing_lab" / "analysis" / "evidence" / "claims.toml"
PATTERNS = ROOT / "src" / "landing_lab" / "analysis" / "wording.py"
QUOTED = ("effect", "source")
"""Fields of a claim that quote a study; everything else of it is ours."""


class Text(NamedTuple):
    """A text and where it stands."""

    where: str
    text: str


def texts() -> Iterator[Text]:
    """Every string of the code (docstrings of metrics and commands are printed), template, table and page."""
    for source in SOURCES:
        for path in sorted(source.rglob("*")):
            if path in {PATTERNS, CLAIMS}:
                continue
            if path.suffix == ".py":
                yield from strings_of(path.read_text(encoding="utf-8"), _name(path))
            elif path.suffix in TEMPLATES:
                yield Text(_name(path), path.read_text(encoding="utf-8"))
    yield from claim_texts(CLAIMS.read_text(encoding="utf-8"))
    for path in [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CHANGELOG.md"]:
        if path.name != "evidence.md":  # written from the claims, which are scanned field by field
            yield Text(_name(path), path.read_text(encoding="utf-8"))


def strings_of(code: str, where: str) -> Iterator[Text]:
    """Strings of Python code; a number stands where an f-string inserts something, so that "{x} % risk" is seen."""
    waiting: list[ast.AST] = [ast.parse(code)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.JoinedStr):
            parts = [str(one.value) if isinstance(one, ast.Constant) else "1" for one in node.values]
            yield Text(f"{where}:{node.lineno}", "".join(parts))
            waiting += [one for one in node.values if not isinstance(one, ast.Constant)]
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                yield Text(f"{where}:{node.lineno}", node.value)
        else:
            waiting += ast.iter_child_nodes(node)


def claim_texts(toml: str) -> Iterator[Text]:
    """What the evidence table says in our own words."""
    content = tomllib.loads(toml)
    for row in (*content["topic"], *content["claim"]):
        for name, value in row.items():
            if isinstance(value, str) and name not in QUOTED:
                yield Text(f"claims.toml {row.get('id', row.get('name'))} {name}", value)


def assert_allowed(text: str, *, knee_observed: bool) -> None:
    """A report, table or JSON of one athlete holds no banned word, and nothing of valgus without an observation."""
    plain = without_evidence(plain_text(text))
    assert banned_words(plain) == []
    if not knee_observed:
        assert ungated_valgus(plain) == []


def without_evidence(text: str) -> str:
    """The text without what it quotes of the evidence table word by word: that speaks of studies, not of an athlete."""
    table = evidence()
    quoted = {getattr(one, name) for one in table.claims for name in ("finding", "effect", "limits", "source")}
    quoted |= {topic.label for topic in table.topics if " " in topic.label}
    left = re.sub(r'"(?:outcome|variable)": ?"valgus"', "", re.sub(r"[ \t]+", " ", text))
    for one in sorted(filter(None, quoted), key=len, reverse=True):
        left = re.sub(re.escape(one), " ", left, flags=re.IGNORECASE) if len(one) > 12 else left
    ids = {one.id for one in table.claims}
    return re.sub(r"[a-z0-9]+(?:-[a-z0-9]+)+", lambda found: "" if found[0] in ids else found[0], left)


def plain_text(text: str) -> str:
    """What a reader sees of HTML: no styles, scripts or tags; other text as it is."""
    if "<html" not in text.lower():
        return text
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", text, flags=re.DOTALL | re.IGNORECASE)
    return html.unescape(re.sub(r"</?(?:p|li|td|th|tr|h\d|div|section|br)\b[^>]*>", "\n\n", body)).replace("<", " <")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
