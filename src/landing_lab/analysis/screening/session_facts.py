"""What the files of the screened session tell beside its numbers: was a person measured, what is doubted."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landing_lab.errors import LandingLabError
from landing_lab.io.small_file import read_small

_MOST_BYTES: Final = 200_000_000
_SIMULATED: Final = re.compile(rb'"simulated":\s*true\b')
"""In analysis.json, once per trial; a text that a person typed has its quotes escaped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """simulated: a trial of the session is of no person. doubt: the commonest reason of its flagged numbers, or ""."""

    simulated: bool = False
    doubt: str = ""


def session_facts(folder: Path, names: Collection[str]) -> SessionFacts:
    """Facts of one session folder; names: the metrics whose reservations count. What is not there says nothing."""
    return SessionFacts(
        simulated=_SIMULATED.search(_content(folder / "analysis.json")) is not None,
        doubt=_commonest(_content(folder / "metrics.csv"), names),
    )


def _content(path: Path) -> bytes:
    try:
        return read_small(path, most_bytes=_MOST_BYTES) if path.is_file() else b""
    except LandingLabError:
        return b""


def _commonest(table: bytes, names: Collection[str]) -> str:
    """The commonest part of the reasons of flagged numbers; of parts alike, the one that stands first."""
    if b"flagged" not in table:
        return ""
    seen: Counter[str] = Counter()
    try:
        for row in csv.DictReader(io.StringIO(table.decode("utf-8-sig", errors="replace"))):
            if row.get("status") == "flagged" and row.get("name") in names:
                seen.update(list(dict.fromkeys(part.strip() for part in (row.get("reason") or "").split(";"))))
    except csv.Error:
        return ""
    seen.pop("", None)
    return seen.most_common(1)[0][0] if seen else ""
