"""What an expression of the source stands for, in words a reader understands."""

from __future__ import annotations

import ast
import re
from typing import Final

WRAPPERS: Final = {"str", "visible", "snippet", "quoted_path", "quoted_name", "repr", "sentence", "shortened"}
"""Functions of one text that give the same text back, fit to be shown."""

METHODS: Final = {"format", "replace", "strip", "rstrip", "lstrip", "removesuffix", "removeprefix", "capitalize"}

CALLED: Final = {
    "error": "reason", "strerror": "reason of the system", "shown": "file", "url": "port", "exc": "reason",
    "n": "count", "told": "what", "str": "text", "listed": "list", "problem": "reason", "failure": "reason",
    "side": "left or right",
}  # fmt: skip
"""Names of our code that say little to a reader, and what stands for them."""


EXPRESSIONS: Final = {
    "list_columns(table)": "columns of the file", "GRAVITY * flight_s ** 2 / 8.0": "height",
    "params.stability_ms / 1000.0": "seconds", "params.rest_hold_ms / 1000.0": "seconds",
    "100.0 * params.rest_within_bw": "share", "table.names[next(iter(columns.values()))]": "column",
    "' and '.join((f'--{side}' for side in columns))": "two options, as --left and --right",
}  # fmt: skip
"""Whole expressions whose names would say something else than what stands there."""


def in_words(node: ast.expr) -> str:  # noqa: PLR0911 - one line per kind of expression
    """What an expression stands for, as words: `path.name` is "path name"."""
    if (told := EXPRESSIONS.get(ast.unparse(node))) is not None:
        return told
    match node:
        case ast.Name():
            return CALLED.get(node.id, spaced(node.id))
        case ast.Attribute():
            return _attribute_in_words(node)
        case ast.Call():
            return _call_in_words(node)
        case ast.Subscript(value=inner) | ast.Starred(value=inner) | ast.UnaryOp(operand=inner) | ast.IfExp(body=inner):
            return in_words(inner)
        case ast.BinOp():
            sides = [in_words(one) for one in (node.left, node.right) if not isinstance(one, ast.Constant)]
            return sides[0] if sides else "number"
        case ast.BoolOp():
            return in_words(node.values[0])
        case ast.GeneratorExp() | ast.ListComp() | ast.SetComp():
            return in_words(node.generators[0].iter)
        case ast.Constant():
            return str(node.value).strip() or "..."
    return "..."


def _attribute_in_words(node: ast.Attribute) -> str:
    if node.attr in CALLED:
        return CALLED[node.attr]
    owner = node.value
    named = isinstance(owner, ast.Name) and owner.id not in ("self", "one", "info", "found")
    return f"{in_words(owner) if named else ''} {spaced(node.attr)}".strip()


_SHAPERS: Final = {
    "join", "map", "sorted", "set", "list", "tuple", "min", "max", "abs", "round", "type", "getattr", "float", "int",
} | WRAPPERS  # fmt: skip
"""Functions that a reader need not know of: their argument says what it is."""


def _call_in_words(node: ast.Call) -> str:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "len" and node.args:
        return f"number of {in_words(node.args[0])}"
    texts = [one for one in node.args if not isinstance(one, ast.Constant)]
    if name in _SHAPERS and texts:
        return in_words(texts[-1] if name == "map" else texts[0])
    if isinstance(node.func, ast.Attribute) and name in METHODS | _SHAPERS | {"lower", "isoformat"}:
        return in_words(node.func.value)
    return CALLED.get(name, spaced(name)) or "..."


def spaced(name: str) -> str:
    """A name of the source as words."""
    return re.sub(r"\s+", " ", name.strip("_").replace("_", " ")).strip().lower()
