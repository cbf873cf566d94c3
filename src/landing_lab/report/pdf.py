"""The report as a PDF, set by Typst from the same texts and pictures as the page; text is data there, never markup.

Typst reads the texts from JSON: a note with `#read("/etc/passwd")` in it is printed as it stands. Equal content gives
equal bytes: fonts come with the libraries, and the date is that of the session.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from landing_lab.errors import RecordingError
from landing_lab.io.write import plain, write_whole
from landing_lab.report.names import sentence

PICTURE: Final = re.compile(r"data:image/(svg\+xml|png);base64,(.*)", re.DOTALL)
ENDINGS: Final = {"svg+xml": "svg", "png": "png"}
BEYOND: Final = 0x2E80
"""From here on stand scripts that our font does not have: only then are the fonts of this computer looked through."""
MISSING: Final = (
    "a PDF needs the library typst, which is not installed; install it with pip install 'landing-lab[web]' (the report "
    "as a page, report.html, needs nothing and prints as well)"
)


def can_write_pdf() -> bool:
    """Whether the library that sets PDFs is installed."""
    return find_spec("typst") is not None


def write_pdf(content: Mapping[str, Any], path: str | Path, *, at: str = "") -> Path:
    """Write the PDF of a content. Raises RecordingError where typst is missing or the file cannot be written."""
    return write_whole(path, pdf_of(content, at=at))


def pdf_of(content: Mapping[str, Any], *, at: str = "") -> bytes:
    """The PDF of what `landing_lab.report.content.report_content` gives; at: ISO 8601, becomes its date."""
    found: bytes = _compiled(content, at, "pdf")
    return found


def pages_of(content: Mapping[str, Any], *, ppi: float = 60.0) -> list[bytes]:
    """The pages as PNG, to look at."""
    found = _compiled(content, "", "png", ppi=ppi)
    return [found] if isinstance(found, bytes) else list(found)


def _compiled(content: Mapping[str, Any], at: str, kind: str, **more: Any) -> Any:
    if not can_write_pdf():
        raise RecordingError(MISSING)
    import matplotlib as mpl
    import typst

    moment = _moment(at)
    with TemporaryDirectory(prefix="landing-lab-pdf-") as name:
        folder = Path(name)
        told = _told(content, folder)
        told["date"] = [moment.year, moment.month, moment.day]
        text = json.dumps(told, ensure_ascii=False).encode("utf-8", errors="replace")
        (folder / "told.json").write_bytes(text)
        (folder / "report.typ").write_bytes((files("landing_lab.report") / "templates" / "report.typ").read_bytes())
        compiled: Any = typst.compile  # one function for all kinds, which its types cannot say
        return compiled(
            str(folder / "report.typ"),
            root=str(folder),
            font_paths=[str(Path(mpl.get_data_path()) / "fonts" / "ttf")],
            ignore_system_fonts=not any(ord(char) >= BEYOND for char in text.decode("utf-8")),
            format=kind,
            timestamp=int(moment.timestamp()),
            **more,
        )


def _moment(at: str) -> datetime:
    """The date of the PDF; the year 2000 where the recording does not say when it was."""
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return datetime(2000, 1, 1, tzinfo=UTC)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _told(content: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The content as plain values; pictures become files, named in their place."""
    number = 0

    def without_pictures(value: Any) -> Any:
        nonlocal number
        if isinstance(value, str):
            found = PICTURE.fullmatch(value)
            if found is None:
                return value
            number += 1
            name = f"picture-{number}.{ENDINGS[found.group(1)]}"
            (folder / name).write_bytes(base64.b64decode(found.group(2)))
            return name
        if isinstance(value, dict):
            return {str(key): without_pictures(one) for key, one in value.items()}
        return [without_pictures(one) for one in value] if isinstance(value, list) else value

    told: dict[str, Any] = without_pictures(plain(dict(content)))
    for trial in told["trials"]:
        numbers = trial["footnotes"]
        trial["reasons"] = [sentence(reason) for reason in numbers]
    return told
