"""What a laboratory entered, as values of indicators."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from landing_lab.analysis.inputs.field_inputs import FieldInputs
from landing_lab.analysis.screening.finding import Finding, State
from landing_lab.analysis.screening.indicators import Indicator

BENDING_ITEMS: Final = (1, 2, 12, 13)
"""LESS: flexion of knee and hip at first contact, and how much more they bend (Padua 2009)."""
LEAST_BENDING_ITEMS: Final = 3


def entered(indicator: Indicator, side: str, inputs: FieldInputs | None) -> float | None:
    """An entered number of one side; None where it was not entered."""
    value = None if inputs is None else getattr(inputs, indicator.variables[0].format(side=side))
    return None if value is None else float(value)


def finding_of(indicator: Indicator, side: str, blank: Finding, inputs: FieldInputs | None, cut_z: float) -> Finding:
    """A yes-or-no finding: yes counts as much as a number at the limit, no counts nothing; it has no known error."""
    found = _FINDINGS[indicator.id](inputs, side) if inputs is not None else None
    if found is None:
        return replace(blank, reason="not entered")
    states: dict[bool | str, tuple[State, float | None]] = {True: ("outside", 1.0), False: ("within", 0.0)}
    if isinstance(found, str):
        return replace(blank, state="indeterminate", reason=found)
    state, value = states[found]
    return replace(blank, state=state, value=value, n=1, z=cut_z * (value or 0.0), z_error=0.0, decimals=0)


def _lift(inputs: FieldInputs, side: str, *, goes_away: bool) -> bool | str | None:
    """Squat on flat feet against lifted heels; asked only where the knee was seen going inwards on flat feet."""
    seen_side = getattr(inputs, "valgus_squat_side", None)
    if not inputs.valgus_squat or inputs.valgus_squat_heel_lift is None or seen_side not in (None, "both", side):
        return None
    return inputs.valgus_squat_heel_lift != goes_away


def _bending(inputs: FieldInputs, _side: str) -> bool | str | None:
    rated = [inputs.less[item] for item in BENDING_ITEMS if item in inputs.less]
    if len(rated) < LEAST_BENDING_ITEMS:
        return None
    if 0 < sum(rated) * 2 <= len(rated):
        return "some of the ratings say little bending, others do not"
    return sum(rated) > 0


def _trunk(inputs: FieldInputs, _side: str) -> bool | str | None:
    return bool(inputs.less[6]) if 6 in inputs.less else None


_FINDINGS: Final = {
    "heel_lift_helps": lambda inputs, side: _lift(inputs, side, goes_away=True),
    "heel_lift_no_help": lambda inputs, side: _lift(inputs, side, goes_away=False),
    "less_bend": _bending,
    "less_trunk": _trunk,
}
