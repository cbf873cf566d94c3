"""From the expression that makes a message to the texts it can give, with what is filled in as words.

`f"{path.name} has no column {name}"` becomes `‹path name› has no column ‹name›`. Names are followed to what is
assigned to them, calls to what the called function returns; where that ends, the name itself is the word.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from docsite.message_words import CALLED, EXPRESSIONS, METHODS, WRAPPERS, in_words, spaced

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

DEPTH: Final = 5
"""Names and calls followed one after another; deeper, the word stands for it."""

MOST: Final = 12
"""Texts of one expression; of more, the first."""


@dataclass(frozen=True)
class Module:
    """One parsed file, and where its names come from."""

    name: str
    tree: ast.Module
    functions: Mapping[str, Function]
    constants: Mapping[str, ast.expr]
    imports: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: its module, its function, what the caller handed over."""

    module: Module
    function: Function | None = None
    given: Mapping[str, tuple[ast.expr, Scope]] = field(default_factory=dict)


def parse(path: Path, name: str) -> Module:
    """A file of the package as a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {one.name: one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
    constants: dict[str, ast.expr] = {}
    for one in tree.body:
        if isinstance(one, ast.Assign | ast.AnnAssign) and one.value is not None:
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            constants |= {target.id: one.value for target in targets if isinstance(target, ast.Name)}
    imports = {
        alias.asname or alias.name: (one.module or "", alias.name)
        for one in ast.walk(tree)
        if isinstance(one, ast.ImportFrom)
        for alias in one.names
    }
    return Module(name, tree, functions, constants, imports)


class Reader:
    """Reads texts out of expressions, across the modules of the package."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self.modules = modules

    def texts(self, node: ast.expr, scope: Scope, depth: int = 0) -> list[str] | None:
        """Every text an expression can give; None where nothing is known but that it is a text."""
        match node:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr():
                return self._joined(node, scope, depth)
            case ast.BinOp(op=ast.Add()):
                return self._sum(node, scope, depth)
            case ast.IfExp():
                return self._union([node.body, node.orelse], scope, depth)
            case ast.BoolOp():
                return self._union(node.values, scope, depth)
        return self._followed(node, scope, depth + 1) if depth < DEPTH else None

    def _followed(self, node: ast.expr, scope: Scope, depth: int) -> list[str] | None:
        """Texts behind a name, a call, or a place in a table."""
        if ast.unparse(node) in EXPRESSIONS:
            return None
        match node:
            case ast.Name():
                return self._named(node.id, scope, depth)
            case ast.Call():
                return self._called(node, scope, depth)
            case ast.Subscript(value=ast.Name(id=name)):
                found = self._constant(name, scope)
                if found is not None and isinstance(found[0], ast.Dict):
                    return self._union(found[0].values, found[1], depth)
        return None

    def _sum(self, node: ast.BinOp, scope: Scope, depth: int) -> list[str] | None:
        """One text behind another; None for a sum of numbers."""
        if not any(self.texts(one, scope, depth) for one in (node.left, node.right)):
            return None
        return _products([self._part(one, scope, depth) for one in (node.left, node.right)])

    def _union(self, nodes: list[ast.expr], scope: Scope, depth: int) -> list[str] | None:
        found = [text for one in nodes for text in self.texts(one, scope, depth) or []]
        return list(dict.fromkeys(found))[:MOST] or None

    def _part(self, node: ast.expr, scope: Scope, depth: int) -> list[str]:
        return self.texts(node, scope, depth) or [f"‹{in_words(node)}›"]

    def _joined(self, node: ast.JoinedStr, scope: Scope, depth: int) -> list[str]:
        parts = []
        for one in node.values:
            if isinstance(one, ast.Constant):
                parts.append([str(one.value)])
            elif isinstance(one, ast.FormattedValue):
                parts.append(self._filled(one, scope, depth))
        return _products(parts)

    def _filled(self, one: ast.FormattedValue, scope: Scope, depth: int) -> list[str]:
        word = f"‹{in_words(one.value)}›"
        if plural(one.value):
            return ["(s)"]
        number = self._number(one.value, scope)
        if number is not None:
            return [number]
        if one.format_spec is not None:
            return [word]
        found = self.texts(one.value, scope, depth + 1)
        if found is not None and not isinstance(one.value, ast.IfExp | ast.BoolOp):
            found = [text for text in found if text.strip()] or None
        return [word] if found is None or len(found) > 4 else found

    def _number(self, node: ast.expr, scope: Scope) -> str | None:
        """A constant of the package, as its value."""
        found = self._constant(node.id, scope) if isinstance(node, ast.Name) and node.id.isupper() else None
        value = found[0] if found is not None else None
        known = isinstance(value, ast.Constant) and isinstance(value.value, int | float)
        return f"{value.value:g}" if known and isinstance(value, ast.Constant) else None

    def _named(self, name: str, scope: Scope, depth: int) -> list[str] | None:
        if name in scope.given:
            node, outer = scope.given[name]
            return self.texts(node, outer, depth)
        if scope.function is not None:
            values = list(_assigned(scope.function, name))
            if values:
                return self._union(values, scope, depth)
            if name in {one.arg for one in ast.walk(scope.function.args) if isinstance(one, ast.arg)}:
                return None
        found = self._constant(name, scope)
        return None if found is None else self.texts(found[0], found[1], depth)

    def _constant(self, name: str, scope: Scope) -> tuple[ast.expr, Scope] | None:
        module = scope.module
        if name in module.constants:
            return module.constants[name], Scope(module)
        home, original = module.imports.get(name, ("", ""))
        if home in self.modules and original in self.modules[home].constants:
            return self.modules[home].constants[original], Scope(self.modules[home])
        return None

    def function(self, node: ast.expr, scope: Scope) -> tuple[Function, Module] | None:
        """The function of ours that is called."""
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name in scope.module.functions:
            return scope.module.functions[name], scope.module
        home, original = scope.module.imports.get(name, ("", ""))
        if home in self.modules and original in self.modules[home].functions:
            return self.modules[home].functions[original], self.modules[home]
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):  # module.function, thing.method
            package, original = scope.module.imports.get(node.value.id, ("", ""))
            inside = self.modules.get(f"{package}.{original}")
            if inside is not None and name in inside.functions:
                return inside.functions[name], inside
            homes = [one for one in self.modules.values() if name in one.functions]
            if len(homes) == 1:
                return homes[0].functions[name], homes[0]
        return None

    def _called(self, node: ast.Call, scope: Scope, depth: int) -> list[str] | None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in WRAPPERS and node.args:
            return self.texts(node.args[0], scope, depth)
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            found_texts = self.texts(node.func.value, scope, depth)
            if found_texts and node.func.attr == "format":
                return [
                    re.sub(r"\{(\w+)[^{}]*\}", lambda one: f"‹{CALLED.get(one[1], spaced(one[1]))}›", text)
                    for text in found_texts
                ]
            return found_texts
        found = self.function(node.func, scope)
        if found is None:
            return None
        inside = self.entered(found, node, scope)
        return self._union(list(_returned(found[0])), inside, depth)

    def entered(self, found: tuple[Function, Module], call: ast.Call, scope: Scope) -> Scope:
        """The scope inside a called function, with what the call hands over."""
        function, module = found
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args) if one.arg not in ("self", "cls")]
        given = {name: (value, scope) for name, value in zip(names, call.args, strict=False)}
        given |= {one.arg: (one.value, scope) for one in call.keywords if one.arg is not None}
        return Scope(module, function, given)

    def returned_calls(self, call: ast.Call, scope: Scope, depth: int = 0) -> Iterator[tuple[ast.Call, Scope]]:
        """Errors that a function makes and gives back for its caller to raise."""
        found = self.function(call.func, scope)
        if found is not None:
            inside = self.entered(found, call, scope)
            for value in _returned(found[0]):
                if isinstance(value, ast.Call):
                    yield value, inside
                    if depth < DEPTH:
                        yield from self.returned_calls(value, inside, depth + 1)


def _assigned(function: Function, name: str) -> Iterator[ast.expr]:
    for one in ast.walk(function):
        if isinstance(one, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in one.targets):
            yield one.value
        elif isinstance(one, ast.AnnAssign | ast.NamedExpr) and isinstance(one.target, ast.Name):
            if one.target.id == name and one.value is not None:
                yield one.value
        elif isinstance(one, ast.Assign) and isinstance(one.value, ast.Tuple):
            for target in one.targets:
                if isinstance(target, ast.Tuple):
                    for part, value in zip(target.elts, one.value.elts, strict=False):
                        if isinstance(part, ast.Name) and part.id == name:
                            yield value


def _returned(function: Function) -> Iterator[ast.expr]:
    for one in ast.walk(function):
        if isinstance(one, ast.Return) and one.value is not None:
            yield one.value


def plural(node: ast.expr) -> bool:
    """True for what adds the s of a plural."""
    if not isinstance(node, ast.IfExp):
        return False
    ends = [one.value for one in (node.body, node.orelse) if isinstance(one, ast.Constant)]
    return sorted(map(str, ends)) == ["", "s"]


def _products(parts: list[list[str]]) -> list[str]:
    return ["".join(chosen) for chosen in itertools.islice(itertools.product(*parts), MOST)]
