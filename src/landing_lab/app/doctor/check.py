"""One line of what the doctor found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "optional", "missing", "none"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    status: "ok"; "missing": needed and not there, too old or broken; "optional": work goes on without; "none":
    nothing there to look at. found: what was seen, in one sentence. remedy: what to type or do, where anything helps.
    """

    name: str
    status: Status
    found: str
    remedy: str | None = None
