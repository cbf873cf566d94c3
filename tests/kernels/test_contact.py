"""The contact kernel against its twin, and its corners by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.compare_twins import FIELDS, compare_contacts, run_kernel, run_naive
from kernels.naive import Settings, crossings
from landing_lab.detect.landing import LandingDetector
from landing_lab.detect.params import ContactParams

PLAIN = Settings(threshold=(20.0,), band=5.0, hold_on=5, hold_off=5, interpolate=True)
NEAR = st.sampled_from([0.0, 14.0, 15.0, 16.0, 19.999, 20.0, 24.999, 25.0, 26.0, 1000.0, -30.0, np.nan, np.inf])


@st.composite
def signals(draw: st.DrawFn) -> np.ndarray:
    columns = draw(st.integers(1, 3))
    runs = draw(
        st.lists(st.tuples(st.lists(NEAR, min_size=columns, max_size=columns), st.integers(1, 12)), max_size=14)
    )
    rows = [levels for levels, length in runs for _ in range(length)]
    return np.array(rows, dtype=np.float64).reshape(-1, columns)


@st.composite
def method(draw: st.DrawFn, columns: int) -> Settings:
    return Settings(
        threshold=tuple(draw(st.floats(15.0, 40.0)) for _ in range(1 if columns == 1 else columns + 1)),
        band=draw(st.sampled_from([0.0, 1.0, 5.0, 10.0])),
        hold_on=draw(st.integers(1, 8)),
        hold_off=draw(st.integers(1, 8)),
        interpolate=draw(st.booleans()),
    )


def one(values: list[float], how: Settings = PLAIN) -> list[dict[str, float]]:
    force = np.array(values, dtype=np.float64).reshape(-1, 1)
    rows = run_kernel(force, np.zeros(1), how, [])
    assert rows == run_naive(force, np.zeros(1), how)
    return [dict(zip(FIELDS, row, strict=True)) for row in rows]


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_kernel_equals_twin(data: st.DataObject) -> None:
    force = data.draw(signals())
    how = data.draw(method(force.shape[1]))
    offset = np.array(data.draw(st.lists(st.sampled_from([0.0, 5.0, -25.0]), min_size=3, max_size=3)))[: force.shape[1]]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(force)), max_size=5)))
    assert run_kernel(force, offset, how, cuts) == run_naive(force, offset, how)


@pytest.mark.parametrize("seed", range(40))
def test_kernel_equals_twin_on_long_noise(seed: int) -> None:
    compare_contacts(1000 + seed)


@settings(deadline=None, max_examples=60)
@given(signals(), st.integers(2, 8), st.integers(2, 8))
def test_detector_with_its_finish_equals_twin(force: np.ndarray, hold_on: int, hold_off: int) -> None:
    columns = force.shape[1]
    params = ContactParams(min_contact_ms=hold_on, min_flight_ms=hold_off)
    detector = LandingDetector(params, sample_rate_hz=1000.0, offset_n=np.zeros(columns))
    found = [
        tuple(row[name].item() for name in FIELDS) for part in (detector.feed(force), detector.finish()) for row in part
    ]
    how = Settings((20.0,) * (1 if columns == 1 else columns + 1), 5.0, hold_on, hold_off, interpolate=True)
    expected = [tuple(row[name] for name in FIELDS) for row in crossings(force, np.zeros(columns), how)]
    assert found == expected


def test_crossing_is_interpolated_between_its_two_samples() -> None:
    rows = one([0.0] * 6 + [10.0] + [50.0] * 6)
    assert [row["kind"] for row in rows] == [2, 1]
    assert rows[1]["sample"] == 7
    assert rows[1]["fraction"] == -0.75  # 20 N lie a quarter of the way from 10 to 50
    assert rows[1]["slope"] == 40.0
    assert rows[1]["decided"] == 11


def test_without_interpolation_a_crossing_lies_in_the_middle() -> None:
    rows = one([0.0] * 6 + [50.0] * 6, Settings((20.0,), 5.0, 5, 5, interpolate=False))
    assert rows[1]["fraction"] == -0.5


def test_threshold_itself_is_contact() -> None:
    assert [row["kind"] for row in one([19.999] * 6 + [20.0] * 6)] == [2, 1]


def test_signal_that_begins_loaded_says_so() -> None:
    rows = one([700.0] * 9 + [0.0] * 9)
    assert [(row["kind"], row["sample"], row["bridged"]) for row in rows] == [(1, 0, -1), (2, 9, 0)]


def test_missing_samples_widen_the_crossing() -> None:
    rows = one([0.0] * 6 + [np.nan] * 3 + [40.0] * 6)
    assert rows[1]["bridged"] == 3
    assert rows[1]["sample"] == 9
    assert rows[1]["slope"] == 10.0  # 40 N in four samples
    assert rows[1]["fraction"] == -2.0


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_a_reading_that_is_not_finite_is_missing(bad: float) -> None:
    rows = one([0.0] * 6 + [bad] + [40.0] * 6)
    assert rows[1]["bridged"] == 1
    assert rows[1]["fraction"] == -1.0


def test_short_blip_and_short_dip_are_not_events() -> None:
    assert len(one([0.0] * 8 + [90.0] * 4 + [0.0] * 8)) == 1
    assert len(one([90.0] * 8 + [0.0] * 4 + [90.0] * 8)) == 1


def test_hysteresis_lets_a_candidate_survive_small_returns_only() -> None:
    assert [row["sample"] for row in one([0.0] * 6 + [21.0, 16.0, 21.0, 16.0, 21.0, 60.0])] == [0, 6]
    assert [row["sample"] for row in one([0.0] * 6 + [21.0, 14.9, 21.0, 21.0, 21.0, 21.0, 21.0])] == [0, 8]


def test_a_state_is_never_confirmed_from_inside_the_band() -> None:
    # Confirmed at 16 N, the release that follows would have both its readings below the threshold, and linear
    # interpolation would put it 41 samples too early.
    rows = one([0.0] * 6 + [30.0] * 4 + [16.0, 15.9] + [15.5] * 20)
    assert [row["kind"] for row in rows] == [2]


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_crossings_lie_between_their_samples_and_alternate(data: st.DataObject) -> None:
    force = data.draw(signals())
    how = data.draw(method(force.shape[1]))
    rows = run_kernel(force, np.zeros(force.shape[1]), how, [])
    for signal in range(len(how.threshold)):
        mine = [dict(zip(FIELDS, row, strict=True)) for row in rows if row[FIELDS.index("signal")] == signal]
        kinds = [row["kind"] for row in mine]
        assert all(kinds[i] != kinds[i + 1] for i in range(len(kinds) - 1))
        for row in mine:
            assert -(max(row["bridged"], 0) + 1) <= row["fraction"] <= 0
            assert row["sample"] <= row["decided"]
