"""The beginning of a file that is being loaded, and what its server said of it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import requests

_RANGE: Final = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class PartFile:
    """NAME.part beside the file it will be, and NAME.part.json: address, ETag and date of what it is a part of."""

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(target.name + ".part")
        self._notes = target.with_name(target.name + ".part.json")

    @property
    def size(self) -> int:
        """Bytes that have come so far."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def headers(self, address: str) -> dict[str, str]:
        """What to ask with: for the rest, if the file is the same; a part from elsewhere is thrown away."""
        noted = self._read()
        if self.size == 0 or noted.get("address") != address:
            self.discard()
            return {}
        mark = noted.get("etag") or noted.get("modified")
        return {"Range": f"bytes={self.size}-"} | ({"If-Range": str(mark)} if mark else {})

    def remember(self, address: str, response: requests.Response) -> None:
        """Note what the part belongs to; a weak ETag cannot vouch for single bytes (RFC 9110, 13.1.5)."""
        etag = response.headers.get("ETag", "")
        notes = {
            "address": address,
            "etag": "" if etag.startswith("W/") else etag,
            "modified": response.headers.get("Last-Modified", ""),
        }
        self._notes.write_text(json.dumps(notes), encoding="utf-8")

    def fits(self, response: requests.Response, size_bytes: int | None) -> bool:
        """Whether an answer 206 continues exactly here, and is of the same file."""
        found = _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
        if found is None or int(found[1]) != self.size:
            return False
        if size_bytes is not None and found[3] not in ("*", str(size_bytes)):
            return False
        before, now = self._read().get("etag"), response.headers.get("ETag")
        return not (before and now) or before == now

    def discard(self) -> None:
        """Throw away what has come."""
        self.path.unlink(missing_ok=True)
        self.forget()

    def forget(self) -> None:
        """Throw away the notes."""
        self._notes.unlink(missing_ok=True)

    def become(self, target: Path) -> None:
        """The whole file takes its place in one step."""
        self.path.replace(target)
        self.forget()

    def _read(self) -> dict[str, Any]:
        with suppress(OSError, ValueError, RecursionError):
            found = json.loads(self._notes.read_text(encoding="utf-8"))
            if isinstance(found, dict):
                return found
        return {}


def aside(wrong: Path, target: Path) -> Path:
    """Rename a file to TARGET.bad, or .bad-2, .bad-3 ...: nothing that is there already is written over."""
    number = 1
    while (kept := target.with_name(f"{target.name}.bad{'' if number == 1 else f'-{number}'}")).exists():
        number += 1
    return wrong.rename(kept)
