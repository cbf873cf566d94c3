from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from landing_lab.report.placement import center_between, spread_labels, wrap_measured


@given(st.lists(st.tuples(st.floats(0, 500), st.floats(1, 120)), max_size=15))
def test_labels_of_a_row_keep_their_distance_and_stay_inside(labels: list[tuple[float, float]]) -> None:
    places = spread_labels([c for c, _ in labels], [w for _, w in labels], low=0.0, high=500.0, gap=5.0)
    boxes = [
        (center - width / 2, center + width / 2, row) for (center, row), (_, width) in zip(places, labels, strict=True)
    ]
    for index, (start, stop, row) in enumerate(boxes):
        assert start >= -1e-6
        assert stop <= 500 + 1e-6
        for other_start, other_stop, other_row in boxes[:index]:
            assert row != other_row or start >= other_stop + 4.999 or stop <= other_start - 4.999


def test_a_lone_label_sits_over_its_place_in_the_first_row() -> None:
    assert spread_labels([100.0], [40.0], low=0, high=500, gap=5) == [(100.0, 0)]


def test_a_label_wider_than_the_panel_is_centred() -> None:
    assert spread_labels([0.0], [900.0], low=0, high=500, gap=5) == [(250.0, 0)]


def test_peak_label_goes_into_the_nearest_gap_or_ignores_the_lines() -> None:
    assert center_between(100, 40, [90, 110], 500) == (70, True)
    assert center_between(100, 40, [], 500) == (100, True)
    assert center_between(10, 400, [200, 300], 500) == (200, False)
    assert center_between(10, 600, [], 500) == (250, False)


@given(st.text(max_size=200), st.integers(3, 40))
def test_wrapped_lines_fit(text: str, width: int) -> None:
    lines = wrap_measured(text, width, len, most_lines=3)
    assert len(lines) <= 3
    assert all(len(line) <= width for line in lines)


def test_wrapping_loses_nothing_that_fits() -> None:
    assert wrap_measured("one two three", 7, len) == ["one two", "three"]
    assert wrap_measured("abcdefghij", 4, len) == ["abcd", "efgh", "ij"]
    assert wrap_measured("a b c d e f", 1, len, most_lines=2) == ["a", "…"]
