"""Holes in samples that are bridged, and those that stay."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landing_lab.model.runs import bridged, runs

HOLE = math.nan


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, HOLE, HOLE, 4.0, HOLE, HOLE, HOLE, 5.0], [1.0, 2.0, 3.0, 4.0, HOLE, HOLE, HOLE, 5.0]),
        ([HOLE, 1.0, HOLE, 3.0, HOLE], [HOLE, 1.0, 2.0, 3.0, HOLE]),
        ([HOLE, HOLE], [HOLE, HOLE]),
        ([7.0], [7.0]),
    ],
)
def test_short_holes_between_neighbours_are_bridged(values: list[float], expected: list[float]) -> None:
    np.testing.assert_allclose(bridged(np.array(values), 2), expected)


@given(st.lists(st.one_of(st.just(HOLE), st.floats(-1e6, 1e6)), max_size=30), st.integers(0, 5))
def test_what_was_there_stays_and_no_long_hole_is_filled(values: list[float], longest: int) -> None:
    given_values = np.array(values)
    found = bridged(given_values, longest)
    there = np.isfinite(given_values)
    np.testing.assert_array_equal(found[there], given_values[there])
    for start, stop in runs(~there).tolist():
        inner = start > 0 and stop < len(given_values)
        assert np.isfinite(found[start:stop]).all() == (inner and stop - start <= longest)
