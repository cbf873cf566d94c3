"""Every message that landing-lab gives on purpose, read from its source: errors, findings, flags and refusals."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from docsite.assemble import ROOT
from docsite.message_text import Function, Module, Reader, Scope, parse

PLACES: Final = (ROOT / "src", ROOT / "drivers" / "host")

KINDS: Final = {
    "ParameterError": "setting",
    "FileFormatError": "file",
    "CalibrationError": "calibration",
    "RecordingError": "recording",
    "DeviceError": "device",
    "DeviceNotFoundError": "device",
    "DeviceTimeoutError": "device",
    "DeviceLostError": "device",
    "DownloadError": "network",
    "RefusedError": "refusal",
    "ValueError": "part",
    "TypeError": "part",
    "KeyError": "part",
    "OSError": "part",
    "ArithmeticError": "part",
    "AssertionError": "part",
    "AttributeError": "part",
}
"""Class that is raised -> the kind that a reader sees. A part stands inside another message, as its reason."""

SIGNALS: Final = {
    "Exit": "the command line ends with an exit code; what was wrong has been said",
    "Interrupted": "Ctrl-C; the command says what it kept",
    "KeyboardInterrupt": "Ctrl-C",
    "EOFError": "the keyboard is gone; the caller goes on without",
    "FileExistsError": "the caller takes the next free name",
    "KeyError": "the caller looks elsewhere",
}
"""What is raised and says nothing: why."""


@dataclass(frozen=True, order=True)
class Message:
    """One text that can be met: where it is made, of which kind, and its words."""

    module: str
    line: int
    kind: str
    text: str


@dataclass(frozen=True)
class Site:
    """One place in the source that raises, finds, flags or refuses, with the texts that were read there."""

    module: str
    line: int
    raised: str
    kind: str
    texts: tuple[str, ...]

    @property
    def passes_on(self) -> bool:
        """True where another error goes on, or something is signalled without words."""
        return self.kind in ("passed on", "signal")


@cache
def modules() -> dict[str, Module]:
    """Every module of landing_lab and its drivers, parsed."""
    found = {}
    for place in PLACES:
        for path in sorted(place.rglob("*.py")):
            name = ".".join(path.relative_to(place).with_suffix("").parts).removesuffix(".__init__")
            found[name] = parse(path, name)
    return found


@cache
def sites() -> tuple[Site, ...]:
    """Every place that gives a message on purpose, in the order of modules and lines."""
    reader = Reader(modules())
    return tuple(site for module in modules().values() for site in _of_module(module, reader))


@cache
def messages() -> tuple[Message, ...]:
    """Every message once per module."""
    found: dict[tuple[str, str], Message] = {}
    for site in sites():
        for text in site.texts:
            told = re.sub(r"\{(\w+)\}", r"‹\1›", " ".join(text.split()))  # filled by .format elsewhere
            found.setdefault((site.module, told), Message(site.module, site.line, site.kind, told))
    return tuple(sorted(found.values()))


def _of_module(module: Module, reader: Reader) -> Iterator[Site]:
    made = []
    for node, function in _with_functions(module.tree, None):
        scope = Scope(module, function)
        if isinstance(node, ast.Raise) and node.exc is not None:
            made.append(_raised(node, node.exc, scope, reader))
        elif isinstance(node, ast.Call):
            made += _found(node, scope, reader)
    yield from made
    yield from _reasons(module, reader, {text for site in made for text in site.texts})


def _with_functions(node: ast.AST, function: Function | None) -> Iterator[tuple[ast.AST, Function | None]]:
    for child in ast.iter_child_nodes(node):
        inside = child if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        yield child, inside
        yield from _with_functions(child, inside)


def _raised(node: ast.Raise, raised: ast.expr, scope: Scope, reader: Reader) -> Site:
    written = ast.unparse(raised)
    name = class_name(raised)
    if not isinstance(raised, ast.Call):
        kind = "signal" if name in SIGNALS else "passed on"
        return Site(scope.module.name, node.lineno, written, kind, ())
    if name in SIGNALS and (name not in KINDS or _wordless(raised)):
        return Site(scope.module.name, node.lineno, written, "signal", ())
    if name in KINDS:
        texts = _texts(raised, scope, reader)
        if KINDS[name] == "part" and not texts and _wordless(raised):
            return Site(scope.module.name, node.lineno, written, "signal", ())
        return Site(scope.module.name, node.lineno, written, KINDS[name], texts)
    made = [(call, inside) for call, inside in reader.returned_calls(raised, scope) if class_name(call) in KINDS]
    kind = KINDS[class_name(made[0][0])] if made else "part"
    texts = tuple(text for call, inside in made for text in _texts(call, inside, reader))
    return Site(scope.module.name, node.lineno, written, kind, texts or _texts(raised, scope, reader))


def _wordless(raised: ast.Call) -> bool:
    return not raised.args or isinstance(raised.args[0], ast.Name)


def class_name(raised: ast.expr) -> str:
    """The last name of what is raised."""
    called = raised.func if isinstance(raised, ast.Call) else raised
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _texts(call: ast.Call, scope: Scope, reader: Reader) -> tuple[str, ...]:
    if not call.args:
        return ()
    return tuple(reader.texts(call.args[0], scope) or ())


def _found(node: ast.Call, scope: Scope, reader: Reader) -> Iterator[Site]:
    """Findings of a trial and checks of a signal: they are made, not raised."""
    name = class_name(node)
    if name == "Finding" and scope.module.name.endswith("record.gates") and len(node.args) == 3:
        levels = reader.texts(node.args[1], scope) or ["warn"]
        kind = "STOP" if levels == ["stop"] else "note" if levels == ["warn"] else "STOP or note"
        yield Site(scope.module.name, node.lineno, "Finding", kind, tuple(reader.texts(node.args[2], scope) or ()))
    elif name == "QualityItem" and len(node.args) >= 6:
        verdict = node.args[4]
        told = verdict.value if isinstance(verdict, ast.Constant) else "flagged"
        if told != "ok":
            kind = "flag" if told == "flagged" else "not checked"
            yield Site(
                scope.module.name, node.lineno, "QualityItem", kind, tuple(reader.texts(node.args[5], scope) or ())
            )


SPEAKING: Final = (
    "landing_lab.detect.", "landing_lab.fuse.", "landing_lab.calibrate.", "landing_lab.metrics.", "landing_lab.io.",
    "landing_lab.model.calibration", "landing_lab.model.layout_checks", "landing_lab.app.live.",
    "landing_lab.app.boards.probe", "landing_lab.app.boards.checks",
)  # fmt: skip
"""Modules whose other sentences reach people too: reasons that stand in flags, refusals and notes of a recording."""

SILENT: Final = ("landing_lab.io.bids.tables", "landing_lab.io.bids.texts", "landing_lab.io.bids.trial_files")
"""Speaking modules whose other texts are the content of files: descriptions of columns."""

_NO_SENTENCE: Final = ("Raise", "Expr")
_DECLARES: Final = {
    "metric", "Finding", "QualityItem", "compile", "execute", "Metric", "Index", "insole_metric", "_absolute",
    "number_stated",
}  # fmt: skip
_FORMULA: Final = re.compile(r"integral of |max over |F_i\b|\bt1 = |\bwalking [-\d]")
"""Formulas and usual ranges of metrics, which stand on their own page."""
_QUERY: Final = re.compile(r"\b(SELECT|COPY|CREATE|CAST|FROM)\b|\n|https?:")


def _reasons(module: Module, reader: Reader, known: set[str]) -> Iterator[Site]:
    """Sentences of a speaking module that no raise, finding or check of it holds."""
    if not module.name.startswith(SPEAKING) or module.name in SILENT:
        return
    for node, function in _sentences(module.tree, None):
        texts = reader.texts(node, Scope(module, function)) or []
        told = tuple(text for text in texts if _is_sentence(text) and not any(text in one for one in known))
        if told:
            yield Site(module.name, node.lineno, "", "reason", told)


def _sentences(node: ast.AST, function: Function | None) -> Iterator[tuple[ast.expr, Function | None]]:
    """Outermost texts of a module, without docstrings, declarations of metrics and what is raised."""
    for child in ast.iter_child_nodes(node):
        inside = child if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(child, ast.JoinedStr) or (isinstance(child, ast.Constant) and isinstance(child.value, str)):
            yield child, function
        elif type(child).__name__ in _NO_SENTENCE and not _is_yield(child):
            continue
        elif not (isinstance(child, ast.Call) and class_name(child) in _DECLARES):
            yield from _sentences(child, inside)


def _is_yield(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield | ast.YieldFrom | ast.Call)


def _is_sentence(text: str) -> bool:
    words = re.sub(r"‹[^›]*›", " ", text).split()
    return (
        len(words) >= 5
        and not _QUERY.search(text)
        and not _FORMULA.search(text)
        and "doi:" not in text
        and "et al" not in text
    )
