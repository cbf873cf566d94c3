"""One athlete over sessions, against scipy and numbers worked by hand."""

from __future__ import annotations

import dataclasses
import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import scipy.stats

from landing_lab.analysis.cohort.session_means import session_means
from landing_lab.analysis.cohort.trends import Trend, trend
from landing_lab.analysis.cohort.trial_columns import MetricKey, TrialColumns, TrialKey
from landing_lab.analysis.reliability.measurement_error import MeasurementError

START = datetime(2026, 1, 1, tzinfo=UTC)


def made(sessions: list[list[float]], days: list[int] | None = None) -> TrialColumns:
    trials = [
        TrialKey(
            "P1", f"{number + 1:02d}", run + 1, "drop_jump", "",
            recorded_at=(START + timedelta(days=days[number])).isoformat() if days else "",
        )
        for number, values in enumerate(sessions)
        for run in range(len(values))
    ]  # fmt: skip
    value = np.array([one for values in sessions for one in values])
    n = len(value)
    return TrialColumns(
        tuple(trials), (MetricKey("contact_time_s", "total", "s"),), np.arange(n, dtype=np.int32),
        np.zeros(n, np.int32), np.zeros(n, np.int8), value, np.full(n, 0.001),
    )  # fmt: skip


def found(columns: TrialColumns, error: MeasurementError | None = None) -> Trend:
    one = trend(session_means(columns), "P1", "contact_time_s", "total", task="drop_jump", condition="", error=error)
    assert one is not None
    return one


def error(trial_sd: float, session_sd: float | None) -> MeasurementError:
    return MeasurementError(
        name="contact_time_s", side="total", unit="s", trial_sd=trial_sd, session_sd=session_sd,
        source="this laboratory", borrowed=False,
    )  # fmt: skip


def test_slope_per_month_is_that_of_scipy() -> None:
    rng = np.random.default_rng(3)
    days = [0, 20, 55, 90, 140]
    sessions = [(0.25 + 0.001 * number + rng.normal(0, 0.01, 5)).tolist() for number in range(5)]
    slope = found(made(sessions, days)).slope
    expected = scipy.stats.linregress(np.array(days) / 30.4375, [np.mean(one) for one in sessions])
    half = scipy.stats.t.ppf(0.975, 3) * expected.stderr
    assert slope is not None
    assert (slope.per, slope.n_sessions) == ("month", 5)
    assert (slope.value, slope.low, slope.high) == pytest.approx(
        (expected.slope, expected.slope - half, expected.slope + half), rel=1e-9
    )


def test_without_dates_the_slope_is_per_session() -> None:
    slope = found(made([[1, 1, 1], [2, 2, 2], [3, 3, 3]])).slope
    assert slope is not None
    assert (slope.per, slope.value, slope.low, slope.high) == pytest.approx(("session", 1.0, 1.0, 1.0))


def test_standard_error_is_of_the_spread_of_trials_within_sessions() -> None:
    points = found(made([[1.0, 3.0], [10.0, 12.0, 14.0]])).points
    pooled = math.sqrt((1 * 2.0 + 2 * 4.0) / 3)
    assert [one.se for one in points] == pytest.approx([pooled / math.sqrt(2), pooled / math.sqrt(3)])
    assert [one.counts for one in points] == [False, True]


def test_change_is_judged_by_the_least_detectable_one() -> None:
    columns = made([[1.0] * 5, [1.5] * 4])
    mdc = 1.96 * math.sqrt(2) * math.sqrt(0.1**2 + 0.2**2 / 4)  # the smaller number of trials
    change = found(columns, error(0.2, 0.1)).change
    assert change is not None
    assert (change.value, change.mdc95, change.state) == (pytest.approx(0.5), pytest.approx(mdc), "beyond")
    within = found(columns, error(0.4, 0.2)).change
    assert within is not None
    assert within.state == "within"


def test_without_an_error_between_sessions_no_change_is_judged() -> None:
    columns = made([[1.0] * 3, [9.0] * 3])
    for known in (None, error(0.1, None)):
        change = found(columns, known).change
        assert change is not None
        assert (change.state, change.mdc95) == ("not judged", None)
        assert "landing-lab reliability" in change.reason


def test_sessions_of_two_trials_are_shown_and_not_judged_by() -> None:
    one = found(made([[1.0] * 3, [5.0] * 2, [2.0] * 3]), error(0.01, 0.01))
    assert one.slope is None
    assert one.change is not None
    assert one.change.value == pytest.approx(1.0)
    assert len(one.points) == 3


def labelled(labels: list[str], days: list[int] | None) -> TrialColumns:
    """Sessions in the order of a file, with means 1, 2, 3."""
    columns = made([[1.0] * 3, [2.0] * 3, [3.0] * 3], days)
    trials = tuple(one._replace(session=labels[int(one.session) - 1]) for one in columns.trials)
    return dataclasses.replace(columns, trials=trials)


@pytest.mark.parametrize(
    ("labels", "days", "ordered", "change"),
    [
        (["10", "9", "1"], None, ["1", "9", "10"], -2.0),  # numbers, not texts
        (["a", "b", "c"], [70, 0, 35], ["b", "c", "a"], -1.0),  # known dates come before labels
    ],
)
def test_sessions_go_by_date_or_number_whatever_the_order_of_the_file(
    labels: list[str], days: list[int] | None, ordered: list[str], change: float
) -> None:
    one = found(labelled(labels, days))
    assert [point.session for point in one.points] == ordered
    assert one.change is not None
    assert one.change.value == pytest.approx(change)
    assert one.slope is not None
    assert (one.slope.value < 0) == (change < 0)
