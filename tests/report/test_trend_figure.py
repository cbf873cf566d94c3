"""The picture of one athlete over sessions: what stands in it is what was computed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from landing_lab.analysis.cohort.trends import Change, SessionPoint, Slope, Trend
from landing_lab.errors import ParameterError
from landing_lab.report.figure import figure_bytes
from landing_lab.report.trend_figure import trend_figure

POINTS = tuple(
    SessionPoint(
        session=f"{number + 1:02d}", recorded_at=datetime(2026, 1, 5, tzinfo=UTC) + timedelta(days=30 * number),
        n=5 if number != 1 else 2, n_flagged=0, mean=0.25 + 0.01 * number, se=0.002, counts=number != 1,
    )
    for number in range(4)
)  # fmt: skip
TREND = Trend(
    participant="P07", name="contact_time_s", side="total", unit="s", task="drop_jump", condition="flat", points=POINTS,
    slope=Slope(per="month", value=0.01, low=0.008, high=0.012, n_sessions=3),
    change=Change(value=0.03, se=0.0028, mdc95=0.02, state="beyond", reason="by the error of this laboratory"),
)  # fmt: skip


def words(figure: Any) -> str:
    return " ".join(" ".join(text.get_text().split()) for text in figure.texts)


def test_the_band_is_the_detectable_change_around_the_first_session() -> None:
    figure = trend_figure([TREND])
    (axes,) = figure.axes
    (band,) = axes.patches
    low, high = band.get_y(), band.get_y() + band.get_height()
    assert (low, high) == pytest.approx((0.23, 0.27))
    text = words(figure)
    assert "P07 · drop jump, flat · over sessions" in text
    assert "Slope: 0.0100 s per month (95 % interval 0.0080 to 0.0120, 3 sessions)" in text
    assert "more than the least detectable change of 0.0200 s" in text
    assert axes.get_xticklabels()[0].get_text() == "05 Jan 26"


def test_without_an_error_there_is_no_band_and_the_sentence_says_so() -> None:
    unknown = Change(
        value=0.03, se=0.0028, mdc95=None, state="not judged", reason="no measurement error is known for it"
    )
    undated = tuple(replace(point, recorded_at=None) for point in POINTS)
    figure = trend_figure([replace(TREND, change=unknown, slope=None, points=undated)])
    assert not figure.axes[0].patches
    assert "Grey band" not in words(figure)
    assert "not judged, because no measurement error is known for it" in words(figure)
    assert figure.axes[0].get_xticklabels()[0].get_text() == "ses-01"


def test_hollow_dots_are_sessions_that_do_not_count() -> None:
    (axes,) = trend_figure([TREND]).axes
    faces = [line.get_markerfacecolor() for line in axes.lines if line.get_marker() == "o"]
    assert [face == "white" for face in faces] == [False, True, False, False]


def test_equal_trends_give_equal_bytes_and_none_gives_a_sentence() -> None:
    assert figure_bytes(trend_figure([TREND, TREND])) == figure_bytes(trend_figure([TREND, TREND]))
    with pytest.raises(ParameterError, match="no session with a value"):
        trend_figure([])


def test_a_single_session_of_a_single_trial_is_drawn() -> None:
    alone = replace(POINTS[0], n=1, se=float("nan"), counts=False)
    assert figure_bytes(trend_figure([replace(TREND, points=(alone,), slope=None, change=None)]))
