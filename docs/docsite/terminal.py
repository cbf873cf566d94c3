"""Directives that run what a page shows, when the page is built, and show what came out.

    ```{terminal} landing-lab analyse jump.csv --out results
    :lines: 20
    ```

    ```{python-run}
    import landing_lab as ll
    print(ll.__version__)
    ```

All of one page share a folder, in their order. `:hidden:` runs and shows nothing; `:exit: 2` expects that exit code,
another one is a warning and so fails the build. `:shown: TEXT` prints another command line than the one that runs;
`:from: TEXT`, `:lines: N` and `:last: N` say which lines are shown.

What came out is kept in build/docs-cache under a hash of the package's text and of all that ran before it on the page:
it is honest, and fast the second time.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from docsite.assemble import ROOT

CACHE: Final = ROOT / "build" / "docs-cache"
WIDTH: Final = 78
_AS_INSTALLED: Final = "import sys; sys.argv[0] = 'landing-lab'; from landing_lab.app.cli import main; main()"
PATIENCE_S: Final = 300
log = logging.getLogger(__name__)


@cache
def package_stamp() -> str:
    """A hash of everything that what the package says depends on."""
    digest = hashlib.sha256(sys.version.encode())
    for folder in (ROOT / "src", ROOT / "drivers" / "host"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class Session:
    """The commands of one page, in a folder of their own."""

    def __init__(self, page: str) -> None:
        self.folder = CACHE / "pages" / page.replace("/", "-")
        self.ran: list[list[str]] = []

    def run(self, command: list[str]) -> tuple[int, str]:
        """Exit code and all that was said, from the cache or from a run."""
        self.ran.append(command)
        kept = CACHE / "said" / f"{self._key(self.ran)}.json"
        if kept.is_file():
            code, said = json.loads(kept.read_text(encoding="utf-8"))
            return int(code), str(said)
        code, said = self._run_all()
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps([code, said]), encoding="utf-8")
        return code, said

    def _key(self, commands: list[list[str]]) -> str:
        return hashlib.sha256(json.dumps([package_stamp(), WIDTH, commands]).encode()).hexdigest()[:32]

    def _run_all(self) -> tuple[int, str]:
        """Run the newest command, those before it only where the folder is not as they left it."""
        mark = self.folder / ".ran"
        before, newest = self.ran[:-1], self.ran[-1]
        if not (before and mark.is_file() and mark.read_text(encoding="utf-8") == self._key(before)):
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            for one in before:
                _run(one, self.folder)
        found = _run(newest, self.folder)
        mark.write_text(self._key(self.ran), encoding="utf-8")
        return found


def _run(command: list[str], folder: Path) -> tuple[int, str]:
    words = [sys.executable, "-c", _AS_INSTALLED, *command[1:]] if command[0] == "landing-lab" else command
    words = [sys.executable, *words[1:]] if words[0] == "python" else words
    paths = os.pathsep.join(str(ROOT / one) for one in ("src", "drivers/host", "docs"))
    environment = {
        **os.environ,
        "PYTHONPATH": paths,
        "COLUMNS": str(WIDTH),
        "NO_COLOR": "1",
        "MPLBACKEND": "agg",
        "PYTHONIOENCODING": "utf-8",
        "LANDING_LAB_DATA": str(CACHE / "data"),
    }
    done = subprocess.run(  # noqa: S603 - the command stands in a page of this repository
        words, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    said = "\n".join(line.rstrip() for line in (done.stdout + done.stderr).splitlines())
    return done.returncode, said.replace(str(folder), ".")


class _Runs(SphinxDirective):
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {
        "hidden": directives.flag,
        "exit": directives.nonnegative_int,
        "shown": directives.unchanged,
        "from": directives.unchanged,
        "lines": directives.positive_int,
        "last": directives.positive_int,
    }

    def said(self, command: list[str]) -> str:
        """What a command said; a wrong exit code is a warning of the build."""
        sessions = self.env.app.landing_lab_sessions  # type: ignore[attr-defined]
        session = sessions.setdefault(self.env.docname, Session(self.env.docname))
        code, said = session.run(command)
        if code != self.options.get("exit", 0):
            log.warning("%s ended with exit code %d: %s", " ".join(command)[:80], code, said[-600:],
                        location=self.get_location())  # fmt: skip
        self.env.note_dependency(str(Path(__file__)))
        return self._cut(said)

    def _cut(self, said: str) -> str:
        lines = said.splitlines()
        mark = self.options.get("from")
        if mark is not None:
            starts = [index for index, line in enumerate(lines) if mark in line]
            if not starts:
                log.warning("nothing that was said holds %r", mark, location=self.get_location())
            lines = ["[...]", *lines[starts[0] if starts else 0 :]]
        first, last = self.options.get("lines", len(lines)), self.options.get("last", 0)
        if len(lines) <= first + last:
            return "\n".join(lines)
        tail = lines[-last:] if last else []
        return "\n".join([*lines[:first], f"[... {len(lines) - first - last} more lines]", *tail])

    def block(self, text: str, language: str, *classes: str) -> nodes.literal_block:
        """Text as it stands."""
        return nodes.literal_block(text, text, language=language, classes=list(classes))


class Terminal(_Runs):
    """A command as typed, and what it said."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Nodes of the page."""
        typed = " ".join(self.arguments[0].split())
        said = self.said(shlex.split(typed))
        if "hidden" in self.options:
            return []
        shown = self.options.get("shown", typed)
        return [self.block(shown, "sh", "typed"), *([self.block(said, "text", "said", "no-copy")] if said else [])]


class Program(_Runs):
    """Lines of Python, and what they printed."""

    def run(self) -> list[nodes.Node]:
        """Nodes of the page."""
        code = "\n".join(self.content)
        said = self.said(["python", "-c", code])
        if "hidden" in self.options:
            return []
        return [self.block(code, "python"), *([self.block(said, "text", "said", "no-copy")] if said else [])]


def _fresh(app: Sphinx) -> None:
    app.landing_lab_sessions = {}  # type: ignore[attr-defined]


def setup(app: Sphinx) -> dict[str, Any]:
    """Known to Sphinx as an extension."""
    app.connect("builder-inited", _fresh)
    app.add_directive("terminal", Terminal)
    app.add_directive("python-run", Program)
    return {"version": package_stamp()[:12], "parallel_read_safe": False}
