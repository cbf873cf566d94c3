"""Several reasons as one text in which nothing is said twice."""

from __future__ import annotations

from collections.abc import Iterable


def joined_reasons(reasons: Iterable[str | None]) -> str | None:
    """Reasons one after another, parted by semicolons; what both feet or two checks say stands once. None: none."""
    parts = (part for reason in reasons if reason for part in reason.split("; ") if part)
    return "; ".join(dict.fromkeys(parts)) or None
