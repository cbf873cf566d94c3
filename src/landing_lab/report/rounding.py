"""How a number is written: to the digit its standard deviation supports, the same in every report.

Rule: the standard deviation to one significant digit, to two where the first is 1 or 2 (one digit would round it
by up to half), the value to the same decimal place (GUM 7.2.6, JCGM 100:2008: at most two digits). Without a
standard deviation a value keeps four significant digits.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

MINUS: Final = "−"
MOST_DECIMALS: Final = 6
MOST_DIGITS: Final = 6
PLAIN_DIGITS: Final = 4

UNIT_TEXT: Final[dict[str, str]] = {"N s": "N·s", "kPa s": "kPa·s", "ratio": ""}


def unit_text(unit: str) -> str:
    """A unit as it is printed; a pure ratio has none."""
    return UNIT_TEXT.get(unit, unit)


def sd_place(sd: float | None) -> int | None:
    """Decimal place of the last digit shown of a standard deviation (-1: tenths); None where it says nothing."""
    if sd is None or not math.isfinite(sd) or sd <= 0:
        return None
    # Read after rounding to two digits: 0.0996 is 0.10.
    digits, exponent = f"{sd:.1e}".split("e")
    place = int(exponent) - (1 if digits[0] in "12" else 0)
    return max(place, -MOST_DECIMALS)


def _at_place(value: float, place: int) -> str:
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(place), rounding=ROUND_HALF_EVEN)
    text = f"{rounded:f}"
    if not any(digit in "123456789" for digit in text):
        text = text.removeprefix("-")
    return text.replace("-", MINUS)


def _plain(value: float) -> str:
    if value == 0:
        return "0"
    place = math.floor(math.log10(abs(value))) - PLAIN_DIGITS + 1
    # Digits before the point are never rounded away without a standard deviation that says so.
    text = _at_place(value, max(min(place, 0), -MOST_DECIMALS))
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shown_place(value: float, sd: float | None) -> int | None:
    """Decimal place a value is shown to; no standard deviation buys more than MOST_DIGITS significant digits."""
    place = sd_place(sd)
    if place is None or value == 0 or not math.isfinite(value):
        return place
    return max(place, math.floor(math.log10(abs(value))) - MOST_DIGITS + 1)


def format_value(value: float | None, sd: float | None = None) -> str:
    """A value alone, to the digit that `sd` (same unit) supports; "not available" for None and NaN."""
    if value is None or math.isnan(value):
        return "not available"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    place = _shown_place(value, sd)
    return _plain(value) if place is None else _at_place(value, place)


def format_number(value: float | None, sd: float | None = None) -> str:
    """Value and standard deviation, "0.250 ± 0.001"; the value alone where no deviation is known.

    A deviation too small for the digits shown is given as a bound: "3297.00 ± < 0.01".
    """
    text = format_value(value, sd)
    if value is None or sd is None or not math.isfinite(value):
        return text
    place = _shown_place(value, sd)
    if place is None:
        return text
    spread = _at_place(sd, place)
    is_shown = any(digit in "123456789" for digit in spread)
    return f"{text} ± {spread}" if is_shown else f"{text} ± < {_at_place(10.0**place, place)}"


def format_mean(mean: float, spread: float, sd: float | None) -> str:
    """Mean and spread over trials, to no finer digit than the deviation `sd` of one measurement supports."""
    if sd_place(sd) is None or sd is None or sd <= spread:
        return format_number(mean, spread)
    place = _shown_place(mean, sd)
    if place is None:
        return format_number(mean, spread)
    told = _at_place(spread, place)
    is_shown = any(digit in "123456789" for digit in told)
    return f"{_at_place(mean, place)} ± {told if is_shown else f'< {_at_place(10.0**place, place)}'}"


def format_quantity(value: float | None, sd: float | None = None, unit: str = "") -> str:
    """Value, standard deviation and unit in one string, "0.250 ± 0.001 s"."""
    text = format_number(value, sd)
    shown = unit_text(unit)
    return f"{text} {shown}" if shown and value is not None and not math.isnan(value) else text


def format_rate(rate_hz: float) -> str:
    """A sample rate for people: whole hertz from 100 on; what the clock fit found beyond that is in the settings."""
    return f"{rate_hz:.0f} Hz" if rate_hz >= 100 else f"{rate_hz:.3g} Hz"


def format_in_sds(difference: float, sd: float | None) -> str:
    """How many standard deviations a difference is, "+1.3 sd"; "no sd" where there is none."""
    if sd is None or not math.isfinite(sd) or sd <= 0 or not math.isfinite(difference):
        return "no sd"
    ratio = difference / sd
    if abs(ratio) >= 1000:
        return "> 1000 sd" if ratio > 0 else f"< {MINUS}1000 sd"
    text = f"{ratio:+.1f}".replace("-", MINUS)
    return f"{'0.0' if text in {'+0.0', MINUS + '0.0'} else text} sd"
