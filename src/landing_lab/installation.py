"""How this landing-lab was installed, so that a line that installs more of it can be copied as it stands."""

from __future__ import annotations

import json
import os
import shlex
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname


def pip_line(extra: str = "", *, again: bool = False) -> str:
    """What to type to get an extra, or everything that is needed; again: also what is there but broken.

    Names the Python that runs now, and what it was installed from: a checkout (with its constraints.txt), a file, or
    an index.
    """
    words = [_python(), "-m", "pip", "install", *(["--force-reinstall"] if again else []), *_source(extra)]
    return " ".join(_quoted(word) for word in words)


def _source(extra: str) -> list[str]:
    """What stands after `pip install`, by what pip noted when it installed landing-lab (PEP 610)."""
    wanted = f"[{extra}]" if extra else ""
    noted = _direct_url()
    path = _local_path(str(noted.get("url", "")))
    if path is None or not path.exists():
        return [f"landing-lab{wanted}"]
    editable = ["--editable"] if noted.get("dir_info", {}).get("editable") else []
    constraints = path / "constraints.txt"
    return [*editable, f"{path}{wanted}", *(["--constraint", str(constraints)] if constraints.is_file() else [])]


def _direct_url() -> dict[str, dict[str, bool]]:
    try:
        return dict(json.loads(distribution("landing-lab").read_text("direct_url.json") or "{}"))
    except (PackageNotFoundError, ValueError, OSError):
        return {}


def _local_path(url: str) -> Path | None:
    parts = urlparse(url)
    return Path(url2pathname(parts.path)) if parts.scheme == "file" else None  # which also unquotes


def _python() -> str:
    """This interpreter, the way that is shortest to type from here."""
    here = Path(sys.executable or "python")
    try:
        return str(here.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(here)


def _quoted(word: str) -> str:
    if os.name == "nt":
        return f'"{word}"' if any(character in word for character in " [&") else word
    return shlex.quote(word)
