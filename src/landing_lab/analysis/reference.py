"""What one athlete's value is compared with: the own baseline, this laboratory's norm, or a published one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

ReferenceKind: TypeAlias = Literal["baseline", "local", "published"]
LEAST_LOCAL_ATHLETES: Final = 30
"""A local norm of fewer athletes is not used (evidence.md 2b)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Mean and standard deviation between people (baseline: of the athlete's own earlier trials), in `unit`.

    n: athletes (baseline: trials). group: whom it holds for, in words. evidence_id: row of the registry for a
    published one.
    """

    name: str
    side: str
    unit: str
    kind: ReferenceKind
    mean: float
    sd: float
    n: int
    group: str
    source: str
    evidence_id: str | None = None
