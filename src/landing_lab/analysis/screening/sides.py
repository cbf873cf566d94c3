"""Whether an entered test of both legs differs between them beyond its error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from landing_lab.analysis.reliability.measurement_error import Z95
from landing_lab.analysis.screening.finding import Finding
from landing_lab.analysis.screening.gate import Statement
from landing_lab.analysis.screening.numbers import quantity

COMMON_CM: Final = 1.5
"""Left to right, in 68 % of healthy adults (evidence table, lunge-norm-hoch-2011)."""
NORM_EVIDENCE: Final = "lunge-norm-hoch-2011"


def uneven_lunge(found: Sequence[Finding]) -> tuple[Statement, ...]:
    """One sentence where the ankles differ by more than the error of two tests, and by more than most people's do."""
    legs = {one.side: one for one in found if one.id == "lunge" and one.value is not None}
    if len(legs) < 2:
        return ()
    left, right = legs["left"], legs["right"]
    if left.standard_error is None or right.standard_error is None:
        return ()
    difference = (left.value or 0.0) - (right.value or 0.0)
    margin = Z95 * math.hypot(left.standard_error, right.standard_error)
    if abs(difference) <= max(margin, COMMON_CM):
        return ()
    less = "right" if difference > 0 else "left"
    text = (
        f"Your {less} ankle bends less than the other in the lunge test, by {quantity(abs(difference), 1, '')} ± "
        f"{quantity(margin, 1, 'cm')}; in 68 % of healthy adults the two differ by up to {COMMON_CM:g} cm."
    )
    ids = tuple(dict.fromkeys((NORM_EVIDENCE, *left.evidence[1:])))
    return (Statement(text=text, about="athlete", evidence=ids),)
