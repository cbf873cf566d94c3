"""What one indicator says of one limb: value, error, reference, state, change; frozen, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from landing_lab.analysis.evidence.claim import Chain, Grade
from landing_lab.analysis.reference import Reference
from landing_lab.analysis.screening.indicators import Favour, Kind

State: TypeAlias = Literal["not_measured", "within", "indeterminate", "outside"]
"""indeterminate: closer to the limit than 1.645 standard errors, or nothing known to compare with; the reason says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Difference from the previous session, in the value's unit.

    detectable: MDC95 of this difference; None where what days differ by is not known. real: beyond it.
    """

    since: str
    difference: float
    detectable: float | None
    real: bool | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One indicator on one side.

    value: mean of n trials, an entry, or 1 and 0 for a finding; standard_error in the same unit, decision_error with
    the baseline's own on top where there is one. limits: the values from which on it is outside. z: in standard
    deviations of the reference, positive on the less favourable side; z_error its standard error. struck: grade D or
    X, or no known direction: shown, never scored. evidence: ids, the first gives the weight. days_unknown: its
    error leaves out what days differ by.
    """

    id: str
    label: str
    side: str
    name: str
    kind: Kind
    unit: str
    decimals: int
    level: int
    group: str
    chain: Chain | None
    unfavourable: Favour | None
    state: State
    reason: str
    evidence: tuple[str, ...]
    grade: Grade
    weight: float
    struck: bool
    value: float | None = None
    n: int = 0
    n_flagged: int = 0
    standard_error: float | None = None
    decision_error: float | None = None
    error_source: str = ""
    error_borrowed: bool = False
    reference: Reference | None = None
    limits: tuple[float, ...] = ()
    z: float | None = None
    z_error: float | None = None
    change: Change | None = None
    meaning: str = ""
    days_unknown: bool = False

    @property
    def flagged(self) -> bool:
        """Whether it rests on a trial that carries a reservation."""
        return self.value is not None and self.n_flagged > 0

    @property
    def lacks_days(self) -> bool:
        """Whether its state or its change would need what days differ by, which is not known."""
        return self.days_unknown or (self.change is not None and self.change.real is None)

    @property
    def scored(self) -> bool:
        """Whether it counts in its chain."""
        return self.z is not None and self.weight > 0 and self.chain is not None
