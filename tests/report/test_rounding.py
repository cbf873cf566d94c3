from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landing_lab.report.rounding import (
    MINUS,
    format_in_sds,
    format_number,
    format_quantity,
    format_value,
    sd_place,
)


def as_number(text: str) -> float:
    return float(text.replace(MINUS, "-"))


@pytest.mark.parametrize(
    ("value", "sd", "text"),
    [
        (0.24971, 0.0009, "0.2497 ± 0.0009"),
        (0.2499, 0.001, "0.2499 ± 0.0010"),
        (3099.9, 23.0, "3100 ± 23"),
        (0.5, 0.096, "0.50 ± 0.10"),
        (-0.00421, 0.0004, "−0.0042 ± 0.0004"),
        (-0.00001, 0.01, "0.000 ± 0.010"),
        (1234.5, 2000.0, "1200 ± 2000"),
        (3296.9984, 0.0003, "3297.00 ± < 0.01"),
        (0.5, 1e-12, "0.500000 ± < 0.000001"),
        (0.29, None, "0.29"),
        (12345.678, None, "12346"),
        (0.0, None, "0"),
        (4.0, 0.0, "4"),
        (4.0, math.nan, "4"),
        (None, 0.1, "not available"),
        (math.nan, 0.1, "not available"),
        (math.inf, 0.1, "∞"),
    ],
)
def test_known_cases(value: float | None, sd: float | None, text: str) -> None:
    assert format_number(value, sd) == text


def test_units_are_said_and_a_ratio_has_none() -> None:
    assert format_quantity(0.25, 0.001, "s") == "0.2500 ± 0.0010 s"
    assert format_quantity(120.0, 3.0, "N s") == "120 ± 3 N·s"
    assert format_quantity(1.95, 0.01, "ratio") == "1.950 ± 0.010"
    assert format_quantity(None, None, "s") == "not available"


@given(
    st.floats(-1e6, 1e6, allow_nan=False),
    st.floats(1e-5, 1e5, allow_nan=False),
)
def test_rounding_moves_a_value_by_less_than_its_deviation_or_a_millionth(value: float, sd: float) -> None:
    shown = as_number(format_value(value, sd))
    assert abs(shown - value) <= max(sd, 0.51 * 10 ** (math.floor(math.log10(abs(value))) - 5) if value else 0.0)


@given(st.floats(-1e5, 1e5, allow_nan=False), st.floats(1e-4, 1e4, allow_nan=False))
def test_value_and_deviation_end_on_the_same_digit(value: float, sd: float) -> None:
    text, _, spread = format_number(value, sd).partition(" ± ")
    decimals = [len(part.partition(".")[2]) for part in (text, spread.removeprefix("< "))]
    assert decimals[0] == decimals[1]
    if not spread.startswith("<"):
        assert math.isclose(as_number(spread), sd, rel_tol=0.51)


@given(st.floats(1e-6, 1e6))
def test_a_deviation_shows_two_digits_up_to_29_and_one_above(sd: float) -> None:
    place = sd_place(sd)
    assert place is not None
    # in units of the last digit shown: 3 to 9 with one digit, 10 to 29 with two
    assert 2.94 * 10.0**place <= sd < 29.6 * 10.0**place or place == -6


@pytest.mark.parametrize(
    ("difference", "sd", "text"),
    [
        (0.0, 0.1, "0.0 sd"),
        (-0.13, 0.1, "−1.3 sd"),
        (0.2, None, "no sd"),
        (5.0, 1e-4, "> 1000 sd"),
        (1e-9, 0.1, "0.0 sd"),
    ],
)
def test_differences_in_deviations(difference: float, sd: float | None, text: str) -> None:
    assert format_in_sds(difference, sd) == text
