"""The reference of the Python interface: which names and types it tells of, and docstrings as plain text."""

from __future__ import annotations

import importlib
import inspect
import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


def plain_docstring(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """House docstrings are sentences, with code in single backticks and indented examples: turn them to reST."""
    del app, what, name, thing, options
    lines[:] = readable(lines)


def readable(lines: list[str]) -> list[str]:
    """Docstring lines as reST in which nothing of a house docstring is taken for markup."""
    told: list[str] = []
    for line in lines:
        indented = line.startswith("    ")
        if indented and (not told or not told[-1].startswith("    ")):
            if told and told[-1].endswith("::"):
                told.append("")
            elif not told or told[-1]:
                told += ["", "::", ""]
            elif not (len(told) > 1 and told[-2].endswith("::")):
                told += ["::", ""]
        elif not indented and line and told and told[-1].startswith("    "):
            told.append("")
        told.append(line if indented else _escaped(line))
    return told


def _escaped(line: str) -> str:
    parts = re.split(r"(``[^`]+``|`[^`]+`)", line)
    kept = []
    for part in parts:
        if part.startswith("`"):
            kept.append(f"``{part.strip('`')}``")
        else:
            kept.append(re.sub(r"([*|]|\b_|_\b)", r"\\\1", part))
    return "".join(kept)


class Docstring(SphinxDirective):
    """The directive `docstring`: what a module says of itself, as it stands there."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Nodes of the page."""
        module = importlib.import_module(self.arguments[0])
        self.env.note_dependency(str(module.__file__))
        text = inspect.getdoc(module) or ""
        return [nodes.literal_block(text, text, language="text", classes=["no-copy"])]


def setup(app: Sphinx) -> dict[str, Any]:
    """Known to Sphinx as an extension."""
    app.connect("autodoc-process-docstring", plain_docstring)
    app.add_directive("docstring", Docstring)
    return {"version": "1", "parallel_read_safe": True}
