"""Numbers inside sentences, to the digit their error supports."""

from __future__ import annotations

import math


def decimals_of(error: float | None, usual: int) -> int:
    """Decimals that an error supports: its first digit, or its second where the first is 1 or 2, as in every report."""
    if error is None or not math.isfinite(error) or error <= 0:
        return usual
    first, exponent = f"{error:.1e}".split("e")  # read after rounding: 0.0996 is 0.10
    return min(max(-int(exponent) + (1 if first[0] in "12" else 0), 0), 4)


def quantity(value: float, decimals: int, unit: str) -> str:
    """A value with its unit; a real minus sign, and no minus before zero."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    text = text.replace("-", "−")
    return text if unit in ("", "ratio") else f"{text} {unit}"


def percent(share: float) -> str:
    """A share of one as whole percent, never "100 %" or "0 %" for what is not certain."""
    if share >= 0.995:
        return "more than 99 %"
    if share < 0.005:
        return "less than 1 %"
    return f"{100 * share:.0f} %"
